/* A simulated reply beside the recorded one. */
#ifndef SETPOINT_TESTS_CONTRACT_SIMCLOUD_COMPARE_H
#define SETPOINT_TESTS_CONTRACT_SIMCLOUD_COMPARE_H

#include "allowed.h"
#include "session.h"

/* One difference: 0 if it is allowed, else 1, and told. */
__attribute__((format(printf, 3, 4))) unsigned difference(struct allowed *allowed,
                                                          const struct exchange *exchange, const char *format,
                                                          ...);
/* Of a server also some values: the power state, and which texts are empty. False when they agree. */
bool server_differs(const struct exchange *exchange, const cJSON *json, char *out_what, size_t size);
/* Status, headers, shape and error text; how many differences are not allowed. */
unsigned compare(struct allowed *allowed, struct session *session, const struct exchange *exchange,
                 const struct cloud_reply *reply, const cJSON *json);

#endif
