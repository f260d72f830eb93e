# JSON on standard input to lines: one per element of the outermost array (an object counts as one element), with
# the values at the paths named by `keys` (separated by blanks; "gap.0.field" goes down), separated by `mark`
# (default a tab). null and what is not there are "-".

BEGIN {
    count = split(keys, key, " ")
    if (mark == "") mark = "\t"
}
{ text = text $0 "\n" }
END {
    at = 1
    blanks()
    if (substr(text, at, 1) == "[") rows()
    else {
        value("")
        row()
    }
}

function blanks() {
    while (index(" \t\n\r", substr(text, at, 1)) && at <= length(text)) at++
}

function rows() {
    at++
    for (;;) {
        blanks()
        if (at > length(text)) exit 1
        if (substr(text, at, 1) == "]") return
        if (substr(text, at, 1) == ",") at++
        else {
            value("")
            row()
        }
    }
}

function row(   i, line) {
    for (i = 1; i <= count; i++) line = line (i > 1 ? mark : "") (key[i] in found ? found[key[i]] : "-")
    print line
    for (i in found) delete found[i]
}

function value(path,   c, rest) {
    blanks()
    c = substr(text, at, 1)
    if (c == "{") members(path)
    else if (c == "[") elements(path)
    else if (c == "\"") found[path] = string()
    else {
        rest = substr(text, at, 64)
        match(rest, /^[^],} \t\r\n]*/)
        if (RLENGTH < 1) exit 1
        if (substr(rest, 1, RLENGTH) != "null") found[path] = substr(rest, 1, RLENGTH)
        at += RLENGTH
    }
}

function below(path, name) { return path == "" ? name : path "." name }

function members(path,   name) {
    at++
    for (;;) {
        blanks()
        if (at > length(text)) exit 1
        if (substr(text, at, 1) == "}") { at++; return }
        if (substr(text, at, 1) == ",") { at++; continue }
        name = string()
        blanks()
        at++
        value(below(path, name))
    }
}

function elements(path,   i) {
    at++
    for (i = 0;;) {
        blanks()
        if (at > length(text)) exit 1
        if (substr(text, at, 1) == "]") { at++; return }
        if (substr(text, at, 1) == ",") at++
        else value(below(path, i++))
    }
}

# A \u escape is left as it is: the tests look at names and words.
function string(   rest, size, out) {
    at++
    for (;;) {
        rest = substr(text, at, 512)
        match(rest, /^[^"\\]*/)
        size = RLENGTH
        out = out substr(rest, 1, size)
        at += size
        if (size == 512) continue
        if (at > length(text)) exit 1
        if (substr(text, at, 1) == "\"") { at++; return out }
        c = substr(text, at + 1, 1)
        out = out (c == "n" || c == "t" ? " " : c == "u" ? "\\u" : c)
        at += 2
    }
}
