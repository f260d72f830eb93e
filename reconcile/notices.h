#ifndef SETPOINT_NOTICES_H
#define SETPOINT_NOTICES_H

#include "reconcile/state.h"

/* What holds for everything, a whole cloud or a whole source, and so stands in no object's row. */
struct notice {
    enum reason reason;
    const struct cloud *cloud;   /* NULL: not of one */
    const struct source *source; /* NULL: not of one */
    bool unread;                 /* objects shown are not what stands there now */
    int64_t until_boot_ms;
    const char *message; /* lives until the taker returns */
};
typedef void notice_take(void *ctx, const struct notice *notice);

/* All that the filter concerns (NULL = all), in a fixed order. */
struct view_filter;
void notices_walk(const struct state *state, const struct view_filter *filter, struct now now,
                  notice_take *take, void *ctx);

#endif
