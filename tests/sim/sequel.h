#ifndef SETPOINT_TESTS_SIM_SEQUEL_H
#define SETPOINT_TESTS_SIM_SEQUEL_H

#include "tests/sim/world.h"

/* What people do, or what happens, soon behind something else, where the two together are too rare by chance.
   Drawn from a stream of its own; never in the quiet at the end. */

enum sequel {
    SEQUEL_APPROVE_OTHERS, /* while one source is empty, what others hold is approved */
    SEQUEL_PROTECT,        /* what is to be replaced is protected */
    SEQUEL_REMOVE,         /* what is to be protected no more leaves the manifests */
    SEQUEL_CRASH,          /* the process that begins without a ledger dies young */
    SEQUEL_COUNT
};

/* Perhaps; source and wish are places in the story. */
void sequel_draw(struct world *world, enum sequel kind, unsigned source, unsigned wish);
void sequel_happen(struct world *world, uint64_t number); /* of DUE_SEQUEL */

#endif
