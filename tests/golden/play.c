#include "tests/golden/play.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifests/reading.h"
#include "reconcile/base/memory.h"

/* 2026-01-31T03:00:00Z, and a machine that is up for an hour. */
#define START_WALL_MS INT64_C(1769828400000)
#define START_BOOT_MS INT64_C(3600000)

void play_init(struct play *play, struct text *out)
{
    *play = (struct play){.out = out, .start_boot_ms = START_BOOT_MS, .ledger = LEDGER_INIT};
    play->now = (struct now){START_BOOT_MS, START_WALL_MS};
    play->world.start_wall_ms = START_WALL_MS;
    for (unsigned i = 0; i < ASKED_COUNT; i++)
        play->answers[i] = (struct answering){.kind = REPLY_OK, .message = "", .total = -1};
    arena_init(&play->arena);
    setting_init(&play->setting);
    effects_init(&play->effects);
    text_init(&play->tells, 1 << 20);
}

static void forget_core(struct play *play)
{
    reconcile_free(play->state);
    for (uint32_t i = 0; i < play->event_count; i++) {
        if (play->events[i].kind == EVENT_CONFIG) config_free(play->events[i].config);
        if (play->events[i].kind == EVENT_GENERATION) generation_free(play->events[i].generation);
    }
    for (uint32_t i = 0; i < play->coming_count; i++)
        arena_release(&play->comings[i].arena);
    play->state = NULL;
    play->event_count = play->coming_count = play->open_count = play->held_count = 0;
    post_forget(play);
}

void play_release(struct play *play)
{
    forget_core(play);
    memory_free(play->events);
    memory_free(play->comings);
    memory_free(play->open);
    memory_free(play->held);
    memory_free(play->posted);
    memory_free(play->post_open);
    memory_free(play->rows);
    effects_release(&play->effects);
    world_release(&play->world);
    setting_release(&play->setting);
    text_release(&play->tells);
    arena_release(&play->arena);
}

struct event *play_event(struct play *play, enum event_kind kind)
{
    ROW_RESERVE(play->events, play->event_count, play->event_room);
    struct event *event = &play->events[play->event_count++];
    memset(event, 0, sizeof *event);
    event->kind = kind;
    return event;
}

/* --- effects --- */

static void show_create(struct text *out, const struct create_order *order)
{
    text_addf(out, "> Create %s:", order->name);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        if (!(order->given & FIELD_BIT(i))) continue;
        text_addf(out, " %s ", field_row((enum field)i)->name);
        value_show(order->values[i], out);
    }
    text_add(out, order->mark.protect ? " protected\n" : "\n");
}

/* Of the mark only what a person could write down beforehand is shown. */
static bool is_random(const char *key)
{
    return strcmp(key, MARK_PREFIX "attempt") == 0 || strcmp(key, MARK_PREFIX "writer") == 0 ||
           strcmp(key, MARK_PREFIX "applied") == 0;
}

static void show_metadata(struct text *out, const char *key, const char *value)
{
    text_addf(out, " %s", key);
    if (!is_random(key)) text_addf(out, "%s%s", value ? "=" : " away", value ? value : "");
}

/* Several keys of a mark: each as if it were alone. */
static void show_metadata_call(struct text *out, const struct call *call)
{
    if (!text_equal(call->argument, MARK_SEVERAL_KEYS)) {
        show_metadata(out, call->argument, call->value);
        return;
    }
    cJSON *tree = cJSON_Parse(call->value), *key;
    cJSON_ArrayForEach(key, tree) show_metadata(out, key->string, key->valuestring);
    cJSON_Delete(tree);
}

static void show_call(struct text *out, const struct call *call)
{
    if (call->kind == CALL_CREATE) {
        show_create(out, call->create);
        return;
    }
    text_addf(out, "> %s %s", call_name(call->kind), call->provider_id ? call->provider_id : "-");
    if (call->kind == CALL_SET_METADATA)
        show_metadata_call(out, call);
    else if (call->argument)
        text_addf(out, " %s", call->argument);
    bool by_id = call->kind == CALL_ADD_SECURITY_GROUP || call->kind == CALL_REMOVE_SECURITY_GROUP ||
                 call->kind == CALL_ASSOCIATE_FLOATING_IP || call->kind == CALL_RELEASE_FLOATING_IP;
    if (by_id && call->value) text_addf(out, " by %s", call->value);
    if (by_id && call->nic) text_addf(out, " on %s", call->nic);
    if (call->kind == CALL_REGISTER_KEYPAIR) text_addf(out, " %s", call->value);
    text_add_char(out, '\n');
}

static void show_look(struct text *out, const struct call *call)
{
    static const char *const words[LOOK_KIND_COUNT] = {[LOOK_LIST] = "list",
                                                       [LOOK_CHANGES] = "changes",
                                                       [LOOK_SERVER] = "server",
                                                       [LOOK_CATALOGUE] = "catalogue"};
    text_addf(out, "> Look %s %s", words[call->look], call->cloud);
    if (call->look == LOOK_SERVER) text_addf(out, " %s", call->provider_id);
    if (call->look == LOOK_CATALOGUE) text_addf(out, " %s", catalogue_kind_name(call->catalogue));
    if (call->page) text_addf(out, " from %s", call->page);
    text_add_char(out, '\n');
}

static struct create_order *order_copy(struct arena *arena, const struct create_order *from)
{
    if (!from) return NULL;
    struct create_order *copy = ARENA_NEW(arena, struct create_order);
    *copy = *from;
    copy->name = arena_text(arena, from->name);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (from->given & FIELD_BIT(i)) copy->values[i] = value_copy(arena, from->values[i]);
    return copy;
}

static void take_send(struct play *play, const struct call *call)
{
    if (call->kind == CALL_LOOK) {
        if (play->looks_shown) show_look(play->out, call);
        look_answer(play, call);
        return;
    }
    show_call(play->out, call);
    ROW_RESERVE(play->open, play->open_count, play->open_room);
    struct open_call *open = &play->open[play->open_count++];
    struct arena *arena = &play->arena;
    *open = (struct open_call){.call = *call, .sent_ms = play->now.boot_ms};
    open->call.cloud = arena_text(arena, call->cloud);
    open->call.provider_id = arena_text(arena, call->provider_id);
    open->call.argument = arena_text(arena, call->argument);
    open->call.value = arena_text(arena, call->value);
    open->call.create = order_copy(arena, call->create);
}

static void take_save(struct play *play, const struct effect *effect)
{
    uint64_t id = effect->save.id;
    if (play->saves == SAVES_HELD) {
        ROW_RESERVE(play->held, play->held_count, play->held_room);
        play->held[play->held_count++] = id;
        return;
    }
    bool good = play->saves == SAVES_GOOD;
    if (good) rows_take(play, effect->save.records, effect->save.count);
    struct event *event = play_event(play, good ? EVENT_SAVED : EVENT_SAVE_FAILED);
    event->save.id = id;
    event->save.problem = "No space left on device";
}

static void take_tell(struct play *play, const struct tell *tell)
{
    text_addf(&play->tells, "! %s %s%s%s: %s\n", tell->type,
              tell->name[0]     ? tell->name
              : tell->cloud[0]  ? tell->cloud
              : tell->source[0] ? tell->source
                                : "-",
              tell->reason[0] ? " " : "", tell->reason, tell->message);
}

static void take_effects(struct play *play)
{
    for (uint32_t i = 0; i < play->effects.count; i++) /* first: marks need the writer's name */
        if (play->effects.items[i].kind == EFFECT_SAVE) take_save(play, &play->effects.items[i]);
    for (uint32_t i = 0; i < play->effects.count; i++) {
        const struct effect *effect = &play->effects.items[i];
        switch (effect->kind) {
        case EFFECT_SAVE: break;
        case EFFECT_SEND: take_send(play, effect->send.call); break;
        case EFFECT_PERMIT:
            text_addf(play->out, "> Permit %s%s\n", effect->permit.cloud,
                      effect->permit.renew ? " renew" : "");
            break;
        case EFFECT_ANSWER:
            text_addf(play->out, "< %d %s\n", (int)effect->answer.code, effect->answer.message);
            break;
        case EFFECT_NOTIFY: post_take(play, &effect->notify); break;
        case EFFECT_TELL: take_tell(play, &effect->tell); break;
        case EFFECT_KIND_COUNT: abort();
        }
    }
}

/* --- time --- */

static int64_t next_coming(const struct play *play)
{
    int64_t next = NEVER_MS;
    for (uint32_t i = 0; i < play->coming_count; i++)
        next = instant_min(next, play->comings[i].due_ms);
    return next;
}

/* Replies that are due become events; their memory lives until the step is over. */
static uint32_t deliver(struct play *play)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < play->coming_count; i++) {
        struct coming coming = play->comings[i];
        if (coming.due_ms > play->now.boot_ms) continue;
        *play_event(play, EVENT_REPLY) = coming.event;
        memmove(play->comings + first + 1, play->comings + first, (i - first) * sizeof coming);
        play->comings[first++] = coming;
    }
    return first;
}

static void forget_delivered(struct play *play, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        arena_release(&play->comings[i].arena);
    if (count == 0) return;
    memmove(play->comings, play->comings + count, (play->coming_count - count) * sizeof *play->comings);
    play->coming_count -= count;
}

void play_jump(struct play *play, int64_t by_ms)
{
    play->now.wall_ms += by_ms;
    play->jumped_ms += by_ms;
}

void play_until(struct play *play, int64_t boot_ms)
{
    unsigned spins = 0;
    while (play->state && !play->stop) {
        uint32_t delivered = deliver(play);
        struct step_result result =
            reconcile_step(play->state, play->events, play->event_count, play->now, &play->effects);
        play->event_count = 0;
        forget_delivered(play, delivered);
        take_effects(play);
        if (play->event_count > 0 || result.more) {
            if (++spins < SPIN_MAX) continue;
            result.wake_boot_ms = play->now.boot_ms;
        }
        int64_t next = instant_min(result.wake_boot_ms, next_coming(play));
        if (next > boot_ms) break;
        spins = next > play->now.boot_ms ? 0 : spins + 1;
        if (spins >= SPIN_MAX) {
            text_add(play->out, "! the step asks to be called again and again without an event\n");
            play->stop = true;
        }
        if (next <= play->now.boot_ms) continue;
        play->now.wall_ms += next - play->now.boot_ms;
        play->now.boot_ms = next;
    }
    if (boot_ms <= play->now.boot_ms) return;
    play->now.wall_ms += boot_ms - play->now.boot_ms;
    play->now.boot_ms = boot_ms;
}

/* --- what the daemon would tell --- */

void play_config(struct play *play)
{
    play_event(play, EVENT_CONFIG)->config = setting_config(&play->setting);
}

static bool directory_make(const char *name)
{
    return mkdir(name, 0700) == 0 || errno == EEXIST;
}

static void write_manifests(const struct manifest_set *set)
{
    char path[64];
    snprintf(path, sizeof path, "%s/all.yaml", set->source);
    if (!set->text) {
        unlink(path);
        rmdir(set->source);
        return;
    }
    FILE *file = directory_make(set->source) ? fopen(path, "w") : NULL;
    if (!file || fputs(set->text, file) < 0 || fclose(file) != 0) abort();
}

static void source_fault(struct play *play, const char *source, const struct reading *reading)
{
    struct event *event = play_event(play, EVENT_SOURCE_FAULT);
    uint32_t count = reading->mistakes.count;
    struct error *mistakes = ARENA_ROW(&play->arena, struct error, count + 1);
    for (uint32_t i = 0; i < count; i++)
        mistakes[i] = reading->mistakes.items[i];
    event->source_fault.source = arena_text(&play->arena, source);
    event->source_fault.mistakes = mistakes;
    event->source_fault.count = count;
    event->source_fault.missing = reading->missing;
}

void play_read(struct play *play, const char *name)
{
    struct config *config = setting_config(&play->setting);
    const struct source_config *source = config_source(config, name);
    struct reading reading;
    if (source && source_read(source, config, setting_traits(), &reading)) {
        play_event(play, EVENT_GENERATION)->generation = reading.generation;
        reading.generation = NULL;
        reading_release(&reading);
    } else if (source) {
        source_fault(play, name, &reading);
        reading_release(&reading);
    }
    config_free(config);
}

void play_manifests(struct play *play, const struct manifest_set *set)
{
    write_manifests(set);
    play_read(play, set->source);
}

static void ledger_event(struct play *play)
{
    struct event *event = play_event(play, EVENT_LEDGER);
    event->ledger = (struct event_ledger){.state = play->ledger,
                                          .records = play->rows,
                                          .count = play->ledger == LEDGER_LOADED ? play->row_count : 0,
                                          .problem = "file is not a database"};
}

void play_start(struct play *play)
{
    uint8_t entropy[32];
    for (unsigned i = 0; i < sizeof entropy; i++)
        entropy[i] = (uint8_t)(i * 7 + 1 + play->starts);
    play->starts++;
    struct config *config = setting_config(&play->setting);
    play->world.owner = arena_text(&play->arena, config->owner);
    play->state = reconcile_new(entropy, play->now);
    ledger_event(play);
    play_config(play);
    for (uint32_t i = 0; i < config->cloud_count; i++) {
        struct event *event = play_event(play, EVENT_SESSION);
        event->session = (struct event_session){.cloud = arena_text(&play->arena, config->clouds[i].name),
                                                .state = SESSION_READY,
                                                .fingerprint = "project-1"};
    }
    for (unsigned i = 0; i < play->manifest_count; i++)
        play_manifests(play, &play->manifests[i]);
    config_free(config);
    play_until(play, play->now.boot_ms);
}

void play_restart(struct play *play)
{
    forget_core(play);
    play->ledger = LEDGER_LOADED;
    play_start(play);
}
