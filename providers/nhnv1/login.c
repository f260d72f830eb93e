#include "providers/nhnv1/nhnv1.h"

#include <string.h>

#include "providers/json.h"
#include "providers/keystone/keystone.h"
#include "providers/request.h"
#include "providers/response.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

/* One host for all: the API knows the Korean region only (the guide's "API Endpoint URL"). */
static const char HOST[] = "https://api-compute.cloud.toast.com";
static const char SERVICE_PATH[] = "/compute";

/* The endpoint with version and appkey, unless it has them already: no catalogue tells it. */
static bool add_base(const struct cloud_config *cloud, const char *appkey, struct text *url,
                     struct error *err)
{
    const char *given = cloud->endpoints[SERVICE_COMPUTE] ? cloud->endpoints[SERVICE_COMPUTE] : HOST;
    if (!url_may_carry_secrets(given, cloud->allow_plain_http))
        return error_set(err, ERROR_INPUT,
                         "cloud %s: spec.endpoint %.200s must be https://HOST…; plain http is for loopback "
                         "only, unless allowPlainHttp: true",
                         cloud->name, given);
    url_start(url, given, url_is_host_only(given) ? SERVICE_PATH : "");
    if (strstr(url->bytes, "/appkeys/")) return true;
    text_add(url, "/v1.0/appkeys");
    url_segment(url, appkey);
    return true;
}

bool nhnv1_encode_login(const struct cloud_config *cloud, const struct credential *credentials,
                        uint32_t count, struct arena *arena, struct http_request *out, struct error *err)
{
    const char *appkey, *username, *password;
    if (!credential_need(credentials, count, "appkey", &appkey, err) ||
        !credential_need(credentials, count, "username", &username, err) ||
        !credential_need(credentials, count, "password", &password, err))
        return false;
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    request_start(out, "POST");
    if (!add_base(cloud, appkey, &url, err)) return false;
    text_add(&url, "/tokens");
    text_add(&body, "{\"auth\":{");
    json_write_pair(&body, "username", username);
    json_write_pair(&body, "password", password);
    text_add(&body, "}}");
    if (!request_finish(out, arena, &url, &body, err)) return false;
    nhnv1_say_charset(out);
    return true;
}

static const char *appkey_of(const struct cloud_config *cloud)
{
    for (uint32_t i = 0; i < cloud->auth_count; i++)
        if (text_equal(cloud->auth[i].name, "appkey")) return cloud->auth[i].text;
    return NULL;
}

/* "APPKEY/USER": the project of the token is told nowhere. Ids longer than there is room for are cut. */
static const char *fingerprint_of(const char *appkey, const char *user, struct arena *arena)
{
    const char *whole = arena_printf(arena, "%s/%s", appkey, user);
    return arena_printf(arena, "%.*s", LIMIT_ID, whole);
}

/* What a person should do, after the words of the refusal. */
static const char *advice(enum reply_kind kind)
{
    switch (kind) {
    case REPLY_AUTH:
    case REPLY_DENIED:
        return "check auth.appkey (console, URL & Appkey), auth.username (the account's e-mail), and that "
               "auth.password is the API password set in the console's API endpoint settings, not the log-in "
               "one";
    case REPLY_TRANSPORT:
    case REPLY_OUTAGE:
    case REPLY_THROTTLED: return "it is tried again";
    case REPLY_OK:
    case REPLY_CONFLICT:
    case REPLY_ABSENT:
    case REPLY_QUOTA:
    case REPLY_CAPACITY:
    case REPLY_INVALID:
    case REPLY_KIND_COUNT: break;
    }
    return "check spec.endpoint, such as https://api-compute.cloud.toast.com, and auth.appkey";
}

static bool refused(const struct cloud_config *cloud, const struct http_response *response,
                    struct arena *arena, enum reply_kind *out_kind, struct error *err)
{
    static const struct call LOGIN = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE};
    struct reply reply;
    nhnv1_decode(cloud, &LOGIN, response, arena, &reply);
    *out_kind = reply.kind;
    if (reply.kind == REPLY_TRANSPORT)
        return error_set(err, ERROR_TRANSPORT, "cloud %s: the API cannot be reached for a token: %.300s",
                         cloud->name, reply.message);
    return error_set(err, ERROR_PROTOCOL, "cloud %s: the log-in was refused (%.160s); %s", cloud->name,
                     reply.message, advice(reply.kind));
}

static bool is_success(const struct http_response *response, struct arena *arena)
{
    struct nhnv1_envelope envelope;
    return response->transport == TRANSPORT_DONE && response_is_success(response) &&
           nhnv1_envelope_read(response, arena, &envelope) && envelope.successful;
}

static bool strange(const struct cloud_config *cloud, const char *what, enum reply_kind *out_kind,
                    struct error *err)
{
    *out_kind = REPLY_OUTAGE;
    return error_set(err, ERROR_PROTOCOL,
                     "cloud %s: the API answers the log-in without %s; check spec.endpoint", cloud->name,
                     what);
}

bool nhnv1_decode_login(const struct cloud_config *cloud, const struct http_response *response,
                        struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                        struct error *err)
{
    (void)now;
    *out = (struct access){.token = NULL};
    if (!is_success(response, arena)) return refused(cloud, response, arena, out_kind, err);
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const cJSON *access = json_member(tree, "access"), *token = json_member(access, "token");
    const char *user = json_get_text(json_member(access, "user"), "id", arena), *appkey = appkey_of(cloud);
    out->token = login_token(cJSON_GetStringValue(json_member(token, "id")), arena);
    out->expires_wall_ms = login_expiry(json_get_text(token, "expires", arena));
    if (!out->token) return strange(cloud, "a token", out_kind, err);
    if (!user || !*user) return strange(cloud, "a user", out_kind, err);
    *out_kind = REPLY_INVALID;
    AUTO_TEXT struct text base;
    text_init(&base, URL_MAX);
    if (!appkey || !*appkey)
        return error_set(err, ERROR_INPUT, "cloud %s: auth.appkey is missing", cloud->name);
    if (!add_base(cloud, appkey, &base, err)) return false;
    out->fingerprint = fingerprint_of(appkey, user, arena);
    out->endpoints[SERVICE_COMPUTE] = arena_text(arena, base.bytes);
    *out_kind = REPLY_OK;
    return true;
}

/* --- the token check --- */

bool nhnv1_encode_check(const struct cloud_config *cloud, const struct access *access, struct arena *arena,
                        struct http_request *out, struct error *err)
{
    (void)cloud;
    AUTO_TEXT struct text url;
    text_init(&url, URL_MAX);
    url_start(&url, access->endpoints[SERVICE_COMPUTE], "/tokens");
    url_query(&url, "id", access->token);
    request_start(out, "GET");
    request_header(out, "X-Auth-Token", access->token);
    return request_finish(out, arena, &url, NULL, err);
}

/* "Same reply" as the log-in's: of this token, and not of whatever else the id may have been taken for. */
bool nhnv1_decode_check(const struct http_response *response, const char *token)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (!is_success(response, &arena)) return false;
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const cJSON *told = json_member(json_member(tree, "access"), "token");
    return text_equal(cJSON_GetStringValue(json_member(told, "id")), token);
}
