#ifndef SETPOINT_DAEMON_MATERIAL_H
#define SETPOINT_DAEMON_MATERIAL_H

#include "daemon/session.h"

/* Reads what a log-in needs (struct login_host): plain values of spec.auth, secrets from credentials and
   files, or all of it from a clouds.yaml. Blocks for a few small reads, once per log-in. */
struct login_host material_host(void);

#endif
