#ifndef SETPOINT_DAEMON_OUTCOME_H
#define SETPOINT_DAEMON_OUTCOME_H

#include <stdbool.h>

#include "daemon/batch.h"
#include "daemon/flight.h"

/* How calls end: each of these adds the EVENT_REPLY of a flight to `events` and frees the flight. */

enum { STATUS_UNAUTHORIZED = 401 /* RFC 9110: refused for want of a valid token, nothing was done */ };

/* As the provider's decoder says. */
void outcome_decoded(struct batch *events, struct flight *flight, const struct http_response *response);
/* It never left, or its first request was refused before processing. */
void outcome_unsent(struct batch *events, struct flight *flight, enum reply_kind kind, const char *message,
                    struct now now);
/* What flight_remember kept. token_is_good: it was the call that was refused. */
void outcome_remembered(struct batch *events, struct flight *flight, bool token_is_good);

#endif
