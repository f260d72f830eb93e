#ifndef SETPOINT_ADOPT_H
#define SETPOINT_ADOPT_H

#include "reconcile/state.h"

/* Taking over what a person says is an object's server. Nothing is sent for it but the mark. */

enum { ADOPT_LEFT_MAX = 2048 /* characters about what was not taken; more is cut */ };

/* false: it cannot be, and out_problem says why. One that was released is taken back. */
bool adopt_server(struct state *state, struct object *object, struct server *server,
                  const char **out_problem);
/* Every object of the source without a server takes the one of its name, where there is exactly one that
   nobody has and no other object wants. How many did; `left` gets "; …" about those that did not and why.
   *out_listed false: a cloud was not listed yet, so that it may be said again later. */
uint32_t adopt_matching(struct state *state, struct source *source, bool *out_listed, struct text *left);

#endif
