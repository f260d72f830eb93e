#include "daemon/control_request.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "daemon/control.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

enum {
    TEXT_MAX = 1024,     /* of one argument: a reason, or a path; longer is a mistake */
    MESSAGE_MAX = 65536, /* of one reply: a reload's mistakes, one per line */
    DURATION_MAX_DAYS = 3660
};

enum { EXIT_FAILED = 1, EXIT_USAGE = 64 };

static const struct control_status statuses[] = {{200, 0},  {400, 64}, {403, 6}, {404, 7}, {405, -1},
                                                 {413, -1}, {429, -1}, {500, 1}, {503, -1}};

const struct control_status *control_statuses(uint32_t *out_count)
{
    *out_count = sizeof statuses / sizeof *statuses;
    return statuses;
}

static int status_of(int exit)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].exit == exit) return statuses[i].status;
    return 500;
}

static bool status_is_known(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == status) return true;
    return false;
}

struct control_request *control_request_new(const char *method, const char *path)
{
    struct control_request *request = NEW(struct control_request);
    arena_init(&request->arena);
    request->method = arena_text(&request->arena, method);
    request->path = arena_text(&request->arena, path);
    request->arguments = ARENA_ROW(&request->arena, struct control_argument, CONTROL_PARAMETERS);
    text_init(&request->body, LIMIT_REQUEST_BYTES);
    return request;
}

void control_request_free(struct control_request *request)
{
    if (!request) return;
    control_peer_release(&request->peer);
    text_release(&request->body);
    text_release(&request->reply.json);
    arena_release(&request->arena);
    memory_free(request);
}

static bool refuse(struct control_request *request, const char *name, const char *text, const char *what)
{
    AUTO_TEXT struct text message = {0};
    text_init(&message, MESSAGE_MAX);
    text_addf(&message, "parameter %.64s", name);
    if (text) text_addf(&message, " = \"%.64s\"", text);
    text_addf(&message, ": %s", what);
    control_request_finish(request, EXIT_USAGE, message.bytes);
    return false;
}

static const struct control_parameter *row_find(const struct control_parameter *rows, const char *name)
{
    for (; rows && rows->name; rows++)
        if (text_equal(rows->name, name)) return rows;
    return NULL;
}

static bool flag_parse(const char *text, bool *out)
{
    *out = text_equal(text, "1") || text_equal(text, "true");
    return *out || text_equal(text, "0") || text_equal(text, "false");
}

static const char *value_problem(const struct control_parameter *row, const char *text)
{
    uint64_t number;
    int64_t duration_ms;
    bool flag;
    switch (row->kind) {
    case CONTROL_NUMBER:
        return text_to_number(text, row->max, &number) ? NULL : "not a whole number in its range";
    case CONTROL_FLAG: return flag_parse(text, &flag) ? NULL : "neither true nor false";
    case CONTROL_DURATION:
        return duration_parse(text, DURATION_MAX_DAYS * DAY_MS, &duration_ms) && duration_ms > 0
                   ? NULL
                   : "not a duration like 30s, 15m or 24h";
    case CONTROL_TEXT:
    case CONTROL_TEXTS:
        if (!*text) return "empty";
        return strlen(text) <= TEXT_MAX ? NULL : "longer than 1024 bytes";
    }
    return "of no known kind";
}

bool control_request_add(struct control_request *request, const struct control_parameter *parameters,
                         const char *name, const char *text)
{
    const struct control_parameter *row = row_find(parameters, name);
    if (!row) return refuse(request, name, NULL, "not known here");
    const char *problem = value_problem(row, text);
    if (problem) return refuse(request, name, text, problem);
    if (row->kind != CONTROL_TEXTS && control_request_text(request, name))
        return refuse(request, name, NULL, "given twice");
    if (request->argument_count == CONTROL_PARAMETERS)
        return refuse(request, name, NULL, "one too many: a request has at most 256; narrow it by source");
    request->arguments[request->argument_count++] =
        (struct control_argument){.name = row->name, .text = arena_text(&request->arena, text)};
    return true;
}

static bool add_json(struct control_request *request, const struct control_parameter *parameters,
                     const char *name, const cJSON *value)
{
    const struct control_parameter *row = row_find(parameters, name);
    if (!row) return refuse(request, name, NULL, "not known here");
    if (cJSON_IsNull(value)) return true;
    if (cJSON_IsString(value) && row->kind != CONTROL_FLAG && row->kind != CONTROL_NUMBER)
        return control_request_add(request, parameters, name, value->valuestring);
    if (cJSON_IsBool(value) && row->kind == CONTROL_FLAG)
        return control_request_add(request, parameters, name, cJSON_IsTrue(value) ? "true" : "false");
    if (cJSON_IsNumber(value) && row->kind == CONTROL_NUMBER) {
        char digits[32];
        snprintf(digits, sizeof digits, "%.17g", value->valuedouble);
        return control_request_add(request, parameters, name, digits);
    }
    return refuse(request, name, NULL, "of the wrong type");
}

static bool add_member(struct control_request *request, const struct control_parameter *parameters,
                       const cJSON *member)
{
    const struct control_parameter *row = row_find(parameters, member->string);
    if (!row || row->kind != CONTROL_TEXTS || !cJSON_IsArray(member))
        return add_json(request, parameters, member->string, member);
    for (const cJSON *item = member->child; item; item = item->next) {
        if (!cJSON_IsString(item)) return refuse(request, member->string, NULL, "not a list of texts");
        if (!control_request_add(request, parameters, member->string, item->valuestring)) return false;
    }
    return true;
}

static void json_release(cJSON **json)
{
    cJSON_Delete(*json);
}

/* cJSON ends a text at the character that it stands for. */
static bool has_nul_escape(const char *json)
{
    for (const char *at = strchr(json, '\\'); at && at[1]; at = strchr(at + 2, '\\'))
        if (text_starts(at + 1, "u0000")) return true;
    return false;
}

bool control_request_add_body(struct control_request *request, const struct control_parameter *parameters)
{
    if (request->body.overflow) {
        control_request_finish_status(request, 413, EXIT_USAGE, "the request's body is longer than 64 KiB");
        return false;
    }
    if (request->body.length == 0) return true;
    /* A NUL inside would hide what follows it. */
    bool whole = strlen(request->body.bytes) == request->body.length;
    __attribute__((cleanup(json_release))) cJSON *json =
        whole ? cJSON_ParseWithOpts(request->body.bytes, NULL, true) : NULL;
    if (!json || !cJSON_IsObject(json)) {
        control_request_finish(request, EXIT_USAGE, "the request's body is not a JSON object");
        return false;
    }
    if (has_nul_escape(request->body.bytes)) {
        control_request_finish(request, EXIT_USAGE, "the request's body holds a NUL character");
        return false;
    }
    for (const cJSON *member = json->child; member; member = member->next)
        if (!add_member(request, parameters, member)) return false;
    return true;
}

bool control_request_is_whole(struct control_request *request, const struct control_parameter *parameters)
{
    for (const struct control_parameter *row = parameters; row && row->name; row++)
        if (row->required && !control_request_text(request, row->name))
            return refuse(request, row->name, NULL, "missing");
    return true;
}

const char *control_request_text(const struct control_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->argument_count; i++)
        if (text_equal(request->arguments[i].name, name)) return request->arguments[i].text;
    return NULL;
}

uint64_t control_request_number(const struct control_request *request, const char *name)
{
    const char *text = control_request_text(request, name);
    uint64_t number;
    return text && text_to_number(text, UINT64_MAX, &number) ? number : 0;
}

bool control_request_flag(const struct control_request *request, const char *name)
{
    const char *text = control_request_text(request, name);
    bool flag;
    return text && flag_parse(text, &flag) && flag;
}

int64_t control_request_duration_ms(const struct control_request *request, const char *name)
{
    const char *text = control_request_text(request, name);
    int64_t duration_ms;
    return text && duration_parse(text, DURATION_MAX_DAYS * DAY_MS, &duration_ms) ? duration_ms : 0;
}

uint32_t control_request_texts(struct control_request *request, const char *name,
                               const char *const **out_texts)
{
    const char **texts = ARENA_ROW(&request->arena, const char *, request->argument_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < request->argument_count; i++)
        if (text_equal(request->arguments[i].name, name)) texts[count++] = request->arguments[i].text;
    *out_texts = texts;
    return count;
}

struct view_filter control_request_filter(struct control_request *request)
{
    struct view_filter filter = {.source = control_request_text(request, "source"),
                                 .selector = control_request_text(request, "selector")};
    filter.name_count = control_request_texts(request, "name", &filter.names);
    return filter;
}

void control_request_finish_status(struct control_request *request, int status, int exit, const char *message)
{
    ASSERT(status_is_known(status));
    if (request->reply.ready) return;
    request->reply.ready = true;
    request->reply.status = status;
    text_init(&request->reply.json, MESSAGE_MAX * 6 + 64); /* every byte escaped */
    text_addf(&request->reply.json, "{\"exit\":%d,\"message\":", exit);
    AUTO_TEXT struct text cut = {0};
    text_init(&cut, MESSAGE_MAX);
    text_add(&cut, message ? message : "");
    text_add_json(&request->reply.json, cut.bytes);
    text_add(&request->reply.json, "}\n");
}

void control_request_finish(struct control_request *request, int exit, const char *message)
{
    control_request_finish_status(request, status_of(exit), exit, message);
}

void control_request_finish_json(struct control_request *request, struct text *json)
{
    if (request->reply.ready) return;
    if (json->overflow) {
        control_request_finish(request, EXIT_FAILED,
                               "the answer is larger than 256 MiB; narrow it by names, --source or -l");
        return;
    }
    text_add_char(json, '\n');
    request->reply = (struct control_reply){.ready = true, .status = 200, .json = *json};
    *json = (struct text){0};
}
