#include "daemon/dispatch.h"

#include <string.h>

#include "daemon/account.h"
#include "daemon/config_copy.h"
#include "daemon/flight.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

enum { STATUS_UNAUTHORIZED = 401 /* RFC 9110: refused for want of a valid token, nothing was done */ };

struct dispatch {
    struct login_host host;
    struct batch *events;
    struct account *accounts;
    struct flight **flying; /* transfers without a response, sorted by id */
    uint32_t flying_count, flying_room;
    uint64_t next_id; /* of the transfer that dispatch_next gives out next */
    uint64_t last_id;
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
    for (uint32_t i = 0; i < dispatch->flying_count; i++)
        flight_free(dispatch->flying[i]);
    memory_free(dispatch->flying);
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

/* Replies */

static struct event_reply *reply_add(struct dispatch *dispatch, const struct flight *flight, int64_t sent_ms)
{
    struct batch *events = dispatch->events;
    struct event_reply *event = &batch_add(events, EVENT_REPLY)->reply;
    event->call_id = flight->call->id;
    event->cloud = arena_text(&events->arena, flight->call->cloud);
    event->sent_boot_ms = sent_ms;
    event->reply = (struct reply){.message = "", .request_id = "", .date_wall_ms = -1, .total = -1};
    return event;
}

/* A call that never left, or whose first request was refused before processing: ends the flight. */
static void flight_unsent(struct dispatch *dispatch, struct flight *flight, enum reply_kind kind,
                          const char *message, struct now now)
{
    struct event_reply *event = reply_add(dispatch, flight, now.boot_ms);
    event->reply.kind = kind;
    event->reply.not_sent = true;
    if (flight_is_rejected(flight)) {
        event->sent_boot_ms = flight->rejected_boot_ms;
        event->reply.kind = DISPATCH_REJECTED;
        event->reply.not_sent = false;
        event->reply.http_status = STATUS_UNAUTHORIZED;
    }
    event->reply.message = arena_text(&dispatch->events->arena, message);
    flight_free(flight);
}

static void waiting_fail(struct dispatch *dispatch, struct account *account, const char *message,
                         struct now now)
{
    for (struct flight *flight; (flight = flight_queue_pop(&account->waiting));)
        flight_unsent(dispatch, flight, DISPATCH_UNSENT, message, now);
}

/* Transfers */

static void flight_start(struct dispatch *dispatch, struct flight *flight)
{
    ROW_RESERVE(dispatch->flying, dispatch->flying_count, dispatch->flying_room);
    flight->id = ++dispatch->last_id;
    flight->account->flying++;
    dispatch->flying[dispatch->flying_count++] = flight;
    dispatch->counts.started++;
    dispatch->counts.log_ins += flight->call == NULL;
    dispatch->counts.repetitions += flight_is_rejected(flight);
}

/* The first flight whose id is at least `id`. */
static uint32_t flying_place(const struct dispatch *dispatch, uint64_t id)
{
    uint32_t low = 0, high = dispatch->flying_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (dispatch->flying[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct flight *flying_take(struct dispatch *dispatch, uint64_t id)
{
    uint32_t place = flying_place(dispatch, id);
    if (place == dispatch->flying_count || dispatch->flying[place]->id != id) return NULL;
    struct flight *flight = dispatch->flying[place];
    uint32_t behind = --dispatch->flying_count - place;
    memmove(&dispatch->flying[place], &dispatch->flying[place + 1], behind * sizeof *dispatch->flying);
    flight->account->flying--;
    flight->id = 0;
    return flight;
}

bool dispatch_next(struct dispatch *dispatch, struct transfer *out)
{
    uint32_t place = flying_place(dispatch, dispatch->next_id);
    if (place == dispatch->flying_count) return false;
    const struct flight *flight = dispatch->flying[place];
    const struct cloud_config *cloud = flight->account->cloud;
    dispatch->next_id = flight->id + 1;
    *out = (struct transfer){.id = flight->id,
                             .cloud = cloud->name,
                             .request = flight->request,
                             .connect_timeout_ms = cloud->connect_timeout_ms,
                             .total_timeout_ms = cloud->total_timeout_ms,
                             .tls_ca = flight->tls_ca,
                             .secret = flight->call == NULL};
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
        flight_unsent(dispatch, flight, DISPATCH_UNENCODABLE, error.text, now);
}

/* Log-in */

static void login_start(struct dispatch *dispatch, struct account *account, struct now now)
{
    struct flight *flight = flight_new(account, NULL);
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
    session_finish(&account->session, account->provider, account->cloud, response, now);
    flight_free(flight);
    if (!session_has_token(&account->session, now))
        waiting_fail(dispatch, account, account->session.message, now);
    account_tell(account, dispatch->events, now, true);
}

/* Calls */

static void call_deliver(struct dispatch *dispatch, struct flight *flight,
                         const struct http_response *response)
{
    struct account *account = flight->account;
    struct event_reply *event = reply_add(dispatch, flight, response->sent_boot_ms);
    account->provider->decode(account->cloud, flight->call, response, &dispatch->events->arena,
                              &event->reply);
    flight_free(flight);
}

/* Keeps the call for its one repetition; false: this was the repetition, or there is no session to repeat it
   with. */
static bool call_repeat(struct flight *flight, const struct http_response *response, struct now now)
{
    struct account *account = flight->account;
    if (flight_is_rejected(flight)) session_refuse(&account->session, flight->serial, now);
    if (flight_is_rejected(flight) || account->retired) return false;
    session_drop(&account->session, flight->serial);
    flight_clear_request(flight);
    flight->rejected_boot_ms = response->sent_boot_ms;
    flight_queue_push(&account->waiting, flight);
    return true;
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
        call_deliver(dispatch, flight, response);
    } else if (!call_repeat(flight, response, now)) {
        call_deliver(dispatch, flight, response);
    }
    if (session_state(&account->session, now) == SESSION_FAILED)
        waiting_fail(dispatch, account, account->session.message, now);
}

static void account_forget(struct dispatch *dispatch, struct account *account)
{
    struct account **at = &dispatch->accounts;
    while (*at != account)
        at = &(*at)->next;
    *at = account->next;
    account_free(account);
}

void dispatch_response(struct dispatch *dispatch, uint64_t id, const struct http_response *response,
                       struct now now)
{
    struct flight *flight = flying_take(dispatch, id);
    if (flight == NULL) {
        dispatch->counts.unknown++;
        return;
    }
    struct account *account = flight->account;
    if (flight->call)
        call_end(dispatch, flight, response, now);
    else
        login_end(dispatch, flight, response, now);
    account_tell(account, dispatch->events, now, false);
    if (account->retired && account->flying == 0) account_forget(dispatch, account);
}

/* Effects */

static void call_send(struct dispatch *dispatch, const struct call *call, struct now now)
{
    struct account *account = account_find(dispatch, call->cloud);
    struct flight *flight = flight_new(account, call);
    if (account) text_copy(flight->fingerprint, sizeof flight->fingerprint, account->session.fingerprint);
    if (account == NULL)
        flight_unsent(dispatch, flight, DISPATCH_UNSENT, "the cloud is not configured any more", now);
    else if (session_has_token(&account->session, now))
        call_start(dispatch, flight, now);
    else if (session_state(&account->session, now) == SESSION_FAILED)
        flight_unsent(dispatch, flight, DISPATCH_UNSENT, account->session.message, now);
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
        flight_unsent(dispatch, flight, DISPATCH_UNSENT, "the new token is for another project", now);
}

static void permit_use(struct dispatch *dispatch, const char *cloud, bool renew, struct now now)
{
    struct account *account = account_find(dispatch, cloud);
    if (account && renew) session_renew(&account->session, now);
    if (account == NULL || account_wants(account, now) == 0)
        dispatch->counts.idle_permits++;
    else if (session_wants_login(&account->session, now))
        login_start(dispatch, account, now);
    else
        call_resume(dispatch, flight_queue_pop(&account->waiting), now);
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
    waiting_fail(dispatch, account, "the cloud is not configured as it was any more", now);
    if (account->flying == 0) account_forget(dispatch, account);
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
        if (session_state(&account->session, now) == SESSION_FAILED)
            waiting_fail(dispatch, account, account->session.message, now);
        account_tell(account, dispatch->events, now, false);
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
    return dispatch->flying_count;
}

uint32_t dispatch_waiting(const struct dispatch *dispatch)
{
    uint32_t waiting = 0;
    for (const struct account *account = dispatch->accounts; account; account = account->next)
        waiting += account->waiting.count;
    return waiting;
}

struct dispatch_counts dispatch_counts(const struct dispatch *dispatch)
{
    return dispatch->counts;
}
