#include "reconcile/find.h"

#include <string.h>

#include "reconcile/keypair.h"

/* The nearest of the names that it was told of. */
struct nearest {
    const char *wanted;
    const char *best;
    unsigned distance; /* only smaller ones count */
};
enum { NEAR_TWO = 5, NEAR_THREE = 8 /* from this length on so many letters may be wrong */ };

static struct nearest nearest_to(const char *wanted)
{
    size_t size = strlen(wanted);
    return (struct nearest){.wanted = wanted, .distance = 2 + (size >= NEAR_TWO) + (size >= NEAR_THREE)};
}

static void nearest_take(struct nearest *nearest, const char *name)
{
    unsigned distance = text_distance(nearest->wanted, name, nearest->distance);
    if (distance >= nearest->distance) return;
    nearest->best = name;
    nearest->distance = distance;
}

static const char *object_near(const struct state *state, const char *name)
{
    struct nearest nearest = nearest_to(name);
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++)
            nearest_take(&nearest, state->sources[i]->objects[j]->name);
    return nearest.best;
}

const char *find_source_near(const struct state *state, const char *name)
{
    struct nearest nearest = nearest_to(name);
    for (uint32_t i = 0; i < state->source_count; i++)
        nearest_take(&nearest, state->sources[i]->name);
    return nearest.best;
}

const char *find_cloud_near(const struct state *state, const char *name)
{
    struct nearest nearest = nearest_to(name);
    for (uint32_t i = 0; i < state->cloud_count; i++)
        nearest_take(&nearest, state->clouds[i]->name);
    return nearest.best;
}

static enum found nothing(const struct state *state, const char *name, struct text *message)
{
    const char *slash = strchr(name, '/');
    const char *near = object_near(state, slash ? slash + 1 : name);
    const char *source = near || slash ? NULL : find_source_near(state, name);
    text_addf(message, "no object \"%s\"", name);
    if (near) text_addf(message, "; did you mean \"%s\"?", near);
    if (source) text_addf(message, "; did you mean the source \"%s\"?", source);
    return FOUND_NOTHING;
}

static bool is_source(const struct source *source, const char *name, const char *slash)
{
    return !slash || (strlen(source->name) == (size_t)(slash - name) &&
                      strncmp(source->name, name, (size_t)(slash - name)) == 0);
}

bool find_keypairs(const struct state *state, const char *name)
{
    const char *slash = strchr(name, '/'), *rest = slash ? slash + 1 : name;
    unsigned sources = 0;
    for (uint32_t i = 0; i < state->source_count; i++) {
        uint32_t count;
        bool found = false;
        if (!is_source(state->sources[i], name, slash)) continue;
        if (source_object(state->sources[i], rest)) return false;
        struct object *const *keypairs = source_keypairs(state->sources[i], &count);
        for (uint32_t j = 0; j < count && !found; j++)
            found = keypair_is_called(keypairs[j], rest);
        sources += found;
    }
    return sources == 1;
}

/* The key pair that a document names; of those only the one that is still remembered. NULL: none. */
static struct object *keypair_called(const struct source *source, const char *name, struct object **out_other)
{
    struct object *found = NULL;
    uint32_t count;
    struct object *const *keypairs = source_keypairs(source, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (!keypair_is_called(keypairs[i], name)) continue;
        bool same_place = found && strcmp(found->cloud_name, keypairs[i]->cloud_name) == 0;
        if (found && !same_place) *out_other = keypairs[i];
        if (!found || (same_place && keypairs[i]->keypair->spec)) found = keypairs[i];
    }
    return found;
}

const char *find_name(const struct state *state, const struct object *object, struct arena *arena)
{
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct object *other = source_object(state->sources[i], object->name), *none;
        if (!other) other = keypair_called(state->sources[i], object->name, &none);
        if (other && other != object) return object_path(object, arena);
    }
    return object->name;
}

enum found find_object(const struct state *state, const char *name, struct object **out, struct text *message)
{
    const char *slash = strchr(name, '/');
    struct object *first = NULL, *other = NULL;
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct source *source = state->sources[i];
        if (!is_source(source, name, slash)) continue;
        struct object *object = source_object(source, slash ? slash + 1 : name);
        if (!object) object = keypair_called(source, slash ? slash + 1 : name, &other);
        if (!object) continue;
        if (object->keypair && other) {
            text_addf(message, "\"%s\" is on several clouds; say %s@%s or %s@%s", name, name,
                      object->cloud_name, name, other->cloud_name);
            return FOUND_SEVERAL;
        }
        if (first) {
            text_addf(message, "\"%s\" is in several sources; say %s/%s or %s/%s", name, first->source->name,
                      name, source->name, name);
            return FOUND_SEVERAL;
        }
        first = object;
    }
    if (!first) return nothing(state, name, message);
    *out = first;
    return FOUND;
}
