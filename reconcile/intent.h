#ifndef SETPOINT_INTENT_H
#define SETPOINT_INTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/limits.h"
#include "reconcile/call.h"
#include "reconcile/phase.h"
#include "reconcile/reply.h"

/* A mutating call on its way: decided → saving → ready (durable; all guards again) → sent → open (accepted,
   or its outcome unknown) → closed by observation. One object has at most one. It owns its text. */

struct object;
struct cloud;

enum intent_state {
    INTENT_SAVING, /* the ledger has not confirmed it */
    INTENT_READY,  /* durable, waits for a slot of the pace */
    INTENT_SENT,   /* the request is out, no reply yet */
    INTENT_OPEN    /* accepted, or outcome unknown: waits for observation */
};

/* The order in which a cloud's slots are given (DESIGN.md section 5, "Fairness"). Polls come before all of
 * these. */
enum intent_class { CLASS_REPAIR, CLASS_DELETE, CLASS_REST, CLASS_COUNT };

struct intent {
    uint64_t id; /* also the call's id */
    struct object *object;
    struct cloud *cloud;
    enum call_kind kind;
    enum intent_class class;
    enum intent_state state;
    char provider_id[LIMIT_ID + 1]; /* "" for create until the reply tells */
    char attempt[MARK_ATTEMPT + 1]; /* create */
    char *argument;
    char *value;
    enum field field; /* the field that it changes; FIELD_COUNT = none */
    enum phase from;  /* last observed phase when decided */
    enum phase aim;   /* the phase that closes it (CLOSED_BY_PHASE) */
    bool accepted;    /* a reply said yes */
    bool unknown;     /* no reply, or one that leaves it open */
    bool cut_off;  /* read back from the ledger: the process that sent it ended before it knew what came of it
                    */
    bool destroys; /* charged to the destruction budget */
    bool disrupts; /* holds the object's disruption slot */
    bool took_slot; /* and is the first to do so since the object was Converged: gives it back if it came to
                       nothing */
    bool cleanup;   /* delete of a never-running server of our own create, or a duplicate of ours */
    bool approved;  /* a person approved exactly this */
    bool begun;     /* something of it was seen: busy, another phase */
    bool conflict;  /* the reply said conflict */
    int64_t restarted_before_ms; /* REBOOT of spec.restart: what counts as done when it surely did not happen;
                                    -1 */
    uint64_t rebuilt_before;     /* REBUILD: the same for object->rebuilt */
    uint64_t save_id;            /* 0 = durable */
    int64_t saved_ms, sent_ms, replied_ms;
    int64_t saved_wall_ms;
    int64_t grace_ms, deadline_ms; /* from the transition table */
};

struct state;
struct order;
struct arena;

const char *intent_state_name(enum intent_state state);

/* `value` of a CREATE whose server is to stand beside the bound one, with this role in its mark. */
#define CREATE_OF_NEXT "next"
bool intent_is_of_next(const struct intent *intent);

/* Makes the intent, charges what it must and puts its row among the records of this turn's save. */
void intent_begin(struct state *state, struct object *object, const struct order *order);
/* The save with this id is durable; or it is not, and its intents are withdrawn. */
void intents_saved(struct state *state, uint64_t save_id);
void intents_save_failed(struct state *state, uint64_t save_id);
/* The call to send now, with every name resolved. false: what was wanted has changed; withdraw it. */
bool intent_call(struct state *state, struct intent *intent, struct arena *arena, struct call *out);
/* why: the rule that wants it, for history. */
void intent_sent(struct state *state, struct intent *intent, const char *why);
void intent_reply(struct state *state, struct intent *intent, const struct reply *reply, int64_t sent_ms);
/* Closes the object's intent if the observations say how it ended. */
void intent_observe(struct state *state, struct object *object);
/* Never sent: refunds, erases the row. */
void intent_withdraw(struct state *state, struct intent *intent, const char *why);
/* What was sent is not waited for any more, and what came of it was not seen. */
void intent_forget(struct state *state, struct intent *intent);
/* It is over: out of everything; the object may have another one afterwards. */
void intent_drop(struct state *state, struct intent *intent);
/* Grace and deadline, from the transition table. */
void intent_take_times(struct intent *intent);
/* Past its deadline: GET every 30 s, nothing else is sent. */
bool intent_is_stuck(const struct state *state, const struct intent *intent);
/* When an unanswered create is proven not to have happened, if nothing shows up; for messages. */
int64_t intent_create_settles_ms(const struct intent *intent);

#endif
