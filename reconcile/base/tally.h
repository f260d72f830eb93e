#ifndef SETPOINT_BASE_TALLY_H
#define SETPOINT_BASE_TALLY_H

#include <stdint.h>

/* How long something took, each time: a histogram over fixed bounds. Zeroed is empty; nothing is ever taken
   out. Microseconds. */

enum { TALLY_BOUNDS = 12 };

/* From a tenth of a millisecond to half a minute: requests, commits, turns of the loop. */
extern const int64_t tally_quick_us[TALLY_BOUNDS];
/* From a second to a day: how long a server is not as described. */
extern const int64_t tally_slow_us[TALLY_BOUNDS];

struct tally {
    uint64_t counts[TALLY_BOUNDS + 1]; /* up to each bound, beyond the one before; then beyond all */
    int64_t sum_us;
};

void tally_add(struct tally *tally, const int64_t bounds_us[TALLY_BOUNDS], int64_t took_us);
void tally_merge(struct tally *tally, const struct tally *more);

#endif
