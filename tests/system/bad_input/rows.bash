# Reads a table of cases and compares what was said with it. A table is text: a line that begins with a letter names
# a case, the lines below it with two blanks in front are `key value`; a key that comes again adds a line to its
# value. `#` begins a comment.

declare -A row=()  # "case key" → value
cases=()

rows_read() {
    local line key case=
    row=() cases=()
    while IFS= read -r line; do
        case $line in
        '#'* | '') ;;
        '  '*)
            read -r key line <<<"$line"
            row["$case $key"]+=${row["$case $key"]+$'\n'}$line
            ;;
        *)
            case=$line
            cases+=("$case")
            ;;
        esac
    done <"$1"
}

# Of the case at hand.
has() { [[ -n ${row["$case $1"]+there} ]]; }
wanted() { printf '%s' "${row["$case $1"]-}"; }

# What changes from run to run gets a name: the case's directory DIR, the temporary directory HOUSE, the cloud's
# address HOST, times M:SS, process ids PID, what OpenSSL says WHY (a handshake refused in
# clear text may also be seen as a reset), the ledger's schema N.
shown() {
    sed -E "s|$house/bad/$case|DIR|g; s|$house|HOUSE|g; s|127\\.0\\.0\\.1:${case_port:-none}\\b|HOST|g
        s/ [0-9]+:[0-5][0-9]\\b/ M:SS/g; s/\\bpid [0-9]+/pid PID/g; s/\(OpenSSL[^)]*\)/(WHY)/; s/this one knows [0-9]+/this one knows N/"
}

# says KEY TEXT: exactly what the row wants.
says() {
    local got
    got=$(shown <<<"$2")
    same "$(wanted "$1")" "$got" || { echo "(this is $1 of $case)"; return 1; }
}

### The journal: a stand-in takes what setpointd sends there. Without root the same lines are its stderr's.

journal=
# In a mount namespace of its own.
journal_start() {
    mount -t tmpfs tmpfs /run
    setsid python3 "$house_here/bad_input/journal.py" /run/systemd/journal/socket >>"$house/journal" 2>"$house/journal.err" &
    house_pids+=($!)
    until_ms 5000 test -S /run/systemd/journal/socket && journal=$house/journal
}
# stream_to FILE: what systemd tells a service of its stderr. A service's log is the journal then, and FILE is empty.
stream_to() {
    touch "$1"
    [[ -z $journal ]] || JOURNAL_STREAM=$(stat -c %d:%i "$1")
    export JOURNAL_STREAM=${JOURNAL_STREAM:-}
}
# journal_lines FILE: as `level message<tab>fields`; FILE is the stderr of a daemon without a journal.
journal_lines() {
    if [[ -n $journal ]]; then
        cat "$journal"
    else
        sed -E 's/^[^ ]+ //; s/ \(([a-z]+=[^()]*)\)$/\t\1/' "$1"
    fi
}
# needs_reading FIELD FILE: entries with this field of the case that somebody must read.
needs_reading() { journal_lines "$2" | grep -P "^(error|warning) .*\t(.* )?$1=$case( |\$)"; }
# journals FIELD FILE: each line of the row's `journal` is there once and whole, with the field (source or cloud; empty:
# none) that names the case. A row without this key has nothing there that anybody must read.
journals() {
    local line count
    if ! has journal; then
        ! needs_reading "${1:-source}" "$2"
        return
    fi
    while IFS= read -r line; do
        count=$(journal_lines "$2" | shown | grep -P "${1:+\t(.* )?$1=$case( |\$)}" | cut -f 1 | grep -cxF -- "$line" || true)
        [[ $count == 1 ]] || { echo "$count times in the journal: $line"; journal_lines "$2" | shown | grep -F -- "$case"; return 1; }
    done <<<"$(wanted journal)"
}

# mutating [SOURCE]: how many changing requests arrived at the cloud of cloud_port, for this source's objects only.
mutating() {
    cloud_ask "records?mutating=1" | rows object |
        awk -F / -v source="${1:-}" 'source == "" || $1 == source { n++ } END { print n + 0 }'
}

### The healthy source beside

readonly answer_ms=1000 # setpointctl status, whatever goes on
readonly mend_ms=20000
slowest_ms=0 answers=0

# One question to the healthy daemon; the slowest answer is kept.
status_timed() {
    local begin took
    begin=$(now_ms)
    ctl status -o json >"$house/status.json" || return 1
    took=$(($(now_ms) - begin))
    answers=$((answers + 1))
    ((took <= slowest_ms)) || slowest_ms=$took
}
is_mended() {
    status_timed
    [[ $(object prod/web verdict) == Converged && $(cloud_server web status) == ACTIVE ]]
}
# At the port of the healthy cloud.
mends() {
    local cloud_port=$healthy_port starts
    starts=$(cloud_count operations.os-start.arrived)
    cloud_change stop web
    [[ $(cloud_server web status) == SHUTOFF ]] && sleep 1.2
    until_ms "$mend_ms" is_mended || { ctl status prod/web; return 1; }
    (($(cloud_count operations.os-start.arrived) > starts)) || { echo "nothing was started"; return 1; }
}
answers_in_time() { ((answers > 0 && slowest_ms <= answer_ms)) || { echo "the slowest of $answers answers took $slowest_ms ms"; return 1; }; }
