#ifndef SETPOINT_TESTS_SIM_TROUBLE_H
#define SETPOINT_TESTS_SIM_TROUBLE_H

#include "tests/sim/world.h"

/* What goes wrong, and what people do, in the time of faults. */

void trouble_begin(struct world *world); /* gives the clouds their faults, and each kind its first time */
void trouble_happen(struct world *world, unsigned kind);
/* The ledger's file is lost, exchanged or spoilt while nobody has it open. */
void trouble_damage_ledger(struct world *world, unsigned kind);
void trouble_heal(struct world *world, unsigned kind);
/* Faults stop, capacity exists, what operators left behind is put right, all sources are good, the disk is
   empty, nothing is suspended. */
void trouble_end(struct world *world);

#endif
