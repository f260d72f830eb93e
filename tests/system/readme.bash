# README.md taken apart: its blocks of commands. Sourced after house.bash.

readme=$house_source/README.md

# cut_blocks DIRECTORY: a file per sh block: NN with the commands, NN.heading with the last heading before it.
cut_blocks() {
    awk -v into="$1" '
        /^```/ && inside { inside = 0; close(file); next }
        /^```sh$/ { file = sprintf("%s/%02d", into, ++n); print heading >(file ".heading"); close(file ".heading")
                    inside = 1; printf "" >file; next }
        /^```/ { inside = 2; next }
        inside == 1 { print >file }
        !inside && /^##* / { heading = $0; sub(/^#* /, "", heading) }' "$readme"
}

heading_of() { cat "$1.heading"; }

# What is typed: lines of commands, without what is typed into them (here-documents).
commands_of() { awk '/^END$/ { inside = 0; next } !inside && NF { print } /<<.END./ { inside = 1 }' "$@"; }

# The newcomer's own values, where the README says so. NHN's identity service has one address, which is the default.
own_values() { sed "s|you@example.com|demo|; s|^  auth:$|&\n    url: http://127.0.0.1:$cloud_port/identity|" "$1"; }
