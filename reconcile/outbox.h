#ifndef SETPOINT_OUTBOX_H
#define SETPOINT_OUTBOX_H

#include "reconcile/state.h"

/* Notifications on their way to their targets: one row of the ledger each, from when it is true until the
   target took it. A row is stored before it is sent and erased after it was taken, so each is delivered at
   least once, over restarts, too, and always under one id. Where the ledger cannot be written they go out
   without: what is wrong with the ledger must be told. To each target one at a time; a target that takes
   nothing is asked with growing pauses, and one notification that it never takes does not hold up the rest.
 */

enum posting_state {
    POSTING_SAVING, /* its row is not known to be stored yet */
    POSTING_READY,
    POSTING_SENT
};

struct posting {
    struct arena arena;
    struct notification notification; /* in arena */
    enum posting_state state;
    uint64_t save_id; /* SAVING; 0 = of this turn's save */
    uint64_t order;   /* oldest first … */
    uint32_t refused; /* … but behind those that were refused less often for what they say */
};

/* How it goes with a target; made when something is first to go there. */
struct channel {
    char name[LIMIT_DOCUMENT_NAME + 1];
    uint32_t failures; /* in a row */
    int64_t next_ms;   /* nothing is sent before */
    int64_t failing_since_wall_ms;
    int64_t delivered_wall_ms; /* 0 = nothing yet in this process */
    char problem[LIMIT_MESSAGE];
};

struct outbox {
    struct posting **postings;
    uint32_t count, room;
    struct channel *channels;
    uint32_t channel_count, channel_room;
    uint64_t order;
};

struct outbox *outbox_new(void);
/* Copies all but id, target and owner, which it gives. */
void outbox_add(struct state *state, const struct notify_target *target,
                const struct notification *notification);
/* A row of the ledger. false: it cannot be understood. */
bool outbox_load(struct state *state, const struct record *record);
/* The ledger is a new one: what waits is stored anew. */
void outbox_store(struct state *state);
/* The configuration is new: what was for a target that is gone goes, too. */
void outbox_config(struct state *state);
void outbox_notified(struct state *state, const struct event_notified *event);
/* Sends what may be sent now. */
void outbox_go_on(struct state *state);
int64_t outbox_wake(const struct state *state);
uint32_t outbox_waiting(const struct state *state, const char *target);
const struct channel *outbox_channel(const struct state *state, const char *target); /* NULL: unused */

/* For store.c: this turn's save got its id; a save (0 = this turn's) has ended, stored or not. */
void outbox_name(struct state *state, uint64_t save_id);
void outbox_settle(struct state *state, uint64_t save_id);
void outbox_free(struct outbox *outbox);

#endif
