#ifndef SETPOINT_DAEMON_DISPATCH_H
#define SETPOINT_DAEMON_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/batch.h"
#include "daemon/session.h"
#include "providers/provider.h"
#include "reconcile/effect.h"
#include "reconcile/event.h"

/* Between the core's effects and HTTP: the table of clouds (document, provider, session) and of calls under
   way. Pure like session.h: it turns SEND and PERMIT effects into transfers to start, and responses into
   events.

   Contract with the core's pace (effect.h). SEND: the request leaves at once with the token at hand.
   Everything else needs a PERMIT: log-ins, checks of a doubted token, the one repetition after a 401 (refused
   before processing, so it is safe), calls that found no token and were held until the log-in, and log-outs
   of tokens that were replaced. Only the log-outs of what is retired or left take none. EVENT_SESSION.wants
   counts what waits for a permit right now; it is told anew whenever it changes, also because a permit was
   used up. Every PERMIT is answered by an EVENT_SESSION: at once, and for a log-in once more when it has
   ended. A permit that nobody needs any more sends nothing.

   Every SEND is answered by exactly one EVENT_REPLY:
     not encodable                                       REPLY_INVALID, not_sent
     no such cloud, or its log-in failed before the send REPLY_TRANSPORT, not_sent
     401, and then no new token or 401 again             REPLY_AUTH
     refused, in words that may mean the token or the
     call, and the API says that the token is good       REPLY_DENIED
     anything else                                       as the provider's decoder says
   No event carries a secret. */
struct dispatch;

/* The kinds of the replies that dispatch gives itself, as in the table above. */
#define DISPATCH_UNENCODABLE REPLY_INVALID
#define DISPATCH_UNSENT      REPLY_TRANSPORT
#define DISPATCH_REJECTED    REPLY_AUTH
#define DISPATCH_DENIED      REPLY_DENIED

/* A request to be started now. Everything lives until dispatch_response for this id. */
struct transfer {
    uint64_t id;
    const char *cloud; /* key of the connection pool */
    struct http_request request;
    int64_t connect_timeout_ms, total_timeout_ms;
    const char *tls_ca;    /* file; NULL = the system's */
    const char *proxy_url; /* NULL = the environment's */
    struct secret_reference proxy_credentials;
    bool secret; /* no call, but the session's own: URL, body and response may hold secrets */
};

struct dispatch_counts {
    uint64_t started;      /* transfers */
    uint64_t log_ins;      /* of them */
    uint64_t checks;       /* of them, of a token */
    uint64_t log_outs;     /* of them */
    uint64_t repetitions;  /* of them, after a 401 */
    uint64_t unknown;      /* responses to ids that nobody waits for: dropped */
    uint64_t idle_permits; /* permits that nobody needed */
};

/* `events` is where events are appended; it must outlive the dispatch (its content may be taken at any time).
   `host` is copied. */
struct dispatch *dispatch_new(const struct login_host *host, struct batch *events);
void dispatch_free(struct dispatch *dispatch);

/* The operator's configuration, first or anew; copied. To be called before EVENT_CONFIG is handed to the
   core. Clouds whose log-in is the same keep their session; replies to calls of clouds that are gone are
   still delivered. */
void dispatch_config(struct dispatch *dispatch, const struct config *config, struct now now);

/* EFFECT_SEND and EFFECT_PERMIT; the call is copied. */
void dispatch_effect(struct dispatch *dispatch, const struct effect *effect, struct now now);
/* The response to the transfer `id`. Also given when the transfer could not be started or was cancelled. */
void dispatch_response(struct dispatch *dispatch, uint64_t id, const struct http_response *response,
                       struct now now);
/* Time has passed: renewals and retries become due. */
void dispatch_tick(struct dispatch *dispatch, struct now now);
/* The end: sessions that can be ended are, each as soon as no call carries its token any more; to be asked
   for transfers as ever. Nothing else is started from here on, and no event matters. */
void dispatch_leave(struct dispatch *dispatch, struct now now);
bool dispatch_has_left(const struct dispatch *dispatch); /* there is no session to wait for */
/* When dispatch_tick has something to do; NEVER_MS. */
int64_t dispatch_due_ms(const struct dispatch *dispatch, struct now now);

/* Takes the next transfer to start; false when there is none. To be asked after each of the functions above.
 */
bool dispatch_next(struct dispatch *dispatch, struct transfer *out);

uint32_t dispatch_in_flight(const struct dispatch *dispatch); /* transfers that have no response yet */
uint32_t dispatch_waiting(const struct dispatch *dispatch);   /* calls that are held: for token or permit */
struct dispatch_counts dispatch_counts(const struct dispatch *dispatch);

#endif
