#include "ctl/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reconcile/base/cleanup.h"

enum {
    NEAR_TWO = 5, /* from this length on two letters may be wrong */
    NEAR_THREE = 8
};

static const struct option_row options[OPTION_COUNT] = {
    [OPTION_HELP] = {"help", 'h', NULL, "show this help", NULL, 0},
    [OPTION_SOCKET] = {"socket", 0, "PATH", "the daemon's socket", NULL, COMPLETES_FILES},
    [OPTION_OUTPUT] = {"output", 'o', "FORMAT", "table, wide or json", "table wide json", 0},
    [OPTION_COLOR] = {"color", 0, "WHEN", "auto, always or never", "auto always never", 0},
    [OPTION_CONFIG] = {"config", 0, "DIR", "the operator's directory: clouds and sources are checked too",
                       NULL, COMPLETES_FILES},
    [OPTION_SOURCE] = {"source", 0, "SOURCE", "only objects of this source", NULL, COMPLETES_SOURCES},
    [OPTION_SELECTOR] = {"selector", 'l', "SELECTOR", "only objects with these labels: tier=db,env!=test",
                         NULL, 0},
    [OPTION_WATCH] = {"watch", 'w', NULL, "stay and show every change", NULL, 0},
    [OPTION_DETAILED] = {"detailed-exitcode", 0, NULL,
                         "exit 0: nothing to do, 2: something, 3: something is blocked", NULL, 0},
    [OPTION_FOLLOW] = {"follow", 'f', NULL, "stay and show what happens", NULL, 0},
    [OPTION_LIMIT] = {"limit", 'n', "N", "at most the newest N events (100)", NULL, 0},
    [OPTION_REASON] = {"reason", 0, "TEXT", "why; kept in the history", NULL, 0},
    [OPTION_FOR_TIME] = {"for", 0, "TIME", "30m, 24h, 7d; without it until resumed", NULL, 0},
    [OPTION_HARD] = {"hard", 0, NULL, "not even the rest of a route begun that brings power back", NULL, 0},
    [OPTION_PARTIAL] = {"partial", 0, "N", "only N of the hold's members", NULL, 0},
    [OPTION_MATCHING] = {"matching", 0, NULL, "every server whose name matches an object without one", NULL,
                         0},
    [OPTION_YES] = {"yes", 0, NULL, "do it: this cannot be taken back", NULL, 0},
    [OPTION_FOR_STATE] = {"for", 0, "STATE", "converged", "converged", 0},
    [OPTION_TIMEOUT] = {"timeout", 0, "TIME", "give up after this (15m)", NULL, 0},
    [OPTION_WRITE] = {"write", 0, NULL, "print manifests with spec.adopt for what is not managed", NULL, 0},
    [OPTION_FORMAT] = {"format", 0, "FORM", "json, ansible, ssh or prometheus", "json ansible ssh prometheus",
                       0},
    [OPTION_LIST] = {"list", 0, NULL, "all hosts (Ansible calls with it)", NULL, 0},
    [OPTION_HOST] = {"host", 0, "NAME", "one host's variables (Ansible calls with it)", NULL, 0},
    [OPTION_FILE] = {"file", 0, "FILE", "write the encrypted credential there, and nothing else", NULL,
                     COMPLETES_FILES},
    [OPTION_PORT] = {"port", 0, "PORT", "of each Prometheus target", NULL, 0},
};

static const struct command commands[] = {
    {"status", "[NAME…]", "a row per object; what is not converged first", NULL, "setpointctl status --watch",
     OPTION_BIT(OPTION_SOURCE) | OPTION_BIT(OPTION_SELECTOR) | OPTION_BIT(OPTION_WATCH), 0, ARGUMENTS_ANY,
     run_status, COMPLETES_OBJECTS},
    {"plan", "[NAME…]", "what would be done now, and what holds it back",
     "Sources are read and clouds listed anew first. It is the function that acts which answers.",
     "setpointctl plan --source prod --detailed-exitcode",
     OPTION_BIT(OPTION_SOURCE) | OPTION_BIT(OPTION_DETAILED), 0, ARGUMENTS_ANY, run_plan, COMPLETES_OBJECTS},
    {"describe", "NAME", "all that is known of one object: why, and why not", NULL,
     "setpointctl describe prod/web-1", 0, 1, 1, run_describe, COMPLETES_OBJECTS},
    {"events", "[NAME]", "history, oldest first; of one object or source", NULL,
     "setpointctl events web-1 --follow", OPTION_BIT(OPTION_FOLLOW) | OPTION_BIT(OPTION_LIMIT), 0, 1,
     run_events, COMPLETES_OBJECTS | COMPLETES_SOURCES},
    {"sync", "[SOURCE or NAME…]", "read sources and list clouds now; try once what is named",
     "Returns when that is done. What is held by ErrorHold or DisruptionHalted is tried once when named.",
     "setpointctl sync web-3", 0, 0, ARGUMENTS_ANY, run_sync, COMPLETES_OBJECTS | COMPLETES_SOURCES},
    {"wait", "[NAME…]", "until all are converged, or held",
     "Exit 0: all named are converged; 3: every one that is not is held until a person acts; 4: time-out.",
     "setpointctl wait --for converged --timeout 15m",
     OPTION_BIT(OPTION_FOR_STATE) | OPTION_BIT(OPTION_TIMEOUT) | OPTION_BIT(OPTION_SOURCE) |
         OPTION_BIT(OPTION_SELECTOR),
     0, ARGUMENTS_ANY, run_wait, COMPLETES_OBJECTS},
    {"suspend", "[SOURCE, SOURCE/NAME or cloud:NAME]", "send no mutating call; without a name: nowhere",
     "A route begun that brings power back is finished, unless --hard.",
     "setpointctl suspend prod --reason \"network work\" --for 2h",
     OPTION_BIT(OPTION_REASON) | OPTION_BIT(OPTION_FOR_TIME) | OPTION_BIT(OPTION_HARD), 0, 1, run_suspend,
     COMPLETES_OBJECTS | COMPLETES_SOURCES | COMPLETES_CLOUDS},
    {"resume", "[SOURCE, SOURCE/NAME or cloud:NAME]", "end a suspension", NULL, "setpointctl resume prod", 0,
     0, 1, run_resume, COMPLETES_OBJECTS | COMPLETES_SOURCES | COMPLETES_CLOUDS},
    {"approve", "[ID]", "list what waits for a person; with ID let it happen",
     "An approval stands 15 minutes to begin. Members whose call or server changed drop out of it.",
     "setpointctl approve 3fa01b22 --partial 2", OPTION_BIT(OPTION_PARTIAL), 0, 1, run_approve,
     COMPLETES_HOLDS},
    {"adopt", "NAME ID, SOURCE --matching, or --write [cloud:NAME] [PATTERN…]",
     "take over servers that exist",
     "--write prints a manifest with spec.adopt for each server that is not managed, as it is now: all, "
     "those "
     "of one cloud, or those whose name or id matches a PATTERN (*, ?, […]). Put into a source they take the "
     "servers over, and there is nothing to do. What cannot be held as it is, such as a server in ERROR, is "
     "named on stderr. networks, userData and rootDisk are not told by every cloud: add them where a server "
     "is to be built anew one day.",
     "setpointctl adopt --write cloud:nhn-kr1 'web-*' > manifests/web.yaml",
     OPTION_BIT(OPTION_MATCHING) | OPTION_BIT(OPTION_WRITE), 0, ARGUMENTS_ANY, run_adopt,
     COMPLETES_OBJECTS | COMPLETES_SOURCES | COMPLETES_FIRST_ONLY},
    {"release", "NAME", "let go of a server, which stays as it is", NULL, "setpointctl release prod/db-old",
     0, 1, 1, run_release, COMPLETES_OBJECTS},
    {"unprotect", "NAME", "end lifecycle.protect of a server", NULL,
     "setpointctl unprotect prod/db-old --reason \"replaced by db-2\"", OPTION_BIT(OPTION_REASON), 1, 1,
     run_unprotect, COMPLETES_OBJECTS},
    {"ledger rebuild", "", "replace a corrupt ledger by one made from marks and lists",
     "The corrupt one is kept beside it. Destruction windows start as used up.",
     "setpointctl ledger rebuild --yes", OPTION_BIT(OPTION_YES), 0, 0, run_ledger_rebuild, 0},
    {"notify", "[TARGET]", "who is notified, and how it goes; TARGET gets a test",
     "A notification waits in the ledger until its target took it, and is tried again with growing pauses.",
     "setpointctl notify ops", 0, 0, 1, run_notify, COMPLETES_TARGETS},
    {"reload", "", "the operator's configuration and the sources anew",
     "Returns when it is in force; mistakes are shown as file:line:column, and the old one stays.",
     "setpointctl reload", 0, 0, 0, run_reload, 0},
    {"log-level", "[error|warning|notice|info|debug]", "show or change what the daemon logs",
     "It holds until the next reload or restart, which take spec.log.level of the Daemon document. The "
     "change "
     "is an "
     "event with the uid and pid of who asked.",
     "setpointctl log-level debug", 0, 0, 1, run_log_level, COMPLETES_WORDS},
    {"support-bundle", "[FILE]", "the daemon's state without secrets, for people who help",
     "One JSON file that only you can read; - is stdout. It holds versions, the configuration in force (of "
     "each secret "
     "only where it comes from), clouds, sources, notices, holds, the status of all objects, all that is "
     "known of up "
     "to 200 that are not converged, and the last 10000 events. Names and addresses of servers, labels and "
     "metadata "
     "are in it; passwords, tokens and user data are not.",
     "setpointctl support-bundle", 0, 0, 1, run_support_bundle, COMPLETES_FILES},
    {"credential set", "NAME", "encrypt a secret for {credential: NAME} of a Cloud document",
     "Reads the secret from stdin (on a terminal it is not shown), has systemd-creds encrypt it with this "
     "machine's "
     "key, and tells setpointd.service of it by a drop-in. As root. Then: systemctl daemon-reload, and "
     "systemctl "
     "restart setpointd.",
     "pass show nhn-kr1 | setpointctl credential set nhn-kr1-password", OPTION_BIT(OPTION_FILE), 1, 1,
     run_credential_set, 0},
    {"inventory", "[NAME…]", "the servers and their addresses, for other tools",
     "json (the default); ansible: for an inventory script: exec setpointctl inventory --format ansible "
     "\"$@\"; ssh: to Include in ~/.ssh/config; prometheus: for file_sd. All but json leave out servers "
     "without an address. ansible and ssh prefer the floating address, prometheus the fixed one.",
     "setpointctl inventory --format prometheus --port 9100 > new && mv new setpoint.json",
     OPTION_BIT(OPTION_SOURCE) | OPTION_BIT(OPTION_SELECTOR) | OPTION_BIT(OPTION_FORMAT) |
         OPTION_BIT(OPTION_LIST) | OPTION_BIT(OPTION_HOST) | OPTION_BIT(OPTION_PORT),
     0, ARGUMENTS_ANY, run_inventory, COMPLETES_OBJECTS},
    {"clouds", "", "the configured clouds and how they are", NULL, "setpointctl clouds", 0, 0, 0, run_clouds,
     0},
    {"sources", "", "the sources, their revisions, mistakes and budgets", NULL, "setpointctl sources -o json",
     0, 0, 0, run_sources, 0},
    {"validate", "PATH…", "check manifests without a daemon",
     "All PATHs together are one source. Exit 0: valid; 1: mistakes, on stderr as file:line:column.",
     "setpointctl validate --config /etc/setpoint manifests/", OPTION_BIT(OPTION_CONFIG), 1, ARGUMENTS_ANY,
     run_validate, COMPLETES_FILES},
    {"schema", "", "the JSON Schema of all kinds", NULL, "setpointctl schema > setpoint.schema.json", 0, 0, 0,
     run_schema, 0},
    {"explain", "[FIELD]", "what a field of a manifest means", NULL,
     "setpointctl explain Instance.spec.rootDisk", 0, 0, 1, run_explain, COMPLETES_FIELDS},
    {"completion", "bash|zsh|fish|words", "a script that completes commands in that shell",
     "bash: . <(setpointctl completion bash); zsh: the same, behind compinit; fish: setpointctl completion "
     "fish "
     "| source. Packages install all three. What a script offers it asks with completion words -- WORD…, "
     "where the "
     "last WORD is the one being typed: a line for each candidate, behind a tab what it is. Names come from "
     "the "
     "daemon.",
     "setpointctl completion fish > ~/.config/fish/completions/setpointctl.fish", 0, 1, ARGUMENTS_ANY,
     run_completion, COMPLETES_WORDS | COMPLETES_LINE | COMPLETES_FIRST_ONLY},
    {"version", "", "versions of this program and of the daemon", NULL, "setpointctl version", 0, 0, 0,
     run_version, 0},
    {0}};

const struct command *command_all(void)
{
    return commands;
}

const struct option_row *option_row(enum option option)
{
    return &options[option];
}

bool run_has(const struct run *run, enum option option)
{
    return run->values[option] != NULL;
}

bool run_wants_json(const struct run *run)
{
    return text_equal(run->values[OPTION_OUTPUT], "json");
}

bool run_wants_wide(const struct run *run)
{
    return text_equal(run->values[OPTION_OUTPUT], "wide");
}

/* What came from a cloud must not steer the terminal; a message may have several lines. */
static void blank_controls(char *message)
{
    for (char *at = message; *at; at++) {
        bool c1 = (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] < 0xA0;
        if (c1) *at++ = ' ';
        if (c1 || ((unsigned char)*at < ' ' && *at != '\n') || *at == 0x7F) *at = ' ';
    }
}

int run_fail(int exit, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t size = (size_t)vsnprintf(NULL, 0, format, arguments) + 1;
    va_end(arguments);
    AUTO_FREE char *message = memory_alloc(size);
    vsnprintf(message, size, format, again);
    va_end(again);
    blank_controls(message);
    fflush(stdout);
    fprintf(stderr, "setpointctl: %s\n", message);
    return exit;
}

const char *nearest_word(const char *word, const char *const *known, unsigned count)
{
    size_t size = strlen(word);
    unsigned limit = size < NEAR_TWO ? 1 : size < NEAR_THREE ? 2 : 3;
    unsigned best = limit + 1;
    const char *found = NULL;
    for (unsigned i = 0; i < count; i++) {
        unsigned distance = text_distance(word, known[i], limit);
        if (distance >= best) continue;
        best = distance;
        found = known[i];
    }
    return found;
}

bool option_is_allowed(const struct command *command, enum option option)
{
    return ((OPTIONS_GENERAL | (command ? command->options : 0)) & OPTION_BIT(option)) != 0;
}

bool option_find(const struct command *command, const char *word, size_t size, enum option *out)
{
    for (enum option option = 0; option < OPTION_COUNT; option++) {
        const struct option_row *row = &options[option];
        if (!option_is_allowed(command, option)) continue;
        bool is_long =
            size > 2 && strlen(row->name) == size - 2 && memcmp(word + 2, row->name, size - 2) == 0;
        bool is_short = row->letter && word[1] == row->letter;
        *out = option;
        if (word[1] == '-' ? is_long : is_short) return true;
    }
    return false;
}
