#include <stdio.h>
#include <string.h>

#include "tests/sim/daemon.h"
#include "tests/sim/manner.h"
#include "tests/sim/people.h"
#include "tests/sim/scenario.h"
#include "tests/sim/trouble.h"

enum { READ_MS = 300 /* from an edit to its reading */ };

/* --- what dialects can do --- */

#define CAN(what)                                                                                            \
    static bool can_##what(const struct manner *manner)                                                      \
    {                                                                                                        \
        return manner->what;                                                                                 \
    }
CAN(shelves)
CAN(resizes)
CAN(renames)
CAN(reboots)
CAN(rebuilds)
CAN(saves)
CAN(metadata)
CAN(keypair)

static bool shows_at_once(const struct manner *manner)
{
    return manner->lag_ms == 0;
}

/* --- what is wanted from the beginning --- */

static void none_yet(struct manifest *manifest)
{
    for (unsigned i = 0; i < manifest->count; i++)
        manifest->wishes[i].present = false;
}

static void last_not_yet(struct manifest *manifest)
{
    manifest->wishes[manifest->count - 1].present = false;
}

/* Where servers made by hand are. */
static void last_by_hand(struct manifest *manifest)
{
    last_not_yet(manifest);
    manifest->wishes[manifest->count - 1].zone = 1;
}

static void protected(struct manifest *manifest)
{
    manifest->wishes[0].protect = true;
}

static void with_belongings(struct manifest *manifest)
{
    manifest->wishes[0].volume = 1;
    manifest->wishes[0].address = 1;
}

static void replaced(struct manifest *manifest)
{
    for (unsigned i = 0; i < manifest->count; i++)
        manifest->wishes[i].replace_changed = true;
}

static void replaced_with_belongings(struct manifest *manifest)
{
    replaced(manifest);
    with_belongings(manifest);
}

static void replaced_after_image(struct manifest *manifest)
{
    replaced(manifest);
    manifest->wishes[0].snapshot = true;
    manifest->wishes[0].stop_for_ms = 3000;
}

static void retired(struct manifest *manifest)
{
    for (unsigned i = 0; i < manifest->count; i++) {
        manifest->wishes[i].snapshot = true;
        manifest->wishes[i].stop_for_ms = 3000;
    }
}

static void stopped_first(struct manifest *manifest)
{
    manifest->wishes[0].stop_for_ms = 4000;
}

static void rebuilt(struct manifest *manifest)
{
    manifest->wishes[0].rebuild_changed = true;
}

static void shelved(struct manifest *manifest)
{
    manifest->wishes[0].power = FLEET_SHELVED;
}

static void stopped(struct manifest *manifest)
{
    manifest->wishes[0].power = FLEET_STOPPED;
}

static void one_at_a_time(struct manifest *manifest)
{
    manifest->destroy_number = 1;
}

static void gentle(struct manifest *manifest)
{
    manifest->disruption_percent = 30;
}

/* --- what people do --- */

static struct wish *wish_of(struct world *world, unsigned place)
{
    return &world->story.manifests[0].wishes[place];
}

static bool edited(struct world *world)
{
    world_due(world, world->now_ms + READ_MS, DUE_READ, 0);
    return true;
}

static bool want_all(struct world *world)
{
    for (unsigned i = 0; i < world->story.manifests[0].count; i++)
        wish_of(world, i)->present = true;
    return edited(world);
}

static bool resize(struct world *world)
{
    wish_of(world, 0)->flavor = 2;
    return edited(world);
}

static bool resize_all(struct world *world)
{
    for (unsigned i = 0; i < world->story.manifests[0].count; i++)
        wish_of(world, i)->flavor = 2;
    return edited(world);
}

static bool stop(struct world *world)
{
    wish_of(world, 0)->power = FLEET_STOPPED;
    return edited(world);
}

static bool start(struct world *world)
{
    wish_of(world, 0)->power = FLEET_RUNNING;
    return edited(world);
}

static bool shelve(struct world *world)
{
    wish_of(world, 0)->power = FLEET_SHELVED;
    return edited(world);
}

static bool reboot(struct world *world)
{
    wish_of(world, 0)->restart_ms = world_clock(world).wall_ms + 2000;
    return edited(world);
}

static bool change_image(struct world *world)
{
    wish_of(world, 0)->image = 1;
    return edited(world);
}

static bool change_image_back(struct world *world)
{
    wish_of(world, 0)->image = 0;
    return edited(world);
}

static bool rename_server(struct world *world)
{
    wish_of(world, 0)->renamed = 1;
    return edited(world);
}

/* `was:` says what it was called. */
static bool rename_document(struct world *world)
{
    struct wish *wish = wish_of(world, 0);
    if (wish->was[0] == '\0') {
        snprintf(wish->was, sizeof wish->was, "%s", wish->name);
        snprintf(wish->name, sizeof wish->name, "p-000x");
    }
    return edited(world);
}

static bool change_groups(struct world *world)
{
    wish_of(world, 0)->groups = 1 | 4;
    return edited(world);
}

static bool change_team(struct world *world)
{
    wish_of(world, 0)->team = 2;
    return edited(world);
}

static bool give_belongings(struct world *world)
{
    with_belongings(&world->story.manifests[0]);
    return edited(world);
}

/* What it had goes to its neighbour. */
static bool inherit(struct world *world)
{
    wish_of(world, 0)->present = false;
    wish_of(world, 1)->volume = 1;
    wish_of(world, 1)->address = 1;
    return edited(world);
}

static bool change_address(struct world *world)
{
    wish_of(world, 0)->address = 2;
    return edited(world);
}

static bool remove_first(struct world *world)
{
    wish_of(world, 0)->present = false;
    return edited(world);
}

static bool remove_all(struct world *world)
{
    for (unsigned i = 0; i < world->story.manifests[0].count; i++)
        wish_of(world, i)->present = false;
    return edited(world);
}

/* All that but the last; an emptied source is another matter. */
static bool remove_others(struct world *world)
{
    for (unsigned i = 0; i + 1 < world->story.manifests[0].count; i++)
        wish_of(world, i)->present = false;
    return edited(world);
}

static bool remove_second(struct world *world)
{
    wish_of(world, 1)->present = false;
    return edited(world);
}

static bool approve(struct world *world)
{
    if (world->up) people_approve(world);
    return world->up;
}

static bool add_last(struct world *world)
{
    wish_of(world, world->story.manifests[0].count - 1)->present = true;
    return edited(world);
}

static bool operate(struct world *world, enum cloud_change_kind kind)
{
    struct cloud_server server;
    struct cloud_change change = {.kind = kind};
    for (size_t i = 0; cloud_server_at(world->clouds[0], i, &server); i++)
        if (server.visible && strcmp(server.name, wish_of(world, 0)->name) == 0)
            snprintf(change.server, sizeof change.server, "%s", server.id);
    judge_hand(world->judge, 0, change.server);
    trace_say(&world->trace, "%lld: an operator: %s %s", (long long)world->now_ms, cloud_change_name(kind),
              change.server);
    cloud_change(world->clouds[0], world->now_ms, &change);
    return true;
}

/* All but so many, in a moment: nobody can tell a mistake of the cloud from a mistake of a person. */
static bool sweep(struct world *world, unsigned left)
{
    struct cloud_server server;
    for (size_t i = 0; cloud_server_at(world->clouds[0], i, &server); i++) {
        struct cloud_change change = {.kind = CLOUD_CHANGE_DELETE};
        if (!server.visible || (left > 0 && left--)) continue;
        snprintf(change.server, sizeof change.server, "%s", server.id);
        judge_swept(world->judge, 0, change.server);
        trace_say(&world->trace, "%lld: an operator: delete %s", (long long)world->now_ms, change.server);
        cloud_change(world->clouds[0], world->now_ms, &change);
    }
    return true;
}

static bool delete_all_by_hand(struct world *world)
{
    return sweep(world, 0);
}

static bool delete_most_by_hand(struct world *world)
{
    return sweep(world, 2);
}

static bool delete_by_hand(struct world *world)
{
    return operate(world, CLOUD_CHANGE_DELETE);
}

static bool stop_by_hand(struct world *world)
{
    return operate(world, CLOUD_CHANGE_STOP);
}

static bool break_by_hand(struct world *world)
{
    return operate(world, CLOUD_CHANGE_ERROR);
}

static bool protect(struct world *world)
{
    wish_of(world, 0)->protect = true;
    return edited(world);
}

static bool lose_ledger(struct world *world)
{
    if (!world->up) return false;
    struct crash_end end = {.durable = disk_under_way(world->disk), .fate = WIRE_ARRIVES, .away_ms = 100};
    world_crash_so(world, &end);
    trouble_damage_ledger(world, TROUBLE_LEDGER_LOST);
    return true;
}

static bool protect_no_more(struct world *world)
{
    wish_of(world, 0)->protect = false;
    return edited(world);
}

/* One goes, one comes, one changes. */
static bool turn_over(struct world *world)
{
    wish_of(world, 0)->present = false;
    wish_of(world, 1)->power = FLEET_STOPPED;
    wish_of(world, 2)->present = true;
    return edited(world);
}

static bool make_stranger(struct world *world)
{
    struct cloud_change change = {.kind = CLOUD_CHANGE_CREATE};
    const struct wish *wish = wish_of(world, world->story.manifests[0].count - 1);
    snprintf(change.text, sizeof change.text, "%s", wish->name);
    snprintf(change.key, sizeof change.key, "%s", fleet_flavors[wish->flavor]);
    trace_say(&world->trace, "%lld: an operator makes a server %s", (long long)world->now_ms, change.text);
    return cloud_change(world->clouds[0], world->now_ms, &change) == 1;
}

static bool find_stranger(struct world *world, const char *name, char out_id[CLOUD_ID_SIZE])
{
    struct cloud_server server;
    for (size_t i = 0; cloud_server_at(world->clouds[0], i, &server); i++) {
        if (!server.visible || server.by_request || strcmp(server.name, name) != 0) continue;
        snprintf(out_id, CLOUD_ID_SIZE, "%s", server.id);
        return true;
    }
    return false;
}

static bool adopt_by_manifest(struct world *world)
{
    char id[CLOUD_ID_SIZE];
    struct wish *wish = wish_of(world, world->story.manifests[0].count - 1);
    if (!find_stranger(world, wish->name, id)) return false;
    snprintf(wish->adopt, sizeof wish->adopt, "%s", id);
    return want_all(world);
}

static bool adopt_by_command(struct world *world)
{
    char id[CLOUD_ID_SIZE], target[2 * FLEET_NAME + 2];
    struct wish *wish = wish_of(world, world->story.manifests[0].count - 1);
    if (!world->up || !find_stranger(world, wish->name, id)) return false;
    snprintf(target, sizeof target, "%s/%s", world->story.manifests[0].name, wish->name);
    daemon_command(world, &(struct event_command){.kind = COMMAND_ADOPT, .target = target, .argument = id});
    judge_adopted(world->judge, world->story.manifests[0].name, wish->name, id);
    return true;
}

static bool want_key(struct world *world)
{
    world->story.manifests[0].keys[0] =
        (struct key_wish){.name = "keys-prod", .present = true, .clouds = 1, .key = 0};
    return edited(world);
}

static bool change_key(struct world *world)
{
    world->story.manifests[0].keys[0].key = 1;
    return edited(world);
}

static bool remove_key(struct world *world)
{
    world->story.manifests[0].keys[0].present = false;
    return edited(world);
}

/* --- the table --- */

static const struct scenario scenarios[] = {
    {"create", 1, NULL, NULL, {{0}}, 0, 0, false},
    {"create-impatient", 1, shows_at_once, NULL, {{0}}, 0, 2000, false}, /* below the time that a request may
                                                                            take */
    {"create-three", 3, NULL, NULL, {{0}}, 0, 0, false},
    {"create-rich", 1, NULL, with_belongings, {{0}}, 0, 0, false},
    {"create-stopped", 1, NULL, stopped, {{0}}, 0, 0, false},
    {"create-shelved", 1, can_shelves, shelved, {{0}}, 0, 0, false},
    {"create-late", 3, NULL, none_yet, {{0, want_all}}, 0, 0, false},
    {"resize", 1, can_resizes, NULL, {{0, resize}}, 0, 0, false},
    {"resize-shelved", 1, can_shelves, shelved, {{0, resize}}, 0, 0, false},
    {"resize-in-turn", 3, can_resizes, gentle, {{0, resize_all}}, 240000, 0, false},
    {"power", 1, NULL, NULL, {{0, stop}, {40000, start}}, 0, 0, false},
    {"power-wavers", 1, NULL, NULL, {{0, stop}, {6000, start}}, 0, 0, false},
    {"shelve", 1, can_shelves, NULL, {{0, shelve}, {50000, start}}, 0, 0, false},
    {"reboot", 1, can_reboots, NULL, {{0, reboot}}, 0, 0, false},
    {"rename", 1, can_renames, NULL, {{0, rename_server}}, 0, 0, false},
    {"rename-document", 1, can_renames, NULL, {{0, rename_document}}, 0, 0, false},
    {"groups", 1, NULL, NULL, {{0, change_groups}}, 0, 0, false},
    {"metadata", 1, can_metadata, NULL, {{0, change_team}}, 0, 0, false},
    {"belongings", 1, NULL, NULL, {{0, give_belongings}, {20000, change_address}}, 0, 0, false},
    {"inherit", 2, NULL, with_belongings, {{0, inherit}}, 0, 0, false},
    {"replace", 1, NULL, replaced, {{0, change_image}}, 0, 0, false},
    {"replace-rich", 1, NULL, replaced_with_belongings, {{0, change_image}}, 0, 0, false},
    {"replace-wavers", 1, NULL, replaced, {{0, change_image}, {12000, change_image_back}}, 0, 0, false},
    {"replace-protected", 1, NULL, replaced, {{0, change_image}, {3500, protect}}, 0, 0, false},
    {"replace-saved", 1, can_saves, replaced_after_image, {{0, change_image}}, 0, 0, false},
    {"rebuild", 1, can_rebuilds, rebuilt, {{0, change_image}}, 0, 0, false},
    {"delete", 2, NULL, NULL, {{0, remove_first}}, 0, 0, false},
    {"delete-held", 3, NULL, one_at_a_time, {{0, remove_others}, {40000, approve}}, 0, 0, false},
    {"delete-in-turn",
     3,
     NULL,
     one_at_a_time,
     {{0, remove_first}, {15000, remove_second}, {40000, approve}},
     0,
     0,
     false},
    {"delete-all", 2, NULL, NULL, {{0, remove_all}, {20000, approve}}, 0, 0, false},
    {"delete-wavers", 2, NULL, NULL, {{0, remove_first}, {3300, want_all}}, 0, 0, false},
    {"retire", 2, can_saves, retired, {{0, remove_first}}, 0, 0, false},
    {"retire-stopped", 2, NULL, stopped_first, {{0, remove_first}}, 0, 0, false},
    {"turn-over", 3, NULL, last_not_yet, {{0, turn_over}}, 0, 0, false},
    {"adopt", 2, NULL, last_by_hand, {{0, make_stranger}, {3000, adopt_by_manifest}}, 0, 0, false},
    {"adopt-command",
     2,
     NULL,
     last_by_hand,
     {{0, make_stranger}, {3000, add_last}, {12000, adopt_by_command}},
     0,
     0,
     false},
    {"delete-protected",
     2,
     NULL,
     protected,
     {{0, remove_first}, {20000, want_all}, {30000, protect_no_more}},
     0,
     0,
     false},
    {"ledger-lost", 2, NULL, last_not_yet, {{0, add_last}, {1000, lose_ledger}}, 0, 0, false},
    {"drift", 1, NULL, NULL, {{0, stop_by_hand}}, 0, 0, false},
    {"vanished", 2, NULL, NULL, {{0, delete_by_hand}}, 0, 0, false},
    {"vanished-all", 2, NULL, NULL, {{0, delete_all_by_hand}}, 300000, 0, false},
    {"vanished-most", 6, NULL, NULL, {{0, delete_most_by_hand}}, 300000, 0, false},
    {"broken", 2, NULL, NULL, {{0, break_by_hand}}, 0, 0, false},
    {"replace-broken", 1, NULL, replaced, {{0, change_image}, {6000, break_by_hand}}, 0, 0, false},
    {"keypair", 1, can_keypair, NULL, {{0, want_key}, {25000, change_key}, {50000, remove_key}}, 0, 0, false},
    {"told", 2, NULL, NULL, {{0, change_image}, {40000, change_image_back}}, 0, 0, true},
};

const struct scenario *scenario_at(unsigned place)
{
    return place < sizeof scenarios / sizeof *scenarios ? &scenarios[place] : NULL;
}
