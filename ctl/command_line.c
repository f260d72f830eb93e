#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "reconcile/base/cleanup.h"

/* What was typed, by the tables of command.c; and help, from the same tables. */

enum {
    NAME_WORDS_MAX = 3, /* help ledger rebuild */
    NAMES_MAX = 64,     /* options or commands that are compared */
    USAGE_COLUMN = 26,  /* where the second column of the help begins */
    HELP_COLUMNS = 80,  /* where there is no terminal */
    HELP_MAX = 16384
};

static void option_help_add(struct text *out, enum option option)
{
    const struct option_row *row = option_row(option);
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
    for (const struct command *command = command_all(); command->name; command++)
        text_addf(&out, "  %-16s %s\n", command->name, command->summary);
    text_add(&out, "\nOptions of every command:\n");
    options_help_add(&out, OPTIONS_GENERAL);
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
    options_help_add(&out, command->options | OPTIONS_GENERAL);
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

/* Of a command of two words the first one counts alone, too. */
static int command_unknown(const char *word)
{
    const char *known[NAMES_MAX];
    char firsts[NAMES_MAX][CHOICE_MAX];
    unsigned count = 0;
    for (const struct command *command = command_all(); command->name && count < NAMES_MAX; command++) {
        const char *at = command->name;
        choice_next(&at, firsts[count]);
        known[count] = firsts[count];
        count++;
    }
    const char *near = nearest_word(word, known, count);
    for (unsigned i = 0; near && i < count; i++)
        if (known[i] == near) return usage_failed("command", word, command_all()[i].name, NULL);
    return usage_failed("command", word, NULL, NULL);
}

static int option_unknown(const struct command *command, const char *word)
{
    const char *known[OPTION_COUNT];
    char shown[64];
    unsigned count = 0;
    for (enum option option = 0; option < OPTION_COUNT; option++)
        if (option_is_allowed(command, option)) known[count++] = option_row(option)->name;
    const char *near = nearest_word(word + strspn(word, "-"), known, count);
    if (near) snprintf(shown, sizeof shown, "--%s", near);
    return usage_failed("option", word, near ? shown : NULL, command);
}

bool choice_next(const char **at, char word[CHOICE_MAX])
{
    static const char between[] = " |[]";
    *at += strspn(*at, between);
    size_t size = strcspn(*at, between), copied = size < CHOICE_MAX ? size : CHOICE_MAX - 1;
    memcpy(word, *at, copied);
    word[copied] = '\0';
    *at += size;
    return size > 0;
}

static bool word_is_in(const char *choices, const char *word)
{
    char choice[CHOICE_MAX];
    while (choice_next(&choices, choice))
        if (text_equal(choice, word)) return true;
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
    const struct option_row *row = option_row(option);
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
    for (const struct command *command = command_all(); command->name; command++) {
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
        if (option_find(&any, word, size, &option) && option_row(option)->value && separate) at++;
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
    if (command->completes & COMPLETES_WORDS && run->argument_count &&
        !word_is_in(command->arguments, run->arguments[0]))
        return run_fail(CTL_USAGE, "%s \"%s\": it takes %s", command->name, run->arguments[0],
                        command->arguments);
    for (unsigned i = 0; i < run->argument_count && !(command->completes & COMPLETES_LINE); i++)
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
