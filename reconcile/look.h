#ifndef SETPOINT_LOOK_H
#define SETPOINT_LOOK_H

#include "reconcile/state.h"

/* When and what the core reads of a cloud: lists (shared by all), single servers, catalogues. Also the lanes
   in which objects wait for room among the saved-ahead intents. */

/* A GET of this server within delay_ms (or a shared list, when many are open). "" = nothing. */
void look_soon(struct state *state, struct cloud *cloud, const char *server_id, int64_t delay_ms);
void look_cancel(struct cloud *cloud, struct server *server);
/* A full list begun at or after this time is wanted. */
void look_full(struct state *state, struct cloud *cloud, int64_t begun_ms);

/* The next look that may be sent now, with what it takes away from the schedule. Class 0: single servers with
   open intents; class 1: lists and the rest. */
enum { LOOK_CLASS_OPEN, LOOK_CLASS_POLL, LOOK_CLASS_COUNT };
bool look_next(struct state *state, struct cloud *cloud, int class, struct call *out, struct arena *arena);
void look_reply(struct state *state, struct cloud *cloud, const struct flight *flight,
                const struct reply *reply, int64_t sent_ms);
int64_t look_wake(const struct state *state, const struct cloud *cloud);

/* Room for one more saved-ahead intent. */
bool lane_has_room(const struct cloud *cloud);
void lane_wait(struct state *state, struct object *object, enum intent_class class);
void lane_leave(struct object *object);
void lanes_serve(struct state *state, struct cloud *cloud);

#endif
