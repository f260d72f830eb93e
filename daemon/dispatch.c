#include "daemon/dispatch.h"

#include <string.h>

#include "daemon/account.h"
#include "daemon/config_copy.h"
#include "daemon/flight.h"
#include "daemon/flying.h"
#include "daemon/outcome.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

struct dispatch {
    struct login_host host;
    struct batch *events;
    struct account *accounts;
    struct flying flying; /* transfers without a response */
    uint64_t next_id;     /* of the transfer that dispatch_next gives out next, at least */
    bool leaving;
    struct dispatch_counts counts;
};

struct dispatch *dispatch_new(const struct login_host *host, struct batch *events)
{
    struct dispatch *dispatch = NEW(struct dispatch);
    dispatch->host = *host;
    dispatch->events = events;
    dispatch->next_id = 1;
    return dispatch;
}

void dispatch_free(struct dispatch *dispatch)
{
    if (dispatch == NULL) return;
    flying_release(&dispatch->flying);
    for (struct account *account = dispatch->accounts, *next; account; account = next) {
        next = account->next;
        account_free(account);
    }
    memory_free(dispatch);
}

static struct account *account_find(const struct dispatch *dispatch, const char *cloud)
{
    for (struct account *account = dispatch->accounts; account; account = account->next)
        if (!account->retired && text_equal(account->documented->name, cloud)) return account;
    return NULL;
}

static void waiting_fail(struct dispatch *dispatch, struct account *account, const char *message,
                         struct now now)
{
    for (struct flight *flight; (flight = flight_queue_pop(&account->waiting));)
        outcome_unsent(dispatch->events, flight, DISPATCH_UNSENT, message, now);
}

/* Transfers */

static void flight_start(struct dispatch *dispatch, struct flight *flight)
{
    flying_add(&dispatch->flying, flight);
    flight->account->flying++;
    flight->account->own += flight->kind != FLIGHT_CALL;
    dispatch->counts.started++;
    dispatch->counts.log_ins += flight->kind == FLIGHT_LOGIN;
    dispatch->counts.checks += flight->kind == FLIGHT_CHECK;
    dispatch->counts.log_outs += flight->kind == FLIGHT_LOGOUT;
    dispatch->counts.repetitions += flight_is_rejected(flight);
}

bool dispatch_next(struct dispatch *dispatch, struct transfer *out)
{
    const struct flight *flight = flying_from(&dispatch->flying, dispatch->next_id);
    if (flight == NULL) return false;
    const struct cloud_config *cloud = flight->account->cloud;
    dispatch->next_id = flight->id + 1;
    *out = (struct transfer){.id = flight->id,
                             .cloud = cloud->name,
                             .request = flight->request,
                             .connect_timeout_ms = cloud->connect_timeout_ms,
                             .total_timeout_ms = cloud->total_timeout_ms,
                             .tls_ca = flight->tls_ca,
                             .proxy_url = cloud->proxy_url,
                             .proxy_credentials = cloud->proxy_credentials,
                             .secret = flight->kind != FLIGHT_CALL};
    return true;
}

/* With the token at hand; ends the flight when the request cannot be built. */
static void call_start(struct dispatch *dispatch, struct flight *flight, struct now now)
{
    struct account *account = flight->account;
    struct error error = {0};
    if (flight_prepare(flight, account->provider, account->cloud, &account->session.access,
                       account->session.serial, &error))
        flight_start(dispatch, flight);
    else
        outcome_unsent(dispatch->events, flight, DISPATCH_UNENCODABLE, error.text, now);
}

/* Log-out */

/* For the token at hand, in case it is not used any more; NULL: nothing is to be sent for it. */
static struct flight *logout_new(struct account *account, struct now now)
{
    struct error error = {0};
    if (!account->provider->encode_logout || !session_has_token(&account->session, now)) return NULL;
    struct flight *flight = flight_new_own(account, FLIGHT_LOGOUT);
    if (flight_prepare_own(flight, account->provider->encode_logout, account->cloud, &account->session.access,
                           account->session.serial, &error))
        return flight;
    flight_free(flight);
    return NULL;
}

/* A log-out waits for the calls that carry its token: they would be refused, and repeated. The core knows
   nothing of an account that is retired, so there are no permits for it; it is one request. */
static void logouts_go_on(struct dispatch *dispatch, struct account *account)
{
    struct flight_queue carried = account->carried;
    account->carried = (struct flight_queue){0};
    for (struct flight *flight; (flight = flight_queue_pop(&carried));)
        flight_queue_push(flying_carries(&dispatch->flying, account, flight->serial) ? &account->carried
                                                                                     : &account->leaving,
                          flight);
    while ((account->retired || dispatch->leaving) && account->leaving.count > 0)
        flight_start(dispatch, flight_queue_pop(&account->leaving));
}

/* NULL: nothing. */
static void logout_push(struct dispatch *dispatch, struct account *account, struct flight *flight)
{
    if (flight == NULL) return;
    flight_queue_push(&account->carried, flight);
    logouts_go_on(dispatch, account);
}

/* Log-in */

static void login_start(struct dispatch *dispatch, struct account *account, struct now now)
{
    struct flight *flight = flight_new_own(account, FLIGHT_LOGIN);
    account_renew(account);
    if (session_begin(&account->session, account->provider, &dispatch->host, account->cloud, &account->arena,
                      &flight->sending, &flight->request, now)) {
        flight->tls_ca = arena_text(&flight->sending, account->cloud->tls_ca);
        flight_start(dispatch, flight);
        return;
    }
    flight_free(flight);
    if (!session_has_token(&account->session, now))
        waiting_fail(dispatch, account, account->session.message, now);
}

static void login_end(struct dispatch *dispatch, struct flight *flight, const struct http_response *response,
                      struct now now)
{
    struct account *account = flight->account;
    struct flight *replaced = logout_new(account, now);
    session_finish(&account->session, account->provider, account->cloud, &flight->request, response, now);
    flight_free(flight);
    if (replaced && replaced->serial == account->session.serial) {
        flight_free(replaced);
        replaced = NULL;
    }
    logout_push(dispatch, account, replaced);
    if (account->retired || dispatch->leaving) logout_push(dispatch, account, logout_new(account, now));
    if (!session_has_token(&account->session, now))
        waiting_fail(dispatch, account, account->session.message, now);
    account_tell(account, dispatch->events, now, true);
}

/* Calls */

/* Keeps the call, of which a request that left at `sent_boot_ms` was refused, for its one repetition; false:
   this was the repetition, or there is no session to repeat it with. */
static bool call_repeat(struct flight *flight, int64_t sent_boot_ms, struct now now)
{
    struct account *account = flight->account;
    if (flight_is_rejected(flight)) session_refuse(&account->session, flight->serial, now);
    if (flight_is_rejected(flight) || account->retired) return false;
    session_drop(&account->session, flight->serial);
    flight_clear_request(flight);
    flight->rejected_boot_ms = sent_boot_ms;
    flight->refusal = NULL;
    flight_queue_push(&account->waiting, flight);
    return true;
}

/* Calls that were refused, for their token or for themselves */

/* false: it is not asked; what was answered is taken as being about the token. */
static bool call_doubt(struct dispatch *dispatch, struct flight *flight, const struct http_response *response,
                       struct now now)
{
    struct account *account = flight->account;
    const struct provider *provider = account->provider;
    if (response->status == STATUS_UNAUTHORIZED || !provider->is_doubtful || !provider->is_doubtful(response))
        return false;
    if (account->retired || dispatch->leaving || flight->serial != account->session.serial ||
        !session_has_token(&account->session, now))
        return false;
    flight_remember(flight, provider, account->cloud, response);
    session_doubt(&account->session, flight->serial);
    flight_queue_push(&account->doubted, flight);
    return true;
}

static void doubts_end(struct dispatch *dispatch, struct account *account, bool token_is_good, struct now now)
{
    struct flight_queue doubted = account->doubted;
    account->doubted = (struct flight_queue){0};
    session_doubt(&account->session, 0);
    for (struct flight *flight; (flight = flight_queue_pop(&doubted));)
        if (token_is_good || !call_repeat(flight, flight->refused_boot_ms, now))
            outcome_remembered(dispatch->events, flight, token_is_good);
    if (session_state(&account->session, now) == SESSION_FAILED)
        waiting_fail(dispatch, account, account->session.message, now);
}

static void check_start(struct dispatch *dispatch, struct account *account, struct now now)
{
    struct error error = {0};
    struct flight *flight = flight_new_own(account, FLIGHT_CHECK);
    session_check_begin(&account->session);
    if (flight_prepare_own(flight, account->provider->encode_check, account->cloud, &account->session.access,
                           account->session.serial, &error)) {
        flight_start(dispatch, flight);
        return;
    }
    account->session.checking = false;
    flight_free(flight);
    doubts_end(dispatch, account, false, now);
}

static void check_end(struct dispatch *dispatch, struct flight *flight, const struct http_response *response,
                      struct now now)
{
    struct account *account = flight->account;
    bool good = session_check_finish(&account->session, account->provider, flight->serial, flight->token,
                                     response, now);
    flight_free(flight);
    doubts_end(dispatch, account, good, now);
}

/* The token may have been replaced, dropped or may have ended before anybody could ask about it. */
static void doubts_go_on(struct dispatch *dispatch, struct account *account, struct now now)
{
    const struct session *session = &account->session;
    if (account->doubted.count > 0 && !session->checking && !session_wants_check(session, now))
        doubts_end(dispatch, account, false, now);
}

static bool is_unauthorized(const struct provider *provider, const struct http_response *response)
{
    if (response->transport != TRANSPORT_DONE) return false;
    return response->status == STATUS_UNAUTHORIZED ||
           (provider->is_unauthorized && provider->is_unauthorized(response));
}

static void call_end(struct dispatch *dispatch, struct flight *flight, const struct http_response *response,
                     struct now now)
{
    struct account *account = flight->account;
    if (!is_unauthorized(account->provider, response)) {
        if (response->transport == TRANSPORT_DONE) session_prove(&account->session, flight->serial);
        outcome_decoded(dispatch->events, flight, response);
    } else if (!call_doubt(dispatch, flight, response, now) &&
               !call_repeat(flight, response->sent_boot_ms, now)) {
        outcome_decoded(dispatch->events, flight, response);
    }
    if (session_state(&account->session, now) == SESSION_FAILED)
        waiting_fail(dispatch, account, account->session.message, now);
}

/* Of one that is retired and has nothing under way. */
static void account_forget(struct dispatch *dispatch, struct account *account)
{
    if (!account->retired || account->flying > 0) return;
    struct account **at = &dispatch->accounts;
    while (*at != account)
        at = &(*at)->next;
    *at = account->next;
    account_free(account);
}

static void flight_end(struct dispatch *dispatch, struct flight *flight, const struct http_response *response,
                       struct now now)
{
    switch (flight->kind) {
    case FLIGHT_CALL: call_end(dispatch, flight, response, now); return;
    case FLIGHT_LOGIN: login_end(dispatch, flight, response, now); return;
    case FLIGHT_CHECK: check_end(dispatch, flight, response, now); return;
    case FLIGHT_LOGOUT: flight_free(flight); return;
    }
    UNREACHABLE();
}

void dispatch_response(struct dispatch *dispatch, uint64_t id, const struct http_response *response,
                       struct now now)
{
    struct flight *flight = flying_take(&dispatch->flying, id);
    if (flight == NULL) {
        dispatch->counts.unknown++;
        return;
    }
    struct account *account = flight->account;
    account->flying--;
    account->own -= flight->kind != FLIGHT_CALL;
    flight_end(dispatch, flight, response, now);
    doubts_go_on(dispatch, account, now);
    logouts_go_on(dispatch, account);
    account_tell(account, dispatch->events, now, false);
    account_forget(dispatch, account);
}

/* Effects */

static void call_send(struct dispatch *dispatch, const struct call *call, struct now now)
{
    struct account *account = account_find(dispatch, call->cloud);
    struct flight *flight = flight_new(account, call);
    if (account) text_copy(flight->fingerprint, sizeof flight->fingerprint, account->session.fingerprint);
    if (account == NULL)
        outcome_unsent(dispatch->events, flight, DISPATCH_UNSENT, "the cloud is not configured any more",
                       now);
    else if (session_has_token(&account->session, now))
        call_start(dispatch, flight, now);
    else if (session_state(&account->session, now) == SESSION_FAILED)
        outcome_unsent(dispatch->events, flight, DISPATCH_UNSENT, account->session.message, now);
    else
        flight_queue_push(&account->waiting, flight);
    if (account) account_tell(account, dispatch->events, now, false);
}

/* What was meant for one project is never carried out in another: the core must hear of the change first. */
static void call_resume(struct dispatch *dispatch, struct flight *flight, struct now now)
{
    const char *fingerprint = flight->account->session.fingerprint;
    if (flight->fingerprint[0] == '\0' || strcmp(flight->fingerprint, fingerprint) == 0)
        call_start(dispatch, flight, now);
    else
        outcome_unsent(dispatch->events, flight, DISPATCH_UNSENT, "the new token is for another project",
                       now);
}

static void permit_use(struct dispatch *dispatch, const char *cloud, bool renew, struct now now)
{
    struct account *account = account_find(dispatch, cloud);
    if (account && renew) session_renew(&account->session, now);
    if (account == NULL || account_wants(account, now) == 0)
        dispatch->counts.idle_permits++;
    else if (session_wants_login(&account->session, now))
        login_start(dispatch, account, now);
    else if (session_wants_check(&account->session, now))
        check_start(dispatch, account, now);
    else if (session_has_token(&account->session, now) && account->waiting.count > 0)
        call_resume(dispatch, flight_queue_pop(&account->waiting), now);
    else
        flight_start(dispatch, flight_queue_pop(&account->leaving));
    if (account) account_tell(account, dispatch->events, now, true);
}

void dispatch_effect(struct dispatch *dispatch, const struct effect *effect, struct now now)
{
    if (effect->kind == EFFECT_SEND)
        call_send(dispatch, effect->send.call, now);
    else if (effect->kind == EFFECT_PERMIT)
        permit_use(dispatch, effect->permit.cloud, effect->permit.renew, now);
    else
        UNREACHABLE();
}

/* Configuration and time */

static void account_retire(struct dispatch *dispatch, struct account *account, struct now now)
{
    account->retired = true;
    doubts_end(dispatch, account, false, now);
    waiting_fail(dispatch, account, "the cloud is not configured as it was any more", now);
    logout_push(dispatch, account, logout_new(account, now));
    logouts_go_on(dispatch, account);
    account_forget(dispatch, account);
}

void dispatch_config(struct dispatch *dispatch, const struct config *config, struct now now)
{
    for (struct account *account = dispatch->accounts, *next; account; account = next) {
        next = account->next;
        const struct cloud_config *cloud = config_cloud(config, account->documented->name);
        if (account->retired) continue;
        if (cloud && cloud_same_login(cloud, account->documented)) {
            account_update(account, cloud);
            session_renew(&account->session, now); /* what its secrets' files hold may have changed */
        } else {
            account_retire(dispatch, account, now);
        }
    }
    for (uint32_t i = 0; i < config->cloud_count; i++) {
        struct account *account = account_find(dispatch, config->clouds[i].name);
        if (account == NULL) {
            account = account_new(&config->clouds[i]);
            account->next = dispatch->accounts;
            dispatch->accounts = account;
        }
        account_tell(account, dispatch->events, now, true);
    }
}

void dispatch_tick(struct dispatch *dispatch, struct now now)
{
    for (struct account *account = dispatch->accounts; account; account = account->next) {
        doubts_go_on(dispatch, account, now);
        if (session_state(&account->session, now) == SESSION_FAILED)
            waiting_fail(dispatch, account, account->session.message, now);
        account_tell(account, dispatch->events, now, false);
    }
}

/* The end */

bool dispatch_has_left(const struct dispatch *dispatch)
{
    for (const struct account *account = dispatch->accounts; account; account = account->next)
        if (account->provider->encode_logout &&
            account->own + account->carried.count + account->leaving.count > 0)
            return false;
    return true;
}

void dispatch_leave(struct dispatch *dispatch, struct now now)
{
    dispatch->leaving = true;
    for (struct account *account = dispatch->accounts; account; account = account->next) {
        if (!account->retired) logout_push(dispatch, account, logout_new(account, now));
        logouts_go_on(dispatch, account);
    }
}

int64_t dispatch_due_ms(const struct dispatch *dispatch, struct now now)
{
    int64_t due_ms = NEVER_MS;
    for (const struct account *account = dispatch->accounts; account; account = account->next)
        if (!account->retired) due_ms = instant_min(due_ms, session_due_ms(&account->session, now));
    return due_ms;
}

uint32_t dispatch_in_flight(const struct dispatch *dispatch)
{
    return dispatch->flying.count;
}

uint32_t dispatch_waiting(const struct dispatch *dispatch)
{
    uint32_t waiting = 0;
    for (const struct account *account = dispatch->accounts; account; account = account->next)
        waiting += account_held(account);
    return waiting;
}

struct dispatch_counts dispatch_counts(const struct dispatch *dispatch)
{
    return dispatch->counts;
}
