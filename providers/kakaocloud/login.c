#include "providers/kakaocloud/kakaocloud.h"

#include <string.h>

#include "providers/json.h"
#include "providers/keystone/keystone.h"
#include "providers/request.h"
#include "providers/response.h"
#include "reconcile/base/cleanup.h"

static const char IAM_URL[] = "https://iam.kakaocloud.com";
static const char REGION[] = "kr-central-2";

/* The hosts of a region. The catalogue in the token's body is that of the machinery behind: not ours. */
static const struct {
    enum service service;
    const char *host;
} HOSTS[] = {
    {SERVICE_COMPUTE, "bcs"},   {SERVICE_IMAGE, "image"}, {SERVICE_NETWORK, "network"},
    {SERVICE_VOLUME, "volume"}, {SERVICE_VPC, "vpc"},
};
static const char API_PATH[] = "/api/v1";

static const struct keystone_hints HINTS = {
    .refused = "check auth.applicationCredential.id and .secret (an access key may have expired or been "
               "deleted, and it belongs to one project)",
    .url_form = "auth.url should be the IAM host, such as https://iam.kakaocloud.com",
};

static bool ends_with(const struct text *url, const char *tail)
{
    size_t size = strlen(tail);
    return url->length >= size && strcmp(url->bytes + url->length - size, tail) == 0;
}

bool kakao_encode_login(const struct cloud_config *cloud, const struct credential *credentials,
                        uint32_t count, struct arena *arena, struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    request_start(out, "POST");
    if (!login_url(cloud, credentials, count, IAM_URL, "", &url, err)) return false;
    text_add(&url, ends_with(&url, "/identity") ? "/v3/auth/tokens" : "/identity/v3/auth/tokens");
    return keystone_v3_application(credentials, count, &body, err) &&
           request_finish(out, arena, &url, &body, err);
}

static const char *endpoint(const struct cloud_config *cloud, enum service service, const char *host,
                            struct arena *arena)
{
    const char *given = cloud->endpoints[service];
    AUTO_TEXT struct text url;
    text_init(&url, URL_MAX);
    if (given && !url_is_host_only(given)) return arena_text(arena, given);
    if (given)
        url_start(&url, given, API_PATH);
    else
        text_addf(&url, "https://%s.%s.kakaocloud.com%s", host, cloud->region ? cloud->region : REGION,
                  API_PATH);
    return arena_text(arena, url.bytes);
}

static bool choose_endpoints(const struct cloud_config *cloud, struct arena *arena, struct access *out,
                             struct error *err)
{
    for (size_t i = 0; i < sizeof HOSTS / sizeof HOSTS[0]; i++) {
        const char *url = endpoint(cloud, HOSTS[i].service, HOSTS[i].host, arena);
        if (!url_may_carry_secrets(url, cloud->allow_plain_http))
            return error_set(
                err, ERROR_INPUT,
                "cloud %s: the %s endpoint %.200s is plain http to another host; the token would "
                "be readable on the way: give an https one in spec.endpoints, or set "
                "allowPlainHttp: true",
                cloud->name, service_name(HOSTS[i].service), url);
        out->endpoints[HOSTS[i].service] = url;
    }
    return true;
}

bool kakao_decode_login(const struct cloud_config *cloud, const struct http_response *response,
                        struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                        struct error *err)
{
    (void)now;
    *out = (struct access){.token = NULL};
    if (response->transport != TRANSPORT_DONE || !response_is_success(response))
        return login_refused(cloud, response, &HINTS, arena, out_kind, err);
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const cJSON *token = json_member(tree, "token");
    out->token =
        login_token(http_header_find(response->headers, response->header_count, "X-Subject-Token"), arena);
    out->fingerprint = json_get_text(json_member(token, "project"), "id", arena);
    out->place = arena_text(arena, cloud->region ? cloud->region : REGION);
    out->expires_wall_ms = login_expiry(json_get_text(token, "expires_at", arena));
    if (!cJSON_IsObject(token) || !out->token)
        return login_strange(cloud, response, "a token", arena, out_kind, err);
    if (!out->fingerprint || !*out->fingerprint)
        return login_strange(cloud, response, "a project", arena, out_kind, err);
    *out_kind = choose_endpoints(cloud, arena, out, err) ? REPLY_OK : REPLY_INVALID;
    return *out_kind == REPLY_OK;
}
