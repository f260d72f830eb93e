#include "tests/sim/people.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/daemon.h"
#include "tests/sim/document.h"
#include "tests/sim/grow.h"

/* --- manifests --- */

static void edit_wish(struct wish *wish, struct dice *dice)
{
    switch (dice_below(dice, 9)) {
    case 0:
    case 1: wish->flavor = (unsigned)dice_below(dice, FLEET_FLAVORS); break;
    case 2: wish->groups = 1 + (unsigned)dice_below(dice, (1 << FLEET_GROUPS) - 1); break;
    case 3: wish->team = (unsigned)dice_below(dice, 4); break;
    case 4:
    case 5: wish->power = (enum fleet_power)dice_below(dice, 3); break;
    case 6: wish->renamed = (unsigned)dice_below(dice, 3); break;
    case 7: wish->protect = !wish->protect; break;
    case 8:
        if (dice_chance(dice, 200))
            wish->image = (unsigned)dice_below(dice, FLEET_IMAGES);
        else
            wish->on_error = (enum fleet_on_error)dice_below(dice, 3);
        break;
    }
}

static unsigned some_source(struct world *world)
{
    return (unsigned)dice_below(&world->dice_trouble, world->story.source_count);
}

static void read_soon(struct world *world, unsigned place)
{
    world_due(world, world->now_ms + dice_between(&world->dice_trouble, 100, 2500), DUE_READ, place);
}

void people_edit(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    unsigned place = some_source(world);
    struct manifest *manifest = &world->story.manifests[place];
    if (manifest->count == 0) return;
    uint64_t many = dice_chance(dice, 250) ? manifest->count : 1 + dice_below(dice, 3);
    for (uint64_t i = 0; i < many; i++)
        edit_wish(&manifest->wishes[many == manifest->count ? i : dice_below(dice, manifest->count)], dice);
    read_soon(world, place);
}

void people_remove(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    unsigned place = some_source(world);
    struct manifest *manifest = &world->story.manifests[place];
    if (manifest->count == 0) return;
    uint64_t many = dice_chance(dice, 150) ? manifest->count : 1 + dice_below(dice, 3);
    for (uint64_t i = 0; i < many; i++) {
        struct wish *wish = &manifest->wishes[dice_below(dice, manifest->count)];
        wish->present = !wish->present;
    }
    read_soon(world, place);
    /* an editor that saves in two halves: the rest follows */
    if (dice_chance(dice, 300)) read_soon(world, place);
}

/* --- commands --- */

static const struct wish *some_wish(struct world *world, unsigned *out_place)
{
    *out_place = some_source(world);
    const struct manifest *manifest = &world->story.manifests[*out_place];
    return manifest->count ? &manifest->wishes[dice_below(&world->dice_trouble, manifest->count)] : NULL;
}

static bool some_target(struct world *world, char out[2 * FLEET_NAME + 2])
{
    unsigned place;
    const struct wish *wish = some_wish(world, &place);
    const char *source = world->story.manifests[place].name;
    if (!wish) return false;
    switch (dice_below(&world->dice_trouble, 3)) {
    case 0: out[0] = '\0'; return true;
    case 1: snprintf(out, 2 * FLEET_NAME + 2, "%s", source); return true;
    default: snprintf(out, 2 * FLEET_NAME + 2, "%s/%s", source, wish->name); return true;
    }
}

/* A command for an object that the daemon has not heard of is refused. */
static bool is_known(struct world *world, const char *target)
{
    const char *slash = strchr(target, '/');
    if (!slash) return true;
    char *json = daemon_status(world), row[4 * FLEET_NAME];
    snprintf(row, sizeof row, "\"source\":\"%.*s\",\"name\":\"%s\"", (int)(slash - target), target,
             slash + 1);
    bool known = strstr(json, row) != NULL;
    free(json);
    return known;
}

static void suspend(struct world *world)
{
    char target[2 * FLEET_NAME + 2];
    if (!some_target(world, target) || !is_known(world, target)) return;
    bool hard = dice_chance(&world->dice_trouble, 400);
    daemon_command(world,
                   &(struct event_command){
                       .kind = COMMAND_SUSPEND, .target = target, .argument = "maintenance", .hard = hard});
    judge_suspended(world->judge, target, hard, true, world->now_ms);
}

static void resume_one(struct world *world, const char *target)
{
    daemon_command(world, &(struct event_command){.kind = COMMAND_RESUME, .target = target});
    judge_suspended(world->judge, target, false, false, world->now_ms);
}

void people_resume(struct world *world)
{
    resume_one(world, "");
    for (unsigned i = 0; i < world->story.source_count; i++) {
        const struct manifest *manifest = &world->story.manifests[i];
        char target[2 * FLEET_NAME + 2];
        resume_one(world, manifest->name);
        for (unsigned k = 0; k < manifest->count; k++) {
            snprintf(target, sizeof target, "%s/%s", manifest->name, manifest->wishes[k].name);
            resume_one(world, target);
        }
    }
}

static const char *member(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text ? text : "";
}

static void approve_hold(struct world *world, const cJSON *hold)
{
    const cJSON *one;
    daemon_command(world, &(struct event_command){.kind = COMMAND_APPROVE, .target = member(hold, "holdId")});
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(hold, "members")) judge_approved(
        world->judge, member(one, "source"), member(one, "name"), member(one, "providerId"), world->now_ms);
}

void people_approve(struct world *world)
{
    char *json = daemon_holds(world);
    cJSON *holds = cJSON_Parse(json);
    const cJSON *hold;
    cJSON_ArrayForEach(hold, holds) approve_hold(world, hold);
    cJSON_Delete(holds);
    free(json);
}

static bool ends_by_sync(const char *reason)
{
    return strcmp(reason, "ErrorHold") == 0 || strcmp(reason, "DisruptionHalted") == 0 ||
           strcmp(reason, "Quarantined") == 0 || strcmp(reason, "Conflict") == 0 ||
           strcmp(reason, "Refused") == 0;
}

void people_retry(struct world *world)
{
    char *json = daemon_status(world);
    cJSON *status = cJSON_Parse(json);
    const cJSON *row;
    cJSON_ArrayForEach(row, status)
    {
        char name[2 * FLEET_NAME + 2];
        const char *names[] = {name};
        if (!ends_by_sync(member(row, "reason"))) continue;
        snprintf(name, sizeof name, "%s/%s", member(row, "source"), member(row, "name"));
        daemon_command(world,
                       &(struct event_command){.kind = COMMAND_RETRY, .names = names, .name_count = 1});
    }
    cJSON_Delete(status);
    free(json);
}

static void unprotect(struct world *world)
{
    unsigned place;
    char target[2 * FLEET_NAME + 2];
    const struct wish *wish = some_wish(world, &place);
    if (!wish || (wish->present && wish->protect)) return;
    snprintf(target, sizeof target, "%s/%s", world->story.manifests[place].name, wish->name);
    daemon_command(world, &(struct event_command){
                              .kind = COMMAND_UNPROTECT, .target = target, .argument = "not needed"});
    judge_unprotected(world->judge, world->story.manifests[place].name, wish->name);
}

/* Takes over a server that somebody made by hand under the object's name, if there is one. */
static void adopt(struct world *world)
{
    unsigned place;
    char target[2 * FLEET_NAME + 2], server_name[FLEET_NAME + 8];
    const struct wish *wish = some_wish(world, &place);
    if (!wish) return;
    wish_server_name(wish, server_name);
    struct cloud *cloud = world->clouds[wish->cloud];
    struct cloud_server server;
    for (size_t i = 0; cloud_server_at(cloud, i, &server); i++) {
        if (!server.visible || server.by_request || strcmp(server.name, server_name) != 0) continue;
        snprintf(target, sizeof target, "%s/%s", world->story.manifests[place].name, wish->name);
        daemon_command(
            world, &(struct event_command){.kind = COMMAND_ADOPT, .target = target, .argument = server.id});
        judge_adopted(world->judge, world->story.manifests[place].name, wish->name, server.id);
        return;
    }
}

static void rebuild_ledger(struct world *world)
{
    if (!world->ledger_corrupt) return;
    disk_wipe(world->disk);
    world->ledger_corrupt = false;
    daemon_command(world, &(struct event_command){.kind = COMMAND_LEDGER_REBUILD});
}

static void observe(struct world *world)
{
    world->observe = !world->observe;
    daemon_configure(world);
}

void people_command(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    if (!world->up) return;
    switch (dice_below(dice, 10)) {
    case 0:
    case 1: suspend(world); return;
    case 2:
    case 3: people_resume(world); return;
    case 4: people_approve(world); return;
    case 5: daemon_command(world, &(struct event_command){.kind = COMMAND_SYNC}); return;
    case 6: people_retry(world); return;
    case 7: unprotect(world); return;
    case 8: adopt(world); return;
    default: break;
    }
    if (world->ledger_corrupt)
        rebuild_ledger(world);
    else
        observe(world);
}

/* --- operators --- */

static const enum cloud_change_kind operations[] = {
    CLOUD_CHANGE_DELETE,       CLOUD_CHANGE_DELETE,       CLOUD_CHANGE_ERROR,
    CLOUD_CHANGE_START,        CLOUD_CHANGE_STOP,         CLOUD_CHANGE_STOP,
    CLOUD_CHANGE_RENAME,       CLOUD_CHANGE_RESIZE,       CLOUD_CHANGE_ADD_GROUP,
    CLOUD_CHANGE_REMOVE_GROUP, CLOUD_CHANGE_SET_METADATA, CLOUD_CHANGE_DELETE_METADATA,
    CLOUD_CHANGE_LOCK,         CLOUD_CHANGE_UNLOCK,       CLOUD_CHANGE_PAUSE,
    CLOUD_CHANGE_SUSPEND,      CLOUD_CHANGE_RESCUE,       CLOUD_CHANGE_SHELVE,
    CLOUD_CHANGE_ATTACH,       CLOUD_CHANGE_DETACH,       CLOUD_CHANGE_CREATE,
    CLOUD_CHANGE_REVOKE,       CLOUD_CHANGE_ACTIVATE,
};

void people_operate(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    struct cloud *cloud = world->clouds[dice_below(dice, world->story.cloud_count)];
    struct cloud_change change = {.kind =
                                      operations[dice_below(dice, sizeof operations / sizeof *operations)]};
    size_t count = cloud_server_count(cloud);
    struct cloud_server server = {.id = "nobody"};
    for (unsigned i = 0; i < 8 && count > 0; i++)
        if (cloud_server_at(cloud, dice_below(dice, count), &server) && server.visible) break;
    /* what is being built or shelved can only be deleted, or break */
    const char *state = server.vm_state ? server.vm_state : "";
    bool plain = strcmp(state, "active") == 0 || strcmp(state, "stopped") == 0;
    if (!plain && change.kind != CLOUD_CHANGE_DELETE && change.kind != CLOUD_CHANGE_ERROR &&
        change.kind != CLOUD_CHANGE_CREATE && change.kind != CLOUD_CHANGE_REVOKE)
        return;
    snprintf(change.server, sizeof change.server, "%s", server.id);
    switch ((unsigned)change.kind) {
    case CLOUD_CHANGE_RENAME: snprintf(change.text, sizeof change.text, "by-hand"); break;
    case CLOUD_CHANGE_RESIZE:
        snprintf(change.text, sizeof change.text, "%s", fleet_flavors[dice_below(dice, FLEET_FLAVORS)]);
        break;
    case CLOUD_CHANGE_ADD_GROUP:
    case CLOUD_CHANGE_REMOVE_GROUP:
        snprintf(change.text, sizeof change.text, "%s", fleet_groups[dice_below(dice, FLEET_GROUPS)]);
        break;
    case CLOUD_CHANGE_SET_METADATA:
        snprintf(change.key, sizeof change.key, "%s", dice_chance(dice, 500) ? "team" : "note");
        snprintf(change.text, sizeof change.text, "by-hand");
        break;
    case CLOUD_CHANGE_DELETE_METADATA:
        snprintf(change.key, sizeof change.key, "%s", dice_chance(dice, 500) ? "team" : "setpoint.*");
        break;
    case CLOUD_CHANGE_ATTACH:
    case CLOUD_CHANGE_DETACH:
        snprintf(change.text, sizeof change.text, "%s", fleet_volumes[dice_below(dice, FLEET_VOLUMES)]);
        break;
    case CLOUD_CHANGE_CREATE: {
        unsigned place;
        const struct wish *wish = some_wish(world, &place);
        snprintf(change.text, sizeof change.text, "%s", wish ? wish->name : "stranger");
        break;
    }
    default: break;
    }
    size_t changed = cloud_change(cloud, world->now_ms, &change);
    trace_say(&world->trace, "%lld: an operator: %s %s %s%s: %zu changed", (long long)world->now_ms,
              cloud_change_name(change.kind), change.server, change.key, change.text, changed);
}

static void change_all(struct world *world, enum cloud_change_kind kind, int64_t number)
{
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        cloud_change(world->clouds[i], world->now_ms,
                     &(struct cloud_change){.kind = kind, .server = "*", .number = number});
}

static bool needs_activation(const struct cloud_server *server)
{
    static const char *const states[] = {"paused", "suspended", "rescued"};
    for (unsigned i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(server->vm_state, states[i]) == 0) return true;
    if (strcmp(server->status, "DELETED") == 0) return true;
    return server->task[0] != '\0' && strcmp(server->vm_state, "building") != 0;
}

/* A volume that hangs where a hand put it is nowhere else to be had. */
static void detach_all(struct world *world, struct cloud *cloud, const struct cloud_server *server)
{
    char id[CLOUD_ID_SIZE];
    snprintf(id, sizeof id, "%s", server->id);
    for (unsigned i = 0; i < FLEET_VOLUMES; i++) {
        struct cloud_change change = {.kind = CLOUD_CHANGE_DETACH};
        snprintf(change.server, sizeof change.server, "%s", id);
        snprintf(change.text, sizeof change.text, "%s", fleet_volumes[i]);
        cloud_change(cloud, world->now_ms, &change);
    }
}

void people_put_right(struct world *world)
{
    change_all(world, CLOUD_CHANGE_UNLOCK, 0);
    change_all(world, CLOUD_CHANGE_QUOTA, 1000);
    for (unsigned i = 0; i < world->story.cloud_count; i++) {
        struct cloud_server server;
        for (size_t k = 0; cloud_server_at(world->clouds[i], k, &server); k++) {
            bool first = world->now_ms == world->calm_ms;
            bool forgotten = !first && strcmp(server.status, "VERIFY_RESIZE") == 0;
            if (first) detach_all(world, world->clouds[i], &server);
            if (!server.visible || !(forgotten || needs_activation(&server))) continue;
            bool dying = strcmp(server.status, "DELETED") == 0 || strcmp(server.task, "deleting") == 0;
            struct cloud_change change = {.kind = dying ? CLOUD_CHANGE_DELETE : CLOUD_CHANGE_ACTIVATE};
            snprintf(change.server, sizeof change.server, "%s", server.id);
            cloud_change(world->clouds[i], world->now_ms, &change);
        }
        if (world->now_ms != world->calm_ms) continue;
        /* a token of another project lives on: the next log-in is a good one */
        cloud_change(world->clouds[i], world->now_ms, &(struct cloud_change){.kind = CLOUD_CHANGE_REVOKE});
    }
    if (!world->up) return;
    rebuild_ledger(world);
    if (world->observe) observe(world);
    people_resume(world);
}
