#include "tencent.h"

#include "memory.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct dialect_switch switches[] = {
    [TENCENT_AUTH_FAILURE] = {"auth-failure", {"scode", "http-401"}},
    [TENCENT_SCHEME] = {"scheme", {"bearer", "bare"}},
    [TENCENT_TOKEN] = {"token", {"jwt", "opaque"}},
    [TENCENT_CODE_KEY] = {"code-key", {"scode", "status_code"}},
    [TENCENT_ERROR_TEXT] = {"error-text", {"desc", "message", "absent"}},
    [TENCENT_BATCH] = {"batch", {"plain", "wrapped"}},
    [TENCENT_PAGE_NUM] = {"page-num", {"index", "offset"}},
    [TENCENT_PAGE_CAP] = {"page-cap", {"100", "2"}},
    [TENCENT_TOTAL] = {"total", {"told", "absent"}},
    [TENCENT_MISSING] = {"missing", {"not-found", "null", "empty", "error"}},
    [TENCENT_RELEASE] = {"release", {"two-stage", "one-stage"}},
    [TENCENT_BINNED] = {"binned", {"listed", "hidden"}},
    [TENCENT_LAUNCH_FAILED] = {"launch-failed", {"goes", "stays"}},
    [TENCENT_UPDATE_NAME] = {"update-name", {"kept", "blanked"}},
    [TENCENT_FLIP] = {"operation-shows", {"late", "at-once"}},
    [TENCENT_OPERATION] = {"operation-state", {"told", "null"}},
    [TENCENT_SCOPE] = {"list-scope", {"tenant", "account"}},
    [TENCENT_FRESH_LIST] = {"fresh-instance", {"late", "at-once"}},
    [TENCENT_SOFT_STOP] = {"soft-stop", {"stops", "in-vain"}},
    [TENCENT_UNKNOWN_KEYS] = {"body-keys", {"any", "documented"}},
    [TENCENT_LOGOUT] = {"logout-ends", {"token", "user"}},
    [TENCENT_SWITCH_COUNT] = {NULL, {NULL}},
};
_Static_assert((int)TENCENT_SWITCH_COUNT <= (int)CLOUD_SWITCHES_MAX, "each switch has its place");

enum {
    SCODE_MANAGER = 10000,
    SCODE_PARAMETER = 10001,
    SCODE_TOKEN = 10105, /* no document names one */
    SCODE_TENCENT = 30001,
};

static void tencent_options(struct cloud_options *options)
{
    options->regions[0] = "ap-guangzhou";
    options->confirm_after_ms = -1;
    options->page_default = 20;
    options->page_max = 100;
    options->token_life_ms = 300000 * 1000LL;
}

static void tencent_find(struct call *call)
{
    size_t at = call_find_service(call);
    bool method_wrong = false;

    tencent_sweep(call->cloud);
    if (call->service != CLOUD_SERVICE_NONE)
        call->route = route_find(call, call->segments + at, call->segment_count - at, &method_wrong);
    if (call->route) return;
    call->status = 404; /* the one status that is not 200 */
    call->content_type = "text/plain; charset=utf-8";
    buffer_text(&call->body_out, "404 page not found\n");
}

static void tencent_note(struct call *call)
{
    const cJSON *first = cJSON_GetArrayItem(tencent_member(call, "InstanceIds"), 0);
    const char *id = cJSON_GetStringValue(first ? first : tencent_member(call, "InstanceId"));

    if (id) call->server = fleet_by_id(&call->cloud->fleet, id);
    if (call->route->flags & ROUTE_CREATE)
        call->create_name = call->create_object = tencent_text(call, "InstanceName");
}

static const char *tencent_token(const struct call *call)
{
    const char *text = call_header(call, "Authorization");
    bool bare = call_switch(call, TENCENT_SCHEME);

    if (!text) return "";
    if (bare) return text;
    return strncmp(text, "Bearer ", 7) == 0 ? text + 7 : "";
}

static bool tencent_authorize(struct call *call)
{
    return call_take_token(call, tencent_token(call));
}

/* What stands in the text of an HTTP status that a fault or the cloud's own checks ask for. */
static const char *cvm_code(int status)
{
    switch (status) {
    case 403: return "UnauthorizedOperation";
    case 404: return "InvalidInstanceId.NotFound";
    case 409: return "OperationDenied.InstanceOperationInProgress";
    case 413:
    case 429: return "RequestLimitExceeded";
    case 400: return "InvalidParameterValue";
    default: return NULL;
    }
}

static void tencent_error(struct call *call, int status, const char *message)
{
    const char *code = cvm_code(status);

    call->meant = status;
    if (code)
        tencent_refuse(call, code, "%s", message);
    else
        tencent_fail(call, SCODE_MANAGER, "Manager server error", "%s", message);
}

static void tencent_unauthorized(struct call *call)
{
    call->meant = 401;
    tencent_fail(call, SCODE_TOKEN, "Token is invalid or has expired", "%s", "");
    if (call_switch(call, TENCENT_AUTH_FAILURE)) call->status = 401;
}

static void tencent_headers(struct call *call)
{
    (void)call;
}

/* Nothing of ours stands on a server here. */
static void tencent_strip(struct face *face)
{
    (void)face;
}

static void tencent_draw_id(struct dice *dice, char *out)
{
    memory_put(out, CLOUD_ID_SIZE, "ins-");
    dice_hex(dice, out + 4, 8);
}

/* --- envelopes --- */

static void envelope(struct call *call, struct buffer *out, int scode, const char *desc, const char *message,
                     const char *message_cn)
{
    bool other = call_switch(call, TENCENT_CODE_KEY);

    json_open(out, '{');
    json_put_int(out, other ? "status_code" : "scode", scode);
    json_put_text(out, "desc", desc);
    json_put_text(out, other ? "message_en" : "message", message);
    json_put_text(out, "message_cn", message_cn);
    json_put_raw(out, "stack",
                 scode
                     ? "[\"host:node1,pid:4711,module:tencent,code:1,filename:compute.go,func:call,line:88\"]"
                     : "null");
    json_key(out, "data");
}

struct buffer *tencent_open(struct call *call)
{
    call->status = 200;
    call->content_type = "application/json";
    buffer_clear(&call->body_out);
    envelope(call, &call->body_out, 0, "", "success", "成功");
    return &call->body_out;
}

void tencent_close(struct call *call)
{
    json_close(&call->body_out, '}');
}

void tencent_done(struct call *call)
{
    struct buffer *out = tencent_open(call);

    if (call_switch(call, TENCENT_BATCH)) {
        json_open(out, '{');
        json_put_int(out, "success", 1);
        json_put_int(out, "fail", 0);
        json_put_open(out, "results", '[');
        envelope(call, out, 0, "", "success", "成功");
        json_raw(out, "{}");
        json_close(out, '}');
        json_close(out, ']');
        json_close(out, '}');
    } else {
        json_raw(out, "{}");
    }
    tencent_close(call);
}

/* A batch says yes outside, whatever became of its items. */
static void write_refusal(struct call *call, int scode, const char *desc, const char *message)
{
    struct buffer *out = &call->body_out;
    bool wrapped = call_switch(call, TENCENT_BATCH) && call->server && call->mutating;

    if (!call->meant) call->meant = call->illegal ? 409 : 400;
    call->status = 200;
    call->content_type = "application/json";
    buffer_clear(out);
    if (wrapped) {
        envelope(call, out, 0, "", "success", "成功");
        json_open(out, '{');
        json_put_int(out, "success", 0);
        json_put_int(out, "fail", 1);
        json_put_open(out, "results", '[');
    }
    envelope(call, out, scode, desc, message, "失败");
    json_null(out);
    json_close(out, '}');
    if (wrapped) {
        json_close(out, ']');
        json_close(out, '}');
        json_close(out, '}');
    }
}

bool tencent_refuse(struct call *call, const char *code, const char *format, ...)
{
    unsigned place = call_switch(call, TENCENT_ERROR_TEXT);
    char why[512], text[800];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    snprintf(text, sizeof text, "[TencentCloudSDKError] Code=%s, Message=%s, RequestId=%s", code, why,
             call->request_id + 4);
    write_refusal(call, SCODE_TENCENT, place == 0 ? text : "",
                  place == 1 ? text : "Tencent cloud returned an error");
    return false;
}

bool tencent_fail(struct call *call, int scode, const char *text, const char *format, ...)
{
    char why[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    write_refusal(call, scode, why, text);
    return false;
}

/* --- bodies --- */

const cJSON *tencent_member(const struct call *call, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(call->body, key);

    return cJSON_IsNull(value) ? NULL : value;
}

const char *tencent_text(const struct call *call, const char *key)
{
    const char *text = cJSON_GetStringValue(tencent_member(call, key));

    return text ? text : "";
}

static bool is_known(const char *key, const char *const *known)
{
    static const char *const common[] = {"Region", "TenantUuid", "ClusterUuid", "cluster_uuid"};

    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (strcmp(key, common[i]) == 0) return true;
    }
    while (*known && strcmp(*known, key) != 0)
        known++;
    return *known;
}

bool tencent_body(struct call *call, const char *const *known)
{
    static const char *const common[] = {"Region", "TenantUuid", "ClusterUuid"};
    const cJSON *each;

    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (!*tencent_text(call, common[i]))
            return tencent_fail(call, SCODE_PARAMETER, "Parse parameter error", "%s is required", common[i]);
    }
    if (strcmp(tencent_text(call, "Region"), call->cloud->options.regions[0]) != 0)
        return tencent_refuse(call, "InvalidParameterValue", "the region %s is not there",
                              tencent_text(call, "Region"));
    if (strcmp(tencent_text(call, "TenantUuid"), call->project) != 0 &&
        strcmp(tencent_text(call, "TenantUuid"), "system") != 0)
        return tencent_fail(call, 10184, "tenant not exist", "%s", tencent_text(call, "TenantUuid"));
    cJSON_ArrayForEach(each, call->body)
    {
        if (call_switch(call, TENCENT_UNKNOWN_KEYS) && !is_known(each->string, known))
            return tencent_fail(call, SCODE_PARAMETER, "Parse parameter error", "unknown key %s",
                                each->string);
    }
    return true;
}

const char *tencent_code(const char *prefix, const struct item *item, char *out)
{
    size_t length = (size_t)snprintf(out, TENCENT_CODE_SIZE, "%s-", prefix);

    for (const char *at = item->item.name; *at && length + 1 < TENCENT_CODE_SIZE; at++) {
        if (isalnum((unsigned char)*at)) out[length++] = (char)tolower((unsigned char)*at);
    }
    out[length] = '\0';
    return out;
}

struct item *tencent_item(const struct call *call, enum cloud_item_kind kind, const char *prefix,
                          const char *code)
{
    size_t position = 0;
    char own[TENCENT_CODE_SIZE];

    for (struct item *item; (item = catalogue_next(&call->cloud->catalogue, kind, &position));) {
        if (strcmp(tencent_code(prefix, item, own), code) == 0) return item;
    }
    return NULL;
}

#define CVM "tencent/compute/"
enum { CHANGES = ROUTE_MUTATING | ROUTE_BODY };

const struct route tencent_routes[] = {
    {CLOUD_COMPUTE, "POST", "authentication/login", "token", ROUTE_OPEN | ROUTE_LOGIN | ROUTE_BODY,
     tencent_login},
    {CLOUD_COMPUTE, "POST", "authentication/logout", "logout", 0, tencent_logout},
    {CLOUD_COMPUTE, "POST", CVM "create", "create", CHANGES | ROUTE_CREATE, tencent_create},
    {CLOUD_COMPUTE, "POST", CVM "delete", "delete", CHANGES, tencent_delete},
    {CLOUD_COMPUTE, "POST", CVM "update", "update", CHANGES, tencent_update},
    {CLOUD_COMPUTE, "POST", CVM "reset", "reset", CHANGES, tencent_reset},
    {CLOUD_COMPUTE, "POST", CVM "turn_on", "turn_on", CHANGES, tencent_turn_on},
    {CLOUD_COMPUTE, "POST", CVM "turn_off", "turn_off", CHANGES, tencent_turn_off},
    {CLOUD_COMPUTE, "POST", CVM "list", "list-detail", ROUTE_BODY, tencent_list},
    {CLOUD_COMPUTE, "POST", CVM "inspect", "show", ROUTE_BODY, tencent_inspect},
    {CLOUD_SERVICE_NONE, NULL, NULL, NULL, 0, NULL},
};

static const char *const zones[] = {"ap-guangzhou-3", "ap-guangzhou-4", NULL};

const struct dialect dialect_tencent_gateway = {
    .name = "tencent-gateway",
    .login = "",
    .prefixes = {[CLOUD_COMPUTE] = "v1"},
    .zones = zones,
    .switches = switches,
    .routes = tencent_routes,
    .options = tencent_options,
    .find = tencent_find,
    .note = tencent_note,
    .authorize = tencent_authorize,
    .token = tencent_token,
    .error = tencent_error,
    .unauthorized = tencent_unauthorized,
    .headers = tencent_headers,
    .strip = tencent_strip,
    .draw_id = tencent_draw_id,
};
