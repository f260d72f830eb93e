#ifndef SETPOINT_TESTS_SIM_SEQUEL_H
#define SETPOINT_TESTS_SIM_SEQUEL_H

#include "tests/sim/world.h"

/* What people do, or what happens, soon behind something else, where the two together are too rare by chance.
   Drawn from streams of their own; never in the quiet at the end. */

enum sequel {
    SEQUEL_APPROVE_OTHERS, /* while one source is empty, what others hold is approved */
    SEQUEL_PROTECT,        /* what is to be replaced is protected */
    SEQUEL_REMOVE,         /* what is to be protected no more leaves the manifests */
    SEQUEL_CRASH,          /* the process that begins without a ledger dies young */
    SEQUEL_AMEND,          /* what was approved is wanted otherwise, before anything of it has begun */
    SEQUEL_COME_BACK,      /* what was protected comes back without that, and as something else … */
    SEQUEL_APPROVE,        /* … and whatever is held then is approved */
    SEQUEL_COUNT
};

/* Perhaps; source and wish are places in the story. */
void sequel_draw(struct world *world, enum sequel kind, unsigned source, unsigned wish);
/* A protected document leaves while the daemon is down and without its ledger: its server's mark alone knows.
 */
void sequel_ledger_lost(struct world *world);
void sequel_happen(struct world *world, uint64_t number); /* of DUE_SEQUEL */

#endif
