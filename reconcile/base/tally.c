#include "reconcile/base/tally.h"

#define MS INT64_C(1000)
#define S  (1000 * MS)

const int64_t tally_quick_us[TALLY_BOUNDS] = {MS / 10,  MS / 2,   MS,    5 * MS, 10 * MS, 50 * MS,
                                              100 * MS, 500 * MS, 1 * S, 5 * S,  10 * S,  30 * S};
const int64_t tally_slow_us[TALLY_BOUNDS] = {1 * S,   5 * S,   15 * S,   30 * S,   60 * S,    120 * S,
                                             300 * S, 900 * S, 1800 * S, 3600 * S, 21600 * S, 86400 * S};

void tally_add(struct tally *tally, const int64_t bounds_us[TALLY_BOUNDS], int64_t took_us)
{
    unsigned place = 0;
    if (took_us < 0) took_us = 0;
    while (place < TALLY_BOUNDS && took_us > bounds_us[place])
        place++;
    tally->counts[place]++;
    tally->sum_us += took_us;
}

void tally_merge(struct tally *tally, const struct tally *more)
{
    for (unsigned i = 0; i <= TALLY_BOUNDS; i++)
        tally->counts[i] += more->counts[i];
    tally->sum_us += more->sum_us;
}
