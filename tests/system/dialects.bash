# One simulated cloud of any dialect, one daemon: what a Cloud document says there, and what every instance says.
# Sourced after house.bash.

readonly dialects=(openstack nhn-v2 nhn-v1 kakaocloud tencent-gateway)

# dialect_cloud DIALECT: lines of a Cloud's spec.
dialect_cloud() {
    local url=http://127.0.0.1:$cloud_port
    case $1 in
    openstack) cat <<END ;;
  region: RegionOne
  auth: {url: $url/identity, applicationCredential: {id: 8c1f0b6e5d2a4f7c9e3b1a0d6f5e4c3b, secret: {file: $house/etc/secret}}}
END
    nhn-v2) cat <<END ;;
  region: KR1
  auth: {url: $url/identity, tenantId: 198edf20d74d4323b107426354c18627, username: demo, password: {file: $house/etc/password}}
END
    nhn-v1) cat <<END ;;
  endpoint: $url/compute
  auth: {appkey: 8c1f0b6e5d2a4f7c, username: demo, password: {file: $house/etc/password}}
END
    kakaocloud) cat <<END ;;
  endpoint: $url/bcs/api/v1
  endpoints: {image: $url/image/api/v1, network: $url/network/api/v1, vpc: $url/vpc/api/v1}
  auth: {url: $url/iam, applicationCredential: {id: 8c1f0b6e5d2a4f7c9e3b1a0d6f5e4c3b, secret: {file: $house/etc/secret}}}
END
    tencent-gateway) cat <<END ;;
  endpoint: $url
  region: ap-guangzhou
  tenantUuid: 198edf20d74d4323b107426354c18627
  clusterUuid: 72db4b34-1473-418f-ade4-de00b956f16b
  auth: {tenant: demo, username: demo, password: {file: $house/etc/password}}
END
    *) echo "there is no dialect $1" >&2; return 64 ;;
    esac
}

# dialect_image DIALECT: one of Linux.
dialect_image() { [[ $1 == tencent-gateway ]] && echo img-rockylinux9 || echo Rocky Linux 9; }

# dialect_place DIALECT: the inside of a flow mapping, what a create needs beside flavor, image and root disk.
dialect_place() {
    case $1 in
    openstack) echo "keypair: ops, networks: [{network: 5be5d2c7-3b3e-4a0e-9a86-5d1b1d3f7c01}]" ;;
    nhn-v2) echo "keypair: ops, networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}]" ;;
    nhn-v1) echo "zone: kr-pub-a, keypair: ops, networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}], securityGroups: [default]" ;;
    kakaocloud) echo "zone: kr-central-2-a, keypair: ops, networks: [{subnet: b83863ff-0355-4c73-8c10-0bdf66a69aab}], securityGroups: [default]" ;;
    tencent-gateway) echo "zone: ap-guangzhou-3, networks: [{subnet: vpc-defaultnetwork/subnet-defaultsubnet}], securityGroups: [sg-default]" ;;
    esac
}

# dialect_root DIALECT GIB
dialect_root() { [[ $1 == tencent-gateway ]] && echo "rootDisk: {size: $2GiB, type: CLOUD_PREMIUM}" || echo "rootDisk: {size: $2GiB}"; }

dialect_secrets() {
    printf 'demo-password\n' >"$house/etc/password"
    printf 'demo-credential-secret\n' >"$house/etc/secret"
    chmod 600 "$house/etc/password" "$house/etc/secret"
}
