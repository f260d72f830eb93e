#ifndef SETPOINT_SUCCESSOR_H
#define SETPOINT_SUCCESSOR_H

#include "reconcile/state.h"

/* The server that is to take the place of the bound one (lifecycle.onImmutableChange: replace): object.next,
   with the role `next` in its mark. The bound one stays `current` until it is proven gone; then the successor
   is promoted, and its mark is rewritten like any mark that is not as it should be. So whatever is lost on
   the way, roles tell which is which. At most one, and only where the mark can carry the role
   (traits.role_in_mark). What is decided of the two: decide_next.c. */

/* NULL = there is none. One that only the ledger knows is `expected`. */
struct server *successor_of(const struct object *object);
/* So says its mark, be it the successor still or not. */
bool server_is_called_next(const struct server *server);
void successor_bind(struct state *state, struct object *object, struct server *server);
/* Nothing is left of it: another one may be made. */
void successor_forget(struct state *state, struct object *object);
/* It is the object's current server from now on. */
void successor_promote(struct state *state, struct object *object);
/* Binding by its mark, what was seen of it, proven absence: as object_observe for the current one. */
void successor_observe(struct state *state, struct object *object);

#endif
