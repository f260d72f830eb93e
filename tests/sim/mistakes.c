#include "tests/sim/mistakes.h"

#include "tests/sim/manner.h"

enum { PART_OF_DICE = 14 };

static void read_soon(struct world *world, unsigned place)
{
    world_due(world, world->now_ms + dice_between(&world->dice_mistakes, 100, 1500), DUE_READ, place);
}

static void draw_next(struct world *world)
{
    int64_t pause_ms = dice_between(&world->dice_mistakes, 3000, world->story.chaos_ms / 3);
    world_due(world, world->now_ms + pause_ms, DUE_TROUBLE, TROUBLE_MISTAKE);
}

void mistakes_begin(struct world *world)
{
    world->dice_mistakes = dice_new(world->story.seed, PART_OF_DICE);
    if (world->story.has[TROUBLE_MISTAKE]) draw_next(world);
}

void mistakes_happen(struct world *world)
{
    struct dice *dice = &world->dice_mistakes;
    unsigned place = (unsigned)dice_below(dice, world->story.source_count);
    const struct manifest *manifest = &world->story.manifests[place];
    world_note(world, TROUBLE_MISTAKE, world_is_calling(world));
    for (uint64_t many = manifest->count ? 1 + dice_below(dice, 3) : 0; many > 0; many--) {
        struct wish *wish = &manifest->wishes[dice_below(dice, manifest->count)];
        wish->mistake = (enum fleet_mistake)dice_between(dice, FLEET_WRONG_FLAVOR, FLEET_WRONG_GROUP);
        manner_fit(manner_of(world->story.dialects[wish->cloud]), wish, NULL);
        trace_say(&world->trace, "%lld: a mistake in %s", (long long)world->now_ms, wish->name);
    }
    read_soon(world, place);
    world_due(world, world->now_ms + dice_between(dice, 5000, 90000), DUE_HEAL, TROUBLE_MISTAKE);
    draw_next(world);
}

static bool heal_source(const struct manifest *manifest)
{
    bool healed = false;
    for (unsigned i = 0; i < manifest->count; i++) {
        healed |= manifest->wishes[i].mistake != FLEET_NO_MISTAKE;
        manifest->wishes[i].mistake = FLEET_NO_MISTAKE;
    }
    return healed;
}

void mistakes_heal(struct world *world)
{
    for (unsigned i = 0; i < world->story.source_count; i++)
        if (heal_source(&world->story.manifests[i])) read_soon(world, i);
}
