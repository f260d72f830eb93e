#ifndef SETPOINT_DAEMON_SECRET_CHECK_H
#define SETPOINT_DAEMON_SECRET_CHECK_H

#include "manifests/mistakes.h"
#include "reconcile/event.h"

/* Looks at every file that the clouds' log-ins and the URLs of notify targets will be read from, as a log-in
   or a delivery would, and keeps nothing of them: what would fail is a mistake at the place where it is
   named. Blocks for small reads; may run on any thread. out_unseen not NULL: by hand, where systemd gives no
   credentials; they are counted there. NULL: that they are not given is a mistake too. */
void secrets_check(const struct config *config, struct mistakes *mistakes, uint32_t *out_unseen);

#endif
