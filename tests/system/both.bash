# Two simulated clouds of different dialects, two sources, one daemon: sourced after house.bash.
# nhn_port, openstack_port: the clouds. "$house/prod" is source prod on both clouds, "$house/lab" source lab on sim-os.

# What the caller may set before both_begin: options of the clouds, lines of both Cloud documents.
both_options=(--build 300ms-600ms --action 200ms-500ms)
cloud_extra='  poll: {interval: 1s, full: 3s}
  settle: 2s'
readonly network=5be5d2c7-3b3e-4a0e-9a86-5d1b1d3f7c01

on() { local cloud_port=$1; shift; "$@"; }
on_openstack() { on "$openstack_port" "$@"; }

# nhn and openstack: on which cloud the next manifests are.
nhn() { where="cloud: sim-kr1, networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}], rootDisk: {size: 20GiB}"; port=$nhn_port; }
openstack() { where="cloud: sim-os, networks: [{network: $network}]"; port=$openstack_port; }
# put SOURCE NAME SPEC: a manifest with this flow mapping's inside as spec.
put() {
    printf 'apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: %s}\nspec: {%s, image: Rocky Linux 9, %s}\n' "$2" "$where" "$3" \
        >"$house/$1/.$2.new"
    mv "$house/$1/.$2.new" "$house/$1/$2.yaml"
}
# both_config credential|clouds_yaml: how the daemon logs in to sim-os; the latter from "$house/clouds.yaml".
both_config() {
    local auth
    if [[ $1 == credential ]]; then
        auth="auth: {url: http://127.0.0.1:$openstack_port/identity, applicationCredential: {id: 8c1f0b6e5d2a4f7c9e3b1a0d6f5e4c3b, secret: {file: $house/etc/secret}}}"
    else
        auth="cloudsYaml: {file: $house/clouds.yaml, cloud: lab}"
    fi
    cat >"$house/etc/second.yaml" <<END
apiVersion: setpoint/v1
kind: Cloud
metadata: {name: sim-os}
spec:
  provider: openstack
  region: RegionOne
  $auth
$cloud_extra
---
apiVersion: setpoint/v1
kind: Source
metadata: {name: lab}
spec:
  directory: {path: $house/lab}
  clouds: [sim-os]
  prune: true
  pruneDelay: 1s
END
}
both_start() {
    local cloud_port
    cloud_start --dialect both --servers 3 "${both_options[@]}"
    openstack_port=$(rows openstack.port <"$house/cloud.out")
    nhn_port=$(rows nhn-v2.port <"$house/cloud.out")
}

# both_begin NAME: everything but the daemon.
both_begin() {
    house_begin "$1"
    mkdir "$house/prod" "$house/lab"
    printf 'demo-credential-secret\n' >"$house/etc/secret"
    chmod 600 "$house/etc/secret"
    both_start
    cloud_port=$nhn_port
    source_extra=${source_extra:-'  pruneDelay: 1s'}
    config_write
    sed -i "s|$house/manifests|$house/prod|; s/clouds: \[sim-kr1\]/clouds: [sim-kr1, sim-os]/" "$house/etc/setpoint.yaml"
    both_config credential
}
