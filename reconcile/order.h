#ifndef SETPOINT_ORDER_H
#define SETPOINT_ORDER_H

#include <stdbool.h>

#include "reconcile/blocker.h"
#include "reconcile/intent.h"
#include "reconcile/object.h"
#include "reconcile/route.h"
#include "reconcile/state.h"

/* A mutating call that a decision wants, before any guard has seen it. Text lives in the turn's arena or with
   the server and object. */
struct order {
    enum call_kind kind; /* CALL_NONE = none wanted */
    const char *provider_id;
    const char *argument;
    const char *value;
    enum field field;
    enum intent_class class;
    const char *beside; /* CREATE of a successor: the server that it stands beside */
    bool reserves; /* call of a replacement: the end of the bound server is reserved with the first of them */
    bool moves;    /* takes something off one server that is to go to the other */
    bool destroys; /* of a server that was ever running or that we did not create */
    bool cleanup;  /* delete of a never-running server of our own create, or of our own surplus */
    bool remedy;   /* repairs an ERROR: stopped by the storm brake */
    bool interrupts;
    bool unbegun; /* a DELETE for which no preparation may begin: it will not be allowed (retire.h) */
    int64_t image_wall_ms; /* SNAPSHOT: what is in the image's name */
    bool replaces; /* a DELETE after which a new server follows, because a field cannot be changed in place */
    int64_t
        restart_wall_ms; /* REBOOT because of spec.restart: which value is done with it; 0 = another reason */
    const char *why;     /* "image differs", "the manifest is gone": for events and plan */
};

/* The server that it is about: its own; of a CREATE the one that it is to stand beside; "" = none. */
const char *order_concerns(const struct order *order);

/* What is decided of one object: the verdict without guards, and the call it leads to. */
struct decision {
    enum reason reason;
    char message[OBJECT_MESSAGE];
    struct blocker by; /* what is in the way */
    int64_t next_ms;   /* boot; NEVER_MS = events only */
    struct order order;
    struct route route; /* for plan and status: all that is to come */
    struct gaps gaps;
};

/* The one function that decides: status, plan and the step all show what it says. Changes nothing but wishes
   for catalogues. Observations must have been taken in before (object_observe). */
void object_decide(struct state *state, struct object *object, struct arena *arena, struct decision *out);

/* A call of ours has interrupted it, and it is suspended, but not --hard: its power comes back, and nothing
 * else is done. */
bool object_must_come_back(const struct state *state, const struct object *object);
/* All guards over an order, in the order of their table: the first that says no fills reason, message and
   next try. `intent` is the saved intent when the guards are asked again before sending, else NULL (budgets
   are then charged already). */
bool guards_allow(struct state *state, struct object *object, const struct order *order,
                  const struct intent *intent, struct decision *out);
/* What they would say in mode enforce: for the plan. */
bool guards_allow_enforced(struct state *state, struct object *object, const struct order *order,
                           struct decision *out);
/* Of a Delete that is to follow when its time has come: would a budget hold it? Of what is being prepared
   already none does. */
bool guards_allow_later(struct state *state, struct object *object, const struct order *order,
                        struct decision *out);

#endif
