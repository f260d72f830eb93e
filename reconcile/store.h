#ifndef SETPOINT_STORE_H
#define SETPOINT_STORE_H

#include "reconcile/state.h"

/* Between state and ledger rows (record.h). Writing puts rows among the records of this turn's save; reading
   checks every cell: a row that cannot be understood makes the ledger corrupt. */

void store_intent(struct state *state, const struct intent *intent);
void store_erase_intent(struct state *state, const struct intent *intent);
/* Writes the object's row, or erases it when there is nothing left to remember. */
void store_object(struct state *state, struct object *object);
void store_erase_object(struct state *state, const struct object *object);
/* The project and the region of the token at hand are the right ones from now on. */
void store_pin(struct state *state, struct cloud *cloud);
void store_meta(struct state *state, const char *key, const char *value); /* value NULL erases */
void store_source(struct state *state, const struct source *source);

void store_load(struct state *state, const struct event_ledger *ledger);
/* The storage has put a corrupt ledger aside: goes on as after a lost one. */
void store_rebuild(struct state *state);
/* Turns this step's records into one EFFECT_SAVE, unless the ledger must not be written. */
void store_flush(struct state *state);
void store_saved(struct state *state, uint64_t save_id);
void store_failed(struct state *state, uint64_t save_id, const char *problem);
/* A ledger that may be written: loaded, not corrupt. */
bool store_is_open(const struct state *state);

#endif
