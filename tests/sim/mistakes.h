#ifndef SETPOINT_TESTS_SIM_MISTAKES_H
#define SETPOINT_TESTS_SIM_MISTAKES_H

#include "tests/sim/world.h"

/* Documents that name what their cloud does not have: a flavor, an image or a group, mistyped. Somebody sees
   it after a while and puts it right. Drawn from a stream of its own. */

void mistakes_begin(struct world *world);  /* when the first one is made */
void mistakes_happen(struct world *world); /* one more */
void mistakes_heal(struct world *world);   /* all are put right */

#endif
