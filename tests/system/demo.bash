# Sourced by the two demos, after house.bash: what both say, and how they fail.

say() { printf '\n── %s\n' "$*"; }
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }
alive() { kill -0 "$1" 2>/dev/null; }
progress() { ctl status -o json 2>/dev/null | rows verdict | awk '{ n++; c += $1 == "Converged" } END { print c + 0, n + 0 }'; }

demo_begin_ms=
demo_begin() {
    demo_begin_ms=$(now_ms)
    # a step that comes to nothing, as when the cloud has died meanwhile
    set -E
    trap '((BASH_SUBSHELL)) || demo_fail "a step came to nothing: $BASH_COMMAND"' ERR
}
elapsed_s() { echo $((($(now_ms) - demo_begin_ms) / 1000)); }

# The daemon is given the time to notice that the cloud is gone.
readonly demo_notice_s=10
demo_notice() {
    local good=0 all=0 end=$(($(elapsed_s) + demo_notice_s))
    while alive "$daemon_pid" && ! alive "$cloud_pid" && (($(elapsed_s) < end)); do
        read -r good all < <(progress) || true
        ((good == all)) || return 0
        sleep 0.5
    done
}

# demo_fail WHAT: what is not as it should be, why, and what comes next.
demo_fail() {
    trap - ERR
    set +e
    demo_notice
    printf '\nThe demo FAILED after %s: %s\n' "$(clock "$(elapsed_s)")" "$1"
    alive "$cloud_pid" || echo "The simulated cloud (pid $cloud_pid) does not run any more."
    if ! alive "$daemon_pid"; then
        echo "setpointd (pid $daemon_pid) does not run any more; the end of its log:"
        tail -n 5 "$house/daemon.log"
    fi
    ctl status -o json 2>/dev/null | rows source name verdict reason nextTry message | while IFS=$'\t' read -r source name verdict reason next message; do
        [[ $verdict != Converged ]] || continue
        [[ $next != - ]] || next="none by itself"
        printf '  %s/%s is %s, %s: %s (next try: %s)\n' "$source" "$name" "$verdict" "$reason" "$message" "$next"
    done
    [[ -z $keep ]] || stay
    [[ -n $keep ]] || echo "Look closer: ./setup demo --keep, then setpointctl describe NAME and setpointctl events NAME"
    exit 1
}
