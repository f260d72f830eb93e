# Compares docs/coverage.md (the first file) with what simulated clouds served (the others, lines of
# setpoint-simcloud --census: DIALECT METHOD PATH WORD,WORD SENDER COUNT). A result per line: "ok NAME", or
# "not ok NAME" with what is wrong behind a tab.
#
# A heading ends with its dialects in backticks; a row's request is `METHOD PATH WORD...`: a served operation is the
# row's when all its words are among those served, and none of those written with "!" in front.

function cell(number,    text) {
    text = $number
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}
function heading(    text) {
    dialects = ""
    for (text = $0; match(text, /`[a-z0-9-]+`/); text = substr(text, RSTART + RLENGTH))
        dialects = dialects " " substr(text, RSTART + 1, RLENGTH - 2)
}
function row(    request, parts, dialect, i, n) {
    request = cell(3)
    if (request ~ /^-+$/ || cell(2) == "operation") return
    gsub(/`/, "", request)
    n = split(dialects, parts, " ")
    for (i = 1; i <= n; i++) {
        dialect = parts[i]
        rows++
        row_name[rows] = dialect ": " cell(2) (request == "" ? "" : " (" request ")")
        row_request[rows] = request == "" ? "" : dialect " " request
        row_use[rows] = cell(6)
    }
}
function has(words, word) { return index("," words ",", "," word ",") > 0 }
function fits(at, serving,    want, got, n, i) {
    n = split(row_request[at], want, " ")
    split(serving, got, " ")
    if (n < 3 || want[1] != got[1] || want[2] != got[2] || want[3] != got[3]) return 0
    for (i = 4; i <= n; i++) {
        if (substr(want[i], 1, 1) == "!" ? has(got[4], substr(want[i], 2)) : !has(got[4], want[i])) return 0
    }
    return 1
}
function result(name, wrong) { print (wrong == "" ? "ok " : "not ok ") name (wrong == "" ? "" : "\t" wrong) }
function judge(at,    use) {
    use = row_use[at]
    if (use ~ /^used( |$)/) {
        if (row_request[at] == "") return "a used row names its request"
        return sent[at] ? "" : "marked used, and the daemon never sent it"
    }
    if (use ~ /^(ready|not yet|others)( |:|$)/ || use ~ /^beyond: ./)
        return sent[at] ? "marked " use ", and the daemon sent it " sent[at] " times" : ""
    if (use ~ /^excused: (key generation|brief list|multi-create|filter|paging)/)
        return sent[at] ? "excused, and the daemon sent it " sent[at] " times" : ""
    return "no use that coverage.md may name: \"" use "\""
}

BEGIN { FS = "|" }
FILENAME == ARGV[1] && /^#/ { heading() }
FILENAME == ARGV[1] && /^\|/ { row() }
FILENAME != ARGV[1] {
    split($0, part, " ")
    served[part[1] " " part[2] " " part[3] " " part[4]] += part[6]
    if (part[5] == "setpoint") by_daemon[part[1] " " part[2] " " part[3] " " part[4]] += part[6]
}
END {
    for (serving in served) {
        known = 0
        for (at = 1; at <= rows; at++) {
            if (!fits(at, serving)) continue
            known = 1
            sent[at] += by_daemon[serving]
        }
        if (!known) result("a row for what was served: " serving, "docs/coverage.md has none")
    }
    for (at = 1; at <= rows; at++) result(row_name[at], judge(at))
}
