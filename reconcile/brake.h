#ifndef SETPOINT_BRAKE_H
#define SETPOINT_BRAKE_H

#include "reconcile/state.h"

/* The vanish brake of a cloud: servers that vanish together (S4). */

/* A complete list lacks this server of ours (server_is_counted) that we did not remove. Servers of strangers
   come and go as they like: what matters is whether a list is to be believed about ours. */
void brake_vanished(struct state *state, struct cloud *cloud, struct server *server);
/* It is back, or a person says that it is lost. */
void brake_unvanish(struct cloud *cloud, struct server *server);
/* After a complete list: engages or releases. `known` = servers that are counted. */
void brake_judge_vanish(struct state *state, struct cloud *cloud, uint32_t known);
/* A person says that what vanished is lost. */
void brake_release_vanish(struct state *state, struct cloud *cloud);

/* More than BRAKE_COUNT and more than BRAKE_PERCENT of them. */
bool brake_is_many(uint32_t count, uint32_t of);

#endif
