#ifndef SETPOINT_VERDICT_H
#define SETPOINT_VERDICT_H

#include <stdbool.h>

/* What is true of an object now, and why, in one word of one table. */
enum verdict {
    VERDICT_CONVERGED,
    VERDICT_PROGRESSING,
    VERDICT_WAITING,
    VERDICT_BLOCKED,
    VERDICT_FAILING,
    VERDICT_UNKNOWN,
    VERDICT_COUNT
};

enum reason {
    /* Converged */
    REASON_IN_SYNC,
    REASON_DRIFT_IGNORED,
    /* Progressing */
    REASON_BUILDING,
    REASON_CALL_QUEUED,
    REASON_CALL_SENT,
    REASON_CALL_ACCEPTED,
    REASON_DELETING,
    /* Waiting */
    REASON_TRANSITIONAL,
    REASON_SETTLING,
    REASON_ABSENCE_UNPROVEN,
    REASON_PRUNE_DELAY,
    REASON_BACKOFF,
    REASON_BUILD_FAILED,
    REASON_BUILD_STUCK,
    REASON_CATALOGUE_NEEDED,
    REASON_KEYPAIR_NEEDED,
    REASON_DISRUPTION_LIMIT,
    REASON_CAPACITY,
    REASON_ERROR_STORM,
    REASON_QUARANTINED,
    REASON_OBSERVE_MODE,
    REASON_COLD_START,
    REASON_CLOUD_THROTTLED,
    REASON_REPAIRING,
    REASON_PROTECT_DELAY,
    REASON_IN_FLIGHT_LIMIT,
    /* Blocked: the closed list that only a person ends */
    REASON_APPROVAL_NEEDED,
    REASON_NAME_TAKEN,
    REASON_DUPLICATE,
    REASON_IMMUTABLE_CHANGE,
    REASON_ERROR_HOLD,
    REASON_PROTECTED,
    REASON_SUSPENDED,
    REASON_WRONG_PROJECT,
    REASON_ANOTHER_DAEMON,
    REASON_TAKEN_OVER,
    REASON_ORPHANED,
    REASON_LEDGER_CORRUPT,
    REASON_SOURCE_INVALID,
    REASON_OPERATOR_STATE,
    REASON_OUTCOME_UNKNOWN,
    REASON_DISRUPTION_HALTED,
    REASON_SERVERS_VANISHED,
    REASON_TOO_MANY_INSTANCES,
    /* Blocked: clears by itself */
    REASON_NOT_FOUND,
    REASON_DOES_NOT_FIT,
    REASON_REFUSED,
    REASON_CONFLICT,
    REASON_CLOUD_NOT_CONFIGURED,
    REASON_NO_ROUTE,
    REASON_ADDRESS_TAKEN,
    /* Failing */
    REASON_AUTH_FAILED,
    REASON_CLOUD_OUTAGE,
    REASON_STUCK,
    REASON_LEDGER_READ_ONLY,
    /* Unknown */
    REASON_NOT_SEEN_YET,
    REASON_COUNT
};

/* Who is notified of it (news.h). */
enum news {
    NEWS_NONE,   /* on its way, or as somebody wants it */
    NEWS_OBJECT, /* once for each object, in groups */
    NEWS_WHOLE   /* once for the cloud, source or ledger of which it is true */
};

struct reason_row {
    const char *word;     /* "ApprovalNeeded" */
    enum verdict verdict; /* every reason belongs to one verdict */
    bool person;          /* S10's closed list: only a person (or the cause going away) ends it */
    bool wide;            /* true of a whole cloud, source or ledger: told once there, not once per object */
    enum news news;
    const char *ended_by; /* what ends it, for docs and describe */
};

const char *verdict_name(enum verdict verdict);
const struct reason_row *reason_row(enum reason reason);
bool reason_from_word(const char *word, enum reason *out);

#endif
