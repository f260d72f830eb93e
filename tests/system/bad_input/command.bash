# The command line, misused: one healthy daemon, and one that systemd would have started.

# With a socket handed over, the access rules of the service hold.
system_daemon_start() {
    mkdir -m 755 "$house/system" "$house/system/etc"
    sed "s|name: prod}|name: other}|; s|owner: house|owner: system|; s|$house/manifests|$house/system|" "$house/etc/setpoint.yaml" >"$house/system/etc/setpoint.yaml"
    systemd-socket-activate -l "$house/system/control.sock" --fdname=control "$house_build/setpointd" \
        --config "$house/system/etc" --state "$house/system/state" >"$house/system/out" 2>"$house/system/log" &
    house_pids+=($!)
    until_ms 5000 test -S "$house/system/control.sock"
    chmod 666 "$house/system/control.sock"
    ctl --socket "$house/system/control.sock" version >/dev/null
}

command_socket() {
    case $(wanted daemon) in
    system) echo "$house/system/control.sock" ;;
    none) echo "$house/none.sock" ;;
    *) echo "$SETPOINT_SOCKET" ;;
    esac
}
# The program lies where another user may come to.
command_run() {
    local code=0 user=()
    [[ $(wanted as) != nobody ]] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    (cd / && SETPOINT_SOCKET=$(command_socket) timeout 20 "${user[@]}" \
        bash -o pipefail -c "$house/bin/setpointctl $(wanted run)") >"$house/command.out" 2>"$house/command.err" || code=$?
    # shellcheck disable=SC2053 # a pattern
    [[ $code == $(wanted exit) ]] || { echo "exit $code instead of $(wanted exit)"; return 1; }
    says says "$(sed 's/; the group does not exist yet[^)]*//' "$house/command.err")" &&
        says out "$(sed -E 's/^(setpointctl) [0-9.]+$/\1 VERSION/' "$house/command.out")"
}

# What a command draws on a terminal of 80 columns is at most as wide.
fits() {
    local width
    script -qec "stty cols 80; $house_build/setpointctl $1" /dev/null </dev/null | tr -d '\r' |
        sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g' >"$house/screen"
    [[ -s $house/screen ]] || { echo "nothing was drawn"; return 1; }
    width=$(LC_ALL=C.UTF-8 wc -L <"$house/screen")
    ((width <= 80)) || { echo "$width columns:"; cat "$house/screen"; return 1; }
}

nothing_to_read() { ! journal_lines "$house/daemon.log" | grep -E '^(error|warning) '; }

command_group() {
    local case before command
    rows_read "$house_here/bad_input/command.rows"
    config_write
    instance web "${plain[@]}"
    daemon_start --init
    ok "commands: the healthy source converges" exits 0 ctl wait --timeout 20s
    mkdir -p "$house/bin"
    cp "$house_build/setpointctl" "$house/bin/"
    chmod 755 "$house" "$house/bin"
    if ((EUID == 0)); then system_daemon_start; fi
    before=$(cloud_count mutating)
    for case in "${cases[@]}"; do
        if has as && ((EUID != 0)); then
            echo "# not run, only root can become another user: $case"
        else
            ok "command: $case" command_run
        fi
    done
    ok "commands: nothing was changed" same "$before" "$(cloud_count mutating)"
    ok "commands: the journal has nothing that somebody must read" nothing_to_read
    ok "commands: a stopped server is mended" mends
    for command in status plan "describe web" events clouds sources approve version explain "explain Instance.spec.rootDisk" --help \
        "wait --help" "suspend --help" "ledger rebuild --help" "validate --help"; do
        ok "80 columns: $command" fits "$command"
    done
    echo "# count: ${#cases[@]} misused commands"
    chmod 700 "$house"
    daemon_stop
}
