#include "tests/sim/sequel.h"

#include <string.h>

#include "tests/sim/manner.h"
#include "tests/sim/people.h"

enum { WISHES_MOST = 1 << 16, SOURCES_MOST = 1 << 8 };

struct sequel_row {
    unsigned permille;
    int64_t least_ms, most_ms; /* behind what it follows */
};

static const struct sequel_row rows[SEQUEL_COUNT] = {[SEQUEL_APPROVE_OTHERS] = {700, 2000, 20000},
                                                     [SEQUEL_PROTECT] = {300, 500, 20000},
                                                     [SEQUEL_REMOVE] = {500, 0, 8000},
                                                     [SEQUEL_CRASH] = {500, 1000, 12000},
                                                     [SEQUEL_AMEND] = {200, 0, 0},
                                                     [SEQUEL_COME_BACK] = {700, 30000, 90000},
                                                     [SEQUEL_APPROVE] = {1000, 800, 3000}};

/* Kinds that came later have dice of their own: the others draw what they drew. */
static struct dice *dice_of(struct world *world, enum sequel kind)
{
    return kind >= SEQUEL_AMEND ? &world->dice_amend : &world->dice_sequel;
}

void sequel_draw(struct world *world, enum sequel kind, unsigned source, unsigned wish)
{
    struct dice *dice = dice_of(world, kind);
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

/* Another image, by a rebuild where the cloud has one. */
static void want_otherwise(struct world *world, struct wish *wish)
{
    bool rebuilds = manner_of(world->story.dialects[wish->cloud])->rebuilds;
    wish->image = (wish->image + 1) % FLEET_IMAGES;
    wish->rebuild_changed = rebuilds && dice_chance(&world->dice_amend, 500);
    wish->replace_changed |= !wish->rebuild_changed;
}

/* In the same moment as the word that approved: the daemon learns of both in one turn. */
static void amend(struct world *world, unsigned source, struct wish *wish)
{
    const struct manifest *manifest = &world->story.manifests[source];
    bool last = wish->present && manifest_present(manifest) == 1; /* its going would empty the source */
    if (manifest->health != FLEET_GOOD || last) return;
    trace_say(&world->trace, "%lld: %s was approved and is %s", (long long)world->now_ms, wish->name,
              wish->present ? "removed" : "wanted again, as another one");
    if (!wish->present) want_otherwise(world, wish);
    wish->present = !wish->present;
    world_read_source(world, source);
}

static bool is_remembered_by_mark(const struct world *world, const struct wish *wish)
{
    return wish->present && wish->protect &&
           manner_of(world->story.dialects[wish->cloud])->marks != MARKS_NOTHING;
}

void sequel_ledger_lost(struct world *world)
{
    unsigned place = (unsigned)dice_below(&world->dice_amend, world->story.source_count);
    const struct manifest *manifest = &world->story.manifests[place];
    bool told = world->crash || world->story.has[TROUBLE_TWIN];
    for (unsigned i = 0; i < manifest->count && !told; i++) {
        struct wish *wish = &manifest->wishes[i];
        if (!is_remembered_by_mark(world, wish)) continue;
        wish->present = false;
        trace_say(&world->trace, "%lld: %s leaves while nothing but its mark knows that it is protected",
                  (long long)world->now_ms, wish->name);
        sequel_draw(world, SEQUEL_COME_BACK, place, i);
        return;
    }
}

static void come_back(struct world *world, unsigned source, struct wish *wish)
{
    if (wish->present) return;
    trace_say(&world->trace, "%lld: %s comes back unprotected, as another one", (long long)world->now_ms,
              wish->name);
    want_otherwise(world, wish);
    wish->present = true;
    wish->protect = false;
    world_read_source(world, source);
    sequel_draw(world, SEQUEL_APPROVE, source, 0);
    sequel_draw(world, SEQUEL_APPROVE, source, 0);
}

void sequel_happen(struct world *world, uint64_t number)
{
    enum sequel kind = (enum sequel)(number / SOURCES_MOST / WISHES_MOST);
    unsigned source = (unsigned)(number / WISHES_MOST % SOURCES_MOST);
    struct wish *wish = &world->story.manifests[source].wishes[number % WISHES_MOST];
    if (world->calm) return;
    switch (kind) {
    case SEQUEL_APPROVE_OTHERS: people_approve_others(world, source); return;
    case SEQUEL_PROTECT:
    case SEQUEL_REMOVE: edit(world, source, wish, kind); return;
    case SEQUEL_CRASH: world_crash(world); return;
    case SEQUEL_AMEND: amend(world, source, wish); return;
    case SEQUEL_COME_BACK: come_back(world, source, wish); return;
    case SEQUEL_APPROVE:
        if (world->up) people_approve(world);
        return;
    case SEQUEL_COUNT: return;
    }
}
