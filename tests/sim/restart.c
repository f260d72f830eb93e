#include "tests/sim/restart.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/text.h"
#include "reconcile/view.h"
#include "tests/sim/copy.h"
#include "tests/sim/daemon.h"
#include "tests/sim/document.h"
#include "tests/sim/grow.h"
#include "tests/sim/people.h"
#include "tests/sim/reader.h"
#include "tests/sim/restart_excuse.h"
#include "tests/sim/trouble.h"

enum {
    WARM_MS = 60000,      /* log-in, one full list and the catalogues, under every seed's pace and latency */
    STEP_MS = 5000,       /* how often somebody sees whether it is at rest */
    REST_MS = 60000,      /* and a full list: without a call for so long it is */
    MOST_MS = 20 * 60000, /* then it is compared as far as it got */
    TURNS = 20,           /* at least */
    TRY_MS = 250,         /* how far apart quiet moments are looked for */
    TRIES = 400,
    WORDS_MAX = 900
};

/* --- when --- */

void restart_draw(struct world *world, bool wanted)
{
    struct restart *restart = &world->restart;
    restart->dice = dice_new(world->story.seed, 5);
    restart->due_ms = INT64_MAX;
    const bool *has = world->story.has;
    /* what these have begun goes on when the faults have ended; in a new process the age of what is in the
       ledger counts by the wall clock */
    bool lasts = has[CLOUD_FAULT_GHOST] || has[CLOUD_FAULT_RETURNS];
    restart->wanted = wanted && !has[TROUBLE_CLOCK_JUMP];
    if (restart->wanted && !lasts && dice_chance(&restart->dice, 200))
        restart->due_ms = dice_between(&restart->dice, 5000, world->story.chaos_ms);
}

void restart_draw_settled(struct world *world, int64_t until_ms)
{
    world->restart.settled = true;
    if (!world->restart.wanted) return;
    if (dice_chance(&world->restart.dice, 500))
        world->restart.due_ms = dice_between(&world->restart.dice, world->now_ms, until_ms);
}

bool restart_is_due(const struct world *world)
{
    return world->now_ms >= world->restart.due_ms && !judge_failed(world->judge);
}

/* No save under way, no call in flight, nothing waiting for the next turn: what is known is in the ledger. */
static bool is_quiet(const struct world *world)
{
    if (!world->up || world->ledger_corrupt || world->observe || world_is_calling(world)) return false;
    if (world->unsaved || world->events.count > 0 || world->more || dispatch_waiting(world->dispatch) > 0)
        return false;
    for (unsigned i = 0; i < world->agenda_count; i++)
        if (world->agenda[i].kind == DUE_READ) return false;
    for (unsigned i = 0; i < world->story.source_count; i++)
        if (world->story.manifests[i].health != FLEET_GOOD ||
            manifest_present(&world->story.manifests[i]) == 0)
            return false; /* of an emptied source the set last accepted is in force, in this process */
    return true;
}

/* --- what is sent --- */

/* Key pairs have one name on all their clouds. */
static void say_object(const char *source, const char *name, const char *cloud,
                       char out[RESTART_OBJECT_WORDS])
{
    snprintf(out, RESTART_OBJECT_WORDS, "%s/%s%s%s", source, name, cloud[0] ? "@" : "", cloud);
}

const char *restart_object_of(const struct world *world, uint64_t call_id, char out[RESTART_OBJECT_WORDS])
{
    snprintf(out, RESTART_OBJECT_WORDS, "?");
    struct rows intents = disk_intents(world->disk);
    for (unsigned i = 0; i < intents.count; i++) {
        if (strtoull(rows_cell(&intents, i, "id"), NULL, 10) != call_id) continue;
        say_object(rows_cell(&intents, i, "source"), rows_cell(&intents, i, "name"),
                   strstr(rows_cell(&intents, i, "call"), "Keypair") ? rows_cell(&intents, i, "cloud") : "",
                   out);
        return out;
    }
    return out;
}

static unsigned place_of(const struct call *call)
{
    unsigned place = 0;
    while (strcmp(document_clouds[place], call->cloud) != 0)
        place++;
    return place;
}

static bool find_server(const struct world *world, const struct call *call, struct cloud_server *out)
{
    return call->provider_id && cloud_server_by_id(world->clouds[place_of(call)], call->provider_id, out);
}

/* Ids of servers made since are another world's: the clouds give them by chance. */
static const char *server_of(const struct world *world, const struct call *call)
{
    struct cloud_server server;
    if (!call->provider_id) return "-";
    if (!find_server(world, call, &server)) return call->provider_id;
    return server.position < world->restart.servers_before[place_of(call)] ? call->provider_id : "(new)";
}

/* Its server went in this copy, or a moment before, and a list still shows it: who asks then sends it a call,
   and who asks a little later does not. What had gone long before is known to be gone, by the ledger too. */
static bool is_vain(const struct world *world, const struct call *call)
{
    struct cloud_server server;
    return find_server(world, call, &server) && server.deleted_ms >= 0 &&
           server.deleted_ms >= world->restart.begun_ms - story_settle_ms(&world->story);
}

static size_t say_create(const struct create_order *order, char *out, size_t size)
{
    size_t used =
        (size_t)snprintf(out, size, " %s as %s/%s", order->name, order->mark.source, order->mark.name);
    for (unsigned field = 0; field < FIELD_COUNT; field++) {
        if (!(order->given & FIELD_BIT(field)) || used >= size) continue;
        struct text text;
        text_init(&text, WORDS_MAX);
        value_show(order->values[field], &text);
        used += (size_t)snprintf(out + used, size - used, " %s=%s", field_row((enum field)field)->name,
                                 text.bytes ? text.bytes : "");
        text_release(&text);
    }
    return used;
}

/* The hour between two repairs of a mark is not in the ledger. */
bool restart_is_repair(const struct call *call)
{
    return call->kind == CALL_SET_METADATA && strncmp(call->argument, "setpoint.", 9) == 0;
}

/* What was made after that time needs none: when it is made differs. */
static bool is_restart(const struct world *world, const struct call *call, const char *object)
{
    const char *slash = strchr(object, '/');
    for (unsigned i = 0; i < world->story.source_count && slash && call->kind == CALL_REBOOT; i++) {
        const struct wish *wish = manifest_find(&world->story.manifests[i], slash + 1);
        if (wish && wish->restart_ms != 0) return true;
    }
    return false;
}

/* How a call ended that waited for its outcome is learned by looks, at other times in each copy: it may be
   tried again in one of them, and a stop harder where it is known that the first was ignored. */
static bool was_under_way(const struct world *world, const struct call *call, const char *object)
{
    char words[2 * FLEET_NAME + 64];
    snprintf(words, sizeof words, "%s %s", object, call_name(call->kind));
    for (unsigned i = 0; i < world->restart.open->count; i++)
        if (strcmp(world->restart.open->calls[i].object, words) == 0 &&
            (call->kind == CALL_STOP ||
             strcmp(world->restart.open->calls[i].words, call->argument ? call->argument : "") == 0))
            return true;
    return false;
}

static void note_open(struct world *world, struct call_log *out)
{
    struct rows intents = disk_intents(world->disk);
    for (unsigned i = 0; i < intents.count; i++) {
        char words[2 * FLEET_NAME + 64];
        snprintf(words, sizeof words, "%s/%s %s", rows_cell(&intents, i, "source"),
                 rows_cell(&intents, i, "name"), rows_cell(&intents, i, "call"));
        call_log_add(out, words, rows_cell(&intents, i, "argument"));
    }
}

/* The end of an image's name is the second in which it was first wanted: that is in the ledger with the call
   only, and each copy has its own. */
static void cut_time(char *words)
{
    char *dash = strrchr(words, '-');
    if (dash) *dash = '\0';
}

/* Where the cloud confirms a resize by itself, whether we come first is a matter of time. */
static bool is_race(const struct world *world, const struct call *call)
{
    if (call->kind != CALL_CONFIRM_RESIZE) return false;
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        if (strcmp(document_clouds[i], call->cloud) == 0)
            return world->story.dialects[i] == CLOUD_OPENSTACK &&
                   !switches_stand(&world->cloud_options[i], "verify-resize", "by-hand");
    return false;
}

void restart_note(struct world *world, const struct call *call)
{
    char words[WORDS_MAX], object[RESTART_OBJECT_WORDS];
    const char *server = server_of(world, call);
    if (!world->restart.log || call->kind == CALL_LOOK || restart_is_repair(call) || is_race(world, call))
        return;
    if (was_under_way(world, call, restart_object_of(world, call->id, object)) ||
        is_restart(world, call, object))
        return;
    /* that an earlier stop was ignored, and the next one is to be harder, is known in one process */
    const char *argument = call->argument && call->kind != CALL_STOP ? call->argument : "";
    size_t used = (size_t)snprintf(words, sizeof words, "%s %s %s%s%s", call_name(call->kind), server,
                                   argument, call->value ? "=" : "", call->value ? call->value : "");
    if (call->kind == CALL_SNAPSHOT) cut_time(words);
    if (call->create && used < sizeof words) say_create(call->create, words + used, sizeof words - used);
    (is_vain(world, call) ? call_log_add_vain : call_log_add)(world->restart.log, object, words);
}

/* --- the copies --- */

struct plan { /* what happens in both */
    unsigned edits, removals, operations;
};

static void run_to(struct world *world, world_runner *run_until, int64_t until_ms)
{
    run_until(world, until_ms);
    world->now_ms = until_ms;
}

/* One kind after the other: who looked between an operator's hand and an edit would decide by something else
   than who did not. */
static void happen(struct world *world, world_runner *run_until, const struct plan *plan)
{
    for (unsigned i = 0; i < plan->operations; i++)
        people_operate(world);
    if (plan->operations > 0) run_to(world, run_until, world->now_ms + world->story.full_ms + WARM_MS);
    for (unsigned i = 0; i < plan->edits; i++)
        people_edit(world);
    for (unsigned i = 0; i < plan->removals; i++)
        people_remove(world);
}

/* Whatever is not as it should be waits for a person. */
static bool is_at_rest(const struct world *world)
{
    struct view_counts counts = view_count(world->state, NULL, world_clock(world));
    return counts.converged + counts.blocked == counts.objects && !world_is_calling(world);
}

/* Until nothing more is sent. false: it was cut short. */
static bool run_to_rest(struct world *world, world_runner *run_until)
{
    int64_t begun_ms = world->now_ms, sent_ms = world->now_ms;
    uint64_t turns = world->turns;
    unsigned sent = world->restart.log->count;
    while (world->now_ms - begun_ms < MOST_MS && !judge_failed(world->judge)) {
        run_to(world, run_until, world->now_ms + STEP_MS);
        if (world->restart.log->count != sent || !is_at_rest(world)) sent_ms = world->now_ms;
        sent = world->restart.log->count;
        if (world->now_ms - sent_ms >= REST_MS + world->story.full_ms && world->turns - turns >= TURNS)
            return true;
    }
    return false;
}

struct side { /* what a copy tells; the texts of its calls and of reasons at the end follow */
    bool whole, rested, failed;
    enum promise promise;
    char sentence[600];
    size_t calls_size, reasons_size;
};

static void note_reasons(struct world *world, struct call_log *out)
{
    char *json = reader_read(world, READER_STATUS);
    cJSON *status = cJSON_Parse(json);
    const cJSON *row;
    cJSON_ArrayForEach(row, status)
    {
        char name[RESTART_OBJECT_WORDS];
        bool keypair = strcmp(people_read(row, "kind"), "Keypair") == 0;
        say_object(people_read(row, "source"), people_read(row, "name"),
                   keypair ? people_read(row, "cloud") : "", name);
        call_log_add(out, name, people_read(row, "reason"));
    }
    cJSON_Delete(status);
    free(json);
}

/* Runs in a process of its own. */
static void run_side(struct world *world, world_runner *run_until, const struct plan *plan, bool rebuilt,
                     int fd)
{
    struct call_log log = {0}, reasons = {0}, open = {0};
    world->restart.log = &log;
    world->restart.open = &open;
    world->restart.begun_ms = world->now_ms;
    note_open(world, &open);
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        world->restart.servers_before[i] = cloud_server_count(world->clouds[i]);
    trace_say(&world->trace, "%lld: a copy begins in which the state is %s", (long long)world->now_ms,
              rebuilt ? "rebuilt" : "kept");
    if (rebuilt) world_rebuild(world);
    run_to(world, run_until, world->now_ms + WARM_MS);
    happen(world, run_until, plan);
    struct side side = {.whole = true, .rested = run_to_rest(world, run_until)};
    side.failed = judge_failed(world->judge);
    if (side.failed) {
        side.promise = judge_promise(world->judge);
        snprintf(side.sentence, sizeof side.sentence, "%.500s (in a copy whose state was %s)",
                 judge_sentence(world->judge), rebuilt ? "rebuilt" : "kept");
    }
    if (world->up) note_reasons(world, &reasons);
    char *calls = call_log_write(&log, &side.calls_size);
    char *ends = call_log_write(&reasons, &side.reasons_size);
    copy_write(fd, &side, sizeof side);
    copy_write(fd, calls, side.calls_size);
    copy_write(fd, ends, side.reasons_size);
    copy_end();
}

static bool read_log(int fd, size_t size, struct call_log *out)
{
    char *text = grow_to(NULL, size + 1);
    text[size] = '\0';
    bool whole = copy_read(fd, text, size);
    if (whole) call_log_read(out, text);
    free(text);
    return whole;
}

static void take_side(struct world *world, world_runner *run_until, const struct plan *plan, bool rebuilt,
                      struct side *out, struct call_log *calls, struct call_log *reasons)
{
    pid_t pid;
    int write_end, fd = copy_begin(&pid, &write_end);
    if (pid == 0) run_side(world, run_until, plan, rebuilt, write_end);
    *out = (struct side){0};
    bool whole = copy_read(fd, out, sizeof *out) && out->whole && read_log(fd, out->calls_size, calls) &&
                 read_log(fd, out->reasons_size, reasons);
    copy_close(fd, pid);
    if (whole) return;
    out->failed = true;
    out->promise = PROMISE_RESTART;
    snprintf(out->sentence, sizeof out->sentence, "the process died in which the state was %s",
             rebuilt ? "rebuilt" : "kept");
}

/* --- the comparison --- */

struct outcome {
    bool compared, failed;
    enum promise promise;
    char sentence[600];
    uint64_t calls;
};

static void compare(struct world *world, world_runner *run_until, const struct plan *plan,
                    struct outcome *out)
{
    struct side sides[2];
    struct call_log logs[2] = {{0}, {0}};
    struct reasons reasons = {{0}, {0}, {0}};
    note_reasons(world, &reasons.before);
    for (unsigned i = 0; i < 2; i++) {
        take_side(world, run_until, plan, i == 1, &sides[i], &logs[i],
                  i == 1 ? &reasons.rebuilt : &reasons.kept);
        if (!sides[i].failed || out->failed) continue;
        out->failed = true;
        out->promise = sides[i].promise;
        snprintf(out->sentence, sizeof out->sentence, "%s", sides[i].sentence);
    }
    out->compared = true;
    out->calls = logs[0].count;
    bool cut = !sides[0].rested || !sides[1].rested;
    struct excuse excuse = {restart_is_excused, &reasons};
    const char *object;
    if (!out->failed && !call_log_equal(&logs[0], &logs[1], cut, excuse, &object)) {
        char kept[200], rebuilt[200];
        out->failed = true;
        out->promise = PROMISE_RESTART;
        call_log_show(&logs[0], object, kept, sizeof kept);
        call_log_show(&logs[1], object, rebuilt, sizeof rebuilt);
        snprintf(out->sentence, sizeof out->sentence,
                 "%s: the run that goes on sends %s (in the end %s); the one rebuilt sends %s (%s)", object,
                 kept, call_log_last(&reasons.kept, object), rebuilt,
                 call_log_last(&reasons.rebuilt, object));
    }
    call_log_release(&logs[0]);
    call_log_release(&logs[1]);
    call_log_release(&reasons.before);
    call_log_release(&reasons.kept);
    call_log_release(&reasons.rebuilt);
}

/* The first copy: faults end, a quiet turn is awaited. */
static void run_stretch(struct world *world, world_runner *run_until, int fd)
{
    struct outcome outcome = {0};
    struct plan plan = {0};
    struct dice *dice = &world->restart.dice;
    world->restart.due_ms = INT64_MAX;
    world->why.wanted = false;
    if (world->restart.settled) {
        plan.edits = (unsigned)dice_below(dice, 3);
        plan.removals = (unsigned)dice_below(dice, 2);
        plan.operations = (unsigned)dice_below(dice, 3);
    } else {
        if (!world->calm) trouble_end(world);
        run_to(world, run_until, world->now_ms + dice_between(dice, 1, 20) * 1000);
    }
    for (unsigned i = 0; i < TRIES && !is_quiet(world) && !judge_failed(world->judge); i++)
        run_to(world, run_until, world->now_ms + TRY_MS);
    if (is_quiet(world) && !judge_failed(world->judge)) compare(world, run_until, &plan, &outcome);
    copy_write(fd, &outcome, sizeof outcome);
    copy_end();
}

void restart_compare(struct world *world, world_runner *run_until)
{
    pid_t pid;
    struct outcome outcome = {0};
    int write_end, fd = copy_begin(&pid, &write_end);
    if (pid == 0) run_stretch(world, run_until, write_end);
    world->restart.due_ms = INT64_MAX;
    bool whole = copy_read(fd, &outcome, sizeof outcome);
    copy_close(fd, pid);
    world->restart.compared += outcome.compared;
    world->restart.calls += outcome.calls;
    if (outcome.compared) judge_tested(world->judge, PROMISE_RESTART);
    if (!whole) judge_fail(world->judge, PROMISE_RESTART, "the copy of the world died");
    if (outcome.failed) judge_fail(world->judge, outcome.promise, "%s", outcome.sentence);
}
