#include "reconcile/names.h"

#include <stdlib.h>
#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/observe.h"

void names_touch(struct state *state)
{
    state->wanted_stale = true;
}

static int compare(const void *a, const void *b)
{
    const struct object *x = *(struct object *const *)a, *y = *(struct object *const *)b;
    int order = strcmp(x->spec->cloud, y->spec->cloud);
    if (order == 0) order = strcmp(object_server_name(x), object_server_name(y));
    if (order != 0) return order;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void build(struct state *state)
{
    state->wanted_count = 0;
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            if (!state->sources[i]->objects[j]->spec) continue;
            ROW_RESERVE(state->wanted, state->wanted_count, state->wanted_room);
            state->wanted[state->wanted_count++] = state->sources[i]->objects[j];
        }
    if (state->wanted_count > 0) qsort(state->wanted, state->wanted_count, sizeof *state->wanted, compare);
    state->wanted_stale = false;
}

static int compare_to(const struct object *object, const char *cloud, const char *name)
{
    int order = strcmp(object->spec->cloud, cloud);
    return order != 0 ? order : strcmp(object_server_name(object), name);
}

const struct object *names_rival(struct state *state, const struct object *object, const char *name)
{
    if (state->wanted_stale) build(state);
    const char *cloud = object->spec->cloud;
    uint32_t low = 0, high = state->wanted_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_to(state->wanted[middle], cloud, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < state->wanted_count && compare_to(state->wanted[low], cloud, name) == 0; low++) {
        const struct object *other = state->wanted[low];
        if (other->source != object->source && other->state == OBJECT_MANAGED) return other;
    }
    return NULL;
}
