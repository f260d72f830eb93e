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
#include "reconcile/marking.h"
#include "reconcile/observe.h"
#include "reconcile/order.h"
#include "reconcile/rebuild.h"
#include "reconcile/retry.h"
#include "reconcile/store.h"
#include "reconcile/successor.h"
#include "reconcile/tombstone.h"

static const char *const state_names[] = {"saving", "ready", "sent", "open"};

const char *intent_state_name(enum intent_state state)
{
    return state_names[state];
}

bool intent_is_of_next(const struct intent *intent)
{
    return intent->kind == CALL_CREATE && text_equal(intent->value, CREATE_OF_NEXT);
}

void intent_take_times(struct intent *intent)
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
    intent_take_times(intent);
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
void intent_drop(struct state *state, struct intent *intent)
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

/* Who has the address must be asked anew. */
void intent_forget(struct state *state, struct intent *intent)
{
    if (intent->field == FIELD_FLOATING_IP) catalogue_spoil(state, intent->cloud, CATALOGUE_FLOATING_IP);
    intent_drop(state, intent);
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

/* Who wants it, where that is written, and what it is charged to. */
static const char *circumstances(struct state *state, const struct intent *intent, const char *why)
{
    struct object *object = intent->object;
    struct arena *arena = &state->effects->arena;
    const char *out = why;
    if (object->spec) out = arena_printf(arena, "%s; %s:%u", out, object->spec->file, object->spec->line);
    if (intent->destroys) {
        struct budget_answer budget = budget_of_source(state, object->source);
        out = arena_printf(arena, "%s; destroyBudget of %s: %u of %u", out, object->source->name, budget.used,
                           budget.max);
    }
    if (intent->disrupts) {
        struct budget_answer budget = budget_disruption(object->source);
        out = arena_printf(arena, "%s; disruption of %s: %u of %u", out, object->source->name, budget.used,
                           budget.max);
    }
    return intent->approved ? arena_printf(arena, "%s; approved", out) : out;
}

void intent_sent(struct state *state, struct intent *intent, const char *why)
{
    struct object *object = intent->object;
    intent->state = INTENT_SENT;
    intent->sent_ms = state->now.boot_ms;
    if (intent->approved) object->approval.call = CALL_NONE;
    bool unheld = object->held && (intent->destroys || intent_is_of_next(intent));
    bool remedy = intent->from == PHASE_ERROR && intent->kind != CALL_DELETE;
    if (unheld || remedy) object->ledger_dirty = true;
    object->held &= !unheld;
    object->remedies += remedy;
    struct server *server =
        intent->provider_id[0] ? servers_find(&intent->cloud->servers, intent->provider_id) : NULL;
    if (server) server->look_delay_ms = 0;
    if (intent->kind == CALL_ASSOCIATE_FLOATING_IP)
        catalogue_hold(state, intent->cloud, intent->value, intent->provider_id);
    state_tell(state, ABOUT(.type = "CallSent", .object = object, .call = call_name(intent->kind)),
               "%s%s%s sent (%s)", call_name(intent->kind), intent->argument ? " " : "",
               intent->argument ? intent->argument : "", circumstances(state, intent, why));
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
    if (remedy && !uses_up_remedy(object, reply->kind)) {
        object->remedies--;
        object->ledger_dirty = true;
    }
    if (reply->kind == REPLY_ABSENT) suspect(state, intent);
    if (object->keypair) keypair_refused(state, intent, reply->kind);
    state_tell(state,
               ABOUT(.level = TELL_WARNING, .type = "CallRefused", .object = object, .call = call_name(kind),
                     .request_id = reply->request_id),
               "%s was refused (%s): %s", call_name(kind), reply_kind_name(reply->kind),
               reply->message && reply->message[0] ? reply->message : "no words");
    never_happened(state, intent);
    intent_forget(state, intent);
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
    look_soon(state, intent->cloud, intent->provider_id, LOOK_FIRST_MS);
    state_tell(state,
               ABOUT(.level = TELL_WARNING, .type = "CallOutcomeUnknown", .object = object,
                     .call = call_name(intent->kind), .request_id = reply->request_id),
               "%s: no usable answer (%s); looking whether it took effect", call_name(intent->kind),
               reply->message && reply->message[0] ? reply->message : reply_kind_name(reply->kind));
}
