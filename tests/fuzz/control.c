/* Requests on the control socket, through the table of routes, into a real core and back as its reply:
   whatever is asked, the answer is one JSON text. (URLs are taken apart by libmicrohttpd; here they come
   apart.)

   Input: "METHOD PATH", then a line "NAME=VALUE" per query parameter, an empty line, the body. */
#include <cjson/cJSON.h>
#include <string.h>

#include "daemon/control_desk.h"
#include "daemon/control_stream.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"
#include "tests/fuzz/core.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/setting.h"

enum { INPUT_MAX = LIMIT_REQUEST_BYTES + 4096 };

struct asked {
    struct core core;
    struct control_desk desk;
    uint64_t waits; /* token */
    bool commanded;
    bool told_nothing; /* there is no history behind what was asked for */
};

static struct state *host_state(void *ctx)
{
    return ((struct asked *)ctx)->core.state;
}

static struct now host_now(void *ctx)
{
    return ((struct asked *)ctx)->core.now;
}

static const char *host_owner(void *ctx)
{
    (void)ctx;
    return "fuzz";
}

static const char *host_log_level(void *ctx)
{
    (void)ctx;
    return "info";
}

static void host_command(void *ctx, const struct event_command *command)
{
    struct asked *asked = ctx;
    struct event_command *copy = &batch_add(&asked->core.events, EVENT_COMMAND)->command;
    FUZZ_CHECK(command->kind < COMMAND_KIND_COUNT && command->target);
    *copy = *command;
    const char **names = ARENA_ROW(&asked->core.events.arena, const char *, command->name_count);
    for (uint32_t i = 0; i < command->name_count; i++)
        names[i] = arena_text(&asked->core.events.arena, command->names[i]);
    copy->names = names;
    copy->target = arena_text(&asked->core.events.arena, command->target);
    copy->argument = arena_text(&asked->core.events.arena, command->argument);
    if (command->kind == COMMAND_NOTE) return;
    asked->waits = command->id;
    asked->commanded = true;
}

static void host_reread(void *ctx, uint64_t token, const char *const *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        FUZZ_CHECK(names[i][0]);
    ((struct asked *)ctx)->waits = token;
}

static void host_reload(void *ctx, uint64_t token)
{
    ((struct asked *)ctx)->waits = token;
}

static void host_events(void *ctx, uint64_t token, const char *name, uint64_t after_seq, uint32_t limit)
{
    FUZZ_CHECK(limit <= CONTROL_EVENTS_MAX);
    struct asked *asked = ctx;
    asked->waits = token;
    asked->told_nothing = after_seq > 9;
    control_streams_tell(&asked->desk, after_seq + 1, "prod", name, "{\"seq\":1}");
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static void desk_make(struct asked *asked)
{
    static char path[] = "/run/setpoint/control.sock", version[] = "0";
    asked->desk = (struct control_desk){.host = {asked, host_state, host_now, host_owner, host_log_level,
                                                 host_command, host_reread, host_reload, host_events, NULL},
                                        .rules = {.development = true},
                                        .path = path,
                                        .version = version,
                                        .arrived = nothing,
                                        .wake = nothing,
                                        .pace = nothing};
}

/* A daemon with two sources of which one holds every name. */
static void core_make(struct core *core)
{
    static const uint8_t wanted[] = {0x0f, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 4, 0x18, 0x55};
    struct input none = {0}, some = {wanted, sizeof wanted};
    core_begin(core, (struct now){HOUR_MS, INT64_C(1795240800000)});
    core_start(core);
    core_offer_ledger(core);
    batch_add(&core->events, EVENT_CONFIG)->config = setting_config(&none, setting_dialects);
    batch_add(&core->events, EVENT_GENERATION)->generation = setting_generation(&some, setting_sources[1]);
    core_turn(core);
    core_save_ends(core, false);
    core_turn(core);
}

/* The answer of the host to what waits: the core's own to a command, good news to the rest. */
static void answer(struct asked *asked)
{
    const char *said = asked->told_nothing ? "[]" : "[{\"seq\":3,\"type\":\"Created\"}]";
    int exit = 0;
    if (asked->commanded) {
        core_turn(&asked->core);
        for (uint32_t i = 0; i < asked->core.effects.count; i++) {
            const struct effect *effect = &asked->core.effects.items[i];
            if (effect->kind != EFFECT_ANSWER || effect->answer.id != asked->waits) continue;
            said = effect->answer.message;
            exit = effect->answer.code;
        }
    }
    uint64_t token = asked->waits;
    asked->waits = 0;
    asked->commanded = false;
    /* the core answers a sync when lists are in: none come here, so the daemon does */
    control_desk_answer(&asked->desk, token, exit, said);
}

static char *line_take(char **at)
{
    char *line = *at, *end = strchr(line, '\n');
    *at = end ? end + 1 : line + strlen(line);
    if (end) *end = '\0';
    return line;
}

/* false: a reply is set. */
static bool query_add(struct control_request *request, char *line)
{
    char *value = strchr(line, '=');
    if (value) *value++ = '\0';
    return control_request_add(request, request->route->parameters, line, value ? value : "");
}

static void check_reply(const struct control_request *request)
{
    if (!request->reply.ready) return;
    cJSON *json = cJSON_ParseWithOpts(request->reply.json.bytes, NULL, true);
    FUZZ_CHECK(json && request->reply.status >= 200 && request->reply.status < 600);
    cJSON_Delete(json);
}

/* Whole lines of JSON or comments, and an empty one behind each. */
static void check_frames(char *at)
{
    while (*at) {
        char *line = line_take(&at), *blank = line_take(&at);
        FUZZ_CHECK(blank[0] == '\0');
        if (line[0] == ':') continue;
        FUZZ_CHECK(text_starts(line, "data: "));
        cJSON *json = cJSON_ParseWithOpts(line + 6, NULL, true);
        FUZZ_CHECK(json);
        cJSON_Delete(json);
    }
}

/* As the connection reads, by small pieces; it would wait where nothing is left. */
static void stream_take(struct control_desk *desk, struct control_stream *stream)
{
    enum { PIECE = 7 };
    AUTO_TEXT struct text taken = {0};
    text_init(&taken, CONTROL_REPLY_BYTES + PIECE);
    while (stream->taken < stream->out.length) {
        char piece[PIECE];
        ssize_t size = control_stream_read(desk, stream, piece, sizeof piece);
        FUZZ_CHECK(size > 0);
        text_add_bytes(&taken, piece, (size_t)size);
    }
    if (taken.length > 0) check_frames(taken.bytes);
}

/* A watcher or follower, while things happen. */
static void follow(struct control_desk *desk, struct control_request *request)
{
    static const struct {
        const char *source, *name, *json;
    } told[] = {{"prod", "web-1", "{\"seq\":9,\n\"type\":\"x\"}"}, {NULL, NULL, "{}"}, {"prod", "db", "[]"}};
    enum { TOLD = sizeof told / sizeof *told };
    stream_take(desk, request->stream);
    for (uint64_t i = 0; i < TOLD; i++)
        control_streams_tell(desk, 9 + i, told[i].source, told[i].name, told[i].json);
    control_streams_mark_dirty(desk);
    control_streams_comment(desk);
    stream_take(desk, request->stream);
    control_streams_refresh(desk);
    stream_take(desk, request->stream);
    control_streams_comment(desk);
}

static void serve(struct asked *asked, char *text, size_t size)
{
    char *at = text, *end = text + size, *method = line_take(&at), *path = strchr(method, ' ');
    if (path) *path++ = '\0';
    struct control_request *request = control_request_new(method, path ? path : "");
    request->desk = &asked->desk;
    bool good = control_desk_admit(&asked->desk, request);
    while (good && at < end && *at != '\n')
        good = query_add(request, line_take(&at));
    if (good && at < end) text_add_bytes(&request->body, at + 1, (size_t)(end - at - 1));
    LIST_INSERT_HEAD(&asked->desk.requests, request, others);
    if (good) control_desk_serve(&asked->desk, request);
    for (unsigned i = 0; i < CONTROL_STEPS && asked->waits; i++)
        answer(asked);
    check_reply(request);
    if (request->stream) follow(&asked->desk, request);
    control_desk_forget(&asked->desk, request);
    LIST_REMOVE(request, others);
    control_stream_free(&asked->desk, request->stream);
    control_request_free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asked asked = {0};
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (size > INPUT_MAX) return 0;
    core_make(&asked.core);
    desk_make(&asked);
    serve(&asked, arena_bytes(&arena, data, size), size);
    core_turn(&asked.core);
    core_show(&asked.core);
    core_end(&asked.core);
    return 0;
}
