/* One HTTP listener in front of one place. */
#ifndef SETPOINT_TESTS_SIMCLOUD_LISTENER_H
#define SETPOINT_TESTS_SIMCLOUD_LISTENER_H

#include "place.h"

struct listener;

/* host is a numeric address; port 0: one is chosen. cert and key are PEM texts or NULL. On failure NULL, with
 * a sentence in out_why. */
struct listener *listener_new(struct place *place, const char *host, unsigned port, const char *cert,
                              const char *key, char *out_why, size_t why_size);
unsigned listener_port(const struct listener *listener);
/* Waits until the connections are closed; place->stopping makes that short. */
void listener_free(struct listener *listener);

#endif
