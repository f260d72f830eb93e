#ifndef SETPOINT_DAEMON_FLIGHT_H
#define SETPOINT_DAEMON_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "providers/provider.h"
#include "reconcile/base/arena.h"
#include "reconcile/event.h"

enum flight_kind {
    FLIGHT_CALL,  /* from EFFECT_SEND to EVENT_REPLY */
    FLIGHT_LOGIN, /* this and the rest: the session's own requests */
    FLIGHT_CHECK, /* asks whether the token of a refused call still counts */
    FLIGHT_LOGOUT
};

/* One call or one of the session's own requests. Owned by dispatch.c, or by a queue of its account while it
   waits. */
struct flight {
    enum flight_kind kind;
    struct arena arena;      /* the copied call, the refusal */
    const struct call *call; /* NULL: it is none */
    struct account *account;
    uint64_t id; /* of the transfer; 0 = it waits for a token or permit */

    struct arena sending; /* of the request, which is made anew for a repetition */
    struct http_request request;
    const char *token;              /* the copy that the request was made with */
    const char *tls_ca;             /* NULL */
    uint64_t serial;                /* of the token */
    char fingerprint[LIMIT_ID + 1]; /* the project that the core meant; "" = none was known yet */

    int64_t rejected_boot_ms; /* answered 401 once; then when that request left, else -1 */
    struct reply *refusal; /* NULL; else what was answered, of the token or of the call: it is being asked */
    int64_t refused_boot_ms; /* when the request that was answered with `refusal` left */
    struct flight *next;     /* in a queue */
};

struct flight_queue {
    struct flight *first, *last;
    uint32_t count;
};

struct flight *flight_new(struct account *account, const struct call *call); /* copies the call */
struct flight *flight_new_own(struct account *account, enum flight_kind kind);
void flight_free(struct flight *flight); /* wipes secrets; NULL-safe */
/* Builds the request; access is copied. false: it cannot be built, and err says why. */
bool flight_prepare(struct flight *flight, const struct provider *provider, const struct cloud_config *cloud,
                    const struct access *access, uint64_t serial, struct error *err);
/* The same of a check or log-out, by the provider's function for it. */
typedef bool encode_own(const struct cloud_config *cloud, const struct access *access, struct arena *arena,
                        struct http_request *out, struct error *err);
bool flight_prepare_own(struct flight *flight, encode_own *encode, const struct cloud_config *cloud,
                        const struct access *access, uint64_t serial, struct error *err);
/* What the call was answered with, without a word that repeats the token it was sent with. */
void flight_decode(const struct flight *flight, const struct provider *provider,
                   const struct cloud_config *cloud, const struct http_response *response,
                   struct arena *arena, struct reply *out);
/* Keeps what the call was answered with, a refusal, and forgets the request. */
void flight_remember(struct flight *flight, const struct provider *provider, const struct cloud_config *cloud,
                     const struct http_response *response);
/* Forgets the request, with its secrets wiped. */
void flight_clear_request(struct flight *flight);
bool flight_is_rejected(const struct flight *flight);

void flight_queue_push(struct flight_queue *queue, struct flight *flight);
struct flight *flight_queue_pop(struct flight_queue *queue); /* NULL when empty */
void flight_queue_release(struct flight_queue *queue);       /* frees what is in it */

#endif
