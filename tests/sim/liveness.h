#ifndef SETPOINT_TESTS_SIM_LIVENESS_H
#define SETPOINT_TESTS_SIM_LIVENESS_H

#include "tests/sim/world.h"

/* The end of a run: faults have stopped, and within a bound everything that no person holds back is as the
   manifests say; then a hundred polls pass without one mutating call. People go on reading holds and
   approving them. */
void liveness_run(struct world *world, void (*run_until)(struct world *world, int64_t until_ms),
                  struct world_result *out);
/* The bound of this seed; the formula is in docs/testing.md. */
int64_t liveness_bound_ms(const struct story *story);

#endif
