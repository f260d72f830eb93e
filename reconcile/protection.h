#ifndef SETPOINT_PROTECTION_H
#define SETPOINT_PROTECTION_H

#include "reconcile/state.h"

/* lifecycle.protect: true holds at once, false only after pruneDelay of a valid manifest. */

/* Takes in what the manifest says now. */
void protection_note(struct state *state, struct object *object);
/* When protect: false of the manifest comes into force; NEVER_MS = it does not say so, or already is. */
int64_t protection_ends_ms(const struct object *object);

#endif
