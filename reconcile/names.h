#ifndef SETPOINT_NAMES_H
#define SETPOINT_NAMES_H

#include "reconcile/state.h"

/* Which objects want which server name on which cloud, and which tag stands for which object. Built anew when
   objects came or went, or a desire changed, and somebody asks. */
void names_touch(struct state *state);
/* Another object (of another source: inside one the reader has seen to it) that wants this name there; NULL.
 */
const struct object *names_rival(struct state *state, const struct object *object, const char *name);
/* The object whose mark_tag this is: known by a manifest or by the ledger; NULL. */
struct object *names_tagged(struct state *state, const char *tag);

#endif
