#include "daemon/session.h"

#include <string.h>

#include "providers/leak.h"
#include "providers/response.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/text.h"

enum { SESSION_RENEW_SHARE = 10 /* of its life, in parts */ };

static void token_wipe(struct session *session)
{
    const char *token = session->access.token;
    if (token) explicit_bzero((char *)(uintptr_t)token, strlen(token));
    session->access = (struct access){0};
    session->serial = 0;
    arena_release(&session->arena);
}

void session_init(struct session *session)
{
    *session = (struct session){.renew_boot_ms = NEVER_MS, .expire_boot_ms = NEVER_MS};
    arena_init(&session->arena);
}

void session_release(struct session *session)
{
    token_wipe(session);
}

bool session_has_token(const struct session *session, struct now now)
{
    return session->serial != 0 && now.boot_ms < session->expire_boot_ms;
}

void session_renew(struct session *session, struct now now)
{
    session->renew_boot_ms = instant_min(session->renew_boot_ms, now.boot_ms);
}

bool session_wants_login(const struct session *session, struct now now)
{
    if (session->logging_in || now.boot_ms < session->retry_boot_ms) return false;
    return !session_has_token(session, now) || now.boot_ms >= session->renew_boot_ms;
}

enum session_state session_state(const struct session *session, struct now now)
{
    if (session_has_token(session, now)) return SESSION_READY;
    return session->message[0] ? SESSION_FAILED : SESSION_NONE;
}

int64_t session_due_ms(const struct session *session, struct now now)
{
    int64_t due_ms = NEVER_MS;
    if (session_has_token(session, now)) due_ms = session->expire_boot_ms;
    if (session->logging_in || session_wants_login(session, now)) return due_ms;
    int64_t login_ms = session_has_token(session, now) ? session->renew_boot_ms : now.boot_ms;
    return instant_min(due_ms, instant_max(login_ms, session->retry_boot_ms));
}

static int64_t retry_wait_ms(const struct session *session)
{
    int64_t wait_ms = SESSION_RETRY_MIN_MS;
    for (uint32_t i = 1; i < session->failures && wait_ms < SESSION_RETRY_MAX_MS; i++)
        wait_ms *= 2;
    return instant_min(wait_ms, SESSION_RETRY_MAX_MS);
}

/* Whoever shows the message names the cloud, and so do providers: once is enough. */
static const char *without_cloud(const char *message, const char *cloud)
{
    size_t size = strlen(cloud);
    bool named = text_starts(message, "cloud ") && strncmp(message + 6, cloud, size) == 0 &&
                 text_starts(message + 6 + size, ": ");
    return named ? message + 6 + size + 2 : message;
}

static void session_fail(struct session *session, const char *message, int64_t retry_after_ms, struct now now)
{
    session->logging_in = false;
    session->failures++;
    int64_t wait_ms = instant_max(retry_wait_ms(session), retry_after_ms);
    session->retry_boot_ms = instant_after(now.boot_ms, wait_ms);
    text_copy(session->message, sizeof session->message, message);
}

static void material_apply(struct cloud_config *cloud, const struct login_material *material,
                           struct arena *arena)
{
    if (material->auth_url) cloud->auth_url = arena_text(arena, material->auth_url);
    if (material->region) cloud->region = arena_text(arena, material->region);
    if (material->interface) cloud->interface = arena_text(arena, material->interface);
    if (material->tls_ca) cloud->tls_ca = arena_text(arena, material->tls_ca);
    if (material->auth_form) cloud->auth_form = material->auth_form;
}

bool session_begin(struct session *session, const struct provider *provider, const struct login_host *host,
                   struct cloud_config *cloud, struct arena *cloud_arena, struct arena *arena,
                   struct http_request *out, struct now now)
{
    struct login_material material = {0};
    struct error error = {0};
    bool good = host->material(host->ctx, cloud, &material, &error);
    if (good) {
        material_apply(cloud, &material, cloud_arena);
        good = provider->encode_login(cloud, material.credentials, material.count, arena, out, &error);
    }
    host->wipe(host->ctx, &material);
    if (good)
        session->logging_in = true;
    else
        session_fail(session, without_cloud(error.text, cloud->name), 0, now);
    return good;
}

/* Counted from the sending: what the way took is taken off the life. An end that lies in the past is a wrong
   clock somewhere; then the first 401 decides. */
static void life_set(struct session *session, int64_t sent_boot_ms, int64_t reply_wall_ms)
{
    session->renew_boot_ms = session->expire_boot_ms = NEVER_MS;
    if (session->access.expires_wall_ms < 0) return;
    int64_t life_ms = session->access.expires_wall_ms - reply_wall_ms;
    if (life_ms <= 0) return;
    int64_t left_ms = instant_max(SESSION_RENEW_MS, life_ms / SESSION_RENEW_SHARE);
    session->expire_boot_ms = sent_boot_ms + life_ms;
    session->renew_boot_ms = session->expire_boot_ms - instant_min(left_ms, life_ms / 2);
}

static void session_accept(struct session *session, struct arena *arena, const struct access *access)
{
    token_wipe(session);
    session->arena = *arena;
    arena_init(arena);
    session->access = *access;
    session->serial = ++session->last_serial;
    session->logging_in = false;
    session->retry_boot_ms = 0;
    session->message[0] = '\0';
    text_copy(session->fingerprint, sizeof session->fingerprint, access->fingerprint);
    text_copy(session->place, sizeof session->place, access->place ? access->place : "");
}

static void response_read(const struct http_response *response, struct arena *arena, struct reply *out)
{
    static const char *const no_ids[] = {NULL};
    response_basics(response, no_ids, arena, out);
}

void session_finish(struct session *session, const struct provider *provider,
                    const struct cloud_config *cloud, const struct http_request *request,
                    const struct http_response *response, struct now now)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply basics;
    response_read(response, &arena, &basics);
    struct access access = {.expires_wall_ms = -1};
    struct error error = {0};
    enum reply_kind kind;
    if (provider->decode_login(cloud, response, now, &arena, &access, &kind, &error)) {
        session_accept(session, &arena, &access);
        life_set(session, response->sent_boot_ms,
                 basics.date_wall_ms >= 0 ? basics.date_wall_ms : now.wall_ms);
        return;
    }
    const char *message = without_cloud(error.text, cloud->name);
    if (leak_of_login(request, response))
        message = arena_printf(&arena,
                               "the log-in was answered by HTTP %d in words that repeat a secret and are not "
                               "shown; check spec.auth",
                               response->status);
    session_fail(session, message, basics.retry_after_ms, now);
    if (basics.retry_after_ms > 0) session->quiet_boot_ms = instant_after(now.boot_ms, basics.retry_after_ms);
}

void session_prove(struct session *session, uint64_t serial)
{
    if (serial == session->serial) session->failures = 0;
}

void session_drop(struct session *session, uint64_t serial)
{
    if (serial == session->serial) token_wipe(session);
}

void session_doubt(struct session *session, uint64_t serial)
{
    session->doubted_serial = serial;
}

bool session_wants_check(const struct session *session, struct now now)
{
    return session->doubted_serial != 0 && session->doubted_serial == session->serial && !session->checking &&
           session_has_token(session, now);
}

void session_check_begin(struct session *session)
{
    session->checking = true;
    session->doubted_serial = 0;
}

bool session_check_finish(struct session *session, const struct provider *provider, uint64_t serial,
                          const char *token, const struct http_response *response, struct now now)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply basics;
    session->checking = false;
    if (response->transport != TRANSPORT_DONE) return false;
    response_read(response, &arena, &basics);
    bool good = provider->decode_check(response, token);
    if (good) session_prove(session, serial);
    if (basics.retry_after_ms <= 0) return good;
    session->quiet_boot_ms = instant_after(now.boot_ms, basics.retry_after_ms);
    session->retry_boot_ms = instant_max(session->retry_boot_ms, session->quiet_boot_ms);
    return good;
}

void session_refuse(struct session *session, uint64_t serial, struct now now)
{
    if (serial != session->serial || serial == 0) return;
    token_wipe(session);
    session_fail(session,
                 "the cloud refuses a token that it has just issued (401); check that spec.endpoint and "
                 "spec.region belong to the account of spec.auth, and that its user may use this project",
                 0, now);
}
