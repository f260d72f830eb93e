#ifndef SETPOINT_REQUEST_H
#define SETPOINT_REQUEST_H

#include <stdbool.h>

#include "providers/provider.h"
#include "reconcile/base/text.h"

/* Building requests: URLs, headers, bodies. */

enum {
    URL_MAX = 2048,              /* longer ones are cut by common proxies */
    REQUEST_BODY_MAX = 256 << 10 /* a create with all user data and 128 metadata items is 140 KiB */
};

/* Starts a URL: `base` without trailing slashes, then `path` as it is ("/servers/detail"). */
void url_start(struct text *url, const char *base, const char *path);
/* Adds "/" and the segment, percent-encoded (RFC 3986: unreserved characters stay). */
void url_segment(struct text *url, const char *segment);
/* Adds "?name=value" or "&name=value", the value percent-encoded but for ':' (dates stay readable). */
void url_query(struct text *url, const char *name, const char *value);
/* `base` with "/version" behind it, unless its last segment is a version ("v2", "v2.1", "v3") already. */
void url_start_versioned(struct text *url, const char *base, const char *version, const char *path);
/* Scheme and host, and nothing behind them but slashes. */
bool url_is_host_only(const char *url);
/* https, or plain http towards loopback, or `allow_plain`: a token or password may be sent there. Anything
   that is no http(s) URL with a host is refused. */
bool url_may_carry_secrets(const char *url, bool allow_plain);

void request_start(struct http_request *out, const char *method);
/* name and value must live as long as the request. */
void request_header(struct http_request *out, const char *name, const char *value);
/* Copies URL, and body when not NULL (with its Content-Type), into the arena, and wipes both, for they may
   hold secrets. false: one is over its limit. */
bool request_finish(struct http_request *out, struct arena *arena, struct text *url, struct text *body,
                    struct error *err);

#endif
