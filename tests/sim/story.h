#ifndef SETPOINT_TESTS_SIM_STORY_H
#define SETPOINT_TESTS_SIM_STORY_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/cloud/cloud.h"
#include "tests/sim/fleet.h"

/* What one seed draws before anything happens: sizes, times, and which kinds of fault there are at all
   (swarm: a few per seed, so that each has room to act). */

/* Faults that are not of the cloud, but of what stands between: network, disk, process, clock, people. The
   cloud's own kinds come first in the numbering: enum cloud_fault_kind. */
enum trouble {
    TROUBLE_NOT_SENT = CLOUD_FAULT_KIND_COUNT, /* connecting fails */
    TROUBLE_REQUEST_LOST,                      /* it never arrives */
    TROUBLE_REQUEST_LATE,                      /* it arrives after a good part of the time-out */
    TROUBLE_REPLY_LOST,                        /* the connection breaks after the effect */
    TROUBLE_REPLY_DOUBLED,
    TROUBLE_REPLY_LATE,   /* behind those of later requests, or after the time-out */
    TROUBLE_CRASH,        /* between two turns */
    TROUBLE_CRASH_INSIDE, /* between two effects of a turn */
    TROUBLE_SAVE_SLOW,
    TROUBLE_DISK_FULL,
    TROUBLE_LEDGER_LOST,
    TROUBLE_LEDGER_OLD, /* a backup is restored */
    TROUBLE_LEDGER_CORRUPT,
    TROUBLE_CLOCK_JUMP, /* wall time, at a restart or in between */
    TROUBLE_OPERATOR,   /* somebody changes the cloud's world */
    TROUBLE_EDIT,       /* manifests change */
    TROUBLE_REMOVE,     /* documents leave and come back */
    TROUBLE_SOURCE,     /* a source is invalid, missing or empty for a while */
    TROUBLE_PEOPLE,     /* suspend, resume, observe, approve, sync, adopt, release, unprotect */
    TROUBLE_REPLACE,    /* manifests want another image, and may be replaced */
    TROUBLE_KEYS,       /* key pairs change, in manifests and by somebody's hand */
    TROUBLE_TWIN,       /* another daemon of the same owner is at work; see twin.h */
    TROUBLE_MISTAKE,    /* documents name what their cloud does not have; see mistakes.h */
    TROUBLE_DRAWN,      /* what a seed has or has not ends here; the rest are parts of those above */
    TROUBLE_GHOST_LATE = TROUBLE_DRAWN, /* later than settle */
    TROUBLE_TWIN_OWN,                   /* with a ledger of its own */
    TROUBLE_TWIN_COPY,                  /* with a copy of the first one's */
    TROUBLE_TWIN_SEEN,                  /* a cloud froze: AnotherDaemon */
    TROUBLE_HAND_STOP,
    TROUBLE_HAND_RENAME,
    TROUBLE_HAND_RESIZE,
    TROUBLE_HAND_GROUPS,
    TROUBLE_HAND_DELETE,
    TROUBLE_HAND_NAME,      /* a foreign server under the name of one of ours */
    TROUBLE_SOURCE_INVALID, /* and that was read */
    TROUBLE_SOURCE_MISSING,
    TROUBLE_SOURCE_EMPTY,
    TROUBLE_CRASH_BEFORE_SAVE,
    TROUBLE_CRASH_AFTER_SAVE, /* it is durable, and nobody has heard of it */
    TROUBLE_CRASH_BEFORE_SEND,
    TROUBLE_CRASH_AFTER_SEND,
    TROUBLE_SAVE_TORN, /* a save was under way at a crash, and nothing of it is there */
    TROUBLE_ECHO,      /* a refusal repeats the user data of a create */
    TROUBLE_COUNT
};
const char *trouble_name(unsigned kind);
/* Some clouds speak it. */
bool story_draws(enum cloud_dialect dialect);
bool trouble_from_name(const char *name, unsigned *out);
/* It can hit mutating calls: then its row in the table must show that it did. */
bool trouble_is_for_calls(unsigned kind);

struct story {
    uint64_t seed;
    unsigned cloud_count, source_count;
    enum cloud_dialect dialects[FLEET_CLOUDS_MAX];
    unsigned char switches[FLEET_CLOUDS_MAX][CLOUD_SWITCHES_MAX]; /* positions; see switches.h */
    bool bins; /* some cloud keeps what was deleted for a while, and on it the volumes */
    bool attaches_running[FLEET_CLOUDS_MAX]; /* a volume is put on a running server only */
    struct manifest manifests[FLEET_SOURCES_MAX];
    unsigned objects;
    int64_t poll_ms, full_ms, settle_ms, timeout_ms;
    int64_t lag_ms; /* reads may miss a new server for so long */
    int64_t build_timeout_ms;
    unsigned requests_per_second, in_flight;
    unsigned page_max;
    int64_t latency_ms; /* most, one way */
    bool expect_project;
    int64_t chaos_ms; /* so long faults go on */
    int64_t bound_ms; /* of liveness; 0 = by the formula */
    bool has[TROUBLE_DRAWN];
    unsigned kinds; /* of fault, in this seed */
    unsigned rate;  /* permille of requests that a cloud's fault hits */
    /* the daemon's own budget of destruction; number 0 and percent 0: none that matters */
    unsigned all_percent, all_number;
    int64_t all_per_ms;
    bool late_ghosts;
    bool init; /* the first start is told that nothing can be in flight */
    bool observe_cloud[FLEET_CLOUDS_MAX];
    struct fleet_target targets[FLEET_TARGETS_MAX]; /* who is notified, in the order of their names */
    unsigned target_count;
};

/* `only`: this kind and no other; TROUBLE_COUNT = as the seed draws. */
void story_draw(struct story *story, uint64_t seed, unsigned only);
/* Takes out of a wish what its cloud, as it stands, would refuse for ever. */
void story_fit(const struct story *story, struct wish *wish);
void story_release(struct story *story);
/* No request is carried out later than this after it was sent, and no create shows up later: S1's settle. */
int64_t story_settle_ms(const struct story *story);

#endif
