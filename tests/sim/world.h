#ifndef SETPOINT_TESTS_SIM_WORLD_H
#define SETPOINT_TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/dispatch.h"
#include "reconcile/step.h"
#include "tests/cloud/cloud.h"
#include "tests/sim/crash_points.h"
#include "tests/sim/disk.h"
#include "tests/sim/judge.h"
#include "tests/sim/post.h"
#include "tests/sim/restart.h"
#include "tests/sim/story.h"
#include "tests/sim/switches.h"
#include "tests/sim/trace.h"
#include "tests/sim/why.h"

/* One seed is one run: the shipped core, codecs, session and dispatch in a world of simulated clock, disk,
   network, clouds and people. Nothing here but the seed decides what happens. */

enum due_kind { /* what the agenda holds */
                DUE_ARRIVAL,
                DUE_DELIVERY,
                DUE_TIME_OUT,
                DUE_SAVE,
                DUE_TICK,
                DUE_READ,    /* a source was read: number = its place */
                DUE_START,   /* the daemon comes up again */
                DUE_TROUBLE, /* number = kind */
                DUE_HEAL,    /* number = kind of what ends */
                DUE_LOOK,    /* the judge reads status */
                DUE_ACT,     /* number = step of the scenario */
                DUE_SEQUEL,  /* see sequel.h */
                DUE_POST,    /* a notify target answers: number = of the post */
                DUE_POSTERS  /* the configuration of notify targets changes */
};

struct due {
    unsigned machine; /* that acts then */
    int64_t at_ms;
    uint64_t order; /* first come, first served at one time */
    enum due_kind kind;
    uint64_t number;
};

/* One request on the wire; see wire.c. */
struct flight {
    uint64_t id;       /* 0 = free */
    uint64_t transfer; /* of dispatch; 0 = the process that waited is gone */
    unsigned cloud, machine;
    bool mutating, create, arrived, doubled, breaks;
    int64_t sent_ms, sent_boot_ms, deliver_ms, time_out_ms;
    int64_t arrives_ms; /* not before; 0 = as it is in the agenda */
    char *bytes;        /* of its texts */
    const char *method, *path, *body;
    size_t body_size;
    struct cloud_header headers[HTTP_HEADERS_MAX];
    unsigned header_count;
    struct cloud_reply reply;
    bool has_reply;
};

struct fault_note { /* for a table at the end */
    bool changed, mutating;
};

enum { HANDS_MAX = 16 };

struct hand {      /* a change by somebody's hand that no call of ours has met yet; see hands.h */
    unsigned kind; /* of trouble; 0 = none */
    unsigned cloud;
    char server[CLOUD_ID_SIZE];
};

/* Of two daemons the one that does not act now: what the world says of the one that does; see twin.h. */
struct machine {
    unsigned number;
    struct judge *judge;
    int64_t boot_ms;
    struct disk *disk;
    bool ledger_exists, ledger_corrupt, disk_full, disk_slow, unsaved, up;
    struct state *state;
    struct dispatch *dispatch;
    struct batch events;
    struct effects effects;
    int64_t wake_ms;
    bool more;
    unsigned crash_after;
    enum judge_loss loss;
    uint64_t command_last, strangers_sync;
    char *old_hold;
};

enum twin { TWIN_NONE, TWIN_THERE, TWIN_GONE };

struct world {
    struct story story;
    struct dice dice_wire, dice_disk, dice_trouble, dice_time, dice_reader, dice_keys, dice_sequel, dice_twin,
        dice_mistakes, dice_amend, dice_user_data;
    struct trace trace;
    struct judge *judge;
    struct cloud *clouds[FLEET_CLOUDS_MAX];
    struct cloud_options cloud_options[FLEET_CLOUDS_MAX];
    const char *projects[FLEET_CLOUDS_MAX];

    int64_t now_ms;  /* the clouds' clock; 0 at the beginning */
    int64_t boot_ms; /* of the daemon's machine at now_ms 0; may be other after a restart */
    int64_t wall_ms; /* the same for wall time */
    bool calm;       /* faults have ended */
    int64_t calm_ms;

    struct due *agenda; /* binary heap */
    unsigned agenda_count, agenda_room;
    uint64_t due_order;
    struct flight *flights;
    unsigned flight_count, flight_room;
    uint64_t flight_last;

    /* the machine and its daemon; of two, the one that acts */
    unsigned number;
    enum twin twin;
    bool twin_copies; /* it began with the first one's ledger */
    struct machine other;
    struct disk *disk;
    bool ledger_exists, ledger_corrupt;
    bool disk_full, disk_slow;
    bool unsaved; /* the last save failed: what it held waits in the daemon's memory */
    bool up;
    struct state *state;
    struct dispatch *dispatch;
    struct batch events;
    struct effects effects;
    int64_t wake_ms; /* on the clouds' clock */
    bool more;
    unsigned crash_after; /* effects until the process dies; 0 = it does not */
    enum judge_loss loss; /* what the next start finds */
    bool observe, reads;
    uint64_t command_last;
    uint64_t strangers_sync; /* the command that asked for what nobody manages; 0 = none */
    char *old_hold;          /* JSON of a hold seen some time ago; NULL */
    uint64_t turns, crashes;

    struct fault_note notes[TROUBLE_COUNT];
    struct hand hands[HANDS_MAX];
    unsigned hand_count;
    struct restart restart;
    struct why why;
    struct post_office post;
    struct crash_points *crash; /* NULL: the story is drawn, and crashes are */
};

struct dialect_note { /* for the other one */
    unsigned clouds;
    uint64_t mutating; /* requests that arrived */
    uint64_t crashes;  /* of a daemon that had such a cloud */
};

struct world_result {
    bool failed;
    enum promise promise;
    char sentence[600];
    uint64_t hash;
    uint64_t turns, requests, mutations, crashes;
    uint64_t restarts, restart_calls; /* compared, and what was sent in them */
    unsigned objects, clouds, kinds;
    int64_t settled_ms, bound_ms; /* liveness: time that it took after faults ended, and what was allowed */
    int64_t lasted_ms;
    uint64_t tests[PROMISE_COUNT];
    struct fault_note notes[TROUBLE_COUNT];
    struct dialect_note dialects[CLOUD_DIALECT_COUNT];
    struct switch_note switches;
    struct why_note whys[WHY_WORDS_MAX];
    struct post_note post;
};

/* What becomes of requests under way when their process is gone. */
enum wire_fate {
    WIRE_DRAWN,
    WIRE_LOST,
    WIRE_ARRIVES,
    WIRE_LATE /* almost a time-out after they were sent */
};

struct crash_end {
    unsigned durable; /* of the saves under way */
    enum wire_fate fate;
    int64_t away_ms; /* until it is started again */
};

enum world_words { WORLD_SILENT, WORLD_LAST_TURNS, WORLD_ALOUD };

struct world_options {
    unsigned only; /* as story_draw */
    enum world_words words;
    bool reads;                 /* a person reads more than status; see reader.h */
    bool restarts;              /* compare, at random turns, with a state that was rebuilt; see restart.h */
    struct crash_points *crash; /* a story told in advance instead of a drawn one; see crash_points.h */
};

/* Runs the seed from its beginning to its end. */
void world_run(uint64_t seed, const struct world_options *options, struct world_result *out);

/* For the other files of the world. */
void world_due(struct world *world, int64_t at_ms, enum due_kind kind, uint64_t number);
struct now world_clock(const struct world *world);
void world_note(struct world *world, unsigned kind, bool mutating);
void world_start(struct world *world);
/* For a daemon that is about to start here. */
struct judge *world_judge_new(struct world *world);
/* Some judge has found a promise broken. */
bool world_failed(const struct world *world);
/* The operator's configuration has changed. */
void world_configure(struct world *world);
void world_crash(struct world *world); /* what is under way ends as drawn */
void world_crash_so(struct world *world, const struct crash_end *end);
void world_rebuild(struct world *world); /* killed and up again at once, when nothing is under way */
/* Hands the source as it is now to the daemon and the judge. */
void world_read_source(struct world *world, unsigned place);
bool world_is_calling(const struct world *world); /* a mutating request or a save is under way */

#endif
