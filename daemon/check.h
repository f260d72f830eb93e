#ifndef SETPOINT_DAEMON_CHECK_H
#define SETPOINT_DAEMON_CHECK_H

#include "daemon/options.h"
#include "reconcile/event.h"

/* Reads the operator's configuration; mistakes go to stderr as file:line:column. NULL when there is any. */
struct config *check_config(const char *directory);
/* setpointd --check: configuration, the files of its secrets and sources are read, no cloud is asked. */
enum daemon_exit check_run(const struct options *options);

#endif
