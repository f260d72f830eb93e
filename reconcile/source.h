#ifndef SETPOINT_SOURCE_H
#define SETPOINT_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/error.h"
#include "reconcile/base/tally.h"
#include "reconcile/config.h"
#include "reconcile/object.h"

/* Where manifests come from: the unit of ownership, pruning and budget. A source lives as long as the
   process; `config` is NULL when its document is gone (its objects are then released in place). */

struct charge { /* one destruction */
    int64_t at_ms;
    int64_t at_wall_ms;
    uint64_t id;
    uint64_t
        server;   /* that is to be gone for good: one destruction, however often it is asked for; 0 = other */
    bool renewed; /* a later charge stands for the same server: this one does not count */
    bool bound;   /* read from the ledger: its object has a server, this one still or another one */
    bool stands;  /* reserved: counts, however old, until it is used or given back */
};

struct level { /* how many servers were bound until this time; NEVER_MS = they still are */
    int64_t until_ms;
    uint32_t count;
};

struct window {
    struct charge *charges; /* oldest first */
    uint32_t count, room, renewed;
    struct level
        *levels; /* decreasing counts, oldest first: the most of any sliding window is at the front */
    uint32_t level_count, level_room;
    bool used_up; /* after a lost ledger: as if full until used_up_until */
    int64_t used_up_until_ms;
};
void window_release(struct window *window);
/* The most that were bound at any time of the window. */
uint32_t window_base(struct window *window, int64_t now_ms, int64_t per_ms);
void window_level(struct window *window, int64_t now_ms, uint32_t bound);
uint32_t window_used(struct window *window, int64_t now_ms, int64_t per_ms);
void window_add(struct window *window, struct charge charge);
void window_charge(struct window *window, uint64_t id, uint64_t server, struct now now);
/* A charge for that server is in the window; window_used has let go of what fell out of it. */
bool window_has(const struct window *window, uint64_t server);
/* A destruction that is sure to come, and may come after the window has passed. */
void window_reserve(struct window *window, uint64_t id, struct now now);
bool window_refund(struct window *window, uint64_t id);
/* When the oldest charge leaves; NEVER_MS = none. */
int64_t window_resets(const struct window *window, int64_t per_ms);

struct mistake {
    char *file;
    unsigned line, column;
    char *message;
};

struct source {
    char name[LIMIT_DOCUMENT_NAME + 1];
    const struct source_config *config;
    struct generation *generation; /* the set in force: last accepted; NULL = none in this process */
    struct generation
        *empty;     /* a valid reading without any object while servers are bound: waits for approve */
    bool read_once; /* a reading, valid or not, has arrived */
    bool valid;     /* the newest reading was valid */
    bool missing;
    struct mistake *mistakes;
    uint32_t mistake_count;
    int64_t since_wall_ms; /* of valid / invalid */
    char revision[65];
    int64_t accepted_ms;

    struct object **objects; /* instances by name, then key pairs; pointers are stable */
    uint32_t object_count, object_room;
    uint32_t bound;       /* objects with a current server */
    uint32_t disrupting;  /* objects with a slot */
    uint32_t retiring;    /* objects whose delete is prepared: it is not charged yet, and will be */
    uint32_t disruptable; /* desired running and was_converged: the base of the disruption limit */
    uint32_t live;        /* servers + creates under way: against maxInstances */
    uint32_t halted;      /* servers that went to ERROR after an interrupting call of this revision */
    struct window destroyed;
    struct tally convergence;   /* how long its objects were not Converged, each time; this process */
    int64_t suspended_until_ms; /* 0 = not; NEVER_MS = until resumed */
    bool suspended_hard;
    char suspended_reason[128];
};

struct object *source_object(const struct source *source, const char *name); /* an instance */
struct object *source_add(struct source *source, const char *name, uint64_t order);
/* What tells key pairs apart: two documents may not, and two clouds of one document do. */
struct keypair_place {
    const char *name; /* metadata.name */
    const char *cloud;
    const char *key_name;
};
struct object *source_keypair(const struct source *source, struct keypair_place key);
struct object *source_add_keypair(struct source *source, struct keypair_place key, uint64_t order);
/* The key pairs are the last of `objects`, sorted by name, cloud and name on the cloud. */
struct object *const *source_keypairs(const struct source *source, uint32_t *out_count);
void source_remove(struct source *source, struct object *object);
void source_clear_mistakes(struct source *source);
bool source_may_use(const struct source *source, const char *cloud);

#endif
