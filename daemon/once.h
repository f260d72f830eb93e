#ifndef SETPOINT_DAEMON_ONCE_H
#define SETPOINT_DAEMON_ONCE_H

#include "daemon/options.h"
#include "reconcile/event.h"

/* setpointd --once: converges, prints the status to stdout, leaves. 0 when all are Converged; 3 as soon as
   every one that is not is held by a blocker that only a person ends; 4 at the time-out; 1 when a source does
   not read well. Takes `config` over. */
enum daemon_exit once_run(const struct options *options, struct config *config);

#endif
