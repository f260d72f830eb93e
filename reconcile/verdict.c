#include "reconcile/verdict.h"

#include "reconcile/base/assert.h"
#include "reconcile/base/text.h"

static const char *const verdicts[VERDICT_COUNT] = {
    [VERDICT_CONVERGED] = "Converged", [VERDICT_PROGRESSING] = "Progressing", [VERDICT_WAITING] = "Waiting",
    [VERDICT_BLOCKED] = "Blocked",     [VERDICT_FAILING] = "Failing",         [VERDICT_UNKNOWN] = "Unknown",
};

#define CLEARS "clears by itself"
/* on its way */
#define MOTION(word, verdict)                                                                                \
    {                                                                                                        \
        word, verdict, false, false, NEWS_NONE, CLEARS                                                       \
    }
#define SELF(word, verdict)                                                                                  \
    {                                                                                                        \
        word, verdict, false, false, NEWS_OBJECT, CLEARS                                                     \
    }
#define PERSON(word, verdict, ends)                                                                          \
    {                                                                                                        \
        word, verdict, true, false, NEWS_OBJECT, ends                                                        \
    }
/* stands in the objects' rows, but is told of the cloud */
#define WHOLE_SELF(word, verdict)                                                                            \
    {                                                                                                        \
        word, verdict, false, false, NEWS_WHOLE, CLEARS                                                      \
    }
#define WIDE_MOTION(word, verdict)                                                                           \
    {                                                                                                        \
        word, verdict, false, true, NEWS_NONE, CLEARS                                                        \
    }
#define WIDE_SELF(word, verdict)                                                                             \
    {                                                                                                        \
        word, verdict, false, true, NEWS_WHOLE, CLEARS                                                       \
    }
#define WIDE_PERSON(word, verdict, ends)                                                                     \
    {                                                                                                        \
        word, verdict, true, true, NEWS_WHOLE, ends                                                          \
    }

/* as somebody wants it */
#define WIDE_QUIET_PERSON(word, verdict, ends)                                                               \
    {                                                                                                        \
        word, verdict, true, true, NEWS_NONE, ends                                                           \
    }

static const struct reason_row rows[REASON_COUNT] = {
    [REASON_IN_SYNC] = SELF("InSync", VERDICT_CONVERGED),
    [REASON_DRIFT_IGNORED] = SELF("DriftIgnored", VERDICT_CONVERGED),
    [REASON_BUILDING] = MOTION("Building", VERDICT_PROGRESSING),
    [REASON_CALL_QUEUED] = MOTION("CallQueued", VERDICT_PROGRESSING),
    [REASON_CALL_SENT] = MOTION("CallSent", VERDICT_PROGRESSING),
    [REASON_CALL_ACCEPTED] = MOTION("CallAccepted", VERDICT_PROGRESSING),
    [REASON_DELETING] = MOTION("Deleting", VERDICT_PROGRESSING),
    [REASON_TRANSITIONAL] = MOTION("Transitional", VERDICT_WAITING),
    [REASON_SETTLING] = MOTION("Settling", VERDICT_WAITING),
    [REASON_ABSENCE_UNPROVEN] = MOTION("AbsenceUnproven", VERDICT_WAITING),
    [REASON_PRUNE_DELAY] = MOTION("PruneDelay", VERDICT_WAITING),
    [REASON_BACKOFF] = MOTION("Backoff", VERDICT_WAITING),
    [REASON_BUILD_FAILED] = SELF("BuildFailed", VERDICT_WAITING),
    [REASON_BUILD_STUCK] = SELF("BuildStuck", VERDICT_WAITING),
    [REASON_CATALOGUE_NEEDED] = MOTION("CatalogueNeeded", VERDICT_WAITING),
    [REASON_KEYPAIR_NEEDED] = MOTION("KeypairNeeded", VERDICT_WAITING),
    [REASON_DISRUPTION_LIMIT] = MOTION("DisruptionLimit", VERDICT_WAITING),
    [REASON_CAPACITY] = SELF("Capacity", VERDICT_WAITING),
    [REASON_ERROR_STORM] = WHOLE_SELF("ErrorStorm", VERDICT_WAITING),
    [REASON_QUARANTINED] = SELF("Quarantined", VERDICT_WAITING),
    [REASON_OBSERVE_MODE] = WIDE_MOTION("ObserveMode", VERDICT_WAITING),
    [REASON_COLD_START] = WIDE_MOTION("ColdStart", VERDICT_WAITING),
    [REASON_CLOUD_THROTTLED] = WIDE_MOTION("CloudThrottled", VERDICT_WAITING),
    [REASON_REPAIRING] = MOTION("Repairing", VERDICT_WAITING),
    [REASON_PROTECT_DELAY] = MOTION("ProtectDelay", VERDICT_WAITING),
    [REASON_IN_FLIGHT_LIMIT] = MOTION("InFlightLimit", VERDICT_WAITING),
    [REASON_APPROVAL_NEEDED] =
        PERSON("ApprovalNeeded", VERDICT_BLOCKED, "setpointctl approve ID, or the cause going away"),
    [REASON_NAME_TAKEN] =
        PERSON("NameTaken", VERDICT_BLOCKED,
               "setpointctl adopt NAME ID, another spec.name, or that server or key pair going away"),
    [REASON_DUPLICATE] = PERSON("Duplicate", VERDICT_BLOCKED,
                                "setpointctl approve ID (deletes the surplus server), or it going away"),
    [REASON_IMMUTABLE_CHANGE] =
        PERSON("ImmutableChange", VERDICT_BLOCKED,
               "the manifest taken back, the field in lifecycle.ignore, or a new name of a key pair"),
    [REASON_ERROR_HOLD] =
        PERSON("ErrorHold", VERDICT_BLOCKED, "setpointctl sync NAME (one try), or a manifest change"),
    [REASON_PROTECTED] = PERSON("Protected", VERDICT_BLOCKED,
                                "setpointctl unprotect NAME --reason R, or protect: false in the manifest"),
    [REASON_SUSPENDED] =
        WIDE_QUIET_PERSON("Suspended", VERDICT_BLOCKED, "setpointctl resume, or the end of --for"),
    [REASON_WRONG_PROJECT] =
        WIDE_PERSON("WrongProject", VERDICT_BLOCKED,
                    "setpointctl approve ID (pins the new project or region), or the Cloud's document"),
    [REASON_ANOTHER_DAEMON] = WIDE_PERSON("AnotherDaemon", VERDICT_BLOCKED, "setpointctl approve ID"),
    [REASON_TAKEN_OVER] =
        PERSON("TakenOver", VERDICT_BLOCKED,
               "setpointctl adopt NAME ID (not of a successor), or the other owner's mark going away"),
    [REASON_ORPHANED] = PERSON("Orphaned", VERDICT_BLOCKED,
                               "the document coming back, setpointctl adopt, or setpointctl release"),
    [REASON_LEDGER_CORRUPT] =
        WIDE_PERSON("LedgerCorrupt", VERDICT_BLOCKED, "setpointctl ledger rebuild --yes"),
    [REASON_SOURCE_INVALID] = WIDE_PERSON("SourceInvalid", VERDICT_BLOCKED, "the source being valid again"),
    [REASON_OPERATOR_STATE] = PERSON("OperatorState", VERDICT_BLOCKED,
                                     "somebody resuming, unpausing, unrescuing or unlocking the server"),
    [REASON_OUTCOME_UNKNOWN] =
        PERSON("OutcomeUnknown", VERDICT_BLOCKED, "the outcome being seen, or setpointctl approve ID"),
    [REASON_DISRUPTION_HALTED] =
        PERSON("DisruptionHalted", VERDICT_BLOCKED, "setpointctl sync NAME (one try), or a manifest change"),
    [REASON_SERVERS_VANISHED] =
        WIDE_PERSON("ServersVanished", VERDICT_BLOCKED,
                    "the servers being back, or setpointctl approve ID (they are lost)"),
    [REASON_TOO_MANY_INSTANCES] = PERSON("TooManyInstances", VERDICT_BLOCKED,
                                         "fewer instances, or a higher maxInstances of the Source"),
    [REASON_NOT_FOUND] = SELF("NotFound", VERDICT_BLOCKED),
    [REASON_DOES_NOT_FIT] = SELF("DoesNotFit", VERDICT_BLOCKED),
    [REASON_REFUSED] = SELF("Refused", VERDICT_BLOCKED),
    [REASON_CONFLICT] = SELF("Conflict", VERDICT_BLOCKED),
    [REASON_CLOUD_NOT_CONFIGURED] = SELF("CloudNotConfigured", VERDICT_BLOCKED),
    [REASON_NO_ROUTE] = SELF("NoRoute", VERDICT_BLOCKED),
    [REASON_ADDRESS_TAKEN] = SELF("AddressTaken", VERDICT_BLOCKED),
    [REASON_AUTH_FAILED] = WIDE_SELF("AuthFailed", VERDICT_FAILING),
    [REASON_CLOUD_OUTAGE] = WIDE_SELF("CloudOutage", VERDICT_FAILING),
    [REASON_STUCK] = SELF("Stuck", VERDICT_FAILING),
    [REASON_LEDGER_READ_ONLY] = WIDE_SELF("LedgerReadOnly", VERDICT_FAILING),
    [REASON_NOT_SEEN_YET] = WIDE_MOTION("NotSeenYet", VERDICT_UNKNOWN),
};

const char *verdict_name(enum verdict verdict)
{
    ASSERT(verdict < VERDICT_COUNT);
    return verdicts[verdict];
}

const struct reason_row *reason_row(enum reason reason)
{
    ASSERT(reason < REASON_COUNT);
    ASSERT(rows[reason].word);
    return &rows[reason];
}

bool reason_from_word(const char *word, enum reason *out)
{
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        if (!text_equal(rows[i].word, word)) continue;
        *out = (enum reason)i;
        return true;
    }
    return false;
}
