#ifndef SETPOINT_DAEMON_DESCRIPTORS_H
#define SETPOINT_DAEMON_DESCRIPTORS_H

#include "reconcile/event.h"

/* How many files the daemon may have open at once (RLIMIT_NOFILE) against what it may come to need with this
   configuration: clients of the control socket and of the metrics listener, requests in flight. */
uint32_t descriptors_needed(const struct config *config);
/* Warns when fewer are allowed: whoever fills the control socket then keeps the clouds from being asked. */
void descriptors_check(const struct config *config);

#endif
