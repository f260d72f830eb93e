#ifndef SETPOINT_HOLD_MEMORY_H
#define SETPOINT_HOLD_MEMORY_H

#include "reconcile/hold.h"

/* What outlives the members of a hold, by (source, cloud, reason): the id that it goes by while it shrinks,
   since when it stands, and when people were told of it last. Id and time are in the ledger: a row of meta,
   "hold.SOURCE/CLOUD/REASON" → "ID SET-ID WALL". */
#define HOLD_KEY "hold."

struct hold_memory {
    char source[LIMIT_DOCUMENT_NAME + 1];
    char cloud[LIMIT_DOCUMENT_NAME + 1];
    enum reason reason;
    char id[9], set_id[9]; /* "" = none stands, or none was stored */
    int64_t since_wall_ms;
    bool stands; /* in this process */
    bool seen;   /* among the sets that are being formed */
    bool told;   /* since it stands, under told_id */
    char told_id[9];
    int64_t told_ms; /* boot; 0 = never */
};

struct hold_memory *hold_memory_of(struct state *state, const struct hold *hold);
void hold_memory_store(struct state *state, const struct hold_memory *memory);
/* Those that were not seen have ended. */
void hold_memories_end(struct state *state);
/* A row of the ledger: target is SOURCE/CLOUD/REASON. false: it cannot be understood. */
bool hold_memory_load(struct state *state, const char *target, const char *value);

#endif
