#ifndef SETPOINT_SWAP_H
#define SETPOINT_SWAP_H

#include "reconcile/state.h"

/* Taking a new reading of a source into force: a merge join of the sorted old objects and the sorted new
   specs by hash. What is equal costs a pointer; what differs is dirty. The source takes the generation over.
 */
void swap_generation(struct state *state, struct generation *generation);

/* Unreadable, invalid or missing: the set last accepted stays in force, nothing of it is deleted meanwhile.
 */
void swap_fault(struct state *state, const char *source, const struct error *mistakes, uint32_t count,
                bool missing);

/* A person approved that the source is empty: its objects retire. Each of them stays held until it is
   approved itself: a source of several clouds is several holds, and --partial means so many and no more. */
void swap_accept_empty(struct state *state, struct source *source);
/* Its Source document is gone: what it described is released in place, and what has no server ends. */
void swap_release(struct state *state, struct source *source);
/* A source that was emptied while servers were bound, and has none any more, is just empty. */
void swap_settle_empty(struct state *state);

#endif
