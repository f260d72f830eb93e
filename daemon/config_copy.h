#ifndef SETPOINT_DAEMON_CONFIG_COPY_H
#define SETPOINT_DAEMON_CONFIG_COPY_H

#include <stdbool.h>

#include "reconcile/base/arena.h"
#include "reconcile/event.h"

/* The daemon's own copies of the operator's configuration: the core takes over what was read and frees it
   when it likes. Traits and auth forms are the providers' tables and shared. */
struct config *config_copy(const struct config *config); /* freed with config_free */

struct cloud_config *cloud_copy(const struct cloud_config *cloud, struct arena *arena);
/* The two log in the same way, at the same place, and find the same endpoints: a token of one serves the
   other. */
bool cloud_same_login(const struct cloud_config *a, const struct cloud_config *b);

#endif
