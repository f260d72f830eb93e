#include "tests/sim/keys.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/daemon.h"
#include "tests/sim/document.h"
#include "tests/sim/manner.h"

enum { PART_OF_DICE = 7 };

/* Where there are key pairs, and now and then where there are none. */
static unsigned draw_clouds(const struct story *story, struct dice *dice)
{
    unsigned clouds = 0;
    for (unsigned i = 0; i < story->cloud_count; i++)
        if (dice_chance(dice, manner_of(story->dialects[i])->keypair ? 700 : 100)) clouds |= 1u << i;
    return clouds;
}

static unsigned draw_key(struct dice *dice)
{
    return (unsigned)dice_below(dice, FLEET_STRANGERS_KEY);
}

void keys_draw(struct story *story)
{
    struct dice dice = dice_new(story->seed, PART_OF_DICE);
    if (story->has[TROUBLE_TWIN]) return;
    if (!story->has[TROUBLE_KEYS] && !dice_chance(&dice, 150)) return;
    for (unsigned i = 0; i < story->source_count; i++) {
        struct key_wish *own = &story->manifests[i].keys[0], *shared = &story->manifests[i].keys[1];
        snprintf(own->name, sizeof own->name, "keys-%s", story->manifests[i].name);
        snprintf(shared->name, sizeof shared->name, "shared");
        own->present = dice_chance(&dice, 800);
        shared->present = dice_chance(&dice, 400);
        own->key = draw_key(&dice);
        shared->key = draw_key(&dice);
        own->clouds = draw_clouds(story, &dice);
        shared->clouds = draw_clouds(story, &dice);
    }
}

/* --- people --- */

static void edit(struct world *world, unsigned place, struct key_wish *wish)
{
    struct dice *dice = &world->dice_keys;
    switch (dice_below(dice, 6)) {
    case 0:
    case 1:
    case 2: wish->present = !wish->present; break;
    case 3: wish->key = draw_key(dice); break;
    default: wish->clouds = draw_clouds(&world->story, dice); break;
    }
    world_due(world, world->now_ms + dice_between(dice, 100, 2500), DUE_READ, place);
}

/* Somebody removes what stands under the name at a cloud, or puts a key there: another one, or the same. */
static void touch(struct world *world, const struct key_wish *wish)
{
    struct dice *dice = &world->dice_keys;
    unsigned place = (unsigned)dice_below(dice, world->story.cloud_count);
    struct cloud *cloud = world->clouds[place];
    struct cloud_item item = {.kind = CLOUD_KEYPAIR};
    unsigned key = dice_chance(dice, 500) ? wish->key : FLEET_STRANGERS_KEY;
    bool puts = dice_chance(dice, 500);
    if (!manner_of(world->story.dialects[place])->keypair) return;
    bool was_there = cloud_catalogue_find(cloud, CLOUD_KEYPAIR, wish->name, &item);
    if (was_there) cloud_catalogue_remove(cloud, CLOUD_KEYPAIR, wish->name);
    if (puts) {
        item = (struct cloud_item){.kind = CLOUD_KEYPAIR};
        snprintf(item.name, sizeof item.name, "%s", wish->name);
        snprintf(item.text, sizeof item.text, "%s", fleet_public_keys[key]);
        cloud_catalogue_add(cloud, &item);
    }
    judge_key_hand(world->judge, place, wish->name, puts ? (int)key : -1, world->now_ms);
    trace_say(&world->trace, "%lld: somebody %s key pair %s of cloud %s", (long long)world->now_ms,
              puts ? "puts another" : "removes", wish->name, document_clouds[place]);
}

/* What is meant for servers, mostly. */
static void command(struct world *world, const char *source, const struct key_wish *wish)
{
    static const enum command_kind kinds[] = {COMMAND_RELEASE, COMMAND_RELEASE, COMMAND_ADOPT,
                                              COMMAND_UNPROTECT};
    struct dice *dice = &world->dice_keys;
    char target[3 * FLEET_NAME + 3];
    enum command_kind kind = kinds[dice_below(dice, sizeof kinds / sizeof *kinds)];
    if (!world->up) return;
    snprintf(target, sizeof target, "%s/%s@%s", source, wish->name,
             document_clouds[dice_below(dice, world->story.cloud_count)]);
    daemon_command(world, &(struct event_command){.kind = kind, .target = target, .argument = "a-server"});
    if (kind == COMMAND_RELEASE) judge_key_released(world->judge, wish->name);
}

void keys_happen(struct world *world)
{
    struct dice *dice = &world->dice_keys;
    unsigned place = (unsigned)dice_below(dice, world->story.source_count);
    struct manifest *manifest = &world->story.manifests[place];
    struct key_wish *wish = &manifest->keys[dice_below(dice, FLEET_KEYS)];
    if (wish->name[0] == '\0') return;
    switch (dice_below(dice, 8)) {
    case 0: command(world, manifest->name, wish); break;
    case 1:
    case 2: touch(world, wish); break;
    default: edit(world, place, wish); break;
    }
}
