# The Debian package of this build, and a machine to install it in. Sourced after house.bash.

skip() { echo "1..0 # SKIP $*"; exit 0; }
boot() { "$house_here/systemd/boot-systemd" --quiet --no-install --ro "$house" --ro "$house_source" "$@"; }

# `make deb`, once, whoever asks first.
package_make() {
    {
        flock 9
        env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$house_build" deb >"$house/deb.log" 2>&1 || { cat "$house/deb.log" >&2; return 1; }
    } 9>"$house_build/package.lock"
    cp "$house_build"/setpoint_*.deb "$house/package.deb"
}

# The symbols that were stripped from the package's setpointd.
package_unpack() {
    local id
    dpkg-deb -x "$house/package.deb" "$house/root"
    dpkg-deb -x "$house_build"/package/setpoint-dbgsym_*.deb "$house/symbols"
    id=$(readelf -n "$house/root/usr/bin/setpointd" | sed -n 's/^ *Build ID: //p')
    cp "$house/symbols/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug" "$house/setpointd.debug"
}

# machine_begin NAME: house_begin with the package in it. Skips all where no systemd boots.
machine_begin() {
    ((EUID == 0)) || skip "a machine of its own needs root"
    house_begin "$1"
    boot -- true 2>"$house/boot.err" || skip "systemd does not boot here: $(tail -n 1 "$house/boot.err")"
    package_make
}
