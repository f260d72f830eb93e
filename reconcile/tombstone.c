#include "reconcile/tombstone.h"

#include <stdio.h>
#include <string.h>

static const char GAVE_UP[] = "attempt=";

static bool is_attempt(const char *tombstone)
{
    const char *blank = strchr(tombstone, ' ');
    return blank && strncmp(blank + 1, GAVE_UP, sizeof GAVE_UP - 1) == 0;
}

static bool is_old(const struct state *state, const char *tombstone)
{
    char wall[24];
    uint64_t at_ms;
    size_t size = strcspn(tombstone, " ");
    if (size >= sizeof wall) return false;
    memcpy(wall, tombstone, size);
    wall[size] = '\0';
    return text_to_number(wall, INT64_MAX, &at_ms) && (int64_t)at_ms < state->now.wall_ms - TOMBSTONE_MS;
}

/* Oldest first, as their times are as long as one another. A create that is refused once a minute would
   otherwise leave thousands. */
static void trim_tombstones(const struct state *state, struct object *object)
{
    struct text_set *set = &object->tombstones;
    uint32_t attempts = 0;
    for (uint32_t i = 0; i < set->count; i++)
        attempts += is_attempt(set->items[i]);
    for (uint32_t i = 0; i < set->count;) {
        bool old = is_old(state, set->items[i]);
        bool many = is_attempt(set->items[i]) && attempts > GAVE_UP_MAX;
        if (!old && !many) {
            i++;
            continue;
        }
        attempts -= is_attempt(set->items[i]);
        text_set_remove(set, set->items[i]);
    }
}

void object_add_tombstone(struct state *state, struct object *object, const char *id)
{
    text_set_add(&object->tombstones,
                 arena_printf(&state->turn, "%lld %s", (long long)state->now.wall_ms, id));
    trim_tombstones(state, object);
}

bool object_has_tombstone(const struct object *object, const char *id)
{
    for (uint32_t i = 0; i < object->tombstones.count; i++) {
        const char *blank = strchr(object->tombstones.items[i], ' ');
        if (blank && strcmp(blank + 1, id) == 0) return true;
    }
    return false;
}

void object_give_up(struct state *state, struct object *object, const char *attempt)
{
    object_add_tombstone(state, object, arena_printf(&state->turn, "%s%s", GAVE_UP, attempt));
}

bool object_gave_up(const struct object *object, const char *attempt)
{
    char name[sizeof GAVE_UP + MARK_ATTEMPT];
    snprintf(name, sizeof name, "%s%s", GAVE_UP, attempt);
    return object_has_tombstone(object, name);
}
