# From file:line:code of formatted C: each `default:` of a switch whose cases are names (enum constants).
# A switch over characters or numbers may have one.

function finish() {
    if (has_default[top] && has_names[top])
        print has_default[top]
    top--
}

{
    split($0, position, ":")
    if (position[1] != file) {
        file = position[1]
        depth = top = 0
    }
    where = position[1] ":" position[2]
    text = substr($0, length(where) + 2)
    if (text ~ /(^|[^A-Za-z0-9_])switch \(/) {
        top++
        opened_at[top] = depth
        has_default[top] = has_names[top] = ""
    }
    if (top && match(text, /(^|[^A-Za-z0-9_])case [A-Z_]/))
        has_names[top] = 1
    if (top && text ~ /(^|[^A-Za-z0-9_])default:/)
        has_default[top] = where ": default"
    depth += gsub(/{/, "{", text) - gsub(/}/, "}", text)
    if (top && text ~ /}/ && depth <= opened_at[top])
        finish()
}
