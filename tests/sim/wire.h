#ifndef SETPOINT_TESTS_SIM_WIRE_H
#define SETPOINT_TESTS_SIM_WIRE_H

#include "tests/sim/world.h"

/* Between dispatch's transfers and the clouds: latency, loss, time-outs, doubled and late replies. */

/* Starts every transfer that dispatch has ready. */
void wire_run(struct world *world);
/* An entry of the agenda is due. */
void wire_arrive(struct world *world, uint64_t flight);
void wire_deliver(struct world *world, uint64_t flight);
void wire_time_out(struct world *world, uint64_t flight);
/* The process is gone: nobody waits any more; what is under way may still arrive. */
void wire_forget(struct world *world, enum wire_fate fate);
void wire_release(struct world *world);
/* Something that may still make a server is under way. */
bool wire_has_create(const struct world *world);

#endif
