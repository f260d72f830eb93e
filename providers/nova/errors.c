#include "providers/nova/nova.h"

#include <string.h>

#include "providers/ascii.h"
#include "providers/json.h"
#include "providers/leak.h"
#include "providers/response.h"
#include "reconcile/base/limits.h"

struct error_row {
    int status_min, status_max;
    const char *pattern; /* in the message, any case; NULL = any message, also none */
    enum reply_kind kind;
};

/* First match wins. The messages are Nova's (nova/exception.py) and, where noted, NHN's. Replies over 499
   come last: they leave the outcome unknown whatever they say. */
static const struct error_row ROWS[] = {
    {401, 401, NULL, REPLY_AUTH},
    {300, 399, NULL, REPLY_INVALID}, /* not followed: the token would go elsewhere */
    {500, 500, NULL, REPLY_OUTAGE},
    {501, 501, NULL, REPLY_INVALID},
    {502, 599, NULL, REPLY_OUTAGE},
    {408, 408, NULL, REPLY_OUTAGE},
    {429, 429, NULL, REPLY_THROTTLED},

    {403, 403, "metadata items exceeds", REPLY_INVALID},
    {400, 413, "quota", REPLY_QUOTA},
    {403, 403, "maximum number of", REPLY_QUOTA}, /* ports, fixed IPs, volumes */
    {400, 499, "no valid host", REPLY_CAPACITY},
    {400, 499, "not enough hosts", REPLY_CAPACITY},
    {400, 499, "insufficient compute resources", REPLY_CAPACITY},
    {400, 409, "no fixed ip addresses available", REPLY_CAPACITY},
    {400, 409, "no more ip addresses", REPLY_CAPACITY},

    {413, 413, "too large", REPLY_INVALID}, /* the request body; very old clouds: rate limit */
    {413, 413, NULL, REPLY_THROTTLED},

    /* The world is not as it was when the call was decided; look again. */
    {400, 400, "marker [", REPLY_CONFLICT}, /* the page's last server is gone: the list starts again */
    {400, 400, "instances must change flavor", REPLY_CONFLICT},
    {400, 400, "duplicate items in the list", REPLY_CONFLICT}, /* the group is there already */
    {400, 400, "already attached", REPLY_CONFLICT},
    {404, 404, "not associated with the instance", REPLY_CONFLICT},
    {404, 404, "is not attached to", REPLY_CONFLICT},
    {404, 404, "metadata item was not found", REPLY_CONFLICT},

    /* 404 of something that the call names, not of the server. */
    {404, 404, "security group", REPLY_INVALID},
    {404, 404, "volume", REPLY_INVALID},
    {404, 404, "flavor", REPLY_INVALID},
    {404, 404, "floating", REPLY_INVALID},
    {404, 404, "port ", REPLY_INVALID},
    {404, 404, NULL, REPLY_ABSENT},

    {400, 400, "context's project_id", REPLY_DENIED}, /* the endpoint is another project's */
    {409, 409, "is locked", REPLY_DENIED},            /* waiting does not help: a person unlocks */
    {409, 409, "multiple possible networks", REPLY_INVALID},
    {409, 409, "multiple security_group", REPLY_INVALID},
    {409, 409, NULL, REPLY_CONFLICT},
    {403, 403, NULL, REPLY_DENIED},
    {400, 499, NULL, REPLY_INVALID},
};

static enum reply_kind row_kind(int status, const char *message)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const struct error_row *row = &ROWS[i];
        if (status < row->status_min || status > row->status_max) continue;
        if (!row->pattern || ascii_contains(message, row->pattern)) return row->kind;
    }
    return REPLY_OUTAGE;
}

/* The object that carries code and message: {"badRequest": {…}}, {"error": {…}}, {"NeutronError": {…}}, or
   the body itself. */
static const cJSON *fault_object(const cJSON *tree)
{
    if (!cJSON_IsObject(tree)) return NULL;
    for (const cJSON *member = tree->child; member; member = member->next)
        if (cJSON_IsObject(member) && json_member(member, "message")) return member;
    return json_member(tree, "message") ? tree : NULL;
}

/* Nova repeats the offending value: "Invalid input for field/attribute user_data. Value: IyEv…", or the whole
   request. Up to there it is shown. */
static const char *fault_message(const struct call *call, const cJSON *fault, struct arena *arena)
{
    const char *message = response_message(json_get_text(fault, "message", arena), arena);
    const char *value = strstr(message, " Value:");
    if (!leak_is_possible(call)) return message;
    if (value)
        message = arena_printf(arena, "%.*s (the value is not shown)", (int)(value - message), message);
    return leak_in_message(call, message) ? "what the cloud says repeats user data and is not shown"
                                          : message;
}

static int64_t clamped_seconds(int64_t seconds)
{
    return instant_min(instant_max(seconds * SECOND_MS, RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS);
}

/* A 404 that no Nova wrote (a gateway, a wrong URL) says nothing about a server. */
static enum reply_kind kind_without_fault(const struct call *call, int status)
{
    if (status == 404) return call->provider_id ? REPLY_OUTAGE : REPLY_INVALID;
    return row_kind(status, "");
}

static const char *redirect_message(const struct http_response *response, struct arena *arena)
{
    const char *to = http_header_find(response->headers, response->header_count, "Location");
    const char *message =
        arena_printf(arena, "HTTP %d: the endpoint redirects%s%s; give the final URL as spec.endpoint",
                     response->status, to ? " to " : "", to ? to : "");
    return response_message(message, arena);
}

void error_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                  struct reply *out)
{
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const cJSON *fault = fault_object(tree);
    if (response->status / 100 == 3)
        out->message = redirect_message(response, arena);
    else
        out->message = fault ? fault_message(call, fault, arena) : response_strange(response, arena);
    out->kind = fault ? row_kind(response->status, out->message) : kind_without_fault(call, response->status);
    bool named = call->provider_id || call->kind == CALL_DELETE_KEYPAIR;
    if (out->kind == REPLY_ABSENT && !named) out->kind = REPLY_INVALID;
    int64_t seconds = json_get_number(fault, "retryAfter", RETRY_AFTER_MAX_MS / SECOND_MS, -1);
    if (seconds >= 0 && out->retry_after_ms == 0) out->retry_after_ms = clamped_seconds(seconds);
}
