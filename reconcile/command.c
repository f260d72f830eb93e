#include "reconcile/command.h"

#include <string.h>

#include "reconcile/adopt.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/brake.h"
#include "reconcile/budget.h"
#include "reconcile/find.h"
#include "reconcile/hold.h"
#include "reconcile/keypair.h"
#include "reconcile/outbox.h"
#include "reconcile/owed.h"
#include "reconcile/retry.h"
#include "reconcile/store.h"
#include "reconcile/swap.h"

/* What a name on the command line means. */
struct target {
    bool all;
    struct source *source; /* alone: the source */
    struct object *object;
    struct cloud *cloud;
};

static struct tell_about by(const struct event_command *command, struct tell_about about)
{
    about.by_person = true;
    about.uid = command->uid;
    about.pid = command->pid;
    about.level = TELL_NOTICE;
    return about;
}

/* Answers NOT_FOUND (or USAGE when ambiguous) itself. */
static bool object_target(struct state *state, const struct event_command *command, const char *name,
                          struct object **out)
{
    struct text message;
    text_init(&message, 1024);
    enum found found = find_object(state, name, out, &message);
    if (found != FOUND)
        state_answer(state, command->id, found == FOUND_SEVERAL ? ANSWER_USAGE : ANSWER_NOT_FOUND, "%s",
                     message.bytes);
    text_release(&message);
    return found == FOUND;
}

/* Answers for what only instances can be told. */
static bool is_keypair(struct state *state, const struct event_command *command, const struct object *object,
                       const char *why)
{
    if (!object->keypair) return false;
    state_answer(state, command->id, ANSWER_USAGE, "%s/%s is a key pair, and those are not %s",
                 object->source->name, object->name, why);
    return true;
}

static bool target_of(struct state *state, const struct event_command *command, struct target *out)
{
    const char *name = command->target ? command->target : "";
    *out = (struct target){0};
    if (name[0] == '\0') return out->all = true;
    if (text_starts(name, "cloud:")) {
        out->cloud = state_cloud(state, name + 6);
        const char *near = out->cloud ? NULL : find_cloud_near(state, name + 6);
        if (!out->cloud)
            state_answer(state, command->id, ANSWER_NOT_FOUND, "no cloud \"%s\"%s%s%s", name + 6,
                         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        return out->cloud != NULL;
    }
    out->source = strchr(name, '/') ? NULL : state_source(state, name);
    if (out->source) return true;
    return object_target(state, command, name, &out->object);
}

/* --- suspend, resume --- */

static void suspension_store(struct state *state, const char *target, int64_t until_ms, bool hard,
                             const char *reason)
{
    struct arena *arena = &state->effects->arena;
    const char *key = arena_printf(arena, "suspend.%s", target);
    if (until_ms == 0) {
        store_meta(state, key, NULL);
        return;
    }
    int64_t wall = until_ms == NEVER_MS ? 0 : state->now.wall_ms + (until_ms - state->now.boot_ms);
    store_meta(state, key, arena_printf(arena, "%lld %c %s", (long long)wall, hard ? 'h' : 's', reason));
}

struct suspension {
    int64_t *until_ms;
    bool *hard;
    char *reason;
    const char *what, *key;
};

static struct suspension suspension_of(struct state *state, const struct target *target)
{
    struct arena *arena = &state->turn;
    if (target->object)
        return (struct suspension){&target->object->suspended_until_ms, &target->object->suspended_hard,
                                   target->object->suspended_reason, object_path(target->object, arena),
                                   object_path(target->object, arena)};
    if (target->cloud)
        return (struct suspension){&target->cloud->suspended_until_ms, &target->cloud->suspended_hard,
                                   target->cloud->suspended_reason,
                                   arena_printf(arena, "cloud %s", target->cloud->name),
                                   arena_printf(arena, "cloud:%s", target->cloud->name)};
    if (target->source)
        return (struct suspension){&target->source->suspended_until_ms, &target->source->suspended_hard,
                                   target->source->suspended_reason,
                                   arena_printf(arena, "source %s", target->source->name),
                                   target->source->name};
    return (struct suspension){&state->suspended_until_ms, &state->suspended_hard, state->suspended_reason,
                               "everything", ""};
}

static void dirty_all(struct state *state)
{
    for (uint32_t i = 0; i < state->source_count; i++)
        state_dirty_source(state, state->sources[i]);
}

static void command_suspend(struct state *state, const struct event_command *command)
{
    struct target target;
    if (!target_of(state, command, &target)) return;
    if (target.object &&
        is_keypair(state, command, target.object, "suspended alone: name its source or its cloud"))
        return;
    struct suspension s = suspension_of(state, &target);
    *s.until_ms = command->duration_ms > 0 ? state->now.boot_ms + command->duration_ms : NEVER_MS;
    *s.hard = command->hard;
    text_copy(s.reason, sizeof state->suspended_reason, command->argument ? command->argument : "");
    suspension_store(state, s.key, *s.until_ms, *s.hard, s.reason);
    state_tell(state,
               by(command, ABOUT(.type = "Suspended", .object = target.object, .source = target.source,
                                 .cloud = target.cloud)),
               "%s suspended%s: %s", s.what, command->hard ? " (hard)" : "", s.reason);
    dirty_all(state);
    owed_answer(state, command->id, "%s is suspended; setpointctl resume%s%s ends it", s.what,
                s.key[0] ? " " : "", s.key);
}

enum { SUSPENDED_TEXT_MAX = 1024 /* more is cut */ };

/* The targets of all other suspensions in force, as `resume` takes them. */
static void suspended_add(const struct state *state, struct text *out)
{
    int64_t now = state->now.boot_ms;
    for (uint32_t i = 0; i < state->cloud_count; i++)
        if (now < state->clouds[i]->suspended_until_ms)
            text_addf(out, "%scloud:%s", out->length > 0 ? ", " : "", state->clouds[i]->name);
    for (uint32_t i = 0; i < state->source_count; i++) {
        const struct source *source = state->sources[i];
        if (now < source->suspended_until_ms)
            text_addf(out, "%s%s", out->length > 0 ? ", " : "", source->name);
        for (uint32_t j = 0; j < source->object_count; j++)
            if (now < source->objects[j]->suspended_until_ms)
                text_addf(out, "%s%s/%s", out->length > 0 ? ", " : "", source->name,
                          source->objects[j]->name);
    }
}

static void command_resume(struct state *state, const struct event_command *command)
{
    struct target target;
    if (!target_of(state, command, &target)) return;
    struct suspension s = suspension_of(state, &target);
    if (*s.until_ms == 0) {
        AUTO_TEXT struct text others;
        text_init(&others, SUSPENDED_TEXT_MAX);
        if (target.all) suspended_add(state, &others);
        state_answer(state, command->id, ANSWER_DONE, "no suspension of %s is in force%s%s", s.what,
                     others.length > 0 ? "; suspended are, and are named to be resumed: " : "",
                     others.length > 0 ? others.bytes : "");
        return;
    }
    *s.until_ms = 0;
    s.reason[0] = '\0';
    suspension_store(state, s.key, 0, false, "");
    state_tell(state,
               by(command, ABOUT(.type = "Resumed", .object = target.object, .source = target.source,
                                 .cloud = target.cloud)),
               "%s resumed", s.what);
    dirty_all(state);
    owed_answer(state, command->id, "%s goes on", s.what);
}

/* --- approve --- */

static struct object *member_object(const struct source *source, const struct hold *hold,
                                    const struct hold_member *member)
{
    uint32_t count;
    struct object *const *keypairs = source_keypairs(source, &count);
    if (member->call != CALL_DELETE_KEYPAIR) return source_object(source, member->name);
    for (uint32_t i = 0; i < count; i++)
        if (keypairs[i]->keypair->registered && strcmp(keypairs[i]->name, member->name) == 0 &&
            strcmp(keypairs[i]->cloud_name, hold->cloud) == 0)
            return keypairs[i];
    return NULL;
}

static uint32_t approve_calls(struct state *state, const struct hold *now, uint32_t most)
{
    uint32_t count = 0;
    struct source *source = state_source(state, now->source);
    for (uint32_t i = 0; i < now->count && count < most; i++) {
        const struct hold_member *member = &now->members[i];
        struct object *object = member_object(source, now, member);
        if (!object) continue;
        /* an emptied source retires its objects at this moment: that is what was approved */
        uint64_t desire = object->spec ? object->spec->hash : 0;
        if (desire != member->desire && !(desire == 0 && member->call == CALL_DELETE)) continue;
        object->approval = (struct approval){
            .call = member->call, .desire = desire, .until_ms = state->now.boot_ms + APPROVAL_MS};
        text_copy(object->approval.provider_id, sizeof object->approval.provider_id, member->provider_id);
        state_dirty(state, object);
        count++;
    }
    return count;
}

static void approve_cloud(struct state *state, struct cloud *cloud, enum reason reason)
{
    struct arena *arena = &state->effects->arena;
    if (reason == REASON_WRONG_PROJECT) {
        store_pin(state, cloud);
        bool expected = cloud->config && cloud->config->expect_project;
        cloud->wrong_project = expected && strcmp(cloud->config->expect_project, cloud->fingerprint) != 0;
    } else if (reason == REASON_ANOTHER_DAEMON) {
        struct server *server = servers_find(&cloud->servers, cloud->another_server);
        if (server)
            text_copy(cloud->another_allowed, sizeof cloud->another_allowed, server->facts.mark.writer);
        store_meta(state, arena_printf(arena, "writer-allowed.%s", cloud->name), cloud->another_allowed);
        cloud->another_daemon = false;
    } else {
        brake_release_vanish(state, cloud);
    }
    state_dirty_cloud(state, cloud);
}

static void command_approve(struct state *state, const struct event_command *command)
{
    const char *id = command->target ? command->target : "";
    const struct hold *now, *hold = hold_find(state, id, &now);
    if (!hold) {
        state_answer(
            state, command->id, ANSWER_NOT_FOUND,
            "no hold \"%s\" now; setpointctl approve lists what waits (a set that has grown has a new id)",
            id);
        return;
    }
    struct source *source = state_source(state, now->source);
    struct cloud *cloud = state_cloud(state, now->cloud);
    uint32_t most = command->partial > 0 ? command->partial : UINT32_MAX, count;
    const char *word = reason_row(now->reason)->word;
    if (now->reason == REASON_OUTCOME_UNKNOWN || now->reason == REASON_APPROVAL_NEEDED ||
        now->reason == REASON_DUPLICATE) {
        if (now->reason == REASON_APPROVAL_NEEDED) swap_accept_empty(state, source);
        count = approve_calls(state, now, most);
    } else {
        approve_cloud(state, cloud, now->reason);
        count = now->count; /* it concerns the cloud as a whole */
    }
    state_tell(state,
               by(command, ABOUT(.type = "Approved", .source = source, .cloud = cloud, .reason = word)),
               "hold %s approved: %u of %u", id, count, now->count);
    owed_answer(state, command->id, "%s: %u of %u approved; it stands 15 minutes to begin", word, count,
                now->count);
}

/* --- adopt, release, unprotect --- */

static void command_adopt_matching(struct state *state, const struct event_command *command)
{
    const char *name = command->target ? command->target : "";
    struct source *source = state_source(state, name);
    if (!source) {
        const char *near = find_source_near(state, name);
        state_answer(state, command->id, ANSWER_NOT_FOUND, "no source \"%s\"%s%s%s", name,
                     near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        return;
    }
    AUTO_TEXT struct text left;
    text_init(&left, ADOPT_LEFT_MAX);
    bool listed;
    uint32_t count = adopt_matching(state, source, &listed, &left);
    if (count > 0)
        state_tell(state, by(command, ABOUT(.type = "Adopted", .source = source)),
                   "%u server%s adopted by name", count, count == 1 ? "" : "s");
    const char *rest = left.length > 0 ? left.bytes : "";
    if (listed && count > 0)
        owed_answer(state, command->id, "%u server%s adopted by name%s", count, count == 1 ? "" : "s", rest);
    else
        state_answer(state, command->id, listed ? ANSWER_DONE : ANSWER_FAILED,
                     "%u server%s adopted by name%s", count, count == 1 ? "" : "s", rest);
}

static void command_adopt(struct state *state, const struct event_command *command)
{
    if (command->matching) {
        command_adopt_matching(state, command);
        return;
    }
    struct object *object;
    if (!object_target(state, command, command->target ? command->target : "", &object)) return;
    if (is_keypair(state, command, object, "adopted: an equal key under its name is used as it is")) return;
    const char *id = command->argument ? command->argument : "", *problem = "";
    struct server *server = object->cloud ? servers_find(&object->cloud->servers, id) : NULL;
    if (!server || (server->expected && !server->owner)) {
        state_answer(state, command->id, ANSWER_NOT_FOUND, "cloud %s shows no server \"%s\"",
                     object->cloud ? object->cloud->name : "-", id);
        return;
    }
    if (!adopt_server(state, object, server, &problem)) {
        state_answer(state, command->id, ANSWER_FAILED, "%s/%s cannot adopt %s: %s", object->source->name,
                     object->name, id, problem);
        return;
    }
    state_tell(state, by(command, ABOUT(.type = "Adopted", .object = object)), "server %s adopted", id);
    owed_answer(state, command->id, "%s/%s holds server %s now", object->source->name, object->name, id);
}

/* It is somebody else's from now on: used as it is, and never deleted. */
static void release_keypair(struct state *state, const struct event_command *command, struct object *object)
{
    keypair_set_registered(state, object, NULL);
    store_object(state, object);
    state_dirty(state, object);
    state_tell(state, by(command, ABOUT(.type = "Released", .object = object)),
               "released; the key pair is left as it is");
    owed_answer(state, command->id, "%s/%s is released; the key pair \"%s\" stays on cloud %s",
                object->source->name, object->name, object->keypair->key_name, object->cloud_name);
}

static void command_release(struct state *state, const struct event_command *command)
{
    struct object *object;
    if (!object_target(state, command, command->target ? command->target : "", &object)) return;
    if (object->intent && object->intent->state != INTENT_OPEN) {
        state_answer(state, command->id, ANSWER_FAILED, "a call of %s is under way; try again in a moment",
                     object->name);
        return;
    }
    if (object->next[0] != '\0') {
        state_answer(
            state, command->id, ANSWER_FAILED,
            "server %s stands beside %s as its successor; let that end, or take the change of the manifest "
            "back, then release it",
            object->next, object->current[0] ? object->current : "it");
        return;
    }
    if (object->intent) intent_forget(state, object->intent);
    if (object->keypair) {
        release_keypair(state, command, object);
        return;
    }
    object->state = OBJECT_RELEASED;
    object_recount(state, object);
    store_object(state, object);
    state_dirty(state, object);
    state_tell(state, by(command, ABOUT(.type = "Released", .object = object)),
               "released; the server is left as it is");
    owed_answer(state, command->id, "%s/%s is released; setpointctl adopt %s ID takes it back",
                object->source->name, object->name, find_name(state, object, &state->turn));
}

static void command_unprotect(struct state *state, const struct event_command *command)
{
    struct object *object;
    if (!object_target(state, command, command->target ? command->target : "", &object)) return;
    if (is_keypair(state, command, object, "protected")) return;
    if (object->spec && object->spec->lifecycle.protect) {
        state_answer(state, command->id, ANSWER_FAILED,
                     "the manifest says protect: true (%s:%u); change it there",
                     object->spec->file ? object->spec->file : "-", object->spec->line);
        return;
    }
    object->protect = false;
    store_object(state, object);
    state_dirty(state, object);
    state_tell(state, by(command, ABOUT(.type = "Unprotected", .object = object)), "protection ended: %s",
               command->argument ? command->argument : "");
    owed_answer(state, command->id, "%s/%s is not protected any more", object->source->name, object->name);
}

/* --- sync --- */

static void retry_now(struct state *state, struct object *object)
{
    retry_clear(object);
    retry_forgive(object);
    object->quarantined_until_ms = 0;
    object->try_once = true;
    state_dirty(state, object);
}

static void command_retry(struct state *state, const struct event_command *command)
{
    for (uint32_t i = 0; i < command->name_count; i++) {
        struct source *source =
            strchr(command->names[i], '/') ? NULL : state_source(state, command->names[i]);
        struct object *object = NULL;
        if (!source && !object_target(state, command, command->names[i], &object)) return;
        for (uint32_t k = 0; source && k < source->object_count; k++)
            retry_now(state, source->objects[k]);
        if (object) retry_now(state, object);
    }
    state_answer(state, command->id, ANSWER_DONE, "tried now");
}

static void command_rebuild(struct state *state, const struct event_command *command)
{
    if (state->ledger != LEDGER_CORRUPT) {
        state_answer(state, command->id, ANSWER_FAILED, "the ledger is sound; there is nothing to rebuild");
        return;
    }
    store_rebuild(state);
    state_tell(state, by(command, ABOUT(.type = "LedgerRebuilt")),
               "a new ledger was begun; servers are bound again by their marks");
    state_answer(state, command->id, ANSWER_DONE,
                 "a new ledger was begun; creating waits for two complete lists of each cloud");
}

/* The daemon has changed it already: here it becomes history. */
static void command_log_level(struct state *state, const struct event_command *command)
{
    const char *now = command->target ? command->target : "",
               *before = command->argument ? command->argument : "";
    state_tell(state, by(command, ABOUT(.type = "LogLevelChanged")), "log level %s, was %s", now, before);
    state_answer(state, command->id, ANSWER_DONE, "log level %s (was %s) until the next reload or restart",
                 now, before);
}

static void command_notify(struct state *state, const struct event_command *command)
{
    const struct notify_target *target = state->config ? config_target(state->config, command->target) : NULL;
    if (!target) {
        state_answer(state, command->id, ANSWER_NOT_FOUND,
                     "no notify target %s in the configuration (setpointctl notify lists them)",
                     command->target);
        return;
    }
    const char *owner = state->config->owner;
    outbox_add(state, target,
               &(struct notification){.wall_ms = state->now.wall_ms,
                                      .kind = "Test",
                                      .title = arena_printf(&state->turn, "[%s] a test of setpoint", owner),
                                      .message = "somebody asked for it with setpointctl notify"});
    state_tell(state, by(command, ABOUT(.type = "NotificationTest")), "a test for notify target %s",
               target->name);
    owed_answer(state, command->id, "a test is on its way to %s; setpointctl notify shows how it goes",
                target->name);
}

static void command_note(struct state *state, const struct event_command *command)
{
    struct tell_about about = by(command, ABOUT(.type = "Asked"));
    about.level = TELL_INFO;
    state_tell(state, about, "%s", command->argument ? command->argument : "");
}

void command_take(struct state *state, const struct event_command *command)
{
    switch (command->kind) {
    case COMMAND_SYNC: command_sync(state, command); return;
    case COMMAND_RETRY: command_retry(state, command); return;
    case COMMAND_SUSPEND: command_suspend(state, command); return;
    case COMMAND_RESUME: command_resume(state, command); return;
    case COMMAND_APPROVE: command_approve(state, command); return;
    case COMMAND_ADOPT: command_adopt(state, command); return;
    case COMMAND_RELEASE: command_release(state, command); return;
    case COMMAND_UNPROTECT: command_unprotect(state, command); return;
    case COMMAND_LEDGER_REBUILD: command_rebuild(state, command); return;
    case COMMAND_LOG_LEVEL: command_log_level(state, command); return;
    case COMMAND_NOTIFY: command_notify(state, command); return;
    case COMMAND_NOTE: command_note(state, command); return;
    case COMMAND_KIND_COUNT: break;
    }
    UNREACHABLE();
}
