#include "reconcile/phase.h"

#include "reconcile/base/assert.h"
#include "reconcile/base/text.h"

static const char *const names[PHASE_COUNT] = {
    [PHASE_BUILDING] = "building", [PHASE_RUNNING] = "running",     [PHASE_STOPPED] = "stopped",
    [PHASE_SHELVED] = "shelved",   [PHASE_BUSY] = "busy",           [PHASE_CONFIRM_RESIZE] = "confirm-resize",
    [PHASE_PAUSED] = "paused",     [PHASE_SUSPENDED] = "suspended", [PHASE_RESCUED] = "rescued",
    [PHASE_ERROR] = "error",       [PHASE_DELETING] = "deleting",   [PHASE_GONE] = "gone",
    [PHASE_UNKNOWN] = "unknown",
};

const char *phase_name(enum phase phase)
{
    ASSERT(phase < PHASE_COUNT);
    return names[phase];
}

bool phase_from_name(const char *name, enum phase *out)
{
    for (unsigned i = 0; i < PHASE_COUNT; i++) {
        if (!text_equal(names[i], name)) continue;
        *out = (enum phase)i;
        return true;
    }
    return false;
}

bool phase_is_steady(enum phase phase)
{
    uint32_t steady = PHASE_BIT(PHASE_RUNNING) | PHASE_BIT(PHASE_STOPPED) | PHASE_BIT(PHASE_SHELVED) |
                      PHASE_BIT(PHASE_PAUSED) | PHASE_BIT(PHASE_SUSPENDED) | PHASE_BIT(PHASE_RESCUED) |
                      PHASE_BIT(PHASE_ERROR) | PHASE_BIT(PHASE_CONFIRM_RESIZE);
    return (PHASE_BIT(phase) & steady) != 0;
}
