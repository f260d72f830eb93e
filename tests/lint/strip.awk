# Prints file:line:code of C sources without comments and, unless strings=1, without what strings and character
# literals hold. Include lines keep their file names.

function literal(quote,    end, length_left) {
    end = 2
    length_left = length(rest)
    while (end <= length_left && substr(rest, end, 1) != quote)
        end += substr(rest, end, 1) == "\\" ? 2 : 1
    code = code (strings || is_include ? substr(rest, 1, end) : quote quote)
    rest = substr(rest, end + 1)
}

FNR == 1 { in_comment = 0 }

{
    rest = $0
    code = ""
    is_include = !in_comment && $0 ~ /^[ \t]*#[ \t]*include/
    while (rest != "") {
        if (in_comment) {
            at = index(rest, "*/")
            if (!at)
                break
            in_comment = 0
            rest = substr(rest, at + 2)
        } else if (match(rest, /["']|\/[*\/]/)) {
            code = code substr(rest, 1, RSTART - 1)
            found = substr(rest, RSTART, RLENGTH)
            rest = substr(rest, RSTART)
            if (found == "//")
                break
            if (found == "/*") {
                in_comment = 1
                rest = substr(rest, 3)
                code = code " "
            } else
                literal(found)
        } else {
            code = code rest
            break
        }
    }
    name = FILENAME
    if (root != "" && index(name, root "/") == 1)
        name = substr(name, length(root) + 2)
    if (code ~ /[^ \t]/)
        print name ":" FNR ":" code
}
