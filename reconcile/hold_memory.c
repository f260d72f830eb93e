#include "reconcile/hold_memory.h"

#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/store.h"

static struct hold_memory *find(struct state *state, const char *source, const char *cloud,
                                enum reason reason)
{
    for (uint32_t i = 0; i < state->hold_memory_count; i++) {
        struct hold_memory *memory = &state->hold_memories[i];
        if (memory->reason == reason && strcmp(memory->source, source) == 0 &&
            strcmp(memory->cloud, cloud) == 0)
            return memory;
    }
    ROW_RESERVE(state->hold_memories, state->hold_memory_count, state->hold_memory_room);
    struct hold_memory *memory = &state->hold_memories[state->hold_memory_count++];
    *memory = (struct hold_memory){.reason = reason};
    text_copy(memory->source, sizeof memory->source, source);
    text_copy(memory->cloud, sizeof memory->cloud, cloud);
    return memory;
}

struct hold_memory *hold_memory_of(struct state *state, const struct hold *hold)
{
    return find(state, hold->source, hold->cloud, hold->reason);
}

void hold_memory_store(struct state *state, const struct hold_memory *memory)
{
    struct arena *arena = &state->effects->arena;
    const char *key = arena_printf(arena, HOLD_KEY "%s/%s/%s", memory->source, memory->cloud,
                                   reason_row(memory->reason)->word);
    const char *value =
        arena_printf(arena, "%s %s %lld", memory->id, memory->set_id, (long long)memory->since_wall_ms);
    store_meta(state, key, memory->id[0] ? value : NULL);
}

void hold_memories_end(struct state *state)
{
    for (uint32_t i = 0; i < state->hold_memory_count; i++) {
        struct hold_memory *memory = &state->hold_memories[i];
        bool ended = memory->stands && !memory->seen;
        memory->seen = false;
        if (!ended) continue;
        memory->stands = memory->told = false;
        memory->id[0] = memory->set_id[0] = '\0';
        hold_memory_store(state, memory);
    }
}

/* The next part up to `end`; "" is one, too. */
static bool part_take(const char **at, char end, char *out, size_t size)
{
    const char *stop = strchr(*at, end);
    size_t length = stop ? (size_t)(stop - *at) : size;
    if (length >= size) return false;
    memcpy(out, *at, length);
    out[length] = '\0';
    *at = stop + 1;
    return true;
}

bool hold_memory_load(struct state *state, const char *target, const char *value)
{
    struct hold_memory read = {.stands = false};
    uint64_t wall_ms;
    if (!part_take(&target, '/', read.source, sizeof read.source) ||
        !part_take(&target, '/', read.cloud, sizeof read.cloud) || !reason_from_word(target, &read.reason) ||
        !part_take(&value, ' ', read.id, sizeof read.id) ||
        !part_take(&value, ' ', read.set_id, sizeof read.set_id) ||
        !text_to_number(value, INT64_MAX, &wall_ms))
        return false;
    read.since_wall_ms = (int64_t)wall_ms;
    *find(state, read.source, read.cloud, read.reason) = read;
    return true;
}
