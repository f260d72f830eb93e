#include "reconcile/source.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/keypair.h"

void window_release(struct window *window)
{
    memory_free(window->charges);
    memory_free(window->levels);
    *window = (struct window){0};
}

static void levels_expire(struct window *window, int64_t from_ms)
{
    uint32_t gone = 0;
    while (gone < window->level_count && window->levels[gone].until_ms <= from_ms)
        gone++;
    if (gone == 0) return;
    memmove(window->levels, window->levels + gone, (window->level_count - gone) * sizeof *window->levels);
    window->level_count -= gone;
}

uint32_t window_base(struct window *window, int64_t now_ms, int64_t per_ms)
{
    levels_expire(window, now_ms - per_ms);
    return window->level_count > 0 ? window->levels[0].count : 0;
}

void window_level(struct window *window, int64_t now_ms, uint32_t bound)
{
    struct level *last = window->level_count > 0 ? &window->levels[window->level_count - 1] : NULL;
    if (last && last->count == bound) return;
    if (last) last->until_ms = now_ms;
    while (window->level_count > 0 && window->levels[window->level_count - 1].count <= bound)
        window->level_count--;
    ROW_RESERVE(window->levels, window->level_count, window->level_room);
    window->levels[window->level_count++] = (struct level){NEVER_MS, bound};
}

uint32_t window_used(struct window *window, int64_t now_ms, int64_t per_ms)
{
    uint32_t old = 0, kept = 0;
    for (; old < window->count && window->charges[old].at_ms <= now_ms - per_ms; old++) {
        if (window->charges[old].stands)
            window->charges[kept++] = window->charges[old];
        else
            window->renewed -= window->charges[old].renewed;
    }
    if (kept < old) {
        memmove(window->charges + kept, window->charges + old,
                (window->count - old) * sizeof *window->charges);
        window->count -= old - kept;
    }
    return window->count - window->renewed;
}

/* The newest charge for that server; NULL = none. */
static struct charge *charge_of(const struct window *window, uint64_t server)
{
    for (uint32_t i = window->count; server != 0 && i-- > 0;)
        if (window->charges[i].server == server) return &window->charges[i];
    return NULL;
}

static void renew(struct window *window, struct charge *charge, bool renewed)
{
    if (!charge || charge->renewed == renewed) return;
    charge->renewed = renewed;
    window->renewed += renewed ? 1 : UINT32_MAX; /* + 1 or - 1 */
}

bool window_has(const struct window *window, uint64_t server)
{
    return charge_of(window, server) != NULL;
}

void window_add(struct window *window, struct charge charge)
{
    renew(window, charge_of(window, charge.server), true);
    ROW_RESERVE(window->charges, window->count, window->room);
    window->charges[window->count++] = charge;
}

void window_charge(struct window *window, uint64_t id, uint64_t server, struct now now)
{
    window_add(window,
               (struct charge){.at_ms = now.boot_ms, .at_wall_ms = now.wall_ms, .id = id, .server = server});
}

void window_reserve(struct window *window, uint64_t id, struct now now)
{
    window_add(window,
               (struct charge){.at_ms = now.boot_ms, .at_wall_ms = now.wall_ms, .id = id, .stands = true});
}

bool window_refund(struct window *window, uint64_t id)
{
    for (uint32_t i = 0; i < window->count; i++) {
        struct charge charge = window->charges[i];
        if (charge.id != id) continue;
        renew(window, &window->charges[i], false);
        memmove(window->charges + i, window->charges + i + 1,
                (window->count - i - 1) * sizeof *window->charges);
        window->count--;
        if (!charge.renewed) renew(window, charge_of(window, charge.server), false);
        return true;
    }
    return false;
}

int64_t window_resets(const struct window *window, int64_t per_ms)
{
    if (window->used_up) return window->used_up_until_ms;
    for (uint32_t i = 0; i < window->count; i++)
        if (!window->charges[i].stands && !window->charges[i].renewed)
            return instant_after(window->charges[i].at_ms, per_ms);
    return NEVER_MS;
}

/* key->cloud NULL: an instance. */
static int place_compare(const struct object *object, const struct keypair_place *key)
{
    bool is_keypair = object->keypair != NULL, wants_keypair = key->cloud != NULL;
    if (is_keypair != wants_keypair) return is_keypair ? 1 : -1;
    int order = strcmp(object->name, key->name);
    if (order == 0 && is_keypair) order = strcmp(object->cloud_name, key->cloud);
    if (order == 0 && is_keypair) order = strcmp(object->keypair->key_name, key->key_name);
    return order;
}

static uint32_t place_of(const struct source *source, const struct keypair_place *key)
{
    uint32_t low = 0, high = source->object_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (place_compare(source->objects[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct object *find(const struct source *source, const struct keypair_place *key)
{
    uint32_t place = place_of(source, key);
    bool found = place < source->object_count && place_compare(source->objects[place], key) == 0;
    return found ? source->objects[place] : NULL;
}

static struct object *insert(struct source *source, const struct keypair_place *key, struct object *object)
{
    uint32_t place = place_of(source, key);
    ROW_RESERVE(source->objects, source->object_count, source->object_room);
    memmove(source->objects + place + 1, source->objects + place,
            (source->object_count - place) * sizeof *source->objects);
    source->object_count++;
    return source->objects[place] = object;
}

struct object *source_object(const struct source *source, const char *name)
{
    return find(source, &(struct keypair_place){.name = name});
}

struct object *source_add(struct source *source, const char *name, uint64_t order)
{
    return insert(source, &(struct keypair_place){.name = name}, object_new(source, name, order));
}

struct object *source_keypair(const struct source *source, struct keypair_place key)
{
    return find(source, &key);
}

struct object *source_add_keypair(struct source *source, struct keypair_place key, uint64_t order)
{
    return insert(source, &key, keypair_new(source, key, order));
}

struct object *const *source_keypairs(const struct source *source, uint32_t *out_count)
{
    uint32_t first = place_of(source, &(struct keypair_place){.name = "", .cloud = "", .key_name = ""});
    *out_count = source->object_count - first;
    return source->objects ? source->objects + first : NULL;
}

void source_remove(struct source *source, struct object *object)
{
    struct keypair_place key = {.name = object->name};
    if (object->keypair) key = keypair_place(object);
    uint32_t place = place_of(source, &key);
    ASSERT(place < source->object_count && source->objects[place] == object);
    memmove(source->objects + place, source->objects + place + 1,
            (source->object_count - place - 1) * sizeof *source->objects);
    source->object_count--;
}

void source_clear_mistakes(struct source *source)
{
    for (uint32_t i = 0; i < source->mistake_count; i++) {
        memory_free(source->mistakes[i].file);
        memory_free(source->mistakes[i].message);
    }
    memory_free(source->mistakes);
    source->mistakes = NULL;
    source->mistake_count = 0;
}

bool source_may_use(const struct source *source, const char *cloud)
{
    if (!source->config) return false;
    for (uint32_t i = 0; i < source->config->cloud_count; i++)
        if (strcmp(source->config->clouds[i], cloud) == 0) return true;
    return false;
}
