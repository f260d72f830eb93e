#include "tests/sim/sequel.h"

#include <string.h>

#include "tests/sim/people.h"

enum { WISHES_MOST = 1 << 16, SOURCES_MOST = 1 << 8 };

struct sequel_row {
    unsigned permille;
    int64_t least_ms, most_ms; /* behind what it follows */
};

static const struct sequel_row rows[SEQUEL_COUNT] = {[SEQUEL_APPROVE_OTHERS] = {700, 2000, 20000},
                                                     [SEQUEL_PROTECT] = {300, 500, 20000},
                                                     [SEQUEL_REMOVE] = {500, 0, 8000},
                                                     [SEQUEL_CRASH] = {500, 1000, 12000}};

void sequel_draw(struct world *world, enum sequel kind, unsigned source, unsigned wish)
{
    struct dice *dice = &world->dice_sequel;
    if (world->calm || world->crash || !dice_chance(dice, rows[kind].permille)) return;
    uint64_t number = (uint64_t)kind * SOURCES_MOST * WISHES_MOST + (uint64_t)source * WISHES_MOST + wish;
    int64_t behind_ms = dice_between(dice, rows[kind].least_ms, rows[kind].most_ms);
    world_due(world, world->now_ms + behind_ms, DUE_SEQUEL, number);
}

static void edit(struct world *world, unsigned source, struct wish *wish, enum sequel kind)
{
    if (kind == SEQUEL_PROTECT) wish->protect = true;
    if (kind == SEQUEL_REMOVE) wish->present = false;
    trace_say(&world->trace, "%lld: %s is %s", (long long)world->now_ms, wish->name,
              kind == SEQUEL_PROTECT ? "protected" : "removed");
    world_due(world, world->now_ms + dice_between(&world->dice_sequel, 100, 1500), DUE_READ, source);
}

void sequel_happen(struct world *world, uint64_t number)
{
    enum sequel kind = (enum sequel)(number / SOURCES_MOST / WISHES_MOST);
    unsigned source = (unsigned)(number / WISHES_MOST % SOURCES_MOST);
    struct manifest *manifest = &world->story.manifests[source];
    if (world->calm) return;
    switch (kind) {
    case SEQUEL_APPROVE_OTHERS: people_approve_others(world, source); return;
    case SEQUEL_PROTECT:
    case SEQUEL_REMOVE: edit(world, source, &manifest->wishes[number % WISHES_MOST], kind); return;
    case SEQUEL_CRASH: world_crash(world); return;
    case SEQUEL_COUNT: return;
    }
}
