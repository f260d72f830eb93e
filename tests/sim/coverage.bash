#!/bin/bash
# What the simulation alone runs of reconcile/: builds the simulator with gcc's --coverage below the build directory, runs
# the seeds of `make check` once, and prints lines per file. Fails below 90 %.
set -euo pipefail
source_dir=${SETPOINT_SOURCE_DIR:?run by make sim-coverage} build=${SETPOINT_BUILD:?}/coverage
mkdir -p "$build"
cd "$build"
[[ -f Makefile ]] || "$source_dir/configure" -q CFLAGS="-O1 -g --coverage"
make -s tests/sim/sim
find . -name '*.gcda' -delete
tests/sim/sim --seeds "${SIM_SEEDS:-2200}" --once --quick --no-restarts >sim.log
for counts in reconcile/*.gcda reconcile/base/*.gcda; do
    gcov -n -o "$(dirname "$counts")" "$counts" 2>/dev/null
done | awk -F"[:'% ]+" '
    /^File / { file = $2; next }
    /^Lines executed/ && file ~ /reconcile\/.*\.c$/ {
        sub(/.*\/reconcile\//, "reconcile/", file)
        run[file] = $3 * $5 / 100
        all[file] = $5
        file = ""
    }
    END {
        for (file in all) {
            printf "# %5.1f%% of %4d  %s\n", 100 * run[file] / all[file], all[file], file | "sort -k4"
            done_lines += run[file]
            lines += all[file]
        }
        close("sort -k4")
        good = lines > 0 && done_lines / lines >= 0.9
        printf "%sok 1 - the simulation runs %.1f%% of %d lines of reconcile/\n1..1\n", good ? "" : "not ", 100 * done_lines / lines, lines
        exit !good
    }'
