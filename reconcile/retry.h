#ifndef SETPOINT_RETRY_H
#define SETPOINT_RETRY_H

#include "reconcile/state.h"

/* What a failure means for when the object may try again: rows by reply kind (DESIGN.md sections 5 and 7). */

void retry_after_refusal(struct state *state, struct object *object, const struct intent *intent,
                         const struct reply *reply);
/* Accepted without effect, or proven not to have happened. */
void retry_after_silence(struct state *state, struct object *object, const struct intent *intent);
/* A build that ended in ERROR, or never ran. */
void retry_after_build(struct state *state, struct object *object, const struct server *server, bool stuck);
/* A server that the cloud said to have made was never seen to run, and is gone. */
void retry_after_loss(struct state *state, struct object *object, const struct server *server);
/* Of a build that failed, which counts once however often its Delete is tried: the number of the next one. */
uint32_t retry_build_number(const struct object *object, const struct server *server);
void retry_clear(struct object *object);
/* Nothing that failed counts any more. */
void retry_forgive(struct object *object);
/* Capacity of a (zone, flavor) came back, or a probe failed. */
void capacity_worked(struct state *state, struct object *object);
void capacity_failed(struct state *state, struct object *object, bool quota);

#endif
