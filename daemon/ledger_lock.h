#ifndef SETPOINT_DAEMON_LEDGER_LOCK_H
#define SETPOINT_DAEMON_LEDGER_LOCK_H

#include "reconcile/base/error.h"

/* The state lock: one daemon per state directory. Makes the directory if its parent exists. Returns a
   descriptor that holds the lock until it is closed (also by the end of the process), or -1 with err set: a
   second daemon is told the pid of the first. */
int ledger_lock(const char *directory, struct error *err);

#endif
