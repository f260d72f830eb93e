#ifndef SETPOINT_DAEMON_HTTP_H
#define SETPOINT_DAEMON_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "providers/provider.h"
#include "reconcile/event.h"

/* The one HTTP client: curl's multi interface on the libuv loop, no thread of its own. Connections are kept
   alive and shared; HTTP/1.1 in clear text, HTTP/2 over TLS where the server offers it; TLS is verified,
   redirects are not followed, gzip is asked for, a body ends at LIMIT_REPLY_BYTES.

   A transfer is known by its id (never 0, never used twice). Its callback is called exactly once, never from
   within http_start, and not at all after http_cancel or http_free. */
struct http;

struct http_options {
    const char *pool;      /* cloud name, or another word: its CA is read once, its idle handles are reused */
    const char *ca_file;   /* NULL = the system's certificates */
    const char *proxy_url; /* NULL = the environment's, if any */
    struct secret_reference proxy_credentials;
    int64_t connect_timeout_ms;
    int64_t total_timeout_ms; /* from http_start to the last byte */
    bool secret;              /* the URL, or a token in the reply: both are wiped after the callback */
    /* > 0: the status is what counts. The body ends there, and a reply that breaks after its status is a
       whole one. 0: LIMIT_REPLY_BYTES, and a longer one is broken. */
    size_t body_max;
};

/* The response and all it points at live until the callback returns. */
typedef void http_done(void *ctx, uint64_t transfer_id, const struct http_response *response);

struct http *http_new(uv_loop_t *loop);
/* Cancels what runs. Not from within a callback. Its memory goes when the loop has run its close callbacks.
 */
void http_free(struct http *http);
/* Copies options, request and body (the copies are wiped after use). Always starts: what is wrong (a CA file
   or a proxy's credentials that cannot be read, an unusable URL) arrives at the callback as
   TRANSPORT_NOT_SENT. */
uint64_t http_start(struct http *http, const struct http_options *options, const struct http_request *request,
                    http_done *done, void *ctx);
/* false: no such transfer (it has ended). */
bool http_cancel(struct http *http, uint64_t transfer_id);
/* CA files and what proxies are told are read anew at the next transfer: for a reload of the configuration.
 */
void http_forget_certificates(struct http *http);
uint32_t http_in_flight(const struct http *http);

#endif
