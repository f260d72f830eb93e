#include "tests/sim/daemon.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/document.h"
#include "tests/sim/grow.h"
#include "tests/sim/judge_news.h"
#include "tests/sim/reader.h"
#include "tests/sim/wire.h"

/* --- secrets --- */

static const struct credential nhn_credentials[] = {{"url", "http://127.0.0.1:8774/identity"},
                                                    {"tenantId", "198edf20d74d4323b107426354c18627"},
                                                    {"username", "demo"},
                                                    {"password", "demo-password"}};
static const struct credential v1_credentials[] = {
    {"appkey", "8c1f0b6e5d2a4f7c"}, {"username", "demo"}, {"password", "demo-password"}};
static const struct credential kakao_credentials[] = {
    {"url", "http://127.0.0.1:8774/iam"},
    {"applicationCredential.id", "8c1f0b6e5d2a4f7c9e3b1a0d6f5e4c3b"},
    {"applicationCredential.secret", "demo-credential-secret"}};
static const struct credential tencent_credentials[] = {
    {"tenant", "demo"}, {"username", "demo"}, {"password", "demo-password"}};
static const struct credential openstack_credentials[] = {{"url", "http://127.0.0.1:8774/identity"},
                                                          {"project", "demo"},
                                                          {"username", "demo"},
                                                          {"password", "demo-password"}};

#define COUNTED(row)                                                                                         \
    {                                                                                                        \
        .credentials = (row), .count = sizeof(row) / sizeof *(row)                                           \
    }
static const struct login_material materials[CLOUD_DIALECT_COUNT] = {
    [CLOUD_NHN_V2] = COUNTED(nhn_credentials),
    [CLOUD_OPENSTACK] = COUNTED(openstack_credentials),
    [CLOUD_NHN_V1] = COUNTED(v1_credentials),
    [CLOUD_KAKAOCLOUD] = COUNTED(kakao_credentials),
    [CLOUD_TENCENT_GATEWAY] = COUNTED(tencent_credentials),
};

static bool material(void *ctx, const struct cloud_config *cloud, struct login_material *out,
                     struct error *err)
{
    (void)ctx;
    (void)err;
    unsigned dialect = 0;
    while (strcmp(cloud_dialect_name((enum cloud_dialect)dialect), cloud->traits->provider) != 0)
        dialect++;
    *out = materials[dialect];
    return true;
}

static void wipe(void *ctx, struct login_material *out)
{
    (void)ctx;
    *out = (struct login_material){0};
}

/* --- life --- */

static void offer_ledger(struct world *world)
{
    struct event *event = batch_add(&world->events, EVENT_LEDGER);
    if (world->ledger_corrupt) {
        event->ledger.state = LEDGER_CORRUPT;
        event->ledger.problem = "malformed page 7";
        return;
    }
    bool first = world->turns == 0 && world->story.init;
    event->ledger.state = world->ledger_exists ? LEDGER_LOADED : first ? LEDGER_INIT : LEDGER_MISSING;
    world->ledger_exists = true;
    const struct record *rows;
    uint32_t count = disk_read(world->disk, &rows, &event->ledger.event_seq);
    struct arena *arena = &world->events.arena;
    struct record *records = ARENA_ROW(arena, struct record, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        records[i] = rows[i];
        for (unsigned k = 0; k < RECORD_CELLS_MAX; k++)
            records[i].cells[k] = arena_text(arena, rows[i].cells[k]);
        if (world->trace.words) trace_say(&world->trace, "  row %s", record_show(&records[i], arena));
    }
    event->ledger.records = records;
    event->ledger.count = count;
}

void daemon_configure(struct world *world)
{
    struct config *config = document_config(&world->story, world->observe, world->projects);
    batch_add(&world->events, EVENT_CONFIG)->config = config;
    dispatch_config(world->dispatch, config, world_clock(world));
    judge_mode(world->judge, world->observe, world->now_ms);
    for (unsigned i = 0; i < world->story.target_count; i++)
        judge_news_target(world->judge, world->story.targets[i].name, world->story.targets[i].absent);
    for (unsigned i = 0; i < world->story.source_count; i++)
        judge_source_mode(world->judge, i, world->story.manifests[i].observe,
                          world->story.manifests[i].absent);
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        judge_cloud_mode(world->judge, i, world->story.observe_cloud[i]);
}

void daemon_begin(struct world *world)
{
    uint8_t entropy[32];
    for (unsigned i = 0; i < sizeof entropy; i++)
        entropy[i] = (uint8_t)dice_next(&world->dice_time);
    /* the machine may have been started anew, too: boot time is another one */
    if (dice_chance(&world->dice_time, 300))
        world->boot_ms = dice_between(&world->dice_time, 3000, 90000) - world->now_ms;
    if (world->boot_ms + world->now_ms < 1000) world->boot_ms = 1000 - world->now_ms;
    trace_say(&world->trace, "%lld: the daemon starts, boot %lld%s", (long long)world->now_ms,
              (long long)(world->boot_ms + world->now_ms),
              world->ledger_corrupt  ? ", ledger corrupt"
              : world->ledger_exists ? ""
                                     : ", no ledger");
    struct login_host host = {NULL, material, wipe};
    world->up = true;
    world->unsaved = false;
    world->state = reconcile_new(entropy, world_clock(world));
    batch_init(&world->events);
    effects_init(&world->effects);
    world->dispatch = dispatch_new(&host, &world->events);
    judge_started(world->judge, world->loss, world->now_ms);
    judge_corrupt(world->judge, world->ledger_corrupt);
    struct rows notifications = disk_notifications(world->disk);
    judge_news_started(world->judge, &notifications, world->loss);
    for (unsigned i = 0; i < world->story.cloud_count; i++) {
        const struct login_material *log_in = &materials[world->story.dialects[i]];
        judge_secret(world->judge, log_in->credentials[log_in->count - 1].text);
    }
    world->loss = JUDGE_KEPT;
    offer_ledger(world);
    daemon_configure(world);
    world->wake_ms = world->now_ms;
    world->more = true;
}

void daemon_end(struct world *world)
{
    world->up = false;
    world->crash_after = 0;
    post_forget(world);
    dispatch_free(world->dispatch);
    batch_discard(&world->events);
    effects_release(&world->effects);
    reconcile_free(world->state);
    world->state = NULL;
    world->dispatch = NULL;
}

/* --- effects --- */

static void save_begin(struct world *world, const struct effect *effect)
{
    disk_begin(world->disk, effect->save.id, effect->save.records, effect->save.count);
    int64_t took = dice_between(&world->dice_disk, 0, 30);
    if (world->disk_slow) {
        took = dice_between(&world->dice_disk, 500, 6000);
        world_note(world, TROUBLE_SAVE_SLOW, true);
    }
    world_due(world, world->now_ms + took, DUE_SAVE, effect->save.id);
}

/* Saves end in the order of their begin, whatever time each of them takes. */
void daemon_save_done(struct world *world, uint64_t save_id)
{
    (void)save_id;
    if (!world->up || disk_under_way(world->disk) == 0) return; /* of a process that is gone */
    bool fails = world->disk_full;
    if (fails) world_note(world, TROUBLE_DISK_FULL, true);
    if (fails) judge_news_unsaved(world->judge, world->now_ms);
    uint64_t id = disk_finish(world->disk, fails);
    if (crash_points_pass(world, true)) return; /* durable, and nobody knows */
    world->unsaved = fails;
    struct event *event = batch_add(&world->events, fails ? EVENT_SAVE_FAILED : EVENT_SAVED);
    event->save.id = id;
    event->save.problem = fails ? "No space left on device" : NULL;
    trace_say(&world->trace, "%lld: save %llu %s", (long long)world->now_ms, (unsigned long long)id,
              fails ? "failed" : "durable");
}

static void say_call(struct world *world, const struct call *call)
{
    if (call->kind == CALL_LOOK)
        trace_say(&world->trace, "    send %llu %s look %s %s", (unsigned long long)call->id, call->cloud,
                  call->look == LOOK_SERVER      ? "server"
                  : call->look == LOOK_CATALOGUE ? catalogue_kind_name(call->catalogue)
                  : call->look == LOOK_CHANGES   ? "changes"
                                                 : "list",
                  call->provider_id ? call->provider_id
                  : call->page      ? call->page
                                    : "");
    else
        trace_say(&world->trace, "    send %llu %s %s %s %s", (unsigned long long)call->id, call->cloud,
                  call_name(call->kind),
                  call->provider_id ? call->provider_id
                  : call->create    ? call->create->name
                                    : "",
                  call->argument ? call->argument : "");
}

static void mix_call(struct world *world, const struct call *call)
{
    uint64_t numbers[] = {call->id, call->kind, call->look, call->catalogue};
    trace_mix(&world->trace, numbers, sizeof numbers);
    trace_mix_text(&world->trace, call->provider_id);
    trace_mix_text(&world->trace, call->argument);
    trace_mix_text(&world->trace, call->value);
}

static void show_message(struct world *world, const struct record *record)
{
    const struct record_table_row *table = record_table_row(record->table);
    const char *const *cells = record->cells;
    judge_news_saved(world->judge, &(struct rows){table->column_names, table->columns, &cells, 1},
                     world->now_ms);
}

static void mix_save(struct world *world, const struct effect *effect)
{
    for (uint32_t i = 0; i < effect->save.count; i++) {
        const struct record *record = &effect->save.records[i];
        for (unsigned k = 0; k < record_table_row(record->table)->columns; k++)
            trace_mix_text(&world->trace, record->cells[k]);
        for (unsigned k = 0; k < record_table_row(record->table)->columns; k++)
            judge_text(world->judge, "the ledger", record->cells[k]);
        if (record->table == RECORD_NOTIFICATIONS && !record->erase) show_message(world, record);
    }
}

static void say_save(struct world *world, const struct effect *effect)
{
    if (!world->trace.words) return;
    struct arena arena;
    arena_init(&arena);
    for (uint32_t i = 0; i < effect->save.count; i++)
        if (effect->save.records[i].table != RECORD_EVENTS)
            trace_say(&world->trace, "    save %llu %s", (unsigned long long)effect->save.id,
                      record_show(&effect->save.records[i], &arena));
    arena_release(&arena);
}

static void tell(struct world *world, const struct tell *tell)
{
    if (strcmp(tell->type, "AnotherDaemon") == 0) world_note(world, TROUBLE_TWIN_SEEN, false);
    trace_mix_text(&world->trace, tell->type);
    trace_mix_text(&world->trace, tell->message);
    trace_say(&world->trace, "    tell %s %s/%s %s: %s", tell->type, tell->source ? tell->source : "",
              tell->name ? tell->name : "", tell->reason ? tell->reason : "", tell->message);
    struct judge_tell told = {tell->type, tell->source ? tell->source : "", tell->name ? tell->name : "",
                              tell->call ? tell->call : "", tell->reason ? tell->reason : ""};
    judge_text(world->judge, "history", tell->message);
    judge_news_told(world->judge, tell->type, tell->message);
    judge_told(world->judge, &told, world->now_ms);
}

static void effect_carry_out(struct world *world, const struct effect *effect)
{
    trace_mix(&world->trace, &effect->kind, sizeof effect->kind);
    switch (effect->kind) {
    case EFFECT_SAVE:
        mix_save(world, effect);
        say_save(world, effect);
        save_begin(world, effect);
        return;
    case EFFECT_SEND:
        mix_call(world, effect->send.call);
        say_call(world, effect->send.call);
        restart_note(world, effect->send.call);
        why_call(world, effect->send.call);
        dispatch_effect(world->dispatch, effect, world_clock(world));
        wire_run(world);
        return;
    case EFFECT_PERMIT:
        trace_say(&world->trace, "    permit %s%s", effect->permit.cloud,
                  effect->permit.renew ? " renew" : "");
        dispatch_effect(world->dispatch, effect, world_clock(world));
        wire_run(world);
        return;
    case EFFECT_ANSWER:
        trace_say(&world->trace, "    answer %llu %d %s", (unsigned long long)effect->answer.id,
                  (int)effect->answer.code, effect->answer.message);
        judge_text(world->judge, "an answer", effect->answer.message);
        if (world->reads && effect->answer.id == world->strangers_sync) reader_unmanaged(world);
        return;
    case EFFECT_NOTIFY: post_notify(world, &effect->notify); return;
    case EFFECT_TELL: tell(world, &effect->tell); return;
    case EFFECT_KIND_COUNT: return;
    }
}

/* --- the turn --- */

bool daemon_is_due(const struct world *world)
{
    return world->up && (world->events.count > 0 || world->more || world->now_ms >= world->wake_ms);
}

static void say_events(struct world *world, const struct batch *batch)
{
    if (!world->trace.words) return;
    trace_say(&world->trace, "%lld: turn %llu", (long long)world->now_ms, (unsigned long long)world->turns);
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct event *event = &batch->events[i];
        if (event->kind == EVENT_TICK) continue;
        if (event->kind == EVENT_REPLY)
            trace_say(&world->trace, "  reply %llu %s %s %d %s%s%s", (unsigned long long)event->reply.call_id,
                      event->reply.cloud, reply_kind_name(event->reply.reply.kind),
                      event->reply.reply.http_status,
                      event->reply.reply.message ? event->reply.reply.message : "",
                      event->reply.reply.provider_id ? " id " : "",
                      event->reply.reply.provider_id ? event->reply.reply.provider_id : "");
        else
            trace_say(&world->trace, "  %s", event_name(event->kind));
    }
}

/* The process dies between two effects: what it was about to do, and what it had just done. */
static void note_crash(struct world *world, uint32_t place)
{
    const struct effect *before = place > 0 ? &world->effects.items[place - 1] : NULL;
    const struct effect *next = &world->effects.items[place];
    world_note(world, TROUBLE_CRASH_INSIDE, true);
    if (next->kind == EFFECT_SAVE) world_note(world, TROUBLE_CRASH_BEFORE_SAVE, true);
    if (next->kind == EFFECT_SEND)
        world_note(world, TROUBLE_CRASH_BEFORE_SEND, next->send.call->kind != CALL_LOOK);
    if (before && before->kind == EFFECT_SEND)
        world_note(world, TROUBLE_CRASH_AFTER_SEND, before->send.call->kind != CALL_LOOK);
}

void daemon_turn(struct world *world)
{
    struct batch batch = batch_take(&world->events);
    struct now now = world_clock(world);
    say_events(world, &batch);
    effects_clear(&world->effects);
    struct step_result result = reconcile_step(world->state, batch.events, batch.count, now, &world->effects);
    batch_release(&batch);
    world->more = result.more;
    world->wake_ms = result.wake_boot_ms == NEVER_MS ? INT64_MAX : result.wake_boot_ms - world->boot_ms;
    world->turns++;
    for (uint32_t i = 0; i < world->effects.count; i++) {
        if (world->crash_after > 0 && --world->crash_after == 0) {
            note_crash(world, i);
            world_crash(world);
            return;
        }
        bool saves = world->effects.items[i].kind == EFFECT_SAVE;
        if (saves && crash_points_pass(world, false)) return;
        effect_carry_out(world, &world->effects.items[i]);
        if (saves) crash_points_pass(world, true);
        if (!world->up) return;
    }
    wire_run(world);
    trace_turn(&world->trace);
}

void daemon_tick(struct world *world)
{
    batch_add(&world->events, EVENT_TICK);
    dispatch_tick(world->dispatch, world_clock(world));
    wire_run(world);
}

void daemon_read(struct world *world, const struct manifest *manifest)
{
    trace_say(&world->trace, "%lld: source %s reads as %s, %u of %u present", (long long)world->now_ms,
              manifest->name, (const char *const[]){"good", "invalid", "missing", "empty"}[manifest->health],
              manifest_present(manifest), manifest->count);
    if (manifest->health == FLEET_INVALID || manifest->health == FLEET_MISSING) {
        struct event *event = batch_add(&world->events, EVENT_SOURCE_FAULT);
        struct error *mistake = ARENA_NEW(&world->events.arena, struct error);
        *mistake =
            (struct error){.kind = ERROR_INPUT, .text = "unknown key \"flavour\"", .file = "fleet.yaml"};
        event->source_fault.source = arena_text(&world->events.arena, manifest->name);
        event->source_fault.mistakes = mistake;
        event->source_fault.count = 1;
        event->source_fault.missing = manifest->health == FLEET_MISSING;
        return;
    }
    batch_add(&world->events, EVENT_GENERATION)->generation = document_generation(&world->story, manifest);
}

void daemon_command(struct world *world, const struct event_command *command)
{
    struct event *event = batch_add(&world->events, EVENT_COMMAND);
    struct arena *arena = &world->events.arena;
    if (command->kind == COMMAND_RETRY) judge_retried(world->judge, world->now_ms);
    event->command = *command;
    event->command.id = ++world->command_last;
    event->command.target = arena_text(arena, command->target);
    event->command.argument = arena_text(arena, command->argument);
    const char **names = ARENA_ROW(arena, const char *, command->name_count + 1);
    for (uint32_t i = 0; i < command->name_count; i++)
        names[i] = arena_text(arena, command->names[i]);
    event->command.names = names;
    trace_say(&world->trace, "%lld: command %s %s %s", (long long)world->now_ms, command_name(command->kind),
              command->target ? command->target : "", command->argument ? command->argument : "");
}
