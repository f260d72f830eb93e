#ifndef SETPOINT_TESTS_SIM_RESTART_EXCUSE_H
#define SETPOINT_TESTS_SIM_RESTART_EXCUSE_H

#include <stdbool.h>

#include "tests/sim/restart.h"

/* What a rebuilt state knows less of than the one that went on, by design. */

/* Each object's reason: when the world was copied, and at the end of each copy. */
struct reasons {
    struct call_log before, kept, rebuilt;
};
/* ctx: struct reasons. The object's calls may differ between the copies. */
bool restart_is_excused(const void *ctx, const char *object);

#endif
