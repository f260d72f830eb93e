#ifndef SETPOINT_DAEMON_BATCH_H
#define SETPOINT_DAEMON_BATCH_H

#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/event.h"

/* Events that wait for the next turn, and the memory that they point at. Whoever learns a fact appends it
   here; a turn takes the whole batch away, hands it to reconcile_step and releases it afterwards. */
struct batch {
    struct arena arena; /* texts, records, replies of these events */
    struct event *events;
    uint32_t count, room;
};

void batch_init(struct batch *batch);
/* After a step: the core has taken over configurations and generations, all else is freed. */
void batch_release(struct batch *batch);
/* Of a batch that no step has seen: configurations and generations are freed too. */
void batch_discard(struct batch *batch);
/* Moves everything out of `from`, which is empty afterwards. */
struct batch batch_take(struct batch *from);
/* Appends a zeroed event of this kind. The pointer is valid until the next add; what is hung onto it lives in
   batch->arena. */
struct event *batch_add(struct batch *batch, enum event_kind kind);

#endif
