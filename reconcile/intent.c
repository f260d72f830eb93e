#include "reconcile/intent.h"

#include <string.h>

#include "reconcile/address.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/budget.h"
#include "reconcile/catalogue.h"
#include "reconcile/gap.h"
#include "reconcile/keypair.h"
#include "reconcile/look.h"
#include "reconcile/observe.h"
#include "reconcile/order.h"
#include "reconcile/rebuild.h"
#include "reconcile/retire.h"
#include "reconcile/retry.h"
#include "reconcile/store.h"
#include "reconcile/successor.h"

static const char *const state_names[] = {"saving", "ready", "sent", "open"};

const char *intent_state_name(enum intent_state state)
{
    return state_names[state];
}

bool intent_is_of_next(const struct intent *intent)
{
    return intent->kind == CALL_CREATE && text_equal(intent->value, CREATE_OF_NEXT);
}

static void take_times(struct intent *intent)
{
    const struct transition *row = traits_transition(intent->cloud->traits, intent->kind, intent->from);
    if (!row) return; /* create has no phase to come from */
    intent->grace_ms = row->grace_ms;
    intent->deadline_ms = row->deadline_ms;
    intent->aim = row->to == PHASE_RESTS ? intent->from : row->to;
}

static uint32_t record_applied(struct state *state, const struct spec *spec, uint64_t *applied)
{
    uint32_t fields = gap_recorded_fields() & spec->managed;
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        applied[i] = (fields & FIELD_BIT(i)) ? gap_applied_hash(state, spec, (enum field)i) : 0;
    return fields;
}

static void record_keys(struct object *object)
{
    struct value keys = object->spec->values[FIELD_METADATA];
    if (object->spec->managed & FIELD_BIT(FIELD_METADATA))
        for (unsigned i = 0; i < keys.rows; i++)
            text_set_add(&object->metadata, value_cell(keys, i, 0));
}

/* Of the one that is bound everything stays as it is. */
static void begin_successor(struct state *state, struct object *object, struct intent *intent)
{
    struct successor *successor = &object->successor;
    prng_letters(&state->prng, intent->attempt, MARK_ATTEMPT);
    text_copy(successor->attempt, sizeof successor->attempt, intent->attempt);
    successor->was_running = false;
    successor->applied_fields = record_applied(state, object->spec, successor->applied);
    record_keys(object);
}

static void begin_create(struct state *state, struct object *object, struct intent *intent)
{
    prng_letters(&state->prng, intent->attempt, MARK_ATTEMPT);
    text_copy(object->attempt, sizeof object->attempt, intent->attempt);
    text_copy(object->cloud_name, sizeof object->cloud_name, object->cloud->name);
    object->created_by_us = true;
    object->was_running = object->was_converged = false;
    object->protect |= object->spec->lifecycle.protect;
    int64_t restart_ms = object->spec->lifecycle.restart_wall_ms;
    if (restart_ms <= state->now.wall_ms)
        object->restarted_wall_ms = instant_max(object->restarted_wall_ms, restart_ms);
    text_set_release(&object->metadata);
    text_set_release(&object->volumes);
    text_set_release(&object->addresses);
    object->applied_fields = record_applied(state, object->spec, object->applied);
    record_keys(object);
}

void intent_begin(struct state *state, struct object *object, const struct order *order)
{
    ASSERT(!object->intent && object->cloud);
    struct cloud *cloud = object->cloud;
    struct intent *intent = NEW(struct intent);
    intent->id = ++state->call_seq;
    intent->object = object;
    intent->cloud = cloud;
    intent->kind = order->kind;
    intent->class = order->class;
    intent->field = order->field;
    intent->state = INTENT_SAVING;
    text_copy(intent->provider_id, sizeof intent->provider_id, order->provider_id ? order->provider_id : "");
    intent->argument = order->argument ? memory_copy_text(order->argument) : NULL;
    intent->value = order->value ? memory_copy_text(order->value) : NULL;
    struct server *server =
        intent->provider_id[0] ? servers_find(&cloud->servers, intent->provider_id) : NULL;
    intent->from = server ? server_phase(server) : PHASE_GONE;
    intent->cleanup = order->cleanup;
    intent->destroys = order->destroys;
    intent->after_build = order->kind == CALL_DELETE && order->remedy && order->cleanup;
    intent->disrupts =
        order->interrupts && object->was_converged && server && server->facts.phase == PHASE_RUNNING;
    intent->approved = object->approval.call == order->kind &&
                       text_equal(object->approval.provider_id, order_concerns(order));
    intent->restarted_before_ms = -1;
    if (order->restart_wall_ms != 0) { /* at most once per value: done with the row that says so */
        intent->restarted_before_ms = object->restarted_wall_ms;
        object->restarted_wall_ms = order->restart_wall_ms;
    }
    if (order->image_wall_ms != 0) object->retire.image_wall_ms = order->image_wall_ms;
    if (order->kind == CALL_REBUILD) rebuild_begin(object, intent);
    take_times(intent);
    ROW_RESERVE(cloud->intents, cloud->intent_count, cloud->intent_room);
    cloud->intents[cloud->intent_count++] = intent;
    object->intent = intent;
    if (intent_is_of_next(intent))
        begin_successor(state, object, intent);
    else if (intent->kind == CALL_CREATE)
        begin_create(state, object, intent);
    if (order->reserves && object->reserved == 0) budget_reserve(state, object, intent->id, object->current);
    if (intent->destroys) {
        budget_charge(state, object, intent->id, intent->provider_id);
        state->destructions_in_flight++;
    }
    intent->took_slot = intent->disrupts && !object->slot;
    if (intent->disrupts) object->slot = true;
    intent->saved_ms = state->now.boot_ms;
    intent->saved_wall_ms = state->now.wall_ms;
    object_recount(state, object);
    store_object(state, object);
    store_intent(state, intent);
}

void intents_saved(struct state *state, uint64_t save_id)
{
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        struct cloud *cloud = state->clouds[i];
        for (uint32_t j = 0; j < cloud->intent_count; j++) {
            struct intent *intent = cloud->intents[j];
            if (intent->save_id != save_id || intent->state != INTENT_SAVING) continue;
            intent->save_id = 0;
            intent->state = INTENT_READY;
            state_dirty(state, intent->object);
        }
    }
}

/* Takes the intent out of everything; the object may have another one afterwards. */
static void intent_drop(struct state *state, struct intent *intent)
{
    struct cloud *cloud = intent->cloud;
    struct object *object = intent->object;
    uint32_t place = 0;
    while (cloud->intents[place] != intent)
        place++;
    memmove(cloud->intents + place, cloud->intents + place + 1,
            (cloud->intent_count - place - 1) * sizeof *cloud->intents);
    cloud->intent_count--;
    if (intent->destroys) state->destructions_in_flight--;
    object->intent = NULL;
    object->settled_ms = state->now.boot_ms;
    object_recount(state, object);
    store_object(state, object);
    store_erase_intent(state, intent);
    memory_free(intent->argument);
    memory_free(intent->value);
    memory_free(intent);
    lanes_serve(state, cloud);
    state_dirty(state, object);
}

static void never_happened(struct state *state, struct intent *intent)
{
    if (intent->destroys) {
        budget_refund(state, intent->object, intent->id);
        /* two servers are still two: one of them is to go */
        if (intent->object->next[0] != '\0')
            budget_reserve(state, intent->object, intent->id, intent->provider_id);
    }
    if (intent->after_build && intent->object->failures > 0) intent->object->failures--;
    if (intent->took_slot) intent->object->slot = false;
    if (intent->restarted_before_ms >= 0) intent->object->restarted_wall_ms = intent->restarted_before_ms;
    if (intent->kind == CALL_REBUILD) intent->object->rebuilt = intent->rebuilt_before;
}

void intent_withdraw(struct state *state, struct intent *intent, const char *why)
{
    struct object *object = intent->object;
    ASSERT(intent->state == INTENT_SAVING || intent->state == INTENT_READY);
    state_tell(state, ABOUT(.type = "CallWithdrawn", .object = object, .call = call_name(intent->kind)),
               "%s was not sent: %s", call_name(intent->kind), why);
    never_happened(state, intent);
    intent_drop(state, intent);
}

/* It was sent, and what came of it is not seen: who has the address must be asked anew. */
static void drop_undone(struct state *state, struct intent *intent)
{
    if (intent->field == FIELD_FLOATING_IP) catalogue_spoil(state, intent->cloud, CATALOGUE_FLOATING_IP);
    intent_drop(state, intent);
}

void intent_forget(struct state *state, struct intent *intent)
{
    drop_undone(state, intent);
}

void intents_save_failed(struct state *state, uint64_t save_id)
{
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        struct cloud *cloud = state->clouds[i];
        for (uint32_t j = 0; j < cloud->intent_count;) {
            struct intent *intent = cloud->intents[j];
            bool lost = intent->save_id == save_id && intent->state == INTENT_SAVING;
            if (lost)
                intent_withdraw(state, intent, "the ledger could not be written");
            else
                j++;
        }
    }
}

static bool resolve_into(struct state *state, struct object *object, struct create_order *order,
                         enum field field, struct arena *arena)
{
    const struct resolved *resolved = &object->resolved[field];
    const char *text = value_scalar(object->spec->values[field]), *id;
    if (resolved->text && strcmp(resolved->text, text) == 0) {
        id = resolved->id;
    } else {
        if (catalogue_resolve(state, object->cloud, field_row(field)->names, text, &id) != RESOLUTION_FOUND)
            return false;
        object_resolve(object, field, text, id);
    }
    order->values[field] = value_of_scalar(arena, id);
    return true;
}

/* networks: kind, id or name, fixed address. Ports have no names worth a look-up. */
static bool resolve_networks(struct state *state, struct object *object, struct create_order *order,
                             struct arena *arena)
{
    struct value networks = object->spec->values[FIELD_NETWORKS];
    const char **cells = ARENA_ROW(arena, const char *, networks.rows * 3 + 1);
    for (unsigned i = 0; i < networks.rows; i++) {
        const char *kind = value_cell(networks, i, 0), *id = value_cell(networks, i, 1);
        enum catalogue_kind names = text_equal(kind, "subnet") ? CATALOGUE_SUBNET : CATALOGUE_NETWORK;
        if (!text_equal(kind, "port") &&
            catalogue_resolve(state, object->cloud, names, id, &id) != RESOLUTION_FOUND)
            return false;
        cells[i * 3] = kind;
        cells[i * 3 + 1] = arena_text(arena, id);
        cells[i * 3 + 2] = value_cell(networks, i, 2);
    }
    order->values[FIELD_NETWORKS] = (struct value){networks.rows, 3, cells};
    return true;
}

static bool create_order(struct state *state, struct intent *intent, struct arena *arena, struct call *out)
{
    struct object *object = intent->object;
    const struct spec *spec = object->spec;
    if (!spec) return false;
    struct create_order *order = ARENA_NEW(arena, struct create_order);
    order->given = spec->managed & ~FIELD_BIT(FIELD_POWER);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (order->given & FIELD_BIT(i)) order->values[i] = spec->values[i];
    order->name = object_server_name(object);
    if ((order->given & FIELD_BIT(FIELD_FLAVOR)) && !resolve_into(state, object, order, FIELD_FLAVOR, arena))
        return false;
    if ((order->given & FIELD_BIT(FIELD_IMAGE)) && !resolve_into(state, object, order, FIELD_IMAGE, arena))
        return false;
    if ((order->given & FIELD_BIT(FIELD_NETWORKS)) && !resolve_networks(state, object, order, arena))
        return false;
    object_mark(state, object, intent_is_of_next(intent) ? MARK_NEXT : MARK_CURRENT, &order->mark);
    text_copy(order->mark.attempt, sizeof order->mark.attempt, intent->attempt);
    out->create = order;
    return true;
}

static struct value groups_wanted(const struct object *object, struct arena *arena)
{
    if (!object->spec) return (struct value){0, 1, NULL};
    return gap_group_names(object->cloud, object->spec->values[FIELD_SECURITY_GROUPS], arena);
}

bool intent_call(struct state *state, struct intent *intent, struct arena *arena, struct call *out)
{
    *out = (struct call){
        .id = intent->id,
        .kind = intent->kind,
        .cloud = arena_text(arena, intent->cloud->name),
        .provider_id = intent->provider_id[0] ? arena_text(arena, intent->provider_id) : NULL,
        .argument = arena_text(arena, intent->argument),
        .value = arena_text(arena, intent->value),
    };
    const struct server *server =
        out->provider_id ? servers_find(&intent->cloud->servers, out->provider_id) : NULL;
    if (server) out->nic = arena_text(arena, address_nic(intent->cloud, server));
    if (intent->kind == CALL_ADD_SECURITY_GROUP || intent->kind == CALL_REMOVE_SECURITY_GROUP)
        out->set = groups_wanted(intent->object, arena);
    return intent->kind != CALL_CREATE || create_order(state, intent, arena, out);
}

void intent_sent(struct state *state, struct intent *intent)
{
    struct object *object = intent->object;
    intent->state = INTENT_SENT;
    intent->sent_ms = state->now.boot_ms;
    if (intent->approved) object->approval.call = CALL_NONE;
    object->held = false;
    if (intent->from == PHASE_ERROR && intent->kind != CALL_DELETE) object->remedies++;
    struct server *server =
        intent->provider_id[0] ? servers_find(&intent->cloud->servers, intent->provider_id) : NULL;
    if (server) server->look_delay_ms = 0;
    if (intent->kind == CALL_ASSOCIATE_FLOATING_IP)
        catalogue_hold(state, intent->cloud, intent->value, intent->provider_id);
    state_tell(state, ABOUT(.type = "CallSent", .object = object, .call = call_name(intent->kind)),
               "%s%s%s sent", call_name(intent->kind), intent->argument ? " " : "",
               intent->argument ? intent->argument : "");
    state_dirty(state, object);
}

/* A create was accepted with an id: bound at once, so that no second is made whatever is seen next. */
static void bind_created(struct state *state, struct intent *intent, const struct reply *reply)
{
    struct object *object = intent->object;
    if (!reply->provider_id || reply->provider_id[0] == '\0') return;
    if (!text_copy(intent->provider_id, sizeof intent->provider_id, reply->provider_id)) return;
    bool next = intent_is_of_next(intent);
    if ((next ? object->next : object->current)[0] != '\0') return; /* its mark was seen before its reply */
    if (strcmp(object->current, intent->provider_id) == 0) return;  /* and it has been promoted since */
    struct server *server = servers_find(&intent->cloud->servers, intent->provider_id);
    if (!server) server = servers_add(&intent->cloud->servers, intent->provider_id, state->now.boot_ms);
    server->life_ms = instant_max(server->life_ms, intent->sent_ms);
    if (next)
        successor_bind(state, object, server);
    else
        object_bind(state, object, server);
}

/* A remedy that never reached the server is none: only a refusal of the step itself uses it up. */
static bool uses_up_remedy(const struct object *object, enum reply_kind kind)
{
    if (kind == REPLY_CONFLICT) return object->conflicts >= CONFLICT_TRIES;
    return kind == REPLY_INVALID || kind == REPLY_DENIED;
}

/* S4: no proof, but lists are read at once. It may also be the volume or the group that is not there. */
static void suspect(struct state *state, const struct intent *intent)
{
    struct server *server =
        intent->provider_id[0] ? servers_find(&intent->cloud->servers, intent->provider_id) : NULL;
    if (!server) return;
    server->suspect = true;
    look_full(state, intent->cloud, state->now.boot_ms);
    look_soon(state, intent->cloud, intent->provider_id, 0);
}

/* What the reply kind means for an intent that was surely not carried out. */
static void refused(struct state *state, struct intent *intent, const struct reply *reply)
{
    struct object *object = intent->object;
    enum call_kind kind = intent->kind;
    retry_after_refusal(state, object, intent, reply);
    if (kind == CALL_CREATE && !reply->not_sent) object_give_up(state, object, intent->attempt);
    bool remedy = intent->from == PHASE_ERROR && kind != CALL_DELETE && object->remedies > 0;
    if (remedy && !uses_up_remedy(object, reply->kind)) object->remedies--;
    if (reply->kind == REPLY_ABSENT) suspect(state, intent);
    if (object->keypair) keypair_refused(state, intent, reply->kind);
    state_tell(state,
               ABOUT(.level = TELL_WARNING, .type = "CallRefused", .object = object, .call = call_name(kind),
                     .request_id = reply->request_id),
               "%s was refused (%s): %s", call_name(kind), reply_kind_name(reply->kind),
               reply->message && reply->message[0] ? reply->message : "no words");
    never_happened(state, intent);
    drop_undone(state, intent);
}

void intent_reply(struct state *state, struct intent *intent, const struct reply *reply, int64_t sent_ms)
{
    if (intent->state != INTENT_SENT) return; /* doubled */
    struct object *object = intent->object;
    intent->sent_ms = instant_max(intent->sent_ms, sent_ms);
    intent->replied_ms = state->now.boot_ms;
    intent->state = INTENT_OPEN;
    state_dirty(state, object);
    if (reply->kind == REPLY_OK) {
        intent->accepted = true;
        if (intent->kind == CALL_CREATE) bind_created(state, intent, reply);
        look_soon(state, intent->cloud, intent->provider_id, LOOK_FIRST_MS);
        state_tell(state,
                   ABOUT(.type = "CallAccepted", .object = object, .call = call_name(intent->kind),
                         .request_id = reply->request_id),
                   "%s accepted", call_name(intent->kind));
        return;
    }
    if (reply_is_refusal(reply->kind) || reply->not_sent) {
        refused(state, intent, reply);
        return;
    }
    intent->unknown = true;
    if (intent->kind == CALL_CREATE) look_full(state, intent->cloud, intent_create_settles_ms(intent));
    look_soon(state, intent->cloud, intent->provider_id, LOOK_FIRST_MS);
    state_tell(state,
               ABOUT(.level = TELL_WARNING, .type = "CallOutcomeUnknown", .object = object,
                     .call = call_name(intent->kind), .request_id = reply->request_id),
               "%s: no usable answer (%s); looking whether it took effect", call_name(intent->kind),
               reply->message && reply->message[0] ? reply->message : reply_kind_name(reply->kind));
}

static void done(struct state *state, struct intent *intent)
{
    struct object *object = intent->object;
    if (intent->kind == CALL_SET_METADATA && intent->argument && !mark_key_is_ours(intent->argument)) {
        if (intent->value)
            text_set_add(&object->metadata, intent->argument);
        else
            text_set_remove(&object->metadata, intent->argument);
    }
    if (intent->kind == CALL_ATTACH_VOLUME) text_set_add(&object->volumes, intent->argument);
    if (intent->kind == CALL_DETACH_VOLUME) text_set_remove(&object->volumes, intent->argument);
    if (intent->kind == CALL_ASSOCIATE_FLOATING_IP) text_set_add(&object->addresses, intent->argument);
    if (intent->kind == CALL_RELEASE_FLOATING_IP) {
        text_set_remove(&object->addresses, intent->argument);
        catalogue_hold(state, intent->cloud, intent->value, "");
    }
    if (object->retry_call == intent->kind && intent->kind != CALL_CREATE) retry_clear(object);
    state_tell(state, ABOUT(.type = "CallDone", .object = object, .call = call_name(intent->kind)), "%s done",
               call_name(intent->kind));
    intent_drop(state, intent);
}

/* Accepted or unanswered, and steady again without the change: it was ignored. */
static void ignored(struct state *state, struct intent *intent)
{
    struct object *object = intent->object;
    enum call_kind kind = intent->kind;
    bool accepted = intent->accepted;
    if (kind == CALL_CREATE) object_give_up(state, object, intent->attempt);
    if (accepted) object->ignored_call = kind;
    retry_after_silence(state, object, intent);
    state_tell(
        state, ABOUT(.level = TELL_WARNING, .type = "CallIgnored", .object = object, .call = call_name(kind)),
        accepted ? "%s was accepted but nothing came of it" : "%s did not take effect", call_name(kind));
    if (intent->took_slot && !intent->begun) object->slot = false;
    drop_undone(state, intent);
}

static void ended(struct state *state, struct intent *intent, const char *how)
{
    state_tell(state,
               ABOUT(.level = TELL_NOTICE, .type = "CallEnded", .object = intent->object,
                     .call = call_name(intent->kind)),
               "%s ended: %s", call_name(intent->kind), how);
    drop_undone(state, intent);
}

int64_t intent_create_settles_ms(const struct intent *intent)
{
    int64_t settle = cloud_settle_ms(intent->cloud);
    if (intent->cloud->config) settle = instant_max(settle, intent->cloud->config->total_timeout_ms);
    return instant_after(intent->sent_ms, settle);
}

/* Id of what came of the create; "" = nothing yet. A successor may have been promoted before that is told. */
static const char *created(const struct intent *intent)
{
    const struct object *object = intent->object;
    if (!intent_is_of_next(intent)) return object->current;
    if (object->next[0] != '\0') return object->next;
    return strcmp(object->attempt, intent->attempt) == 0 ? object->current : "";
}

static void observe_create(struct state *state, struct intent *intent)
{
    struct object *object = intent->object;
    struct cloud *cloud = intent->cloud;
    if (created(intent)[0] != '\0') {
        struct server *server = servers_find(&cloud->servers, created(intent));
        if (server && !server->expected) done(state, intent);
        return;
    }
    if (intent->accepted && intent->provider_id[0] != '\0') {
        ended(state, intent, "the new server is gone"); /* bound, and unbound by proven absence */
        return;
    }
    if (cloud->traits->mark == MARK_NOWHERE && intent->argument &&
        object_bind_by_name(state, object, intent->argument, intent->sent_ms))
        return; /* closed when it is looked at again */
    int64_t settles = intent_create_settles_ms(intent);
    if (intent->accepted) /* without an id: it did take effect, at the reply at the latest */
        settles = instant_max(settles, instant_after(intent->replied_ms, cloud_settle_ms(cloud)));
    bool first = cloud->complete_begun_ms[1] >= intent->sent_ms;
    bool second = cloud->complete_begun_ms[0] >= settles;
    int64_t soon = intent->sent_ms;
    if (cloud->traits->mark == MARK_NOWHERE) /* one list for many creates */
        soon = instant_max(soon, cloud->listing.begun_ms + NAME_LIST_MS);
    if (first && second && cloud->complete_begun_ms[1] > 0)
        ignored(state, intent);
    else
        look_full(state, cloud, cloud->complete_begun_ms[0] >= intent->sent_ms ? settles : soon);
}

/* Without a manifest (after a restart its source may not have been read yet) only the call itself says what
   to look for. */
static bool change_is_seen(const struct intent *intent, const struct facts *facts)
{
    const struct value *values = facts->values;
    const char *argument = intent->argument ? intent->argument : "";
    if (intent->field < FIELD_COUNT && !(facts->seen & FIELD_BIT(intent->field))) return true;
    if (intent->kind == CALL_ATTACH_VOLUME) return value_has(values[FIELD_VOLUMES], argument);
    if (intent->kind == CALL_DETACH_VOLUME) return !value_has(values[FIELD_VOLUMES], argument);
    if (intent->kind == CALL_ADD_SECURITY_GROUP) return value_has(values[FIELD_SECURITY_GROUPS], argument);
    if (intent->kind == CALL_REMOVE_SECURITY_GROUP)
        return !value_has(values[FIELD_SECURITY_GROUPS], argument);
    if (intent->kind == CALL_ASSOCIATE_FLOATING_IP) return value_has(values[FIELD_FLOATING_IP], argument);
    if (intent->kind == CALL_RELEASE_FLOATING_IP) return !value_has(values[FIELD_FLOATING_IP], argument);
    if (intent->kind == CALL_SET_METADATA)
        return text_equal(value_find(values[FIELD_METADATA], argument), intent->value);
    if (intent->kind == CALL_RESIZE) return strcmp(value_scalar(values[FIELD_FLAVOR]), argument) == 0;
    return intent->kind != CALL_RENAME || strcmp(facts->name, argument) == 0;
}

/* What a replacement takes off one server is the other's desire, so no gap tells of it. */
static bool is_move(const struct intent *intent)
{
    const struct object *object = intent->object;
    return object->next[0] != '\0' &&
           (intent->kind == CALL_DETACH_VOLUME || intent->kind == CALL_RELEASE_FLOATING_IP);
}

static bool field_is_closed(struct state *state, struct intent *intent, const struct server *server)
{
    struct object *object = intent->object;
    if (intent->kind == CALL_REBUILD) /* a cloud may show the new image before it begins */
        return rebuild_is_seen(intent, &server->facts) &&
               (intent->begun || server->asked_ms >= intent->replied_ms + intent->grace_ms);
    bool by_itself = intent->field == FIELD_FLOATING_IP; /* what else stands in its way is no answer */
    if (by_itself || is_move(intent)) return change_is_seen(intent, &server->facts);
    if (!object->spec || !object->cloud->traits) return change_is_seen(intent, &server->facts);
    if (intent->kind == CALL_SET_METADATA && mark_key_is_ours(intent->argument))
        return !object_mark_differs(state, object, server, intent->argument);
    struct gaps gaps;
    gap_compute(state, object, server, &state->turn, &gaps);
    for (uint32_t i = 0; i < gaps.count; i++) {
        const struct gap *gap = &gaps.items[i];
        if (gap->field != intent->field) continue;
        for (uint32_t j = 0; j < gap->call_count; j++)
            if (gap->calls[j].kind == intent->kind && text_equal(gap->calls[j].argument, intent->argument) &&
                text_equal(gap->calls[j].value, intent->value))
                return false;
        if (gap->kind == GAP_UNRESOLVED) return false;
    }
    return true;
}

static bool is_closed(struct state *state, struct intent *intent, const struct server *server)
{
    const struct transition *row = traits_transition(intent->cloud->traits, intent->kind, intent->from);
    enum closed_by by = row ? row->closed_by : CLOSED_BY_PHASE;
    enum phase phase = server->facts.phase;
    bool fresh = server->asked_ms >= intent->sent_ms;
    switch (by) {
    case CLOSED_BY_PHASE:
        /* while the cloud confirms, the server still looks as if it waited for that */
        if (intent->from == PHASE_CONFIRM_RESIZE) return phase == PHASE_RUNNING || phase == PHASE_STOPPED;
        return phase == intent->aim && (intent->from != intent->aim || fresh);
    case CLOSED_BY_FIELD:
        if (intent->kind == CALL_RESIZE && phase == PHASE_CONFIRM_RESIZE)
            return row && row->then == CALL_CONFIRM_RESIZE;
        return fresh && phase_is_steady(phase) && field_is_closed(state, intent, server);
    case CLOSED_BY_BEGINNING:
        return phase == PHASE_BUSY
                   ? false
                   : fresh && phase == PHASE_RUNNING &&
                         (intent->begun || server->asked_ms >= intent->replied_ms + intent->grace_ms);
    case CLOSED_BY_SIGHTING:
    case CLOSED_BY_CATALOGUE:
    case CLOSED_BY_IMAGE:
    case CLOSED_BY_ABSENCE: return false;
    }
    UNREACHABLE();
}

/* Facts may refute only when they were asked after the reply and the grace in which the old state means "not
 * begun". */
static bool may_refute(const struct intent *intent, int64_t asked_ms)
{
    int64_t patience = intent->grace_ms;
    if (intent->unknown && intent->cloud->config)
        patience = instant_max(patience, intent->cloud->config->total_timeout_ms);
    return intent->replied_ms > 0 && asked_ms > intent->replied_ms + patience;
}

/* The server tells nothing of an image that is made of it: the cloud's list of images does. */
static void observe_snapshot(struct state *state, struct intent *intent)
{
    int64_t asked_ms;
    switch (retire_image_seen(state, intent, &asked_ms)) {
    case IMAGE_READY: done(state, intent); return;
    case IMAGE_FAILED: ended(state, intent, "the image failed"); return;
    case IMAGE_SAVING: intent->begun = true; return;
    case IMAGE_MISSING:
        if (may_refute(intent, asked_ms)) ignored(state, intent);
        return;
    }
    UNREACHABLE();
}

static void observe_change(struct state *state, struct intent *intent, struct server *server)
{
    enum phase phase = server->facts.phase;
    if (phase == PHASE_BUSY || (phase != intent->from && phase != PHASE_ERROR)) intent->begun = true;
    if (is_closed(state, intent, server)) {
        done(state, intent);
        return;
    }
    bool moved_on = intent->begun && server->asked_ms > intent->replied_ms && intent->replied_ms > 0;
    if (phase == PHASE_ERROR && intent->from != PHASE_ERROR && server->asked_ms >= intent->sent_ms) {
        retry_after_silence(state, intent->object, intent);
        ended(state, intent, "the server went to error");
        return;
    }
    if (!phase_is_steady(phase)) return;
    if (phase != intent->from && moved_on && intent->kind != CALL_RESIZE)
        ended(state, intent, "the server is in another state now");
    else if (may_refute(intent, server->asked_ms))
        ignored(state, intent);
}

static void observe_delete(struct state *state, struct intent *intent, struct server *server)
{
    if (server->facts.phase == PHASE_DELETING) intent->begun = true;
    bool binned = intent->accepted && intent->from != PHASE_GONE && server->binned_ms > intent->replied_ms;
    if (binned) {
        server->binned_by_us = true;
        ended(state, intent, "it is in the recycle bin; one more delete releases it");
        return;
    }
    bool gone = intent->accepted && server->gone_asked_ms > intent->replied_ms;
    if (gone) {
        struct object *object = intent->object;
        struct cloud *cloud = intent->cloud;
        if (server->owner == object) object_unbind(state, object, server, "deleted"); /* else a surplus one */
        done(state, intent);
        observe_forget_server(state, cloud, server);
        return;
    }
    bool unmoved = phase_is_steady(server->facts.phase) || server->facts.phase == intent->from;
    if (server->facts.phase == PHASE_DELETING || !unmoved) return;
    if (server->gone_asked_ms == 0 && may_refute(intent, server->asked_ms)) ignored(state, intent);
}

static void observe_keypair(struct state *state, struct intent *intent)
{
    if (intent->state != INTENT_OPEN) return;
    switch (keypair_outcome(state, intent)) {
    case KEYPAIR_OPEN: return;
    case KEYPAIR_DONE: done(state, intent); return;
    case KEYPAIR_IGNORED: ignored(state, intent); return;
    case KEYPAIR_OTHER: ended(state, intent, "another key stands under that name"); return;
    }
    UNREACHABLE();
}

void intent_observe(struct state *state, struct object *object)
{
    struct intent *intent = object->intent;
    if (!intent || intent->state == INTENT_SAVING || intent->state == INTENT_READY) return;
    if (!intent->cloud->traits) return; /* left in the ledger by a configuration that had this cloud */
    if (intent->grace_ms == 0 && intent->deadline_ms == 0) take_times(intent); /* read back from the ledger */
    if (object->keypair) {
        observe_keypair(state, intent);
        return;
    }
    if (intent->kind == CALL_CREATE) {
        if (intent->state == INTENT_OPEN) observe_create(state, intent);
        return;
    }
    struct server *server = servers_find(&intent->cloud->servers, intent->provider_id);
    if (intent->state != INTENT_OPEN) return;
    /* a surplus one is deleted by its id, whatever its mark says meanwhile */
    bool deletes = intent->kind == CALL_DELETE && server && !server->owner;
    if (!server && intent->kind == CALL_DELETE) {
        done(state, intent);
        return;
    }
    if (!deletes && (!server || server->owner != object)) {
        ended(state, intent, server ? "the server is another's now" : "the server is gone");
        return;
    }
    if (intent->kind == CALL_DELETE)
        observe_delete(state, intent, server);
    else if (intent->kind == CALL_SNAPSHOT)
        observe_snapshot(state, intent);
    else
        observe_change(state, intent, server);
}

bool intent_is_stuck(const struct state *state, const struct intent *intent)
{
    if (intent->state != INTENT_OPEN || intent->deadline_ms == 0) return false;
    return state->now.boot_ms > instant_max(intent->sent_ms, intent->replied_ms) + intent->deadline_ms;
}
