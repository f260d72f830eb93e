# What every end-to-end script needs: a temporary directory, a simulated cloud, a daemon on it, and questions to
# both. Sourced; the sourcing script has `set -euo pipefail`. Everything that was started is stopped at the end.

house_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
house_source=$(cd "$house_here/../.." && pwd)
house_build=${SETPOINT_BUILD:-$house_source/build}


cloud_pid=
daemon_pid=
house_pids=() # of whatever else is to be stopped at the end
house_mounts=()

# What the clouds of this script served, for coverage_test: a file of its name in $SETPOINT_CENSUS.
house_census=()
census_begin() {
    [[ -n ${SETPOINT_CENSUS:-} ]] || return 0
    mkdir -p "$SETPOINT_CENSUS"
    house_census=(--census "$SETPOINT_CENSUS/${0##*/}")
    : >"${house_census[1]}"
    # What setpointctl was answered, for openapi_test.
    mkdir -p "$SETPOINT_CENSUS/replies"
    export SETPOINT_TRACE=$SETPOINT_CENSUS/replies/${0##*/}
    : >"$SETPOINT_TRACE"
}

house_begin() {
    if [[ ! -x $house_build/setpointd ]]; then
        echo "${0##*/}: there is no $house_build/setpointd; build it first: ./setup" >&2
        exit 1
    fi
    census_begin
    house=$(mktemp -d "${TMPDIR:-/tmp}/setpoint-$1.XXXXXX")
    chmod 700 "$house"
    export SETPOINT_SOCKET=$house/run/control.sock
    mkdir -p "$house/etc" "$house/manifests"
    trap house_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

house_stop() {
    [[ -z $1 ]] || { kill -TERM "$1" && wait "$1"; } 2>/dev/null || true
}

house_unmount() {
    local mount
    for mount in "${house_mounts[@]}"; do umount -l "$mount"; done
    house_mounts=()
}

house_end() {
    local status=$? pid
    house_stop "$daemon_pid"
    house_stop "$cloud_pid"
    for pid in "${house_pids[@]}"; do house_stop "$pid"; done
    house_unmount
    rm -rf "$house"
    exit "$status"
}

# Milliseconds that never go back.
now_ms() { local up; read -r up _ </proc/uptime; up=${up/./}; echo "$((10#$up * 10))"; }

# until_ms MILLISECONDS COMMAND...: again and again until it is true.
until_ms() {
    local end=$(($(now_ms) + $1))
    shift
    until "$@"; do
        (($(now_ms) < end)) || return 1
        sleep 0.1
    done
}

# rows KEY...: a line per element of the JSON array on stdin, values separated by tabs; see rows.awk.
rows() { awk -v keys="$*" -f "$house_here/rows.awk"; }

# What is started has a session of its own (setsid): a closed terminal does not end what --keep leaves running.

### The cloud

# cloud_start [OPTION...]: of setpoint-simcloud. Sets cloud_port.
cloud_start() {
    : >"$house/cloud.out" # of an earlier one
    setsid "$house_build/setpoint-simcloud" --listen "127.0.0.1:${cloud_port:-0}" "${house_census[@]}" "$@" >"$house/cloud.out" 2>"$house/cloud.err" &
    cloud_pid=$!
    until_ms 5000 grep -qs ready "$house/cloud.out" || { cat "$house/cloud.err" >&2; return 1; }
    cloud_port=$(rows port <"$house/cloud.out")
}

cloud_stop() {
    house_stop "$cloud_pid"
    cloud_pid=
}

# cloud_ask PATH: GET of the admin API. cloud_tell PATH JSON: POST.
cloud_ask() { curl -s --fail --max-time 5 "http://127.0.0.1:$cloud_port/admin/$1"; }
cloud_tell() { curl -sS --fail --max-time 5 -o /dev/null -X POST --data "$2" "http://127.0.0.1:$cloud_port/admin/$1"; }

# cloud_count KEY: one of the cloud's counters, "operations.create.arrived" too; 0 when it never happened.
cloud_count() { cloud_ask counters | rows "$1" | sed 's/^-$/0/'; }

# cloud_server NAME KEY...: of the existing servers with this name.
cloud_server() {
    local name=$1
    shift
    cloud_ask servers | rows name "$@" | awk -F '\t' -v OFS='\t' -v name="$name" '
        $1 == name { sub(/^[^\t]*\t/, ""); print }'
}

# cloud_change KIND NAME [KEY VALUE]...
cloud_change() {
    local body="{\"kind\":\"$1\",\"server\":\"$2\""
    shift 2
    while (($#)); do
        body+=",\"$1\":\"$2\""
        shift 2
    done
    cloud_tell change "$body}"
}

### The daemon

# config_write: the operator's configuration for the cloud that runs. What the caller sets goes in as it is:
# daemon_extra, cloud_extra, source_extra (lines of spec, two blanks in front).
config_write() {
    printf 'demo-password\n' >"$house/etc/password"
    chmod 600 "$house/etc/password"
    cat >"$house/etc/setpoint.yaml" <<END
apiVersion: setpoint/v1
kind: Daemon
metadata: {name: setpointd}
spec:
  owner: house
  mode: enforce
${daemon_extra:-}
---
apiVersion: setpoint/v1
kind: Cloud
metadata: {name: sim-kr1}
spec:
  provider: nhn-v2
  region: KR1
  auth:
    url: http://127.0.0.1:$cloud_port/identity
    tenantId: 198edf20d74d4323b107426354c18627
    username: demo
    password: {file: $house/etc/password}
${cloud_extra:-}
---
apiVersion: setpoint/v1
kind: Source
metadata: {name: prod}
spec:
  directory: {path: $house/manifests}
  clouds: [sim-kr1]
  prune: true
${source_extra:-}
END
}

# daemon_spawn [OPTION...]: is not waited for.
daemon_spawn() {
    setsid "${daemon_program:-$house_build/setpointd}" --config "$house/etc" --state "$house/state" --runtime "$house/run" "$@" \
        >>"$house/daemon.out" 2>>"$house/daemon.log" &
    daemon_pid=$!
}
# daemon_start [OPTION...]: ready when its socket answers.
daemon_start() {
    daemon_spawn "$@"
    until_ms 5000 daemon_answers || { cat "$house/daemon.log" >&2; return 1; }
}

daemon_answers() { ctl version >/dev/null 2>&1; }

# daemon_stop [SIGNAL]: returns its exit code.
daemon_stop() {
    local status=0
    kill -"${1:-TERM}" "$daemon_pid"
    wait "$daemon_pid" 2>/dev/null || status=$?
    daemon_pid=
    return "$status"
}

ctl() { "$house_build/setpointctl" "$@"; }

# object NAME KEY...: of the daemon's status row.
object() {
    local name=$1
    shift
    ctl status "$name" -o json 2>/dev/null | rows "$@"
}

# instance NAME [LINE]...: a manifest with these lines of spec, in a file of its own.
instance() {
    local name=$1
    shift
    {
        printf 'apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: %s}\nspec:\n' "$name"
        printf '  cloud: sim-kr1\n  networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}]\n'
        printf '  %s\n' "$@"
    } >"$house/manifests/.$name.new"
    mv "$house/manifests/.$name.new" "$house/manifests/$name.yaml"
}
plain=('flavor: m2.c1m2' 'image: Rocky Linux 9' 'zone: kr-pub-a' 'rootDisk: {size: 20GiB}')

### TAP

tap_count=0
# ok NAME COMMAND...: a test; what the command prints is shown when it fails. Not a subshell: tests start and stop.
ok() {
    local name=$1
    shift
    tap_count=$((tap_count + 1))
    if "$@" >"$house/tap.out" 2>&1; then
        echo "ok $tap_count - $name"
    else
        echo "not ok $tap_count - $name"
        sed 's/^/# /' "$house/tap.out"
        tap_failed=1
    fi
}
# same WANTED GOT
same() { [[ $1 == "$2" ]] || { printf 'wanted: %s\ngot:    %s\n' "$1" "$2"; return 1; }; }
# exits CODE COMMAND...
exits() {
    local wanted=$1 got=0
    shift
    "$@" >"$house/said" 2>&1 || got=$?
    ((got == wanted)) || { echo "exit $got instead of $wanted: $(cat "$house/said")"; return 1; }
}
tap_end() {
    echo "1..$tap_count"
    if [[ -n ${tap_failed:-} ]]; then
        echo "# the daemon's log:"
        tail -n 60 "$house/daemon.log" 2>/dev/null | sed 's/^/# /'
        exit 1
    fi
}
