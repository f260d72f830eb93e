#ifndef SETPOINT_TESTS_SIM_DICE_H
#define SETPOINT_TESTS_SIM_DICE_H

#include <stdbool.h>
#include <stdint.h>

/* The simulator's own chance (splitmix64). Each part of the world has dice of its own, derived from the seed,
   so that what one part draws does not shift what another one gets. */
struct dice {
    uint64_t state;
};

struct dice dice_new(uint64_t seed, uint64_t part);
uint64_t dice_next(struct dice *dice);
uint64_t dice_below(struct dice *dice, uint64_t bound);               /* 0 … bound - 1; bound > 0 */
int64_t dice_between(struct dice *dice, int64_t least, int64_t most); /* both included */
bool dice_chance(struct dice *dice, unsigned permille);

#endif
