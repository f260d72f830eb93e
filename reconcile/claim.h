#ifndef SETPOINT_CLAIM_H
#define SETPOINT_CLAIM_H

#include "reconcile/state.h"

/* A person has said `adopt` of a server whose mark names another owner: that mark goes. Until it is written
   anew it is not judged as TakenOver, whole keys of it (history too) give way to ours, and what object it
   speaks of is nobody's business. Once our owner was seen there, another one is TakenOver again: nobody
   fights. In the ledger: a row of meta, "claim.SOURCE/NAME" → object.claimed. */

#define CLAIM_KEY "claim."

/* The object is bound to the server; nothing happens where its mark names nobody else. */
void claim_begin(struct state *state, struct object *object, const struct server *server);
bool claim_is_open(const struct object *object);
/* The other owner's mark stands there still, and is to go. */
bool claim_covers(const struct state *state, const struct object *object, const struct server *server);
/* Takes in what was seen of the bound server. */
void claim_observe(struct state *state, struct object *object, const struct server *server);
void claim_end(struct state *state, struct object *object);
/* The server is the other object's from now on. */
void claim_move(struct state *state, struct object *from, struct object *to);
/* A row of the ledger: target is SOURCE/NAME. false: it cannot be understood. */
bool claim_load(struct state *state, const char *target, const char *owner);

#endif
