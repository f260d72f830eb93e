#include "tests/sim/twin.h"

#include <stdlib.h>

#include "tests/sim/daemon.h"
#include "tests/sim/wire.h"

enum {
    PART_OF_DICE = 12,
    LASTS_MS = 30000 /* at least: the first lists are read, and something is done */
};

#define SWAP(member)                                                                                         \
    do {                                                                                                     \
        __typeof__(world->member) kept = world->member;                                                      \
        world->member = world->other.member;                                                                 \
        world->other.member = kept;                                                                          \
    } while (0)

static void change_places(struct world *world)
{
    SWAP(number);
    SWAP(judge);
    SWAP(boot_ms);
    SWAP(disk);
    SWAP(ledger_exists);
    SWAP(ledger_corrupt);
    SWAP(disk_full);
    SWAP(disk_slow);
    SWAP(unsaved);
    SWAP(up);
    SWAP(state);
    SWAP(dispatch);
    SWAP(events);
    SWAP(effects);
    SWAP(wake_ms);
    SWAP(more);
    SWAP(crash_after);
    SWAP(loss);
    SWAP(command_last);
    SWAP(strangers_sync);
    SWAP(old_hold);
}

bool twin_is_there(const struct world *world)
{
    return world->twin == TWIN_THERE;
}

bool twin_act(struct world *world, unsigned machine)
{
    if (machine == world->number) return true;
    if (!twin_is_there(world)) return false;
    change_places(world);
    return true;
}

void twin_each(struct world *world, void (*act)(struct world *world))
{
    unsigned own = world->number;
    act(world);
    if (!twin_is_there(world)) return;
    change_places(world);
    act(world);
    twin_act(world, own);
}

void twin_begin(struct world *world)
{
    world->dice_twin = dice_new(world->story.seed, PART_OF_DICE);
    if (!world->story.has[TROUBLE_TWIN]) return;
    world_due(world, dice_between(&world->dice_twin, 1000, world->story.chaos_ms / 3), DUE_TROUBLE,
              TROUBLE_TWIN);
}

/* A machine with nothing on it, or with what the first one's ledger holds. */
static void set_up(struct world *world, bool copies)
{
    struct disk *disk = copies ? disk_copy(world->disk) : disk_new();
    world->other = (struct machine){.number = 1,
                                    .judge = world_judge_new(world),
                                    .boot_ms = dice_between(&world->dice_twin, 3000, 90000) - world->now_ms,
                                    .disk = disk,
                                    .ledger_exists = copies,
                                    .loss = copies ? JUDGE_KEPT : JUDGE_LEDGER_LOST};
    world->twin = TWIN_THERE;
    judge_another(world->judge, !copies);
    judge_beside(world->other.judge, copies ? world->judge : NULL);
}

static void come(struct world *world)
{
    bool drawn = dice_chance(&world->dice_twin, 400);
    bool copies = drawn && world->ledger_exists && !world->ledger_corrupt;
    unsigned own = world->number;
    world->twin_copies = copies;
    trace_say(&world->trace, "%lld: another daemon of our owner comes, %s", (long long)world->now_ms,
              copies ? "with a copy of the ledger" : "with a ledger of its own");
    set_up(world, copies);
    world_note(world, copies ? TROUBLE_TWIN_COPY : TROUBLE_TWIN_OWN, false);
    change_places(world);
    world_due(world, world->now_ms, DUE_TICK, 0);
    world_start(world);
    twin_act(world, own);
    world_note(world, TROUBLE_TWIN, false);
    int64_t until_ms = world->story.chaos_ms + 30000;
    world_due(world, world->now_ms + dice_between(&world->dice_twin, LASTS_MS, until_ms), DUE_TROUBLE,
              TROUBLE_TWIN);
}

/* What the other machine has in flight may still arrive; nobody waits for it. */
void twin_leave(struct world *world)
{
    if (!twin_is_there(world)) return;
    change_places(world);
    trace_say(&world->trace, "%lld: the %s of two daemons goes", (long long)world->now_ms,
              world->number == 0 ? "first" : "second");
    if (world->up) daemon_end(world);
    wire_forget(world, WIRE_DRAWN);
    judge_crashed(world->judge, world->now_ms);
    change_places(world);
    world->twin = TWIN_GONE;
}

static void go(struct world *world)
{
    if (dice_chance(&world->dice_twin, 400)) change_places(world);
    twin_leave(world);
}

void twin_happen(struct world *world)
{
    switch (world->twin) {
    case TWIN_NONE: come(world); return;
    case TWIN_THERE: go(world); return;
    case TWIN_GONE: return;
    }
}

void twin_end(struct world *world)
{
    if (twin_is_there(world)) go(world);
}

void twin_meets(struct world *world, unsigned cloud)
{
    struct cloud_record record;
    size_t count = cloud_record_count(world->clouds[cloud]);
    if (!twin_is_there(world) || count == 0) return;
    world_note(world, TROUBLE_TWIN, true);
    world_note(world, world->twin_copies ? TROUBLE_TWIN_COPY : TROUBLE_TWIN_OWN, true);
    if (cloud_record_at(world->clouds[cloud], count - 1, &record))
        judge_another_acts(world->other.judge, cloud, record.server_id);
}

void twin_release(struct world *world)
{
    if (world->twin == TWIN_NONE) return;
    if (world->other.up) {
        change_places(world);
        daemon_end(world);
        change_places(world);
    }
    judge_free(world->other.judge);
    disk_free(world->other.disk);
    free(world->other.old_hold);
}
