/* The dialect nhn-v1: its paths, envelope and log-in. */
#include "nhnv1.h"

#include "memory.h"
#include "wall.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void v1_options(struct cloud_options *options)
{
    options->regions[0] = "KR1";
    options->confirm_after_ms = 500;
    options->networks_subnet = true;
    options->provider_metadata = true;
    options->default_networks = true;
    options->token_life_ms = 3600 * 1000LL;
    options->long_tokens = true;
}

/* ---- replies ------------------------------------------------------------ */

static void v1_header(struct call *call, bool successful, int code, const char *message)
{
    struct buffer *out = &call->body_out;

    json_open(out, '{');
    json_put_open(out, "header", '{');
    json_put_bool(out, "isSuccessful", successful);
    json_put_int(out, "resultCode", code);
    json_put_text(out, "resultMessage", message);
    json_close(out, '}');
}

struct buffer *v1_open(struct call *call)
{
    call->status = 200;
    v1_header(call, true, V1_SUCCESS, "SUCCESS");
    return &call->body_out;
}

void v1_close(struct call *call)
{
    json_close(&call->body_out, '}');
}

void v1_accept(struct call *call)
{
    v1_open(call);
    v1_close(call);
}

static bool v1_refuse_text(struct call *call, int meant, int code, const char *message)
{
    call->status = 200;
    call->meant = meant;
    buffer_clear(&call->body_out);
    v1_header(call, false, code, message);
    v1_close(call);
    return false;
}

bool v1_refuse(struct call *call, int meant, int code, const char *format, ...)
{
    char message[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return v1_refuse_text(call, meant, code, message);
}

bool v1_refuse_by(struct call *call, enum v1_family family, int status, const char *format, ...)
{
    char message[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return v1_refuse_text(call, status, (int)family * 1000 + status, message);
}

void v1_put_number(const struct call *call, struct buffer *out, const char *key, int64_t value)
{
    if (call_switch(call, V1_NUMBERS) == 1)
        json_put_format(out, key, "%lld", (long long)value);
    else
        json_put_int(out, key, value);
}

void v1_put_truth(const struct call *call, struct buffer *out, const char *key, bool value)
{
    if (call_switch(call, V1_NUMBERS) == 1)
        json_put_text(out, key, value ? "true" : "false");
    else
        json_put_bool(out, key, value);
}

void v1_put_time(const struct call *call, struct buffer *out, const char *key, int64_t at_ms)
{
    char wall[WALL_SIZE];
    enum wall_form form = call_switch(call, V1_TIMES) == 1 ? WALL_SECONDS_Z : WALL_MICROS;

    json_put_text(out, key, at_ms < 0 ? NULL : wall_text(cloud_wall(call->cloud, at_ms), form, wall));
}

/* ---- errors of the common part ------------------------------------------ */

/* What is gone is said in one of three ways; an empty row only where a row was asked for. */
static void v1_gone(struct call *call, const char *message)
{
    unsigned how = call_switch(call, V1_GONE);
    bool show = strncmp(call->operation, "show", 4) == 0;

    if (how == 2 && show) {
        v1_open(call);
        call->meant = 404;
        json_put_raw(&call->body_out, "instances", "[]");
        v1_close(call);
        return;
    }
    v1_refuse(call, 404, how == 0 ? V1_NONEXISTENT : V1_INSTANCE * 1000 + 404, "%s", message);
}

static void v1_throttled(struct call *call, const char *message)
{
    static const int codes[] = {10429, 10413};
    unsigned how = call_switch(call, V1_THROTTLE);

    if (how < 2)
        v1_refuse(call, 429, codes[how], "%s", message);
    else
        call->status = 429;
}

/* The guide knows no 5xx: what goes wrong inside comes as one of two codes, what a gateway says as a status.
 */
static void v1_failed(struct call *call, int status, const char *message)
{
    unsigned how = call_switch(call, V1_FAILURE);

    if (status == 500 && how < 2) {
        v1_refuse(call, 500, how == 0 ? V1_FAIL : V1_UNKNOWN_EXCEPTION, "%s", message);
        return;
    }
    call->status = status;
    json_open(&call->body_out, '{');
    json_put_text(&call->body_out, "message", message);
    json_close(&call->body_out, '}');
}

/* "Permission denied: user, appkey or token": whose permission it is that lacks, the code does not tell. */
static bool is_denied_by_code(struct call *call, int status)
{
    return status == 403 && call_fault(call, CLOUD_FAULT_FORBIDDEN) && call_switch(call, V1_FORBIDDEN) == 1;
}

static void v1_error(struct call *call, int status, const char *message)
{
    bool server = call->route && call->route->flags & ROUTE_SERVER;

    if (status >= 500)
        v1_failed(call, status, message);
    else if (status == 429)
        v1_throttled(call, message);
    else if (status == 404 && server)
        v1_gone(call, message);
    else if (is_denied_by_code(call, status))
        v1_refuse(call, status, V1_DENIED, "Permission denied");
    else if (status == 405)
        v1_refuse(call, status, V1_NOT_SUPPORTED, "%s", message);
    else if (status == 400 && !call->body)
        v1_refuse(call, status, V1_NOT_JSON, "%s", message);
    else
        v1_refuse_by(call, V1_INSTANCE, status, "%s", message);
}

static void v1_unauthorized(struct call *call)
{
    static const int codes[] = {V1_DENIED, 50401, 10401};
    unsigned how = call_switch(call, V1_EXPIRED);

    if (how < 3) {
        v1_refuse(call, 401, codes[how], "Permission denied");
        return;
    }
    buffer_clear(&call->body_out);
    call->status = 401;
}

/* ---- paths -------------------------------------------------------------- */

/* /compute/v1.0/appkeys/KEY/...; what is addressed by a query gets two segments more: "?" and the id. */
static void v1_find(struct call *call)
{
    static const char *const keys[] = {"id", "name"};
    char *segments[CALL_SEGMENTS_MAX + 2];
    size_t at = call_find_service(call), count = 0;
    bool method_wrong = false;
    const char *value = NULL;
    char mark[] = "?";

    if (call->service == CLOUD_SERVICE_NONE || call->segment_count < at + 4 ||
        strcmp(call->segments[at], "v1.0") != 0 || strcmp(call->segments[at + 1], "appkeys") != 0) {
        call_error(call, 404, "no service here: %s", call->request->path);
        return;
    }
    call->version = call->segments[at];
    call->path_project = call->segments[at + 2];
    for (size_t i = at + 3; i < call->segment_count; i++)
        segments[count++] = call->segments[i];
    for (size_t i = 0; count == 1 && !value && i < sizeof keys / sizeof *keys; i++)
        value = call_query(call, keys[i]);
    if (value) {
        segments[count++] = mark;
        segments[count++] = (char *)(uintptr_t)value;
    }
    call->route = route_find(call, segments, count, &method_wrong);
    if (!call->route)
        call_error(call, method_wrong ? 405 : 404, "%s", method_wrong ? "Not supported" : "Nonexistent");
}

static const char *v1_member(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

    return text ? text : "";
}

static void v1_note(struct call *call)
{
    if (call->route->flags & ROUTE_ACTION) {
        call->action = cJSON_GetObjectItemCaseSensitive(call->body, "parameters");
        call->operation = v1_action_operation(v1_member(call->body, "action"));
    }
    if (call->route->flags & ROUTE_CREATE) {
        call->create_name = v1_member(cJSON_GetObjectItemCaseSensitive(call->body, "instance"), "name");
        call->create_object = call->create_name;
    }
}

/* ---- log-in ------------------------------------------------------------- */

static void appkey_of(const struct user *user, char out[V1_APPKEY_SIZE])
{
    memory_put(out, V1_APPKEY_SIZE, user->credential_id);
}

static bool appkey_is_of(const struct call *call, const char *project)
{
    char appkey[V1_APPKEY_SIZE];

    for (size_t i = 0; i < call->cloud->tokens.user_count; i++) {
        const struct user *user = &call->cloud->tokens.users[i];

        appkey_of(user, appkey);
        if (strcmp(appkey, call->path_project) == 0 && strcmp(user->project, project) == 0) return true;
    }
    return false;
}

static const char *v1_token_text(const struct call *call)
{
    const char *token = call_header(call, "X-Auth-Token");

    return token ? token : "";
}

static bool v1_authorize(struct call *call)
{
    if (!call_take_token(call, v1_token_text(call))) return false;
    if (appkey_is_of(call, call->project)) return true;
    call->authorized = false;
    return v1_refuse(call, 403, V1_DENIED, "Permission denied");
}

static void token_write(struct call *call, const struct token *token)
{
    struct buffer *out = v1_open(call);
    char wall[WALL_SIZE];

    json_put_open(out, "access", '{');
    json_put_open(out, "token", '{');
    json_put_text(out, "expires", call_wall(call, token->expires_ms, wall));
    json_put_text(out, "id", token->id);
    json_put_text(out, "issued_at", wall_text(cloud_wall(call->cloud, token->issued_ms), WALL_MICROS, wall));
    json_close(out, '}');
    json_put_open(out, "user", '{');
    json_put_text(out, "id", token->user->id);
    json_put_raw(out, "roles", "[{\"name\":\"member\"}]");
    json_close(out, '}');
    json_close(out, '}');
    v1_close(call);
}

void v1_token(struct call *call)
{
    const cJSON *auth = cJSON_GetObjectItemCaseSensitive(call->body, "auth");
    const struct cloud_fault *wrong = call_fault(call, CLOUD_FAULT_WRONG_PROJECT);
    struct user *user = tokens_user(&call->cloud->tokens, v1_member(auth, "username"));
    const struct user *given = user;

    if (!user || strcmp(user->password, v1_member(auth, "password")) != 0 ||
        !appkey_is_of(call, user->project)) {
        v1_refuse(call, 401, V1_DENIED, "Permission denied");
        return;
    }
    if (wrong) {
        given = tokens_stranger(&call->cloud->tokens, user);
        if (given != user) fault_used(call, wrong);
    }
    call->authorized = true;
    call->effect = true;
    call->project = given->project;
    token_write(call, tokens_issue(&call->cloud->tokens, &call->cloud->token_dice, given, given,
                                   &call->cloud->options, call->now_ms));
}

void v1_token_show(struct call *call)
{
    const struct token *token = tokens_check(&call->cloud->tokens, call->arguments[0], call->now_ms, 0);

    if (token)
        token_write(call, token);
    else
        v1_refuse_by(call, V1_TOKEN, 404, "Token could not be found");
}

static void v1_headers(struct call *call)
{
    if (call->status == 200) call->content_type = "application/json;charset=UTF-8";
}

/* Nothing of ours is on a server. */
static void v1_strip(struct face *face)
{
    (void)face;
}

const struct dialect dialect_nhn_v1 = {
    .name = "nhn-v1",
    .login = "/compute",
    .prefixes = {[CLOUD_COMPUTE] = "compute"},
    .switches = v1_switches,
    .routes = v1_routes,
    .options = v1_options,
    .find = v1_find,
    .note = v1_note,
    .authorize = v1_authorize,
    .token = v1_token_text,
    .error = v1_error,
    .unauthorized = v1_unauthorized,
    .headers = v1_headers,
    .strip = v1_strip,
};
