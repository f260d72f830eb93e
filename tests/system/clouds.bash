# One set of manifests over several providers, one simulated cloud each, one daemon; and the same damage to each cloud behind
# its back. Sourced after house.bash.

. "$house_here/dialects.bash"
clouds=("${dialects[@]}") # less may be set after sourcing

# What every Cloud document says beside the provider's own: nobody wants to watch for as long as the defaults.
clouds_extra='  poll: {interval: 1s, full: 3s}      # default 30s and 10m
  settle: 3s                          # default 30s or 180s: the simulated clouds show a new server at once
  limits: {requestsPerSecond: 20}     # default 10'
prune_delay=2s # default 30s

### What differs between the clouds: the Cloud document, and what a Class says of every instance there

declare -A port=()
cloud_document() { # PROVIDER
    local cloud_port=${port[$1]}
    printf -- '---\napiVersion: setpoint/v1\nkind: Cloud\nmetadata: {name: %s}\nspec:\n  provider: %s\n' "$1" "$1"
    dialect_cloud "$1"
    printf '%s\n' "$clouds_extra"
}
declare -A class=(
    [openstack]='flavor: m2.c1m2, image: Rocky Linux 9, rootDisk: {size: 20GiB}, networks: [{network: 5be5d2c7-3b3e-4a0e-9a86-5d1b1d3f7c01}], securityGroups: [default, web]'
    [nhn-v2]='flavor: m2.c1m2, image: Rocky Linux 9, rootDisk: {size: 20GiB}, networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}], securityGroups: [default, web]'
    [nhn-v1]='flavor: m2.c1m2, image: Ubuntu 22.04, zone: kr-pub-a, keypair: ops, rootDisk: {size: 30GiB}, networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}], securityGroups: [default, web]'
    [kakaocloud]='flavor: m2.c1m2, image: Rocky Linux 9, zone: kr-central-2-a, keypair: ops, rootDisk: {size: 20GiB}, networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}], securityGroups: [default, web]'
    [tencent-gateway]='flavor: m2.c1m2, image: img-rockylinux9, zone: ap-guangzhou-3, rootDisk: {size: 50GiB, type: CLOUD_PREMIUM}, networks: [{subnet: vpc-defaultnetwork/subnet-defaultsubnet}], securityGroups: [sg-default, sg-web]'
)

### What is the same: five instances on each

readonly roles=(web store front batch old)
# manifest CLOUD ROLE [SPEC]
manifest() {
    local power=running
    [[ $2 != batch ]] || power=stopped
    printf 'apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: %s-%s}\nspec: {class: %s, power: %s, lifecycle: {onError: replace}%s}\n' \
        "$2" "${1//-/}" "$1" "$power" "${3:+, $3}" >"$house/manifests/.new"
    mv "$house/manifests/.new" "$house/manifests/$2-$1.yaml"
}
name() { echo "$2-${1//-/}"; } # CLOUD ROLE
write_manifests() {
    local cloud role
    for cloud in "${clouds[@]}"; do
        printf 'apiVersion: setpoint/v1\nkind: Class\nmetadata: {name: %s}\nspec: {cloud: %s, %s}\n' "$cloud" "$cloud" "${class[$cloud]}" \
            >"$house/manifests/class-$cloud.yaml"
        for role in "${roles[@]}"; do manifest "$cloud" "$role"; done
    done
}
operator_config() {
    dialect_secrets
    {
        cat <<END
apiVersion: setpoint/v1
kind: Daemon
metadata: {name: setpointd}
spec:
  owner: house
  mode: enforce
  destroyBudget: {max: 20, per: 10m}  # default 10% in 1h
END
        for cloud in "${clouds[@]}"; do cloud_document "$cloud"; done
        cat <<END
---
apiVersion: setpoint/v1
kind: Source
metadata: {name: prod}
spec:
  directory: {path: $house/manifests}
  clouds: [$(IFS=,; echo "${clouds[*]}")]
  prune: true
  pruneDelay: $prune_delay
  destroyBudget: {max: 20, per: 10m}
  disruption: {max: 100%}             # default 20%: the damages are mended at the same time
END
    } >"$house/etc/setpoint.yaml"
}
clouds_start() { # [OPTION...]: of setpoint-simcloud; sets `port`
    local cloud
    cloud_start --dialect "$(IFS=,; echo "${clouds[*]}")" "$@"
    for cloud in "${clouds[@]}"; do port[$cloud]=$(rows "$cloud.port" <"$house/cloud.out"); done
}

### Questions

on() { local cloud_port=${port[$1]}; shift; "$@"; } # CLOUD COMMAND...
id_of() { on "$1" cloud_server "$(name "$1" "$2")" id; }
is_at() { [[ $(on "$1" cloud_server "$(name "$1" "$2")" "$3") == "$4" ]]; } # CLOUD ROLE KEY VALUE
sum() { # COUNTER
    local cloud one counted=0
    for cloud in "${clouds[@]}"; do
        one=$(on "$cloud" cloud_count "$1") && [[ -n $one ]] || return 1
        counted=$((counted + one))
    done
    echo "$counted"
}
duplicates() {
    local cloud
    for cloud in "${clouds[@]}"; do on "$cloud" cloud_ask objects; done | grep -o '"live_max":[0-9]*' | awk -F : '$2 > 1' | wc -l
}

### Damages: the same on each cloud

declare -A old_web=() old_store=()
missing=
damage() { # CLOUD
    old_web[$1]=$(id_of "$1" web)
    old_store[$1]=$(id_of "$1" store)
    on "$1" cloud_change delete "$(name "$1" web)"
    on "$1" cloud_change error "$(name "$1" store)" text "the host failed"
    on "$1" cloud_change stop "$(name "$1" front)"
    on "$1" cloud_change start "$(name "$1" batch)"
    rm "$house/manifests/old-$1.yaml"
}
is_mended() { # CLOUD
    local web store
    web=$(id_of "$1" web)
    store=$(id_of "$1" store)
    missing="$1: a new server for web" && [[ -n $web && $web != "${old_web[$1]}" ]] || return 1
    # that gateway knows no ERROR: what fails there stands still, and is started
    missing="$1: a well server for store" && is_at "$1" store status ACTIVE || return 1
    [[ $1 == tencent-gateway || $store != "${old_store[$1]}" ]] || return 1
    missing="$1: front runs" && is_at "$1" front status ACTIVE || return 1
    missing="$1: batch is stopped" && is_at "$1" batch status SHUTOFF || return 1
    missing="$1: old is gone" && [[ -z $(id_of "$1" old) ]]
}
