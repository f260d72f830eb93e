#include "providers/tencent/tencent.h"

#include <stdlib.h>
#include <string.h>

#include "providers/ascii.h"
#include "providers/json.h"
#include "providers/request.h"
#include "providers/response.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/md5.h"

static const char COMPUTE_PATH[] = "/v1/tencent/compute";
static const char LOGIN_PATH[] = "/v1/authentication/login";
static const char LOGOUT_PATH[] = "/v1/authentication/logout";

static const char *const NO_IDS[] = {NULL};

static bool credential_need(const struct credential *credentials, uint32_t count, const char *name,
                            const char **out, struct error *err)
{
    for (uint32_t i = 0; i < count; i++)
        if (text_equal(credentials[i].name, name) && credentials[i].text && *credentials[i].text) {
            *out = credentials[i].text;
            return true;
        }
    return error_set(err, ERROR_INPUT, "auth.%s is missing or empty", name);
}

/* Length of an endpoint without slashes and the path of the compute calls, which people copy along. */
static size_t root_length(const char *url)
{
    size_t length = strlen(url), tail = sizeof COMPUTE_PATH - 1;
    while (length && url[length - 1] == '/')
        length--;
    if (length > tail && memcmp(url + length - tail, COMPUTE_PATH, tail) == 0) length -= tail;
    return length;
}

/* auth.url, where the log-in is somewhere else than the calls. */
static bool session_url(const struct cloud_config *cloud, const char *path, struct text *url,
                        struct error *err)
{
    const char *given = cloud->auth_url ? cloud->auth_url : cloud->endpoints[SERVICE_COMPUTE];
    if (!given)
        return error_set(err, ERROR_INPUT,
                         "cloud %s: endpoint is missing; give the gateway's address, such as "
                         "https://gateway.example:8080",
                         cloud->name);
    if (!url_may_carry_secrets(given, cloud->allow_plain_http))
        return error_set(
            err, ERROR_INPUT,
            "cloud %s: the endpoint %.200s must be https://HOST…; plain http is for loopback only, "
            "unless allowPlainHttp: true",
            cloud->name, given);
    text_add_bytes(url, given, root_length(given));
    text_add(url, path);
    return true;
}

static bool write_body(const struct credential *credentials, uint32_t count, struct text *body,
                       struct error *err)
{
    const char *tenant, *username, *password;
    char digest[MD5_HEX + 1];
    if (!credential_need(credentials, count, "tenant", &tenant, err) ||
        !credential_need(credentials, count, "username", &username, err) ||
        !credential_need(credentials, count, "password", &password, err))
        return false;
    md5_hex(password, strlen(password), digest);
    text_add_char(body, '{');
    json_write_pair(body, "tenant", tenant);
    json_write_pair(body, "user", username);
    json_write_pair(body, "password", digest);
    explicit_bzero(digest, sizeof digest);
    json_write_key(body, "is_ldap");
    text_add(body, "false}");
    return true;
}

bool tencent_encode_login(const struct cloud_config *cloud, const struct credential *credentials,
                          uint32_t count, struct arena *arena, struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    request_start(out, "POST");
    return session_url(cloud, LOGIN_PATH, &url, err) && write_body(credentials, count, &body, err) &&
           request_finish(out, arena, &url, &body, err);
}

/* Whose session it is says the header alone. */
bool tencent_encode_logout(const struct cloud_config *cloud, const struct access *access, struct arena *arena,
                           struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    text_add(&body, "{}");
    request_start(out, "POST");
    request_header(out, "Authorization", access->token);
    return session_url(cloud, LOGOUT_PATH, &url, err) && request_finish(out, arena, &url, &body, err);
}

/* --- the token --- */

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (ascii_is_digit(c)) return c - '0' + 52;
    if (c == '-' || c == '+') return 62;
    return c == '_' || c == '/' ? 63 : -1;
}

/* base64url (RFC 4648, 5) up to a dot or the end; NULL: it is none. */
static char *decoded_part(const char *part, struct arena *arena, size_t *out_size)
{
    size_t length = strcspn(part, ".=");
    char *bytes = arena_alloc(arena, length + 1);
    uint32_t bits = 0;
    unsigned held = 0;
    *out_size = 0;
    for (size_t i = 0; i < length; i++) {
        int value = sextet(part[i]);
        if (value < 0) return NULL;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes[(*out_size)++] = (char)(bits >> held & 0xFF);
    }
    return bytes;
}

int64_t jwt_expiry(const char *token, struct arena *arena)
{
    static const int64_t LATEST = INT64_C(1) << 40; /* far behind any date, far from overflow */
    const char *dot = strchr(token, '.');
    size_t size;
    char *claims = dot ? decoded_part(dot + 1, arena, &size) : NULL;
    if (!claims) return -1;
    AUTO_JSON cJSON *tree = json_parse(claims, size);
    return json_get_number(tree, "exp", LATEST, -1);
}

static bool is_header_text(const char *token)
{
    if (!token || !*token) return false;
    while (*token && ascii_is_visible(*token))
        token++;
    return *token == '\0';
}

static const char *plain_value(const struct cloud_config *cloud, const char *name)
{
    for (uint32_t i = 0; i < cloud->auth_count; i++)
        if (text_equal(cloud->auth[i].name, name)) return cloud->auth[i].text;
    return NULL;
}

/* What stands in the header: the specification prints the token alone, working clients send Bearer. */
static const char *authorization(const struct cloud_config *cloud, const char *token, struct arena *arena)
{
    if (text_equal(plain_value(cloud, TENCENT_SCHEME), TENCENT_SCHEME_BARE)) return arena_text(arena, token);
    return arena_printf(arena, "Bearer %s", token);
}

/* --- the reply --- */

static const char *advice(enum reply_kind kind, int status)
{
    if (status == 404)
        return "endpoint should be the gateway's address, such as https://gateway.example:8080";
    if (kind == REPLY_OUTAGE || kind == REPLY_THROTTLED) return "it is tried again";
    return "check auth.tenant (the tenant's name), auth.username and auth.password; the gateway locks out "
           "whoever "
           "fails too often";
}

/* A code that nobody knows is a wrong password rather than an outage: there is not much else to refuse. */
static enum reply_kind refusal_kind(const struct envelope *envelope, int status)
{
    enum reply_kind kind = tencent_error_kind(envelope, status);
    bool outage = kind == REPLY_OUTAGE && (status > 299 || (envelope->coded && envelope->code == 10000));
    if (outage || kind == REPLY_THROTTLED || kind == REPLY_INVALID) return kind;
    return REPLY_AUTH;
}

static bool refused(const struct cloud_config *cloud, const struct http_response *response,
                    const struct envelope *envelope, struct arena *arena, enum reply_kind *out_kind,
                    struct error *err)
{
    *out_kind = refusal_kind(envelope, response->status);
    const char *said =
        envelope->coded
            ? *envelope->words ? envelope->words : arena_printf(arena, "code %lld", (long long)envelope->code)
            : response_strange(response, arena);
    return error_set(err, ERROR_PROTOCOL, "cloud %s: the log-in was refused (%.160s); %s", cloud->name, said,
                     advice(*out_kind, response->status));
}

static bool strange(const struct cloud_config *cloud, const char *what, enum reply_kind *out_kind,
                    struct error *err)
{
    *out_kind = REPLY_OUTAGE;
    return error_set(err, ERROR_PROTOCOL,
                     "cloud %s: the gateway answers the log-in without %s; check endpoint", cloud->name,
                     what);
}

/* The tenant whose instances are meant is what the bodies name: the token may be the system tenant's. */
static bool take_access(const struct cloud_config *cloud, const cJSON *data, struct arena *arena,
                        struct access *out, enum reply_kind *out_kind, struct error *err)
{
    const char *token = cJSON_GetStringValue(json_member(data, "token"));
    const char *tenant = json_get_text(data, "tenant_uuid", arena);
    if (!is_header_text(token)) return strange(cloud, "a token", out_kind, err);
    if (!tenant || !*tenant) tenant = cloud->tenant_uuid;
    if (!tenant || !*tenant || strlen(tenant) > LIMIT_ID) return strange(cloud, "a tenant", out_kind, err);
    int64_t expiry = jwt_expiry(token, arena);
    out->token = authorization(cloud, token, arena);
    out->fingerprint = tenant;
    out->place = arena_printf(arena, "%s/%s", cloud->region ? cloud->region : "",
                              cloud->cluster_uuid ? cloud->cluster_uuid : "");
    out->expires_wall_ms = expiry < 0 ? -1 : expiry * SECOND_MS;
    return true;
}

static bool take_endpoint(const struct cloud_config *cloud, struct arena *arena, struct access *out,
                          struct error *err)
{
    const char *given = cloud->endpoints[SERVICE_COMPUTE];
    if (!given)
        return error_set(err, ERROR_INPUT, "cloud %s: endpoint is missing; give the gateway's address",
                         cloud->name);
    if (!url_may_carry_secrets(given, cloud->allow_plain_http))
        return error_set(err, ERROR_INPUT,
                         "cloud %s: the endpoint %.200s is plain http to another host; the token would be "
                         "readable on the way: give an https one, or set allowPlainHttp: true",
                         cloud->name, given);
    const char *path = url_is_host_only(given) ? COMPUTE_PATH : "";
    out->endpoints[SERVICE_COMPUTE] =
        arena_printf(arena, "%.*s%s", (int)(*path ? root_length(given) : strlen(given)), given, path);
    return true;
}

bool tencent_decode_login(const struct cloud_config *cloud, const struct http_response *response,
                          struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                          struct error *err)
{
    (void)now;
    *out = (struct access){.token = NULL};
    struct reply basics;
    struct envelope envelope = {.words = "", .all_words = ""};
    response_basics(response, NO_IDS, arena, &basics);
    if (response_failed(response, arena, &basics)) {
        *out_kind = REPLY_TRANSPORT;
        return error_set(err, ERROR_TRANSPORT, "cloud %s: the gateway cannot be reached: %.300s", cloud->name,
                         basics.message);
    }
    if (!envelope_read(response, arena, &envelope) || !envelope.coded || envelope.code != 0 ||
        !response_is_success(response))
        return refused(cloud, response, &envelope, arena, out_kind, err);
    AUTO_JSON cJSON *data = envelope.data.size ? json_parse(envelope.data.at, envelope.data.size) : NULL;
    if (!take_access(cloud, data, arena, out, out_kind, err)) return false;
    *out_kind = take_endpoint(cloud, arena, out, err) ? REPLY_OK : REPLY_INVALID;
    return *out_kind == REPLY_OK;
}
