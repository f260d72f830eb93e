# A fleet whose 300 servers are all changed, for the tests with real faults: its cloud with strangers in it, and what is
# judged at the end by the cloud's record. Sourced after house.bash.

fleet_options=()
fleet_cloud=(--servers 8 --build 200ms-600ms --action 100ms-300ms --confirm-after 300ms)

# fleet_begin [CLOUD-OPTION...]: in the house, a cloud with strangers, the configuration, and the manifests from before
# the change. What the caller may set: fleet_rate and fleet_in_flight of the requests.
fleet_begin() {
    fleet_options=("$@")
    fleet_cloud_start
    fleet_strangers
    cloud_extra="  poll: {interval: 1s, full: 3s}
  settle: 4s
  timeout: {connect: 1s, total: 2s}
  limits: {requestsPerSecond: ${fleet_rate:-100}, inFlight: ${fleet_in_flight:-20}}"
    source_extra='  pruneDelay: 1s
  destroyBudget: {max: 200, per: 1h}
  disruption: {max: 100%}'
    daemon_extra='  destroyBudget: {max: 200, per: 1h}'
    config_write
    fleet_write before
}
fleet_cloud_start() { cloud_start "${fleet_cloud[@]}" "${fleet_options[@]}"; }
# Other people's servers: plain ones, ones that carry another owner's whole mark with the name of an object of ours, one
# that is stopped, one that is locked.
fleet_strangers() {
    local each pair
    for each in 1 2 3 4; do
        for pair in owner=somebody cloud=sim-kr1 "object=prod/come-00$each" role=current attempt=abcd2345 writer=abcd protect=false applied=-; do
            cloud_change set-metadata "foreign-$each" key "setpoint.${pair%%=*}" text "${pair#*=}"
        done
    done
    cloud_change stop foreign-5
    cloud_change lock foreign-6
    sleep 0.5 # it is stopping
    cloud_ask 'servers?all=1' >"$house/strangers"
}
fleet_write() {
    python3 "$house_here/fleet.py" manifests "$1" >"$house/manifests/.fleet"
    mv "$house/manifests/.fleet" "$house/manifests/fleet.yaml"
}
fleet_built() { exits 0 ctl wait --timeout 60s || { ctl status | head -n 20; return 1; }; }
# fleet_urge: what waits long after many failures is tried now, as a person would do when the cause is over.
fleet_urge() {
    local waiting
    mapfile -t waiting < <(ctl status -o json | rows name verdict | awk '$2 == "Waiting" { print $1 }')
    ((${#waiting[@]} == 0)) || ctl sync "${waiting[@]}" >/dev/null
}
fleet_urged() {
    fleet_urge
    ctl wait --timeout 5s >/dev/null
}
# fleet_judge before|after
fleet_judge() {
    {
        printf '{"servers":' && cloud_ask 'servers?all=1'
        printf ',"objects":' && cloud_ask objects
        printf ',"records":' && cloud_ask records
        printf ',"counters":' && cloud_ask counters
        printf '}'
    } | python3 "$house_here/fleet.py" judge "$1" "$house/strangers"
}
# Creates without a reply whose server is there only shortly before settle is over.
fleet_ghosts() { cloud_tell fault '{"kind":"ghost","operation":"create","permille":300,"count":20,"value_ms":3800}'; }
# fleet_calls: mutating requests that arrived so far.
fleet_calls() { cloud_count mutating; }
fleet_called() { (($(fleet_calls) >= $1)); }
