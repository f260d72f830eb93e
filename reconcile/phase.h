#ifndef SETPOINT_PHASE_H
#define SETPOINT_PHASE_H

#include <stdbool.h>
#include <stdint.h>

/* The one life cycle onto which every provider maps its statuses (DESIGN.md section 5). A task under way on a
   steady status is PHASE_BUSY: Nova shows ACTIVE while powering off. An unlisted status is PHASE_UNKNOWN. */
enum phase {
    PHASE_BUILDING,
    PHASE_RUNNING,
    PHASE_STOPPED,
    PHASE_SHELVED,
    PHASE_BUSY,
    PHASE_CONFIRM_RESIZE,
    PHASE_PAUSED,
    PHASE_SUSPENDED,
    PHASE_RESCUED,
    PHASE_ERROR,
    PHASE_DELETING,
    PHASE_GONE,
    PHASE_UNKNOWN,
    PHASE_COUNT
};

#define PHASE_BIT(phase) (UINT32_C(1) << (phase))
#define PHASE_ANY        ((UINT32_C(1) << PHASE_COUNT) - 1)

const char *phase_name(enum phase phase); /* "confirm-resize" */
bool phase_from_name(const char *name, enum phase *out);
/* Nothing is under way and the provider will leave it so: running, stopped, shelved, paused, suspended,
   rescued, error, confirm-resize. */
bool phase_is_steady(enum phase phase);

#endif
