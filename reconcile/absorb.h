#ifndef SETPOINT_ABSORB_H
#define SETPOINT_ABSORB_H

#include "reconcile/state.h"

/* Events become state. Nothing here decides; what differs is made dirty. */

void absorb_event(struct state *state, struct event *event);

/* One server of a reply. serial: of the full list it stood in, 0 otherwise. Returns whether it is seen for
   the first time in that list (for totals). */
bool absorb_facts(struct state *state, struct cloud *cloud, const struct facts *facts, int64_t asked_ms,
                  uint64_t serial, bool by_get);
/* A GET said that there is no such server. */
void absorb_absence(struct state *state, struct cloud *cloud, struct server *server, int64_t asked_ms);
/* Whoever wrote the mark of this server, if it is not we: a ledger that was lost, or another daemon. */
void absorb_writer(struct state *state, struct cloud *cloud, const struct server *server);
/* A ledger that there was is gone: each destruction window counts as used up until its time has passed. */
void absorb_lost_ledger(struct state *state);

#endif
