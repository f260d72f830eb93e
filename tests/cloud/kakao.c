#include "kakao.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct dialect_switch switches[] = {
    [KAKAO_SUCCESS] = {"success", {"200", "202-204"}},
    [KAKAO_LOGIN_STATUS] = {"login-status", {"201", "200"}},
    [KAKAO_ACTION_BODY] = {"action-body", {"empty", "null", "object"}},
    [KAKAO_ERROR_CODE] = {"error-code", {"text", "number", "absent"}},
    [KAKAO_WRONG_STATE] = {"wrong-state", {"409", "400"}},
    [KAKAO_VALIDATION] = {"validation", {"400", "422"}},
    [KAKAO_EXPIRED_TOKEN] = {"expired-token", {"401", "403"}},
    [KAKAO_QUOTA_ERROR] = {"quota-error", {"403", "409", "400"}},
    [KAKAO_RETRY_AFTER] = {"retry-after", {"told", "silent"}},
    [KAKAO_LIMIT_CAP] = {"limit-cap", {"1000", "100", "2-told", "2-silent"}},
    [KAKAO_TOTAL] = {"total", {"rows", "living"}},
    [KAKAO_STATUS_WORDS] = {"status-words", {"lower", "capital", "upper", "unknown"}},
    [KAKAO_STATUS_SOURCE] = {"status-source", {"task", "vm"}},
    [KAKAO_NULLS] = {"nulls", {"few", "null", "absent"}},
    [KAKAO_DELETED_LISTED] = {"deleted-listed", {"deleted", "as-before", "no"}},
    [KAKAO_DELETED_GET] = {"deleted-get", {"404", "shown"}},
    [KAKAO_DELETE_BUSY] = {"delete-busy", {"taken", "refused"}},
    [KAKAO_ERROR_ACTIONS] = {"error-actions", {"refused", "taken"}},
    [KAKAO_FRESH_GET] = {"fresh-get", {"404", "shown"}},
    [KAKAO_FRESH_LIST] = {"fresh-list", {"late", "at-once"}},
    [KAKAO_AFTER_PUT] = {"after-put", {"fresh", "stale"}},
    [KAKAO_RESIZE_BEGINS] = {"resize-begins", {"late", "at-once"}},
    [KAKAO_NO_GROUPS] = {"no-groups", {"none", "default"}},
    [KAKAO_NAME_RULES] = {"name-rules", {"none", "strict"}},
    [KAKAO_UNKNOWN_KEYS] = {"unknown-keys", {"refused", "ignored"}},
    [KAKAO_SWITCH_COUNT] = {NULL, {NULL}},
};
_Static_assert((int)KAKAO_SWITCH_COUNT <= (int)CLOUD_SWITCHES_MAX, "each switch has its place");

static void kakao_options(struct cloud_options *options)
{
    options->regions[0] = "kr-central-2";
    options->confirm_after_ms = 0; /* nobody ever confirms a resize here */
    options->page_default = 20;
    options->page_max = 1000;
    options->quota_instances = 500;
    options->token_life_ms = 12 * 3600 * 1000LL;
    options->long_tokens = true;
}

/* What the framework answers where no route is: no envelope. */
static void kakao_pathless(struct call *call, int status, const char *detail)
{
    call->status = status;
    buffer_clear(&call->body_out);
    json_open(&call->body_out, '{');
    json_put_text(&call->body_out, "detail", detail);
    json_close(&call->body_out, '}');
}

static void kakao_find(struct call *call)
{
    size_t at = call_find_service(call);
    bool method_wrong = false;

    if (call_switch(call, KAKAO_AFTER_PUT)) call->cloud->keep_versions = true;
    if (call->service != CLOUD_SERVICE_NONE)
        call->route = route_find(call, call->segments + at, call->segment_count - at, &method_wrong);
    if (!call->route)
        kakao_pathless(call, method_wrong ? 405 : 404, method_wrong ? "Method Not Allowed" : "Not Found");
}

/* The fourth word of "[sp1 OWNER TAG ATTEMPT ...]": whose try this is. */
static void kakao_note_attempt(struct call *call, const char *description)
{
    char words[4][CLOUD_WORD_SIZE];

    if (sscanf(description, "[sp1 %47s %47s %47s", words[0], words[1], words[2]) == 3) {
        memory_put(call->attempt, sizeof call->attempt, words[2]);
        call->create_attempt = call->attempt;
    }
}

static void kakao_note(struct call *call)
{
    const cJSON *instance = cJSON_GetObjectItemCaseSensitive(call->body, "instance");
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(instance, "name"));
    const char *description = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(instance, "description"));

    /* GET has its own idea of who is there. */
    if (call->route->handle == kakao_show)
        call->server = fleet_by_id(&call->cloud->fleet, call->arguments[0]);
    if (!(call->route->flags & ROUTE_CREATE)) return;
    call->create_name = call->create_object = name ? name : "";
    if (description) kakao_note_attempt(call, description);
}

static const char *kakao_token_text(const struct call *call)
{
    const char *token = call_header(call, "X-Auth-Token");

    return token ? token : "";
}

static bool kakao_authorize(struct call *call)
{
    return call_take_token(call, kakao_token_text(call));
}

static const char *kakao_error_word(int status)
{
    switch (status) {
    case 400: return "BadRequest";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "NotFound";
    case 409: return "Conflict";
    case 429: return "TooManyRequests";
    default: return "InternalServerError";
    }
}

static void kakao_error(struct call *call, int status, const char *message)
{
    struct buffer *out = &call->body_out;
    bool iam = call->service == CLOUD_IDENTITY;
    unsigned code = call_switch(call, KAKAO_ERROR_CODE);

    call->content_type = "application/json";
    json_open(out, '{');
    json_put_open(out, "error", '{');
    if (iam || code == 1)
        json_put_int(out, "code", status);
    else if (code == 0)
        json_put_text(out, "code", kakao_error_word(status));
    if (iam) json_put_text(out, "title", kakao_error_word(status));
    json_put_text(out, "message", message);
    json_close(out, '}');
    json_close(out, '}');
}

static void kakao_unauthorized(struct call *call)
{
    bool forbidden = call_switch(call, KAKAO_EXPIRED_TOKEN) && call->service != CLOUD_IDENTITY;

    call_error(call, forbidden ? 403 : 401, "%s",
               forbidden ? "Access denied: invalid token"
                         : "The request you have made requires authentication.");
}

static void kakao_headers(struct call *call)
{
    if (call->status) call_header_out(call, "X-Request-Id", "%s", call->request_id);
    for (size_t i = 0; call_switch(call, KAKAO_RETRY_AFTER) && i < call->header_count; i++) {
        if (strcmp(call->headers[i].name, "Retry-After") != 0) continue;
        free(call->headers[i].value);
        call->headers[i] = call->headers[--call->header_count];
    }
}

/* Somebody deletes our words and leaves his own. */
static void kakao_strip(struct face *face)
{
    const char *text = server_metadata(face, "description");
    const char *close = text ? strchr(text, ']') : NULL;
    char own[CLOUD_NAME_SIZE];

    if (!close || strncmp(text, "[sp1 ", 5) != 0) return;
    memory_put(own, sizeof own, close + 1 + (close[1] == ' '));
    server_metadata_put(face, "description", own);
}

bool kakao_invalid(struct call *call, const char *field, const char *format, ...)
{
    struct buffer *out = &call->body_out;
    char why[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    if (!call_switch(call, KAKAO_VALIDATION)) {
        call_error(call, 400, "%s: %s", field, why);
        return false;
    }
    call->status = 422;
    buffer_clear(out);
    json_open(out, '{');
    json_put_open(out, "detail", '[');
    json_open(out, '{');
    json_put_open(out, "loc", '[');
    json_text(out, "body");
    json_text(out, "instance");
    json_text(out, field);
    json_close(out, ']');
    json_put_text(out, "msg", why);
    json_put_text(out, "type", "value_error");
    json_close(out, '}');
    json_close(out, ']');
    json_close(out, '}');
    return false;
}

int kakao_success(const struct call *call, int other)
{
    return call_switch(call, KAKAO_SUCCESS) ? other : 200;
}

void kakao_done(struct call *call)
{
    unsigned body = call_switch(call, KAKAO_ACTION_BODY);

    call->status = kakao_success(call, 202);
    if (body == 1) json_null(&call->body_out);
    if (body == 2) json_raw(&call->body_out, "{\"result\":\"accepted\"}");
}

void kakao_done_with(struct call *call, const char *key, const char *id)
{
    struct buffer *out = &call->body_out;

    call->status = kakao_success(call, 202);
    json_open(out, '{');
    json_put_open(out, key, '{');
    json_put_text(out, "id", id);
    json_close(out, '}');
    json_close(out, '}');
}

static const char *const zones[] = {"kr-central-2-a", "kr-central-2-b", "kr-central-2-c", NULL};

const struct dialect dialect_kakaocloud = {
    .name = "kakaocloud",
    .login = "/iam",
    .prefixes = {[CLOUD_IDENTITY] = "iam",
                 [CLOUD_COMPUTE] = "bcs",
                 [CLOUD_IMAGE] = "image",
                 [CLOUD_NETWORK] = "network",
                 [CLOUD_VPC] = "vpc"},
    .zones = zones,
    .switches = switches,
    .routes = kakao_routes,
    .options = kakao_options,
    .find = kakao_find,
    .note = kakao_note,
    .authorize = kakao_authorize,
    .token = kakao_token_text,
    .error = kakao_error,
    .unauthorized = kakao_unauthorized,
    .headers = kakao_headers,
    .strip = kakao_strip,
};
