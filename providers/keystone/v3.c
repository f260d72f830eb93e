#include "providers/keystone/keystone.h"

#include <string.h>

#include "providers/ascii.h"
#include "providers/json.h"
#include "providers/request.h"
#include "providers/response.h"
#include "reconcile/base/cleanup.h"

/* Identity API v3: POST /v3/auth/tokens, 201, the token in a header. */

enum { LDAP_ID_SIZE = 64 /* users of a directory have a SHA-256 as id */ };

static bool is_id(const char *text)
{
    if (text_is_uuid(text)) return true;
    size_t digits = 0;
    while (ascii_hex(text[digits]) >= 0)
        digits++;
    return digits == LDAP_ID_SIZE && !text[digits];
}

/* "domain":{…}; "default" is the id of the domain that every Keystone starts with (its name is "Default"). */
static void write_domain(struct text *body, const char *domain)
{
    if (!domain) domain = "default";
    json_write_key(body, "domain");
    text_add_char(body, '{');
    json_write_pair(body, is_id(domain) || text_equal(domain, "default") ? "id" : "name", domain);
    text_add_char(body, '}');
}

/* An id says it all; a name needs its domain. */
static void write_named(struct text *body, const char *text, const char *domain)
{
    if (is_id(text)) {
        json_write_pair(body, "id", text);
        return;
    }
    json_write_pair(body, "name", text);
    write_domain(body, domain);
}

static bool write_password(const struct credential *credentials, uint32_t count, struct text *body,
                           struct error *err)
{
    const char *project, *username, *password;
    if (!credential_need(credentials, count, "username", &username, err) ||
        !credential_need(credentials, count, "password", &password, err) ||
        !credential_need(credentials, count, "project", &project, err))
        return false;
    text_add(body, "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{");
    write_named(body, username, credential_find(credentials, count, "userDomain"));
    json_write_pair(body, "password", password);
    text_add(body, "}}},\"scope\":{\"project\":{");
    write_named(body, project, credential_find(credentials, count, "projectDomain"));
    text_add(body, "}}}}");
    return true;
}

/* Bound to its project: no scope. */
static bool write_application(const struct credential *credentials, uint32_t count, const char *id,
                              struct text *body, struct error *err)
{
    const char *secret;
    if (!credential_need(credentials, count, "applicationCredential.secret", &secret, err)) return false;
    text_add(
        body,
        "{\"auth\":{\"identity\":{\"methods\":[\"application_credential\"],\"application_credential\":{");
    json_write_pair(body, "id", id);
    json_write_pair(body, "secret", secret);
    text_add(body, "}}}}");
    return true;
}

bool keystone_v3_application(const struct credential *credentials, uint32_t count, struct text *body,
                             struct error *err)
{
    const char *id;
    return credential_need(credentials, count, "applicationCredential.id", &id, err) &&
           write_application(credentials, count, id, body, err);
}

bool keystone_v3_encode(const struct cloud_config *cloud, const struct credential *credentials,
                        uint32_t count, struct arena *arena, struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    request_start(out, "POST");
    if (!login_url(cloud, credentials, count, NULL, "/v3/auth/tokens", &url, err)) return false;
    const char *application = credential_find(credentials, count, "applicationCredential.id");
    bool written = application ? write_application(credentials, count, application, &body, err)
                               : write_password(credentials, count, &body, err);
    return written && request_finish(out, arena, &url, &body, err);
}

static void add_endpoint(const char *type, const cJSON *item, struct arena *arena, struct endpoint *rows,
                         uint32_t *count)
{
    const char *region = json_get_text(item, "region_id", arena);
    if (!region || !*region) region = json_get_text(item, "region", arena);
    const char *interface = json_get_text(item, "interface", arena), *url = json_get_text(item, "url", arena);
    if (!interface || !url || !*url) return;
    rows[(*count)++] =
        (struct endpoint){.type = type, .region = region ? region : "", .interface = interface, .url = url};
}

bool keystone_v3_decode(const struct cloud_config *cloud, const struct http_response *response,
                        struct now now, const struct keystone_hints *hints, struct arena *arena,
                        struct access *out, enum reply_kind *out_kind, struct error *err)
{
    (void)now;
    *out = (struct access){.token = NULL};
    if (response->transport != TRANSPORT_DONE || !response_is_success(response))
        return login_refused(cloud, response, hints, arena, out_kind, err);
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const cJSON *token = json_member(tree, "token");
    out->token =
        login_token(http_header_find(response->headers, response->header_count, "X-Subject-Token"), arena);
    out->fingerprint = json_get_text(json_member(token, "project"), "id", arena);
    out->expires_wall_ms = login_expiry(json_get_text(token, "expires_at", arena));
    if (!cJSON_IsObject(token) || !out->token)
        return login_strange(cloud, response, "a token", arena, out_kind, err);
    if (!out->fingerprint || !*out->fingerprint)
        return login_strange(cloud, response, "a project", arena, out_kind, err);
    uint32_t count;
    const struct endpoint *rows =
        endpoints_read(json_member(token, "catalog"), 1, add_endpoint, arena, &count);
    *out_kind = REPLY_OK;
    if (endpoints_choose(cloud, rows, count, out->fingerprint, hints, arena, out, err)) return true;
    *out_kind = REPLY_INVALID;
    return false;
}
