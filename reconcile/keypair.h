#ifndef SETPOINT_KEYPAIR_H
#define SETPOINT_KEYPAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/order.h"

/* A public key that is to be registered under a name in one cloud: an object of its own kind, so that
   verdict, intent, guards, retries, pace and ledger are those of instances. What the cloud has is its
   catalogue of key pairs, read anew when something is to be known. Two documents may name one key pair only
   in different sources. A key is never put in the place of another one; only what we registered is ever
   removed. */
struct keypair {
    const struct keypair_spec *spec; /* in the generation in force; NULL = gone from the manifests */
    char key_name[LIMIT_KEY_NAME + 1];
    char *registered; /* ledger: the key that we registered there, accepted or seen; NULL = it is not ours */
    int64_t since_ms; /* what was asked before is no answer: a call was refused then; 0 = none */
};

/* The object's cloud_name and the rest of its place never change. */
struct object *keypair_new(struct source *source, struct keypair_place place, uint64_t order);
void keypair_free(struct keypair *keypair);
struct keypair_place keypair_place(const struct object *object);
void keypair_set_registered(struct state *state, struct object *object,
                            const char *public_key); /* NULL: it is not ours */

/* Some object that wants this name on this cloud; NULL. */
struct object *keypair_wanted(const struct state *state, const char *cloud, const char *key_name);
/* NAME on the command line: "ops", or "ops@CLOUD" where there are several. */
bool keypair_is_called(const struct object *object, const char *name);
bool keypairs_are_on(const struct state *state, const struct cloud *cloud);

/* Joins the key pairs of a generation with the `old_count` old ones; appends all to `all`, which has room. */
void keypairs_merge(struct state *state, struct source *source, const struct generation *generation,
                    struct object *const *old, uint32_t old_count, struct object **all, uint32_t *all_count);

/* What the newest reading means for what we remember of it. Runs before every decision. */
void keypair_observe(struct state *state, struct object *object);
/* object_decide and is_over for a key pair. keypair_judge.c */
void keypair_decide(struct state *state, struct object *object, struct arena *arena, struct decision *out);
bool keypair_is_over(const struct object *object);
/* The reading in force may be believed: asked after a call was refused, and after it left the manifests. */
bool keypair_is_read(const struct object *object);
/* What the cloud has under its name; NULL. */
const struct catalogue_entry *keypair_entry(const struct object *object);

/* How the call under way stands; asks for the next reading where it is not known yet. */
enum keypair_outcome {
    KEYPAIR_OPEN,
    KEYPAIR_DONE,
    KEYPAIR_IGNORED,
    KEYPAIR_OTHER /* somebody else's key stands under the name */
};
enum keypair_outcome keypair_outcome(struct state *state, struct intent *intent);
/* The cloud refused a call. */
void keypair_refused(struct state *state, const struct intent *intent, enum reply_kind kind);

#endif
