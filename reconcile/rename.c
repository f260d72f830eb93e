#include "reconcile/rename.h"

#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/budget.h"
#include "reconcile/claim.h"
#include "reconcile/look.h"
#include "reconcile/store.h"
#include "reconcile/successor.h"

/* A rename that waits. The old object is known by its order, the new one by its name: neither is held. */
struct rename {
    uint64_t old;
    char source[LIMIT_DOCUMENT_NAME + 1];
    char name[LIMIT_NAME + 1];
};

static struct object *former_of(const struct state *state, const struct object *object)
{
    const char *was = object->spec ? object->spec->was : NULL, *slash = was ? strchr(was, '/') : NULL;
    char source[LIMIT_DOCUMENT_NAME + 1];
    if (!was) return NULL;
    if (!slash) return source_object(object->source, was);
    size_t size = (size_t)(slash - was);
    if (size >= sizeof source) return NULL;
    memcpy(source, was, size);
    source[size] = '\0';
    return state_object(state, source, slash + 1);
}

/* Has a server, or is about to. */
static bool has_entry(const struct object *old)
{
    return old->current[0] != '\0' || (old->intent && old->intent->kind == CALL_CREATE);
}

/* One that had a server of its own is itself: `was` may stand there for years. */
static bool is_heir(const struct object *object, const struct object *old)
{
    bool is_new = object->current[0] == '\0' && !object->intent && !object->was_converged &&
                  object->tombstones.count == 0;
    return old && old != object && has_entry(old) && is_new;
}

/* What a source describes is known once it was read; where there is no document of it, nothing is described.
 */
static bool is_unread(const struct state *state, const struct source *source)
{
    return !source->generation && state->config && config_source(state->config, source->name);
}

enum rename_wait rename_waits(const struct state *state, const struct object *object,
                              const struct object **out_former)
{
    const struct object *old = *out_former = former_of(state, object);
    if (!is_heir(object, old)) return RENAME_NONE;
    if (old->spec) return RENAME_DESCRIBED;
    if (is_unread(state, old->source)) return RENAME_UNREAD;
    return old->intent ? RENAME_CALL : RENAME_NONE;
}

static void move(struct state *state, struct object *old, struct object *object)
{
    struct server *server = old->cloud ? servers_find(&old->cloud->servers, old->current) : NULL;
    text_copy(object->current, sizeof object->current, old->current);
    text_copy(object->cloud_name, sizeof object->cloud_name, old->cloud_name);
    text_copy(object->attempt, sizeof object->attempt, old->attempt);
    if (object->cloud != old->cloud) lane_leave(object); /* it waits in the old one's */
    object->cloud = old->cloud;
    claim_move(state, old, object);
    if (old->state == OBJECT_RELEASED) { /* it stays so until it is adopted */
        object->state = OBJECT_RELEASED;
        old->state = OBJECT_MANAGED;
    }
    object->protect |= old->protect;
    object->was_converged = old->was_converged;
    object->created_by_us = old->created_by_us;
    object->was_running = old->was_running;
    object->applied_fields = old->applied_fields;
    memcpy(object->applied, old->applied, sizeof object->applied);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (old->resolved[i].text)
            object_resolve(object, (enum field)i, old->resolved[i].text, old->resolved[i].id);
    struct text_set metadata = object->metadata, volumes = object->volumes, addresses = object->addresses;
    object->metadata = old->metadata;
    object->volumes = old->volumes;
    object->addresses = old->addresses;
    old->metadata = metadata;
    old->volumes = volumes;
    old->addresses = addresses;
    object->slot = old->slot;
    object->rebuilt = old->rebuilt;
    object->restarted_wall_ms = instant_max(object->restarted_wall_ms, old->restarted_wall_ms);
    text_copy(object->next, sizeof object->next, old->next);
    object->successor = old->successor;
    budget_release(state, object);
    object->reserved = old->reserved;
    struct server *next = successor_of(old);
    old->current[0] = old->next[0] = '\0';
    old->successor = (struct successor){.was_running = false};
    old->reserved = 0;
    old->protect = old->slot = false;
    if (server) server->owner = object;
    if (next) next->owner = object;
    object_recount(state, old);
    object_recount(state, object);
    store_object(state, old);
    store_object(state, object);
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "Renamed", .object = object),
               "took over server %s of %s", object->current, object->spec->was);
    state_dirty(state, old);
    state_dirty(state, object);
}

static void wait(struct state *state, const struct object *old, const struct object *object)
{
    for (uint32_t i = 0; i < state->rename_count; i++)
        if (state->renames[i].old == old->order) return;
    ROW_RESERVE(state->renames, state->rename_count, state->rename_room);
    struct rename *rename = &state->renames[state->rename_count++];
    *rename = (struct rename){.old = old->order};
    text_copy(rename->source, sizeof rename->source, object->source->name);
    text_copy(rename->name, sizeof rename->name, object->name);
}

static bool is_free(const struct state *state, const struct object *old)
{
    return !old->spec && !old->intent && !is_unread(state, old->source);
}

void rename_take(struct state *state, struct object *object)
{
    struct object *old = former_of(state, object);
    if (!is_heir(object, old)) return;
    if (is_free(state, old))
        move(state, old, object);
    else
        wait(state, old, object);
}

static struct rename *rename_of(const struct state *state, const struct object *old)
{
    for (uint32_t i = 0; i < state->rename_count; i++)
        if (state->renames[i].old == old->order) return &state->renames[i];
    return NULL;
}

static struct object *heir_at(const struct state *state, const struct rename *rename,
                              const struct object *old)
{
    struct object *object = state_object(state, rename->source, rename->name);
    return object && former_of(state, object) == old && is_heir(object, old) ? object : NULL;
}

const struct object *rename_heir(const struct state *state, const struct object *old)
{
    const struct rename *rename = rename_of(state, old);
    return rename ? heir_at(state, rename, old) : NULL;
}

void rename_go_on(struct state *state, struct object *old)
{
    struct rename *rename = rename_of(state, old);
    struct object *object = rename ? heir_at(state, rename, old) : NULL;
    if (!rename || (object && !is_free(state, old))) return;
    struct object *named = state_object(state, rename->source, rename->name);
    *rename = state->renames[--state->rename_count];
    if (object)
        move(state, old, object);
    else if (named)
        state_dirty(state, named);
}
