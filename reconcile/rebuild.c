#include "reconcile/rebuild.h"

#include <string.h>

#include "reconcile/base/hash.h"
#include "reconcile/observe.h"

/* The key is fixed: ids are no secret, and the ledger compares with itself. */
static uint64_t value_of(const char *provider_id, const char *image_id)
{
    struct hash_key key = {0x736574706f696e74, 0x72656275696c74};
    key.k0 ^= hash_keyed(key, provider_id, strlen(provider_id) + 1);
    uint64_t value = hash_keyed(key, image_id, strlen(image_id) + 1);
    return value == 0 || value == REBUILT_UNKNOWN ? 1 : value;
}

void rebuild_begin(struct object *object, struct intent *intent)
{
    intent->rebuilt_before = object->rebuilt;
    object->rebuilt = value_of(intent->provider_id, intent->argument);
}

bool rebuild_is_seen(const struct intent *intent, const struct facts *facts)
{
    return (facts->seen & FIELD_BIT(FIELD_IMAGE)) != 0 &&
           text_equal(value_scalar(facts->values[FIELD_IMAGE]), intent->argument);
}

void rebuild_observe(struct object *object)
{
    bool converged = object->spec && object->since_wall_ms >= 0 && object->verdict == VERDICT_CONVERGED;
    if (!converged || object->rebuilt != REBUILT_UNKNOWN) return;
    object->rebuilt = 0;
    object->ledger_dirty = true;
}

void rebuild_forget(struct object *object)
{
    if (object->rebuilt != REBUILT_UNKNOWN) return;
    object->rebuilt = 0;
    object->ledger_dirty = true;
}

static struct gap *gap_to_mend(const struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++) {
        struct gap *gap = &j->out->gaps.items[i];
        if (gap->kind == GAP_IMMUTABLE && traits_means(j->cloud->traits, gap->field) == MEANS_REBUILD)
            return gap;
    }
    return NULL;
}

static bool is_approved(const struct judge *j)
{
    const struct approval *approval = &j->object->approval;
    return approval->call == CALL_REBUILD && approval->desire == j->object->spec->hash &&
           strcmp(approval->provider_id, j->object->current) == 0 &&
           j->state->now.boot_ms < approval->until_ms;
}

static void order_rebuild(struct judge *j, const struct gap *gap, const struct transition *row)
{
    struct route rest;
    struct gaps none = {.count = 0};
    enum phase phase = j->server->facts.phase, to = row->to == PHASE_RESTS ? phase : row->to;
    struct step_call call = {CALL_REBUILD, gap->field, gap->id, NULL};
    bool cleanup = j->object->created_by_us && server_never_ran(j->object, j->server);
    j->out->order = (struct order){.kind = CALL_REBUILD,
                                   .provider_id = arena_text(j->arena, j->server->facts.id),
                                   .argument = gap->id,
                                   .field = gap->field,
                                   .class = CLASS_REST,
                                   .destroys = !cleanup,
                                   .interrupts = row->cost >= COST_INTERRUPTS,
                                   .why = field_row(gap->field)->name};
    j->out->route.calls[0] = call;
    j->out->route.count = 1;
    route_find(j->cloud->traits, to, to, spec_power(j->object->spec), &none, &rest);
    for (uint32_t i = 0; i < rest.count && j->out->route.count < ROUTE_MAX; i++)
        j->out->route.calls[j->out->route.count++] = rest.calls[i];
}

bool rebuild_mends(struct judge *j)
{
    struct gap *gap = gap_to_mend(j);
    if (!gap) return false;
    const char *field = field_row(gap->field)->name, *from = judge_shown(j, gap->field, gap->actual),
               *to = judge_shown(j, gap->field, gap->desired);
    if (j->object->protect)
        return judge_settle(j, REASON_PROTECTED, NEVER_MS,
                            "%s differs (%s → %s); protected, so it is not rebuilt", field, from, to);
    if (!gap->id)
        return judge_settle(j, REASON_IMMUTABLE_CHANGE, NEVER_MS,
                            "%s differs (%s → %s): the cloud does not show it, so what a rebuild did could "
                            "not be seen; needs a new server",
                            field, from, to) &&
               judge_about(j, field);
    if (judge_locked(j)) return true;
    const struct transition *row = traits_transition(j->cloud->traits, CALL_REBUILD, j->server->facts.phase);
    if (!row && j->server->facts.phase == spec_power(j->object->spec)) {
        gap->pending = true; /* done when the power is asked for, like a volume */
        return false;
    }
    if (!row)
        return judge_settle(j, REASON_NO_ROUTE, judge_later(j, OPERATOR_LOOK_MS),
                            "%s differs (%s → %s), and cannot be rebuilt while %s", field, from, to,
                            phase_name(j->server->facts.phase));
    bool unknown = j->object->rebuilt == REBUILT_UNKNOWN;
    bool spent = unknown || j->object->rebuilt == value_of(j->server->facts.id, gap->id);
    if (spent && !is_approved(j))
        return judge_settle(j, REASON_OUTCOME_UNKNOWN, NEVER_MS, "%s differs (%s → %s): %s", field, from, to,
                            unknown ? "whether it was rebuilt for that already is not known any more"
                                    : "it was rebuilt for that once, and not again unasked") &&
               judge_about(j, call_name(CALL_REBUILD));
    order_rebuild(j, gap, row);
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "rebuild %s %s → %s", field, from,
                        to);
}
