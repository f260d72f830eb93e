# What the daemon finds in its way: each row is another daemon beside the healthy one.

declare -A daemons=() # pid by case

### What a row does; $dir is its own directory

tmpfs() { mkdir -p "$dir/state" && mount -t tmpfs -o "$1" tmpfs "$dir/state" && house_mounts+=("$dir/state"); }
corrupt() { printf 'this is no ledger' | dd of="$dir/state/ledger.db" bs=1 seek=0 conv=notrunc status=none; rm -f "$dir"/state/ledger.db-*; }
foreign_ledger() { mkdir -p "$dir/state" && sqlite3 "$dir/state/ledger.db" 'CREATE TABLE cats(name)'; }
# A second instance wants to be created: not before it is sure that it is not there.
lose_ledger() {
    rm -r "$dir/state"
    sed 's/name: ledger-missing/name: second/' "$dir/manifests/one.yaml" >"$dir/manifests/two.yaml"
}
fill() { dd if=/dev/zero of="$dir/state/ballast" bs=4k status=none 2>/dev/null || true; }
clock_jump() {
    echo "$1" >"$dir/clock"
    until_ms 10000 clock_is_seen "$1" || { echo "the daemon does not see the jump"; return 1; }
}
clock_is_seen() {
    local listed
    listed=$(date -d "$(other_ctl clouds -o json | rows lastList)" +%s)
    ((listed - $(date +%s) - $1 > -60 && listed - $(date +%s) - $1 < 60))
}
polls() {
    local before
    before=$(cloud_count operations.list-detail.arrived)
    until_ms 20000 polled $((before + $1 * 2)) # the healthy daemon polls too
}
polled() { (($(cloud_count operations.list-detail.arrived) >= $1)); }

### The other daemons

can_mount() { ((EUID == 0)) && mkdir -p "$house/try" && mount -t tmpfs tmpfs "$house/try" 2>/dev/null && umount "$house/try"; }

clock_make() {
    # shellcheck disable=SC2086
    ${CC:-cc} -D_GNU_SOURCE -shared -fPIC -o "$house/odd_clock.so" "$house_here/bad_input/odd_clock.c" -ldl
}

other_config() {
    mkdir -p "$dir/etc" "$dir/manifests"
    sed "s|name: prod}|name: $case}|; s|$house/manifests|$dir/manifests|; s|owner: house|owner: ${case:0:16}|" "$house/etc/setpoint.yaml" >"$dir/etc/setpoint.yaml"
    [[ $case != ledger-missing ]] || sed -i 's/settle: 2s/settle: 10m/' "$dir/etc/setpoint.yaml"
    cp "$house/etc/password" "$dir/etc/"
    instance "$case" "${plain[@]}"
    mv "$house/manifests/$case.yaml" "$dir/manifests/one.yaml"
}
other_options() {
    if has options; then
        local options
        options=$(wanted options)
        echo "${options//HOUSE/$house}"
    else
        echo "--state $dir/state --runtime $dir/run"
    fi
}
other_ctl() { ctl --socket "$dir/run/control.sock" "$@"; }
other_start() {
    local JOURNAL_STREAM
    echo 0 >"$dir/clock"
    stream_to "$dir/log"
    ODD_CLOCK=$dir/clock LD_PRELOAD=$([[ $case != clock-* ]] || echo "$house/odd_clock.so") ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
        setsid "$house_build/setpointd" --config "$dir/etc" $(other_options) "$@" >>"$dir/out" 2>>"$dir/log" &
    daemons[$case]=$!
    house_pids+=($!)
    until_ms 5000 other_answers || { cat "$dir/log"; return 1; }
}
other_answers() { other_ctl version >/dev/null 2>&1; }
other_stop() {
    house_stop "${daemons[$case]}"
    unset "daemons[$case]"
}
other_status() { other_ctl status -o json | rows verdict reason message | tr '\t' ' '; }

other_prepare() {
    if [[ $(wanted needs) == mount ]]; then eval "$(wanted do)"; fi
    if has first; then
        other_start --init && other_ctl wait --timeout 20s >/dev/null || return 1
        [[ $(wanted first) == running ]] || other_stop
    fi
    if [[ $(wanted needs) != mount ]] && has do; then eval "$(wanted do)"; fi
}
other_spoil() {
    local line
    has first && [[ $(wanted first) == running ]] || other_start || return 1
    while IFS= read -r line; do eval "$line"; done <<<"$(wanted then)"
}
other_as_wanted() { says status "$(other_status)"; }
other_refuses() {
    exits 1 timeout 10 "$house_build/setpointd" --config "$dir/etc" $(other_options) && says stderr "$(cat "$house/said")"
}
other_row() {
    if has stderr; then
        other_refuses || return 1
    else
        other_as_wanted || return 1
        journals "" "$dir/log" || return 1
    fi
    same "$(has first && echo 1 || echo 0)" "$(mutating "$case")"
}

### SIGTERM while the cloud holds a reply back, SIGHUP, a save in two halves

leaves_in_time() {
    local begin status=0 took
    cloud_tell fault '{"kind":"slow","operation":"list*|show|create","value_ms":20000}'
    instance late "${plain[@]}"
    sleep 1.5
    begin=$(now_ms)
    daemon_stop TERM || status=$?
    took=$(($(now_ms) - begin))
    cloud_tell faults/clear '{}'
    ((status == 0 && took < 5000)) || { echo "exit $status after $took ms"; return 1; }
}
reloads() {
    sed -i 's/owner: house/owner: house\n  log: {level: debug}/' "$house/etc/setpoint.yaml"
    kill -HUP "$daemon_pid"
    until_ms 3000 is_read_anew
}
is_read_anew() { journal_lines "$house/daemon.log" | grep -q 'read anew'; }
halves_delete_nothing() {
    local before both=$house/both.yaml
    { cat "$house/manifests/web.yaml"; echo ---; sed 's/name: web/name: second/' "$house/manifests/web.yaml"; } >"$both"
    cp "$both" "$house/manifests/web.yaml"
    until_ms 20000 second_runs || { ctl status; return 1; }
    before=$(cloud_count operations.delete.arrived)
    # As an editor that is slow: the first half is a valid manifest of web alone.
    head -n "$(($(grep -n '^---$' "$both" | cut -d : -f 1) - 1))" "$both" >"$house/manifests/web.yaml"
    sleep 2
    cp "$both" "$house/manifests/web.yaml"
    sleep 4
    same "$before ACTIVE ACTIVE" "$(cloud_count operations.delete.arrived) $(cloud_server web status) $(cloud_server second status)"
}
second_runs() { [[ $(object second verdict) == Converged ]]; }

daemon_group() {
    local case dir kept=() mounts=
    rows_read "$house_here/bad_input/daemon.rows"
    ! can_mount || mounts=1
    config_write
    clock_make
    for case in "${cases[@]}"; do
        dir=$house/bad/$case
        if [[ $(wanted needs) == mount && ! $mounts ]]; then
            echo "# not run, nothing can be mounted here: $case"
            continue
        fi
        kept+=("$case")
        other_config
    done
    cases=("${kept[@]}")
    instance web "${plain[@]}"
    daemon_start --init
    ok "daemon: the healthy one converges" exits 0 ctl wait --timeout 20s
    for case in "${cases[@]}"; do
        dir=$house/bad/$case
        other_prepare >"$house/tap.out" 2>&1 || { echo "# $case could not be prepared:"; sed 's/^/# /' "$house/tap.out"; }
        has stderr || other_spoil >"$house/tap.out" 2>&1 || { echo "# $case:"; sed 's/^/# /' "$house/tap.out"; }
    done
    ok "daemon: a stopped server of the healthy one is mended meanwhile" mends
    for case in "${cases[@]}"; do
        dir=$house/bad/$case
        has stderr || until_ms 15000 other_as_wanted >"$house/tap.out" || true # the row says it itself
        ok "daemon: $case" other_row
    done
    ok "daemon: status answers within $answer_ms ms" answers_in_time
    for case in "${!daemons[@]}"; do other_stop; done
    house_unmount
    ok "daemon: a save in two halves deletes nothing" halves_delete_nothing
    ok "daemon: SIGHUP reloads" reloads
    ok "daemon: SIGTERM: leaves within 5 s although the cloud does not answer" leaves_in_time
    echo "# count: ${#cases[@]} bad states of the daemon's own"
}
