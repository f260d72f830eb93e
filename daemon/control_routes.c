#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "daemon/control_desk.h"
#include "daemon/control_stream.h"
#include "reconcile/base/cleanup.h"

/* The table of routes and what each says. */

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_NOT_FOUND = 7,
    EXIT_USAGE = 64,
    MESSAGE_MAX = 2048,
    TIME_SIZE = 32
};

static const struct control_parameter filter_parameters[] = {
    {"name", CONTROL_TEXTS, false, 0},    {"source", CONTROL_TEXT, false, 0},
    {"selector", CONTROL_TEXT, false, 0}, {"watch", CONTROL_FLAG, false, 0},
    {"fresh", CONTROL_FLAG, false, 0},    {0}};
static const struct control_parameter describe_parameters[] = {{"name", CONTROL_TEXT, true, 0}, {0}};
static const struct control_parameter plan_parameters[] = {/* of notices, too */
                                                           {"name", CONTROL_TEXTS, false, 0},
                                                           {"source", CONTROL_TEXT, false, 0},
                                                           {0}};
static const struct control_parameter events_parameters[] = {
    {"name", CONTROL_TEXT, false, 0},
    {"after", CONTROL_NUMBER, false, UINT64_MAX},
    {"limit", CONTROL_NUMBER, false, CONTROL_EVENTS_MAX},
    {"follow", CONTROL_FLAG, false, 0},
    {0}};
static const struct control_parameter inventory_parameters[] = {{"name", CONTROL_TEXTS, false, 0},
                                                                {"source", CONTROL_TEXT, false, 0},
                                                                {"selector", CONTROL_TEXT, false, 0},
                                                                {"unmanaged", CONTROL_FLAG, false, 0},
                                                                {0}};
static const struct control_parameter sync_parameters[] = {{"names", CONTROL_TEXTS, false, 0}, {0}};
static const struct control_parameter suspend_parameters[] = {{"target", CONTROL_TEXT, false, 0},
                                                              {"reason", CONTROL_TEXT, true, 0},
                                                              {"for", CONTROL_DURATION, false, 0},
                                                              {"hard", CONTROL_FLAG, false, 0},
                                                              {0}};
static const struct control_parameter resume_parameters[] = {{"target", CONTROL_TEXT, false, 0}, {0}};
static const struct control_parameter approve_parameters[] = {
    {"id", CONTROL_TEXT, true, 0}, {"partial", CONTROL_NUMBER, false, UINT32_MAX}, {0}};
static const struct control_parameter adopt_parameters[] = {{"name", CONTROL_TEXT, false, 0},
                                                            {"providerId", CONTROL_TEXT, false, 0},
                                                            {"source", CONTROL_TEXT, false, 0},
                                                            {"matching", CONTROL_FLAG, false, 0},
                                                            {0}};
static const struct control_parameter level_parameters[] = {{"level", CONTROL_TEXT, true, 0}, {0}};
static const struct control_parameter notify_parameters[] = {{"target", CONTROL_TEXT, true, 0}, {0}};
static const struct control_parameter release_parameters[] = {{"name", CONTROL_TEXT, true, 0}, {0}};
static const struct control_parameter unprotect_parameters[] = {
    {"name", CONTROL_TEXT, true, 0}, {"reason", CONTROL_TEXT, true, 0}, {0}};

/* Replies when the filter names something unknown. */
static bool filter_holds(struct control_desk *desk, struct control_request *request,
                         const struct view_filter *filter)
{
    AUTO_TEXT struct text message = {0};
    text_init(&message, MESSAGE_MAX);
    switch (view_check(desk->host.state(desk->host.ctx), filter, &message)) {
    case VIEW_FOUND: return true;
    case VIEW_NOT_FOUND: control_request_finish(request, EXIT_NOT_FOUND, message.bytes); return false;
    case VIEW_AMBIGUOUS:
    case VIEW_BAD_SELECTOR: control_request_finish(request, EXIT_USAGE, message.bytes); return false;
    }
    return false;
}

static void picture_finish(struct control_desk *desk, struct control_request *request,
                           void (*picture)(struct control_desk *, struct control_request *, struct text *))
{
    struct view_filter filter = control_request_filter(request);
    if (!filter_holds(desk, request, &filter)) return;
    if (control_request_flag(request, "watch")) {
        control_stream_watch(desk, request, picture);
        return;
    }
    AUTO_TEXT struct text json = {0};
    text_init(&json, CONTROL_REPLY_BYTES);
    picture(desk, request, &json);
    control_request_finish_json(request, &json);
}

static void status_picture(struct control_desk *desk, struct control_request *request, struct text *out)
{
    struct view_filter filter = control_request_filter(request);
    view_status(desk->host.state(desk->host.ctx), &filter, desk->host.now(desk->host.ctx), out);
}

static void status_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    picture_finish(desk, request, status_picture);
}

static void progress_picture(struct control_desk *desk, struct control_request *request, struct text *out)
{
    struct view_filter filter = control_request_filter(request);
    const struct state *state = desk->host.state(desk->host.ctx);
    struct view_counts counts = view_count(state, &filter, desk->host.now(desk->host.ctx));
    text_addf(out,
              "{\"objects\":%" PRIu32 ",\"converged\":%" PRIu32 ",\"progressing\":%" PRIu32
              ",\"waiting\":%" PRIu32 ",\"blocked\":%" PRIu32 ",\"failing\":%" PRIu32 ",\"unknown\":%" PRIu32
              ",\"notConverged\":%" PRIu32 ",\"held\":%" PRIu32 ",\"ready\":%s}",
              counts.objects, counts.converged, counts.progressing, counts.waiting, counts.blocked,
              counts.failing, counts.unknown, counts.not_converged, counts.held,
              view_is_ready(state) ? "true" : "false");
}

static void progress_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    picture_finish(desk, request, progress_picture);
}

static void describe_begin(struct control_desk *desk, struct control_request *request)
{
    const char *name = control_request_text(request, "name");
    struct view_filter filter = {.names = &name, .name_count = 1};
    filter_holds(desk, request, &filter);
}

/* The core knows no history: it goes in as the last member. */
static void describe_finish(struct control_desk *desk, struct control_request *request, const char *history)
{
    AUTO_TEXT struct text json = {0};
    text_init(&json, CONTROL_REPLY_BYTES);
    enum view_find found =
        view_describe(desk->host.state(desk->host.ctx), control_request_text(request, "name"),
                      desk->host.now(desk->host.ctx), &json);
    if (found != VIEW_FOUND) {
        control_request_finish(request, found == VIEW_AMBIGUOUS ? EXIT_USAGE : EXIT_NOT_FOUND, json.bytes);
        return;
    }
    if (json.length == 0 || json.bytes[json.length - 1] != '}') {
        control_request_finish(request, EXIT_NOT_FOUND,
                               "there is no object of that name any more; see setpointctl status");
        return;
    }
    json.bytes[--json.length] = '\0';
    text_addf(&json, ",\"events\":%s}", history ? history : "null");
    control_request_finish_json(request, &json);
}

static void plan_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    struct view_filter filter = control_request_filter(request);
    if (!filter_holds(desk, request, &filter)) return;
    AUTO_TEXT struct text json = {0};
    text_init(&json, CONTROL_REPLY_BYTES);
    view_plan(desk->host.state(desk->host.ctx), &filter, desk->host.now(desk->host.ctx), &json);
    control_request_finish_json(request, &json);
}

static void inventory_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    const struct state *state = desk->host.state(desk->host.ctx);
    struct view_filter filter = control_request_filter(request);
    if (!filter_holds(desk, request, &filter)) return;
    AUTO_TEXT struct text json = {0}, problem = {0};
    text_init(&json, CONTROL_REPLY_BYTES);
    text_init(&problem, MESSAGE_MAX);
    if (control_request_flag(request, "unmanaged")) {
        view_unmanaged(state, &json);
    } else if (!view_inventory(state, &filter, &json, &problem)) {
        control_request_finish_status(request, 503, EXIT_FAILED, problem.bytes);
        return;
    }
    control_request_finish_json(request, &json);
}

/* A follower hears what is told while his history is read. */
static void events_begin(struct control_desk *desk, struct control_request *request)
{
    if (!control_request_flag(request, "follow")) return;
    struct control_stream *stream = control_stream_open(desk, request);
    if (stream) stream->loading = true;
}

/* Things that are gone have a history too: only a name without one is a mistake. */
static bool events_name_known(struct control_desk *desk, struct control_request *request)
{
    AUTO_TEXT struct text message = {0};
    text_init(&message, MESSAGE_MAX);
    const char *name = control_request_text(request, "name");
    if (!name) return true;
    const struct state *state = desk->host.state(desk->host.ctx);
    struct view_filter source = {.source = name}, object = {.names = &name, .name_count = 1};
    if (view_check(state, &source, &message) == VIEW_FOUND) return true;
    text_clear(&message);
    if (view_check(state, &object, &message) != VIEW_NOT_FOUND) return true;
    control_request_finish(request, EXIT_NOT_FOUND, message.bytes);
    return false;
}

static void events_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    bool none = strspn(message, "[] \n") == strlen(message);
    if (none && !events_name_known(desk, request)) return;
    if (request->stream) {
        control_stream_history(desk, request, message);
        return;
    }
    AUTO_TEXT struct text json = {0};
    text_init(&json, CONTROL_REPLY_BYTES);
    text_add(&json, message);
    control_request_finish_json(request, &json);
}

static void view_finish(struct control_desk *desk, struct control_request *request,
                        void (*view)(const struct state *, struct now, struct text *))
{
    AUTO_TEXT struct text json = {0};
    text_init(&json, CONTROL_REPLY_BYTES);
    view(desk->host.state(desk->host.ctx), desk->host.now(desk->host.ctx), &json);
    control_request_finish_json(request, &json);
}

static void clouds_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    view_finish(desk, request, view_clouds);
}

static void sources_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    view_finish(desk, request, view_sources);
}

static void notices_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    struct view_filter filter = control_request_filter(request);
    if (!filter_holds(desk, request, &filter)) return;
    AUTO_TEXT struct text json = {0};
    text_init(&json, CONTROL_REPLY_BYTES);
    view_notices(desk->host.state(desk->host.ctx), &filter, desk->host.now(desk->host.ctx), &json);
    control_request_finish_json(request, &json);
}

/* What could not be read anew is said, and is no success. */
static void sync_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    AUTO_TEXT struct text unread = {0};
    text_init(&unread, CONTROL_REPLY_BYTES);
    struct view_filter filter = {0};
    filter.name_count = control_request_texts(request, "names", &filter.names);
    bool failed =
        view_unread(desk->host.state(desk->host.ctx), &filter, desk->host.now(desk->host.ctx), &unread);
    control_request_finish(request, failed ? EXIT_FAILED : EXIT_DONE, failed ? unread.bytes : message);
}

static void holds_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    view_finish(desk, request, view_holds);
}

static void notifications_finish(struct control_desk *desk, struct control_request *request,
                                 const char *message)
{
    (void)message;
    view_finish(desk, request, view_notifications);
}

static void version_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)message;
    char started[TIME_SIZE];
    AUTO_TEXT struct text json = {0};
    text_init(&json, MESSAGE_MAX);
    instant_format(desk->started_wall_ms, started, sizeof started);
    text_add(&json, "{\"version\":");
    text_add_json(&json, desk->version);
    text_add(&json, ",\"owner\":");
    text_add_json(&json, desk->host.owner(desk->host.ctx));
    text_add(&json, ",\"mode\":");
    text_add_json(&json, view_mode(desk->host.state(desk->host.ctx)));
    text_add(&json, ",\"logLevel\":");
    text_add_json(&json, desk->host.log_level(desk->host.ctx));
    text_addf(&json, ",\"pid\":%ld,\"startedAt\":", (long)getpid());
    text_add_json(&json, started);
    text_add(&json, "}");
    control_request_finish_json(request, &json);
}

static void configuration_finish(struct control_desk *desk, struct control_request *request,
                                 const char *message)
{
    (void)message;
    AUTO_TEXT struct text json = {0};
    text_init(&json, CONTROL_REPLY_BYTES);
    view_configuration(desk->host.state(desk->host.ctx), &json);
    control_request_finish_json(request, &json);
}

static void done_finish(struct control_desk *desk, struct control_request *request, const char *message)
{
    (void)desk;
    control_request_finish(request, EXIT_DONE, message);
}

static void adopt_begin(struct control_desk *desk, struct control_request *request)
{
    (void)desk;
    bool one = control_request_text(request, "name") && control_request_text(request, "providerId");
    bool many = control_request_text(request, "source") && control_request_flag(request, "matching");
    bool mixed = control_request_text(request, "name") && control_request_text(request, "source");
    if (one == many || mixed)
        control_request_finish(request, EXIT_USAGE,
                               "adopt takes either name and providerId, or source and matching");
}

#define READ(route_path, rows, finisher)                                                                     \
    .method = "GET", .path = route_path, .access = CONTROL_READS, .parameters = rows, .finish = finisher
#define ACT(route_path, rows)                                                                                \
    .method = "POST", .path = route_path, .access = CONTROL_ACTS, .parameters = rows, .finish = done_finish
#define LOOK_ANEW             .steps = {CONTROL_REREAD, CONTROL_SYNC}
#define COMMAND(command_kind) .steps = {CONTROL_COMMAND}, .command = command_kind

static const struct control_route routes[] = {
    {READ("/v1/status", filter_parameters, status_finish), LOOK_ANEW, .steps_only_with = "fresh"},
    {READ("/v1/progress", filter_parameters, progress_finish), LOOK_ANEW, .steps_only_with = "fresh"},
    {READ("/v1/describe", describe_parameters, describe_finish), .begin = describe_begin,
     .steps = {CONTROL_HISTORY}, .history = CONTROL_EVENTS_DESCRIBED, .history_optional = true},
    {READ("/v1/plan", plan_parameters, plan_finish), LOOK_ANEW},
    {READ("/v1/inventory", inventory_parameters, inventory_finish), LOOK_ANEW,
     .steps_only_with = "unmanaged"},
    {READ("/v1/events", events_parameters, events_finish), .begin = events_begin, .steps = {CONTROL_HISTORY},
     .history = CONTROL_EVENTS_DEFAULT},
    {READ("/v1/clouds", NULL, clouds_finish)},
    {READ("/v1/sources", NULL, sources_finish)},
    {READ("/v1/holds", NULL, holds_finish)},
    {READ("/v1/notifications", NULL, notifications_finish)},
    {READ("/v1/notices", plan_parameters, notices_finish)},
    {READ("/v1/version", NULL, version_finish)},
    {READ("/v1/configuration", NULL, configuration_finish)},
    {.method = "POST",
     .path = "/v1/sync",
     .access = CONTROL_ACTS,
     .parameters = sync_parameters,
     .finish = sync_finish,
     .steps = {CONTROL_REREAD, CONTROL_SYNC, CONTROL_RETRY}},
    {ACT("/v1/reload", NULL), .steps = {CONTROL_RELOAD}},
    {ACT("/v1/suspend", suspend_parameters), COMMAND(COMMAND_SUSPEND)},
    {ACT("/v1/resume", resume_parameters), COMMAND(COMMAND_RESUME)},
    {ACT("/v1/approve", approve_parameters), COMMAND(COMMAND_APPROVE)},
    {ACT("/v1/adopt", adopt_parameters), .begin = adopt_begin, COMMAND(COMMAND_ADOPT)},
    {ACT("/v1/release", release_parameters), COMMAND(COMMAND_RELEASE)},
    {ACT("/v1/unprotect", unprotect_parameters), COMMAND(COMMAND_UNPROTECT)},
    {ACT("/v1/notify", notify_parameters), COMMAND(COMMAND_NOTIFY)},
    {ACT("/v1/log-level", level_parameters), COMMAND(COMMAND_LOG_LEVEL)},
    {ACT("/v1/ledger/rebuild", NULL), COMMAND(COMMAND_LEDGER_REBUILD)},
};

const struct control_route *control_route_table(uint32_t *out_count)
{
    *out_count = sizeof routes / sizeof *routes;
    return routes;
}

const struct control_route *control_route_find(struct control_request *request)
{
    bool path_known = false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!text_equal(routes[i].path, request->path)) continue;
        if (text_equal(routes[i].method, request->method)) return &routes[i];
        path_known = true;
    }
    AUTO_TEXT struct text message = {0};
    text_init(&message, MESSAGE_MAX);
    if (path_known)
        text_addf(&message, "%.128s does not take %.16s", request->path, request->method);
    else
        text_addf(&message, "this setpointd has no %.128s; is setpointctl of another version?",
                  request->path);
    control_request_finish_status(request, path_known ? 405 : 404, path_known ? EXIT_USAGE : EXIT_FAILED,
                                  message.bytes);
    return NULL;
}
