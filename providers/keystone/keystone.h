#ifndef SETPOINT_KEYSTONE_H
#define SETPOINT_KEYSTONE_H

#include "providers/json.h"
#include "providers/provider.h"

/* Log-ins at Keystone: v2.0 (tenant id) and v3 (password, application credential). */

/* What a dialect adds to the messages, and to an endpoint given as a bare host. */
struct keystone_hints {
    const char *refused;  /* after a 401: what to check */
    const char *url_form; /* after a 404: what auth.url should look like */
    const char *(*compute_path)(const char *project, struct arena *arena); /* "/v2/PROJECT" */
};

/* default_url: the dialect's identity service; NULL = auth.url must be given. */
bool keystone_v2_encode(const struct cloud_config *cloud, const struct credential *credentials,
                        uint32_t count, const char *default_url, struct arena *arena,
                        struct http_request *out, struct error *err);
bool keystone_v2_decode(const struct cloud_config *cloud, const struct http_response *response,
                        struct now now, const struct keystone_hints *hints, struct arena *arena,
                        struct access *out, enum reply_kind *out_kind, struct error *err);
bool keystone_v3_encode(const struct cloud_config *cloud, const struct credential *credentials,
                        uint32_t count, struct arena *arena, struct http_request *out, struct error *err);
/* Adds the body of a log-in by application credential, for services that have it under a path of their own.
 */
bool keystone_v3_application(const struct credential *credentials, uint32_t count, struct text *body,
                             struct error *err);
bool keystone_v3_decode(const struct cloud_config *cloud, const struct http_response *response,
                        struct now now, const struct keystone_hints *hints, struct arena *arena,
                        struct access *out, enum reply_kind *out_kind, struct error *err);

/* --- endpoints.c --- */

/* One endpoint of a service catalogue, whichever its version wrote. */
struct endpoint {
    const char *type, *region, *interface, *url; /* region may be "" */
};

/* Adds what one item of a service's "endpoints" says: at most `urls_per_item` rows. */
typedef void endpoint_add(const char *type, const cJSON *item, struct arena *arena, struct endpoint *rows,
                          uint32_t *count);
/* All rows of a catalogue [{"type", "endpoints": [item, …]}, …]. */
struct endpoint *endpoints_read(const cJSON *catalogue, unsigned urls_per_item, endpoint_add *add,
                                struct arena *arena, uint32_t *out_count);

/* Fills out->endpoints and out->place by the cloud's region and interface, overrides first. false: no compute
   endpoint; the message names the regions that there are. */
bool endpoints_choose(const struct cloud_config *cloud, const struct endpoint *rows, uint32_t count,
                      const char *project, const struct keystone_hints *hints, struct arena *arena,
                      struct access *out, struct error *err);

/* --- login.c --- */

const char *credential_find(const struct credential *credentials, uint32_t count, const char *name);
/* The value, or an error that names it; "" counts as missing. */
bool credential_need(const struct credential *credentials, uint32_t count, const char *name, const char **out,
                     struct error *err);
/* Starts the URL: the credential "url", else auth.url, else default_url; without trailing /v2.0 or /v3. */
bool login_url(const struct cloud_config *cloud, const struct credential *credentials, uint32_t count,
               const char *default_url, const char *path, struct text *url, struct error *err);
/* A response that is no success: kind and message. */
bool login_refused(const struct cloud_config *cloud, const struct http_response *response,
                   const struct keystone_hints *hints, struct arena *arena, enum reply_kind *out_kind,
                   struct error *err);
/* A success that is not what the API promises. */
bool login_strange(const struct cloud_config *cloud, const struct http_response *response, const char *what,
                   struct arena *arena, enum reply_kind *out_kind, struct error *err);
/* Expiry as told, by the cloud's clock: the session sets it against the reply's Date. -1: not told. */
int64_t login_expiry(const char *expires);
/* A copy that is passed on to a header: control characters would end it. NULL when there are any, or none at
   all. */
const char *login_token(const char *token, struct arena *arena);

#endif
