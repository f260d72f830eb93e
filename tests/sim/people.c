#include "tests/sim/people.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/daemon.h"
#include "tests/sim/document.h"
#include "tests/sim/grow.h"
#include "tests/sim/hands.h"
#include "tests/sim/manner.h"
#include "tests/sim/reader.h"
#include "tests/sim/sequel.h"
#include "tests/sim/twin.h"
#include "tests/sim/user_data.h"

/* --- manifests --- */

/* `was:` tells what it was called. The ledger's entry moves when that is read: a ledger that is lost knows of
   none to move. */
static void rename_document(const struct story *story, struct wish *wish)
{
    if (story->has[TROUBLE_LEDGER_LOST] || story->has[TROUBLE_LEDGER_CORRUPT] ||
        story->has[TROUBLE_LEDGER_OLD] || story->has[TROUBLE_TWIN])
        return;
    if (wish->was[0] != '\0' || strlen(wish->name) + 2 > sizeof wish->name) return;
    snprintf(wish->was, sizeof wish->was, "%s", wish->name);
    wish->name[strlen(wish->name) + 1] = '\0';
    wish->name[strlen(wish->name)] = 'x';
}

/* The other address of its cloud, if nobody wants that one. */
static void change_address(const struct story *story, struct wish *wish)
{
    if (!wish->address) return;
    for (unsigned i = 0; i < story->source_count; i++)
        for (unsigned k = 0; k < story->manifests[i].count; k++) {
            const struct wish *other = &story->manifests[i].wishes[k];
            if (other != wish && other->cloud == wish->cloud && other->address) return;
        }
    wish->address = 1 + wish->address % FLEET_ADDRESSES;
}

static void edit_wish(const struct story *story, struct wish *wish, struct dice *dice, int64_t wall_ms)
{
    const struct manner *manner = manner_of(story->dialects[wish->cloud]);
    struct wish before = *wish;
    switch (dice_below(dice, 14)) {
    case 0:
    case 1: wish->flavor = (unsigned)dice_below(dice, FLEET_FLAVORS); break;
    case 2: wish->groups = 1 + (unsigned)dice_below(dice, (1 << FLEET_GROUPS) - 1); break;
    case 3: wish->team = (unsigned)dice_below(dice, 4); break;
    case 4:
    case 5: wish->power = (enum fleet_power)dice_below(dice, 3); break;
    case 6: wish->renamed = (unsigned)dice_below(dice, FLEET_RENAMES); break;
    case 7: wish->protect = !wish->protect; break;
    case 11: change_address(story, wish); break;
    case 9:
        if (manner->renames) rename_document(story, wish);
        break;
    case 10:
        wish->restart_ms = wall_ms + dice_between(dice, 0, 60000);
        wish->restart_hard = dice_chance(dice, 500);
        break;
    case 12:
    case 13:
        if (wish->rebuild_changed) wish->image = (wish->image + 1) % FLEET_IMAGES;
        break;
    case 8:
        if (dice_chance(dice, 600))
            wish->image = (unsigned)dice_below(dice, FLEET_IMAGES);
        else
            wish->on_error = (enum fleet_on_error)dice_below(dice, 3);
        break;
    }
    manner_fit(manner, wish, &before);
    story_fit(story, wish);
}

static void read_soon(struct world *world, unsigned place)
{
    world_due(world, world->now_ms + dice_between(&world->dice_trouble, 100, 2500), DUE_READ, place);
}

void people_edit(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    unsigned place = people_source(world);
    struct manifest *manifest = &world->story.manifests[place];
    if (manifest->count == 0) return;
    uint64_t many = dice_chance(dice, 250) ? manifest->count : 1 + dice_below(dice, 3);
    for (uint64_t i = 0; i < many; i++) {
        uint64_t at = many == manifest->count ? i : dice_below(dice, manifest->count);
        bool protected = manifest->wishes[at].protect;
        edit_wish(&world->story, &manifest->wishes[at], dice, world_clock(world).wall_ms);
        user_data_edit(world, &manifest->wishes[at]);
        if (protected && !manifest->wishes[at].protect)
            sequel_draw(world, SEQUEL_REMOVE, place, (unsigned)at);
    }
    read_soon(world, place);
}

void people_replace(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    unsigned place = people_source(world);
    struct manifest *manifest = &world->story.manifests[place];
    if (manifest->count == 0) return;
    for (uint64_t many = 1 + dice_below(dice, 3); many > 0; many--) {
        struct wish *wish = &manifest->wishes[dice_below(dice, manifest->count)];
        wish->image = (wish->image + 1) % FLEET_IMAGES;
        wish->replace_changed = true;
        sequel_draw(world, SEQUEL_PROTECT, place, (unsigned)(wish - manifest->wishes));
    }
    read_soon(world, place);
}

void people_remove(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    unsigned place = people_source(world);
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

/* --- operators --- */

/* What a hand can do in the dialect's console. */
static bool is_done_by_hand(const struct manner *manner, enum cloud_change_kind kind)
{
    switch ((unsigned)kind) {
    case CLOUD_CHANGE_SHELVE: return manner->shelves;
    case CLOUD_CHANGE_ATTACH:
    case CLOUD_CHANGE_DETACH: return manner->volumes;
    case CLOUD_CHANGE_ADDRESS:
    case CLOUD_CHANGE_NO_ADDRESS: return manner->addresses;
    case CLOUD_CHANGE_SET_METADATA:
    case CLOUD_CHANGE_DELETE_METADATA: return manner->marks != MARKS_NOTHING;
    default: return true;
    }
}

/* Where nothing but a name tells servers apart, one made by hand under the name of an object whose create is
   open would be taken for what came of it. So hands use it only beside one that is there. */
static bool may_take_name(const struct manner *manner, struct cloud *cloud, const struct wish *wish)
{
    struct cloud_server server;
    char name[FLEET_NAME + 8];
    if (!wish || manner->marks != MARKS_NOTHING) return wish;
    wish_server_name(wish, name);
    for (size_t i = 0; cloud_server_at(cloud, i, &server); i++)
        if (server.visible && server.ever_running && strcmp(server.name, name) == 0) return true;
    return false;
}

static const enum cloud_change_kind operations[] = {
    CLOUD_CHANGE_DELETE,       CLOUD_CHANGE_DELETE,       CLOUD_CHANGE_ERROR,
    CLOUD_CHANGE_START,        CLOUD_CHANGE_STOP,         CLOUD_CHANGE_STOP,
    CLOUD_CHANGE_RENAME,       CLOUD_CHANGE_RESIZE,       CLOUD_CHANGE_ADD_GROUP,
    CLOUD_CHANGE_REMOVE_GROUP, CLOUD_CHANGE_SET_METADATA, CLOUD_CHANGE_DELETE_METADATA,
    CLOUD_CHANGE_LOCK,         CLOUD_CHANGE_UNLOCK,       CLOUD_CHANGE_PAUSE,
    CLOUD_CHANGE_SUSPEND,      CLOUD_CHANGE_RESCUE,       CLOUD_CHANGE_SHELVE,
    CLOUD_CHANGE_ATTACH,       CLOUD_CHANGE_DETACH,       CLOUD_CHANGE_CREATE,
    CLOUD_CHANGE_ADDRESS,      CLOUD_CHANGE_NO_ADDRESS,   CLOUD_CHANGE_REVOKE,
    CLOUD_CHANGE_ACTIVATE,
};

void people_operate(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    unsigned place = (unsigned)dice_below(dice, world->story.cloud_count);
    struct cloud *cloud = world->clouds[place];
    const struct manner *manner = manner_of(world->story.dialects[place]);
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
    if (!is_done_by_hand(manner, change.kind)) return;
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
        if (!manner->metadata) snprintf(change.key, sizeof change.key, "description");
        snprintf(change.text, sizeof change.text, "by-hand");
        break;
    case CLOUD_CHANGE_DELETE_METADATA:
        snprintf(change.key, sizeof change.key, "%s", dice_chance(dice, 500) ? "team" : "setpoint.*");
        if (!manner->metadata) snprintf(change.key, sizeof change.key, "description");
        break;
    case CLOUD_CHANGE_ADDRESS:
    case CLOUD_CHANGE_NO_ADDRESS:
        snprintf(change.text, sizeof change.text, "%s", fleet_addresses[dice_below(dice, FLEET_ADDRESSES)]);
        break;
    case CLOUD_CHANGE_ATTACH:
    case CLOUD_CHANGE_DETACH:
        snprintf(change.text, sizeof change.text, "%s", fleet_volumes[dice_below(dice, FLEET_VOLUMES)]);
        break;
    case CLOUD_CHANGE_CREATE: {
        unsigned source;
        const struct wish *wish = people_wish(world, &source);
        bool named = may_take_name(manner, cloud, wish);
        snprintf(change.text, sizeof change.text, "%s", named ? wish->name : PEOPLE_STRANGER);
        break;
    }
    default: break;
    }
    judge_hand(world->judge, place, change.server);
    if (twin_is_there(world)) judge_hand(world->other.judge, place, change.server);
    size_t changed = cloud_change(cloud, world->now_ms, &change);
    if (changed > 0) hands_did(world, place, &change);
    trace_say(&world->trace, "%lld: an operator: %s %s %s%s: %zu changed", (long long)world->now_ms,
              cloud_change_name(change.kind), change.server, change.key, change.text, changed);
}

enum { STUCK_MS = 60000 };

static void change_all(struct world *world, enum cloud_change_kind kind, int64_t number)
{
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        cloud_change(world->clouds[i], world->now_ms,
                     &(struct cloud_change){.kind = kind, .server = "*", .number = number});
}

static bool needs_activation(const struct world *world, const struct cloud_server *server)
{
    static const char *const states[] = {"paused", "suspended", "rescued"};
    for (unsigned i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(server->vm_state, states[i]) == 0) return true;
    if (strcmp(server->status, "DELETED") == 0) return true;
    /* onStuck: hold waits for somebody who looks why */
    if (strcmp(server->vm_state, "building") == 0 && server->by_request)
        return world->now_ms - server->created_ms > 2 * world->story.build_timeout_ms + STUCK_MS;
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

/* Nor an address. */
static void release_all(struct world *world, struct cloud *cloud, const struct cloud_server *server)
{
    char id[CLOUD_ID_SIZE];
    snprintf(id, sizeof id, "%s", server->id);
    for (unsigned i = 0; i < FLEET_ADDRESSES; i++) {
        struct cloud_change change = {.kind = CLOUD_CHANGE_NO_ADDRESS};
        snprintf(change.server, sizeof change.server, "%s", id);
        snprintf(change.text, sizeof change.text, "%s", fleet_addresses[i]);
        cloud_change(cloud, world->now_ms, &change);
    }
}

/* What is to be done once: the server may be gone, or its time later than the end. */
static void forget_orders(struct world *world)
{
    for (unsigned i = 0; i < world->story.source_count; i++) {
        struct manifest *manifest = &world->story.manifests[i];
        bool changed = false;
        for (unsigned k = 0; k < manifest->count; k++) {
            struct wish *wish = &manifest->wishes[k];
            changed |= wish->adopt[0] != '\0' || wish->restart_ms != 0;
            wish->adopt[0] = '\0';
            wish->restart_ms = 0;
        }
        if (changed) read_soon(world, i);
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
            if (first) release_all(world, world->clouds[i], &server);
            if (!server.visible || !(forgotten || needs_activation(world, &server))) continue;
            bool dying = strcmp(server.status, "DELETED") == 0 || strcmp(server.task, "deleting") == 0;
            struct cloud_change change = {.kind = dying ? CLOUD_CHANGE_DELETE : CLOUD_CHANGE_ACTIVATE};
            snprintf(change.server, sizeof change.server, "%s", server.id);
            cloud_change(world->clouds[i], world->now_ms, &change);
        }
        if (world->now_ms != world->calm_ms) continue;
        /* a token of another project lives on: the next log-in is a good one */
        cloud_change(world->clouds[i], world->now_ms, &(struct cloud_change){.kind = CLOUD_CHANGE_REVOKE});
    }
    if (world->now_ms == world->calm_ms) forget_orders(world);
    if (!world->up) return;
    people_rule(world);
    people_resume(world);
}
