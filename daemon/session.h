#ifndef SETPOINT_DAEMON_SESSION_H
#define SETPOINT_DAEMON_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "providers/provider.h"
#include "reconcile/base/arena.h"
#include "reconcile/base/error.h"
#include "reconcile/base/instant.h"
#include "reconcile/event.h"

/* The token of one cloud: when it is asked for, how long it is used, what happens when it is refused. Pure:
   no clock, socket or file; dispatch.c carries its requests, and the simulator runs the same code.

   Log-in is single flight. A token is renewed when less than max(120 s, 10 % of its life) is left, at most
   half of its life (DESIGN.md section 1); until it expires the old one stays in use. The life is counted on
   boottime and taken from the reply's own Date, so that a wrong clock here changes nothing. A failed log-in
   waits 30 s x2 up to 10 m, or what Retry-After asks when that is more. A token without a known end lasts
   until a 401.

   Some APIs refuse a dead token and a call that its user may not make in the same words. Such a refusal makes
   the token doubted: the API is asked about it, once for all calls that wait for the answer, and only where
   it does not vouch for the token a log-in follows. So a denied call costs one question, and neither a log-in
   nor a repetition. */

enum {
    SESSION_RENEW_MS = 120 * SECOND_MS,    /* time enough for three tries 30 s apart before it ends */
    SESSION_RETRY_MIN_MS = 30 * SECOND_MS, /* section 1 */
    SESSION_RETRY_MAX_MS = 10 * MINUTE_MS  /* section 1: accounts lock after a few wrong passwords */
};

/* What a log-in needs from outside, read at the time of the log-in so that a changed password file is seen.
   The host owns all memory of it until `wipe`, which destroys the secrets. */
struct login_material {
    const struct credential *credentials; /* as provider.h asks: plain values and secrets */
    uint32_t count;
    /* From clouds.yaml; NULL = as the Cloud document says. They replace the fields of the same name for
       everything the session's cloud does from now on. */
    const char *auth_url, *region, *interface, *tls_ca;
    const struct auth_form *auth_form;
};
struct login_host {
    void *ctx;
    /* false: err says which secret cannot be read and what to do. */
    bool (*material)(void *ctx, const struct cloud_config *cloud, struct login_material *out,
                     struct error *err);
    void (*wipe)(void *ctx, struct login_material *material);
};

struct session {
    struct arena arena; /* of `access`; released, with the token wiped, when it is replaced */
    struct access access;
    uint64_t serial;                /* of the token in use; grows with every log-in; 0 = there is none */
    uint64_t last_serial;           /* the newest ever had */
    uint64_t doubted_serial;        /* of the token that is to be checked; 0 = there is no doubt */
    bool checking;                  /* the question is under way */
    bool logging_in;                /* a log-in request is under way */
    uint32_t failures;              /* log-ins failed, or tokens refused, since a token last worked */
    int64_t renew_boot_ms;          /* NEVER_MS */
    int64_t expire_boot_ms;         /* NEVER_MS */
    int64_t retry_boot_ms;          /* no log-in before; 0 = at once */
    int64_t quiet_boot_ms;          /* a refused log-in's Retry-After asks for silence until then; 0 */
    char message[ERROR_TEXT_MAX];   /* why the last log-in failed; "" = it did not */
    char fingerprint[LIMIT_ID + 1]; /* of the last token; "" = none yet */
    char place[LIMIT_PLACE + 1];    /* the same; "" = not known */
};

void session_init(struct session *session);
void session_release(struct session *session); /* wipes the token */

/* A token that may be used now. */
bool session_has_token(const struct session *session, struct now now);
/* A log-in should be sent as soon as a permit is there. */
bool session_wants_login(const struct session *session, struct now now);
/* READY with a token; FAILED without one from a failure until a log-in works; NONE otherwise. */
enum session_state session_state(const struct session *session, struct now now);
/* When session_wants_login or session_state will change by time alone; NEVER_MS. */
int64_t session_due_ms(const struct session *session, struct now now);

/* The log-in request, in `arena` (which holds the password: the caller wipes the body when it has been sent).
   `cloud` is changed by what clouds.yaml says; texts for it go to `cloud_arena`. false: the session has
   failed, nothing is to be sent. */
bool session_begin(struct session *session, const struct provider *provider, const struct login_host *host,
                   struct cloud_config *cloud, struct arena *cloud_arena, struct arena *arena,
                   struct http_request *out, struct now now);
/* The response to it. The request still has its body: what repeats a secret of it is not shown. */
void session_finish(struct session *session, const struct provider *provider,
                    const struct cloud_config *cloud, const struct http_request *request,
                    const struct http_response *response, struct now now);

/* Log in anew as soon as a permit is there; the token that there is stays in use until then. */
void session_renew(struct session *session, struct now now);
/* A request with the token `serial` was answered with something else than 401: it works. */
void session_prove(struct session *session, uint64_t serial);
/* A request with the token `serial` was answered 401: the token is dropped, unless it was replaced meanwhile.
 */
void session_drop(struct session *session, uint64_t serial);
/* A request with the token `serial` was answered in words that may mean either. 0: there is no doubt. */
void session_doubt(struct session *session, uint64_t serial);
/* The token that may be used now is doubted, and nobody asks about it yet. */
bool session_wants_check(const struct session *session, struct now now);
/* The question has left. */
void session_check_begin(struct session *session);
/* Its answer: about the token `serial`, whose text is `token`. true: it is good, and works. What Retry-After
   asks for holds for the next log-in, too. */
bool session_check_finish(struct session *session, const struct provider *provider, uint64_t serial,
                          const char *token, const struct http_response *response, struct now now);
/* The request was repeated with the token `serial`, got after the first 401, and was answered 401 again:
   failed with a message, wait as after a failed log-in. */
void session_refuse(struct session *session, uint64_t serial, struct now now);

#endif
