#include "reconcile/successor.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/budget.h"
#include "reconcile/look.h"
#include "reconcile/observe.h"
#include "reconcile/retry.h"
#include "reconcile/store.h"
#include "reconcile/storm.h"
#include "reconcile/tombstone.h"

struct server *successor_of(const struct object *object)
{
    if (!object->cloud || object->next[0] == '\0') return NULL;
    return servers_find(&object->cloud->servers, object->next);
}

bool server_is_called_next(const struct server *server)
{
    const struct facts *facts = &server->facts;
    return facts->marked && facts->mark_whole && facts->mark.role == MARK_NEXT;
}

void successor_bind(struct state *state, struct object *object, struct server *server)
{
    ASSERT(!server->owner && object->next[0] == '\0');
    text_copy(object->next, sizeof object->next, server->facts.id);
    object->next_error_seen = false;
    server->owner = object;
    server_belongs(server);
    if (object->current[0] == '\0') successor_promote(state, object); /* the other one went meanwhile */
    object_recount(state, object);
    store_object(state, object);
    look_soon(state, object->cloud, server->facts.id, LOOK_FIRST_MS);
    state_dirty(state, object);
}

void successor_forget(struct state *state, struct object *object)
{
    object->next[0] = '\0';
    object->successor = (struct successor){.was_running = false};
    object_recount(state, object);
    store_object(state, object);
}

void successor_promote(struct state *state, struct object *object)
{
    ASSERT(object->current[0] == '\0' && object->next[0] != '\0');
    const struct successor *successor = &object->successor;
    text_copy(object->current, sizeof object->current, object->next);
    text_copy(object->attempt, sizeof object->attempt, successor->attempt);
    object->was_running = successor->was_running;
    object->applied_fields = successor->applied_fields;
    memcpy(object->applied, successor->applied, sizeof object->applied);
    object->created_by_us = true;
    object->was_converged = false;
    object->remedies = 0;
    object->mark_repairs = 0;
    object->mark_repaired_ms = 0; /* its role is ours to rewrite at once: nobody contests it */
    object_skip_restart(state, object);
    budget_release(state, object);
    successor_forget(state, object);
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "SuccessorPromoted", .object = object),
               "server %s has taken the place", object->current);
}

/* Made by a create of ours that is under way; or by a ledger that was lost, which knew why. Any other one is
   late: surplus, as after any create. */
static bool is_expected(const struct state *state, const struct object *object, const struct server *server)
{
    const struct mark *mark = &server->facts.mark;
    const struct intent *intent = object->intent;
    bool coming = intent && intent->kind == CALL_CREATE;
    if (coming) return intent_is_of_next(intent) && strcmp(intent->attempt, mark->attempt) == 0;
    return strcmp(mark->writer, state->writer) != 0;
}

static void bind_by_mark(struct state *state, struct object *object)
{
    if (object->state != OBJECT_MANAGED || !object->cloud->traits->role_in_mark) return;
    for (uint32_t i = 0; i < object->marked_count; i++) {
        struct server *server = object->marked[i];
        const struct mark *mark = &server->facts.mark;
        bool proven = server->proven_by_get || !object_has_tombstone(object, server->facts.id);
        if (mark->role != MARK_NEXT || !server_is_free(server) || !proven) continue;
        if (!servers_have(&object->cloud->servers, server)) continue;
        if (!is_expected(state, object, server)) continue;
        text_copy(object->successor.attempt, sizeof object->successor.attempt, mark->attempt);
        bool ours = object->intent && object->intent->kind == CALL_CREATE;
        object->successor.was_running = !ours; /* "never running" needs evidence */
        if (!ours)
            state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "ServerFound", .object = object),
                       "server %s is known by its mark as the successor of %s", server->facts.id,
                       object->current);
        successor_bind(state, object, server);
        return;
    }
}

static void note_seen(struct state *state, struct object *object, struct server *server)
{
    struct successor *successor = &object->successor;
    if (server->ran && !successor->was_running) {
        successor->was_running = true;
        object->ledger_dirty = true;
        if (object->spec) capacity_worked(state, object);
    }
    bool failed = server->facts.phase == PHASE_ERROR;
    if (failed && !object->next_error_seen) storm_note(state, object->cloud, object);
    object->next_error_seen = failed;
    if (object->intent || !(server_is_open(server) || server_fault_is_unread(server))) return;
    if (server->look.place == 0) look_soon(state, object->cloud, object->next, LOOK_FIRST_MS);
}

void successor_observe(struct state *state, struct object *object)
{
    struct cloud *cloud = object->cloud;
    if (object->next[0] == '\0') bind_by_mark(state, object);
    if (object->next[0] == '\0') return;
    struct server *server = object_expect(state, object, object->next);
    if (server->owner != object) { /* two rows of the ledger name one server: the first keeps it */
        successor_forget(state, object);
        return;
    }
    if (!server->expected) note_seen(state, object, server);
    if (server->stillborn && !object->successor.was_running && !object->intent) {
        retry_after_build(state, object, server, false);
        object_unbind(state, object, server, "its build failed; the cloud takes it away by itself");
        return;
    }
    if (!server_is_absent(cloud, server)) return;
    if (cloud->vanish_brake && !server_is_removed_by_us(server)) return;
    object_unbind(state, object, server, "it vanished from the cloud");
    observe_forget_server(state, cloud, server);
}
