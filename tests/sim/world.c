#include "tests/sim/world.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/view.h"
#include "tests/sim/daemon.h"
#include "tests/sim/document.h"
#include "tests/sim/grow.h"
#include "tests/sim/liveness.h"
#include "tests/sim/mistakes.h"
#include "tests/sim/reader.h"
#include "tests/sim/scenario.h"
#include "tests/sim/sequel.h"
#include "tests/sim/trouble.h"
#include "tests/sim/twin.h"
#include "tests/sim/user_data.h"
#include "tests/sim/wire.h"

enum {
    TICK_MS = 1000,      /* as daemon/turn */
    LOOK_MS = 7000,      /* how often the judge reads status */
    HARDENED_MS = 90000, /* one save behind another on a slow disk, and a full one */
    SPIN_MAX = 10000     /* turns at one time: more is a loop that never ends */
};

/* --- the agenda --- */

static bool is_sooner(const struct due *a, const struct due *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

void world_due(struct world *world, int64_t at_ms, enum due_kind kind, uint64_t number)
{
    GROW(world->agenda, world->agenda_count, world->agenda_room);
    struct due due = {world->number, at_ms > world->now_ms ? at_ms : world->now_ms, ++world->due_order, kind,
                      number};
    unsigned place = world->agenda_count - 1;
    for (; place > 0 && is_sooner(&due, &world->agenda[(place - 1) / 2]); place = (place - 1) / 2)
        world->agenda[place] = world->agenda[(place - 1) / 2];
    world->agenda[place] = due;
}

static struct due agenda_take(struct world *world)
{
    struct due first = world->agenda[0], last = world->agenda[--world->agenda_count];
    unsigned place = 0, count = world->agenda_count;
    for (;;) {
        unsigned child = 2 * place + 1;
        if (child >= count) break;
        if (child + 1 < count && is_sooner(&world->agenda[child + 1], &world->agenda[child])) child++;
        if (!is_sooner(&world->agenda[child], &last)) break;
        world->agenda[place] = world->agenda[child];
        place = child;
    }
    world->agenda[place] = last;
    return first;
}

/* --- the verdict --- */

bool world_failed(const struct world *world)
{
    return judge_failed(world->judge);
}

/* What the other daemon's judge has found is a finding of the run. */
static void blame(struct world *world)
{
    if (world->twin == TWIN_NONE || !judge_failed(world->other.judge)) return;
    judge_fail(world->judge, judge_promise(world->other.judge), "of the other of two daemons: %s",
               judge_sentence(world->other.judge));
}

/* --- time --- */

struct now world_clock(const struct world *world)
{
    return (struct now){world->boot_ms + world->now_ms, world->wall_ms + world->now_ms};
}

void world_note(struct world *world, unsigned kind, bool mutating)
{
    world->notes[kind].changed = true;
    world->notes[kind].mutating |= mutating;
}

bool world_is_calling(const struct world *world)
{
    for (unsigned i = 0; i < world->flight_count; i++)
        if (world->flights[i].id && world->flights[i].mutating) return true;
    return disk_under_way(world->disk) > 0;
}

static void pass_to(struct world *world, int64_t at_ms)
{
    world->now_ms = at_ms;
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        if (cloud_next(world->clouds[i]) <= at_ms) cloud_advance(world->clouds[i], at_ms);
    judge_passed(world->judge, at_ms);
    if (twin_is_there(world)) judge_passed(world->other.judge, at_ms);
}

/* --- sources --- */

static void read_source(struct world *world, unsigned place)
{
    const struct manifest *manifest = &world->story.manifests[place];
    if (!world->up || manifest->absent) return; /* it is read at the start, or when its document comes back */
    daemon_read(world, manifest);
    if (manifest->health != FLEET_GOOD)
        world_note(world, TROUBLE_SOURCE_INVALID + (unsigned)(manifest->health - FLEET_INVALID),
                   world_is_calling(world));
    judge_manifest(world->judge, manifest, world->now_ms);
}

/* What changes is read by whoever is there; after a start the one that started reads. */
void world_read_source(struct world *world, unsigned place)
{
    unsigned own = world->number;
    read_source(world, place);
    if (!twin_is_there(world)) return;
    twin_act(world, 1 - own);
    read_source(world, place);
    twin_act(world, own);
}

static void configure(struct world *world)
{
    if (world->up) daemon_configure(world); /* else it is read at the start */
}

void world_configure(struct world *world)
{
    twin_each(world, configure);
}

/* --- one thing of the agenda --- */

/* At the other one's status. */
static void look_aside(struct world *world)
{
    unsigned own = world->number;
    twin_act(world, 1 - own);
    if (world->up) reader_status(world);
    twin_act(world, own);
}

static void look(struct world *world)
{
    if (world->up) reader_look(world);
    if (twin_is_there(world)) look_aside(world);
    world_due(world, world->now_ms + LOOK_MS, DUE_LOOK, 0);
}

static void tick(struct world *world)
{
    if (world->up) daemon_tick(world);
    world_due(world, world->now_ms + TICK_MS, DUE_TICK, 0);
}

/* It happens in one machine, not in the world. */
static bool is_machines(enum due_kind kind)
{
    switch (kind) {
    case DUE_ARRIVAL:
    case DUE_DELIVERY:
    case DUE_TIME_OUT:
    case DUE_SAVE:
    case DUE_TICK:
    case DUE_START:
    case DUE_POST: return true;
    case DUE_READ:
    case DUE_TROUBLE:
    case DUE_HEAL:
    case DUE_LOOK:
    case DUE_SEQUEL:
    case DUE_POSTERS:
    case DUE_ACT: return false;
    }
    return false;
}

static void carry_out(struct world *world, const struct due *due)
{
    switch (due->kind) {
    case DUE_ARRIVAL: wire_arrive(world, due->number); return;
    case DUE_DELIVERY: wire_deliver(world, due->number); return;
    case DUE_TIME_OUT: wire_time_out(world, due->number); return;
    case DUE_SAVE: daemon_save_done(world, due->number); return;
    case DUE_TICK: tick(world); return;
    case DUE_READ: world_read_source(world, (unsigned)due->number); return;
    case DUE_START: world_start(world); return;
    case DUE_TROUBLE: trouble_happen(world, (unsigned)due->number); return;
    case DUE_HEAL: trouble_heal(world, (unsigned)due->number); return;
    case DUE_LOOK: look(world); return;
    case DUE_ACT: scenario_happen(world, world->crash->story.scenario, (unsigned)due->number); return;
    case DUE_SEQUEL: sequel_happen(world, due->number); return;
    case DUE_POST: post_answer(world, due->number); return;
    case DUE_POSTERS: post_reconfigure(world); return;
    }
}

/* A machine that is gone does nothing any more; what it sent may still arrive. */
static void carry_out_there(struct world *world, const struct due *due)
{
    unsigned own = world->number;
    bool there = twin_act(world, due->machine), sent = due->kind == DUE_ARRIVAL;
    if (there || sent || !is_machines(due->kind)) carry_out(world, due);
    twin_act(world, own);
    blame(world);
}

static int64_t next_time(const struct world *world)
{
    int64_t next = world->agenda_count ? world->agenda[0].at_ms : INT64_MAX;
    if (world->up && world->wake_ms < next) next = world->wake_ms;
    if (twin_is_there(world) && world->other.up && world->other.wake_ms < next) next = world->other.wake_ms;
    for (unsigned i = 0; i < world->story.cloud_count; i++) {
        int64_t cloud_ms = cloud_next(world->clouds[i]);
        if (cloud_ms < next) next = cloud_ms;
    }
    return next > world->now_ms ? next : world->now_ms;
}

static void run_turns(struct world *world)
{
    for (unsigned spins = 0; daemon_is_due(world) && !world_failed(world); spins++) {
        if (spins == SPIN_MAX) {
            judge_fail(world->judge, PROMISE_LIVENESS, "%d turns at one moment: the loop never rests",
                       SPIN_MAX);
            return;
        }
        daemon_turn(world);
    }
}

/* Everything up to and including `until_ms`. */
static void run_until(struct world *world, int64_t until_ms)
{
    while (!world_failed(world)) {
        int64_t next = next_time(world);
        if (next > until_ms) break;
        pass_to(world, next);
        while (world->agenda_count && world->agenda[0].at_ms <= world->now_ms && !world_failed(world)) {
            struct due due = agenda_take(world);
            carry_out_there(world, &due);
        }
        twin_each(world, run_turns);
        blame(world);
        if (restart_is_due(world)) restart_compare(world, run_until);
        if (why_is_due(world)) why_intervene(world, run_until);
    }
}

/* --- beginning and end --- */

static void make_clouds(struct world *world)
{
    for (unsigned i = 0; i < world->story.cloud_count; i++) {
        struct cloud_options *options = &world->cloud_options[i];
        cloud_options_default(options, world->story.dialects[i]);
        options->seed = world->story.seed * 8 + i;
        options->page_max = world->story.page_max;
        options->default_networks = false;
        if (!world->crash) switches_set(&world->story, i, options);
        world->clouds[i] = cloud_new(options);
        world->projects[i] = cloud_project(world->clouds[i]);
    }
}

struct judge *world_judge_new(struct world *world)
{
    const struct story *story = &world->story;
    struct judge_setup setup = {.cloud_count = story->cloud_count,
                                .source_count = story->source_count,
                                .mark_owner = DOCUMENT_OWNER,
                                .settle_ms = story_settle_ms(story),
                                .timeout_ms = story->timeout_ms,
                                .poll_ms = story->poll_ms,
                                .full_ms = story->full_ms,
                                .build_timeout_ms = story->build_timeout_ms,
                                .hardened_ms = world->crash ? SCENARIO_SAVED_MS : HARDENED_MS,
                                .requests_per_second = story->requests_per_second,
                                .in_flight = story->in_flight,
                                .all_percent = story->all_percent,
                                .all_number = story->all_number,
                                .all_per_ms = story->all_per_ms};
    for (unsigned i = 0; i < story->cloud_count; i++) {
        setup.clouds[i] = world->clouds[i];
        setup.dialects[i] = story->dialects[i];
        setup.hides_rare[i] = switches_stand(&world->cloud_options[i], "foreign-states", "nearest") ||
                              switches_stand(&world->cloud_options[i], "foreign-states", "unknown") ||
                              switches_stand(&world->cloud_options[i], "deleted-listed", "as-before");
        setup.shows_past[i] = switches_stand(&world->cloud_options[i], "after-put", "stale");
        setup.cloud_names[i] = document_clouds[i];
    }
    for (unsigned i = 0; i < story->source_count; i++)
        setup.manifests[i] = &world->story.manifests[i];
    setup.target_count = story->target_count;
    memcpy(setup.targets, story->targets, sizeof setup.targets);
    return judge_new(&setup);
}

static void world_init(struct world *world, uint64_t seed, const struct world_options *options)
{
    *world = (struct world){
        .trace = {.words = options->words != WORLD_SILENT, .aloud = options->words == WORLD_ALOUD}};
    world->crash = options->crash;
    if (world->crash)
        scenario_draw(&world->story, seed, world->crash->story.scenario, world->crash->story.dialect);
    else
        story_draw(&world->story, seed, options->only);
    world->dice_wire = dice_new(seed, 1);
    world->dice_disk = dice_new(seed, 2);
    world->dice_trouble = dice_new(seed, 3);
    world->dice_time = dice_new(seed, 4);
    world->dice_reader = dice_new(seed, 6);
    world->dice_keys = dice_new(seed, 8);
    world->dice_sequel = dice_new(seed, 12);
    world->dice_amend = dice_new(seed, 10);
    world->reads = options->reads;
    world->wall_ms = INT64_C(1767225600000);
    world->disk = disk_new();
    make_clouds(world);
    world->judge = world_judge_new(world);
    world_due(world, 0, DUE_TICK, 0);
    world_due(world, LOOK_MS, DUE_LOOK, 0);
    trouble_begin(world);
    twin_begin(world);
    post_begin(world);
    mistakes_begin(world);
    user_data_begin(world);
    if (world->crash) scenario_begin(world, world->crash->story.scenario);
    restart_draw(world, options->restarts && !world->story.has[TROUBLE_TWIN]);
    why_draw(world, options->reads && !options->crash);
    world_start(world);
}

static void world_release(struct world *world)
{
    if (world->up) daemon_end(world);
    twin_release(world);
    wire_release(world);
    judge_free(world->judge);
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        cloud_free(world->clouds[i]);
    disk_free(world->disk);
    free(world->agenda);
    trace_release(&world->trace);
    free(world->old_hold);
    story_release(&world->story);
}

void world_start(struct world *world)
{
    if (world->up) return;
    daemon_begin(world);
    for (unsigned i = 0; i < world->story.source_count; i++)
        world_due(world, world->now_ms + dice_between(&world->dice_time, 0, 800), DUE_READ, i);
}

void world_crash_so(struct world *world, const struct crash_end *end)
{
    if (!world->up) return;
    world->crashes++;
    if (end->durable > 0) world_note(world, TROUBLE_CRASH_AFTER_SAVE, true);
    if (disk_under_way(world->disk) > end->durable) world_note(world, TROUBLE_SAVE_TORN, true);
    trace_say(&world->trace, "%lld: the daemon is killed, %u saves and %s under way",
              (long long)world->now_ms, disk_under_way(world->disk),
              world_is_calling(world) ? "calls" : "no calls");
    daemon_end(world);
    wire_forget(world, end->fate);
    disk_crash(world->disk, end->durable);
    judge_crashed(world->judge, world->now_ms);
    world_due(world, world->now_ms + end->away_ms, DUE_START, 0);
}

void world_crash(struct world *world)
{
    if (!world->up) return;
    unsigned saves = disk_under_way(world->disk);
    struct crash_end end = {.fate = WIRE_DRAWN};
    if (saves) end.durable = (unsigned)dice_below(&world->dice_disk, saves + 1);
    end.away_ms = dice_chance(&world->dice_time, 800) ? dice_between(&world->dice_time, 1000, 5000)
                                                      : dice_between(&world->dice_time, 5000, 90000);
    world_crash_so(world, &end);
}

void world_rebuild(struct world *world)
{
    daemon_end(world);
    wire_forget(world, WIRE_DRAWN);
    judge_crashed(world->judge, world->now_ms);
    world_start(world);
}

static void sum_up_dialects(const struct world *world, struct world_result *out)
{
    for (unsigned i = 0; i < world->story.cloud_count; i++) {
        struct dialect_note *note = &out->dialects[world->story.dialects[i]];
        note->clouds++;
        note->mutating += cloud_counters(world->clouds[i]).mutating;
        note->crashes = world->crashes;
        switches_note(world->story.dialects[i], world->clouds[i], &world->cloud_options[i], &out->switches);
    }
}

static void sum_up(struct world *world, struct world_result *out)
{
    const struct story *story = &world->story;
    out->hash = world->trace.hash;
    out->turns = world->turns;
    out->crashes = world->crashes;
    out->restarts = world->restart.compared;
    out->restart_calls = world->restart.calls;
    out->objects = story->objects;
    out->clouds = story->cloud_count;
    out->kinds = story->kinds;
    out->lasted_ms = world->now_ms;
    out->mutations =
        judge_mutations(world->judge) + (world->twin == TWIN_NONE ? 0 : judge_mutations(world->other.judge));
    for (unsigned i = 0; i < story->cloud_count; i++) {
        out->requests += cloud_counters(world->clouds[i]).requests;
        for (unsigned kind = 0; kind < CLOUD_FAULT_KIND_COUNT; kind++) {
            struct cloud_fault_count count = cloud_fault_total(world->clouds[i], (enum cloud_fault_kind)kind);
            world->notes[kind].changed |= count.changed > 0;
            world->notes[kind].mutating |= count.mutating > 0;
        }
    }
    sum_up_dialects(world, out);
    if (story->late_ghosts) world->notes[TROUBLE_GHOST_LATE] = world->notes[CLOUD_FAULT_GHOST];
    memcpy(out->notes, world->notes, sizeof out->notes);
    memcpy(out->whys, world->why.notes, sizeof out->whys);
    post_sum_up(world, &out->post);
    for (unsigned i = 0; i < PROMISE_COUNT; i++)
        out->tests[i] = judge_tests(world->judge, (enum promise)i) +
                        (world->twin == TWIN_NONE ? 0 : judge_tests(world->other.judge, (enum promise)i));
    out->failed = judge_failed(world->judge);
    if (!out->failed) return;
    out->promise = judge_promise(world->judge);
    snprintf(out->sentence, sizeof out->sentence, "%s", judge_sentence(world->judge));
}

void world_run(uint64_t seed, const struct world_options *options, struct world_result *out)
{
    struct world world;
    *out = (struct world_result){0};
    world_init(&world, seed, options);
    run_until(&world, world.story.chaos_ms);
    if (!judge_failed(world.judge)) {
        if (world.crash)
            scenario_end(&world);
        else
            trouble_end(&world);
        liveness_run(&world, run_until, out);
        post_run(&world, run_until);
    }
    sum_up(&world, out);
    if (options->words == WORLD_LAST_TURNS && out->failed) trace_print(&world.trace, stdout);
    world_release(&world);
}
