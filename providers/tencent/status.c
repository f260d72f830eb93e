#include "providers/tencent/tencent.h"

#include "reconcile/base/text.h"

struct status_row {
    const char *state;
    enum phase phase; /* when no operation is under way */
    enum launched launched;
};

/* CVM's InstanceState, and behind it the words that only its error codes name. SHUTDOWN is the recycle bin:
   it cannot be started, and goes by itself or with a second delete. LAUNCH_FAILED never was anything. */
static const struct status_row STATUSES[] = {
    {"PENDING", PHASE_BUILDING, LAUNCHED_NEVER},
    {"LAUNCH_FAILED", PHASE_ERROR, LAUNCHED_NEVER},
    {"RUNNING", PHASE_RUNNING, LAUNCHED_ONCE},
    {"STOPPED", PHASE_STOPPED, LAUNCHED_ONCE},
    {"STARTING", PHASE_BUSY, LAUNCHED_ONCE},
    {"STOPPING", PHASE_BUSY, LAUNCHED_ONCE},
    {"REBOOTING", PHASE_BUSY, LAUNCHED_ONCE},
    {"SHUTDOWN", PHASE_GONE, LAUNCHED_UNKNOWN},
    {"TERMINATING", PHASE_DELETING, LAUNCHED_UNKNOWN},
    {"TERMINATED", PHASE_GONE, LAUNCHED_UNKNOWN},
    {"ENTER_RESCUE_MODE", PHASE_BUSY, LAUNCHED_ONCE},
    {"RESCUE_MODE", PHASE_RESCUED, LAUNCHED_ONCE},
    {"EXIT_RESCUE_MODE", PHASE_BUSY, LAUNCHED_ONCE},
    {"ENTER_SERVICE_LIVE_MIGRATE", PHASE_BUSY, LAUNCHED_ONCE},
    {"SERVICE_LIVE_MIGRATE", PHASE_BUSY, LAUNCHED_ONCE},
    {"EXIT_SERVICE_LIVE_MIGRATE", PHASE_BUSY, LAUNCHED_ONCE},
};

static const struct status_row *row_of(const char *state)
{
    for (size_t i = 0; state && i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (text_equal_nocase(state, STATUSES[i].state)) return &STATUSES[i];
    return NULL;
}

/* RUNNING alone does not mean settled: a new instance runs while its password is still being set. */
enum phase tencent_phase(const char *state, const char *operation_state)
{
    const struct status_row *row = row_of(state);
    if (!row) return PHASE_UNKNOWN;
    bool operating = operation_state && text_equal_nocase(operation_state, "OPERATING");
    if (!operating) return row->phase;
    if (row->phase == PHASE_GONE) return PHASE_DELETING;
    bool steady = row->phase == PHASE_RUNNING || row->phase == PHASE_STOPPED || row->phase == PHASE_RESCUED;
    return steady ? PHASE_BUSY : row->phase;
}

enum launched tencent_launched(const char *state)
{
    const struct status_row *row = row_of(state);
    return row ? row->launched : LAUNCHED_UNKNOWN;
}
