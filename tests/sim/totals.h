#ifndef SETPOINT_TESTS_SIM_TOTALS_H
#define SETPOINT_TESTS_SIM_TOTALS_H

#include "tests/sim/world.h"

/* What many seeds come to. Plain data: workers write it through a pipe. */
struct totals {
    uint64_t seeds, turns, requests, mutations, crashes, lasted_ms, settled, restarts, restart_calls;
    uint64_t changed[TROUBLE_COUNT], mutating[TROUBLE_COUNT];
    uint64_t tests[PROMISE_COUNT], failures[PROMISE_COUNT], failed_seed[PROMISE_COUNT];
    unsigned bound_permille_most;
    uint64_t bound_seed;
    char sentence[PROMISE_COUNT][600];
    unsigned objects[256], clouds[4], kinds[TROUBLE_DRAWN + 1];
    uint64_t turn_rank[24];     /* seeds by log2 of their turns */
    unsigned settle_rank[1001]; /* seeds by permille of the bound used */
    uint64_t dialect_seeds[CLOUD_DIALECT_COUNT], dialect_clouds[CLOUD_DIALECT_COUNT];
    uint64_t dialect_mutating[CLOUD_DIALECT_COUNT], dialect_crashes[CLOUD_DIALECT_COUNT];
    struct switch_seeds switches;
    struct why_note whys[WHY_WORDS_MAX];
    struct post_note post;
};

void totals_add(struct totals *totals, uint64_t seed, const struct world_result *result);
void totals_merge(struct totals *to, const struct totals *from);

#endif
