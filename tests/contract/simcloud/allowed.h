/*
 * The differences that may be: the file allowed-differences. One line each:
 *
 *     NUMBER WHAT          # reason
 *
 * NUMBER is an exchange's or `*`; WHAT is a glob over what the test reports.
 * A line without a reason, or one that no difference used, is a failure.
 */
#ifndef SETPOINT_TESTS_CONTRACT_SIMCLOUD_ALLOWED_H
#define SETPOINT_TESTS_CONTRACT_SIMCLOUD_ALLOWED_H

#include <stdbool.h>
#include <stddef.h>

struct allowed_row {
    char *number;
    char *what;
    unsigned line;
    unsigned used;
};

struct allowed {
    char *text;
    struct allowed_row *rows;
    size_t count;
};

/* False with a message on stderr. */
bool allowed_read(struct allowed *allowed, const char *folder, const char *name);
void allowed_release(struct allowed *allowed);
bool allowed_use(struct allowed *allowed, unsigned number, const char *what);

#endif
