#ifndef SETPOINT_TOMBSTONE_H
#define SETPOINT_TOMBSTONE_H

#include "reconcile/state.h"

/* What was the object's and is gone, kept for TOMBSTONE_MS (object.tombstones, in the ledger): an old list
   may still show it. */

bool object_has_tombstone(const struct object *object, const char *id);
void object_add_tombstone(struct state *state, struct object *object, const char *id);
/* Attempts of creates of which nothing came, as far as could be seen. */
void object_give_up(struct state *state, struct object *object, const char *attempt);
bool object_gave_up(const struct object *object, const char *attempt);

#endif
