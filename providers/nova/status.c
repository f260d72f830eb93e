#include "providers/nova/nova.h"

#include "reconcile/base/text.h"

struct status_row {
    const char *status;
    enum phase phase; /* without a task */
};

/* What the API returns, and behind it the spelling of NHN's guides until 2024 where it differs. The words of
   a change under way are BUSY also without a task: between two tasks Nova shows none for a moment. */
static const struct status_row STATUSES[] = {
    {"ACTIVE", PHASE_RUNNING},     {"BUILD", PHASE_BUILDING},    {"BUILDING", PHASE_BUILDING},
    {"SHUTOFF", PHASE_STOPPED},    {"STOPPED", PHASE_STOPPED},   {"SHELVED_OFFLOADED", PHASE_SHELVED},
    {"SHELVED", PHASE_SHELVED},    {"REBOOT", PHASE_BUSY},       {"HARD_REBOOT", PHASE_BUSY},
    {"RESIZE", PHASE_BUSY},        {"RESIZED", PHASE_BUSY},      {"VERIFY_RESIZE", PHASE_CONFIRM_RESIZE},
    {"REVERT_RESIZE", PHASE_BUSY}, {"MIGRATING", PHASE_BUSY},    {"PASSWORD", PHASE_BUSY},
    {"REBUILD", PHASE_BUSY},       {"PAUSED", PHASE_PAUSED},     {"SUSPENDED", PHASE_SUSPENDED},
    {"RESCUE", PHASE_RESCUED},     {"RESCUED", PHASE_RESCUED},   {"ERROR", PHASE_ERROR},
    {"DELETED", PHASE_GONE},       {"SOFT_DELETED", PHASE_GONE}, {"UNKNOWN", PHASE_UNKNOWN},
};

static enum phase status_row_phase(const char *status)
{
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (text_equal_nocase(status, STATUSES[i].status)) return STATUSES[i].phase;
    return PHASE_UNKNOWN;
}

static bool is_deleting(const char *task)
{
    return text_equal_nocase(task, "deleting") || text_equal_nocase(task, "soft-deleting");
}

/* Deleting, stopping, starting and shelving keep the old status: only the task tells. */
enum phase status_phase(const char *status, const char *task)
{
    enum phase phase = status ? status_row_phase(status) : PHASE_UNKNOWN;
    if (!task || !*task || phase == PHASE_GONE) return phase;
    if (is_deleting(task)) return PHASE_DELETING;
    return phase == PHASE_BUILDING || phase == PHASE_UNKNOWN ? phase : PHASE_BUSY;
}

enum { POWER_RUNNING = 1 };

enum phase status_rests(enum phase phase, int64_t power_state)
{
    if (phase != PHASE_CONFIRM_RESIZE) return phase;
    return power_state < 0 || power_state == POWER_RUNNING ? PHASE_RUNNING : PHASE_STOPPED;
}
