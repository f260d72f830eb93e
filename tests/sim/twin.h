#ifndef SETPOINT_TESTS_SIM_TWIN_H
#define SETPOINT_TESTS_SIM_TWIN_H

#include "tests/sim/world.h"

/* A second daemon of the same owner, with the same clouds and sources, on a machine of its own: with a ledger
   of its own, or with a copy of the first one's. Both are the shipped core and dispatch, and each has a judge
   who sees what that process sends and is told; what the other one does is to him somebody else's work that
   bears our mark.

   Of the two machines the one that acts is in the world; the other one's things wait in world.other. */

/* Draws when it comes and how long it stays. */
void twin_begin(struct world *world);
/* It comes; or one of the two goes for good, and the one that stays is the world's from then on. */
void twin_happen(struct world *world);
/* The other one of two goes for good. */
void twin_leave(struct world *world);
/* Faults end: if there are still two, one goes. */
void twin_end(struct world *world);
/* The machine with this number acts from now on; NULL-safe for one that is gone: the world's own acts. False:
   it is gone. */
bool twin_act(struct world *world, unsigned machine);
/* There are two. */
bool twin_is_there(const struct world *world);
/* What both processes are told, each in its turn. */
void twin_each(struct world *world, void (*act)(struct world *world));
/* A mutating request has arrived: the other one does not know of it. */
void twin_meets(struct world *world, unsigned cloud);
void twin_release(struct world *world);

#endif
