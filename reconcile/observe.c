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
#include "reconcile/names.h"
#include "reconcile/rebuild.h"
#include "reconcile/retire.h"
#include "reconcile/retry.h"
#include "reconcile/store.h"
#include "reconcile/storm.h"
#include "reconcile/successor.h"

const char *object_server_name(const struct object *object)
{
    const struct spec *spec = object->spec;
    if (spec && spec->values[FIELD_NAME].rows > 0) return value_scalar(spec->values[FIELD_NAME]);
    return object->name;
}

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

/* The object that its mark names; NULL = a tag of which nobody knows what it stands for. */
static struct object *object_of_mark(struct state *state, const struct mark *mark)
{
    if (mark->tag[0] != '\0') return names_tagged(state, mark->tag);
    return state_object(state, mark->source, mark->name);
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

static const char GAVE_UP[] = "attempt=";

static bool is_attempt(const char *tombstone)
{
    const char *blank = strchr(tombstone, ' ');
    return blank && strncmp(blank + 1, GAVE_UP, sizeof GAVE_UP - 1) == 0;
}

static bool is_old(const struct state *state, const char *tombstone)
{
    char wall[24];
    uint64_t at_ms;
    size_t size = strcspn(tombstone, " ");
    if (size >= sizeof wall) return false;
    memcpy(wall, tombstone, size);
    wall[size] = '\0';
    return text_to_number(wall, INT64_MAX, &at_ms) && (int64_t)at_ms < state->now.wall_ms - TOMBSTONE_MS;
}

/* Oldest first, as their times are as long as one another. A create that is refused once a minute would
   otherwise leave thousands. */
static void trim_tombstones(const struct state *state, struct object *object)
{
    struct text_set *set = &object->tombstones;
    uint32_t attempts = 0;
    for (uint32_t i = 0; i < set->count; i++)
        attempts += is_attempt(set->items[i]);
    for (uint32_t i = 0; i < set->count;) {
        bool old = is_old(state, set->items[i]);
        bool many = is_attempt(set->items[i]) && attempts > GAVE_UP_MAX;
        if (!old && !many) {
            i++;
            continue;
        }
        attempts -= is_attempt(set->items[i]);
        text_set_remove(set, set->items[i]);
    }
}

void object_add_tombstone(struct state *state, struct object *object, const char *id)
{
    text_set_add(&object->tombstones,
                 arena_printf(&state->turn, "%lld %s", (long long)state->now.wall_ms, id));
    trim_tombstones(state, object);
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

bool object_has_tombstone(const struct object *object, const char *id)
{
    for (uint32_t i = 0; i < object->tombstones.count; i++) {
        const char *blank = strchr(object->tombstones.items[i], ' ');
        if (blank && strcmp(blank + 1, id) == 0) return true;
    }
    return false;
}

void object_give_up(struct state *state, struct object *object, const char *attempt)
{
    object_add_tombstone(state, object, arena_printf(&state->turn, "%s%s", GAVE_UP, attempt));
}

bool object_gave_up(const struct object *object, const char *attempt)
{
    char name[sizeof GAVE_UP + MARK_ATTEMPT];
    snprintf(name, sizeof name, "%s%s", GAVE_UP, attempt);
    return object_has_tombstone(object, name);
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
static void bind_by_mark(struct state *state, struct object *object)
{
    struct server *best = NULL;
    for (uint32_t i = 0; i < object->marked_count; i++) {
        struct server *server = object->marked[i];
        if (!server_is_free(server) || !is_proven(object, server)) continue;
        if (!best || is_better(object, server, best)) best = server;
    }
    if (!best || object->state == OBJECT_RELEASED) return;
    if (is_early(object, best)) {
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
        if (!bound && is_proven(object, server) && server_is_free(server)) return server;
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

int64_t object_protection_ends_ms(const struct object *object)
{
    if (object->unprotected_ms == 0 || !object->source->config) return NEVER_MS;
    return instant_after(object->unprotected_ms, object->source->config->prune_delay_ms);
}

/* protect: true holds at once; false only after pruneDelay of a valid manifest. */
static void note_protection(struct state *state, struct object *object)
{
    const struct source *source = object->source;
    if (!object->spec) {
        object->unprotected_ms = 0;
        return;
    }
    if (object->spec->lifecycle.protect || !object->protect) {
        object->unprotected_ms = 0;
        if (object->spec->lifecycle.protect && !object->protect) {
            object->protect = true;
            object->ledger_dirty = true;
        }
        return;
    }
    if (!source->valid || source->empty || !source->config) {
        object->unprotected_ms = 0;
        return;
    }
    if (object->unprotected_ms == 0) object->unprotected_ms = state->now.boot_ms;
    if (state->now.boot_ms - object->unprotected_ms < source->config->prune_delay_ms) return;
    object->protect = false;
    object->unprotected_ms = 0;
    object->ledger_dirty = true;
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "Unprotected", .object = object),
               "protection ended by the manifest");
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
    note_protection(state, object);
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
