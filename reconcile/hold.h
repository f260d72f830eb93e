#ifndef SETPOINT_HOLD_H
#define SETPOINT_HOLD_H

#include "reconcile/state.h"

/* A set of calls that one guard stopped, waiting for a person. Sets form by (source, cloud, reason). The id
   is the first 8 hex of SHA-256 over the sorted set (object, call, provider id, reason): whoever approves an
   id approves exactly what that set was, or what is left of it. So it keeps its id while members drop out,
   and over restarts. */

struct hold_member {
    char name[LIMIT_NAME + 1];
    enum call_kind call; /* CALL_NONE = no call of its own: the cloud as a whole is held */
    char provider_id[LIMIT_ID + 1];
    char deletes[LIMIT_ID + 1]; /* the server that is gone when it has been carried through; "" = none */
    uint64_t desire;
    bool keypair; /* one of that name on each cloud: its name alone does not tell which */
};

struct hold {
    char id[9];     /* that it goes by: of this set, or of the bigger one that it was */
    char set_id[9]; /* of this set */
    char source[LIMIT_DOCUMENT_NAME + 1];
    char cloud[LIMIT_DOCUMENT_NAME + 1];
    enum reason reason;
    struct hold_member *members; /* sorted by name */
    uint32_t count, room;
    int64_t since_wall_ms;
};

void holds_release(struct state *state);
/* An object's reason changed: the sets are formed anew if it was or is held. */
void holds_note(struct state *state, enum reason before, enum reason after);
/* At the end of a step: forms the sets, remembers what they were, writes hold ids into the objects, and tells
   people, of each once a minute at most. */
void holds_remember(struct state *state);
/* When holds_remember has somebody to tell; NEVER_MS. */
int64_t holds_wake(const struct state *state);
/* The hold that this id names: now in force, or an earlier one of which what is in force now is a part.
   Members that dropped out are not in *out_now. NULL = no such id. */
const struct hold *hold_find(const struct state *state, const char *id, const struct hold **out_now);
bool reason_can_be_approved(enum reason reason);

#endif
