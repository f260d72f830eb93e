#include "reconcile/names.h"

#include <stdlib.h>
#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/observe.h"

void names_touch(struct state *state)
{
    state->wanted_stale = state->tagged_stale = true;
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

static int compare_tags(const void *a, const void *b)
{
    return strcmp(((const struct tagged *)a)->tag, ((const struct tagged *)b)->tag);
}

static void add_tag(struct state *state, const struct cloud *cloud, struct object *object)
{
    if (!cloud || !cloud->traits || cloud->traits->mark != MARK_IN_DESCRIPTION) return;
    ROW_RESERVE(state->tagged, state->tagged_count, state->tagged_room);
    struct tagged *tagged = &state->tagged[state->tagged_count++];
    mark_tag(cloud->name, object->source->name, object->name, tagged->tag);
    tagged->object = object;
}

static void add_tags(struct state *state, struct object *object)
{
    if (object->keypair) return; /* may have an instance's name */
    if (!object_is_nowhere(object)) {
        add_tag(state, state_cloud(state, object_cloud_name(object)), object);
        return;
    }
    for (uint32_t i = 0; i < state->cloud_count; i++)
        add_tag(state, state->clouds[i], object);
}

static void build_tags(struct state *state)
{
    state->tagged_count = 0;
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++)
            add_tags(state, state->sources[i]->objects[j]);
    if (state->tagged_count > 0)
        qsort(state->tagged, state->tagged_count, sizeof *state->tagged, compare_tags);
    state->tagged_stale = false;
    state->tagged_seq = state->object_seq;
}

struct object *names_tagged(struct state *state, const char *tag)
{
    if (state->tagged_stale || state->tagged_seq != state->object_seq) build_tags(state);
    struct tagged key = {.object = NULL};
    text_copy(key.tag, sizeof key.tag, tag);
    const struct tagged *found =
        state->tagged_count > 0 ? bsearch(&key, state->tagged, state->tagged_count, sizeof key, compare_tags)
                                : NULL;
    return found ? found->object : NULL;
}
