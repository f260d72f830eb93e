#include "reconcile/find.h"

#include <string.h>

static const char *nearest(const struct state *state, const char *name)
{
    const char *best = NULL;
    unsigned limit = 3, best_distance = limit + 1;
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            unsigned distance = text_distance(name, state->sources[i]->objects[j]->name, limit);
            if (distance >= best_distance) continue;
            best = state->sources[i]->objects[j]->name;
            best_distance = distance;
        }
    return best;
}

static enum found nothing(const struct state *state, const char *name, struct text *message)
{
    const char *slash = strchr(name, '/');
    const char *near = nearest(state, slash ? slash + 1 : name);
    text_addf(message, "no object \"%s\"", name);
    if (near) text_addf(message, "; did you mean \"%s\"?", near);
    return FOUND_NOTHING;
}

enum found find_object(const struct state *state, const char *name, struct object **out, struct text *message)
{
    const char *slash = strchr(name, '/');
    struct object *first = NULL;
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct source *source = state->sources[i];
        if (slash && (strlen(source->name) != (size_t)(slash - name) ||
                      strncmp(source->name, name, (size_t)(slash - name)) != 0))
            continue;
        struct object *object = source_object(source, slash ? slash + 1 : name);
        if (!object) continue;
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
