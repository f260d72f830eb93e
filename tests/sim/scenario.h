#ifndef SETPOINT_TESTS_SIM_SCENARIO_H
#define SETPOINT_TESTS_SIM_SCENARIO_H

#include "tests/sim/world.h"

struct manner;

/* Small stories told in advance: up to three objects on one cloud (six where servers vanish), without chance
   in what is wanted. They are cut at every effect; see crash_points.h. */

enum {
    SCENARIO_ACTS = 3,
    SCENARIO_OBJECTS_MAX = 6,
    SCENARIO_SAVED_MS = 2000, /* saves are quick */
    SCENARIO_ACT_MS = 45000   /* what was there from the beginning is built by then */
};

/* What people do; false: not now, in a few seconds again. */
typedef bool scenario_act(struct world *world);

struct scenario_step {
    int64_t after_ms; /* since SCENARIO_ACT_MS */
    scenario_act *act;
};

struct scenario {
    const char *name;
    unsigned objects;
    bool (*fits)(const struct manner *manner); /* NULL: every dialect can do it */
    void (*wish)(struct manifest *manifest);   /* changes what is wanted from the beginning; NULL */
    struct scenario_step steps[SCENARIO_ACTS]; /* none: building what is wanted is all of it */
    int64_t lasts_ms;                          /* 0 = the usual time */
    int64_t settle_ms;                         /* of the manifest; 0 = the usual */
    bool notified;                             /* a notify target hears of it */
};

const struct scenario *scenario_at(unsigned place); /* NULL past the end */
const struct scenario *scenario_find(const char *name);
bool scenario_fits(const struct scenario *scenario, enum cloud_dialect dialect);
/* The time from which on it is worth watching. */
int64_t scenario_begin_ms(const struct scenario *scenario);
void scenario_draw(struct story *story, uint64_t seed, const struct scenario *scenario,
                   enum cloud_dialect dialect);
/* Puts the steps into the agenda. */
void scenario_begin(struct world *world, const struct scenario *scenario);
/* From now on nothing goes wrong any more. */
void scenario_end(struct world *world);
void scenario_happen(struct world *world, const struct scenario *scenario, unsigned step);

#endif
