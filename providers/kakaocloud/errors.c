#include "providers/kakaocloud/kakaocloud.h"

#include <string.h>

#include "providers/ascii.h"
#include "providers/json.h"
#include "providers/leak.h"
#include "providers/response.h"

struct error_row {
    int status_min, status_max;
    const char *pattern; /* in code and message, any case; NULL = any, also none */
    enum reply_kind kind;
};

/* First match wins. The codes are not published, and the texts are whatever stands behind the API: Nova's
   words, or the framework's. */
static const struct error_row ROWS[] = {
    {401, 401, NULL, REPLY_AUTH},
    {300, 399, NULL, REPLY_INVALID}, /* not followed: the token would go elsewhere */
    {501, 501, NULL, REPLY_INVALID},
    {500, 599, NULL, REPLY_OUTAGE},
    {408, 408, NULL, REPLY_OUTAGE},
    {429, 429, NULL, REPLY_THROTTLED},

    /* 500 instances a project; the error used is not known */
    {400, 422, "quota", REPLY_QUOTA},
    {400, 422, "limit exceeded", REPLY_QUOTA},
    {400, 422, "exceeds the limit", REPLY_QUOTA},
    {400, 422, "maximum number of", REPLY_QUOTA},
    {400, 499, "no valid host", REPLY_CAPACITY},
    {400, 499, "not enough hosts", REPLY_CAPACITY},
    {400, 499, "insufficient", REPLY_CAPACITY},
    {400, 499, "no more ip addresses", REPLY_CAPACITY},
    {413, 413, "too large", REPLY_INVALID},
    {413, 413, NULL, REPLY_THROTTLED},

    /* the server is not in the state that the call was decided on, or the change is there already */
    {400, 400, "vm_state", REPLY_CONFLICT},
    {400, 400, "task_state", REPLY_CONFLICT},
    {400, 400, "status", REPLY_CONFLICT},
    {400, 400, "in progress", REPLY_CONFLICT},
    {400, 400, "already", REPLY_CONFLICT},
    {400, 404, "not attached", REPLY_CONFLICT},
    {400, 404, "not associated", REPLY_CONFLICT},

    /* 404 of something that the call names, not of the server */
    {404, 404, "security", REPLY_INVALID},
    {404, 404, "volume", REPLY_INVALID},
    {404, 404, "flavor", REPLY_INVALID},
    {404, 404, "image", REPLY_INVALID},
    {404, 404, "network", REPLY_INVALID},
    {404, 404, "subnet", REPLY_INVALID},
    {404, 404, "public ip", REPLY_INVALID},
    {404, 404, NULL, REPLY_ABSENT},

    {409, 409, NULL, REPLY_CONFLICT},
    {403, 403, NULL, REPLY_DENIED},
    {400, 499, NULL, REPLY_INVALID},
};

static enum reply_kind row_kind(int status, const char *words)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const struct error_row *row = &ROWS[i];
        if (status < row->status_min || status > row->status_max) continue;
        if (!row->pattern || ascii_contains(words, row->pattern)) return row->kind;
    }
    return REPLY_OUTAGE;
}

/* Calls whose request has no body but the server and the deed: what is wrong with one can only be the state,
   whether the cloud says 409 or 400. */
static bool says_nothing_but_what(enum call_kind kind)
{
    return kind == CALL_START || kind == CALL_STOP || kind == CALL_SHELVE || kind == CALL_UNSHELVE ||
           kind == CALL_REBOOT || kind == CALL_DELETE;
}

/* {"detail": [{"loc": ["body", "instance", "name"], "msg": "…"}]}, of the framework: where and what. Never
   "input", which is what was sent. */
static const char *detail_words(const cJSON *detail, struct arena *arena)
{
    if (cJSON_IsString(detail)) return detail->valuestring;
    const cJSON *first = json_first(detail), *place = json_first(json_member(first, "loc"));
    const char *where = NULL, *what = json_get_text(first, "msg", arena);
    for (; place; place = place->next)
        if (cJSON_IsString(place)) where = place->valuestring;
    if (!what) return NULL;
    return where ? arena_printf(arena, "%s: %s", where, what) : what;
}

/* "code: message" of {"error": {…}}, of the body itself, or of the framework's detail; NULL: it is no error
   of the API's. code is a text here and a number at IAM. */
static const char *fault_words(const cJSON *tree, struct arena *arena)
{
    const cJSON *error = json_member(tree, "error");
    if (!cJSON_IsObject(error)) error = tree;
    const char *code = json_get_text(error, "code", arena), *message = json_get_text(error, "message", arena);
    if (!message) message = json_get_text(error, "title", arena);
    if (!message) message = detail_words(json_member(tree, "detail"), arena);
    if (!message) return error == tree ? NULL : code;
    return code ? arena_printf(arena, "%s: %s", code, message) : message;
}

static const char *redirect_message(const struct http_response *response, struct arena *arena)
{
    const char *to = http_header_find(response->headers, response->header_count, "Location");
    const char *message =
        arena_printf(arena, "HTTP %d: the endpoint redirects%s%s; give the final URL as spec.endpoint",
                     response->status, to ? " to " : "", to ? to : "");
    return response_message(message, arena);
}

/* A 404 that says nothing of a server (a gateway's page, the framework's "Not Found" for a path that it does
   not know) proves nothing. */
static enum reply_kind absent_kind(const struct call *call, const char *words)
{
    bool pathless = !words || text_equal_nocase(words, "Not Found");
    if (!call->provider_id && call->kind != CALL_DELETE_KEYPAIR) return REPLY_INVALID;
    return pathless ? REPLY_OUTAGE : REPLY_ABSENT;
}

void kakao_error_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                        struct reply *out)
{
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const char *words = fault_words(tree, arena);
    out->kind = row_kind(response->status, words ? words : "");
    if (out->kind == REPLY_ABSENT) out->kind = absent_kind(call, words);
    if (out->kind == REPLY_INVALID && response->status == 400 && says_nothing_but_what(call->kind))
        out->kind = REPLY_CONFLICT;
    if (response->status / 100 == 3)
        out->message = redirect_message(response, arena);
    else
        out->message = words ? response_message(words, arena) : response_strange(response, arena);
    if (leak_in_message(call, out->message))
        out->message = "what the cloud says repeats user data and is not shown";
}

bool kakao_is_unauthorized(const struct http_response *response)
{
    if (response->status != 403) return response->status == 401;
    struct arena arena;
    arena_init(&arena);
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const char *words = fault_words(tree, &arena);
    bool token = words && ascii_contains(words, "token");
    arena_release(&arena);
    return token;
}
