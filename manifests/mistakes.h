#ifndef SETPOINT_MANIFESTS_MISTAKES_H
#define SETPOINT_MANIFESTS_MISTAKES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

/* Everything that is wrong with one set of documents. Each is `what is wrong; what would be right`, with its
   position; the first LIMIT_MISTAKES are kept, the rest is counted. Owns its memory; use from one thread. */
struct mistakes {
    struct error *items;
    uint32_t count, room;
    uint32_t dropped; /* more than LIMIT_MISTAKES */
};

/* Where something stands. `file` as it is shown to people; line and column from 1, 0 = the file as a whole.
 */
struct position {
    const char *file;
    unsigned line, column;
};

void mistakes_release(struct mistakes *mistakes);
void mistakes_add(struct mistakes *mistakes, struct position at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* By file, line, column, text; the same mistake twice (a Class used by many) is kept once. */
void mistakes_sort(struct mistakes *mistakes);
bool mistakes_any(const struct mistakes *mistakes);
/* `file:line:column: text`, without what is unknown; no newline. */
void mistake_show(const struct error *mistake, struct text *out);

#endif
