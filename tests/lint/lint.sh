# Shared by the checks: the tree they look at, its sources, and TAP. LINT_ROOT is set by selftest only.
lint_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lint_root=${LINT_ROOT:-$(cd "$lint_here/../.." && pwd)}
lint_build=${LINT_BUILD:-${SETPOINT_BUILD:-$lint_root/build}}
lint_count=0
lint_failed=0
export LC_ALL=C
shopt -s lastpipe # `rule` counts at the end of a pipe

# The C sources below these folders.
sources() {
    local folder
    for folder; do
        [[ ! -d $lint_root/$folder ]] || find "$lint_root/$folder" -type f \( -name '*.c' -o -name '*.h' \)
    done | sort
}

# file:line:code of the sources below these folders.
code() { sources "$@" | xargs -r -d '\n' awk -v root="$lint_root" -f "$lint_here/strip.awk"; }
code_with_strings() { sources "$@" | xargs -r -d '\n' awk -v root="$lint_root" -v strings=1 -f "$lint_here/strip.awk"; }

# Calls of these functions (names separated by |) in code read from stdin; members of structures are not meant.
calls() { grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_.>])?($1) ?\(" || true; }

# rule NAME: one TAP result; every line of stdin is a violation.
rule() {
    local violations
    violations=$(cat)
    lint_count=$((lint_count + 1))
    if [[ -z $violations ]]; then
        echo "ok $lint_count - $1"
    else
        echo "not ok $lint_count - $1"
        sed 's/^/# /' <<<"$violations"
        lint_failed=1
    fi
}

# The plan comes last, so that a check that dies half-way fails.
lint_end() {
    echo "1..$lint_count"
    exit "$lint_failed"
}
