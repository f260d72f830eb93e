#include "daemon/options.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/base/instant.h"
#include "reconcile/base/text.h"

enum { NEAR = 3 /* letters that may differ in "did you mean" */ };

/* One row per option: what it takes and what it says in --help. */
struct option_row {
    const char *name, *argument, *help;
    size_t text_offset; /* of a const char * in struct options; 0 with no argument */
    enum daemon_mode mode;
    bool sets_mode;
};

#define TEXT(member) offsetof(struct options, member)
static const struct option_row rows[] = {
    {"--config", "DIR", "operator's configuration (default /etc/setpoint)", TEXT(config), 0, false},
    {"--state", "DIR", "where the ledger lives (default /var/lib/setpoint)", TEXT(state), 0, false},
    {"--runtime", "DIR", "make DIR/control.sock, for this user only", TEXT(runtime), 0, false},
    {"--once", NULL, "converge, print the status, exit: 0 converged, 3 blocked, 4 time-out", 0, DAEMON_ONCE,
     true},
    {"--timeout", "TIME", "of --once (default 30m)", 0, 0, false},
    {"--check", NULL, "read configuration and sources, report mistakes, exit", 0, DAEMON_CHECK, true},
    {"--init", NULL, "a new ledger: nothing can be in flight, so do not wait before the first create", 0, 0,
     false},
    {"--version", NULL, "print the version", 0, DAEMON_VERSION, true},
    {"--help", NULL, "print this", 0, DAEMON_HELP, true},
};
enum { ROWS = sizeof rows / sizeof *rows };

void options_help(void)
{
    printf("Usage: setpointd [OPTION]...\n"
           "Holds a fleet of cloud instances at the state that manifests describe.\n\n");
    for (unsigned i = 0; i < ROWS; i++) {
        char left[24];
        snprintf(left, sizeof left, "%s%s%s", rows[i].name, rows[i].argument ? " " : "",
                 rows[i].argument ? rows[i].argument : "");
        printf("  %-16s %s\n", left, rows[i].help);
    }
    printf("\nExample: setpointd --config ./etc --state ./state --runtime ./run --init\n"
           "See it with: setpointctl --socket ./run/control.sock status --watch\n");
}

static const struct option_row *row_find(const char *name, size_t size)
{
    for (unsigned i = 0; i < ROWS; i++)
        if (strlen(rows[i].name) == size && memcmp(rows[i].name, name, size) == 0) return &rows[i];
    return NULL;
}

static bool unknown(const char *argument, struct error *err)
{
    const char *best = NULL;
    unsigned least = NEAR + 1;
    for (unsigned i = 0; i < ROWS; i++) {
        unsigned distance = text_distance(argument, rows[i].name, NEAR);
        if (distance < least) least = distance, best = rows[i].name;
    }
    if (argument[0] != '-')
        return error_set(err, ERROR_INPUT, "\"%s\" is not an option; setpointd takes no names (see --help)",
                         argument);
    if (best) return error_set(err, ERROR_INPUT, "unknown option %s; did you mean %s?", argument, best);
    return error_set(err, ERROR_INPUT, "unknown option %s (see --help)", argument);
}

static bool value_set(struct options *out, const struct option_row *row, const char *value, struct error *err)
{
    if (value[0] == '\0') return error_set(err, ERROR_INPUT, "%s needs a %s", row->name, row->argument);
    if (row->text_offset) {
        memcpy((char *)out + row->text_offset, &value, sizeof value);
        return true;
    }
    if (duration_parse(value, 7 * DAY_MS, &out->timeout_ms) && out->timeout_ms > 0) return true;
    return error_set(err, ERROR_INPUT, "--timeout %s is no time; write one like 90s, 30m or 2h (at most 7d)",
                     value);
}

static bool flag_set(struct options *out, const struct option_row *row, struct error *err)
{
    if (!row->sets_mode) {
        out->init = true;
        return true;
    }
    if (out->mode != DAEMON_SERVE && out->mode != row->mode && row->mode < DAEMON_VERSION)
        return error_set(err, ERROR_INPUT, "--once and --check exclude each other");
    out->mode = row->mode;
    return true;
}

static bool argument_parse(char **argv, int *at, struct options *out, struct error *err)
{
    const char *argument = argv[*at];
    const char *equals = strchr(argument, '=');
    const struct option_row *row =
        row_find(argument, equals ? (size_t)(equals - argument) : strlen(argument));
    if (row == NULL) return unknown(argument, err);
    if (row->argument == NULL) {
        if (equals) return error_set(err, ERROR_INPUT, "%s takes no value", row->name);
        return flag_set(out, row, err);
    }
    const char *value = equals ? equals + 1 : argv[++*at];
    if (value == NULL) return error_set(err, ERROR_INPUT, "%s needs a %s", row->name, row->argument);
    return value_set(out, row, value, err);
}

bool options_parse(int argc, char **argv, struct options *out, struct error *err)
{
    *out = (struct options){.config = "/etc/setpoint", .state = "/var/lib/setpoint", .timeout_ms = -1};
    for (int at = 1; at < argc; at++) {
        if (!argument_parse(argv, &at, out, err)) return false;
        if (out->mode == DAEMON_HELP || out->mode == DAEMON_VERSION) return true;
    }
    if (out->timeout_ms >= 0 && out->mode != DAEMON_ONCE)
        return error_set(err, ERROR_INPUT, "--timeout is for --once");
    if (out->timeout_ms < 0) out->timeout_ms = 30 * MINUTE_MS;
    return true;
}
