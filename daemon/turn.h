#ifndef SETPOINT_DAEMON_TURN_H
#define SETPOINT_DAEMON_TURN_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/batch.h"
#include "daemon/control.h"
#include "daemon/counters.h"
#include "daemon/ledger.h"
#include "reconcile/step.h"

/* The one place where the state changes. libuv's callbacks append events; one uv_prepare callback calls
   reconcile_step when there are events, due times or work left over, and carries the effects out in their
   order. Owns the state, the events and what carries requests and notifications (dispatch, sender, notifier,
   HTTP). */
struct turn;

/* Called on the loop, after a step's effects were carried out. */
typedef void turn_done(void *ctx);

/* ledger is borrowed and must be closed before the turn is freed (its callbacks come here). */
struct turn *turn_new(uv_loop_t *loop, struct ledger *ledger);
/* After ledger_settle, for the end: what is stored by now is answered as done, and told. */
void turn_settle(struct turn *turn);
/* Takes no further step; requests under way are left to their intents. Where a cloud knows a log-out, its
   session is ended first, when nothing under way carries its token any more: the loop runs for that, 1.5 s at
   most. Memory goes when the loop has run its close callbacks. */
void turn_stop(struct turn *turn);
void turn_free(struct turn *turn); /* after turn_stop and the loop's end */

/* Where events are appended. */
struct batch *turn_events(struct turn *turn);
struct state *turn_state(struct turn *turn);
/* Answers and events go there; NULL = nowhere (--once). Borrowed. */
void turn_set_control(struct turn *turn, struct control *control);
/* What it counted, for metrics. */
const struct counters *turn_counters(const struct turn *turn);
void turn_set_done(struct turn *turn, turn_done *done, void *ctx);

/* The operator's configuration, first or anew: dispatch and notifier copy it, the core takes `config` over.
 */
void turn_config(struct turn *turn, struct config *config);
/* An answer that is given after the step that takes in everything appended so far. */
void turn_answer(struct turn *turn, uint64_t token, int exit, const char *message);

struct turn_figures {
    uint64_t steps;
    uint64_t sent; /* SEND effects */
    uint32_t in_flight;
    int64_t step_us_most; /* longest step with its effects, since the start */
};
struct turn_figures turn_figures(const struct turn *turn);

#endif
