#ifndef SETPOINT_DAEMON_COUNTERS_H
#define SETPOINT_DAEMON_COUNTERS_H

#include <stdint.h>

#include "reconcile/base/metric.h"
#include "reconcile/effect.h"
#include "reconcile/event.h"

/* What the daemon counts of its own work, for /metrics: calls by cloud, kind of call and kind of reply, how
   long they took, notifications by target, turns of the loop. Process. */
struct counters;

struct counters *counters_new(void);
void counters_free(struct counters *counters); /* NULL-safe */

void counters_sent(struct counters *counters, const struct call *call);
/* The answer to it, whichever it is: from when the request left. */
void counters_reply(struct counters *counters, const struct event_reply *reply, struct now now);
/* A target of notifications, from its first configuration on: what never happened counts 0. */
void counters_target(struct counters *counters, const char *target);
/* One attempt to deliver to it. */
void counters_notified(struct counters *counters, const char *target, bool delivered);
/* One step with its effects. */
void counters_step(struct counters *counters, int64_t took_us);
/* How much later than due the loop came to its tick. */
void counters_lag(struct counters *counters, int64_t late_us);

void counters_show(const struct counters *counters, struct metrics *out);

#endif
