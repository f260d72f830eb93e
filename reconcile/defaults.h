#ifndef SETPOINT_DEFAULTS_H
#define SETPOINT_DEFAULTS_H

#include "reconcile/base/instant.h"

/* Every number of DESIGN.md sections 5 to 7 that is not in a manifest, each with its reason. Milliseconds. */
enum {
    LOOK_FIRST_MS = 1 * SECOND_MS, /* transitional: a start takes a second or two on a fast cloud */
    LOOK_MOST_MS = 30 * SECOND_MS, /* and a slow one is not hammered */
    NAME_LIST_MS = 2 * SECOND_MS,  /* between lists that only look for new names: creates wait for each */
    LOOK_GETS_MAX = 20, /* open servers per cloud and round read one by one; more: the list is cheaper */
    RETRY_FIRST_MS = 1 * SECOND_MS,
    RETRY_MOST_MS = 5 * MINUTE_MS,
    BUILD_RETRY_FIRST_MS = 30 * SECOND_MS, /* a failed build often fails again at once: capacity */
    BUILD_RETRY_MOST_MS = 30 * MINUTE_MS,
    INVALID_RETRY_FIRST_MS = 1 * MINUTE_MS, /* refused for what it says: a person must act, ×4 */
    INVALID_RETRY_MOST_MS = 15 * MINUTE_MS,
    CONFLICT_TRIES = 5,                 /* the same call on an unchanged observation */
    CONFLICT_RETRY_MS = 15 * MINUTE_MS, /* then Blocked with the provider's words, every 15 m */
    BREAKER_FAILURES = 3,               /* consecutive outages that open a cloud's breaker */
    BREAKER_FIRST_MS = 1 * SECOND_MS,
    BREAKER_MOST_MS = 60 * SECOND_MS,   /* probes at most 60 s apart */
    CAPACITY_PROBE_MS = 60 * SECOND_MS, /* full speed within this and one build of capacity coming back */
    THROTTLE_TOLD_MS = 5 * SECOND_MS,   /* a shorter silence is nothing to talk about */
    BARREN_PAGES = 3,                   /* of a list, with nothing new on them: it runs in a circle */
    STUCK_LOOK_MS = 30 * SECOND_MS,     /* past the deadline: GET every 30 s, nothing else sent */
    SAVE_RETRY_MS = 10 * SECOND_MS,
    WAKE_LEAST_MS = 50, /* a due time that is past already (a list on its way) must not spin the loop */
    COLD_LISTS = 2,
    BRAKE_WINDOW_MS = 10 * MINUTE_MS,
    BRAKE_PERCENT = 20,
    BRAKE_COUNT = 3,
    QUARANTINE_REPLACED = 3,
    QUARANTINE_WINDOW_MS = 1 * HOUR_MS,
    FLIP_COUNT = 3,
    FLIP_WINDOW_MS = 30 * MINUTE_MS,
    QUARANTINE_FIRST_MS = 1 * HOUR_MS,
    QUARANTINE_MOST_MS = 24 * HOUR_MS,
    APPROVAL_MS = 15 * MINUTE_MS, /* an approval stands so long to begin */
    DESTRUCTIONS_IN_FLIGHT = 10,
    CATALOGUE_FRESH_MS = 10 * MINUTE_MS,
    CATALOGUE_MISS_MS = 1 * MINUTE_MS, /* a miss reads the catalogue again at most once a minute */
    ADDRESS_FRESH_MS = 30 * SECOND_MS, /* whose an address is changes at any time: an associate is decided on
                                          no older reading, and sent on none twice as old */
    ADDRESS_SHOWN_MS = 10 * SECOND_MS, /* from what the account says until the server shows the same */
    PORT_MISS_MS =
        10 * SECOND_MS, /* a running server surely has its ports: one reading ends the miss of all */
    IMAGE_LOOK_MS = 10 * SECOND_MS, /* an image takes minutes: one request each while one is waited for */
    IMAGE_MOST_MS = 6 * HOUR_MS,    /* a terabyte at 50 MB/s; past it a person is asked */
    MARK_REPAIR_MS = 1 * HOUR_MS,
    MARK_REPAIRS = 3,                   /* then MarkContested */
    ANOTHER_DAEMON_MS = 60 * SECOND_MS, /* clock slack between the cloud's Date and its created times */
    WRONG_PROJECT_RENEW_MS =
        5 * MINUTE_MS,                   /* far from any limit on log-ins; a person is at work on it anyway */
    CHANGES_OVERLAP_MS = 10 * SECOND_MS, /* changes-since has whole seconds; late database commits */
    PACE_UNDER_PERCENT = 5,
    LOOK_SHARE = 4, /* every 4th slot belongs to looks at what is under way, while calls wait: at most 25 % */
    POLL_SHARE = 5, /* every 5th slot belongs to a waiting poll: at least 20 % */
    HALT_FAILURES = 2,
    OPERATOR_LOOK_MS = 5 * MINUTE_MS, /* what only a person ends is looked at again this often */
    GAVE_UP_MAX =
        16, /* newest attempts of an object that came to nothing: a ghost of an older one is a Duplicate */
    HOLD_TELL_MS = 1 * MINUTE_MS,   /* a set that changes all the time fills no log */
    NEWS_QUIET_MS = 10 * SECOND_MS, /* what joins a group of news in time is one message with it … */
    NEWS_MOST_MS = 60 * SECOND_MS,  /* … but nobody is kept waiting longer */
    NEWS_AGAIN_MS = 60 * SECOND_MS, /* between two messages of one kind */
    NEWS_SLICE = 2000,              /* subjects of a told group that one turn's save remembers */
    NOTIFY_RETRY_FIRST_MS = 5 * SECOND_MS,
    NOTIFY_RETRY_MOST_MS = 10 * MINUTE_MS,
    NOTIFY_QUIET_MOST_MS = 1 * HOUR_MS, /* a Retry-After beyond is taken for a mistake */
    NOTIFY_PACE_MS = 1 * SECOND_MS,     /* Slack takes one a second */
    NOTIFY_WAITING_MAX = 1000,          /* for one target: they are grouped, so months of trouble */
    HOLDS_REMEMBERED = 64               /* earlier sets of a hold that `approve` still understands */
};

#define TOMBSTONE_MS   (7 * DAY_MS)
#define NOTIFY_KEEP_MS (7 * DAY_MS) /* older than that it is no news */

#endif
