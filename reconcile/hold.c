#include "reconcile/hold.h"

#include <string.h>

#include "reconcile/base/hash.h"
#include "reconcile/base/memory.h"
#include "reconcile/hold_memory.h"
#include "reconcile/keypair.h"
#include "reconcile/observe.h"

bool reason_can_be_approved(enum reason reason)
{
    return reason == REASON_APPROVAL_NEEDED || reason == REASON_DUPLICATE ||
           reason == REASON_OUTCOME_UNKNOWN || reason == REASON_ANOTHER_DAEMON ||
           reason == REASON_WRONG_PROJECT || reason == REASON_SERVERS_VANISHED;
}

static void row_release(struct hold *holds, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        memory_free(holds[i].members);
}

void holds_release(struct state *state)
{
    row_release(state->holds, state->hold_count);
    row_release(state->old_holds, state->old_hold_count);
    memory_free(state->holds);
    memory_free(state->old_holds);
    memory_free(state->hold_memories);
}

void holds_note(struct state *state, enum reason before, enum reason after)
{
    bool was = reason_can_be_approved(before), is = reason_can_be_approved(after);
    if (was) state->approvable--;
    if (is) state->approvable++;
    state->holds_stale |= was || is;
}

/* Which project is right is in the Cloud's document, and nothing that a person approves. */
static bool is_for_document(const struct object *object)
{
    const struct cloud *cloud = object->cloud;
    return object->reason == REASON_WRONG_PROJECT && cloud && cloud->config &&
           cloud->config->expect_project && strcmp(cloud->config->expect_project, cloud->fingerprint) != 0;
}

/* The reason by which it stands in a hold; REASON_COUNT = in none. Of a source that was emptied every server
   is held, whatever else may be said of it. */
static enum reason reason_held(const struct object *object)
{
    bool ours = object->keypair ? object->keypair->registered != NULL : object->current[0] != '\0';
    if (object->source->empty && object->state == OBJECT_MANAGED && ours) return REASON_APPROVAL_NEEDED;
    return reason_can_be_approved(object->reason) && !is_for_document(object) ? object->reason : REASON_COUNT;
}

static struct hold *hold_of(struct state *state, const struct object *object)
{
    enum reason reason = reason_held(object);
    for (uint32_t i = 0; i < state->hold_count; i++) {
        struct hold *hold = &state->holds[i];
        if (hold->reason == reason && strcmp(hold->source, object->source->name) == 0 &&
            strcmp(hold->cloud, object->cloud ? object->cloud->name : "") == 0)
            return hold;
    }
    ROW_RESERVE(state->holds, state->hold_count, state->hold_room);
    struct hold *hold = &state->holds[state->hold_count++];
    *hold = (struct hold){.reason = reason, .since_wall_ms = object->since_wall_ms};
    text_copy(hold->source, sizeof hold->source, object->source->name);
    text_copy(hold->cloud, sizeof hold->cloud, object->cloud ? object->cloud->name : "");
    return hold;
}

/* The call that is held: the first of the route; deletion for what left the manifests. */
static enum call_kind held_call(const struct object *object)
{
    if (object->keypair) return object->reason == REASON_WRONG_PROJECT ? CALL_NONE : CALL_DELETE_KEYPAIR;
    if (object->source->empty) return CALL_DELETE;
    if (object->reason == REASON_OUTCOME_UNKNOWN) return CALL_REBUILD; /* nothing else is sent but once */
    if (object->reason == REASON_APPROVAL_NEEDED || object->reason == REASON_DUPLICATE)
        return object->route_count > 0 ? object->route[0] : CALL_DELETE;
    return CALL_NONE;
}

static const char *held_server(const struct object *object)
{
    if (object->source->empty) return object->current;
    if (object->reason == REASON_APPROVAL_NEEDED && object->route_count > 0) return object->held_server;
    const struct server *surplus = object->reason == REASON_DUPLICATE ? object_surplus(object) : NULL;
    if (surplus) return surplus->facts.id;
    return object->reason == REASON_DUPLICATE && object->next[0] != '\0' ? object->next : object->current;
}

/* A replacement begins with another call, and ends in the delete of the bound server. */
static const char *deleted_server(const struct object *object, const struct hold_member *member)
{
    if (member->call == CALL_DELETE) return member->provider_id;
    for (uint32_t i = 0; member->call != CALL_NONE && i < object->route_count; i++)
        if (object->route[i] == CALL_DELETE) return object->current;
    return "";
}

/* Objects of a source come in the order of their names, so members are sorted. */
static void add_member(struct hold *hold, const struct object *object)
{
    ROW_RESERVE(hold->members, hold->count, hold->room);
    struct hold_member *member = &hold->members[hold->count++];
    *member = (struct hold_member){.call = held_call(object),
                                   .desire = object->spec ? object->spec->hash : 0,
                                   .keypair = object->keypair != NULL};
    text_copy(member->name, sizeof member->name, object->name);
    text_copy(member->provider_id, sizeof member->provider_id, held_server(object));
    text_copy(member->deletes, sizeof member->deletes, deleted_server(object, member));
    hold->since_wall_ms = instant_min(hold->since_wall_ms, object->since_wall_ms);
}

static void hold_name(struct hold *hold)
{
    struct text text;
    text_init(&text, 64 << 20);
    for (uint32_t i = 0; i < hold->count; i++)
        text_addf(&text, "%s/%s%s%s %s %s %s\n", hold->source, hold->members[i].name,
                  hold->members[i].keypair ? "@" : "", hold->members[i].keypair ? hold->cloud : "",
                  hold->members[i].call == CALL_NONE ? "-" : call_name(hold->members[i].call),
                  hold->members[i].provider_id, reason_row(hold->reason)->word);
    uint8_t digest[32];
    hash_sha256(text.bytes, text.length, digest);
    hash_hex(digest, 4, hold->set_id);
    text_release(&text);
}

static bool is_remembered(const struct state *state, const char *id)
{
    for (uint32_t i = 0; i < state->old_hold_count; i++)
        if (strcmp(state->old_holds[i].id, id) == 0) return true;
    return false;
}

static void remember(struct state *state, const struct hold *hold)
{
    if (is_remembered(state, hold->id)) return;
    if (state->old_hold_count == HOLDS_REMEMBERED) {
        memory_free(state->old_holds[0].members);
        memmove(state->old_holds, state->old_holds + 1, (HOLDS_REMEMBERED - 1) * sizeof *state->old_holds);
        state->old_hold_count--;
    }
    ROW_RESERVE(state->old_holds, state->old_hold_count, state->old_hold_room);
    struct hold *copy = &state->old_holds[state->old_hold_count++];
    *copy = *hold;
    copy->members = memory_alloc(hold->count * sizeof *hold->members + 1);
    memcpy(copy->members, hold->members, hold->count * sizeof *hold->members);
}

static void name_objects(struct state *state)
{
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            struct object *object = state->sources[i]->objects[j];
            object->hold_id[0] = '\0';
            if (reason_held(object) == REASON_COUNT) continue;
            text_copy(object->hold_id, sizeof object->hold_id, hold_of(state, object)->id);
        }
}

static bool has_member(const struct hold *hold, const struct hold_member *member)
{
    for (uint32_t i = 0; i < hold->count; i++) {
        const struct hold_member *other = &hold->members[i];
        if (strcmp(other->name, member->name) == 0 && other->call == member->call &&
            strcmp(other->provider_id, member->provider_id) == 0)
            return true;
    }
    return false;
}

static bool is_part_of(const struct hold *now, const struct hold *then)
{
    if (now->reason != then->reason || strcmp(now->source, then->source) != 0 ||
        strcmp(now->cloud, then->cloud) != 0)
        return false;
    for (uint32_t i = 0; i < now->count; i++)
        if (!has_member(then, &now->members[i])) return false;
    return true;
}

/* It is what is left of the set that has this id. */
static bool is_left_of(const struct state *state, const struct hold *hold, const char *id)
{
    for (uint32_t i = 0; i < state->old_hold_count; i++)
        if (strcmp(state->old_holds[i].id, id) == 0 && is_part_of(hold, &state->old_holds[i])) return true;
    return false;
}

static void give_id(struct state *state, struct hold *hold)
{
    struct hold_memory *memory = hold_memory_of(state, hold);
    bool same = strcmp(memory->set_id, hold->set_id) == 0;
    bool goes_on = same || (memory->stands && is_left_of(state, hold, memory->id));
    text_copy(hold->id, sizeof hold->id, goes_on ? memory->id : hold->set_id);
    if (goes_on) hold->since_wall_ms = instant_min(hold->since_wall_ms, memory->since_wall_ms);
    bool stored = same && memory->since_wall_ms == hold->since_wall_ms;
    text_copy(memory->id, sizeof memory->id, hold->id);
    text_copy(memory->set_id, sizeof memory->set_id, hold->set_id);
    memory->since_wall_ms = hold->since_wall_ms;
    memory->stands = memory->seen = true;
    if (!stored) hold_memory_store(state, memory);
    remember(state, hold);
}

static void tell(struct state *state, const struct hold *hold)
{
    state_tell(state,
               ABOUT(.level = TELL_WARNING, .type = "Held", .source = state_source(state, hold->source),
                     .cloud = state_cloud(state, hold->cloud), .reason = reason_row(hold->reason)->word),
               "%u %s of source %s held: setpointctl approve %s", hold->count,
               hold->count == 1 ? "object" : "objects", hold->source, hold->id);
}

/* Not before all that changed was looked at: a set forms object by object. */
static void tell_new(struct state *state)
{
    if (!state->holds_untold || state->dirty_first || state->now.boot_ms < state->hold_tell_ms) return;
    state->holds_untold = false;
    for (uint32_t i = 0; i < state->hold_count; i++) {
        const struct hold *hold = &state->holds[i];
        struct hold_memory *memory = hold_memory_of(state, hold);
        int64_t due = memory->told_ms == 0 ? state->now.boot_ms : memory->told_ms + HOLD_TELL_MS;
        if (memory->told && strcmp(memory->told_id, hold->id) == 0) continue;
        if (state->now.boot_ms < due) {
            state->hold_tell_ms = state->holds_untold ? instant_min(state->hold_tell_ms, due) : due;
            state->holds_untold = true;
            continue;
        }
        tell(state, hold);
        memory->told = true;
        memory->told_ms = state->now.boot_ms;
        text_copy(memory->told_id, sizeof memory->told_id, hold->id);
    }
}

static void form(struct state *state)
{
    row_release(state->holds, state->hold_count);
    state->hold_count = 0;
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            const struct object *object = state->sources[i]->objects[j];
            if (reason_held(object) != REASON_COUNT) add_member(hold_of(state, object), object);
        }
    for (uint32_t i = 0; i < state->hold_count; i++) {
        hold_name(&state->holds[i]);
        give_id(state, &state->holds[i]);
    }
    hold_memories_end(state);
    name_objects(state);
    state->holds_untold = true;
    state->hold_tell_ms = 0;
}

void holds_remember(struct state *state)
{
    bool any = state->hold_count > 0 || state->approvable > 0;
    for (uint32_t i = 0; state->holds_stale && i < state->source_count; i++)
        any |= state->sources[i]->empty != NULL;
    if (state->holds_stale && any) form(state);
    state->holds_stale = false;
    tell_new(state);
}

int64_t holds_wake(const struct state *state)
{
    return state->holds_untold && !state->dirty_first ? state->hold_tell_ms : NEVER_MS;
}

const struct hold *hold_find(const struct state *state, const char *id, const struct hold **out_now)
{
    for (uint32_t i = 0; i < state->hold_count; i++)
        if (strcmp(state->holds[i].id, id) == 0) return *out_now = &state->holds[i];
    for (uint32_t i = 0; i < state->old_hold_count; i++) {
        const struct hold *then = &state->old_holds[i];
        if (strcmp(then->id, id) != 0) continue;
        for (uint32_t k = 0; k < state->hold_count; k++)
            if (is_part_of(&state->holds[k], then)) {
                *out_now = &state->holds[k];
                return then;
            }
    }
    return NULL;
}
