#ifndef SETPOINT_BLOCKER_H
#define SETPOINT_BLOCKER_H

#include "reconcile/base/text.h"
#include "reconcile/verdict.h"

/* Why not, in a word for machines: what exactly keeps the next call of an object from being sent, as
   "word:what". `describe` and `plan` print it as blockedBy. A reason says what kind of thing is in the way;
   the blocker names that one thing, so that who takes it away, and nothing else, gets the call sent. The
   words are a closed set, one table (blocker.c); docs/operations.md has the same rows.

   Judges and guards fill it in where they settle a verdict (judge_settle, deny); what is Converged or
   Progressing has none. */

struct object;
struct server;

enum blocker_kind {
    BLOCKER_NONE,
    /* what the configuration says, and people */
    BLOCKER_BUDGET,
    BLOCKER_EMPTY,
    BLOCKER_SOURCE,
    BLOCKER_SUSPEND,
    BLOCKER_MODE,
    BLOCKER_DISRUPTION,
    BLOCKER_HALT,
    BLOCKER_INSTANCES,
    BLOCKER_PROTECT,
    BLOCKER_PRUNE,
    BLOCKER_REST,
    BLOCKER_ORPHAN,
    BLOCKER_CLOUD,
    BLOCKER_IMMUTABLE,
    /* a whole cloud, or the ledger */
    BLOCKER_LEDGER,
    BLOCKER_COLD,
    BLOCKER_LIST,
    BLOCKER_LOGIN,
    BLOCKER_PROJECT,
    BLOCKER_DAEMON,
    BLOCKER_OUTAGE,
    BLOCKER_CAPACITY,
    BLOCKER_QUOTA,
    BLOCKER_THROTTLE,
    BLOCKER_STORM,
    BLOCKER_VANISH,
    BLOCKER_IN_FLIGHT,
    /* a call of its own */
    BLOCKER_BACKOFF,
    BLOCKER_CONFLICT,
    BLOCKER_REFUSED,
    BLOCKER_QUARANTINE,
    BLOCKER_STUCK,
    BLOCKER_OUTCOME,
    BLOCKER_SETTLE,
    /* a server, or what it needs */
    BLOCKER_ABSENCE,
    BLOCKER_BUSY,
    BLOCKER_ERROR,
    BLOCKER_OPERATOR,
    BLOCKER_TAKEN,
    BLOCKER_DUPLICATE,
    BLOCKER_NAME,
    BLOCKER_CATALOGUE,
    BLOCKER_MISSING,
    BLOCKER_FIT,
    BLOCKER_ZONE,
    BLOCKER_KEYPAIR,
    BLOCKER_IMAGE,
    BLOCKER_ADDRESS,
    BLOCKER_ROUTE,
    BLOCKER_COUNT
};

#define BLOCKER_ALL       "*"         /* the whole daemon, or any zone */
#define BLOCKER_CORRUPT   "corrupt"   /* of BLOCKER_LEDGER: it cannot be read … */
#define BLOCKER_READ_ONLY "read-only" /* … or not be written */

enum {
    BLOCKER_ABOUT = 200, /* the longest is a zone and a flavor; what is longer is cut */
    BLOCKER_WORD = 256   /* with its word */
};

struct blocker {
    enum blocker_kind kind;
    char about[BLOCKER_ABOUT]; /* "" with BLOCKER_NONE */
};

struct blocker_row {
    const char *word;     /* "breaker:capacity" */
    const char *about;    /* what stands behind the colon, for docs: "ZONE:FLAVOR" */
    const char *ended_by; /* what takes it away, for docs */
};

const struct blocker_row *blocker_row(enum blocker_kind kind);
/* The one that goes with a reason; some judge or guard may know another one, or whom it is about. */
enum blocker_kind blocker_of_reason(enum reason reason);

/* about: NULL = what this kind is mostly about: the object, its source, its cloud, the server (NULL = none),
   the call that is to be tried again. */
void blocker_set(struct blocker *out, enum blocker_kind kind, const struct object *object,
                 const struct server *server, const char *about);
/* "budget:prod"; nothing with BLOCKER_NONE. */
void blocker_show(const struct blocker *blocker, struct text *out);

#endif
