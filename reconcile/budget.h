#ifndef SETPOINT_BUDGET_H
#define SETPOINT_BUDGET_H

#include <stdbool.h>

#include "reconcile/state.h"

/* How much may be done: destruction per window (S3), disruption at the same time (S13), instances
   (maxInstances). Both the source's and the global destruction budget must allow. */

struct budget_answer {
    bool allows;
    bool global; /* the one that does not is the Daemon's */
    uint32_t max, used;
    int64_t resets_ms; /* boot; NEVER_MS */
};

struct budget_answer budget_destruction(struct state *state, struct source *source);
/* The same for a delete that is to be prepared: what is being prepared already counts as used. */
struct budget_answer budget_retirement(struct state *state, struct source *source);
/* The numbers of `sources`. */
struct budget_answer budget_of_source(struct state *state, struct source *source);
/* What the Daemon's own allows all sources together to destroy now. */
uint32_t budget_left_of_daemon(struct state *state);
/* What the object had reserved becomes this charge. A second Delete of one server renews the charge of the
   first, which had no effect: the server goes once. */
void budget_charge(struct state *state, struct object *object, uint64_t intent_id, const char *provider_id);
/* A Delete of that server is in the window already. */
bool budget_is_charged(const struct state *state, const struct object *object, const char *provider_id);
/* What a charge calls a server that goes for good. */
uint64_t budget_server(const struct state *state, const char *cloud, const char *provider_id);
void budget_refund(struct state *state, struct object *object, uint64_t intent_id);
/* A server that is to be destroyed once its successor runs (object.reserved): from the first call of the
   replacement on it is as good as used, else more could follow within a window than may be. */
void budget_reserve(struct state *state, struct object *object, uint64_t intent_id, const char *provider_id);
/* It stays, or has gone by itself. */
void budget_release(struct state *state, struct object *object);

struct budget_answer budget_disruption(struct source *source);

/* Keeps the counters that budgets need (bound, live, disruptable, slots) in step with the object. Called
   whenever its binding, slot, desire or intent may have changed. */
void object_recount(struct state *state, struct object *object);

#endif
