#include "reconcile/observe.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/address.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/brake.h"
#include "reconcile/budget.h"
#include "reconcile/claim.h"
#include "reconcile/look.h"
#include "reconcile/marking.h"
#include "reconcile/names.h"
#include "reconcile/protection.h"
#include "reconcile/rebuild.h"
#include "reconcile/retire.h"
#include "reconcile/retry.h"
#include "reconcile/store.h"
#include "reconcile/storm.h"
#include "reconcile/successor.h"
#include "reconcile/tombstone.h"

const char *object_server_name(const struct object *object)
{
    const struct spec *spec = object->spec;
    if (spec && spec->values[FIELD_NAME].rows > 0) return value_scalar(spec->values[FIELD_NAME]);
    return object->name;
}

/* The object that its mark names; NULL = a tag of which nobody knows what it stands for. */
static struct object *object_of_mark(struct state *state, const struct mark *mark)
{
    if (mark->tag[0] != '\0') return names_tagged(state, mark->tag);
    return state_object(state, mark->source, mark->name);
}

static void marked_remove(struct object *object, struct server *server)
{
    for (uint32_t i = 0; i < object->marked_count; i++) {
        if (object->marked[i] != server) continue;
        memmove(object->marked + i, object->marked + i + 1,
                (object->marked_count - i - 1) * sizeof *object->marked);
        object->marked_count--;
        return;
    }
}

/* A server of ours that no manifest and no ledger row names: shown as Orphan, never touched. */
static struct object *orphan_of(struct state *state, struct cloud *cloud, const struct mark *mark)
{
    struct source *source = state_source_add(state, mark->source);
    struct object *object = source_add(source, mark->name, ++state->object_seq);
    object->state = OBJECT_ORPHAN;
    object->cloud = cloud;
    text_copy(object->cloud_name, sizeof object->cloud_name, cloud->name);
    state_tell(state,
               ABOUT(.level = TELL_WARNING, .type = "OrphanFound", .object = object,
                     .reason = reason_row(REASON_ORPHANED)->word),
               "a server with our mark has no manifest and no ledger entry; it is left alone");
    return object;
}

void server_remark(struct state *state, struct cloud *cloud, struct server *server)
{
    struct object *object = NULL;
    bool sources_known = state->config != NULL;
    if (sources_known && server_is_marked_ours(state, cloud, server) && server->facts.phase != PHASE_GONE) {
        const struct mark *mark = &server->facts.mark;
        object = object_of_mark(state, mark);
        if (server->owner && server->owner != object && claim_is_open(server->owner)) object = server->owner;
        if (!object && mark->tag[0] == '\0') object = orphan_of(state, cloud, mark);
        /* known by a suspension alone: nothing else speaks of it */
        if (object && object_is_nowhere(object) && !object->known_to_ledger) object->state = OBJECT_ORPHAN;
        if (object && object->cloud != cloud && object->current[0] == '\0' &&
            (object->state == OBJECT_ORPHAN || object_is_nowhere(object)))
            object->cloud = cloud;
    }
    if (server->marked == object) return;
    if (server->marked) {
        marked_remove(server->marked, server);
        state_dirty(state, server->marked);
    }
    server->marked = object;
    if (!object) return;
    ROW_RESERVE(object->marked, object->marked_count, object->marked_room);
    object->marked[object->marked_count++] = server;
    if (object->current[0] != '\0' && strcmp(object->current, server->facts.id) != 0)
        look_soon(state, cloud, server->facts.id, 0);
    state_dirty(state, object);
}

static void take_mark(struct state *state, struct object *object, const struct server *server)
{
    const struct mark *mark = &server->facts.mark;
    object->protect |= mark->protect;
    object->restarted_wall_ms = instant_max(object->restarted_wall_ms, mark->restarted_wall_ms);
    text_copy(object->attempt, sizeof object->attempt, mark->attempt);
    if (strcmp(mark->writer, state->writer) == 0 && object->applied_fields == 0) {
        object->applied_fields = mark->applied_fields;
        memcpy(object->applied, mark->applied, sizeof object->applied);
    }
}

void object_skip_restart(const struct state *state, struct object *object)
{
    int64_t at = object->spec ? object->spec->lifecycle.restart_wall_ms : 0;
    if (at <= state->now.wall_ms) object->restarted_wall_ms = instant_max(object->restarted_wall_ms, at);
}

void object_bind(struct state *state, struct object *object, struct server *server)
{
    ASSERT(!server->owner && object->current[0] == '\0');
    text_copy(object->current, sizeof object->current, server->facts.id);
    state->tagged_stale |= object_is_nowhere(object);
    text_copy(object->cloud_name, sizeof object->cloud_name, object->cloud->name);
    server->owner = object;
    server_belongs(server);
    object_skip_restart(state, object);
    object->remedies = 0;
    object->mark_repairs = 0;
    state->holds_stale |= object->source->empty != NULL;
    object_recount(state, object);
    store_object(state, object);
    look_soon(state, object->cloud, object->current, LOOK_FIRST_MS);
    state_dirty(state, object);
}

void object_unbind(struct state *state, struct object *object, struct server *server, const char *why)
{
    ASSERT(server->owner == object);
    object_add_tombstone(state, object, server->facts.id);
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "ServerGone", .object = object),
               "server %s is gone: %s", server->facts.id, why);
    server->owner = NULL;
    look_cancel(object->cloud, server);
    state_dirty(state, object); /* another one may carry its mark */
    if (strcmp(object->next, server->facts.id) == 0) {
        successor_forget(state, object);
        return;
    }
    object->current[0] = '\0';
    claim_end(state, object);
    if (!object->spec)
        object->slot = false; /* else its successor stands in the same slot until it is Converged */
    retire_end(object);
    object->rebuilt = 0;
    object->halted = false;
    object->was_running = false;
    object->created_by_us = false;
    object->error_seen_ms = 0;
    object->attempt[0] = '\0';
    object_clear_applied(object);
    if (object->addresses.count > 0) catalogue_spoil(state, object->cloud, CATALOGUE_FLOATING_IP);
    if (object->next[0] != '\0') {
        successor_promote(state, object);
    } else {
        text_set_release(&object->metadata);
        text_set_release(&object->volumes);
        text_set_release(&object->addresses);
        budget_release(state, object);
    }
    state->holds_stale |= object->source->empty != NULL;
    object_recount(state, object);
    store_object(state, object);
}

static void bury(struct cloud *cloud, const struct server *server)
{
    if (!cloud->graves) cloud->graves = memory_zero(GRAVES_MAX * sizeof *cloud->graves);
    struct grave *grave = &cloud->graves[cloud->grave_next];
    cloud->grave_next = (cloud->grave_next + 1) % GRAVES_MAX;
    if (cloud->grave_count < GRAVES_MAX) cloud->grave_count++;
    text_copy(grave->id, sizeof grave->id, server->facts.id);
    grave->gone_ms = server->gone_asked_ms;
}

bool observe_is_buried(const struct cloud *cloud, const char *id, int64_t asked_ms)
{
    for (uint32_t i = 0; i < cloud->grave_count; i++)
        if (asked_ms <= cloud->graves[i].gone_ms && strcmp(cloud->graves[i].id, id) == 0) return true;
    return false;
}

void observe_forget_server(struct state *state, struct cloud *cloud, struct server *server)
{
    if (server->owner) return;
    if (server->marked) {
        marked_remove(server->marked, server);
        state_dirty(state, server->marked);
        server->marked = NULL;
    }
    look_cancel(cloud, server);
    if (server->gone_asked_ms > 0) bury(cloud, server);
    servers_remove(&cloud->servers, server);
}

bool server_is_absent(const struct cloud *cloud, const struct server *server)
{
    if (server->missing_again_ms == 0) return false;
    return !cloud->traits->absence_by_get || server->gone_asked_ms >= server->missing_again_ms;
}

bool server_is_counted(const struct server *server)
{
    const struct object *object = server->owner;
    return object && object->state == OBJECT_MANAGED;
}

bool server_is_removed_by_us(const struct server *server)
{
    const struct intent *intent = server->owner ? server->owner->intent : NULL;
    if (server->binned_ms != 0 && server->binned_by_us) return true;
    return intent && intent->kind == CALL_DELETE && intent->state >= INTENT_SENT &&
           strcmp(intent->provider_id, server->facts.id) == 0;
}

bool server_never_ran(const struct object *object, const struct server *server)
{
    if (server->ran) return false;
    if (server->facts.launched == LAUNCHED_NEVER) return true;
    if (server->facts.launched == LAUNCHED_ONCE) return false;
    if (strcmp(object->next, server->facts.id) == 0) return !object->successor.was_running;
    return object->created_by_us && !object->was_running;
}

bool server_is_free(const struct server *server)
{
    return server->facts.phase != PHASE_GONE && server->facts.phase != PHASE_DELETING && !server->owner &&
           server->gone_asked_ms == 0 && server->missing_ms == 0;
}

/* What was ours and is gone may still stand in a list that lags: only a GET brings it back, or makes it a
   duplicate. */
static bool is_proven(const struct object *object, const struct server *server)
{
    return server->proven_by_get || !object_has_tombstone(object, server->facts.id);
}

const struct server *object_leaving_server(const struct object *object)
{
    for (uint32_t i = 0; object->current[0] == '\0' && i < object->marked_count; i++) {
        const struct server *server = object->marked[i];
        bool there = !server->owner && server->gone_asked_ms == 0;
        if (there && server_phase(server) == PHASE_DELETING && is_proven(object, server)) return server;
    }
    return NULL;
}

static int rank(const struct object *object, const struct server *server)
{
    if (object->attempt[0] && strcmp(server->facts.mark.attempt, object->attempt) == 0) return 0;
    if (server->facts.phase == PHASE_RUNNING) return 1;
    if (server->facts.launched == LAUNCHED_ONCE || phase_is_steady(server->facts.phase)) return 2;
    return 3;
}

static bool is_better(const struct object *object, const struct server *a, const struct server *b)
{
    enum mark_role role_a = a->facts.mark.role, role_b = b->facts.mark.role;
    if (role_a != role_b) return role_a == MARK_CURRENT;
    int rank_a = rank(object, a), rank_b = rank(object, b);
    if (rank_a != rank_b) return rank_a < rank_b;
    if (a->facts.created_wall_ms != b->facts.created_wall_ms)
        return a->facts.created_wall_ms < b->facts.created_wall_ms;
    return strcmp(a->facts.id, b->facts.id) < 0;
}

static bool is_early(const struct object *object, const struct server *server)
{
    return server->facts.mark.role == MARK_NEXT && !cloud_is_warm(object->cloud);
}

const struct server *object_early_successor(const struct object *object)
{
    for (uint32_t i = 0; object->current[0] == '\0' && i < object->marked_count; i++)
        if (server_is_free(object->marked[i]) && is_early(object, object->marked[i]))
            return object->marked[i];
    return NULL;
}

/* The current one before its successor; then the one that is or was running, the oldest, the lowest id. */
static struct server *best_marked(const struct object *object, const struct cloud *cloud)
{
    struct server *best = NULL;
    for (uint32_t i = 0; i < object->marked_count; i++) {
        struct server *server = object->marked[i];
        if (!servers_have(&cloud->servers, server) || !server_is_free(server) || !is_proven(object, server))
            continue;
        if (!best || is_better(object, server, best)) best = server;
    }
    return best;
}

/* The manifest names another cloud than the one where its server stands: as if the ledger had told so. */
static struct server *found_elsewhere(struct state *state, struct object *object)
{
    if (object->intent || !cloud_has_list(object->cloud)) return NULL;
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        struct server *server = best_marked(object, state->clouds[i]);
        if (!server) continue;
        lane_leave(object);
        object->cloud = state->clouds[i];
        return server;
    }
    return NULL;
}

static void bind_by_mark(struct state *state, struct object *object)
{
    if (object->state == OBJECT_RELEASED) return;
    struct server *best = best_marked(object, object->cloud);
    bool here = best != NULL;
    if (!here) best = found_elsewhere(state, object);
    if (!best) return;
    if (here && is_early(object, best)) {
        look_full(state, object->cloud, object->cloud->first_complete_ms + cloud_settle_ms(object->cloud));
        return;
    }
    bool expected = object->intent && object->intent->kind == CALL_CREATE &&
                    strcmp(object->intent->attempt, best->facts.mark.attempt) == 0;
    take_mark(state, object, best);
    object->created_by_us = true;
    object->was_running = !expected; /* "never running" needs evidence: our create in the ledger */
    if (!expected) object->rebuilt = REBUILT_UNKNOWN;
    if (!expected)
        state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "ServerFound", .object = object),
                   "bound to server %s by its mark", best->facts.id);
    object_bind(state, object, best);
}

bool object_bind_by_name(struct state *state, struct object *object, const char *name, int64_t sent_ms)
{
    uint32_t count;
    struct server *const *row = servers_of_name(&object->cloud->servers, name, &count);
    struct server *best = NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct server *server = row[i];
        bool born = server->first_asked_ms >= sent_ms && !server->expected;
        bool free = !server->owner && server_phase(server) != PHASE_GONE && server->gone_asked_ms == 0;
        if (!born || !free || object_has_tombstone(object, server->facts.id)) continue;
        if (!best || server->facts.created_wall_ms < best->facts.created_wall_ms) best = server;
    }
    if (!best) return false;
    object->created_by_us = true;
    object->was_running = false;
    object_bind(state, object, best);
    return true;
}

static void bind_by_manifest(struct state *state, struct object *object)
{
    const char *id = object->spec ? object->spec->adopt : NULL;
    if (!id || !object->cloud || object->current[0] != '\0' || object->state != OBJECT_MANAGED) return;
    struct server *server = servers_find(&object->cloud->servers, id);
    if (!server || server->owner || server->expected || server_is_taken(state, server)) return;
    if (object_has_tombstone(object, id)) return;
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "ServerAdopted", .object = object),
               "server %s adopted by spec.adopt", id);
    object->created_by_us = false;
    object->was_running = true;
    object_bind(state, object, server);
}

struct server *object_surplus(const struct object *object)
{
    for (uint32_t i = 0; i < object->marked_count; i++) {
        struct server *server = object->marked[i];
        bool bound =
            strcmp(server->facts.id, object->current) == 0 || strcmp(server->facts.id, object->next) == 0;
        if (!bound && servers_have(&object->cloud->servers, server) && is_proven(object, server) &&
            server_is_free(server))
            return server;
    }
    return NULL;
}

/* One of ours that was gone and stands in a list again: old news, or it has returned. A GET tells. */
static void doubt_returned(struct state *state, struct object *object)
{
    for (uint32_t i = 0; i < object->marked_count; i++) {
        struct server *server = object->marked[i];
        bool asked = server->proven_by_get || server->look_in_flight || server->look.place != 0;
        if (!asked && server_is_free(server) && object_has_tombstone(object, server->facts.id))
            look_soon(state, object->cloud, server->facts.id, 0);
    }
}

/* Entries into ERROR feed the storm brake; the first sighting after a start is no entry. */
static void note_error(struct state *state, struct object *object, const struct server *server)
{
    struct cloud *cloud = object->cloud;
    if (server->facts.phase != PHASE_ERROR) {
        object->error_seen_ms = 0;
        return;
    }
    if (object->error_seen_ms != 0) return;
    object->error_seen_ms = server->phase_since_ms;
    /* a build for which there is no room waits for room: the breaker of its zone and flavor */
    if (!server->facts.fault_is_capacity || !server_never_ran(object, server))
        storm_note(state, cloud, object);
    if (object->slot && !object->halted && object->was_converged) {
        object->halted = true;
        object->source->halted++;
    }
}

bool facts_show_a_run(const struct facts *facts)
{
    enum phase phase = facts->phase;
    return phase == PHASE_RUNNING || phase == PHASE_STOPPED || phase == PHASE_SHELVED ||
           phase == PHASE_PAUSED || phase == PHASE_SUSPENDED || phase == PHASE_RESCUED ||
           phase == PHASE_CONFIRM_RESIZE || facts->launched == LAUNCHED_ONCE;
}

static void note_seen(struct state *state, struct object *object, struct server *server)
{
    if (server->ran && !object->was_running) {
        object->was_running = true;
        object->ledger_dirty = true;
        if (object->spec) capacity_worked(state, object);
    }
    note_error(state, object, server);
    address_claim(object, server);
    if (object->intent || !(server_is_open(server) || server_fault_is_unread(server))) return;
    if (server->look.place == 0) look_soon(state, object->cloud, object->current, LOOK_FIRST_MS);
}

struct server *object_expect(struct state *state, struct object *object, const char *id)
{
    struct server *server = servers_find(&object->cloud->servers, id);
    if (server) {
        if (!server->owner) server->owner = object;
        return server;
    }
    /* known from the ledger, not seen yet in this process: its life counts from now, so absence must be
     * proven */
    server = servers_add(&object->cloud->servers, id, state->now.boot_ms);
    server->life_ms = state->now.boot_ms;
    server->owner = object;
    if (object->intent) look_soon(state, object->cloud, id, LOOK_FIRST_MS);
    return server;
}

void object_observe(struct state *state, struct object *object)
{
    struct cloud *cloud = object->cloud;
    if (!cloud || !cloud->traits) return;
    protection_note(state, object);
    if (object->current[0] == '\0' && object->next[0] != '\0') {
        object_expect(state, object, object->next);
        successor_promote(state, object);
    }
    if (object->current[0] == '\0') {
        bind_by_manifest(state, object);
        if (object->current[0] == '\0' && object->marked_count > 0) bind_by_mark(state, object);
    }
    doubt_returned(state, object);
    if (object->current[0] == '\0') return;
    struct server *server = object_expect(state, object, object->current);
    successor_observe(state, object);
    if (server->owner != object) { /* two rows of the ledger name one server: the first keeps it */
        object->current[0] = '\0';
        object->ledger_dirty = true;
        object_recount(state, object);
        return;
    }
    if (!server->expected) {
        claim_observe(state, object, server);
        note_seen(state, object, server);
    }
    retire_observe(state, object, server);
    rebuild_observe(object);
    if (server->stillborn && object->created_by_us && !object->was_running && !object->intent) {
        retry_after_build(state, object, server, false);
        object_unbind(state, object, server, "its build failed; the cloud takes it away by itself");
        return;
    }
    if (!server_is_absent(cloud, server)) return;
    if (cloud->vanish_brake && !server_is_removed_by_us(server)) return;
    if (object->spec && server_never_ran(object, server)) retry_after_loss(state, object, server);
    object_unbind(state, object, server, "it vanished from the cloud");
    observe_forget_server(state, cloud, server);
}
