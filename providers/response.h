#ifndef SETPOINT_RESPONSE_H
#define SETPOINT_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "providers/provider.h"

/* What every provider reads from a response before its own codec looks at it. */

enum {
    RETRY_AFTER_MIN_MS = 1 * SECOND_MS, /* "0" still means: not at once */
    RETRY_AFTER_MAX_MS =
        1 * HOUR_MS /* a longer one is a mistake or an attack; asking once an hour is polite */
};

/* Fills `out` with "nothing known" and what the headers say: http_status, date, Retry-After (of any status),
   request id from the first of `id_headers` (NULL-terminated) that is there. */
void response_basics(const struct http_response *response, const char *const *id_headers, struct arena *arena,
                     struct reply *out);
/* No whole response: sets kind TRANSPORT, not_sent and the message; false: there is a whole one. */
bool response_failed(const struct http_response *response, struct arena *arena, struct reply *out);
bool response_is_success(const struct http_response *response); /* 2xx */
/* The body is HTML: a gateway, proxy or log-in page spoke instead of the API. */
bool response_is_page(const struct http_response *response);
/* "HTTP 502 with an HTML page" and the like: what to say of a body that is not what the API promises. */
const char *response_strange(const struct http_response *response, struct arena *arena);
/* Clean and cut to LIMIT_WORDS; blanks at both ends are dropped. NULL gives "". */
const char *response_message(const char *words, struct arena *arena);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7: the one form that may be sent), without locale. */
bool http_date_parse(const char *text, int64_t *out_wall_ms);

#endif
