#include "tests/sim/restart_excuse.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/fleet.h"

/* An object for which this is said may be treated otherwise in the other copy. */
struct exception {
    const char *reason;
    enum { BEFORE, IN_KEPT, IN_REBUILT } when; /* when the world was copied; in the end of this copy alone */
    const char *why;
};
static const struct exception exceptions[] = {
    {"Building", BEFORE, "how long it has been building is counted in one process"},
    {"BuildStuck", BEFORE, "the same"},
    {"ServersVanished", IN_KEPT, "how many servers vanished within ten minutes is counted in one process"},
    {"Refused", BEFORE, "how long a refused call waits for its next try"},
    {"DisruptionHalted", IN_KEPT,
     "how many went to error after a change is counted in one process, at its looks"},
    {"DisruptionHalted", IN_REBUILT, "the same"},
    {"TooManyInstances", IN_KEPT, "which of several comes first is a matter of time"},
    {"TooManyInstances", IN_REBUILT, "the same"},
    {"Refused", IN_KEPT, "how long a refused call waits for its next try"},
    {"WrongProject", IN_KEPT, "a new process logs in anew, and may be given another project"},
    {"AnotherDaemon", IN_KEPT, "a server is another daemon's when it was made after this process started"},
    {"ApprovalNeeded", IN_REBUILT,
     "of a budget's base only what was charged is in the ledger: it may be smaller"},
};

static bool is_held(const struct call_log *reasons, const char *object)
{
    return strcmp(call_log_last(reasons, object), "ApprovalNeeded") == 0;
}

/* What is held stays held. But which of several comes first that wait in several clouds' queues for one
   budget is a matter of time, and its base is only roughly known from the ledger. One that came first to be
   stopped for its delete may be held behind it. */
static bool is_held_late(const struct reasons *reasons, const char *object)
{
    return is_held(&reasons->kept, object) && !is_held(&reasons->before, object);
}

/* A document was renamed while a call of its object was under way: when the ledger's entry moves is a matter
   of time. */
static bool is_moving(const struct reasons *reasons, const char *object)
{
    char old[RESTART_OBJECT_WORDS];
    size_t length = strlen(object);
    snprintf(old, sizeof old, "%s", object);
    if (length == 0 || length >= sizeof old || old[length - 1] != 'x') return false;
    old[length - 1] = '\0';
    return call_log_last(&reasons->before, old)[0] != '\0';
}

bool restart_is_excused(const void *ctx, const char *object)
{
    const struct reasons *reasons = ctx;
    const char *kept = call_log_last(&reasons->kept, object);
    const char *rebuilt = call_log_last(&reasons->rebuilt, object);
    if (is_held_late(reasons, object) || is_moving(reasons, object)) return true;
    for (unsigned i = 0; i < sizeof exceptions / sizeof *exceptions; i++) {
        const char *reason = exceptions[i].reason;
        bool in_kept = strcmp(kept, reason) == 0, in_rebuilt = strcmp(rebuilt, reason) == 0;
        bool before = strcmp(call_log_last(&reasons->before, object), reason) == 0;
        if (exceptions[i].when == BEFORE
                ? before
                : (exceptions[i].when == IN_KEPT ? in_kept && !in_rebuilt : in_rebuilt && !in_kept))
            return true;
    }
    return false;
}
