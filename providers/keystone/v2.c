#include "providers/keystone/keystone.h"

#include "providers/json.h"
#include "providers/request.h"
#include "providers/response.h"
#include "reconcile/base/cleanup.h"

/* Identity API v2.0: POST /v2.0/tokens, scoped to a tenant by its id. */

static bool write_body(const struct credential *credentials, uint32_t count, struct text *body,
                       struct error *err)
{
    const char *tenant, *username, *password;
    if (!credential_need(credentials, count, "tenantId", &tenant, err) ||
        !credential_need(credentials, count, "username", &username, err) ||
        !credential_need(credentials, count, "password", &password, err))
        return false;
    text_add(body, "{\"auth\":{");
    json_write_pair(body, "tenantId", tenant);
    json_write_key(body, "passwordCredentials");
    text_add_char(body, '{');
    json_write_pair(body, "username", username);
    json_write_pair(body, "password", password);
    text_add(body, "}}}");
    return true;
}

bool keystone_v2_encode(const struct cloud_config *cloud, const struct credential *credentials,
                        uint32_t count, const char *default_url, struct arena *arena,
                        struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    request_start(out, "POST");
    return login_url(cloud, credentials, count, default_url, "/v2.0/tokens", &url, err) &&
           write_body(credentials, count, &body, err) && request_finish(out, arena, &url, &body, err);
}

/* {"publicURL", "internalURL", "adminURL"} become one row each. */
static void add_urls(const char *type, const cJSON *item, struct arena *arena, struct endpoint *rows,
                     uint32_t *count)
{
    static const struct {
        const char *key, *interface;
    } URLS[] = {{"publicURL", "public"}, {"internalURL", "internal"}, {"adminURL", "admin"}};
    const char *region = json_get_text(item, "region", arena);
    for (size_t i = 0; i < sizeof URLS / sizeof URLS[0]; i++) {
        const char *url = json_get_text(item, URLS[i].key, arena);
        if (!url || !*url) continue;
        rows[(*count)++] = (struct endpoint){
            .type = type, .region = region ? region : "", .interface = URLS[i].interface, .url = url};
    }
}

enum { URLS_PER_ENDPOINT = 3 };

bool keystone_v2_decode(const struct cloud_config *cloud, const struct http_response *response,
                        struct now now, const struct keystone_hints *hints, struct arena *arena,
                        struct access *out, enum reply_kind *out_kind, struct error *err)
{
    (void)now;
    *out = (struct access){.token = NULL};
    if (response->transport != TRANSPORT_DONE || !response_is_success(response))
        return login_refused(cloud, response, hints, arena, out_kind, err);
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const cJSON *access = json_member(tree, "access"), *token = json_member(access, "token");
    out->token = login_token(cJSON_GetStringValue(json_member(token, "id")), arena);
    out->fingerprint = json_get_text(json_member(token, "tenant"), "id", arena);
    out->expires_wall_ms = login_expiry(json_get_text(token, "expires", arena));
    if (!out->token) return login_strange(cloud, response, "a token", arena, out_kind, err);
    if (!out->fingerprint || !*out->fingerprint)
        return login_strange(cloud, response, "a tenant", arena, out_kind, err);
    uint32_t count;
    const struct endpoint *rows =
        endpoints_read(json_member(access, "serviceCatalog"), URLS_PER_ENDPOINT, add_urls, arena, &count);
    *out_kind = REPLY_OK;
    if (endpoints_choose(cloud, rows, count, out->fingerprint, hints, arena, out, err)) return true;
    *out_kind = REPLY_INVALID;
    return false;
}
