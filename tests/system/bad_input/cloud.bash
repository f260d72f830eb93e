# Clouds that fail: a simulated cloud, a Cloud and a Source per row, one daemon for all of them and the healthy one.

declare -A ports=() fronts=() # by case
case_port=

certificate_make() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$house/key.pem" -out "$house/cert.pem" -days 2 \
        -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>"$house/openssl.err" || cat "$house/openssl.err"
}

# What stands for a place in the row's value.
placed() {
    local value
    value=$(wanted "$1")
    value=${value//HOUSE/$house}
    echo "${value//HOST/127.0.0.1:$case_port}"
}

front_start() {
    : >"$house/$case.front"
    setsid python3 "$house_here/bad_input/odd_cloud.py" "$1" "$(wanted front)" >"$house/$case.front" 2>"$house/$case.front.err" &
    fronts[$case]=$!
    house_pids+=($!)
    until_ms 5000 grep -q . "$house/$case.front" && case_port=$(cat "$house/$case.front")
}

# A row with TLS has neither fault nor do.
cloud_case() {
    local cloud_port= cloud_pid= url
    cloud_start --build 300ms-600ms --action 200ms-500ms $(placed options)
    house_pids+=("$cloud_pid")
    ports[$case]=$cloud_port case_port=$cloud_port
    ! has fault || cloud_tell fault "$(wanted fault)"
    ! has front || front_start "$cloud_port"
    ports["$case front"]=$case_port
    url=$(placed url)
    mkdir -p "$house/bad/$case"
    cat >>"$house/etc/setpoint.yaml" <<END
---
apiVersion: setpoint/v1
kind: Cloud
metadata: {name: $case}
spec:
  provider: nhn-v2
  region: KR1
  auth:
    url: ${url:-http://127.0.0.1:$case_port/identity}
    tenantId: 198edf20d74d4323b107426354c18627
    username: demo
    password: {file: $(has password && placed password || echo "$house/etc/password")}
  poll: {interval: 1s, full: 2s}
  settle: 2s
  $(has spec && placed spec || echo 'timeout: {connect: 1s, total: 3s}')
---
apiVersion: setpoint/v1
kind: Source
metadata: {name: $case}
spec: {directory: {path: $house/bad/$case}, clouds: [$case], prune: true, pruneDelay: 1s}
END
    instance "$case" "${plain[@]}"
    sed "s/sim-kr1/$case/" "$house/manifests/$case.yaml" >"$house/bad/$case/one.yaml"
    rm "$house/manifests/$case.yaml"
}

odd() { kill -USR1 "${fronts[$case]}"; }
cloud_spoil() {
    local line cloud_port=${ports[$case]}
    while IFS= read -r line; do eval "$line"; done <<<"$(wanted do)"
}

cloud_status() { ctl status "$case" -o json | rows verdict reason message | tr '\t' ' '; }
cloud_sentence() { ctl clouds -o json | rows name reason message | awk -F '\t' -v name="$case" '$1 == name { print $2 " " $3 }'; }
all_as_wanted() {
    for case in "${cases[@]}"; do
        case_port=${ports["$case front"]}
        says status "$(cloud_status)" || return 1
    done
}
healable_converged() {
    for case in "${cases[@]}"; do
        ! has do || [[ $(object "$case" verdict) == Converged ]] || return 1
    done
}
# What arrived at the case's own cloud, which may be one behind TLS.
calls_of() {
    local scheme=http
    ! has options || scheme=https
    curl -sk --fail --max-time 5 "$scheme://127.0.0.1:${ports[$case]}/admin/counters" | rows mutating
}
cloud_row() {
    case_port=${ports["$case front"]}
    says status "$(cloud_status)" && says clouds "$(cloud_sentence)" || return 1
    journals cloud "$house/daemon.log" || return 1
    same "$(has do || has front && echo 1 || echo 0)" "$(calls_of)" # the create
}

cloud_group() {
    local case
    rows_read "$house_here/bad_input/cloud.rows"
    certificate_make
    config_write
    printf 'wrong\n' >"$house/etc/wrong"
    chmod 600 "$house/etc/wrong"
    for case in "${cases[@]}"; do cloud_case; done
    instance web "${plain[@]}"
    daemon_start --init
    ok "clouds: what can be converged is" until_ms 30000 healable_converged
    for case in "${cases[@]}"; do
        ! has do || cloud_spoil
    done
    until_ms 25000 all_as_wanted >"$house/tap.out" || true # each row says itself what is not
    ok "clouds: a stopped server of a healthy source is mended meanwhile" mends
    for case in "${cases[@]}"; do ok "cloud: $case" cloud_row; done
    ok "clouds: status answers within $answer_ms ms" answers_in_time
    echo "# count: ${#cases[@]} bad clouds"
    daemon_stop
}
