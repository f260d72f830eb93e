# Sourced: sabotage_one PATCH builds the shipped objects with PATCH applied to a copy, runs the usual seeds, and
# prints a TAP row. The first word of the patch, before a colon, is the promise that must stop them.

sim_source=${SETPOINT_SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
sim_build=${SETPOINT_BUILD:-$sim_source/build}
sim_cc=${CC:-cc}
sim_seeds=${SIM_SABOTAGE_SEEDS:-2000} # as many as `make check` runs, in steps
sim_step=250
sim_row=0

# The shipped objects, the patched ones in place of their own. Members of one library may have one name, so it is objects
# that are linked.
sabotage_build() {
    local patch=$1 file objects
    mkdir -p "$sim_work/tree"
    cp -r "$sim_source/reconcile" "$sim_source/daemon" "$sim_source/providers" "$sim_work/tree"
    patch -s -d "$sim_work/tree" -p1 <"$patch" || return 1
    cp "$sim_build/daemon/libdispatch.a" "$sim_work"
    objects=$(cd "$sim_build" && find reconcile providers -name '*.o' | LC_ALL=C sort | sed "s,^,$sim_build/,")
    while read -r file; do
        mkdir -p "$sim_work/objects/$(dirname "$file")"
        $sim_cc -std=gnu17 -O2 -g -D_GNU_SOURCE ${LINT_LDFLAGS:-} -I"$sim_work/tree" -c "$sim_work/tree/$file" \
            -o "$sim_work/objects/${file%.c}.o" || return 1
        if [[ $file == daemon/* ]]; then
            ar r "$sim_work/libdispatch.a" "$sim_work/objects/${file%.c}.o"
        else
            objects=${objects/"$sim_build/${file%.c}.o"/"$sim_work/objects/${file%.c}.o"}
        fi
    done < <(sed -n 's,^+++ b/\(.*\.c\)$,\1,p' "$patch")
    # shellcheck disable=SC2086
    $sim_cc -r -nostdlib -no-pie $objects -Wl,--whole-archive "$sim_work/libdispatch.a" -o "$sim_work/whole.o" &&
        objcopy --wildcard --localize-symbol='cloud_*' --localize-symbol='judge_*' "$sim_work/whole.o" "$sim_work/product.o" &&
        $sim_cc ${LINT_LDFLAGS:-} -o "$sim_work/sim" $(sabotage_objects) "$sim_work/product.o" \
            "$sim_build/tests/sim/simulated.o" -lcjson
}

# All of them still fit the tree, whichever are run.
sabotage_apply() {
    local patch good=
    sim_row=$((sim_row + 1))
    for patch; do
        patch -s --dry-run -d "$sim_source" -p1 <"$patch" >/dev/null 2>&1 && continue
        echo "# $(basename "$patch") does not apply any more"
        good="not "
        sabotage_missed=1
    done
    echo "${good}ok $sim_row - every sabotage applies"
}

# The simulator's own, which no patch touches.
sabotage_objects() {
    find "$sim_build/tests/sim" -name '*.o' ! -name product.o ! -name simulated.o | LC_ALL=C sort
}

# sabotage_crash PATCH STORY: the same, with a small story that is stopped at each of its crash points.
sabotage_crash() {
    local patch=$1 story=$2 promise name
    name=$(basename "$patch" .patch)
    promise=$(sed -n '1s/:.*//p' "$patch")
    sim_work=$(mktemp -d "${TMPDIR:-/tmp}/setpoint-sabotage.XXXXXX")
    sim_row=$((sim_row + 1))
    if ! sabotage_build "$patch" >"$sim_work/log" 2>&1; then
        sed 's/^/# /' "$sim_work/log"
        echo "not ok $sim_row - $name does not apply or build any more"
        sabotage_missed=1
    else
        "$sim_work/sim" --crash "$story" >"$sim_work/out" 2>&1 || true
        if grep -m1 "broke $promise:" "$sim_work/out"; then
            echo "ok $sim_row - $name is caught by $promise at a crash point of $story"
        else
            tail -1 "$sim_work/out"
            echo "not ok $sim_row - $name is not caught by $promise at the crash points of $story"
            sabotage_missed=1
        fi
    fi
    rm -rf "$sim_work"
}

sabotage_one() {
    local patch=$1 promise name first=1 options=(--once --quick --no-restarts)
    name=$(basename "$patch" .patch)
    promise=$(sed -n '1s/:.*//p' "$patch")
    if [[ $promise == restart ]]; then options=(--once --quick); fi
    sim_work=$(mktemp -d "${TMPDIR:-/tmp}/setpoint-sabotage.XXXXXX")
    sim_row=$((sim_row + 1))
    if ! sabotage_build "$patch" >"$sim_work/log" 2>&1; then
        sed 's/^/# /' "$sim_work/log"
        echo "not ok $sim_row - $name does not apply or build any more"
    else
        : >"$sim_work/out"
        while ((first <= sim_seeds)) && ! grep -q "broke $promise:" "$sim_work/out"; do
            "$sim_work/sim" --from "$first" --seeds "$sim_step" "${options[@]}" >"$sim_work/out" 2>&1 || true
            first=$((first + sim_step))
        done
        if grep -m1 "broke $promise:" "$sim_work/out"; then
            echo "ok $sim_row - $name is caught by $promise"
        else
            { grep " broke " "$sim_work/out" || true; } | head -5
            echo "not ok $sim_row - $name is not caught by $promise in $sim_seeds seeds"
            sabotage_missed=1
        fi
    fi
    rm -rf "$sim_work"
}
