#ifndef SETPOINT_RENAME_H
#define SETPOINT_RENAME_H

#include "reconcile/state.h"

/* `metadata.was: old` moves the ledger entry of the old object to the new one; the mark follows by repair. A
   rename is never a delete and a create: while a call of the old object is under way the new one waits for
   its end, and the old one is left alone. */

/* The object's spec came into force: moves, or begins to wait. */
void rename_take(struct state *state, struct object *object);
/* Whose call under way the object waits for; NULL: it waits for none. */
const struct object *rename_waits_for(const struct state *state, const struct object *object);
/* Who waits to take this one over; NULL: nobody. */
const struct object *rename_heir(const struct state *state, const struct object *old);
/* A call of `old` may have ended: moves what waits for it. To be asked before it is decided about. */
void rename_go_on(struct state *state, struct object *old);

#endif
