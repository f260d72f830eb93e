#include "providers/keystone/keystone.h"

#include <string.h>

#include "providers/ascii.h"
#include "providers/json.h"
#include "providers/request.h"
#include "providers/response.h"
#include "reconcile/base/text.h"

const char *credential_find(const struct credential *credentials, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (text_equal(credentials[i].name, name) && credentials[i].text && *credentials[i].text)
            return credentials[i].text;
    return NULL;
}

bool credential_need(const struct credential *credentials, uint32_t count, const char *name, const char **out,
                     struct error *err)
{
    *out = credential_find(credentials, count, name);
    return *out || error_set(err, ERROR_INPUT, "auth.%s is missing or empty", name);
}

/* Length of `url` without what people copy along: slashes, a version, the token path. */
static size_t root_length(const char *url)
{
    static const char *const TAILS[] = {"/auth/tokens", "/tokens", "/v2.0", "/v3"};
    size_t length = strlen(url);
    for (size_t i = 0; i <= sizeof TAILS / sizeof TAILS[0]; i++) {
        while (length && url[length - 1] == '/')
            length--;
        size_t tail = i < sizeof TAILS / sizeof TAILS[0] ? strlen(TAILS[i]) : SIZE_MAX;
        if (tail < length && memcmp(url + length - tail, TAILS[i], tail) == 0) length -= tail;
    }
    return length;
}

bool login_url(const struct cloud_config *cloud, const struct credential *credentials, uint32_t count,
               const char *default_url, const char *path, struct text *url, struct error *err)
{
    const char *given = credential_find(credentials, count, "url");
    if (!given) given = cloud->auth_url ? cloud->auth_url : default_url;
    if (!given) return error_set(err, ERROR_INPUT, "cloud %s: auth.url is missing", cloud->name);
    if (!url_may_carry_secrets(given, cloud->allow_plain_http))
        return error_set(
            err, ERROR_INPUT,
            "cloud %s: auth.url %.200s must be https://HOST…; plain http is for loopback only, unless "
            "allowPlainHttp: true",
            cloud->name, given);
    text_clear(url);
    text_add_bytes(url, given, root_length(given));
    text_add(url, path);
    return true;
}

static const struct {
    int status_min, status_max;
    enum reply_kind kind;
} KINDS[] = {
    {401, 401, REPLY_AUTH},      {403, 403, REPLY_DENIED},    {408, 408, REPLY_OUTAGE},
    {413, 413, REPLY_THROTTLED}, {429, 429, REPLY_THROTTLED}, {501, 501, REPLY_INVALID},
    {500, 599, REPLY_OUTAGE},    {300, 499, REPLY_INVALID},
};

static enum reply_kind kind_of(int status)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (status >= KINDS[i].status_min && status <= KINDS[i].status_max) return KINDS[i].kind;
    return REPLY_OUTAGE;
}

/* What to do about it, after "the log-in was refused (words); ". */
static const char *advice(int status, enum reply_kind kind, const struct keystone_hints *hints)
{
    if (status == 404 || (status >= 300 && status < 400)) return hints->url_form;
    if (kind == REPLY_AUTH || kind == REPLY_DENIED) return hints->refused;
    if (kind == REPLY_THROTTLED || kind == REPLY_OUTAGE) return "it is tried again";
    return hints->url_form;
}

bool login_refused(const struct cloud_config *cloud, const struct http_response *response,
                   const struct keystone_hints *hints, struct arena *arena, enum reply_kind *out_kind,
                   struct error *err)
{
    static const char *const NO_IDS[] = {NULL};
    struct reply basics;
    response_basics(response, NO_IDS, arena, &basics);
    if (response_failed(response, arena, &basics)) {
        *out_kind = REPLY_TRANSPORT;
        return error_set(err, ERROR_TRANSPORT,
                         "cloud %s: the identity service of auth.url cannot be reached: %.300s", cloud->name,
                         basics.message);
    }
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const char *words = json_get_text(json_member(tree, "error"), "message", arena);
    const char *said =
        words ? arena_printf(arena, "HTTP %d: %s", response->status, response_message(words, arena))
              : response_strange(response, arena);
    *out_kind = kind_of(response->status);
    return error_set(err, ERROR_PROTOCOL, "cloud %s: the log-in was refused (%.160s); %s", cloud->name, said,
                     advice(response->status, *out_kind, hints));
}

bool login_strange(const struct cloud_config *cloud, const struct http_response *response, const char *what,
                   struct arena *arena, enum reply_kind *out_kind, struct error *err)
{
    *out_kind = REPLY_OUTAGE;
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const char *words = tree ? arena_printf(arena, "HTTP %d without %s", response->status, what)
                             : response_strange(response, arena);
    return error_set(err, ERROR_PROTOCOL,
                     "cloud %s: the identity service answers the log-in with %s; check auth.url", cloud->name,
                     words);
}

int64_t login_expiry(const char *expires)
{
    int64_t expiry_ms;
    if (!expires || !instant_parse(expires, &expiry_ms)) return -1;
    return expiry_ms < 0 ? -1 : expiry_ms;
}

const char *login_token(const char *token, struct arena *arena)
{
    if (!token || !*token) return NULL;
    for (const char *at = token; *at; at++)
        if (!ascii_is_visible(*at)) return NULL;
    return arena_text(arena, token);
}
