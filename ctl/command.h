#ifndef SETPOINT_CTL_COMMAND_H
#define SETPOINT_CTL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/client.h"
#include "ctl/screen.h"
#include "reconcile/base/text.h"

/* The command line: one table of options, one of commands. A new command is one row and one function. */

/* Exit codes of section 9, the same for every command. */
enum ctl_exit {
    CTL_DONE = 0,
    CTL_FAILED = 1,
    CTL_CHANGES = 2,
    CTL_BLOCKED = 3,
    CTL_TIMEOUT = 4,
    CTL_NO_DAEMON = 5,
    CTL_DENIED = 6,
    CTL_NOT_FOUND = 7,
    CTL_USAGE = 64
};

enum option {
    OPTION_HELP,
    OPTION_SOCKET,
    OPTION_OUTPUT,
    OPTION_COLOR,
    OPTION_CONFIG,
    OPTION_SOURCE,
    OPTION_SELECTOR,
    OPTION_WATCH,
    OPTION_DETAILED,
    OPTION_FOLLOW,
    OPTION_LIMIT,
    OPTION_REASON,
    OPTION_FOR_TIME,
    OPTION_HARD,
    OPTION_PARTIAL,
    OPTION_MATCHING,
    OPTION_YES,
    OPTION_FOR_STATE,
    OPTION_TIMEOUT,
    OPTION_WRITE,
    OPTION_FORMAT,
    OPTION_LIST,
    OPTION_HOST,
    OPTION_PORT,
    OPTION_FILE,
    OPTION_COUNT
};

#define OPTION_BIT(option) (UINT32_C(1) << (option))
/* Those of every command. */
#define OPTIONS_GENERAL                                                                                      \
    (OPTION_BIT(OPTION_HELP) | OPTION_BIT(OPTION_SOCKET) | OPTION_BIT(OPTION_OUTPUT) |                       \
     OPTION_BIT(OPTION_COLOR))

/* What a name on the command line, or the value of an option, may be: for the completion. */
enum completes {
    COMPLETES_OBJECTS = 1 << 0,
    COMPLETES_SOURCES = 1 << 1,
    COMPLETES_CLOUDS = 1 << 2,     /* cloud:NAME */
    COMPLETES_HOLDS = 1 << 3,      /* ids */
    COMPLETES_FILES = 1 << 4,      /* files and directories */
    COMPLETES_FIELDS = 1 << 5,     /* of the schema */
    COMPLETES_WORDS = 1 << 6,      /* command.arguments says which: "a|b|c"; others are refused */
    COMPLETES_FIRST_ONLY = 1 << 7, /* nothing behind the first name */
    COMPLETES_TARGETS = 1 << 9,    /* of notifications */
    COMPLETES_LINE = 1 << 8,       /* behind the first one: a line that is being typed, which may hold "" */
};

struct option_row {
    const char *name;  /* without "--" */
    char letter;       /* 0 = none */
    const char *value; /* what it takes, for the help; NULL = a flag */
    const char *help;
    const char *words;  /* allowed values, separated by blanks; NULL = any */
    unsigned completes; /* the value */
};

/* One call of the program, after its options were read. Arguments point into argv. */
struct run {
    const struct command *command;
    struct client client;
    struct screen screen;
    const char *values[OPTION_COUNT]; /* NULL = not given; "" = flag given */
    const char **arguments;           /* behind the command's name */
    unsigned argument_count;
};

struct command {
    const char *name;      /* one or two words */
    const char *arguments; /* for the usage line */
    const char *summary;
    const char *help; /* NULL = nothing beyond the summary */
    const char *example;
    uint32_t options; /* OPTION_BITs beyond the general ones */
    unsigned least, most;
    int (*run)(struct run *run);
    unsigned completes; /* the arguments; 0 = nothing is known of them */
};

enum { ARGUMENTS_ANY = 10000 };

const struct command *command_all(void); /* up to the row without a name */
const struct option_row *option_row(enum option option);
bool option_is_allowed(const struct command *command, enum option option); /* NULL: of every command */
/* An option of this command by "--name" (up to `size` bytes) or "-x". */
bool option_find(const struct command *command, const char *word, size_t size, enum option *out);

/* Finds the command and reads its options. Returns -1 when it is to run, else an exit code: a mistake, which
   has been said, or help, which has been shown. */
int command_parse(int argc, const char *const *argv, struct run *run);

/* Walks "table wide json" and "[error|warning]": copies the next word, false at the end. */
enum { CHOICE_MAX = 32 };
bool choice_next(const char **at, char word[CHOICE_MAX]);

bool run_has(const struct run *run, enum option option);
bool run_wants_json(const struct run *run);
bool run_wants_wide(const struct run *run);
/* "setpointctl: …" on stderr; returns exit. */
int run_fail(int exit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The nearest of `known` to a mistyped word, or NULL. */
const char *nearest_word(const char *word, const char *const *known, unsigned count);

int run_validate(struct run *run);
int run_schema(struct run *run);
int run_explain(struct run *run);
int run_credential_set(struct run *run);
int run_log_level(struct run *run);
int run_support_bundle(struct run *run);
int run_completion(struct run *run);
int run_plan(struct run *run);
int run_status(struct run *run);
int run_describe(struct run *run);
int run_events(struct run *run);
int run_sync(struct run *run);
int run_reload(struct run *run);
int run_wait(struct run *run);
int run_suspend(struct run *run);
int run_resume(struct run *run);
int run_approve(struct run *run);
int run_notify(struct run *run);
int targets_list(struct run *run); /* notify without a target */
int run_adopt(struct run *run);
int run_adopt_write(struct run *run); /* adopt --write */
int run_inventory(struct run *run);
int run_release(struct run *run);
int run_unprotect(struct run *run);
int run_ledger_rebuild(struct run *run);
int run_clouds(struct run *run);
int run_sources(struct run *run);
int run_version(struct run *run);

#endif
