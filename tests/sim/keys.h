#ifndef SETPOINT_TESTS_SIM_KEYS_H
#define SETPOINT_TESTS_SIM_KEYS_H

#include "tests/sim/world.h"

/* The users' key pairs: two Keypair documents per source, one of them under a name that other sources want,
   too; and people who change them in manifests, at the clouds, and by command. */

void keys_draw(struct story *story);
/* Something of all that. */
void keys_happen(struct world *world);

#endif
