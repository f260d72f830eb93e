#include "reconcile/adopt.h"

#include <string.h>

#include "reconcile/budget.h"
#include "reconcile/claim.h"
#include "reconcile/marking.h"
#include "reconcile/names.h"
#include "reconcile/observe.h"
#include "reconcile/store.h"

/* Its source was read, and did not name it: it is as if it had just left the manifests. */
static void retire_unwanted(const struct state *state, struct object *object)
{
    const struct source *source = object->source;
    bool unwanted = !object->spec && source->read_once && source->valid && !source->empty;
    if (unwanted && object->retired_ms == 0) object->retired_ms = instant_max(state->now.boot_ms, 1);
    if (!unwanted || (source->generation && source->generation->count > 0)) return;
    object->held = object->ledger_dirty = true; /* of a source that holds nothing only a person lets one go */
    object->held_desire = 0;
}

bool adopt_server(struct state *state, struct object *object, struct server *server, const char **out_problem)
{
    if (object->current[0] != '\0') {
        *out_problem = arena_printf(&state->turn,
                                    object->state == OBJECT_RELEASED
                                        ? "it was released from server %s, and takes back that one only"
                                        : "it holds server %s",
                                    object->current);
        if (strcmp(object->current, server->facts.id) != 0) return false;
        object->state = OBJECT_MANAGED; /* it had been released */
        retire_unwanted(state, object);
        claim_begin(state, object, server);
        object_recount(state, object);
        store_object(state, object);
        state_dirty(state, object);
        return true;
    }
    if (object->intent) {
        *out_problem = "a call of it is under way";
        return false;
    }
    if (server->owner && server->owner != object) {
        *out_problem =
            arena_printf(&state->turn, "that server is %s's", object_path(server->owner, &state->turn));
        return false;
    }
    object->state = OBJECT_MANAGED;
    retire_unwanted(state, object);
    object->created_by_us = false;
    object->was_running = true;
    object_clear_applied(object);
    claim_begin(state, object, server);
    object_bind(state, object, server);
    return true;
}

/* --- by name --- */

enum match {
    MATCH_TAKEN,
    MATCH_UNLISTED,
    MATCH_NONE,
    MATCH_SEVERAL,
    MATCH_OTHERS,
    MATCH_MARKED,
    MATCH_WANTED,
    MATCH_COUNT
};

enum { NAMES_SHOWN = 5 /* of each kind */ };

static const char *const LEFT[MATCH_COUNT] = {
    [MATCH_UNLISTED] = "whose cloud was not listed yet (say it again later)",
    [MATCH_NONE] = "without a server of that name",
    [MATCH_SEVERAL] = "with several servers of that name (adopt NAME ID says which)",
    [MATCH_OTHERS] = "whose server is another's",
    [MATCH_MARKED] = "whose server carries another owner's mark (adopt NAME ID says that it may go)",
    [MATCH_WANTED] = "whose server another source wants too",
};

/* A mark tells more than a name, whosever it is. */
static bool is_free(const struct state *state, const struct server *server)
{
    return !server->owner && !server->marked && !server_is_taken(state, server);
}

static enum match match(struct state *state, const struct object *object, struct server **out)
{
    const char *name = object_server_name(object);
    uint32_t count, free = 0, others = 0;
    if (!cloud_has_list(object->cloud)) return MATCH_UNLISTED;
    struct server *const *row = servers_of_name(&object->cloud->servers, name, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct server *server = row[i];
        if (server_phase(server) == PHASE_GONE || server->gone_asked_ms > 0 || server->stillborn) continue;
        bool takes = is_free(state, server);
        if (takes) *out = server;
        free += takes;
        others += !takes;
    }
    if (free == 0) return others > 0 ? MATCH_OTHERS : MATCH_NONE;
    if (free > 1) return MATCH_SEVERAL;
    return names_rival(state, object, name) ? MATCH_WANTED : MATCH_TAKEN;
}

/* It holds one whose mark names another owner, and nobody has said yet that this one may go. */
static bool is_taken_over(const struct state *state, const struct object *object)
{
    struct server *server = NULL;
    if (object->spec && object->cloud && object->current[0] != '\0')
        server = servers_find(&object->cloud->servers, object->current);
    return server && server_is_taken(state, server) && !claim_covers(state, object, server);
}

/* spec.adopt names its server itself. */
static bool waits_for_server(const struct object *object)
{
    return object->spec && object->cloud && object->current[0] == '\0' && !object->intent &&
           !object->spec->adopt;
}

struct left {
    uint32_t counts[MATCH_COUNT];
    const struct object *first[MATCH_COUNT][NAMES_SHOWN];
};

static void say_left(const struct left *left, struct text *out)
{
    for (unsigned kind = MATCH_TAKEN + 1; kind < MATCH_COUNT; kind++) {
        uint32_t count = left->counts[kind];
        if (count == 0) continue;
        text_addf(out, "; %u %s: ", (unsigned)count, LEFT[kind]);
        for (uint32_t i = 0; i < count && i < NAMES_SHOWN; i++)
            text_addf(out, "%s%s", i > 0 ? ", " : "", left->first[kind][i]->name);
        if (count > NAMES_SHOWN) text_add(out, " …");
    }
}

uint32_t adopt_matching(struct state *state, struct source *source, bool *out_listed, struct text *out)
{
    struct left left = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < source->object_count; i++) {
        struct object *object = source->objects[i];
        struct server *server = NULL;
        const char *problem;
        bool taken = is_taken_over(state, object);
        if (!taken && !waits_for_server(object)) continue;
        enum match kind = taken ? MATCH_MARKED : match(state, object, &server);
        if (kind == MATCH_TAKEN) {
            count += adopt_server(state, object, server, &problem);
            continue;
        }
        if (left.counts[kind] < NAMES_SHOWN) left.first[kind][left.counts[kind]] = object;
        left.counts[kind]++;
    }
    say_left(&left, out);
    *out_listed = left.counts[MATCH_UNLISTED] == 0;
    return count;
}
