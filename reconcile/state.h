#ifndef SETPOINT_STATE_H
#define SETPOINT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/heap.h"
#include "reconcile/base/prng.h"
#include "reconcile/cloud.h"
#include "reconcile/defaults.h"
#include "reconcile/effect.h"
#include "reconcile/event.h"
#include "reconcile/mark.h"
#include "reconcile/object.h"
#include "reconcile/source.h"
#include "reconcile/step.h"

/* All that the core knows. Observed things hang below their cloud, desired ones below their source; what is
   left here concerns the whole installation. */

struct pending_command { /* a sync that waits for lists */
    uint64_t id;
    int64_t asked_ms;
    struct cloud **clouds; /* of what was named; NULL = all */
    uint32_t cloud_count, cloud_room;
    bool strangers; /* will be looked at when it is answered */
};

struct saving { /* what one EFFECT_SAVE carried, kept until its answer: after a failure it is written anew */
    uint64_t id;
    struct arena arena;
    struct record *records;
    uint32_t count;
};

struct hold;

struct tagged {
    char tag[MARK_TAG + 1];
    struct object *object;
};

struct state {
    struct now now;
    struct now started;
    struct prng prng;
    struct arena turn; /* scratch, freed at the end of each step */

    struct config *config;
    struct cloud **clouds; /* sorted by name */
    uint32_t cloud_count, cloud_room;
    struct source **sources; /* sorted by name */
    uint32_t source_count, source_room;
    struct window destroyed; /* over all sources */
    uint32_t retiring;       /* as source->retiring, over all sources */
    uint32_t bound;

    /* ledger */
    bool ledger_loaded;
    enum ledger_state ledger;
    bool ledger_lost; /* missing, and some server already carries our mark (or a name-only list is not empty)
                       */
    bool lost_noted;  /* the windows have been set accordingly */
    int64_t lost_ms;  /* when it was found lost; kept in the ledger, so that a restart does not forget it */
    bool cold;        /* of a cold start that a restart cut short: creating still waits for two lists */
    bool read_only;   /* the last save failed */
    int64_t save_retry_ms;
    uint64_t save_seq;
    uint64_t call_seq;
    uint64_t event_seq;
    uint64_t object_seq;
    char writer[MARK_WRITER + 1];
    struct hash_key hash_key;
    struct record *records; /* of this turn's save */
    uint32_t record_count, record_room;
    struct saving *saves; /* not yet answered */
    uint32_t saving_count, saving_room;
    struct saving backlog; /* what could not be offered while the ledger was read-only */
    uint32_t backlog_room;
    struct owed *owed; /* answers that wait for a save, see owed.h */
    uint32_t owed_count, owed_room;

    /* work */
    struct heap timers; /* objects */
    struct object *dirty_first, *dirty_last;
    uint32_t dirty_count;
    struct pending_command *commands;
    uint32_t command_count, command_room;
    struct hold *holds; /* in force, see hold.h */
    uint32_t hold_count, hold_room;
    struct hold *old_holds; /* earlier sets that `approve` still understands, oldest first */
    uint32_t old_hold_count, old_hold_room;
    struct hold_memory *hold_memories; /* see hold_memory.h */
    uint32_t hold_memory_count, hold_memory_room;
    struct rename *renames; /* that wait for the end of a call, see rename.h */
    uint32_t rename_count, rename_room;
    bool holds_stale;
    bool holds_untold;      /* people may have to be told of one … */
    int64_t hold_tell_ms;   /* … at this time */
    uint32_t approvable;    /* objects whose reason `approve` ends */
    struct object **wanted; /* objects with a desire, sorted by (cloud, server name); see names.h */
    uint32_t wanted_count, wanted_room;
    bool wanted_stale;
    struct tagged
        *tagged; /* objects of clouds that carry marks in descriptions, sorted by tag; see names.h */
    uint32_t tagged_count, tagged_room;
    uint64_t tagged_seq; /* object_seq when it was built */
    bool tagged_stale;
    int64_t suspended_until_ms;
    bool suspended_hard;
    char suspended_reason[128];
    uint32_t destructions_in_flight;
    struct news_room *news; /* see news.h */
    struct outbox *outbox;  /* see outbox.h */
    uint64_t serial;
    uint64_t absorbed; /* events, since the birth */

    struct effects *effects; /* of the step under way; NULL between steps */
};

struct cloud *state_cloud(const struct state *state, const char *name);
struct cloud *state_cloud_add(struct state *state, const char *name);
struct source *state_source(const struct state *state, const char *name);
struct source *state_source_add(struct state *state, const char *name);
struct object *state_object(const struct state *state, const char *source, const char *name);
/* The object of that path, SOURCE/NAME, made where it is not known yet. NULL: no object is called so. */
struct object *state_object_add(struct state *state, const char *path);

/* Puts the object among those the step looks at. */
void state_dirty(struct state *state, struct object *object);
void state_dirty_cloud(struct state *state, struct cloud *cloud);
void state_dirty_source(struct state *state, struct source *source);
/* A disruption slot of the source became free. */
void state_dirty_slots(struct state *state, struct source *source);
void state_wake(struct state *state, struct object *object, int64_t due_ms);

/* Jitter: full, 0 … delay, at least a quarter so that a backoff is one. */
/* What the cloud's own clock showed at this boot time. Our wall clock, which may be set, is asked only as
   long as no reply has told a Date. */
int64_t state_cloud_wall(const struct state *state, const struct cloud *cloud, int64_t boot_ms);
int64_t state_jitter(struct state *state, int64_t delay_ms);
/* first × factor^(n-1) up to most, n >= 1. */
int64_t backoff_ms(int64_t first_ms, unsigned times, unsigned factor_percent, int64_t most_ms);

/* Effects of the step under way. */
struct effect *state_effect(struct state *state, enum effect_kind kind);
struct record *state_record(struct state *state, enum record_table table);
void state_answer(struct state *state, uint64_t command, enum answer_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* History. Empty texts may be NULL. */
struct tell_about {
    enum tell_level level;
    const char *type;
    const struct object *object;
    const struct source *source;
    const struct cloud *cloud;
    const char *reason; /* a word of the reason table */
    const char *call;   /* call_name() */
    const char *request_id;
    bool by_person;
    uint32_t uid, pid;
};
void state_tell(struct state *state, struct tell_about about, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define ABOUT(...) ((struct tell_about){__VA_ARGS__})

#endif
