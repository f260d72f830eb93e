#ifndef SETPOINT_OBJECT_H
#define SETPOINT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/heap.h"
#include "reconcile/base/instant.h"
#include "reconcile/blocker.h"
#include "reconcile/call.h"
#include "reconcile/spec.h"
#include "reconcile/verdict.h"

/* A desired instance, or a key pair on one cloud (keypair.h), and all that is remembered of it. The object
   table outlives generations: `spec` points into the generation in force and is NULL for what left the
   manifests; everything else is owned. What stands under "ledger" is one row of the objects table and
   survives restarts. */

struct source;
struct cloud;
struct server;
struct intent;
struct keypair;
struct news_subject;

enum object_state {
    OBJECT_MANAGED,
    OBJECT_ORPHAN,  /* known by mark only, or released in place */
    OBJECT_RELEASED /* by `setpointctl release`: stays as it is until adopted again */
};

struct resolved {
    char *text; /* as in the manifest when it was resolved; NULL = none */
    char *id;
};

struct text_set {
    char **items; /* sorted */
    uint32_t count, room;
};
void text_set_add(struct text_set *set, const char *item);
void text_set_remove(struct text_set *set, const char *item);
bool text_set_has(const struct text_set *set, const char *item);
void text_set_release(struct text_set *set);
/* Items one after another, each behind its length: "4:team3:env". */
const char *text_set_show(const struct text_set *set, struct arena *arena);
bool text_set_parse(struct text_set *set, const char *text);

/* Several events of one kind in a sliding window, newest last. */
enum { TIMES_MAX = 8 };
struct times {
    int64_t at_ms[TIMES_MAX];
    unsigned count;
};
void times_add(struct times *times, int64_t at_ms);
unsigned times_within(const struct times *times, int64_t now_ms, int64_t window_ms);

struct approval {
    enum call_kind call; /* CALL_NONE = no approval */
    char provider_id[LIMIT_ID + 1];
    uint64_t desire; /* spec hash; another desire ends it */
    int64_t until_ms;
};

/* How far it is with what comes before a delete (retire.h). */
struct retirement {
    struct retire_policy policy; /* the manifest's, kept when it is gone */
    int64_t rest_wall_ms; /* out of the manifests and seen at rest since then; 0 = not. The ledger's form … */
    int64_t rest_ms;      /* … and boot time's */
    int64_t image_wall_ms; /* when its image was first wanted, which is in the image's name; 0 = none was */
    bool approved;         /* a person approved of the delete before this began: stands to its end */
};

/* Of the create that made `next`, as the object's own members tell it of `current`. */
struct successor {
    char attempt[MARK_ATTEMPT + 1];
    bool was_running;
    uint32_t applied_fields;
    uint64_t applied[FIELD_COUNT];
};

enum { OBJECT_MESSAGE = 400 };

struct object {
    struct source *source;
    char name[LIMIT_NAME + 1];
    const struct spec *spec;
    struct keypair *keypair; /* NULL: an instance. Of a key pair spec is NULL, and no server is ever bound */
    uint64_t order;          /* creation order: ties of the timer heap */

    /* ledger */
    enum object_state state;
    char cloud_name[LIMIT_DOCUMENT_NAME + 1];
    char current[LIMIT_ID + 1]; /* bound server; "" = none */
    char next[LIMIT_ID + 1];    /* its successor while it is replaced, see successor.h; "" = none */
    struct successor successor; /* of `next`, or of the create of it that is under way */
    uint64_t reserved; /* id of the charge that the end of `current` will be (budget_reserve); 0 = none */
    char attempt[MARK_ATTEMPT + 1]; /* of the create that made `current`; "" = adopted */
    bool protect;
    bool was_converged;
    bool created_by_us;
    bool was_running; /* current was seen past building */
    bool slot;        /* holds a disruption slot until Converged again */
    bool held;        /* latched by a budget: only an approval or another desire ends it */
    uint64_t held_desire;
    char held_server[LIMIT_ID + 1]; /* this process: what the held call is about */
    uint32_t applied_fields;
    uint64_t applied[FIELD_COUNT];
    struct resolved resolved[FIELD_COUNT]; /* flavor and image */
    struct text_set metadata;              /* keys that we wrote */
    struct text_set volumes;               /* ids that we attached */
    struct text_set addresses;             /* floating IPs that we associated */
    struct text_set tombstones;            /* "wall id" of servers that were ours and are gone */
    uint32_t failures;                     /* calls that failed since it was last well */
    uint32_t failed_builds;           /* builds that did; what comes of their Delete is not counted here */
    char failed_server[LIMIT_ID + 1]; /* the newest that failed_builds counts; "" = it was never shown */
    uint32_t remedies;                /* steps of onError taken since it was last well */
    struct times replaced;
    uint32_t quarantines;
    int64_t restarted_wall_ms; /* the newest spec.restart.at that was done, or counts as done; 0 = none */
    struct retirement retire;
    uint64_t rebuilt; /* rebuild_value of the newest Rebuild; 0 = none, REBUILT_UNKNOWN (rebuild.h) */
    char claimed[LIMIT_OWNER + 1]; /* whose mark on its server gives way to ours (claim.h); "" = nobody's */
    bool known_to_ledger;          /* a row exists */
    bool ledger_dirty;             /* the row must be written with the next save */

    int64_t suspended_until_ms; /* meta row; 0 = not; NEVER_MS = until resumed */
    bool suspended_hard;
    char suspended_reason[128];

    /* this process */
    struct cloud *cloud;    /* NULL when no such cloud is known at all */
    struct server **marked; /* servers whose mark names this object */
    uint32_t marked_count, marked_room;
    struct intent *intent;
    int64_t retired_ms;     /* left a valid manifest; 0 = not */
    int64_t unprotected_ms; /* since when the manifest says protect: false against the ledger's true; 0 */
    int64_t retry_ms;       /* no mutating call before; 0 = none */
    enum reason retry_reason;
    char retry_message[OBJECT_MESSAGE];
    enum call_kind retry_call;
    enum call_kind ignored_call; /* the last one that was accepted and changed nothing; CALL_NONE */
    uint64_t retry_seen;         /* facts hash at the refusal: a new observation may end a conflict earlier */
    uint32_t conflicts;
    int64_t gap_since_ms; /* since when it is known not to be Converged; 0 = it is, or nothing is known */
    bool try_once;        /* `sync NAME` gives one try past ErrorHold, DisruptionHalted, backoff */
    int64_t quarantined_until_ms;
    uint64_t flip_values[2];
    enum field flip_field;
    struct times flips;
    uint32_t mark_repairs;
    int64_t mark_repaired_ms;
    bool halted; /* went to ERROR after an interrupting call: counted */
    struct approval approval;
    int64_t orphaned_ms;
    int64_t settled_ms;    /* when the last intent was closed: facts asked before do not refute it */
    int64_t error_seen_ms; /* entry into ERROR was counted by the storm brake */
    bool next_error_seen;  /* of `next`, too */

    bool counted_bound, counted_disruptable, counted_slot, counted_retiring;
    uint32_t counted_live; /* what the counters of source, cloud and state hold for it: object_recount */

    /* verdict */
    enum verdict verdict;
    enum reason reason;
    char message[OBJECT_MESSAGE];
    struct blocker by; /* what keeps its call from being sent */
    int64_t since_wall_ms;
    int64_t next_try_ms; /* boot; NEVER_MS = only events */
    enum call_kind route[LIMIT_ROUTE];
    uint32_t route_count;
    char hold_id[9];              /* "" = none */
    struct news_subject *subject; /* of notifications, see news.h; NULL: all is well, and people know */

    /* queues */
    struct heap_entry timer;
    bool dirty;
    struct object *dirty_next;
    bool queued; /* waits in a lane for room among the saved-ahead intents */
    int queued_class;
    struct object *lane_next;
};

struct object *object_new(struct source *source, const char *name, uint64_t order);
void object_free(struct object *object);
/* "source/name" */
/* Where its server is, or is to be; "" = nobody knows. */
const char *object_cloud_name(const struct object *object);
/* No document wants it and the ledger does not say where it was (it keeps what is protected, from before its
   server was found again): a server with its mark may be on any cloud. */
bool object_is_nowhere(const struct object *object);
const char *object_path(const struct object *object, struct arena *arena);
enum phase object_power(const struct object *object);
void object_clear_applied(struct object *object);
void object_unresolve(struct object *object);
void object_resolve(struct object *object, enum field field, const char *text, const char *id);

#endif
