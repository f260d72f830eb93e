#include "reconcile/state.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

struct cloud *state_cloud(const struct state *state, const char *name)
{
    for (uint32_t i = 0; i < state->cloud_count; i++)
        if (strcmp(state->clouds[i]->name, name) == 0) return state->clouds[i];
    return NULL;
}

struct cloud *state_cloud_add(struct state *state, const char *name)
{
    struct cloud *cloud = state_cloud(state, name);
    if (cloud) return cloud;
    ROW_RESERVE(state->clouds, state->cloud_count, state->cloud_room);
    uint32_t place = state->cloud_count++;
    for (; place > 0 && strcmp(state->clouds[place - 1]->name, name) > 0; place--)
        state->clouds[place] = state->clouds[place - 1];
    return state->clouds[place] = cloud_new(name);
}

struct source *state_source(const struct state *state, const char *name)
{
    for (uint32_t i = 0; i < state->source_count; i++)
        if (strcmp(state->sources[i]->name, name) == 0) return state->sources[i];
    return NULL;
}

struct source *state_source_add(struct state *state, const char *name)
{
    struct source *source = state_source(state, name);
    if (source) return source;
    ROW_RESERVE(state->sources, state->source_count, state->source_room);
    uint32_t place = state->source_count++;
    for (; place > 0 && strcmp(state->sources[place - 1]->name, name) > 0; place--)
        state->sources[place] = state->sources[place - 1];
    source = state->sources[place] = NEW(struct source);
    bool fits = text_copy(source->name, sizeof source->name, name);
    ASSERT(fits);
    source->since_wall_ms = state->now.wall_ms;
    return source;
}

struct object *state_object(const struct state *state, const char *source, const char *name)
{
    struct source *found = state_source(state, source);
    return found ? source_object(found, name) : NULL;
}

struct object *state_object_add(struct state *state, const char *path)
{
    char name[LIMIT_DOCUMENT_NAME + 1];
    const char *slash = strchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (length == 0 || length >= sizeof name || slash[1] == '\0' || strlen(slash + 1) > LIMIT_NAME)
        return NULL;
    memcpy(name, path, length);
    name[length] = '\0';
    struct source *source = state_source_add(state, name);
    struct object *object = source_object(source, slash + 1);
    return object ? object : source_add(source, slash + 1, ++state->object_seq);
}

void state_dirty(struct state *state, struct object *object)
{
    if (object->dirty) return;
    object->dirty = true;
    object->dirty_next = NULL;
    if (state->dirty_last)
        state->dirty_last->dirty_next = object;
    else
        state->dirty_first = object;
    state->dirty_last = object;
    state->dirty_count++;
}

void state_dirty_source(struct state *state, struct source *source)
{
    for (uint32_t i = 0; i < source->object_count; i++)
        state_dirty(state, source->objects[i]);
}

void state_dirty_cloud(struct state *state, struct cloud *cloud)
{
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++)
            if (state->sources[i]->objects[j]->cloud == cloud)
                state_dirty(state, state->sources[i]->objects[j]);
}

void state_dirty_slots(struct state *state, struct source *source)
{
    for (uint32_t i = 0; i < source->object_count; i++)
        if (source->objects[i]->reason == REASON_DISRUPTION_LIMIT) state_dirty(state, source->objects[i]);
}

void state_wake(struct state *state, struct object *object, int64_t due_ms)
{
    heap_set(&state->timers, &object->timer, due_ms);
}

int64_t state_cloud_wall(const struct state *state, const struct cloud *cloud, int64_t boot_ms)
{
    return cloud->date_offset_ms ? boot_ms + cloud->date_offset_ms
                                 : state->now.wall_ms - (state->now.boot_ms - boot_ms);
}

int64_t state_jitter(struct state *state, int64_t delay_ms)
{
    if (delay_ms < 4) return delay_ms;
    int64_t least = delay_ms / 4;
    return least + (int64_t)prng_below(&state->prng, (uint64_t)(delay_ms - least) + 1);
}

int64_t backoff_ms(int64_t first_ms, unsigned times, unsigned factor_percent, int64_t most_ms)
{
    int64_t delay = first_ms;
    for (unsigned i = 1; i < times && delay < most_ms; i++)
        delay = delay * factor_percent / 100;
    return instant_min(delay, most_ms);
}

struct effect *state_effect(struct state *state, enum effect_kind kind)
{
    struct effects *effects = state->effects;
    ROW_RESERVE(effects->items, effects->count, effects->room);
    struct effect *effect = &effects->items[effects->count++];
    memset(effect, 0, sizeof *effect);
    effect->kind = kind;
    return effect;
}

struct record *state_record(struct state *state, enum record_table table)
{
    ROW_RESERVE(state->records, state->record_count, state->record_room);
    struct record *record = &state->records[state->record_count++];
    *record = (struct record){.table = table};
    return record;
}

void state_answer(struct state *state, uint64_t command, enum answer_code code, const char *format, ...)
{
    char message[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct effect *effect = state_effect(state, EFFECT_ANSWER);
    effect->answer.id = command;
    effect->answer.code = code;
    effect->answer.message = arena_text(&state->effects->arena, message);
}

static void tell_record(struct state *state, const struct tell *tell)
{
    struct arena *arena = &state->effects->arena;
    struct record *record = state_record(state, RECORD_EVENTS);
    unsigned i = 0;
    record->cells[i++] = arena_printf(arena, "%020llu", (unsigned long long)tell->seq);
    record->cells[i++] = arena_printf(arena, "%lld", (long long)tell->wall_ms);
    record->cells[i++] = arena_printf(arena, "%d", (int)tell->level);
    record->cells[i++] = tell->source;
    record->cells[i++] = tell->name;
    record->cells[i++] = tell->cloud;
    record->cells[i++] = tell->type;
    record->cells[i++] = tell->reason;
    record->cells[i++] = tell->message;
    record->cells[i++] = tell->call;
    record->cells[i++] = tell->request_id;
    record->cells[i++] = tell->revision;
    record->cells[i++] = arena_printf(arena, "%lld", (long long)tell->uid);
    record->cells[i++] = arena_printf(arena, "%u", tell->pid);
    ASSERT(i == record_table_row(RECORD_EVENTS)->columns);
}

void state_tell(struct state *state, struct tell_about about, const char *format, ...)
{
    char message[LIMIT_MESSAGE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct arena *arena = &state->effects->arena;
    const struct source *source = about.object ? about.object->source : about.source;
    const struct cloud *cloud = about.object && about.object->cloud ? about.object->cloud : about.cloud;
    struct effect *effect = state_effect(state, EFFECT_TELL);
    effect->tell = (struct tell){
        .seq = ++state->event_seq,
        .wall_ms = state->now.wall_ms,
        .level = about.level,
        .source = source ? arena_text(arena, source->name) : "",
        .name = about.object ? arena_text(arena, about.object->name) : "",
        .cloud = cloud ? arena_text(arena, cloud->name) : "",
        .type = about.type,
        .reason = about.reason ? about.reason : "",
        .message = arena_text(arena, message),
        .call = about.call ? about.call : "",
        .request_id = about.request_id ? arena_text(arena, about.request_id) : "",
        .revision = source ? arena_text(arena, source->revision) : "",
        .uid = about.by_person ? (int64_t)about.uid : -1,
        .pid = about.by_person ? about.pid : 0,
    };
    tell_record(state, &effect->tell);
}
