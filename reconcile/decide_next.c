#include <string.h>

#include "reconcile/catalogue.h"
#include "reconcile/field_text.h"
#include "reconcile/judge.h"
#include "reconcile/marking.h"
#include "reconcile/observe.h"
#include "reconcile/rebuild.h"
#include "reconcile/retire.h"
#include "reconcile/successor.h"

/* A server that must be another one, and the object while it has two. Both are looked at each time, so a
   desire that changes half-way, a restart and a lost ledger need no case of their own. */

const char *judge_shown(struct judge *j, enum field field, struct value value)
{
    struct text text;
    text_init(&text, 120);
    field_show(field, value, &text);
    const char *copy = arena_text(j->arena, text.bytes ? text.bytes : "");
    text_release(&text);
    return copy;
}

static const struct gap *immutable_of(const struct gaps *gaps)
{
    for (uint32_t i = 0; i < gaps->count; i++)
        if (gaps->items[i].kind == GAP_IMMUTABLE && !gaps->items[i].pending) return &gaps->items[i];
    return NULL;
}

/* --- what the two share --- */

/* What the manifest names and only one server can have: volumes, and last of all the floating IP. */
struct load {
    enum field field;
    const char *text;
};

static struct load load_at(const struct object *object, unsigned place)
{
    const struct spec *spec = object->spec;
    struct value volumes = spec->values[FIELD_VOLUMES];
    unsigned count = spec->managed & FIELD_BIT(FIELD_VOLUMES) ? volumes.rows : 0;
    if (place < count) return (struct load){FIELD_VOLUMES, value_cell(volumes, place, 0)};
    const char *address = value_scalar(spec->values[FIELD_FLOATING_IP]);
    bool wanted = (spec->managed & FIELD_BIT(FIELD_FLOATING_IP)) && strcmp(address, FLOATING_NONE) != 0;
    return (struct load){FIELD_FLOATING_IP, place == count && wanted ? address : NULL};
}

static bool is_seen(const struct server *server, struct load load)
{
    const struct facts *facts = &server->facts;
    return (facts->seen & FIELD_BIT(load.field)) && value_has(facts->values[load.field], load.text);
}

/* It hangs on the bound server, or may do so because that does not tell. */
static bool is_held(const struct judge *j, struct load load)
{
    return !(j->server->facts.seen & FIELD_BIT(load.field)) || is_seen(j->server, load);
}

/* The first of them that can be taken off in the phase that the server is in. text NULL: none; deleting it
   frees them. */
static struct load movable(const struct judge *j, const struct server *from)
{
    const struct traits *traits = j->cloud->traits;
    struct load load;
    for (unsigned i = 0; (load = load_at(j->object, i)).text; i++) {
        enum call_kind away = traits->fields[load.field].change_away;
        bool legal = away != CALL_NONE && traits_allow(traits, away, server_phase(from));
        if (legal && is_seen(from, load)) return load;
    }
    return (struct load){FIELD_COUNT, NULL};
}

/* Taken off the server that is judged, to go to the other one when that has been seen. */
static bool order_move(struct judge *j, struct load load)
{
    const char *id = NULL;
    j->out->route = (struct route){0};
    if (load.field == FIELD_FLOATING_IP && judge_name_missing(j, CATALOGUE_FLOATING_IP, load.text))
        return true;
    if (load.field == FIELD_FLOATING_IP)
        catalogue_resolve(j->state, j->cloud, CATALOGUE_FLOATING_IP, load.text, &id);
    struct step_call call = {j->cloud->traits->fields[load.field].change_away, load.field, load.text,
                             arena_text(j->arena, id)};
    j->out->route.calls[0] = call;
    j->out->route.count = 1;
    if (judge_locked(j)) return true;
    judge_order_call(j, &call);
    j->out->order.moves = true;
    j->out->order.why = "it moves to the other server";
    return true;
}

/* --- the way from one server to the other --- */

static bool is_in_route(const struct route *route, enum call_kind kind, const char *argument, const char *on)
{
    for (uint32_t i = 0; i < route->count; i++)
        if (route->calls[i].kind == kind && text_equal(route->calls[i].argument, argument) &&
            text_equal(route->on[i], on))
            return true;
    return false;
}

static void route_on(struct route *route, enum call_kind kind, enum field field, const char *argument,
                     const char *on)
{
    if (route->count == ROUTE_MAX || is_in_route(route, kind, argument, on)) return;
    route->on[route->count] = on;
    route->calls[route->count++] = (struct step_call){kind, field, argument, NULL};
}

/* It cannot be taken off in the phase that the bound server is in, and comes free with that server's
 * deletion. */
static bool is_kept(const struct judge *j, enum field field, const char *text)
{
    enum call_kind away = j->cloud->traits->fields[field].change_away;
    return is_held(j, (struct load){field, text}) &&
           !traits_allow(j->cloud->traits, away, server_phase(j->server));
}

void judge_route_beside(struct judge *j)
{
    struct route *route = &j->out->route;
    const struct object *object = j->object;
    const struct server *next = successor_of(object);
    const char *old = arena_text(j->arena, object->current), *new = arena_text(j->arena, object->next);
    if (!object->spec || !j->server) return;
    struct load load;
    for (unsigned i = 0; (load = load_at(object, i)).text; i++) {
        const struct field_trait *trait = &j->cloud->traits->fields[load.field];
        if (is_kept(j, load.field, load.text)) continue;
        if (is_held(j, load)) route_on(route, trait->change_away, load.field, load.text, old);
        if (!next || !is_seen(next, load)) route_on(route, trait->change, load.field, load.text, new);
    }
    route_on(route, CALL_DELETE, FIELD_COUNT, NULL, old);
    judge_route_new(j, new, is_kept);
}

/* It is being given up. */
bool judge_gives_up(const struct judge *j, const struct intent *intent)
{
    bool takes = intent->kind == CALL_DETACH_VOLUME || intent->kind == CALL_RELEASE_FLOATING_IP;
    if (intent->kind == CALL_DELETE) return strcmp(intent->provider_id, j->object->current) != 0;
    return takes && strcmp(intent->provider_id, j->object->next) == 0;
}

/* What a route of the successor's own says is meant for it. */
static void route_is_of_next(struct judge *j)
{
    struct route *route = &j->out->route;
    for (uint32_t i = 0; i < route->count; i++)
        route->on[i] = route->calls[i].kind == CALL_CREATE ? "" : arena_text(j->arena, j->object->next);
}

/* --- before there are two --- */

/* An interface or address that is given cannot be on two servers, and an image is made of a server that was
   stopped for its delete; where the marks do not tell which is which, a lost ledger would take the one for
   the other. */
static bool may_stand_beside(const struct judge *j)
{
    const struct spec *spec = j->object->spec;
    struct value networks = spec->values[FIELD_NETWORKS];
    if (!j->cloud->traits->role_in_mark || server_is_called_next(j->server)) return false;
    if (spec->lifecycle.retire.snapshot) return false;
    for (unsigned i = 0; i < networks.rows; i++) {
        const char *fixed = value_cell(networks, i, 2);
        if (text_equal(value_cell(networks, i, 0), "port") || (fixed && fixed[0] != '\0')) return false;
    }
    return true;
}

static bool order_successor(struct judge *j, const struct gap *gap)
{
    const char *field = field_row(gap->field)->name, *id = arena_text(j->arena, j->server->facts.id);
    j->out->order = (struct order){.kind = CALL_CREATE,
                                   .value = CREATE_OF_NEXT,
                                   .field = FIELD_COUNT,
                                   .class = CLASS_REST,
                                   .beside = id,
                                   .reserves = true,
                                   .why = arena_printf(j->arena, "%s differs: a successor", field)};
    j->out->route = (struct route){0};
    route_on(&j->out->route, CALL_CREATE, FIELD_COUNT, NULL, "");
    judge_route_beside(j);
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS),
                        "%s differs (%s → %s): Create its successor beside server %s", field,
                        judge_shown(j, gap->field, gap->actual), judge_shown(j, gap->field, gap->desired),
                        id);
}

/* Delete, and after its proven absence create. Not before all names of the new one are known, or there would
   be none at all. What is to be kept (volumes, addresses) is the new one's desire. */
static bool order_delete_first(struct judge *j, const struct gap *gap)
{
    const char *field = field_row(gap->field)->name;
    if (retire_saves_first(j)) return true;
    judge_order_delete(j, j->server, false, arena_printf(j->arena, "%s differs: a new server", field));
    j->out->order.interrupts = true;
    j->out->order.replaces = true;
    judge_route_create(j);
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS),
                        "%s differs (%s → %s): replaced by a new server", field,
                        judge_shown(j, gap->field, gap->actual), judge_shown(j, gap->field, gap->desired));
}

static bool judge_protected(struct judge *j, const struct gap *gap)
{
    return j->object->protect &&
           judge_settle(j, REASON_PROTECTED, NEVER_MS,
                        "%s differs (%s → %s); protected, so it is not replaced%s%s",
                        field_row(gap->field)->name, judge_shown(j, gap->field, gap->actual),
                        judge_shown(j, gap->field, gap->desired),
                        j->object->next[0] ? "; beside it stands " : "", j->object->next);
}

/* It will not begin soon: a person has to do something first, or it was refused for a while. */
static bool replacement_waits(const struct judge *j)
{
    const struct object *object = j->object;
    const struct source *source = object->source;
    bool beside = may_stand_beside(j);
    enum call_kind first = beside ? CALL_CREATE : CALL_DELETE;
    uint32_t most = source->config ? source->config->max_instances : 0;
    return object->protect || !source->valid || source->empty || source->halted >= HALT_FAILURES ||
           (object->held && object->held_desire == object->spec->hash) ||
           (beside && most > 0 && source->live - object->counted_live + 2 > most) ||
           (object->retry_call == first && object->retry_ms - j->state->now.boot_ms >= MINUTE_MS &&
            !object->try_once);
}

bool judge_is_to_go(const struct judge *j)
{
    bool replaces = j->object->spec->lifecycle.on_immutable == ON_IMMUTABLE_REPLACE;
    return replaces && immutable_of(&j->out->gaps) && !replacement_waits(j);
}

void judge_route_then_replace(struct judge *j)
{
    struct decision *kept = ARENA_NEW(j->arena, struct decision);
    *kept = *j->out;
    struct server running = *j->server;
    running.facts.phase = PHASE_RUNNING; /* as it will be then */
    struct judge then = *j;
    then.server = &running;
    judge_immutable(&then);
    const struct route *rest = &j->out->route;
    struct route *way = &kept->route;
    bool begins = j->out->order.kind == CALL_CREATE || j->out->order.kind == CALL_DELETE;
    for (uint32_t i = 0; begins && i < rest->count && way->count < ROUTE_MAX; i++) {
        way->on[way->count] = rest->on[i];
        way->calls[way->count++] = rest->calls[i];
    }
    *j->out = *kept;
}

bool judge_immutable(struct judge *j)
{
    enum on_immutable policy = j->object->spec->lifecycle.on_immutable;
    if (policy == ON_IMMUTABLE_REBUILD && rebuild_mends(j)) return true;
    const struct gap *gap = immutable_of(&j->out->gaps);
    if (!gap) return false;
    if (policy != ON_IMMUTABLE_REPLACE)
        return judge_settle(j, REASON_IMMUTABLE_CHANGE, NEVER_MS,
                            "%s differs (%s → %s): needs a new server (lifecycle.onImmutableChange: %s)",
                            field_row(gap->field)->name, judge_shown(j, gap->field, gap->actual),
                            judge_shown(j, gap->field, gap->desired),
                            policy == ON_IMMUTABLE_REBUILD ? "rebuild" : "block") &&
               judge_about(j, field_row(gap->field)->name);
    if (judge_locked(j) || judge_operator(j) || judge_protected(j, gap) || judge_names_missing(j))
        return true;
    return may_stand_beside(j) ? order_successor(j, gap) : order_delete_first(j, gap);
}

/* --- two servers --- */

/* "successor s2: …; server s1 stays meanwhile": what is judged of the one, told of the object. */
static bool tell_of_next(struct judge *j, const struct judge *n)
{
    const char *words = arena_text(j->arena, j->out->message);
    route_is_of_next(j);
    judge_route_beside(j);
    struct blocker by = j->out->by;
    judge_settle(j, j->out->reason, j->out->next_ms, "successor %s: %s; server %s stays meanwhile",
                 n->server->facts.id, words, j->server->facts.id);
    j->out->by = by;
    return true;
}

/* What the old one holds is no gap of the new one yet; nor is its power: it runs until it has taken over, so
   that it can be given everything, and nothing depends on when the old one gives it up. */
static bool is_left_out(const struct judge *j, struct gap *gap)
{
    const struct field_trait *trait = &j->cloud->traits->fields[gap->field];
    uint32_t calls = 0;
    if (gap->field == FIELD_POWER) return true;
    if (gap->field == FIELD_FLOATING_IP)
        return is_held(j, (struct load){gap->field, value_scalar(j->object->spec->values[gap->field])});
    if (gap->field != FIELD_VOLUMES) return false;
    for (uint32_t k = 0; k < gap->call_count; k++)
        if (gap->calls[k].kind != trait->change ||
            !is_held(j, (struct load){gap->field, gap->calls[k].argument}))
            gap->calls[calls++] = gap->calls[k];
    gap->call_count = calls;
    return calls == 0;
}

static void leave_out(const struct judge *j, const struct server *next, struct gaps *gaps)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < gaps->count; i++)
        if (!is_left_out(j, &gaps->items[i])) gaps->items[kept++] = gaps->items[i];
    gaps->count = kept;
    if (next->facts.phase != PHASE_RUNNING && phase_is_steady(next->facts.phase))
        gaps->items[gaps->count++] = (struct gap){.field = FIELD_POWER, .kind = GAP_CHANGE};
}

/* What only a moment bars is waited for; an address that somebody else has was not the old one's either. */
static bool is_barred(const struct gaps *gaps)
{
    for (uint32_t i = 0; i < gaps->count; i++)
        if (gaps->items[i].kind == GAP_BARRED && gaps->items[i].reason != REASON_ADDRESS_TAKEN) return true;
    return false;
}

/* It comes to be as described, like any server: built, mended, changed. `gaps` are its own. */
static bool raise_next(struct judge *j, struct judge *n, const struct gaps *gaps)
{
    if (judge_building(n) || judge_error(n) || judge_transitional(n)) return tell_of_next(j, n);
    j->out->gaps = *gaps;
    leave_out(j, n->server, &j->out->gaps);
    bool runs = n->server->facts.phase == PHASE_RUNNING;
    if (judge_changes(n, PHASE_RUNNING) || (!runs && judge_no_way(n))) return tell_of_next(j, n);
    if (is_barred(&j->out->gaps) && judge_barred(n)) return tell_of_next(j, n);
    return false;
}

/* The old one gives up what the new one is to have, and goes. */
static bool hand_over(struct judge *j, const struct gap *gap)
{
    struct load load = movable(j, j->server);
    const char *old = arena_text(j->arena, j->server->facts.id);
    if (judge_transitional(j) || judge_locked(j) || judge_operator(j)) return true;
    if (load.text) {
        order_move(j, load);
        if (j->out->order.kind == CALL_NONE) return true; /* its id is looked up */
        j->out->order.reserves = true;                    /* a ledger that knew of it may have been lost */
        j->out->route.on[0] = old;
        judge_route_beside(j);
        return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS),
                            "successor %s runs: %s moves to it from server %s", j->object->next, load.text,
                            old);
    }
    judge_order_delete(j, j->server, false,
                       arena_printf(j->arena, "%s differs: its successor runs", field_row(gap->field)->name));
    j->out->order.interrupts = true;
    j->out->order.replaces = true;
    j->out->route.on[0] = old;
    judge_route_new(j, arena_text(j->arena, j->object->next), is_kept);
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS),
                        "successor %s runs: Delete server %s", j->object->next, old);
}

/* A ledger that was lost knew why it was made. */
static bool is_of_another_ledger(const struct judge *j, const struct server *next)
{
    const struct mark *mark = &next->facts.mark;
    return next->facts.marked && next->facts.mark_whole && strcmp(mark->writer, j->state->writer) != 0;
}

static bool is_approved(const struct judge *j, const struct server *next)
{
    const struct approval *approval = &j->object->approval;
    return approval->call == CALL_DELETE && strcmp(approval->provider_id, next->facts.id) == 0 &&
           j->state->now.boot_ms < approval->until_ms;
}

/* The desire has changed again: the bound one stays, with what it had. */
static bool drop_next(struct judge *j, struct judge *n, const char *why)
{
    struct server *next = n->server;
    const char *id = arena_text(j->arena, next->facts.id);
    struct load load = movable(n, next);
    if (is_of_another_ledger(j, next) && !is_approved(j, next)) {
        j->out->route = (struct route){0};
        route_on(&j->out->route, CALL_DELETE, FIELD_COUNT, NULL, id);
        return judge_settle(j, REASON_DUPLICATE, NEVER_MS,
                            "server %s carries the mark of this object's successor, and %s", id, why) &&
               judge_about(j, id);
    }
    if (next->facts.phase != PHASE_BUILDING && judge_transitional(n)) return tell_of_next(j, n);
    if (load.text) {
        order_move(n, load);
        route_is_of_next(j);
        if (j->out->order.kind == CALL_NONE) return true; /* locked, or its id is looked up */
        return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS),
                            "successor %s is given up (%s): %s comes back from it", id, why, load.text);
    }
    judge_order_delete(j, next, server_never_ran(j->object, next), "it is not to succeed any more");
    route_is_of_next(j);
    return judge_settle(j, REASON_REPAIRING, judge_later(j, SECOND_MS),
                        "deleting the successor %s: %s; server %s stays", id, why, j->server->facts.id);
}

bool judge_next(struct judge *j)
{
    struct object *object = j->object;
    struct server *next = successor_of(object);
    if (!next || !j->server) return false;
    struct judge n = *j;
    n.server = next;
    if (judge_absent(j)) return true;
    if (judge_absent(&n)) return tell_of_next(j, &n);
    if (server_is_taken(j->state, next))
        return judge_settle(j, REASON_TAKEN_OVER, NEVER_MS,
                            "its successor %s carries the mark of owner \"%s\" now", next->facts.id,
                            next->facts.mark.owner) &&
               judge_about(j, next->facts.id);
    struct gaps *gaps = ARENA_NEW(j->arena, struct gaps), *own = ARENA_NEW(j->arena, struct gaps);
    gap_compute(j->state, object, j->server, j->arena, gaps);
    gap_compute(j->state, object, next, j->arena, own);
    const struct gap *gap = immutable_of(gaps);
    j->out->gaps = *gaps;
    if (judge_unresolved(j)) return true; /* then nobody knows which of the two is as described */
    if (!gap) return drop_next(j, &n, "the bound one is as described");
    if (object->spec->lifecycle.on_immutable != ON_IMMUTABLE_REPLACE)
        return drop_next(j, &n, "nothing is replaced any more");
    if (judge_protected(j, gap)) return true;
    if (immutable_of(own)) return drop_next(j, &n, "it is not as described any more");
    return raise_next(j, &n, own) || hand_over(j, gap);
}
