#include <stdio.h>
#include <string.h>

#include "ctl/complete.h"
#include "reconcile/base/cleanup.h"

/* The scripts know nothing: each asks `setpointctl completion words -- WORD…` and puts what comes into its
 * shell's form. */

/* COMP_WORDS is taken apart at = and : (COMP_WORDBREAKS); what touches in the line is put together again, and
   of a candidate bash is given only what is behind the last of them. */
static const char script_bash[] =
    "# bash completion of setpointctl\n"
    "_setpointctl() {\n"
    "    local line=${COMP_LINE:0:COMP_POINT} words=() i piece candidate cut=\n"
    "    for ((i = 0; i <= COMP_CWORD; i++)); do\n"
    "        piece=${COMP_WORDS[i]}\n"
    "        if [[ $i == 0 || $line == [[:blank:]]* ]]; then words+=(''); fi\n"
    "        line=${line#\"${line%%[![:blank:]]*}\"}\n"
    "        if ((${#piece} > ${#line})); then piece=$line; fi\n"
    "        words[-1]+=$piece\n"
    "        line=${line:${#piece}}\n"
    "    done\n"
    "    COMPREPLY=()\n"
    "    if [[ ${words[-1]} == *[=:]* && $COMP_WORDBREAKS == *[=:]* ]]; then "
    "cut=${words[-1]%\"${words[-1]##*[=:]}\"}; fi\n"
    "    while IFS=$'\\t' read -r candidate _; do\n"
    "        if [[ $candidate == :files ]]; then\n"
    "            compopt -o filenames\n"
    "            while IFS= read -r candidate; do COMPREPLY+=(\"$candidate\"); done < <(compgen -f -- "
    "\"${words[-1]#\"$cut\"}\")\n"
    "        else\n"
    "            COMPREPLY+=(\"${candidate#\"$cut\"}\")\n"
    "        fi\n"
    "    done < <(\"${COMP_WORDS[0]}\" completion words -- \"${words[@]:1}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _setpointctl setpointctl\n";

static const char script_zsh[] =
    "#compdef setpointctl\n"
    "_setpointctl() {\n"
    "    local line=() said=() names=() shown=() row\n"
    "    line=(\"${(@Q)words[2,CURRENT-1]}\" \"${(Q)PREFIX}\")\n"
    "    said=(\"${(@f)$(${words[1]} completion words -- \"${line[@]}\" 2>/dev/null)}\")\n"
    "    for row in \"${said[@]}\"; do\n"
    "        if [[ $row == :files ]]; then\n"
    "            compset -P '*='\n"
    "            _files && return\n"
    "        elif [[ -n $row ]]; then\n"
    "            names+=(\"${row%%$'\\t'*}\")\n"
    "            shown+=(\"${row/$'\\t'/  }\")\n"
    "        fi\n"
    "    done\n"
    "    (( ${#names} )) && compadd -l -d shown -a names\n"
    "}\n"
    "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _setpointctl \"$@\"; else compdef _setpointctl "
    "setpointctl; fi\n";

static const char script_fish[] =
    "# fish completion of setpointctl\n"
    "function __setpointctl\n"
    "    set -l line (commandline -opc) (commandline -ct)\n"
    "    set -l said ($line[1] completion words -- $line[2..-1] 2>/dev/null)\n"
    "    for row in $said\n"
    "        if test \"$row\" = :files\n"
    "            __fish_complete_path (string replace -r '^--[^=]*=' '' -- $line[-1])\n"
    "        else\n"
    "            echo $row\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c setpointctl -f -a '(__setpointctl)'\n";

static const struct {
    const char *shell, *script;
} scripts[] = {{"bash", script_bash}, {"zsh", script_zsh}, {"fish", script_fish}};

static int put(const char *text)
{
    AUTO_TEXT struct text out = {0};
    text_init(&out, SCREEN_OUT_MAX);
    text_add(&out, text);
    return screen_put(&out) ? CTL_DONE : CTL_FAILED;
}

static int words_offer(struct run *run)
{
    AUTO_TEXT struct text out = {0};
    if (run->argument_count < 2)
        return run_fail(CTL_USAGE, "completion words needs the line: completion words -- WORD…");
    text_init(&out, SCREEN_OUT_MAX);
    complete_line(run->arguments + 1, run->argument_count - 1, run->client.socket, &out);
    return screen_put(&out) ? CTL_DONE : CTL_FAILED;
}

int run_completion(struct run *run)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        if (!text_equal(scripts[i].shell, run->arguments[0])) continue;
        if (run->argument_count > 1)
            return run_fail(CTL_USAGE, "completion: \"%s\" is one too many", run->arguments[1]);
        return put(scripts[i].script);
    }
    return words_offer(run);
}
