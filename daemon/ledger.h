#ifndef SETPOINT_DAEMON_LEDGER_H
#define SETPOINT_DAEMON_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/error.h"
#include "reconcile/base/tally.h"
#include "reconcile/event.h"

/* The durable memory: SQLite in WAL mode, synchronous=FULL, written by one chain of uv_queue_work jobs. It
   stores records (reconcile/record.h) and knows no meaning but that of the history (see ledger_events).

   DIR/ledger.db is the database; DIR/lock is held by flock as long as the ledger is open and contains the
   pid of the holder. Saves that wait while a job runs go into one transaction and one sync (group commit);
   the order of saves is the order of ledger_save. All callbacks run on the loop. */
struct ledger;

/* What was found at start: feeds EVENT_LEDGER. Owned by the caller, freed by ledger_content_release. */
struct ledger_content {
    struct arena arena;
    enum ledger_state state; /* LOADED, MISSING or CORRUPT; INIT is the caller's to say */
    struct record *records;  /* every table but events */
    uint32_t count;
    uint64_t event_seq;  /* newest of the history; 0 = none */
    const char *problem; /* CORRUPT: why, for people */
};

/* Blocks (it runs before the loop does). A missing database is made; an older schema is copied to
   ledger.db.vN and migrated; a corrupt one stays untouched: the ledger is open, every save fails with a
   problem that names `setpointctl ledger rebuild`. false: a second daemon holds the directory, the schema is
   newer, or the directory cannot be used. A full disk is no reason, unless there was no ledger yet: what is
   there is read, and every save fails until there is room. */
bool ledger_open(uv_loop_t *loop, const char *directory, struct ledger **out,
                 struct ledger_content *out_content, struct error *err) __attribute__((warn_unused_result));
void ledger_content_release(struct ledger_content *content);

/* ok: the records are on the disk (synced). Else nothing of them was stored, and `problem` says why. */
typedef void ledger_saved(void *ctx, uint64_t id, bool ok, const char *problem);
/* Copies the records. `done` may be NULL (history: a loss is shown by ledger_problem only). */
void ledger_save(struct ledger *ledger, uint64_t id, const struct record *records, uint32_t count,
                 ledger_saved *done, void *ctx);

struct ledger_event_query {
    uint64_t after_seq; /* only newer ones; 0 = all */
    uint32_t limit;     /* the newest `limit` of them, given oldest first; at most LEDGER_EVENTS_MAX */
    const char *source; /* NULL = any */
    const char *name;   /* NULL = any */
    const char *cloud;  /* NULL = any */
};
enum { LEDGER_EVENTS_MAX = 1000 /* one answer of the control socket: about 500 KB of JSON */ };
/* records: RECORD_EVENTS rows by seq; they live until the callback returns. ok false: `problem` says why. */
typedef void ledger_found(void *ctx, bool ok, const struct record *records, uint32_t count,
                          const char *problem);
/* Asked behind all saves that wait, so it sees them. Copies the query. */
void ledger_events(struct ledger *ledger, const struct ledger_event_query *query, ledger_found *found,
                   void *ctx);

/* Drops history older than max_age_ms before now_wall_ms, then the oldest until its texts are below
   max_bytes. 0 = no such limit. Runs in the worker, in bounded steps between saves. */
void ledger_prune(struct ledger *ledger, int64_t now_wall_ms, int64_t max_age_ms, int64_t max_bytes);

/* Moves the database aside (ledger.db.aside-2026-01-31T03:00:00Z) and starts an empty one; later saves go
   there. The caller's core stores what it knows anew. */
void ledger_rebuild(struct ledger *ledger, int64_t now_wall_ms, ledger_saved *done, void *ctx);

/* Counters for metrics, and the last problem ("" = the last commit worked). */
struct ledger_figures {
    uint64_t commits, saves, rows, failures;
    uint32_t waiting;    /* jobs not yet done */
    struct tally commit; /* how long each took, those that failed too */
};
struct ledger_figures ledger_figures(const struct ledger *ledger);
const char *ledger_problem(const struct ledger *ledger);
/* For how long the worker has had what it was given last; 0 = it has nothing. A disk that does not answer
   shows here only: nothing fails. */
int64_t ledger_busy_ms(const struct ledger *ledger);

/* Blocks until everything asked for is done, and calls the callbacks that are due. What is asked for
   afterwards waits for ledger_close. */
void ledger_settle(struct ledger *ledger);
/* ledger_settle, then checkpoints, closes and lets the lock go. */
void ledger_close(struct ledger *ledger);

#endif
