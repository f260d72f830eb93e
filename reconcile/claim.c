#include "reconcile/claim.h"

#include <string.h>

#include "reconcile/marking.h"
#include "reconcile/observe.h"
#include "reconcile/store.h"

static void store(struct state *state, const struct object *object)
{
    const char *path = object_path(object, &state->effects->arena);
    store_meta(state, arena_printf(&state->effects->arena, CLAIM_KEY "%s", path),
               object->claimed[0] ? object->claimed : NULL);
}

void claim_begin(struct state *state, struct object *object, const struct server *server)
{
    if (!server_is_taken(state, server)) return;
    text_copy(object->claimed, sizeof object->claimed, server->facts.mark.owner);
    object->mark_repairs = 0;
    object->mark_repaired_ms = 0;
    store(state, object);
}

bool claim_is_open(const struct object *object)
{
    return object->claimed[0] != '\0';
}

bool claim_covers(const struct state *state, const struct object *object, const struct server *server)
{
    return server_is_taken(state, server) && text_equal(server->facts.mark.owner, object->claimed);
}

void claim_observe(struct state *state, struct object *object, const struct server *server)
{
    const char *value;
    if (!claim_is_open(object) || claim_covers(state, object, server)) return;
    if (server_is_taken(state, server) || !object_mark_repair(state, object, server, &state->turn, &value)) {
        claim_end(state, object);
    } else if (server_is_marked_ours(state, object->cloud, server) &&
               !text_equal(object->claimed, state->config->owner)) {
        text_copy(object->claimed, sizeof object->claimed, state->config->owner);
        store(state, object);
    }
}

void claim_end(struct state *state, struct object *object)
{
    if (!claim_is_open(object)) return;
    object->claimed[0] = '\0';
    store(state, object);
}

void claim_move(struct state *state, struct object *from, struct object *to)
{
    if (!claim_is_open(from)) return;
    text_copy(to->claimed, sizeof to->claimed, from->claimed);
    store(state, to);
    claim_end(state, from);
}

bool claim_load(struct state *state, const char *target, const char *owner)
{
    struct object *object = state_object_add(state, target);
    return object && text_copy(object->claimed, sizeof object->claimed, owner);
}
