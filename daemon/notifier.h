#ifndef SETPOINT_DAEMON_NOTIFIER_H
#define SETPOINT_DAEMON_NOTIFIER_H

#include <uv.h>

#include "daemon/batch.h"
#include "daemon/counters.h"
#include "daemon/http.h"
#include "reconcile/effect.h"

/* Delivers what the core wants people to be told, each once per effect: as a POST, or as a mail by the
   sendmail program. Whatever comes of it is one EVENT_NOTIFIED, also when the target is not in the
   configuration any more or its URL cannot be read. What a problem shows of a URL is its host. */
struct notifier;

/* All borrowed; they outlive the notifier. */
struct notifier *notifier_new(uv_loop_t *loop, struct http *http, struct batch *events,
                              struct counters *counters);
/* Ends what is under way without an event: the core sends it again after a start. Before http_free.
 * NULL-safe.
 */
void notifier_free(struct notifier *notifier);
/* Copies the targets. What is under way ends as it began. */
void notifier_config(struct notifier *notifier, const struct config *config);
/* EFFECT_NOTIFY. Copies what it needs. */
void notifier_deliver(struct notifier *notifier, const struct notification *notification);

#endif
