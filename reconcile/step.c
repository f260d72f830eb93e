#include "reconcile/step.h"

#include <string.h>

#include "reconcile/absorb.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/brake.h"
#include "reconcile/budget.h"
#include "reconcile/command.h"
#include "reconcile/find.h"
#include "reconcile/hold.h"
#include "reconcile/keypair.h"
#include "reconcile/look.h"
#include "reconcile/news.h"
#include "reconcile/observe.h"
#include "reconcile/order.h"
#include "reconcile/outbox.h"
#include "reconcile/owed.h"
#include "reconcile/protection.h"
#include "reconcile/rename.h"
#include "reconcile/retry.h"
#include "reconcile/send.h"
#include "reconcile/store.h"
#include "reconcile/swap.h"

struct state *reconcile_new(const uint8_t entropy[32], struct now started)
{
    struct state *state = NEW(struct state);
    prng_init(&state->prng, entropy);
    state->now = state->started = started;
    arena_init(&state->turn);
    arena_init(&state->backlog.arena);
    state->news = news_new();
    state->outbox = outbox_new();
    return state;
}

static void source_free(struct source *source)
{
    for (uint32_t i = 0; i < source->object_count; i++)
        object_free(source->objects[i]);
    memory_free(source->objects);
    source_clear_mistakes(source);
    generation_free(source->generation);
    generation_free(source->empty);
    window_release(&source->destroyed);
    memory_free(source);
}

static void objects_release(struct state *state)
{
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            struct object *object = state->sources[i]->objects[j];
            object->dirty = object->queued = false;
            heap_remove(&state->timers, &object->timer);
            if (!object->intent) continue;
            memory_free(object->intent->argument);
            memory_free(object->intent->value);
            memory_free(object->intent);
            object->intent = NULL;
        }
}

void reconcile_free(struct state *state)
{
    if (!state) return;
    objects_release(state);
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        state->clouds[i]->intent_count = 0;
        cloud_free(state->clouds[i]);
    }
    for (uint32_t i = 0; i < state->source_count; i++)
        source_free(state->sources[i]);
    for (uint32_t i = 0; i < state->saving_count; i++)
        arena_release(&state->saves[i].arena);
    holds_release(state);
    arena_release(&state->backlog.arena);
    memory_free(state->backlog.records);
    owed_release(state);
    news_free(state->news);
    outbox_free(state->outbox);
    memory_free(state->saves);
    memory_free(state->clouds);
    memory_free(state->sources);
    memory_free(state->records);
    for (uint32_t i = 0; i < state->command_count; i++)
        memory_free(state->commands[i].clouds);
    memory_free(state->commands);
    memory_free(state->renames);
    memory_free(state->wanted);
    memory_free(state->tagged);
    window_release(&state->destroyed);
    heap_release(&state->timers);
    config_free(state->config);
    arena_release(&state->turn);
    memory_free(state);
}

static struct object *object_of_timer(struct heap_entry *entry)
{
    return (struct object *)((char *)entry - offsetof(struct object, timer));
}

static void collect_due(struct state *state)
{
    struct heap_entry *first;
    while ((first = heap_first(&state->timers)) && first->due_ms <= state->now.boot_ms) {
        struct object *object = object_of_timer(first);
        heap_remove(&state->timers, first);
        state_dirty(state, object);
    }
}

/* What an order that passed all guards leaves behind in the object, besides the intent. */
static void note_order(struct state *state, struct object *object, const struct order *order)
{
    bool repair = order->kind == CALL_SET_METADATA && order->argument && mark_key_is_ours(order->argument) &&
                  !text_equal(order->argument, MARK_RESTART_KEY); /* that one changes by itself */
    if (repair && state->now.boot_ms - object->mark_repaired_ms >= MINUTE_MS) {
        object->mark_repaired_ms = state->now.boot_ms;
        object->mark_repairs += object->was_converged;
    }
    if (order->kind == CALL_DELETE && order->remedy) {
        struct server *server = servers_find(&object->cloud->servers, order->provider_id);
        if (server && order->cleanup)
            retry_after_build(state, object, server, server->facts.phase == PHASE_BUILDING);
    }
    bool bound = order->provider_id && strcmp(order->provider_id, object->current) == 0;
    if (order->kind == CALL_DELETE && (order->remedy || order->replaces) && bound && object->was_converged)
        times_add(&object->replaced, state->now.boot_ms);
    if (order->kind == CALL_CREATE && object->spec) {
        const struct spec *spec = object->spec;
        struct capacity_key *key = cloud_capacity(object->cloud, value_scalar(spec->values[FIELD_ZONE]),
                                                  value_scalar(spec->values[FIELD_FLAVOR]), false);
        if (key && key->delay_ms > 0) key->prober = object;
    }
    object->try_once = false;
}

/* One field that changes back and forth, or a server that is replaced again and again: somebody else is at
 * work. */
static bool is_flapping(struct state *state, struct object *object, const struct order *order)
{
    int64_t now = state->now.boot_ms;
    bool replaced = order->kind == CALL_CREATE &&
                    times_within(&object->replaced, now, QUARANTINE_WINDOW_MS) >= QUARANTINE_REPLACED;
    bool flipped = false;
    if (object->was_converged && order->field < FIELD_COUNT && order->kind != CALL_CREATE) {
        if (object->flip_field != order->field) {
            object->flip_field = order->field;
            object->flips.count = 0;
        }
        flipped = times_within(&object->flips, now, FLIP_WINDOW_MS) >= FLIP_COUNT;
    }
    return replaced || flipped;
}

static void quarantine(struct state *state, struct object *object, const struct order *order)
{
    int64_t span = backoff_ms(QUARANTINE_FIRST_MS, ++object->quarantines, 200, QUARANTINE_MOST_MS);
    object->quarantined_until_ms = state->now.boot_ms + span;
    object->replaced.count = object->flips.count = 0;
    bool field = order->field < FIELD_COUNT;
    text_copy(object->retry_message, sizeof object->retry_message,
              arena_printf(&state->turn, "%s %s; quarantined (setpointctl sync %s tries at once)",
                           field ? field_row(order->field)->name : "the server",
                           field ? "keeps changing back" : "is lost or replaced again and again",
                           find_name(state, object, &state->turn)));
    state_tell(state,
               ABOUT(.level = TELL_WARNING, .type = "Quarantined", .object = object,
                     .reason = reason_row(REASON_QUARANTINED)->word),
               "%s", object->retry_message);
}

static void begin(struct state *state, struct object *object, struct decision *decision)
{
    const struct order *order = &decision->order;
    if (!lane_has_room(object->cloud)) {
        lane_wait(state, object, order->class);
        decision->reason = REASON_CALL_QUEUED;
        decision->by.kind = BLOCKER_NONE;
        decision->next_ms = state->now.boot_ms + SECOND_MS;
        return;
    }
    lane_leave(object);
    if (is_flapping(state, object, order)) {
        quarantine(state, object, order);
        if (!guards_allow(state, object, order, NULL, decision)) return;
    }
    note_order(state, object, order);
    intent_begin(state, object, order);
    decision->by.kind = BLOCKER_NONE; /* it is being sent */
    decision->next_ms = state->now.boot_ms + SECOND_MS;
}

static void converged(struct state *state, struct object *object)
{
    bool first = !object->was_converged;
    if (first || object->slot || object->held) object->ledger_dirty = true;
    if (object->slot || first) {
        object->slot = false;
        object->was_converged = true;
        object_recount(state, object);
        state_dirty_slots(state, object->source);
    }
    /* a drift that came back after it had been mended counts as one flip of that field */
    if (object->verdict != VERDICT_CONVERGED && object->flip_field < FIELD_COUNT && !first)
        times_add(&object->flips, state->now.boot_ms);
    object->halted = false;
    retry_forgive(object);
    retry_clear(object);
    object->held = false;
    budget_release(state, object);
}

/* All that can be changed has been, in the desired power; or nothing is to be changed any more. What is left
   needs a person, and interrupts nothing. */
static bool leaves_alone(const struct object *object, enum reason reason)
{
    if (reason == REASON_PROTECTED) return object->spec == NULL;
    if (reason == REASON_TOO_MANY_INSTANCES) return object->current[0] == '\0';
    return reason == REASON_IMMUTABLE_CHANGE || reason == REASON_ORPHANED || reason == REASON_TAKEN_OVER;
}

static void end_interruption(struct state *state, struct object *object)
{
    if (!object->slot) return;
    object->slot = false;
    object->ledger_dirty = true;
    object_recount(state, object);
    state_dirty_slots(state, object->source);
}

/* It is not to be replaced, and no second server stands there. */
static void release_reserved(struct state *state, struct object *object)
{
    if (object->next[0] == '\0' && !object->intent) budget_release(state, object);
}

/* From what is seen to be missing until nothing is; looking for the first time is no gap. */
static void gap_time(const struct state *state, struct object *object, enum verdict verdict)
{
    if (verdict == VERDICT_CONVERGED) {
        if (object->gap_since_ms > 0)
            tally_add(&object->source->convergence, tally_slow_us,
                      (state->now.boot_ms - object->gap_since_ms) * 1000);
        object->gap_since_ms = 0;
    } else if (object->gap_since_ms == 0 && verdict != VERDICT_UNKNOWN) {
        object->gap_since_ms = state->now.boot_ms;
    }
}

static void set_verdict(struct state *state, struct object *object, const struct decision *decision)
{
    const struct reason_row *row = reason_row(decision->reason);
    enum reason before = object->reason;
    bool first = object->since_wall_ms < 0;
    bool moved = first || object->verdict != row->verdict || before != decision->reason;
    bool worded = strcmp(object->message, decision->message) != 0;
    bool wanted = object->spec || (object->keypair && object->keypair->spec);
    if (row->verdict == VERDICT_CONVERGED && wanted) converged(state, object);
    /* instances wait for it */
    if (object->keypair && object->cloud && moved) state_dirty_cloud(state, object->cloud);
    if (leaves_alone(object, decision->reason)) {
        end_interruption(state, object);
        release_reserved(state, object);
    }
    if (decision->reason == REASON_PROTECTED) release_reserved(state, object);
    if (decision->order.beside)
        end_interruption(state, object); /* all else is done, and the successor interrupts nobody */
    gap_time(state, object, row->verdict);
    if (object->verdict != row->verdict || first) object->since_wall_ms = state->now.wall_ms;
    bool told = first || object->verdict != row->verdict ||
                (moved && (row->verdict == VERDICT_BLOCKED || row->verdict == VERDICT_FAILING));
    object->verdict = row->verdict;
    object->reason = decision->reason;
    text_copy(object->message, sizeof object->message, decision->message);
    object->by = decision->by;
    object->next_try_ms = decision->next_ms;
    object->route_count = decision->route.count < LIMIT_ROUTE ? decision->route.count : LIMIT_ROUTE;
    for (uint32_t i = 0; i < object->route_count; i++)
        object->route[i] = decision->route.calls[i].kind;
    if (moved || worded) state->serial++;
    if (moved) holds_note(state, before, decision->reason);
    news_note(state, object);
    if (!told || row->wide) return;
    bool bad = row->verdict == VERDICT_BLOCKED || row->verdict == VERDICT_FAILING;
    state_tell(state,
               ABOUT(.level = bad ? TELL_WARNING : TELL_INFO, .type = "VerdictChanged", .object = object,
                     .reason = row->word),
               "%s: %s", verdict_name(row->verdict), decision->message);
}

/* Nothing desired, bound, under way or remembered: the object ends. */
static bool is_over(const struct object *object)
{
    if (object->keypair) return keypair_is_over(object);
    return !object->spec && object->current[0] == '\0' && object->next[0] == '\0' && !object->intent &&
           object->marked_count == 0 && !object->protect && object->state != OBJECT_RELEASED &&
           object->suspended_until_ms == 0;
}

static void end_object(struct state *state, struct object *object)
{
    if (object->known_to_ledger) store_erase_object(state, object);
    lane_leave(object);
    heap_remove(&state->timers, &object->timer);
    object->slot = false;
    budget_release(state, object);
    object_recount(state, object);
    for (uint32_t i = 0; i < state->cloud_count; i++)
        for (uint32_t j = 0; j < state->clouds[i]->capacity_count; j++)
            if (state->clouds[i]->capacities[j].prober == object)
                state->clouds[i]->capacities[j].prober = NULL;
    state->serial++;
    state->tagged_stale = true;
    holds_note(state, object->reason, REASON_IN_SYNC);
    news_forget(state, object);
    source_remove(object->source, object);
    object_free(object);
}

static void latch_hold(struct state *state, struct object *object, const struct decision *decision)
{
    if (decision->reason != REASON_APPROVAL_NEEDED || decision->order.kind == CALL_NONE) return;
    uint64_t desire = object->spec ? object->spec->hash : 0;
    const char *id = order_concerns(&decision->order);
    if (strcmp(object->held_server, id) != 0) {
        text_copy(object->held_server, sizeof object->held_server, id);
        holds_note(state, object->reason, object->reason);
    }
    if (object->held && object->held_desire == desire) return;
    object->held = true;
    object->held_desire = desire;
    object->ledger_dirty = true;
    if (object->spec) state_dirty(state, object); /* what can be changed in place is, meanwhile */
}

/* Events wake an object anyway; the timer is for what only time changes. */
static int64_t next_look(const struct state *state, const struct object *object, int64_t next_ms)
{
    next_ms = instant_min(next_ms, protection_ends_ms(object));
    return next_ms > state->now.boot_ms ? next_ms : state->now.boot_ms + WAKE_LEAST_MS;
}

/* What a name means is what the server that converged has: pinned as long as the manifest's text stays. */
static bool has_gap(const struct gaps *gaps, enum field field)
{
    for (uint32_t i = 0; i < gaps->count; i++)
        if (gaps->items[i].field == field) return true;
    return false;
}

static void pin_names(struct object *object, const struct gaps *gaps)
{
    static const enum field fields[] = {FIELD_FLAVOR, FIELD_IMAGE};
    struct server *server = servers_find(&object->cloud->servers, object->current);
    for (unsigned i = 0; server && i < sizeof fields / sizeof *fields; i++) {
        uint32_t bit = FIELD_BIT(fields[i]);
        bool managed = (object->spec->managed & server->facts.seen & bit) != 0;
        if (!managed || ((object->spec->lifecycle.ignore | object->spec->lifecycle.create_only) & bit))
            continue;
        if (has_gap(gaps, fields[i])) continue; /* pending */
        object_resolve(object, fields[i], value_scalar(object->spec->values[fields[i]]),
                       value_scalar(server->facts.values[fields[i]]));
    }
}

static void look_at(struct state *state, struct object *object)
{
    if (object->keypair)
        keypair_observe(state, object);
    else
        object_observe(state, object);
    intent_observe(state, object);
    rename_go_on(state, object);
    rename_take(state, object);
    if (is_over(object)) {
        if (!object->dirty) end_object(state, object); /* else it is looked at once more */
        return;
    }
    struct decision *decision = ARENA_NEW(&state->turn, struct decision);
    object_decide(state, object, &state->turn, decision);
    bool wants = decision->order.kind != CALL_NONE && !object->intent;
    if (wants && guards_allow(state, object, &decision->order, NULL, decision))
        begin(state, object, decision);
    else if (object->queued)
        lane_leave(object);
    latch_hold(state, object, decision);
    set_verdict(state, object, decision);
    if (object->verdict == VERDICT_CONVERGED && object->spec && object->current[0] != '\0')
        pin_names(object, &decision->gaps);
    if (object->ledger_dirty) store_object(state, object);
    state_wake(state, object, next_look(state, object, decision->next_ms));
}

static bool look_at_dirty(struct state *state)
{
    if (!state->config || !state->ledger_loaded) return false;
    for (unsigned i = 0; i < STEP_OBJECTS && state->dirty_first; i++) {
        struct object *object = state->dirty_first;
        state->dirty_first = object->dirty_next;
        if (!state->dirty_first) state->dirty_last = NULL;
        state->dirty_count--;
        object->dirty = false;
        object->dirty_next = NULL;
        look_at(state, object);
    }
    return state->dirty_first != NULL;
}

static int64_t next_wake(const struct state *state)
{
    struct heap_entry *first = heap_first(&state->timers);
    int64_t wake = first ? first->due_ms : NEVER_MS;
    for (uint32_t i = 0; i < state->cloud_count; i++)
        wake = instant_min(wake, cloud_send_wake(state, state->clouds[i]));
    if (state->read_only) wake = instant_min(wake, state->save_retry_ms);
    wake = instant_min(wake, holds_wake(state));
    wake = instant_min(wake, news_wake(state));
    wake = instant_min(wake, outbox_wake(state));
    return wake;
}

struct step_result reconcile_step(struct state *state, struct event *events, uint32_t event_count,
                                  struct now now, struct effects *effects)
{
    effects_clear(effects);
    state->effects = effects;
    ASSERT(now.boot_ms >= state->now.boot_ms);
    state->now = now;
    for (uint32_t i = 0; i < event_count; i++)
        absorb_event(state, &events[i]);
    swap_settle_empty(state);
    collect_due(state);
    bool more = look_at_dirty(state);
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        lanes_serve(state, state->clouds[i]);
        if (!more) cloud_send(state, state->clouds[i]);
    }
    commands_answer(state);
    holds_remember(state);
    news_go_on(state);
    outbox_go_on(state);
    store_flush(state);
    struct step_result result = {.more =
                                     more || (state->dirty_first && state->config && state->ledger_loaded),
                                 .wake_boot_ms = next_wake(state)};
    state->effects = NULL;
    arena_release(&state->turn);
    arena_init(&state->turn);
    return result;
}

void reconcile_leave(struct state *state, const struct event *events, uint32_t event_count, struct now now,
                     struct effects *effects)
{
    effects_clear(effects);
    state->effects = effects;
    state->now = now;
    for (uint32_t i = 0; i < event_count; i++)
        if (events[i].kind == EVENT_SAVED)
            store_saved(state, events[i].save.id);
        else if (events[i].kind == EVENT_SAVE_FAILED)
            store_failed(state, events[i].save.id, events[i].save.problem);
    state->effects = NULL;
    arena_release(&state->turn);
    arena_init(&state->turn);
}
