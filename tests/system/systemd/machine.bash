# What the scripts inside the throw-away machine share: the installed programs, questions to systemd and its journal, and
# how a service for the simulated cloud is configured. Sourced.
export SETPOINT_BUILD=/usr/bin
. "$(dirname "${BASH_SOURCE[0]}")/../house.bash"
unset SETPOINT_CENSUS # the tree is read-only in here

readonly units=/lib/systemd/system patience_ms=30000
readonly drop_in=/etc/systemd/system/setpointd.service.d
# machine_begin NAME PACKAGE: installs the package, which is what this is all about; then as house_begin.
machine_begin() {
    local said
    said=$(install_package "$2" 2>&1) || { echo "$said" >&2; return 1; }
    house_begin "$1"
    unset SETPOINT_SOCKET
}

shown() { systemctl show setpointd -p "$1" --value; }
state_is() { [[ $(systemctl is-active "${2:-setpointd}") == "$1" ]]; }
restarts() { shown NRestarts; }
restarted() { (($(restarts) > $1)) && state_is active && daemon_answers; }
is() { [[ $(object "$1" verdict) == Converged && $(cloud_server "$1" status) == "${2:-ACTIVE}" ]]; }
converges() { until_ms "$patience_ms" is "$@" || { ctl describe "$1"; return 1; }; }
never_two() { ! cloud_ask objects | grep -E '"live_max":([2-9]|1[0-9])'; }
as() { setpriv --reuid "$1" --regid "$1" --init-groups "${@:2}"; }

# entries FIELD=VALUE KEY...: a line per entry with this field, values as `rows` gives them.
entries() {
    local field=$1
    shift
    journalctl --sync
    journalctl "$field" -o json --no-pager | sed '1s/^/[/; $!s/$/,/; $s/$/]/' | rows "$@"
}
journal_says() { journalctl --sync && journalctl -u setpointd -o cat --no-pager >"$house/said" && says "$1"; }
says() { [[ $(cat "$house/said") == *"$1"* ]] || { echo "\"$1\" is not in: $(cat "$house/said")"; return 1; }; }

install_package() { DEBIAN_FRONTEND=noninteractive dpkg -i "$1"; }

# service_configure: the operator's part, for the cloud that runs; the password is a credential of the unit.
service_configure() {
    daemon_extra='' cloud_extra='  poll: {interval: 1s, full: 3s}
  settle: 2s
  limits: {requestsPerSecond: 100}' source_extra='  pruneDelay: 1s'
    config_write
    mkdir -m 700 /etc/setpoint-secrets
    mv "$house/etc/password" /etc/setpoint-secrets/password
    rm -r "$house/manifests"
    ln -s /etc/setpoint/manifests "$house/manifests"
    sed -e "s|{file: $house/etc/password}|{credential: cloud-password}|; s|$house/manifests|/etc/setpoint/manifests|" \
        "$house/etc/setpoint.yaml" >/etc/setpoint/setpoint.yaml
    service_drop_in 'LoadCredential=cloud-password:/etc/setpoint-secrets/password' "$@"
}

# service_drop_in LINE...: of the section [Service]. Takes effect at the next start.
service_drop_in() {
    mkdir -p "$drop_in"
    printf '%s\n' '[Service]' "$@" >"$drop_in/test.conf"
    systemctl daemon-reload
}

# many_manifests COUNT: a source of its own, in a directory of its own, that only looks.
many_manifests() {
    mkdir -p /etc/setpoint/bulk
    awk -v count="$1" 'BEGIN {
        for (i = 1; i <= count; i++) {
            printf "---\napiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: many-%d}\nspec: {cloud: sim-kr1, flavor: m2.c1m2, ", i
            printf "image: Rocky Linux 9, networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}]}\n"
        } }' >/etc/setpoint/bulk/many.yaml
    cat >/etc/setpoint/bulk.yaml <<END
apiVersion: setpoint/v1
kind: Source
metadata: {name: bulk}
spec: {directory: {path: /etc/setpoint/bulk}, clouds: [sim-kr1], prune: true, mode: observe}
END
}

# ask_on COMMAND...: again and again while $house/asking is there; what it had for answers is in $house/asked.*. A
# restart is an answer that takes longer.
ask_on() {
    local said
    while [[ -e $house/asking ]]; do
        if said=$("$@" 2>&1); then echo answered; else echo "exit $?: $said"; fi
    done >"$house/asked.$1.$BASHPID"
}
