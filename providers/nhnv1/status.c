#include "providers/nhnv1/nhnv1.h"

#include "reconcile/base/text.h"

struct status_row {
    const char *status;
    enum phase phase;
};

/* The guide's ten words; behind them what the v2 API or Nova call the same, and states that only those can
   bring a server into: how v1 shows them is not known. There is no call that confirms a resize. */
static const struct status_row STATUSES[] = {
    {"BUILD", PHASE_BUILDING},
    {"ACTIVE", PHASE_RUNNING},
    {"STOP", PHASE_STOPPED},
    {"POWERING_ON", PHASE_BUSY},
    {"POWERING_OFF", PHASE_BUSY},
    {"REBOOTING", PHASE_BUSY},
    {"RESIZING", PHASE_BUSY},
    {"MIGRATING", PHASE_BUSY},
    {"DELETING", PHASE_DELETING},
    {"ERROR", PHASE_ERROR},

    {"BUILDING", PHASE_BUILDING},
    {"STOPPED", PHASE_STOPPED},
    {"SHUTOFF", PHASE_STOPPED},
    {"REBOOT", PHASE_BUSY},
    {"HARD_REBOOT", PHASE_BUSY},
    {"RESIZE", PHASE_BUSY},
    {"RESIZED", PHASE_BUSY},
    {"VERIFY_RESIZE", PHASE_BUSY},
    {"REVERT_RESIZE", PHASE_BUSY},
    {"REBUILD", PHASE_BUSY},
    {"PASSWORD", PHASE_BUSY},
    {"SHELVED", PHASE_SHELVED},
    {"SHELVED_OFFLOADED", PHASE_SHELVED},
    {"PAUSED", PHASE_PAUSED},
    {"SUSPENDED", PHASE_SUSPENDED},
    {"RESCUE", PHASE_RESCUED},
    {"RESCUED", PHASE_RESCUED},
    {"DELETED", PHASE_GONE},
    {"SOFT_DELETED", PHASE_GONE},
};

enum phase nhnv1_status_phase(const char *status)
{
    for (size_t i = 0; status && i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (text_equal_nocase(status, STATUSES[i].status)) return STATUSES[i].phase;
    return PHASE_UNKNOWN;
}
