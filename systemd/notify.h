#ifndef SETPOINT_SYSTEMD_NOTIFY_H
#define SETPOINT_SYSTEMD_NOTIFY_H

#include <stdint.h>

#include "reconcile/base/error.h"

/* What the service manager is told, and what it hands over. Outside systemd (no $NOTIFY_SOCKET, no
   $LISTEN_FDS, no $WATCHDOG_USEC) every function does nothing and says so by its value. */
void notify_ready(void);     /* configuration, ledger and first generation are loaded; also ends a reload */
void notify_reloading(void); /* with MONOTONIC_USEC, as systemd 253's notify-reload wants */
void notify_stopping(void);
void notify_status(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Call from the loop itself, so that a loop that hangs is noticed. */
void notify_watchdog(void);
/* How often to call it: half of WatchdogSec=; 0 = not wanted. */
int64_t notify_watchdog_ms(void);

/* The listening stream socket that FileDescriptorName=NAME passed in; -1: none. Close-on-exec, and
   non-blocking by NonBlocking= of the unit; the caller owns it. Several of one name: the first. */
int notify_listen_fd(const char *name);

#endif
