#ifndef SETPOINT_DAEMON_CONTROL_SOCKET_H
#define SETPOINT_DAEMON_CONTROL_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "reconcile/base/error.h"

/* The listening Unix socket of the control API. */

/* Makes the socket file and listens on it: non-blocking, close-on-exec, with `mode`. A file that is there and
   answers no connection is stale and replaced; one that answers is "taken" (ERROR_STATE); one that is no
   socket is left alone. Returns -1 on failure. */
int control_socket_make(const char *path, mode_t mode, struct error *err);

#endif
