#ifndef SETPOINT_SEND_H
#define SETPOINT_SEND_H

#include "reconcile/state.h"

/* The last gate of a cloud: pace, requests in flight, fairness between tokens, looks and calls. Emits
   EFFECT_PERMIT and EFFECT_SEND as far as slots are there now. */
void cloud_send(struct state *state, struct cloud *cloud);
/* When a waiting request gets its slot; NEVER_MS = nothing waits. */
int64_t cloud_send_wake(const struct state *state, const struct cloud *cloud);

#endif
