#ifndef SETPOINT_TESTS_SIM_DAEMON_H
#define SETPOINT_TESTS_SIM_DAEMON_H

#include "tests/sim/world.h"

/* The process: what daemon/turn does with the loop, done with the agenda. */

void daemon_begin(struct world *world); /* reads the ledger and the configuration */
void daemon_end(struct world *world);   /* memory is gone, nothing is written */
bool daemon_is_due(const struct world *world);
void daemon_turn(struct world *world);
void daemon_tick(struct world *world);
void daemon_save_done(struct world *world, uint64_t save_id);
void daemon_read(struct world *world, const struct manifest *manifest);
void daemon_configure(struct world *world);
/* A command over the control socket; its texts are copied. */
void daemon_command(struct world *world, const struct event_command *command);

#endif
