#ifndef SETPOINT_DAEMON_MONITOR_H
#define SETPOINT_DAEMON_MONITOR_H

#include "daemon/exporter.h"
#include "daemon/ledger.h"
#include "daemon/turn.h"

/* What /metrics and /readyz say, from all parts of the daemon, and whether there is a listener for it. */
struct monitor {
    uv_loop_t *loop;
    struct turn *turn;
    const struct ledger *ledger;
    struct now started;
    struct exporter *exporter; /* NULL: none is wanted, or its address cannot be had */
};

/* Borrows turn and ledger. */
void monitor_init(struct monitor *monitor, uv_loop_t *loop, struct turn *turn, const struct ledger *ledger,
                  struct now started);
/* Daemon.spec.listen.metrics, first or anew; NULL = none. One that cannot be had is an error of the log, no
   reason to stop: it is tried anew with the next reload. */
void monitor_config(struct monitor *monitor, const char *address);
void monitor_close(struct monitor *monitor);

#endif
