#include "providers/nhnv1/nhnv1.h"

#include "providers/ascii.h"
#include "providers/json.h"
#include "providers/response.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/text.h"

enum {
    CODE_DENIED = -3, /* user, appkey or token */
    CODE_NONEXISTENT = -5,
    CODE_NO_INSTANCE = 10404,
    FAMILY_FIRST = 10000, /* from here on the last three digits are an HTTP status */
    FAMILY_TOKEN = 50     /* 50400 … 50499 */
};

struct code_row {
    int64_t code;
    enum reply_kind kind;
};

/* Codes that stand for themselves (the table of error codes). -1 and -2 may come after the change was made.
 */
static const struct code_row CODES[] = {
    {-1, REPLY_OUTAGE}, /* authentication module unreachable, or the request cannot be made now */
    {-2, REPLY_OUTAGE}, /* unknown exception */
    {CODE_DENIED, REPLY_AUTH}, {-4, REPLY_INVALID}, /* parameters */
    {-6, REPLY_OUTAGE},                             /* the service's own database */
    {-7, REPLY_INVALID},                            /* not supported */
    {-8, REPLY_INVALID},                            /* not JSON */
    {20001, REPLY_CAPACITY},                        /* no free address */
    {20004, REPLY_INVALID},                         /* no such network, or not accessible */
};

struct status_row {
    int status_min, status_max;
    const char *pattern; /* in the message, any case; NULL = any */
    enum reply_kind kind;
};

/* First match wins. Behind the API stands a Nova, and its words may come through. */
static const struct status_row STATUSES[] = {
    {401, 401, NULL, REPLY_AUTH},
    {408, 408, NULL, REPLY_OUTAGE},
    {429, 429, NULL, REPLY_THROTTLED},
    {400, 413, "quota", REPLY_QUOTA},
    {403, 403, "exceed", REPLY_QUOTA},
    {400, 499, "no valid host", REPLY_CAPACITY},
    {400, 499, "not enough hosts", REPLY_CAPACITY},
    {400, 499, "insufficient", REPLY_CAPACITY},
    {413, 413, "too large", REPLY_INVALID},
    {413, 413, NULL, REPLY_THROTTLED},
    /* the world is not as it was when the call was decided */
    {400, 404, "must change flavor", REPLY_CONFLICT},
    {400, 404, "duplicate items", REPLY_CONFLICT},
    {400, 404, "already attached", REPLY_CONFLICT},
    {400, 404, "already associated", REPLY_CONFLICT},
    {400, 404, "not associated", REPLY_CONFLICT},
    {400, 404, "not attached", REPLY_CONFLICT},
    /* something that the call names, not the server */
    {404, 404, "security group", REPLY_INVALID},
    {404, 404, "volume", REPLY_INVALID},
    {404, 404, "flavor", REPLY_INVALID},
    {404, 404, "floating", REPLY_INVALID},
    {404, 404, NULL, REPLY_ABSENT},
    {409, 409, "is locked", REPLY_DENIED},
    {409, 409, NULL, REPLY_CONFLICT},
    {403, 403, NULL, REPLY_DENIED},
    {400, 499, NULL, REPLY_INVALID},
};

static enum reply_kind kind_of_status(int status, const char *message)
{
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++) {
        const struct status_row *row = &STATUSES[i];
        if (status < row->status_min || status > row->status_max) continue;
        if (!row->pattern || ascii_contains(message, row->pattern)) return row->kind;
    }
    return REPLY_OUTAGE;
}

/* "Does not exist" says of what only where the call is about nothing but the server. */
static enum reply_kind kind_of_nonexistent(const struct call *call)
{
    if (call->kind == CALL_DELETE_KEYPAIR) return REPLY_ABSENT;
    if (!call->provider_id) return REPLY_INVALID;
    if (call->kind == CALL_DELETE || (call->kind == CALL_LOOK && call->look == LOOK_SERVER))
        return REPLY_ABSENT;
    return REPLY_CONFLICT;
}

static enum reply_kind kind_of_family(const struct call *call, const struct nhnv1_envelope *envelope)
{
    int status = (int)(envelope->code % 1000);
    if (envelope->code / 1000 == FAMILY_TOKEN && status >= 400 && status < 500 && status != 413 &&
        status != 429)
        return REPLY_AUTH;
    enum reply_kind kind = kind_of_status(status, envelope->message);
    if (kind != REPLY_ABSENT || call->kind == CALL_DELETE_KEYPAIR) return kind;
    return call->provider_id && envelope->code == CODE_NO_INSTANCE ? REPLY_ABSENT : REPLY_INVALID;
}

/* What a refusal by code alone says may be narrowed by its words. */
static enum reply_kind narrowed(enum reply_kind kind, const char *message)
{
    return kind == REPLY_INVALID ? kind_of_status(400, message) : kind;
}

enum reply_kind nhnv1_error_kind(const struct call *call, const struct nhnv1_envelope *envelope)
{
    if (envelope->code == CODE_NONEXISTENT) return kind_of_nonexistent(call);
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
        if (CODES[i].code == envelope->code) return narrowed(CODES[i].kind, envelope->message);
    return envelope->code >= FAMILY_FIRST ? kind_of_family(call, envelope) : REPLY_OUTAGE;
}

bool nhnv1_is_unauthorized(const struct http_response *response)
{
    static const struct call NOTHING = {.kind = CALL_LOOK, .look = LOOK_LIST};
    AUTO_ARENA struct arena arena;
    struct nhnv1_envelope envelope;
    arena_init(&arena);
    if (response->status / 100 == 5 || !nhnv1_envelope_read(response, &arena, &envelope)) return false;
    return !envelope.successful && nhnv1_error_kind(&NOTHING, &envelope) == REPLY_AUTH;
}

bool nhnv1_is_doubtful(const struct http_response *response)
{
    AUTO_ARENA struct arena arena;
    struct nhnv1_envelope envelope;
    arena_init(&arena);
    return response_is_success(response) && nhnv1_envelope_read(response, &arena, &envelope) &&
           !envelope.successful && envelope.code == CODE_DENIED;
}

/* The API answers all with 200: any other status is a gateway's. Its 404 says nothing about a server. */
static enum reply_kind kind_of_gateway(const struct call *call, int status)
{
    if (status / 100 == 2 || status / 100 == 5) return status == 501 ? REPLY_INVALID : REPLY_OUTAGE;
    if (status / 100 == 3) return REPLY_INVALID; /* not followed: the token would go elsewhere */
    enum reply_kind kind = kind_of_status(status, "");
    return kind != REPLY_ABSENT ? kind : call->provider_id ? REPLY_OUTAGE : REPLY_INVALID;
}

void nhnv1_strange_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                          struct reply *out)
{
    const char *to = http_header_find(response->headers, response->header_count, "Location");
    out->kind = kind_of_gateway(call, response->status);
    out->message = response_strange(response, arena);
    if (response->status / 100 == 3)
        out->message = response_message(
            arena_printf(arena, "HTTP %d: the endpoint redirects%s%s; give the final URL as spec.endpoint",
                         response->status, to ? " to " : "", to ? to : ""),
            arena);
    else if (response_is_page(response))
        out->message = arena_printf(
            arena, "%s; check the endpoint, and what stands between (a proxy, a log-in page)", out->message);
}
