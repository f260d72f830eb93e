#ifndef SETPOINT_LEAK_H
#define SETPOINT_LEAK_H

#include <stdbool.h>

#include "providers/provider.h"

/* Clouds and the gateways before them like to repeat what they refuse. What has a secret in it must not be
   shown, however useful the rest may be (S11). */

/* Whether the message has any piece of this secret in it; "" has none. */
bool leak_has_piece(const char *secret, const char *message);
/* Whether the message has any piece of the call's user data in it, encoded or not. */
bool leak_in_message(const struct call *call, const char *message);
/* Whether the call carries user data at all. */
bool leak_is_possible(const struct call *call);
/* Whether the answer has this secret in it: as it is, or as JSON, a URL, base64 or hex write it. What is
   shorter than four characters stands in every text, and is none. */
bool leak_of_secret(const char *secret, const struct http_response *response);
/* Whether the answer to a log-in has a secret of its request in it. The request still has its body. */
bool leak_of_login(const struct http_request *request, const struct http_response *response);

#endif
