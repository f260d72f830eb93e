#include "reconcile/marking.h"

#include <string.h>

#include "reconcile/claim.h"

void object_mark(const struct state *state, const struct object *object, enum mark_role role,
                 struct mark *out)
{
    *out = (struct mark){.role = role, .protect = object->protect};
    text_copy(out->owner, sizeof out->owner, state->config->owner);
    text_copy(out->cloud, sizeof out->cloud, object->cloud->name);
    text_copy(out->source, sizeof out->source, object->source->name);
    text_copy(out->name, sizeof out->name, object->name);
    const char *attempt = role == MARK_NEXT ? object->successor.attempt : object->attempt;
    text_copy(out->attempt, sizeof out->attempt, attempt[0] ? attempt : "adopted0");
    text_copy(out->writer, sizeof out->writer, state->writer);
    out->restarted_wall_ms = object->restarted_wall_ms;
    out->applied_fields = role == MARK_NEXT ? object->successor.applied_fields : object->applied_fields;
    memcpy(out->applied, role == MARK_NEXT ? object->successor.applied : object->applied,
           sizeof out->applied);
}

bool server_is_marked_ours(const struct state *state, const struct cloud *cloud, const struct server *server)
{
    const struct facts *facts = &server->facts;
    if (!state->config || !facts->marked || !facts->mark_whole ||
        strcmp(facts->mark.owner, state->config->owner) != 0)
        return false;
    return facts->mark.tag[0] != '\0' || strcmp(facts->mark.cloud, cloud->name) == 0;
}

bool server_is_taken(const struct state *state, const struct server *server)
{
    const struct facts *facts = &server->facts;
    return state->config && facts->marked && facts->mark_whole &&
           strcmp(facts->mark.owner, state->config->owner) != 0;
}

/* What was true at the create is kept as it is told; NULL = the user's own text leaves no room for a mark. */
static const char *described(struct state *state, const struct object *object, const struct server *server,
                             struct arena *arena)
{
    struct mark wanted;
    const struct mark *have = &server->facts.mark;
    const char *own_text = server->facts.own_text ? server->facts.own_text : "";
    if (text_characters(own_text) > MARK_DESCRIPTION_TEXT) return NULL;
    object_mark(state, object, MARK_CURRENT, &wanted);
    if (server->facts.marked && server->facts.mark_whole && !claim_is_open(object)) {
        text_copy(wanted.attempt, sizeof wanted.attempt, have->attempt);
        text_copy(wanted.writer, sizeof wanted.writer, have->writer);
        text_copy(wanted.digest, sizeof wanted.digest, have->digest);
    }
    return mark_to_description(&wanted, own_text, arena);
}

static bool description_differs(struct state *state, const struct object *object, const struct server *server)
{
    if (!server->facts.own_text) return false; /* not told */
    if (!server->facts.marked || !server->facts.mark_whole) return true;
    const char *want = described(state, object, server, &state->turn);
    return want &&
           !text_equal(want, mark_to_description(&server->facts.mark, server->facts.own_text, &state->turn));
}

/* What the server's mark says, as it would be written; nothing where it has none. */
static struct value mark_had(const struct server *server, struct arena *arena)
{
    return server->facts.marked ? mark_to_metadata(&server->facts.mark, arena) : (struct value){0, 2, NULL};
}

static bool key_differs(const struct object *object, const struct server *server, struct value want,
                        struct value have, const char *key)
{
    if (!server->facts.marked || !mark_has(&server->facts.mark, key)) return true;
    if (server->facts.mark_whole && mark_key_is_history(key) && !claim_is_open(object)) return false;
    return !text_equal(value_find(want, key), value_find(have, key));
}

bool object_mark_differs(struct state *state, const struct object *object, const struct server *server,
                         const char *key)
{
    const char *value;
    if (text_equal(key, MARK_DESCRIPTION_KEY)) return description_differs(state, object, server);
    if (text_equal(key, MARK_SEVERAL_KEYS))
        return object_mark_repair(state, object, server, &state->turn, &value) != NULL;
    struct mark wanted;
    object_mark(state, object, MARK_CURRENT, &wanted);
    return key_differs(object, server, mark_to_metadata(&wanted, &state->turn),
                       mark_had(server, &state->turn), key);
}

const char *object_mark_repair(struct state *state, const struct object *object, const struct server *server,
                               struct arena *arena, const char **out_value)
{
    if (object->cloud->traits->mark == MARK_IN_DESCRIPTION) {
        *out_value =
            description_differs(state, object, server) ? described(state, object, server, arena) : NULL;
        return *out_value ? MARK_DESCRIPTION_KEY : NULL;
    }
    if (object->cloud->traits->mark != MARK_AS_METADATA || !(server->facts.seen & FIELD_BIT(FIELD_METADATA)))
        return NULL;
    struct mark wanted;
    object_mark(state, object, MARK_CURRENT, &wanted);
    struct value want = mark_to_metadata(&wanted, arena), have = mark_had(server, arena);
    const char **cells = ARENA_ROW(arena, const char *, 2U * want.rows + 1);
    struct value differing = {0, 2, cells};
    bool owner_first = claim_covers(state, object, server) && !object->cloud->traits->mark_in_one;
    for (unsigned i = 0; i < want.rows; i++) {
        if (!key_differs(object, server, want, have, value_cell(want, i, 0))) continue;
        if (owner_first && !text_equal(value_cell(want, i, 0), MARK_OWNER_KEY)) continue;
        memcpy(&cells[2U * differing.rows++], &want.cells[2U * i], 2 * sizeof *cells);
        if (!object->cloud->traits->mark_in_one) break;
    }
    if (differing.rows == 0) return NULL;
    *out_value = differing.rows > 1 ? mark_keys_to_json(differing, arena) : cells[1];
    return differing.rows > 1 ? MARK_SEVERAL_KEYS : cells[0];
}
