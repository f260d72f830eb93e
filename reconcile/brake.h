#ifndef SETPOINT_BRAKE_H
#define SETPOINT_BRAKE_H

#include "reconcile/state.h"

/* Brakes of a cloud: servers that vanish together (S4), and storms of errors (DESIGN.md section 7). */

/* A complete list lacks this server of ours (server_is_counted) that we did not remove. Servers of strangers
   come and go as they like: what matters is whether a list is to be believed about ours. */
void brake_vanished(struct state *state, struct cloud *cloud, struct server *server);
/* It is back, or a person says that it is lost. */
void brake_unvanish(struct cloud *cloud, struct server *server);
/* After a complete list: engages or releases. `known` = servers that are counted. */
void brake_judge_vanish(struct state *state, struct cloud *cloud, uint32_t known);
/* A person says that what vanished is lost. */
void brake_release_vanish(struct state *state, struct cloud *cloud);

/* One of our servers went into ERROR. */
void brake_error(struct state *state, struct cloud *cloud, const struct object *object);
/* Remedies are stopped now; *out_until_ms says until when at least. */
bool brake_storm(struct state *state, struct cloud *cloud, int64_t *out_until_ms);

#endif
