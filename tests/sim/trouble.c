#include "tests/sim/trouble.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/daemon.h"
#include "tests/sim/grow.h"
#include "tests/sim/keys.h"
#include "tests/sim/manner.h"
#include "tests/sim/mistakes.h"
#include "tests/sim/people.h"
#include "tests/sim/sequel.h"
#include "tests/sim/twin.h"
#include "tests/sim/wire.h"

/* --- the clouds' own faults --- */

/* Lists that lie without a sign. Two in a row within settle are beyond what S1 and S4 promise to see through,
   so they come one at a time, not while a create has no answer, and not where a restored ledger may know less
   than the cloud: with it, one list is all the evidence there is. */
static bool is_lie(unsigned kind)
{
    return kind == CLOUD_FAULT_PAGE_MISSING || kind == CLOUD_FAULT_PAGE_SHIFTED ||
           kind == CLOUD_FAULT_PAGE_CUT || kind == CLOUD_FAULT_LIST_EMPTY ||
           kind == CLOUD_FAULT_LIST_FOREIGN || kind == CLOUD_FAULT_PAGE_DOUBLED;
}

static bool has_lies(const struct story *story)
{
    if (story->has[TROUBLE_LEDGER_OLD]) return false;
    for (unsigned kind = 0; kind < CLOUD_FAULT_KIND_COUNT; kind++)
        if (story->has[kind] && is_lie(kind)) return true;
    return false;
}

/* Another's, or broken. */
static const char *edited_mark(const struct manner *manner, bool taken)
{
    if (manner->marks == MARKS_DESCRIPTION)
        return taken ? "description=[sp1 other abcdefghijklmnop 01234567 89ab 0 qrstuvwx]"
                     : "description=[sp1 sim-1 abc";
    return taken ? "setpoint.owner=other" : "setpoint.role=nobody";
}

/* Faults that a dialect has no room for. */
static bool is_possible(const struct world *world, unsigned cloud, unsigned kind)
{
    enum cloud_dialect dialect = world->story.dialects[cloud];
    if (kind == CLOUD_FAULT_MARK_STRIPPED || kind == CLOUD_FAULT_MARK_EDITED)
        return manner_of(dialect)->marks != MARKS_NOTHING;
    /* the token tells no project: what is pinned first is taken for the right one */
    return kind != CLOUD_FAULT_WRONG_PROJECT || dialect != CLOUD_NHN_V1;
}

static void set_figures(const struct world *world, const struct manner *manner, struct cloud_fault *fault,
                        struct dice *dice)
{
    int64_t settle = story_settle_ms(&world->story);
    /* arrival may take most of a time-out already, and a late ghost may stand in a list that lags: all
       together stay below settle */
    int64_t lag_most =
        (settle - world->story.lag_ms - world->story.timeout_ms * 8 / 10 - 2 * world->story.latency_ms) * 4 /
        10;
    if (lag_most < 1) lag_most = 1;
    switch ((unsigned)fault->kind) {
    case CLOUD_FAULT_LAGGING_LIST:
    case CLOUD_FAULT_LAGGING_SHOW:
        fault->value_ms = dice_between(dice, lag_most < 500 ? 1 : 500, lag_most < 500 ? lag_most : lag_most);
        break;
    case CLOUD_FAULT_GHOST:
        fault->value_ms = world->story.late_ghosts ? dice_between(dice, settle, settle * 3)
                                                   : dice_between(dice, 1, lag_most);
        fault->status = dice_chance(dice, 500) ? 500 : 0;
        break;
    case CLOUD_FAULT_SLOW:
    case CLOUD_FAULT_DRIP: fault->value_ms = dice_between(dice, 500, world->story.timeout_ms * 3 / 2); break;
    case CLOUD_FAULT_THROTTLED: fault->value_ms = dice_between(dice, 1, 9) * 1000; break;
    case CLOUD_FAULT_BUILD_SLOW: fault->value_ms = dice_between(dice, 5000, 90000); break;
    case CLOUD_FAULT_ACTION_SLOW: fault->value_ms = dice_between(dice, 2000, 60000); break;
    case CLOUD_FAULT_RETURNS: fault->value_ms = dice_between(dice, 1000, 60000); break;
    case CLOUD_FAULT_QUOTA: fault->number = dice_between(dice, 1, 6); break;
    case CLOUD_FAULT_OTHER_JSON: fault->number = (int64_t)(world->story.seed % 3); break;
    case CLOUD_FAULT_MARK_STRIPPED: fault->value_ms = dice_between(dice, 0, 20000); break;
    case CLOUD_FAULT_MARK_EDITED:
        fault->value_ms = dice_between(dice, 0, 20000);
        snprintf(fault->text, sizeof fault->text, "%s", edited_mark(manner, dice_chance(dice, 500)));
        break;
    case CLOUD_FAULT_BUILD_ERROR:
    case CLOUD_FAULT_ACTION_ERROR:
        snprintf(fault->text, sizeof fault->text, "%s",
                 dice_chance(dice, 500) ? "No valid host was found." : "libvirtError: internal error");
        break;
    default: break;
    }
}

/* How often, relative to the seed's rate. What costs a person or minutes is rarer. */
static unsigned permille_of(const struct story *story, enum cloud_fault_kind kind)
{
    switch ((unsigned)kind) {
    case CLOUD_FAULT_MARK_STRIPPED:
    case CLOUD_FAULT_MARK_EDITED:
    case CLOUD_FAULT_TOKEN_REVOKED:
    case CLOUD_FAULT_UNAUTHORIZED:
    case CLOUD_FAULT_KILL: return story->rate / 4 + 5;
    case CLOUD_FAULT_BUILD_ERROR:
    case CLOUD_FAULT_BUILD_ENDLESS:
    case CLOUD_FAULT_ACTION_ERROR:
    case CLOUD_FAULT_ACTION_ENDLESS:
    case CLOUD_FAULT_IGNORED:
    case CLOUD_FAULT_GHOST:
    case CLOUD_FAULT_RETURNS:
    case CLOUD_FAULT_QUOTA: return story->rate * 2 + 50;
    case CLOUD_FAULT_VERIFY_FORGOTTEN: return 700; /* one dialect has it, and of that few calls */
    default: return story->rate;
    }
}

static void add_fault(struct world *world, unsigned cloud, enum cloud_fault_kind kind)
{
    struct dice *dice = &world->dice_trouble;
    struct cloud_fault fault = {.kind = kind,
                                .permille = permille_of(&world->story, kind),
                                .until_ms = world->story.chaos_ms,
                                .from_ms = kind == CLOUD_FAULT_WRONG_PROJECT ? 20000 : 0};
    set_figures(world, manner_of(world->story.dialects[cloud]), &fault, dice);
    /* a GET that says 404 proves absence: it may lag, but not lie */
    if (kind == CLOUD_FAULT_NOT_FOUND || kind == CLOUD_FAULT_FORBIDDEN)
        snprintf(fault.operation, sizeof fault.operation, "mutating");
    cloud_fault_add(world->clouds[cloud], &fault);
}

static void add_lie(struct world *world)
{
    unsigned kinds[CLOUD_FAULT_KIND_COUNT], count = 0;
    struct dice *dice = &world->dice_trouble;
    for (unsigned kind = 0; kind < CLOUD_FAULT_KIND_COUNT; kind++)
        if (world->story.has[kind] && is_lie(kind)) kinds[count++] = kind;
    struct cloud_fault fault = {.kind = (enum cloud_fault_kind)kinds[dice_below(dice, count)],
                                .from_ms = world->now_ms,
                                .until_ms = world->now_ms + world->story.settle_ms,
                                .count = 1};
    if (fault.kind == CLOUD_FAULT_PAGE_SHIFTED) fault.number = 1;
    cloud_fault_add(world->clouds[dice_below(dice, world->story.cloud_count)], &fault);
}

/* A create that was sent within the last settle times may still be unanswered to the client. */
static bool create_is_open(const struct world *world)
{
    if (twin_is_there(world) && disk_intents(world->other.disk).count > 0) return true;
    return wire_has_create(world) || disk_intents(world->disk).count > 0;
}

static void lie(struct world *world)
{
    if (!create_is_open(world)) add_lie(world);
    int64_t pause =
        2 * story_settle_ms(&world->story) + 6 * world->story.poll_ms + 4 * world->story.timeout_ms;
    world_due(world, world->now_ms + dice_between(&world->dice_trouble, pause, pause * 2), DUE_TROUBLE,
              CLOUD_FAULT_LIST_EMPTY);
}

/* --- the rest --- */

static int64_t pause_ms(struct world *world, unsigned kind)
{
    int64_t most = world->story.chaos_ms / 3;
    int64_t least = kind == TROUBLE_EDIT || kind == TROUBLE_OPERATOR || kind == TROUBLE_PEOPLE ? 3000 : 8000;
    return dice_between(&world->dice_trouble, least, most > least ? most : least + 1);
}

void trouble_begin(struct world *world)
{
    for (unsigned cloud = 0; cloud < world->story.cloud_count; cloud++)
        for (unsigned kind = 0; kind < CLOUD_FAULT_KIND_COUNT; kind++)
            if (world->story.has[kind] && !is_lie(kind) && is_possible(world, cloud, kind))
                add_fault(world, cloud, (enum cloud_fault_kind)kind);
    if (has_lies(&world->story))
        world_due(world, dice_between(&world->dice_trouble, 1000, world->story.chaos_ms / 2), DUE_TROUBLE,
                  CLOUD_FAULT_LIST_EMPTY);
    for (unsigned kind = TROUBLE_CRASH; kind < TROUBLE_DRAWN; kind++)
        if (world->story.has[kind] && kind != TROUBLE_TWIN && kind != TROUBLE_MISTAKE)
            world_due(world, pause_ms(world, kind), DUE_TROUBLE, kind);
}

static void jump(struct world *world)
{
    int64_t by = dice_between(&world->dice_trouble, -3600, 3600) * 1000;
    trace_say(&world->trace, "%lld: the wall clock jumps by %lld s", (long long)world->now_ms,
              (long long)(by / 1000));
    world->wall_ms += by;
    judge_wall_jumped(world->judge, by);
    if (twin_is_there(world)) judge_wall_jumped(world->other.judge, by);
}

/* A backup that misses a create under way would make a
   second one, which no daemon could know of. */
void trouble_damage_ledger(struct world *world, unsigned kind)
{
    if (world->up) world_crash(world);
    if (kind == TROUBLE_LEDGER_OLD && create_is_open(world)) return;
    world_note(world, kind, world_is_calling(world));
    if (kind == TROUBLE_LEDGER_OLD) {
        if (!disk_restore(world->disk)) return;
        world->ledger_exists = true;
        world->ledger_corrupt = false;
        world->loss = JUDGE_LEDGER_OLD;
    } else if (kind == TROUBLE_LEDGER_LOST) {
        disk_wipe(world->disk);
        world->ledger_exists = world->ledger_corrupt = false;
        world->loss = JUDGE_LEDGER_LOST;
        sequel_draw(world, SEQUEL_CRASH, 0, 0);
        sequel_ledger_lost(world);
    } else {
        world->ledger_corrupt = true;
        world->loss = JUDGE_LEDGER_LOST;
    }
    trace_say(&world->trace, "%lld: %s", (long long)world->now_ms, trouble_name(kind));
}

static void break_source(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    unsigned place = (unsigned)dice_below(dice, world->story.source_count);
    world->story.manifests[place].health = (enum fleet_health)dice_between(dice, FLEET_INVALID, FLEET_EMPTY);
    if (world->story.manifests[place].health == FLEET_EMPTY)
        sequel_draw(world, SEQUEL_APPROVE_OTHERS, place, 0);
    world_due(world, world->now_ms + dice_between(dice, 100, 1500), DUE_READ, place);
    world_due(world, world->now_ms + dice_between(dice, 5000, 90000), DUE_HEAL, TROUBLE_SOURCE);
}

static void heal_sources(struct world *world)
{
    for (unsigned i = 0; i < world->story.source_count; i++) {
        struct manifest *manifest = &world->story.manifests[i];
        if (manifest->health == FLEET_GOOD) continue;
        manifest->health = FLEET_GOOD;
        world_due(world, world->now_ms + dice_between(&world->dice_trouble, 100, 1500), DUE_READ, i);
    }
}

void trouble_happen(struct world *world, unsigned kind)
{
    if (world->calm) return;
    if (kind == CLOUD_FAULT_LIST_EMPTY) {
        lie(world);
        return;
    }
    if (kind == TROUBLE_TWIN) {
        twin_happen(world);
        return;
    }
    if (kind == TROUBLE_MISTAKE) {
        mistakes_happen(world);
        return;
    }
    struct dice *dice = &world->dice_trouble;
    bool calling = world_is_calling(world);
    if (kind != TROUBLE_CRASH_INSIDE && kind < TROUBLE_LEDGER_LOST) world_note(world, kind, calling);
    if (kind > TROUBLE_LEDGER_CORRUPT) world_note(world, kind, calling);
    switch ((unsigned)kind) {
    case TROUBLE_CRASH: world_crash(world); break;
    case TROUBLE_CRASH_INSIDE: world->crash_after = 1 + (unsigned)dice_below(dice, 12); break;
    case TROUBLE_SAVE_SLOW:
        world->disk_slow = true;
        world_due(world, world->now_ms + dice_between(dice, 5000, 60000), DUE_HEAL, kind);
        break;
    case TROUBLE_DISK_FULL:
        world->disk_full = true;
        world_due(world, world->now_ms + dice_between(dice, 5000, 60000), DUE_HEAL, kind);
        break;
    case TROUBLE_LEDGER_LOST:
    case TROUBLE_LEDGER_OLD:
    case TROUBLE_LEDGER_CORRUPT: trouble_damage_ledger(world, kind); break;
    case TROUBLE_CLOCK_JUMP: jump(world); break;
    case TROUBLE_OPERATOR: people_operate(world); break;
    case TROUBLE_EDIT: people_edit(world); break;
    case TROUBLE_REMOVE: people_remove(world); break;
    case TROUBLE_SOURCE: break_source(world); break;
    case TROUBLE_PEOPLE: people_command(world); break;
    case TROUBLE_REPLACE: people_replace(world); break;
    case TROUBLE_KEYS: keys_happen(world); break;
    default: break;
    }
    if (kind == TROUBLE_LEDGER_OLD || dice_chance(dice, 300)) {
        if (world->ledger_exists && !world->ledger_corrupt) disk_remember(world->disk);
    }
    world_due(world, world->now_ms + pause_ms(world, kind), DUE_TROUBLE, kind);
}

void trouble_heal(struct world *world, unsigned kind)
{
    if (kind == TROUBLE_SAVE_SLOW) world->disk_slow = false;
    if (kind == TROUBLE_DISK_FULL) world->disk_full = false;
    if (kind == TROUBLE_SOURCE) heal_sources(world);
    if (kind == TROUBLE_MISTAKE) mistakes_heal(world);
}

void trouble_end(struct world *world)
{
    world->calm = true;
    world->calm_ms = world->now_ms;
    world->crash_after = 0;
    trace_say(&world->trace, "%lld: faults have ended", (long long)world->now_ms);
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        cloud_fault_clear(world->clouds[i]);
    trouble_heal(world, TROUBLE_SAVE_SLOW);
    trouble_heal(world, TROUBLE_DISK_FULL);
    heal_sources(world);
    mistakes_heal(world);
    twin_end(world);
    people_put_right(world);
}
