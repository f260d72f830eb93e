#ifndef SETPOINT_STEP_H
#define SETPOINT_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/instant.h"
#include "reconcile/effect.h"
#include "reconcile/event.h"

/* The pure core. `struct state` is opaque; it is changed by reconcile_step only.

   One turn: absorb the events, then look at up to STEP_OBJECTS dirty objects, then choose what may be sent.
   The step is level based: it decides from state, never from which event came; dropped, doubled or shuffled
   wake-ups change no call. */
struct state;

enum { STEP_OBJECTS = 2000 /* about 2 ms of work: the loop stays responsive */ };

struct step_result {
    bool more;            /* call again at once: dirty objects are left */
    int64_t wake_boot_ms; /* nothing is due before; NEVER_MS = only events matter */
};

/* entropy: 32 random bytes, the only chance the core ever gets. started: time of start. */
struct state *reconcile_new(const uint8_t entropy[32], struct now started);
void reconcile_free(struct state *state);
struct step_result reconcile_step(struct state *state, struct event *events, uint32_t event_count,
                                  struct now now, struct effects *effects);
/* The last turn of a process: of the events only what became of saves is taken in, and effects are what
   follows for people, EFFECT_ANSWER and EFFECT_TELL. Nothing is decided, sent or stored any more. */
void reconcile_leave(struct state *state, const struct event *events, uint32_t event_count, struct now now,
                     struct effects *effects);

#endif
