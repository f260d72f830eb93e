#ifndef SETPOINT_DAEMON_OPTIONS_H
#define SETPOINT_DAEMON_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/error.h"

/* Exit codes of DESIGN.md section 9 that setpointd uses. */
enum daemon_exit {
    DAEMON_EXIT_DONE = 0,
    DAEMON_EXIT_FAILED = 1,
    DAEMON_EXIT_BLOCKED = 3,
    DAEMON_EXIT_TIMEOUT = 4,
    DAEMON_EXIT_USAGE = 64
};

enum daemon_mode { DAEMON_SERVE, DAEMON_ONCE, DAEMON_CHECK, DAEMON_VERSION, DAEMON_HELP };

/* The command line of setpointd. Texts are argv's or constants. */
struct options {
    enum daemon_mode mode;
    const char *config;  /* directory */
    const char *state;   /* directory */
    const char *runtime; /* directory; NULL = the system's socket */
    bool init;
    int64_t timeout_ms; /* of --once */
};

/* false: wrong usage, and err says what would be right. */
bool options_parse(int argc, char **argv, struct options *out, struct error *err);
void options_help(void);

#endif
