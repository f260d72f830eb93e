#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/budget.h"
#include "reconcile/catalogue.h"
#include "reconcile/delta.h"
#include "reconcile/field_text.h"
#include "reconcile/hold.h"
#include "reconcile/observe.h"
#include "reconcile/order.h"
#include "reconcile/view_text.h"

/* The plan: every object is decided by the same function that acts, one after another, each with what the
   earlier ones would have used up of the budgets. What was used for that is given back at the end. */

enum { PLAN_CHARGE = 0 }; /* id of charges that only the plan makes; real ids begin far above */

struct plan {
    struct state *state;
    struct now now;
    struct arena arena;
    struct text calls, blocked, notes;
    struct delta delta;
    uint32_t marks; /* servers of the present source whose mark is to be written */
};

/* One call that tells the whole set. */
static bool is_whole_set(const struct object *object, const struct step_call *call)
{
    return call->field == FIELD_SECURITY_GROUPS && object->cloud->traits->groups_at_once && object->spec;
}

static const char *set_words(struct plan *plan, struct value set)
{
    AUTO_TEXT struct text words;
    text_init(&words, OBJECT_MESSAGE);
    field_show(FIELD_SECURITY_GROUPS, set, &words);
    return arena_text(&plan->arena, words.bytes);
}

static const char *call_from(struct plan *plan, const struct object *object, const struct step_call *call,
                             const struct server *server)
{
    if (is_whole_set(object, call))
        return server ? set_words(plan, server->facts.values[FIELD_SECURITY_GROUPS]) : NULL;
    if (call->kind == CALL_RESIZE)
        return server ? catalogue_name(object->cloud, CATALOGUE_FLAVOR,
                                       value_scalar(server->facts.values[FIELD_FLAVOR]))
                      : NULL;
    if (call->kind == CALL_DELETE_KEYPAIR) return call->argument;
    if (call->kind == CALL_RENAME) return server ? server->facts.name : NULL;
    return server && call->field == FIELD_POWER ? phase_name(server->facts.phase) : NULL;
}

static const char *call_to(struct plan *plan, const struct object *object, const struct step_call *call)
{
    if (is_whole_set(object, call)) return set_words(plan, object->spec->values[FIELD_SECURITY_GROUPS]);
    if (call->kind == CALL_CREATE) return object_server_name(object);
    if (call->kind == CALL_RESIZE) return catalogue_name(object->cloud, CATALOGUE_FLAVOR, call->argument);
    if (call->kind == CALL_DELETE_KEYPAIR) return NULL;
    if (call->kind == CALL_SET_METADATA) return call->argument;
    if (call->field == FIELD_POWER && object->spec) return phase_name(spec_power(object->spec));
    return call->argument;
}

static bool call_interrupts(const struct object *object, enum call_kind kind, const struct server *server)
{
    enum phase phase = server && !server->expected ? server->facts.phase : PHASE_RUNNING;
    const struct transition *row = traits_transition(object->cloud->traits, kind, phase);
    return row && row->cost >= COST_INTERRUPTS && object->was_converged;
}

/* "" = one that is not there yet. */
static const char *call_server(const struct object *object, const struct decision *decision, uint32_t place)
{
    if (decision->route.on[place]) return decision->route.on[place];
    for (uint32_t i = 0; i <= place; i++)
        if (decision->route.calls[i].kind == CALL_CREATE) return "";
    return decision->order.provider_id ? decision->order.provider_id : object->current;
}

/* What never ran holds nothing (S3). */
static bool call_destroys(const struct object *object, const struct decision *decision, uint32_t place,
                          const struct server *server)
{
    const struct intent *intent = object->intent;
    enum call_kind kind = decision->route.calls[place].kind;
    if (kind != CALL_DELETE) return kind == CALL_REBUILD;
    if (place == 0 && intent && intent->kind == CALL_DELETE) return intent->destroys;
    if (place == 0 && decision->order.kind == CALL_DELETE) return decision->order.destroys;
    bool bound = server && server->owner == object;
    bool ours = bound && (object->created_by_us || strcmp(server->facts.id, object->next) == 0);
    return !ours || !server_never_ran(object, server);
}

/* waits: why it is not sent now; NULL = it is, or is not the first. */
static const char *call_reason(const struct decision *decision, uint32_t place, const char *waits)
{
    enum field field = decision->route.calls[place].field;
    if (waits) return waits;
    if (place == 0 && decision->order.why) return decision->order.why;
    if (decision->route.calls[place].kind == CALL_REBOOT) return "spec.restart"; /* a remedy is the first */
    return field < FIELD_COUNT ? field_row(field)->name : decision->message;
}

/* by: what it waits for; NULL = it is sent, or another one comes first. */
static void add_call(struct plan *plan, const struct object *object, const struct decision *decision,
                     uint32_t place, bool next, const char *waits, const struct blocker *by)
{
    const struct step_call *call = &decision->route.calls[place];
    const char *id = call_server(object, decision, place);
    const struct server *server = id[0] != '\0' ? servers_find(&object->cloud->servers, id) : NULL;
    struct text *out = &plan->calls;
    element(out);
    text_add_char(out, '{');
    member_text(out, "source", object->source->name);
    member_text(out, "name", object->name);
    member_text(out, "cloud", object->cloud->name);
    member_text(out, "providerId", id);
    member_text(out, "call", call_name(call->kind));
    member_text(out, "from", call_from(plan, object, call, server));
    member_text(out, "to", call_to(plan, object, call));
    member_text(out, "reason", call_reason(decision, place, waits));
    member_flag(out, "destructive", call_destroys(object, decision, place, server));
    member_flag(out, "disruptive", call_interrupts(object, call->kind, server));
    member_flag(out, "next", next);
    member_blocker(out, by);
    text_add_char(out, '}');
    delta_count(&plan->delta, object, call, server);
}

static void add_blocked(struct plan *plan, const struct object *object, const struct decision *decision)
{
    struct text *out = &plan->blocked;
    element(out);
    text_add_char(out, '{');
    member_text(out, "source", object->source->name);
    member_text(out, "name", object->name);
    member_text(out, "reason", reason_row(decision->reason)->word);
    member_blocker(out, &decision->by);
    member_text(out, "holdId", object->reason == decision->reason ? object->hold_id : NULL);
    member_text(out, "message", decision->message);
    text_add_char(out, '}');
}

static bool is_blocked(enum reason reason)
{
    enum verdict verdict = reason_row(reason)->verdict;
    return verdict == VERDICT_BLOCKED || verdict == VERDICT_FAILING || verdict == VERDICT_UNKNOWN;
}

/* A mark is written beside what the manifests want: 1,000 adopted servers are in place, with nothing to do.
 */
static bool is_mark(const struct step_call *call)
{
    return call->kind == CALL_SET_METADATA && mark_key_is_ours(call->argument);
}

static void add_marks(struct plan *plan, const struct source *source)
{
    struct text *out = &plan->notes;
    if (plan->marks == 0) return;
    element(out);
    text_add_char(out, '{');
    member_text(out, "source", source->name);
    member_text(out, "name", NULL);
    member_text(out, "field", "mark");
    member_text(out, "desired", NULL);
    member_text(out, "actual", NULL);
    member_key(out, "message");
    text_addf(out, "\"is written to %u server%s\"}", (unsigned)plan->marks, plan->marks == 1 ? "" : "s");
    plan->marks = 0;
}

/* What this call would use up for those that come after it. */
static void use_up(struct plan *plan, struct object *object, const struct order *order)
{
    bool again = order->kind == CALL_DELETE && budget_is_charged(plan->state, object, order->provider_id);
    if ((order->destroys || order->reserves) && object->reserved == 0 && !again) {
        window_charge(&object->source->destroyed, PLAN_CHARGE, 0, plan->now);
        window_charge(&plan->state->destroyed, PLAN_CHARGE, 0, plan->now);
    }
    if (order->kind == CALL_CREATE) object->source->live++;
}

/* The destruction that comes later: after a delay, or what is done before it. */
static bool later_delete(const struct object *object, const struct decision *decision, struct order *out)
{
    bool begun = object->intent && object->intent->destroys;
    if (begun || object->keypair || decision->order.destroys || decision->order.reserves) return false;
    for (uint32_t i = 0; i < decision->route.count; i++) {
        const char *id = call_server(object, decision, i);
        const struct server *server = servers_find(&object->cloud->servers, id);
        if (decision->route.calls[i].kind != CALL_DELETE || !call_destroys(object, decision, i, server))
            continue;
        *out = (struct order){.kind = CALL_DELETE,
                              .provider_id = id,
                              .field = FIELD_COUNT,
                              .class = CLASS_DELETE,
                              .destroys = true};
        return true;
    }
    return false;
}

static void plan_decided(struct plan *plan, struct object *object, struct decision *decision);

/* Its replacement is held: what can be changed in place meanwhile. */
static void plan_meanwhile(struct plan *plan, struct object *object)
{
    uint64_t desire = object->held_desire;
    if (!object->spec || object->held) return;
    struct decision *decision = ARENA_NEW(&plan->arena, struct decision);
    object->held = true;
    object->held_desire = object->spec->hash;
    object_decide(plan->state, object, &plan->arena, decision);
    if (decision->order.kind != CALL_NONE && !decision->order.destroys && !decision->order.reserves)
        plan_decided(plan, object, decision);
    object->held = false;
    object->held_desire = desire;
}

/* Its route ends in a Delete that will be held: then nothing of it is planned. */
static bool is_held_later(struct plan *plan, struct object *object, const struct decision *decision)
{
    struct order later;
    if (!later_delete(object, decision, &later)) return false;
    struct decision *held = ARENA_NEW(&plan->arena, struct decision);
    *held = *decision;
    if (guards_allow_later(plan->state, object, &later, held)) {
        if (!object->counted_retiring) use_up(plan, object, &later); /* else it counts as used already */
        return false;
    }
    add_blocked(plan, object, held);
    plan_meanwhile(plan, object);
    return true;
}

static void give_back(struct plan *plan, const uint32_t *live)
{
    struct state *state = plan->state;
    while (window_refund(&state->destroyed, PLAN_CHARGE))
        continue;
    for (uint32_t i = 0; i < state->source_count; i++) {
        while (window_refund(&state->sources[i]->destroyed, PLAN_CHARGE))
            continue;
        state->sources[i]->live = live[i];
    }
}

/* waits: the first call is allowed later, and why; by: what it waits for. */
static void add_route(struct plan *plan, const struct object *object, const struct decision *decision,
                      bool now, const char *waits, const struct blocker *by)
{
    for (uint32_t i = 0; i < decision->route.count; i++)
        if (is_mark(&decision->route.calls[i]))
            plan->marks++;
        else
            add_call(plan, object, decision, i, now && i == 0, i == 0 ? waits : NULL, i == 0 ? by : NULL);
}

/* A difference of which no call comes: lifecycle says so, or it waits for another power state or server. */
static void add_note(struct plan *plan, const struct object *object, const struct gap *gap)
{
    bool ignored = object->spec->lifecycle.ignore & FIELD_BIT(gap->field);
    struct text *out = &plan->notes;
    element(out);
    text_add_char(out, '{');
    member_text(out, "source", object->source->name);
    member_text(out, "name", object->name);
    member_text(out, "field", field_row(gap->field)->name);
    member_key(out, "desired");
    field_json(gap->field, gap->desired, out);
    member_key(out, "actual");
    field_json(gap->field, gap->actual, out);
    const char *barred = gap->kind == GAP_BARRED ? arena_printf(&plan->arena, "waits: %s", gap->why) : NULL;
    member_text(out, "message",
                barred                     ? barred
                : gap->kind != GAP_IGNORED ? "waits for a power state that allows it"
                : ignored                  ? "is not corrected (lifecycle.ignore)"
                                           : "concerns new servers only (lifecycle.createOnly)");
    text_add_char(out, '}');
}

/* What hangs on a server that is to go, by somebody's hand, and is no part of the new one. */
static void add_left(struct plan *plan, const struct object *object, enum field field, const char *what)
{
    struct text *out = &plan->notes;
    element(out);
    text_add_char(out, '{');
    member_text(out, "source", object->source->name);
    member_text(out, "name", object->name);
    member_text(out, "field", field_row(field)->name);
    member_text(out, "desired", NULL);
    member_text(out, "actual", what);
    member_text(
        out, "message",
        "is not in the manifest, and does not move to the new server (a root disk goes with its own)");
    text_add_char(out, '}');
}

static bool is_replaced(const struct object *object, const struct decision *decision)
{
    for (uint32_t i = 0; object->spec && object->current[0] != '\0' && i < decision->route.count; i++)
        if (decision->route.calls[i].kind == CALL_DELETE &&
            strcmp(call_server(object, decision, i), object->current) == 0)
            return true;
    return false;
}

static void add_left_behind(struct plan *plan, const struct object *object, const struct decision *decision)
{
    static const enum field fields[] = {FIELD_VOLUMES, FIELD_FLOATING_IP};
    if (!is_replaced(object, decision)) return;
    const struct server *server = servers_find(&object->cloud->servers, object->current);
    for (unsigned i = 0; server && i < sizeof fields / sizeof *fields; i++) {
        struct value there = server->facts.values[fields[i]], wanted = object->spec->values[fields[i]];
        bool managed = object->spec->managed & FIELD_BIT(fields[i]);
        for (uint32_t row = 0; (server->facts.seen & FIELD_BIT(fields[i])) && row < there.rows; row++) {
            const char *what = value_cell(there, row, 0);
            bool named = managed && value_has(wanted, what);
            if (!named && strcmp(what, FLOATING_NONE) != 0) add_left(plan, object, fields[i], what);
        }
    }
}

/* What is barred and is not what the object itself waits for: its call comes after those of the route. */
static void add_notes(struct plan *plan, const struct object *object, const struct decision *decision)
{
    const struct gaps *gaps = &decision->gaps;
    for (uint32_t i = 0; i < gaps->count; i++) {
        const struct gap *gap = &gaps->items[i];
        bool barred = gap->kind == GAP_BARRED && gap->reason != decision->reason;
        if (gap->kind == GAP_IGNORED || gap->pending || barred) add_note(plan, object, gap);
    }
}

static void plan_decided(struct plan *plan, struct object *object, struct decision *decision)
{
    if (decision->order.kind == CALL_NONE) { /* under way, waiting, blocked or nothing to do */
        if (is_blocked(decision->reason))
            add_blocked(plan, object, decision);
        else if (!is_held_later(plan, object, decision))
            add_route(plan, object, decision, object->intent != NULL, NULL, &decision->by);
        return;
    }
    struct decision *guarded = ARENA_NEW(&plan->arena, struct decision);
    *guarded = *decision;
    bool allowed = guards_allow(plan->state, object, &decision->order, NULL, guarded);
    if (!allowed && guarded->reason == REASON_OBSERVE_MODE) { /* what would be held is no less held */
        struct decision *enforced = ARENA_NEW(&plan->arena, struct decision);
        *enforced = *decision;
        if (!guards_allow_enforced(plan->state, object, &decision->order, enforced) &&
            is_blocked(enforced->reason))
            *guarded = *enforced;
    }
    if (!allowed && is_blocked(guarded->reason)) {
        add_blocked(plan, object, guarded);
        if (guarded->reason == REASON_APPROVAL_NEEDED) plan_meanwhile(plan, object);
        return;
    }
    if (!allowed && reason_row(guarded->reason)->verdict == VERDICT_CONVERGED) return;
    if (is_held_later(plan, object, decision)) return;
    use_up(plan, object, &decision->order);
    /* what a whole cloud or installation waits for is told once, in a notice */
    bool waits = !allowed && !reason_row(guarded->reason)->wide;
    add_route(plan, object, decision, !waits, waits ? guarded->message : NULL, allowed ? NULL : &guarded->by);
}

static void plan_object(struct plan *plan, struct object *object)
{
    struct decision *decision = ARENA_NEW(&plan->arena, struct decision);
    object_decide(plan->state, object, &plan->arena, decision);
    if (object->spec) add_notes(plan, object, decision);
    add_left_behind(plan, object, decision);
    plan_decided(plan, object, decision);
}

void view_plan(struct state *state, const struct view_filter *filter, struct now now, struct text *out)
{
    struct plan plan = {.state = state, .now = now};
    uint32_t *live = memory_alloc((state->source_count + 1) * sizeof *live);
    struct now before = state->now;
    state->now = now;
    arena_init(&plan.arena);
    text_init(&plan.calls, 256 << 20);
    text_init(&plan.blocked, 256 << 20);
    text_add_char(&plan.calls, '[');
    text_add_char(&plan.blocked, '[');
    text_init(&plan.notes, 256 << 20);
    text_add_char(&plan.notes, '[');
    for (uint32_t i = 0; i < state->source_count; i++)
        live[i] = state->sources[i]->live;
    for (uint32_t i = 0; i < state->source_count && state->config && state->ledger_loaded; i++) {
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            struct object *object = state->sources[i]->objects[j];
            if (view_shows(object) && view_selects(filter, object)) plan_object(&plan, object);
            arena_release(&plan.arena);
        }
        add_marks(&plan, state->sources[i]);
    }
    give_back(&plan, live);
    state->now = before;
    uint64_t calls = hash_keyed((struct hash_key){1, 1}, plan.calls.bytes, plan.calls.length);
    uint64_t blocked = hash_keyed((struct hash_key){calls, 2}, plan.blocked.bytes, plan.blocked.length);
    text_addf(out, "{\"id\":\"%016llx\",\"calls\":%s],\"blocked\":%s],\"notes\":%s],\"notices\":",
              (unsigned long long)blocked, plan.calls.bytes, plan.blocked.bytes, plan.notes.bytes);
    view_notices(state, filter, now, out);
    text_add_char(out, ',');
    delta_json(&plan.delta, out);
    text_add_char(out, '}');
    memory_free(live);
    arena_release(&plan.arena);
    delta_release(&plan.delta);
    text_release(&plan.calls);
    text_release(&plan.blocked);
    text_release(&plan.notes);
}
