#ifndef SETPOINT_TESTS_PLAIN_PROVIDER_H
#define SETPOINT_TESTS_PLAIN_PROVIDER_H

#include <stdio.h>

#include "daemon/session.h"
#include "providers/provider.h"
#include "reconcile/base/text.h"

/* A provider with the simplest protocol there is, for tests of daemon/session and daemon/dispatch: a log-in
   is "login PASSWORD" and answers "TOKEN EXPIRES_WALL_MS PROJECT"; a call is its kind's name as URL with the
   token as header, its server and interface as body, and any 2xx is good. A call whose argument is "?" cannot
   be encoded. "expired" with status 200 is a refused token, "denied" one or a call that is denied:
   "plain:check TOKEN" is answered "good TOKEN". Its other half, "parting", has a log-out beside. */

#define PLAIN_PASSWORD "correct horse"

static bool plain_encode_login(const struct cloud_config *cloud, const struct credential *credentials,
                               uint32_t count, struct arena *arena, struct http_request *out,
                               struct error *err)
{
    (void)cloud;
    if (count != 1) return error_set(err, ERROR_INPUT, "one credential is needed");
    *out = (struct http_request){.method = "POST", .url = "plain:login"};
    out->body = arena_printf(arena, "login %s", credentials[0].text);
    out->body_size = strlen(out->body);
    return true;
}

static bool plain_decode_login(const struct cloud_config *cloud, const struct http_response *response,
                               struct now now, struct arena *arena, struct access *out,
                               enum reply_kind *out_kind, struct error *err)
{
    (void)now;
    char token[64], project[64];
    long long expires;
    *out_kind = REPLY_AUTH;
    if (response->transport != TRANSPORT_DONE)
        return error_set(err, ERROR_TRANSPORT, "cloud %s: no reply: %s", cloud->name, response->problem);
    if (response->status != 200) return error_set(err, ERROR_PROTOCOL, "wrong password; check spec.auth");
    if (sscanf(response->body, "%63s %lld %63s", token, &expires, project) != 3)
        return error_set(err, ERROR_PROTOCOL, "no token in the reply");
    out->token = arena_text(arena, token);
    out->expires_wall_ms = expires;
    out->fingerprint = arena_text(arena, project);
    *out_kind = REPLY_OK;
    return true;
}

static bool plain_encode(const struct cloud_config *cloud, const struct access *access,
                         const struct call *call, struct arena *arena, struct http_request *out,
                         struct error *err)
{
    (void)cloud;
    if (text_equal(call->argument, "?")) return error_set(err, ERROR_INPUT, "this call has no form here");
    *out = (struct http_request){.method = "POST", .url = call_name(call->kind), .header_count = 1};
    out->headers[0] = (struct http_header){"Token", arena_text(arena, access->token)};
    if (!call->nic) return true;
    out->body = arena_printf(arena, "%s %s", call->provider_id, call->nic);
    out->body_size = strlen(out->body);
    return true;
}

static bool plain_is_doubtful(const struct http_response *response)
{
    return text_equal(response->body, "denied");
}

static bool plain_is_unauthorized(const struct http_response *response)
{
    return text_equal(response->body, "expired") || plain_is_doubtful(response);
}

static bool plain_encode_check(const struct cloud_config *cloud, const struct access *access,
                               struct arena *arena, struct http_request *out, struct error *err)
{
    (void)cloud;
    (void)err;
    *out =
        (struct http_request){.method = "GET", .url = arena_printf(arena, "plain:check %s", access->token)};
    return true;
}

static bool plain_decode_check(const struct http_response *response, const char *token)
{
    char good[80];
    snprintf(good, sizeof good, "good %s", token);
    return text_equal(response->body, good);
}

static bool plain_encode_logout(const struct cloud_config *cloud, const struct access *access,
                                struct arena *arena, struct http_request *out, struct error *err)
{
    (void)cloud;
    (void)err;
    *out =
        (struct http_request){.method = "POST", .url = arena_printf(arena, "plain:logout %s", access->token)};
    return true;
}

static void plain_decode(const struct cloud_config *cloud, const struct call *call,
                         const struct http_response *response, struct arena *arena, struct reply *out)
{
    (void)cloud;
    *out = (struct reply){.message = "", .request_id = "", .date_wall_ms = -1, .total = -1};
    out->http_status = response->status;
    if (response->transport != TRANSPORT_DONE) {
        out->kind = REPLY_TRANSPORT;
        out->not_sent = response->transport == TRANSPORT_NOT_SENT;
        out->message = arena_text(arena, response->problem);
    } else if (response->status == 401 || plain_is_unauthorized(response)) {
        out->kind = REPLY_AUTH;
        out->message = arena_text(arena, response->body);
    } else if (response->status == 200) {
        out->provider_id = arena_text(arena, call->provider_id);
    } else {
        out->kind = REPLY_OUTAGE;
        out->message = arena_text(arena, response->body);
    }
}

static const struct traits plain_traits = {.provider = "plain"};
static const struct traits parting_traits = {.provider = "parting"};

#define PLAIN_CALLS                                                                                          \
    .encode_login = plain_encode_login, .decode_login = plain_decode_login, .encode = plain_encode,          \
    .is_unauthorized = plain_is_unauthorized, .is_doubtful = plain_is_doubtful,                              \
    .encode_check = plain_encode_check, .decode_check = plain_decode_check, .decode = plain_decode
static const struct provider plain_provider = {.traits = &plain_traits, PLAIN_CALLS};
static const struct provider parting_provider = {
    .traits = &parting_traits, PLAIN_CALLS, .encode_logout = plain_encode_logout};
#undef PLAIN_CALLS

/* The host of log-ins: one password, which can be made unreadable, and counts what was read and wiped. */
struct plain_host {
    bool unreadable;
    int read, wiped;
    struct login_material extra; /* what clouds.yaml would say */
};

static bool plain_material(void *ctx, const struct cloud_config *cloud, struct login_material *out,
                           struct error *err)
{
    static const struct credential password = {"password", PLAIN_PASSWORD};
    struct plain_host *host = ctx;
    (void)cloud;
    host->read++;
    *out = host->extra;
    out->credentials = &password;
    out->count = 1;
    return !host->unreadable || error_set(err, ERROR_SYSTEM, "the password file cannot be read; check it");
}

static void plain_wipe(void *ctx, struct login_material *material)
{
    struct plain_host *host = ctx;
    (void)material;
    host->wiped++;
}

static struct login_host plain_login_host(struct plain_host *host)
{
    return (struct login_host){.ctx = host, .material = plain_material, .wipe = plain_wipe};
}

static struct now plain_now(int64_t boot_ms)
{
    return (struct now){.boot_ms = boot_ms, .wall_ms = 1700000000000 + boot_ms};
}

#endif
