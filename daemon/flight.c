#include "daemon/flight.h"

#include <string.h>

#include "providers/leak.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

enum { TOKEN_MIN = 16 /* what is shorter is no real one, and may be a word of the message */ };

static const struct create_order *order_copy(const struct create_order *order, struct arena *arena)
{
    if (order == NULL) return NULL;
    struct create_order *copy = ARENA_NEW(arena, struct create_order);
    *copy = *order;
    copy->name = arena_text(arena, order->name);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        copy->values[i] =
            order->given & FIELD_BIT(i) ? value_copy(arena, order->values[i]) : (struct value){0};
    return copy;
}

static const struct call *call_copy(const struct call *call, struct arena *arena)
{
    struct call *copy = ARENA_NEW(arena, struct call);
    *copy = *call;
    copy->cloud = arena_text(arena, call->cloud);
    copy->provider_id = arena_text(arena, call->provider_id);
    copy->argument = arena_text(arena, call->argument);
    copy->value = arena_text(arena, call->value);
    copy->set = value_copy(arena, call->set);
    copy->nic = arena_text(arena, call->nic);
    copy->page = arena_text(arena, call->page);
    copy->create = order_copy(call->create, arena);
    return copy;
}

struct flight *flight_new_own(struct account *account, enum flight_kind kind)
{
    struct flight *flight = NEW(struct flight);
    arena_init(&flight->arena);
    arena_init(&flight->sending);
    flight->kind = kind;
    flight->account = account;
    flight->rejected_boot_ms = -1;
    return flight;
}

struct flight *flight_new(struct account *account, const struct call *call)
{
    struct flight *flight = flight_new_own(account, FLIGHT_CALL);
    flight->call = call_copy(call, &flight->arena);
    return flight;
}

static void wipe(const char *secret, size_t size)
{
    if (secret) explicit_bzero((char *)(uintptr_t)secret, size);
}

/* Headers may be constants: only the one that is a copy of the token may be written to. */
static void wipe_headers(struct flight *flight)
{
    for (uint32_t i = 0; i < flight->request.header_count; i++) {
        const char *value = flight->request.headers[i].value;
        if (value != flight->token && text_equal(value, flight->token)) wipe(value, strlen(value));
    }
}

void flight_clear_request(struct flight *flight)
{
    if (flight->token) {
        wipe_headers(flight);
        wipe(flight->token, strlen(flight->token));
    }
    if (flight->kind == FLIGHT_LOGIN) wipe(flight->request.body, flight->request.body_size);
    if (flight->kind == FLIGHT_CHECK && flight->request.url)
        wipe(flight->request.url, strlen(flight->request.url));
    flight->token = flight->tls_ca = NULL;
    flight->request = (struct http_request){0};
    arena_release(&flight->sending);
}

void flight_free(struct flight *flight)
{
    if (flight == NULL) return;
    flight_clear_request(flight);
    arena_release(&flight->arena);
    memory_free(flight);
}

/* The session may replace its token while this request is under way: the request has its own copy. */
static struct access token_take(struct flight *flight, const struct cloud_config *cloud,
                                const struct access *access, uint64_t serial)
{
    flight_clear_request(flight);
    struct access copy = *access;
    copy.token = flight->token = arena_text(&flight->sending, access->token);
    flight->tls_ca = arena_text(&flight->sending, cloud->tls_ca);
    flight->serial = serial;
    return copy;
}

bool flight_prepare(struct flight *flight, const struct provider *provider, const struct cloud_config *cloud,
                    const struct access *access, uint64_t serial, struct error *err)
{
    struct access copy = token_take(flight, cloud, access, serial);
    return provider->encode(cloud, &copy, flight->call, &flight->sending, &flight->request, err);
}

bool flight_prepare_own(struct flight *flight, encode_own *encode, const struct cloud_config *cloud,
                        const struct access *access, uint64_t serial, struct error *err)
{
    struct access copy = token_take(flight, cloud, access, serial);
    return encode(cloud, &copy, &flight->sending, &flight->request, err);
}

/* A gateway's page may show the request with all its headers. "Bearer " is no part of the secret. */
static void hide_token(const struct flight *flight, struct reply *reply)
{
    const char *blank = flight->token ? strrchr(flight->token, ' ') : NULL;
    const char *token = blank ? blank + 1 : flight->token;
    if (token && strlen(token) >= TOKEN_MIN && leak_has_piece(token, reply->message))
        reply->message = "what the cloud says repeats the token and is not shown";
}

void flight_decode(const struct flight *flight, const struct provider *provider,
                   const struct cloud_config *cloud, const struct http_response *response,
                   struct arena *arena, struct reply *out)
{
    provider->decode(cloud, flight->call, response, arena, out);
    hide_token(flight, out);
}

void flight_remember(struct flight *flight, const struct provider *provider, const struct cloud_config *cloud,
                     const struct http_response *response)
{
    flight->refusal = ARENA_NEW(&flight->arena, struct reply);
    flight->refused_boot_ms = response->sent_boot_ms;
    flight_decode(flight, provider, cloud, response, &flight->arena, flight->refusal);
    flight_clear_request(flight);
}

bool flight_is_rejected(const struct flight *flight)
{
    return flight->rejected_boot_ms >= 0;
}

void flight_queue_push(struct flight_queue *queue, struct flight *flight)
{
    flight->next = NULL;
    if (queue->last)
        queue->last->next = flight;
    else
        queue->first = flight;
    queue->last = flight;
    queue->count++;
}

struct flight *flight_queue_pop(struct flight_queue *queue)
{
    struct flight *flight = queue->first;
    if (flight == NULL) return NULL;
    queue->first = flight->next;
    if (queue->first == NULL) queue->last = NULL;
    queue->count--;
    flight->next = NULL;
    return flight;
}

void flight_queue_release(struct flight_queue *queue)
{
    for (struct flight *flight; (flight = flight_queue_pop(queue));)
        flight_free(flight);
}
