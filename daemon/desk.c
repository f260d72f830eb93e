#include "daemon/desk.h"

#include <string.h>

#include "daemon/clock.h"
#include "daemon/history.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/memory.h"
#include "systemd/notify.h"

enum { HISTORY_JSON_MAX = 16 << 20 /* LEDGER_EVENTS_MAX events with all their texts */ };

static struct state *desk_state(void *ctx)
{
    struct desk *desk = ctx;
    return turn_state(desk->turn);
}

static struct now desk_now(void *ctx)
{
    (void)ctx;
    return clock_now();
}

static const char *desk_owner(void *ctx)
{
    struct desk *desk = ctx;
    return desk->owner[0] ? desk->owner : NULL;
}

/* Commands */

static void command_add(struct desk *desk, const struct event_command *command)
{
    struct batch *events = turn_events(desk->turn);
    const char **names = ARENA_ROW(&events->arena, const char *, command->name_count);
    for (uint32_t i = 0; i < command->name_count; i++)
        names[i] = arena_text(&events->arena, command->names[i]);
    struct event_command *copy = &batch_add(events, EVENT_COMMAND)->command;
    *copy = *command;
    copy->target = arena_text(&events->arena, command->target);
    copy->argument = arena_text(&events->arena, command->argument);
    copy->names = names;
}

struct rebuild {
    struct desk *desk;
    uint64_t token;
    uint32_t uid, pid;
};

/* The storage is new and empty: now the core stores what it knows. */
static void rebuild_done(void *ctx, uint64_t id, bool ok, const char *problem)
{
    (void)id;
    struct rebuild *rebuild = ctx;
    struct desk *desk = rebuild->desk;
    struct event_command command = {.id = rebuild->token,
                                    .kind = COMMAND_LEDGER_REBUILD,
                                    .target = "",
                                    .uid = rebuild->uid,
                                    .pid = rebuild->pid};
    if (ok) {
        desk->ledger_corrupt = false;
        command_add(desk, &command);
    } else {
        turn_answer(desk->turn, rebuild->token, DAEMON_EXIT_FAILED, problem);
    }
    memory_free(rebuild);
}

static void ledger_rebuild_start(struct desk *desk, const struct event_command *command)
{
    if (!desk->ledger_corrupt && ledger_problem(desk->ledger)[0] == '\0') {
        turn_answer(desk->turn, command->id, DAEMON_EXIT_FAILED,
                    "the ledger is in order: there is nothing to rebuild");
        return;
    }
    struct rebuild *rebuild = NEW(struct rebuild);
    *rebuild = (struct rebuild){.desk = desk, .token = command->id, .uid = command->uid, .pid = command->pid};
    ledger_rebuild(desk->ledger, clock_now().wall_ms, rebuild_done, rebuild);
}

static const char *desk_log_level(void *ctx)
{
    (void)ctx;
    return log_level_name(log_level_now());
}

static void log_level_change(struct desk *desk, const struct event_command *command)
{
    enum log_level level;
    struct event_command told = *command;
    if (!log_level_parse(command->target, &level)) {
        AUTO_TEXT struct text message = {0};
        text_init(&message, LIMIT_MESSAGE);
        text_addf(&message, "no log level \"%.32s\": it is error, warning, notice, info or debug",
                  command->target);
        turn_answer(desk->turn, command->id, DAEMON_EXIT_USAGE, message.bytes);
        return;
    }
    told.argument = log_level_name(log_level_now());
    log_set_level(level);
    command_add(desk, &told);
}

static void desk_command(void *ctx, const struct event_command *command)
{
    struct desk *desk = ctx;
    if (command->kind == COMMAND_LEDGER_REBUILD)
        ledger_rebuild_start(desk, command);
    else if (command->kind == COMMAND_LOG_LEVEL)
        log_level_change(desk, command);
    else
        command_add(desk, command);
}

static void desk_reread(void *ctx, uint64_t token, const char *const *names, uint32_t name_count)
{
    struct desk *desk = ctx;
    sources_reread(desk->sources, token, names, name_count);
}

static void desk_reload(void *ctx, uint64_t token)
{
    struct desk *desk = ctx;
    notify_reloading();
    reload_start(desk->reload, token);
}

/* History */

struct history_wish {
    struct desk *desk;
    uint64_t token;
};

static void history_found(void *ctx, bool ok, const struct record *records, uint32_t count,
                          const char *problem)
{
    struct history_wish *wish = ctx;
    struct control *control = wish->desk->control;
    AUTO_TEXT struct text json;
    text_init(&json, HISTORY_JSON_MAX);
    if (ok) history_records_json(records, count, &json);
    if (control == NULL)
        log_debug("the asker for history is gone");
    else if (ok && !json.overflow)
        control_finish_json(control, wish->token, json.bytes);
    else
        control_answer(control, wish->token, DAEMON_EXIT_FAILED,
                       ok ? "the history asked for is too long; ask for less with --limit" : problem);
    memory_free(wish);
}

static void desk_events(void *ctx, uint64_t token, const char *name, uint64_t after_seq, uint32_t limit)
{
    struct desk *desk = ctx;
    struct ledger_event_query query = {.after_seq = after_seq,
                                       .limit = limit < LEDGER_EVENTS_MAX ? limit : LEDGER_EVENTS_MAX};
    AUTO_FREE char *copy = name ? memory_copy_text(name) : NULL;
    char *slash = name ? strchr(copy, '/') : NULL, *at = name ? strchr(copy, '@') : NULL;
    if (at) { /* NAME@CLOUD: of a key pair */
        *at = '\0';
        query.cloud = at + 1;
    }
    if (slash) {
        *slash = '\0';
        query.source = copy;
        query.name = slash + 1;
    } else if (name && sources_has(desk->sources, name)) {
        query.source = copy;
    } else {
        query.name = copy;
    }
    struct history_wish *wish = NEW(struct history_wish);
    *wish = (struct history_wish){desk, token};
    ledger_events(desk->ledger, &query, history_found, wish);
}

static void desk_debug(void *ctx, const char *message)
{
    (void)ctx;
    log_debug("control socket: %s", message);
}

struct control_host desk_host(struct desk *desk)
{
    return (struct control_host){.ctx = desk,
                                 .state = desk_state,
                                 .now = desk_now,
                                 .owner = desk_owner,
                                 .log_level = desk_log_level,
                                 .command = desk_command,
                                 .reread = desk_reread,
                                 .reload = desk_reload,
                                 .events = desk_events,
                                 .debug = desk_debug};
}
