#include "reconcile/route.h"

#include <string.h>

#include "reconcile/base/assert.h"

/* The fields that have an in-place change get a bit each; a node of the search is (phase, bits not yet done).
 */
enum { FIELDS_MAX = 6, MASKS = 1 << FIELDS_MAX, UNREACHED = 1 << 28 };

struct search {
    const struct traits *traits;
    enum phase rests, desired;
    struct gap *fields[FIELDS_MAX];
    unsigned field_count;
    int flavor_bit;                   /* -1 = none among the fields */
    int distance[PHASE_COUNT][MASKS]; /* cost × 256 + edges: every way has the fields' calls */
};

static enum phase end_of(const struct search *s, const struct transition *row, enum phase from)
{
    if (row->to != PHASE_RESTS) return row->to;
    return row->call == CALL_CONFIRM_RESIZE ? s->rests : from;
}

static bool may_leave(const struct search *s, enum phase from, unsigned mask)
{
    bool flavor_left = s->flavor_bit >= 0 && (mask & (1U << s->flavor_bit)) != 0;
    return from != s->desired || flavor_left;
}

/* All its calls are made in one phase, so the row of the first one stands for them (field_cost). */
static bool closes_field(const struct gap *gap, enum call_kind call)
{
    return gap->call_count > 0 && gap->calls[0].kind == call;
}

/* Which field a row works on; -1: a call between phases; -2: not for this search. */
static int row_field(const struct search *s, const struct transition *row)
{
    for (unsigned i = 0; i < s->field_count; i++)
        if (closes_field(s->fields[i], row->call)) return (int)i;
    switch (row->call) {
    case CALL_START:
    case CALL_STOP:
    case CALL_SHELVE:
    case CALL_UNSHELVE:
    case CALL_CONFIRM_RESIZE: return -1;
    case CALL_CREATE:
    case CALL_RENAME:
    case CALL_SET_METADATA:
    case CALL_RESIZE:
    case CALL_REBOOT:
    case CALL_REBUILD:
    case CALL_ADD_SECURITY_GROUP:
    case CALL_REMOVE_SECURITY_GROUP:
    case CALL_ATTACH_VOLUME:
    case CALL_DETACH_VOLUME:
    case CALL_ASSOCIATE_FLOATING_IP:
    case CALL_RELEASE_FLOATING_IP:
    case CALL_SNAPSHOT:
    case CALL_DELETE:
    case CALL_REGISTER_KEYPAIR:
    case CALL_DELETE_KEYPAIR:
    case CALL_LOOK:
    case CALL_COUNT: return -2;
    }
    UNREACHABLE();
}

struct edge {
    bool exists;
    enum phase to;
    unsigned mask;
    int length; /* cost × 256 + 1 */
    int field;
};

/* A field with adding and removing calls needs all of them legal in this phase. */
static int field_cost(const struct search *s, const struct gap *gap, enum phase from)
{
    int cost = 0;
    for (uint32_t i = 0; i < gap->call_count; i++) {
        const struct transition *row = traits_transition(s->traits, gap->calls[i].kind, from);
        if (!row || row->policy) return -1;
        cost += row->cost;
    }
    return cost;
}

static struct edge edge_of(const struct search *s, const struct transition *row, enum phase from,
                           unsigned mask)
{
    struct edge edge = {.exists = false};
    if (row->policy || !(row->from & PHASE_BIT(from))) return edge;
    edge.field = row_field(s, row);
    if (edge.field == -2) return edge;
    edge.to = end_of(s, row, from);
    edge.mask = mask;
    if (edge.to >= PHASE_COUNT) return edge;
    int cost = row->cost;
    if (edge.field >= 0) {
        if (!(mask & (1U << edge.field))) return edge;
        cost = field_cost(s, s->fields[edge.field], from);
        if (cost < 0) return edge;
        edge.mask = mask & ~(1U << edge.field);
    } else if (edge.to == from || !may_leave(s, from, mask)) {
        return edge;
    }
    edge.length = cost * 256 + 1;
    edge.exists = true;
    return edge;
}

static bool relax_edge(struct search *s, const struct transition *row, enum phase phase, unsigned mask)
{
    struct edge edge = edge_of(s, row, phase, mask);
    if (!edge.exists || s->distance[edge.to][edge.mask] == UNREACHED) return false;
    int length = edge.length + s->distance[edge.to][edge.mask];
    if (length >= s->distance[phase][mask]) return false;
    s->distance[phase][mask] = length;
    return true;
}

static bool relax(struct search *s, unsigned masks)
{
    bool changed = false;
    for (unsigned i = 0; i < s->traits->transition_count; i++) {
        const struct transition *row = &s->traits->transitions[i];
        if (row->policy || row_field(s, row) == -2) continue; /* most of them */
        for (unsigned phase = 0; phase < PHASE_COUNT; phase++) {
            if (!(row->from & PHASE_BIT(phase))) continue;
            for (unsigned mask = 0; mask < masks; mask++)
                changed |= relax_edge(s, row, (enum phase)phase, mask);
        }
    }
    return changed;
}

/* All distances that the way from `from` needs. */
static void solve(struct search *s, enum phase from)
{
    unsigned masks = 1U << s->field_count;
    if (from == s->desired && s->field_count == 0) { /* a fleet at rest: there is nothing to find */
        s->distance[from][0] = 0;
        return;
    }
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        for (unsigned mask = 0; mask < masks; mask++)
            s->distance[phase][mask] = UNREACHED;
    s->distance[s->desired][0] = 0;
    while (relax(s, masks))
        continue;
}

static void route_add(struct route *out, struct step_call call)
{
    if (out->count < ROUTE_MAX) out->calls[out->count++] = call;
}

static void add_edge(const struct search *s, const struct transition *row, const struct edge *edge,
                     struct route *out)
{
    if (edge->field < 0) {
        route_add(out, (struct step_call){row->call, FIELD_POWER, NULL, NULL});
        return;
    }
    const struct gap *gap = s->fields[edge->field];
    for (uint32_t i = 0; i < gap->call_count; i++)
        route_add(out, gap->calls[i]);
    if (row->then != CALL_NONE) route_add(out, (struct step_call){row->then, gap->field, NULL, NULL});
}

/* Follows the shortest distances; among equals the first row of the table. Returns the phases met. */
static uint32_t walk(const struct search *s, enum phase from, struct route *out)
{
    uint32_t met = PHASE_BIT(from);
    unsigned mask = (1U << s->field_count) - 1;
    while (from != s->desired || mask != 0) {
        bool stepped = false;
        for (unsigned i = 0; i < s->traits->transition_count && !stepped; i++) {
            const struct transition *row = &s->traits->transitions[i];
            struct edge edge = edge_of(s, row, from, mask);
            if (!edge.exists || s->distance[edge.to][edge.mask] == UNREACHED) continue;
            if (edge.length + s->distance[edge.to][edge.mask] != s->distance[from][mask]) continue;
            if (out) add_edge(s, row, &edge, out);
            from = edge.to;
            mask = edge.mask;
            met |= PHASE_BIT(from);
            stepped = true;
        }
        ASSERT(stepped);
    }
    return met;
}

static bool is_reached(const struct search *s, enum phase from)
{
    return s->distance[from][(1U << s->field_count) - 1] != UNREACHED;
}

static bool can_change_in(const struct search *s, const struct gap *gap, uint32_t phases)
{
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        if ((phases & PHASE_BIT(i)) != 0 && field_cost(s, gap, (enum phase)i) >= 0) return true;
    return false;
}

/* Flavor first: it alone may leave the desired power, so it decides which phases are met on the way. */
static uint32_t solve_power(struct search *s, struct gap *flavor, enum phase from)
{
    s->flavor_bit = -1;
    s->field_count = 0;
    if (flavor) {
        s->fields[s->field_count++] = flavor;
        s->flavor_bit = 0;
        solve(s, from);
        if (is_reached(s, from)) return walk(s, from, NULL);
        flavor->pending = true;
        s->flavor_bit = -1;
        s->field_count = 0;
    }
    solve(s, from);
    return is_reached(s, from) ? walk(s, from, NULL) : PHASE_BIT(from);
}

void route_find(const struct traits *traits, enum phase from, enum phase rests, enum phase desired,
                struct gaps *gaps, struct route *out)
{
    *out = (struct route){0};
    struct search s = {.traits = traits, .rests = rests, .desired = desired, .flavor_bit = -1};
    struct gap *flavor = NULL;
    for (uint32_t i = 0; i < gaps->count; i++)
        if (gaps->items[i].field == FIELD_FLAVOR && gaps->items[i].kind == GAP_CHANGE)
            flavor = &gaps->items[i];
    uint32_t met = solve_power(&s, flavor, from);
    out->reaches = is_reached(&s, from);
    if (!out->reaches) s.desired = from; /* no way to the desired power: what can be done here is done */
    for (uint32_t i = 0; i < gaps->count; i++) {
        struct gap *gap = &gaps->items[i];
        if (gap == flavor || gap->kind != GAP_CHANGE || gap->field == FIELD_POWER) continue;
        if (s.field_count < FIELDS_MAX && can_change_in(&s, gap, met))
            s.fields[s.field_count++] = gap;
        else
            gap->pending = true;
    }
    solve(&s, from);
    ASSERT(is_reached(&s, from));
    walk(&s, from, out);
}
