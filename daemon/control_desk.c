#include "daemon/control_desk.h"

#include <microhttpd.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_DENIED = 6, REFUSAL_MAX = 1024, NOTE_MAX = 1024 };

static bool request_is_allowed(struct control_desk *desk, struct control_request *request)
{
    if (control_judge(&desk->rules, &request->peer) >= request->route->access) return true;
    AUTO_TEXT struct text message = {0};
    text_init(&message, REFUSAL_MAX);
    control_refusal(&desk->rules, &request->peer, request->route->access, &message);
    control_request_finish(request, EXIT_DENIED, message.bytes);
    return false;
}

static bool request_acts(const struct control_request *request)
{
    return request->route && request->route->access == CONTROL_ACTS;
}

static int64_t desk_now_ms(struct control_desk *desk)
{
    return desk->host.now(desk->host.ctx).boot_ms;
}

static bool request_is_in_rate(struct control_desk *desk, struct control_request *request)
{
    if (control_rate_take(&desk->rates, request->peer.uid, request_acts(request), desk_now_ms(desk)))
        return true;
    request->reply.again = true;
    control_request_finish_status(
        request, 429, EXIT_FAILED,
        "this user asks more than setpointd can answer beside its work; ask less often");
    return false;
}

bool control_desk_admit(struct control_desk *desk, struct control_request *request)
{
    request->route = control_route_find(request);
    return request_is_in_rate(desk, request) && request->route && request_is_allowed(desk, request);
}

/* An answer may be long: its time is on the account of who asked. */
static void request_answer(struct control_desk *desk, struct control_request *request, const char *message)
{
    int64_t began_ms = desk_now_ms(desk);
    request->route->finish(desk, request, message);
    control_rate_charge(&desk->rates, request->peer.uid, request_acts(request), desk_now_ms(desk) - began_ms);
}

static bool request_has_steps(const struct control_request *request)
{
    const char *flag = request->route->steps_only_with;
    return request->route->steps[0] != CONTROL_STEP_END && (!flag || control_request_flag(request, flag));
}

/* For the history: "uid 1000 (pid 4711) asks: suspend, target prod, reason network work". */
static void note_send(struct control_desk *desk, struct control_request *request)
{
    AUTO_TEXT struct text said = {0};
    text_init(&said, NOTE_MAX);
    text_addf(&said, "uid %u (pid %ld) asks: %s", (unsigned)request->peer.uid, (long)request->peer.pid,
              request->path + strlen("/v1/"));
    for (uint32_t i = 0; i < request->argument_count; i++)
        text_addf(&said, ", %s %s", request->arguments[i].name, request->arguments[i].text);
    struct event_command command = {.kind = COMMAND_NOTE,
                                    .target = "",
                                    .argument = said.bytes,
                                    .uid = request->peer.uid,
                                    .pid = (uint32_t)request->peer.pid};
    desk->host.command(desk->host.ctx, &command);
}

/* What acts has a short reply. Who may act finds room however slowly the others read. */
static bool replies_have_room(struct control_desk *desk, struct control_request *request)
{
    bool may_act = control_judge(&desk->rules, &request->peer) == CONTROL_ACTS;
    size_t room = may_act ? CONTROL_REPLIES_BYTES_ACTS : CONTROL_REPLIES_BYTES;
    if (request_acts(request) || desk->reply_bytes < room) return true;
    request->reply.again = true;
    control_request_finish_status(request, 429, EXIT_FAILED,
                                  "long replies wait for their readers; try again in a moment");
    return false;
}

void control_desk_serve(struct control_desk *desk, struct control_request *request)
{
    if (request->reply.ready) return;
    const struct control_parameter *parameters = request->route->parameters;
    if (!control_request_add_body(request, parameters)) return;
    if (!control_request_is_whole(request, parameters) || !replies_have_room(desk, request)) return;
    if (request->route->begin) request->route->begin(desk, request);
    if (request->reply.ready) return;
    if (!request_has_steps(request)) {
        request_answer(desk, request, "");
        return;
    }
    if (desk->pending_count == CONTROL_PENDING) {
        control_request_finish_status(request, 503, EXIT_FAILED,
                                      "32 requests wait for an answer already; try again in a moment");
        return;
    }
    desk->pending_count++;
    request->pending = true;
    if (request_acts(request)) note_send(desk, request);
    control_desk_step(desk, request, "");
}

/* Whom a sync is about: given as `names` or as a filter of a view. */
static uint32_t request_names(struct control_request *request, const char *const **out_names)
{
    static const char *const forms[] = {"names", "name", "source"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        uint32_t count = control_request_texts(request, forms[i], out_names);
        if (count > 0) return count;
    }
    return 0;
}

/* All that a command can carry; a route's parameters decide which of these a person can give. */
static struct event_command command_of(struct control_request *request, enum command_kind kind)
{
    static const char *const targets[] = {"target", "id", "name", "source", "level"};
    struct event_command command = {.id = request->token,
                                    .kind = kind,
                                    .target = "",
                                    .argument = control_request_text(request, "reason"),
                                    .duration_ms = control_request_duration_ms(request, "for"),
                                    .partial = (uint32_t)control_request_number(request, "partial"),
                                    .hard = control_request_flag(request, "hard"),
                                    .matching = control_request_flag(request, "matching"),
                                    .uid = request->peer.uid,
                                    .pid = (uint32_t)request->peer.pid};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (control_request_text(request, targets[i])) {
            command.target = control_request_text(request, targets[i]);
            break;
        }
    if (!command.argument) command.argument = control_request_text(request, "providerId");
    return command;
}

static void command_send(struct control_desk *desk, struct control_request *request, enum command_kind kind)
{
    struct event_command command = command_of(request, kind);
    desk->host.command(desk->host.ctx, &command);
}

static void look_send(struct control_desk *desk, struct control_request *request, enum command_kind kind)
{
    struct event_command command = {.id = request->token,
                                    .kind = kind,
                                    .target = "",
                                    .uid = request->peer.uid,
                                    .pid = (uint32_t)request->peer.pid};
    command.name_count = request_names(request, &command.names);
    command.strangers = control_request_flag(request, "unmanaged");
    desk->host.command(desk->host.ctx, &command);
}

static void reread(struct control_desk *desk, struct control_request *request)
{
    const char *const *names;
    uint32_t count = request_names(request, &names);
    desk->host.reread(desk->host.ctx, request->token, names, count);
}

static void history(struct control_desk *desk, struct control_request *request)
{
    uint32_t limit = (uint32_t)control_request_number(request, "limit");
    desk->host.events(desk->host.ctx, request->token, control_request_text(request, "name"),
                      control_request_number(request, "after"),
                      control_request_text(request, "limit") ? limit : request->route->history);
}

static void step_start(struct control_desk *desk, struct control_request *request, enum control_step step)
{
    switch (step) {
    case CONTROL_REREAD: reread(desk, request); return;
    case CONTROL_SYNC: look_send(desk, request, COMMAND_SYNC); return;
    case CONTROL_RETRY: look_send(desk, request, COMMAND_RETRY); return;
    case CONTROL_RELOAD: desk->host.reload(desk->host.ctx, request->token); return;
    case CONTROL_COMMAND: command_send(desk, request, request->route->command); return;
    case CONTROL_HISTORY: history(desk, request); return;
    case CONTROL_STEP_END: break;
    }
    UNREACHABLE();
}

/* `sync` without a name only looks. */
static bool step_applies(const struct control_request *request, enum control_step step)
{
    return step != CONTROL_RETRY || control_request_text(request, "names");
}

void control_desk_step(struct control_desk *desk, struct control_request *request, const char *message)
{
    const enum control_step *steps = request->route->steps;
    while (request->step < CONTROL_STEPS && steps[request->step] != CONTROL_STEP_END) {
        enum control_step step = steps[request->step++];
        if (!step_applies(request, step)) continue;
        request->token = ++desk->last_token;
        step_start(desk, request, step);
        return;
    }
    control_desk_forget(desk, request);
    request_answer(desk, request, message);
}

/* NULL: the asker is gone, or was answered. */
static struct control_request *request_waiting_for(struct control_desk *desk, uint64_t token)
{
    struct control_request *request;
    if (token == 0) return NULL;
    LIST_FOREACH(request, &desk->requests, others)
    if (request->token == token) return request;
    return NULL;
}

void control_desk_answer(struct control_desk *desk, uint64_t token, int exit, const char *message)
{
    struct control_request *request = request_waiting_for(desk, token);
    if (!request) return;
    request->token = 0;
    if (exit == EXIT_DONE) {
        control_desk_step(desk, request, message ? message : "");
    } else if (request->route->history_optional) {
        control_desk_step(desk, request, NULL);
    } else {
        control_desk_forget(desk, request);
        control_request_finish(request, exit, message);
    }
    control_desk_resume(desk, request);
}

void control_desk_forget(struct control_desk *desk, struct control_request *request)
{
    request->token = 0;
    if (request->pending) desk->pending_count--;
    request->pending = false;
}

void control_desk_resume(struct control_desk *desk, struct control_request *request)
{
    if (!request->suspended || request->pending) return;
    request->suspended = false;
    MHD_resume_connection(request->connection);
    desk->wake(desk->ctx);
}
