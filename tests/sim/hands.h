#ifndef SETPOINT_TESTS_SIM_HANDS_H
#define SETPOINT_TESTS_SIM_HANDS_H

#include "tests/sim/world.h"

/* What operators did, for the table of faults: it hits a mutating call when one for the same server arrives
   later, be it that it was under way or that it puts right what the hand did. */

/* The change was made; one that is no row of the table is no matter. */
void hands_did(struct world *world, unsigned cloud, const struct cloud_change *change);
/* A mutating request arrives. */
void hands_meet(struct world *world, const struct flight *flight);

#endif
