#ifndef SETPOINT_DAEMON_SETPOINTD_H
#define SETPOINT_DAEMON_SETPOINTD_H

#include <stdbool.h>

#include "daemon/options.h"
#include "reconcile/event.h"

/* The running daemon: all parts, put together, from start to end. Used by serving and by --once. */
struct setpointd;

/* Called after each step; *out_exit: leave with this code. */
typedef bool setpointd_watch(void *ctx, struct setpointd *setpointd, enum daemon_exit *out_exit);

/* Opens the ledger (taking the state lock) and, unless options->mode is DAEMON_ONCE, the control socket; then
   runs until SIGTERM, SIGINT or `watch` (may be NULL) ends it. Takes `config` over in any case. Messages of a
   failed start go to stderr. */
enum daemon_exit setpointd_run(const struct options *options, struct config *config, setpointd_watch *watch,
                               void *ctx);

struct state *setpointd_state(struct setpointd *setpointd);
/* Some source does not read well (its mistakes were logged). */
bool setpointd_has_fault(const struct setpointd *setpointd);
/* Milliseconds since setpointd_run began. */
int64_t setpointd_age_ms(const struct setpointd *setpointd);

#endif
