#include "ctl/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reconcile/base/cleanup.h"

enum {
    NEAR_TWO = 5, /* from this length on two letters may be wrong */
    NEAR_THREE = 8,
    NAME_WORDS_MAX = 3, /* help ledger rebuild */
    NAMES_MAX = 64,     /* options or commands that are compared */
    USAGE_COLUMN = 26,  /* where the second column of the help begins */
    HELP_COLUMNS = 80,  /* where there is no terminal */
    HELP_MAX = 16384
};

static const uint32_t general = OPTION_BIT(OPTION_HELP) | OPTION_BIT(OPTION_SOCKET) |
                                OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_COLOR);

static const struct option_row options[OPTION_COUNT] = {
    [OPTION_HELP] = {"help", 'h', NULL, "show this help", NULL},
    [OPTION_SOCKET] = {"socket", 0, "PATH", "the daemon's socket", NULL},
    [OPTION_OUTPUT] = {"output", 'o', "FORMAT", "table, wide or json", "table wide json"},
    [OPTION_COLOR] = {"color", 0, "WHEN", "auto, always or never", "auto always never"},
    [OPTION_CONFIG] = {"config", 0, "DIR", "the operator's directory: clouds and sources are checked too",
                       NULL},
    [OPTION_SOURCE] = {"source", 0, "SOURCE", "only objects of this source", NULL},
    [OPTION_SELECTOR] = {"selector", 'l', "SELECTOR", "only objects with these labels: tier=db,env!=test",
                         NULL},
    [OPTION_WATCH] = {"watch", 'w', NULL, "stay and show every change", NULL},
    [OPTION_DETAILED] = {"detailed-exitcode", 0, NULL,
                         "exit 0: nothing to do, 2: something, 3: something is blocked", NULL},
    [OPTION_FOLLOW] = {"follow", 'f', NULL, "stay and show what happens", NULL},
    [OPTION_LIMIT] = {"limit", 'n', "N", "at most the newest N events (100)", NULL},
    [OPTION_REASON] = {"reason", 0, "TEXT", "why; kept in the history", NULL},
    [OPTION_FOR_TIME] = {"for", 0, "TIME", "30m, 24h, 7d; without it until resumed", NULL},
    [OPTION_HARD] = {"hard", 0, NULL, "not even the rest of a route begun that brings power back", NULL},
    [OPTION_PARTIAL] = {"partial", 0, "N", "only N of the hold's members", NULL},
    [OPTION_MATCHING] = {"matching", 0, NULL, "every server whose name matches an object without one", NULL},
    [OPTION_YES] = {"yes", 0, NULL, "do it: this cannot be taken back", NULL},
    [OPTION_FOR_STATE] = {"for", 0, "STATE", "converged", "converged"},
    [OPTION_TIMEOUT] = {"timeout", 0, "TIME", "give up after this (15m)", NULL},
    [OPTION_WRITE] = {"write", 0, NULL, "print manifests with spec.adopt for what is not managed", NULL},
    [OPTION_FORMAT] = {"format", 0, "FORM", "json, ansible, ssh or prometheus",
                       "json ansible ssh prometheus"},
    [OPTION_LIST] = {"list", 0, NULL, "all hosts (Ansible calls with it)", NULL},
    [OPTION_HOST] = {"host", 0, "NAME", "one host's variables (Ansible calls with it)", NULL},
    [OPTION_PORT] = {"port", 0, "PORT", "of each Prometheus target", NULL},
};

static const struct command commands[] = {
    {"status", "[NAME…]", "a row per object; what is not converged first", NULL, "setpointctl status --watch",
     OPTION_BIT(OPTION_SOURCE) | OPTION_BIT(OPTION_SELECTOR) | OPTION_BIT(OPTION_WATCH), 0, ARGUMENTS_ANY,
     run_status},
    {"plan", "[NAME…]", "what would be done now, and what holds it back",
     "Sources are read and clouds listed anew first. It is the function that acts which answers.",
     "setpointctl plan --source prod --detailed-exitcode",
     OPTION_BIT(OPTION_SOURCE) | OPTION_BIT(OPTION_DETAILED), 0, ARGUMENTS_ANY, run_plan},
    {"describe", "NAME", "all that is known of one object: why, and why not", NULL,
     "setpointctl describe prod/web-1", 0, 1, 1, run_describe},
    {"events", "[NAME]", "history, oldest first; of one object or source", NULL,
     "setpointctl events web-1 --follow", OPTION_BIT(OPTION_FOLLOW) | OPTION_BIT(OPTION_LIMIT), 0, 1,
     run_events},
    {"sync", "[SOURCE or NAME…]", "read sources and list clouds now; try once what is named",
     "Returns when that is done. What is held by ErrorHold or DisruptionHalted is tried once when named.",
     "setpointctl sync web-3", 0, 0, ARGUMENTS_ANY, run_sync},
    {"wait", "[NAME…]", "until all are converged, or held",
     "Exit 0: all named are converged; 3: every one that is not is held until a person acts; 4: time-out.",
     "setpointctl wait --for converged --timeout 15m",
     OPTION_BIT(OPTION_FOR_STATE) | OPTION_BIT(OPTION_TIMEOUT) | OPTION_BIT(OPTION_SOURCE) |
         OPTION_BIT(OPTION_SELECTOR),
     0, ARGUMENTS_ANY, run_wait},
    {"suspend", "[SOURCE, SOURCE/NAME or cloud:NAME]", "send no mutating call; without a name: nowhere",
     "A route begun that brings power back is finished, unless --hard.",
     "setpointctl suspend prod --reason \"network work\" --for 2h",
     OPTION_BIT(OPTION_REASON) | OPTION_BIT(OPTION_FOR_TIME) | OPTION_BIT(OPTION_HARD), 0, 1, run_suspend},
    {"resume", "[SOURCE, SOURCE/NAME or cloud:NAME]", "end a suspension", NULL, "setpointctl resume prod", 0,
     0, 1, run_resume},
    {"approve", "[ID]", "list what waits for a person; with ID let it happen",
     "An approval stands 15 minutes to begin. Members whose call or server changed drop out of it.",
     "setpointctl approve 3fa01b22 --partial 2", OPTION_BIT(OPTION_PARTIAL), 0, 1, run_approve},
    {"adopt", "NAME ID, SOURCE --matching, or --write [cloud:NAME] [PATTERN…]",
     "take over servers that exist",
     "--write prints a manifest with spec.adopt for each server that is not managed, as it is now: all, "
     "those "
     "of one cloud, or those whose name or id matches a PATTERN (*, ?, […]). Put into a source they take the "
     "servers over, and there is nothing to do. What cannot be held as it is, such as a server in ERROR, is "
     "named on stderr. networks, userData and rootDisk are not told by every cloud: add them where a server "
     "is to be built anew one day.",
     "setpointctl adopt --write cloud:nhn-kr1 'web-*' > manifests/web.yaml",
     OPTION_BIT(OPTION_MATCHING) | OPTION_BIT(OPTION_WRITE), 0, ARGUMENTS_ANY, run_adopt},
    {"release", "NAME", "let go of a server, which stays as it is", NULL, "setpointctl release prod/db-old",
     0, 1, 1, run_release},
    {"unprotect", "NAME", "end lifecycle.protect of a server", NULL,
     "setpointctl unprotect prod/db-old --reason \"replaced by db-2\"", OPTION_BIT(OPTION_REASON), 1, 1,
     run_unprotect},
    {"ledger rebuild", "", "replace a corrupt ledger by one made from marks and lists",
     "The corrupt one is kept beside it. Destruction windows start as used up.",
     "setpointctl ledger rebuild --yes", OPTION_BIT(OPTION_YES), 0, 0, run_ledger_rebuild},
    {"reload", "", "the operator's configuration and the sources anew",
     "Returns when it is in force; mistakes are shown as file:line:column, and the old one stays.",
     "setpointctl reload", 0, 0, 0, run_reload},
    {"inventory", "[NAME…]", "the servers and their addresses, for other tools",
     "json (the default); ansible: for an inventory script: exec setpointctl inventory --format ansible "
     "\"$@\"; ssh: to Include in ~/.ssh/config; prometheus: for file_sd. All but json leave out servers "
     "without an address. ansible and ssh prefer the floating address, prometheus the fixed one.",
     "setpointctl inventory --format prometheus --port 9100 > new && mv new setpoint.json",
     OPTION_BIT(OPTION_SOURCE) | OPTION_BIT(OPTION_SELECTOR) | OPTION_BIT(OPTION_FORMAT) |
         OPTION_BIT(OPTION_LIST) | OPTION_BIT(OPTION_HOST) | OPTION_BIT(OPTION_PORT),
     0, ARGUMENTS_ANY, run_inventory},
    {"clouds", "", "the configured clouds and how they are", NULL, "setpointctl clouds", 0, 0, 0, run_clouds},
    {"sources", "", "the sources, their revisions, mistakes and budgets", NULL, "setpointctl sources -o json",
     0, 0, 0, run_sources},
    {"validate", "PATH…", "check manifests without a daemon",
     "All PATHs together are one source. Exit 0: valid; 1: mistakes, on stderr as file:line:column.",
     "setpointctl validate --config /etc/setpoint manifests/", OPTION_BIT(OPTION_CONFIG), 1, ARGUMENTS_ANY,
     run_validate},
    {"schema", "", "the JSON Schema of all kinds", NULL, "setpointctl schema > setpoint.schema.json", 0, 0, 0,
     run_schema},
    {"explain", "[FIELD]", "what a field of a manifest means", NULL,
     "setpointctl explain Instance.spec.rootDisk", 0, 0, 1, run_explain},
    {"version", "", "versions of this program and of the daemon", NULL, "setpointctl version", 0, 0, 0,
     run_version},
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

static bool option_is_allowed(const struct command *command, enum option option)
{
    return ((general | (command ? command->options : 0)) & OPTION_BIT(option)) != 0;
}

static void option_help_add(struct text *out, enum option option)
{
    const struct option_row *row = &options[option];
    AUTO_TEXT struct text left = {0};
    text_init(&left, HELP_MAX);
    if (row->letter) text_addf(&left, "-%c, ", row->letter);
    text_addf(&left, "--%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");
    text_addf(out, "  %-*s %s\n", USAGE_COLUMN, left.bytes, row->help);
}

static void options_help_add(struct text *out, uint32_t which)
{
    for (enum option option = 0; option < OPTION_COUNT; option++)
        if (which & OPTION_BIT(option)) option_help_add(out, option);
}

static int help_general(void)
{
    AUTO_TEXT struct text out = {0};
    text_init(&out, HELP_MAX);
    text_add(&out, "setpointctl: command line of setpointd, which holds cloud instances at the\n"
                   "state that manifests describe\n\n"
                   "Usage: setpointctl COMMAND [OPTION…] [NAME…]\n\nCommands:\n");
    for (const struct command *command = commands; command->name; command++)
        text_addf(&out, "  %-16s %s\n", command->name, command->summary);
    text_add(&out, "\nOptions of every command:\n");
    options_help_add(&out, general);
    text_add(&out, "\nNAME is source/name, or the name alone where it is unique.\n"
                   "The daemon's socket: --socket, else $SETPOINT_SOCKET, else\n" CLIENT_SOCKET_DEFAULT
                   ". Colour: on terminals, and not where NO_COLOR is set.\n"
                   "Exit codes: 0 done, nothing to do; 1 failure; 2 something to do (plan\n"
                   "--detailed-exitcode); 3 something blocked; 4 time-out; 5 no daemon; 6 not\n"
                   "permitted; 7 not found; 64 wrong usage.\n"
                   "More on one command: setpointctl COMMAND --help\n");
    return screen_put(&out) ? CTL_DONE : CTL_FAILED;
}

static int help_command(const struct command *command)
{
    AUTO_TEXT struct text out = {0}, lines = {0};
    struct screen screen;
    screen_init(&screen, "never");
    if (screen.columns == 0) screen.columns = HELP_COLUMNS;
    text_init(&out, HELP_MAX);
    text_init(&lines, 2 * HELP_MAX);
    text_addf(&out, "setpointctl %s: %s\n\nUsage: setpointctl %s%s%s%s\n", command->name, command->summary,
              command->name, command->options ? " [OPTION…]" : "", *command->arguments ? " " : "",
              command->arguments);
    if (command->help) text_addf(&out, "\n%s\n", command->help);
    text_add(&out, "\nOptions:\n");
    options_help_add(&out, command->options | general);
    text_addf(&out, "\nExample:\n  %s\n", command->example);
    screen_add_lines(&lines, &screen, out.bytes);
    return screen_put(&lines) ? CTL_DONE : CTL_FAILED;
}

static int usage_failed(const char *what, const char *word, const char *near, const struct command *command)
{
    AUTO_TEXT struct text message = {0};
    text_init(&message, HELP_MAX);
    text_addf(&message, "unknown %s \"%s\"", what, word);
    if (near) text_addf(&message, "; did you mean \"%s\"?", near);
    text_addf(&message, " (see: setpointctl %s%s--help)", command ? command->name : "", command ? " " : "");
    return run_fail(CTL_USAGE, "%s", message.bytes);
}

static int command_unknown(const char *word)
{
    const char *known[NAMES_MAX];
    unsigned count = 0;
    for (const struct command *command = commands; command->name && count < NAMES_MAX; command++)
        known[count++] = command->name;
    return usage_failed("command", word, nearest_word(word, known, count), NULL);
}

static int option_unknown(const struct command *command, const char *word)
{
    const char *known[OPTION_COUNT];
    char shown[64];
    unsigned count = 0;
    for (enum option option = 0; option < OPTION_COUNT; option++)
        if (option_is_allowed(command, option)) known[count++] = options[option].name;
    const char *near = nearest_word(word + strspn(word, "-"), known, count);
    if (near) snprintf(shown, sizeof shown, "--%s", near);
    return usage_failed("option", word, near ? shown : NULL, command);
}

/* An option of this command by "--name" (up to `size` bytes) or "-x". */
static bool option_find(const struct command *command, const char *word, size_t size, enum option *out)
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

static bool word_is_in(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = words; at && *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length == size && memcmp(at, word, size) == 0) return true;
        at += length;
    }
    return false;
}

/* -1 = read; *at moves on to the option's value when it is a word of its own. */
static int option_read(struct run *run, int argc, const char *const *argv, int *at)
{
    const char *word = argv[*at], *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    size_t size = equals ? (size_t)(equals - word) : strlen(word);
    enum option option;
    const char *value = equals ? equals + 1 : NULL;
    if (!option_find(run->command, word, size, &option)) return option_unknown(run->command, word);
    const struct option_row *row = &options[option];
    if (word[1] != '-' && word[2] != '\0') value = word + 2 + (word[2] == '=');
    if (!row->value && value) return run_fail(CTL_USAGE, "--%s takes no value", row->name);
    if (row->value && !value && *at + 1 < argc) value = argv[++*at];
    if (row->value && !value) return run_fail(CTL_USAGE, "--%s needs a value: %s", row->name, row->help);
    if (row->value && !*value) return run_fail(CTL_USAGE, "--%s: the value is empty", row->name);
    if (row->words && !word_is_in(row->words, value))
        return run_fail(CTL_USAGE, "--%s \"%s\": it takes %s", row->name, value, row->words);
    if (run->values[option]) return run_fail(CTL_USAGE, "--%s is given twice", row->name);
    run->values[option] = value ? value : "";
    return -1;
}

/* Two words first: "ledger rebuild". Takes the words used out of the arguments. */
static int command_find(struct run *run)
{
    for (const struct command *command = commands; command->name; command++) {
        const char *blank = strchr(command->name, ' ');
        size_t size = blank ? (size_t)(blank - command->name) : strlen(command->name);
        const char *word = run->arguments[0];
        if (strlen(word) != size || memcmp(word, command->name, size) != 0) continue;
        unsigned used = blank ? 2 : 1;
        if (blank && (run->argument_count < 2 || strcmp(run->arguments[1], blank + 1) != 0))
            return run_fail(CTL_USAGE, "%s what? there is: setpointctl %s", word, command->name);
        run->command = command;
        run->arguments += used;
        run->argument_count -= used;
        return -1;
    }
    return command_unknown(run->arguments[0]);
}

/* Words that may belong to the command's name ("help ledger rebuild"), before any option is read: an option's
   meaning depends on it. */
static void words_collect(struct run *run, int argc, const char *const *argv, bool *out_help,
                          bool *out_version)
{
    static const struct command any = {.options = UINT32_MAX};
    for (int at = 1; at < argc && run->argument_count < NAME_WORDS_MAX; at++) {
        enum option option;
        const char *word = argv[at];
        if (word[0] != '-' || !word[1]) {
            run->arguments[run->argument_count++] = word;
            continue;
        }
        *out_help |= strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
        *out_version |= strcmp(word, "--version") == 0;
        const char *equals = strchr(word, '=');
        size_t size = equals ? (size_t)(equals - word) : strlen(word);
        bool separate = !equals && (word[1] == '-' || !word[2]);
        if (option_find(&any, word, size, &option) && options[option].value && separate) at++;
    }
}

/* Without a command: what may be asked of the program itself. */
static int program_asked(bool help, bool version)
{
    if (help) return help_general();
    if (version)
        return printf("setpointctl %s\n", PACKAGE_VERSION) < 0 || fflush(stdout) ? CTL_FAILED : CTL_DONE;
    return run_fail(CTL_USAGE, "which command? (see: setpointctl --help)");
}

static int arguments_check(const struct run *run)
{
    const struct command *command = run->command;
    if (run->argument_count < command->least)
        return run_fail(CTL_USAGE, "%s needs %s (see: setpointctl %s --help)", command->name,
                        command->arguments, command->name);
    if (run->argument_count > command->most)
        return run_fail(CTL_USAGE, "%s: \"%s\" is one too many (see: setpointctl %s --help)", command->name,
                        run->arguments[command->most], command->name);
    for (unsigned i = 0; i < run->argument_count; i++)
        if (!*run->arguments[i]) return run_fail(CTL_USAGE, "%s: a name is empty", command->name);
    return -1;
}

static int words_read(struct run *run, int argc, const char *const *argv)
{
    unsigned name_words = strchr(run->command->name, ' ') ? 2 : 1;
    const char **arguments = run->arguments - name_words;
    bool only_names = false;
    run->argument_count = 0;
    for (int at = 1; at < argc; at++) {
        const char *word = argv[at];
        int exit = -1;
        if (!only_names && strcmp(word, "--") == 0)
            only_names = true;
        else if (!only_names && word[0] == '-' && word[1])
            exit = option_read(run, argc, argv, &at);
        else
            arguments[run->argument_count++] = word;
        if (exit >= 0) return exit;
    }
    run->argument_count -= name_words;
    return -1;
}

int command_parse(int argc, const char *const *argv, struct run *run)
{
    bool help = false, version = false;
    words_collect(run, argc, argv, &help, &version);
    if (run->argument_count == 0) return program_asked(help, version);
    bool asks_help = strcmp(run->arguments[0], "help") == 0; /* help, help COMMAND */
    if (asks_help && run->argument_count == 1) return help_general();
    if (asks_help) run->arguments++, run->argument_count--;
    int exit = command_find(run);
    if (exit >= 0) return exit;
    if (asks_help) return help_command(run->command);
    exit = words_read(run, argc, argv);
    if (exit >= 0) return exit;
    if (run_has(run, OPTION_HELP)) return help_command(run->command);
    return arguments_check(run);
}
