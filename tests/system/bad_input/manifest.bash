# Bad manifests: a Source per row with one converged instance, all spoilt at once, one daemon for all. Root may read
# everything, so the programs run without that capability.

incapable=()
if ((EUID == 0)); then incapable=(setpriv '--bounding-set=-dac_override,-dac_read_search'); fi

### What a row does, in $dir

add() { printf "$1" >"$dir/two.yaml"; }
instance_with() { printf '  %s\n' "$1" >>"$dir/one.yaml"; }
replace() { sed -i "$1" "$dir/one.yaml"; }
second_file() { cp "$dir/one.yaml" "$dir/two.yaml"; }
unreadable() { second_file && chmod 000 "$dir/two.yaml"; }
brackets() { head -c 90000 /dev/zero | tr '\0' '[' >"$dir/two.yaml"; }
alias_bomb() {
    local i
    {
        echo 'a0: &a0 [x]'
        for ((i = 1; i < 30; i++)); do echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1))]"; done
    } >"$dir/two.yaml"
}

manifest_source() {
    mkdir -p "$house/bad/$case"
    cat >>"$house/etc/setpoint.yaml" <<END
---
apiVersion: setpoint/v1
kind: Source
metadata: {name: $case}
spec: {directory: {path: $house/bad/$case}, clouds: [sim-kr1], prune: true, pruneDelay: 1s}
END
    instance "$case" "${plain[@]}"
    mv "$house/manifests/$case.yaml" "$house/bad/$case/one.yaml"
}

# The mistakes that `sources` shows of the case.
sources_say() {
    ctl sources -o json | rows name errors.0.file errors.0.line errors.0.column errors.0.message errors.1.file |
        awk -F '\t' -v name="$case" '$1 == name && $2 != "-" { print $2 ($3 > 0 ? ":" $3 ":" $4 : "") ": " $5 ($6 != "-" ? " AND MORE" : "") }'
}
noticed() {
    if has says; then [[ -n $(sources_say) ]]; else [[ $(object "$case" verdict) == Blocked ]]; fi
}
all_noticed() {
    for case in "${cases[@]}"; do noticed || return 1; done
}
validates() {
    local code=0
    "${incapable[@]}" "$house_build/setpointctl" validate --config "$house/etc" "$house/bad/$case" >"$house/said" 2>&1 || code=$?
    says says "$(cat "$house/said")" && same "$(has says && echo 1 || echo 0)" "$code"
}
manifest_row() {
    validates && says says "$(grep -F "$house/bad/$case" "$house/check.said" || true)" && says says "$(sources_say)" || return 1
    has journal || row["$case journal"]="error source $case is invalid; the set last accepted stays in force: $(wanted says)"
    journals source "$house/daemon.log" || return 1
    says status "$(ctl status "$case" -o json | rows verdict reason message | tr '\t' ' ')" || return 1
    same "1 ACTIVE" "$(mutating "$case") $(cloud_server "$case" status)" # the create
}
all_created() { same "${#cases[@]}" "$(($(cloud_count operations.create.arrived) - 1))"; }
check_says_no_more() { same "$(for case in "${cases[@]}"; do has says && echo "$case"; done | wc -l)" "$(wc -l <"$house/check.said")"; }

manifest_group() {
    local case dir daemon_program=$house/setpointd
    rows_read "$house_here/bad_input/manifest.rows"
    config_write
    for case in "${cases[@]}"; do manifest_source; done
    instance web "${plain[@]}"
    printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${incapable[*]}" "$house_build/setpointd" >"$daemon_program"
    chmod +x "$daemon_program"
    daemon_start --init
    ok "manifests: every source converges before it is spoilt" exits 0 ctl wait --timeout 60s
    ok "manifests: one create for each" all_created
    for case in "${cases[@]}"; do
        dir=$house/bad/$case
        eval "$(wanted do)"
    done
    ok "manifests: all are noticed" until_ms 10000 all_noticed
    ok "manifests: a stopped server of a healthy source is mended meanwhile" mends
    exits 1 "${incapable[@]}" "$house_build/setpointd" --check --config "$house/etc"
    cp "$house/said" "$house/check.said"
    for case in "${cases[@]}"; do ok "manifest: $case" manifest_row; done
    ok "manifests: --check says nothing else" check_says_no_more
    ok "manifests: status answers within $answer_ms ms" answers_in_time
    echo "# count: ${#cases[@]} bad manifests"
    daemon_stop
}
