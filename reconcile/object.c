#include "reconcile/object.h"

#include <stdlib.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/keypair.h"
#include "reconcile/source.h"

static uint32_t set_place(const struct text_set *set, const char *item, bool *out_found)
{
    uint32_t place = 0;
    int order = 1;
    while (place < set->count && (order = strcmp(set->items[place], item)) < 0)
        place++;
    *out_found = place < set->count && order == 0;
    return place;
}

void text_set_add(struct text_set *set, const char *item)
{
    bool found;
    uint32_t place = set_place(set, item, &found);
    if (found) return;
    ROW_RESERVE(set->items, set->count, set->room);
    memmove(set->items + place + 1, set->items + place, (set->count - place) * sizeof *set->items);
    set->items[place] = memory_copy_text(item);
    set->count++;
}

void text_set_remove(struct text_set *set, const char *item)
{
    bool found;
    uint32_t place = set_place(set, item, &found);
    if (!found) return;
    memory_free(set->items[place]);
    memmove(set->items + place, set->items + place + 1, (set->count - place - 1) * sizeof *set->items);
    set->count--;
}

bool text_set_has(const struct text_set *set, const char *item)
{
    bool found;
    set_place(set, item, &found);
    return found;
}

void text_set_release(struct text_set *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        memory_free(set->items[i]);
    memory_free(set->items);
    *set = (struct text_set){0};
}

const char *text_set_show(const struct text_set *set, struct arena *arena)
{
    struct text text;
    text_init(&text, 1 << 20);
    for (uint32_t i = 0; i < set->count; i++)
        text_addf(&text, "%zu:%s", strlen(set->items[i]), set->items[i]);
    const char *shown = arena_text(arena, text.length > 0 ? text.bytes : "");
    text_release(&text);
    return shown;
}

bool text_set_parse(struct text_set *set, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        size_t size = 0, digits = 0;
        for (; digits < left && digits < 6 && text[digits] >= '0' && text[digits] <= '9'; digits++)
            size = size * 10 + (size_t)(text[digits] - '0');
        if (digits == 0 || digits >= left || text[digits] != ':' || size > left - digits - 1) return false;
        char *item = memory_alloc(size + 1);
        memcpy(item, text + digits + 1, size);
        item[size] = '\0';
        text_set_add(set, item);
        memory_free(item);
        text += digits + 1 + size;
        left -= digits + 1 + size;
    }
    return true;
}

void times_add(struct times *times, int64_t at_ms)
{
    if (times->count == TIMES_MAX) {
        memmove(times->at_ms, times->at_ms + 1, (TIMES_MAX - 1) * sizeof *times->at_ms);
        times->count--;
    }
    times->at_ms[times->count++] = at_ms;
}

unsigned times_within(const struct times *times, int64_t now_ms, int64_t window_ms)
{
    unsigned count = 0;
    for (unsigned i = 0; i < times->count; i++)
        count += times->at_ms[i] > now_ms - window_ms;
    return count;
}

struct object *object_new(struct source *source, const char *name, uint64_t order)
{
    struct object *object = NEW(struct object);
    object->source = source;
    bool fits = text_copy(object->name, sizeof object->name, name);
    ASSERT(fits);
    object->order = order;
    object->timer.name = object->name;
    object->timer.order = hash_keyed((struct hash_key){1, 2}, source->name, strlen(source->name));
    object->verdict = VERDICT_UNKNOWN;
    object->reason = REASON_NOT_SEEN_YET;
    blocker_set(&object->by, BLOCKER_LIST, object, NULL, BLOCKER_ALL);
    object->since_wall_ms = -1;
    object->next_try_ms = NEVER_MS;
    object->approval.call = CALL_NONE;
    object->retry_call = object->ignored_call = CALL_NONE;
    object->flip_field = FIELD_COUNT;
    return object;
}

void object_free(struct object *object)
{
    ASSERT(!object->dirty && !object->queued && object->timer.place == 0 && !object->intent);
    text_set_release(&object->metadata);
    text_set_release(&object->volumes);
    text_set_release(&object->addresses);
    text_set_release(&object->tombstones);
    object_unresolve(object);
    keypair_free(object->keypair);
    memory_free(object->marked);
    memory_free(object->subject);
    memory_free(object);
}

const char *object_cloud_name(const struct object *object)
{
    return object->cloud_name[0] == '\0' && object->spec ? object->spec->cloud : object->cloud_name;
}

bool object_is_nowhere(const struct object *object)
{
    return object_cloud_name(object)[0] == '\0';
}

const char *object_path(const struct object *object, struct arena *arena)
{
    return arena_printf(arena, "%s/%s", object->source->name, object->name);
}

enum phase object_power(const struct object *object)
{
    return object->spec ? spec_power(object->spec) : PHASE_RUNNING;
}

void object_clear_applied(struct object *object)
{
    object->applied_fields = 0;
    memset(object->applied, 0, sizeof object->applied);
}

void object_unresolve(struct object *object)
{
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        memory_free(object->resolved[i].text);
        memory_free(object->resolved[i].id);
        object->resolved[i] = (struct resolved){0};
    }
}

void object_resolve(struct object *object, enum field field, const char *text, const char *id)
{
    struct resolved *resolved = &object->resolved[field];
    if (text_equal(resolved->text, text) && text_equal(resolved->id, id)) return;
    memory_free(resolved->text);
    memory_free(resolved->id);
    resolved->text = memory_copy_text(text);
    resolved->id = memory_copy_text(id);
    object->ledger_dirty = true;
}
