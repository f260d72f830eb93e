#ifndef SETPOINT_PROVIDER_H
#define SETPOINT_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/error.h"
#include "reconcile/base/instant.h"
#include "reconcile/effect.h"
#include "reconcile/event.h"

/* A provider is one table of traits and a few pure functions. It owns no socket, clock or memory of its own:
   encode(call) → request, decode(response) → reply, and the same pair for its log-in. */

struct http_header {
    const char *name, *value;
};

enum { HTTP_HEADERS_MAX = 12 };

struct http_request {
    const char *method; /* "GET" */
    const char *url;    /* absolute */
    struct http_header headers[HTTP_HEADERS_MAX];
    uint32_t header_count;
    const char *body; /* NULL = none */
    size_t body_size;
};

enum transport {
    TRANSPORT_DONE,     /* a whole response */
    TRANSPORT_NOT_SENT, /* name look-up, connect or TLS handshake failed: certain that no byte was sent */
    TRANSPORT_BROKEN    /* time-out, reset, short or endless body: the outcome is unknown */
};

struct http_response {
    enum transport transport;
    const char *problem; /* not DONE: for people: "timed out after 30 s", "certificate is not trusted: …" */
    int status;
    const struct http_header *headers;
    uint32_t header_count;
    const char *body; /* NUL-terminated behind body_size */
    size_t body_size;
    int64_t sent_boot_ms;
};

const char *http_header_find(const struct http_header *headers, uint32_t count,
                             const char *name); /* any case */

/* One value of spec.auth after its secret was read. Wiped by the session after use. */
struct credential {
    const char *name; /* as struct auth_field.name */
    const char *text;
};

/* What a log-in yields. All in the arena given to decode_login. */
struct access {
    const char *token;
    int64_t expires_wall_ms; /* -1: not told */
    const char *fingerprint; /* project id */
    const char *place;       /* where in it: the region, and what else divides it; NULL = not known */
    /* By region and interface from the catalogue, the cloud's overrides already applied (a bare host has got
       the dialect's path): final. NULL = there is none. Compute is always there. */
    const char *endpoints[SERVICE_COUNT];
};

struct provider {
    const struct traits *traits;
    /* Builds the log-in request. url = auth.url or NULL. false: something in the configuration is wrong. */
    bool (*encode_login)(const struct cloud_config *cloud, const struct credential *credentials,
                         uint32_t count, struct arena *arena, struct http_request *out, struct error *err);
    /* Reads its response. On failure err says what a person should do; *out_kind tells throttled and outages
       from a wrong password. */
    bool (*decode_login)(const struct cloud_config *cloud, const struct http_response *response,
                         struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                         struct error *err);
    /* access: as decode_login made it. false: this cloud has no such endpoint, or takes no such order. The
       request points into `arena` and at access->token. */
    bool (*encode)(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                   struct arena *arena, struct http_request *out, struct error *err);
    /* The token was refused before anything was done, whatever the status says (APIs that answer all with
       200). NULL: status 401 alone. Asked of whole responses to calls, before decode. */
    bool (*is_unauthorized)(const struct http_response *response);
    /* Of what is_unauthorized says yes to: the same words may refuse the call to a good token. Only
       encode_check tells which it was. NULL: no such words. */
    bool (*is_doubtful)(const struct http_response *response);
    /* Asks the API whether access->token still counts. NULL: there is no such call, and is_doubtful is NULL
       too. The request lies in `arena` as a whole; its URL may hold the token. */
    bool (*encode_check)(const struct cloud_config *cloud, const struct access *access, struct arena *arena,
                         struct http_request *out, struct error *err);
    /* true: it does, by the API's own word. A refusal, no answer and a strange one are all false: then a
       log-in is what helps, or tells more. */
    bool (*decode_check)(const struct http_response *response, const char *token);
    /* Ends the session of access->token, of which nothing is expected afterwards: whatever is answered, the
       token is not used again. NULL: tokens end by themselves. */
    bool (*encode_logout)(const struct cloud_config *cloud, const struct access *access, struct arena *arena,
                          struct http_request *out, struct error *err);
    /* Never fails: what cannot be understood is REPLY_OUTAGE with a message. */
    void (*decode)(const struct cloud_config *cloud, const struct call *call,
                   const struct http_response *response, struct arena *arena, struct reply *out);
};

/* The one registration table (registry.c): all providers, NULL-terminated. */
const struct provider *const *provider_all(void);
const struct provider *provider_by_name(const char *name);
/* Traits of all, for the manifest reader: NULL-terminated. */
const struct traits *const *provider_traits(void);

#endif
