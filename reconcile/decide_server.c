#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/catalogue.h"
#include "reconcile/claim.h"
#include "reconcile/fit.h"
#include "reconcile/judge.h"
#include "reconcile/marking.h"
#include "reconcile/observe.h"
#include "reconcile/protection.h"
#include "reconcile/rebuild.h"
#include "reconcile/retire.h"
#include "reconcile/retry.h"
#include "reconcile/successor.h"

/* --- a server that cannot be judged now --- */

bool judge_absent(struct judge *j)
{
    struct server *server = j->server;
    bool missing = server->missing_ms != 0 || server->vanished_ms != 0;
    if (server->expected && !missing)
        return judge_settle(j, REASON_NOT_SEEN_YET, judge_next_list(j),
                            "server %s is bound but was not seen yet", server->facts.id);
    if (missing || server->expected || server->suspect || server->gone_asked_ms != 0)
        return judge_settle(j, REASON_ABSENCE_UNPROVEN, judge_next_list(j),
                            "server %s is not in the newest answer; proving that it is gone",
                            server->facts.id);
    return false;
}

/* By a create of ours: then "it never ran" is known of it. */
static bool is_our_work(const struct judge *j)
{
    return j->object->created_by_us || strcmp(j->server->facts.id, j->object->next) == 0;
}

static bool is_protected(struct judge *j, const char *what, const char *fault)
{
    int64_t ends = protection_ends_ms(j->object);
    if (ends != NEVER_MS)
        return judge_settle(j, REASON_PROTECT_DELAY, instant_max(ends, judge_later(j, LOOK_FIRST_MS)),
                            "%s: %s; protection ends when the manifest has said so for pruneDelay", what,
                            fault);
    return judge_settle(j, REASON_PROTECTED, NEVER_MS, "%s: %s; protected, so it is not replaced", what,
                        fault);
}

/* A server that never ran is replaced: delete, and after its proven absence create anew. */
static bool replace_unborn(struct judge *j, bool stuck)
{
    struct object *object = j->object;
    struct server *server = j->server;
    const char *fault = server->facts.fault[0] ? server->facts.fault : "no fault was told";
    judge_order_delete(j, server, is_our_work(j),
                       stuck ? "the build did not end in time" : "the build failed");
    j->out->order.remedy = true;
    judge_route_create(j);
    if (stuck)
        return judge_settle(j, REASON_BUILD_STUCK, judge_later(j, SECOND_MS), "building for %s; replaced",
                            judge_seconds(j, server->first_seen_ms));
    return judge_settle(j, REASON_BUILD_FAILED, judge_later(j, SECOND_MS), "build failed: %s; try %u follows",
                        fault, retry_build_number(object, server));
}

bool judge_building(struct judge *j)
{
    struct server *server = j->server;
    if (server->facts.phase != PHASE_BUILDING) return false;
    const struct lifecycle *life = &j->object->spec->lifecycle;
    int64_t since = server->first_seen_ms;
    int64_t due = since + life->build_timeout_ms;
    bool never_ran = server_never_ran(j->object, server);
    if (j->state->now.boot_ms < due || !never_ran || !is_our_work(j)) {
        int64_t look = server->look.place != 0 ? server->look.due_ms : judge_next_list(j);
        return judge_settle(j, REASON_BUILDING,
                            instant_min(instant_max(look, judge_later(j, LOOK_FIRST_MS)),
                                        instant_max(due, judge_later(j, LOOK_FIRST_MS))),
                            "building for %s%s", judge_seconds(j, since), judge_earlier_failure(j));
    }
    if (life->on_stuck == ON_STUCK_REPLACE && j->object->protect)
        return is_protected(j, "the build did not end in time", judge_seconds(j, since));
    if (life->on_stuck == ON_STUCK_REPLACE) return replace_unborn(j, true);
    return judge_settle(j, REASON_ERROR_HOLD, NEVER_MS,
                        "building for %s, longer than buildTimeout (onStuck: hold)", judge_seconds(j, since));
}

/* --- ERROR --- */

static void order_remedy(struct judge *j, enum call_kind kind, const char *argument, const char *why)
{
    j->out->order = (struct order){.kind = kind,
                                   .provider_id = arena_text(j->arena, j->server->facts.id),
                                   .argument = argument,
                                   .field = FIELD_COUNT,
                                   .class = CLASS_REPAIR,
                                   .remedy = true,
                                   .why = why};
    j->out->route.calls[0] = (struct step_call){kind, FIELD_COUNT, argument, NULL};
    j->out->route.count = 1;
}

enum { REMEDY_REBOOT, REMEDY_STOP, REMEDY_COUNT };

static bool repair(struct judge *j, const char *fault)
{
    struct object *object = j->object;
    const struct traits *traits = j->cloud->traits;
    uint32_t step = object->remedies;
    if (j->server->facts.launched == LAUNCHED_NEVER)
        return judge_settle(j, REASON_ERROR_HOLD, NEVER_MS,
                            "in error (%s); it never ran, so neither reboot nor stop is possible", fault);
    if (step == REMEDY_REBOOT && traits_allow(traits, CALL_REBOOT, PHASE_ERROR)) {
        order_remedy(j, CALL_REBOOT, "HARD", "it is in error");
        return judge_settle(j, REASON_REPAIRING, judge_later(j, SECOND_MS), "in error (%s): hard reboot",
                            fault);
    }
    if (step <= REMEDY_STOP && traits_allow(traits, CALL_STOP, PHASE_ERROR)) {
        order_remedy(j, CALL_STOP, NULL, "it is still in error after a hard reboot");
        return judge_settle(j, REASON_REPAIRING, judge_later(j, SECOND_MS), "in error (%s): stop, then start",
                            fault);
    }
    return judge_settle(j, REASON_ERROR_HOLD, NEVER_MS, "in error (%s); hard reboot and stop did not help",
                        fault);
}

static bool replace_errored(struct judge *j, const char *fault)
{
    if (j->object->protect) return is_protected(j, "in error", fault);
    if (retire_saves_first(j)) return true;
    judge_order_delete(j, j->server, false, "it is in error (onError: replace)");
    j->out->order.remedy = true;
    judge_route_create(j);
    return judge_settle(j, REASON_REPAIRING, judge_later(j, SECOND_MS), "in error: %s; replaced", fault);
}

bool judge_error(struct judge *j)
{
    struct object *object = j->object;
    struct server *server = j->server;
    if (server->facts.phase != PHASE_ERROR) return false;
    const char *fault = server->facts.fault[0] ? server->facts.fault : "no fault was told";
    if (server_fault_is_unread(server))
        return judge_settle(j, REASON_TRANSITIONAL, judge_later(j, SECOND_MS), "in error; reading why");
    if (server->stillborn && is_our_work(j))
        return judge_settle(j, REASON_BUILD_FAILED, judge_later(j, SECOND_MS),
                            "build failed: %s; the cloud takes it away by itself", fault) &&
               judge_blocked(j, BLOCKER_BUSY, NULL);
    if (server_never_ran(object, server) && is_our_work(j)) {
        return object->protect ? is_protected(j, "build failed", fault) : replace_unborn(j, false);
    }
    switch (object->spec->lifecycle.on_error) {
    case ON_ERROR_HOLD:
        return judge_settle(j, REASON_ERROR_HOLD, NEVER_MS, "in error: %s (onError: hold)", fault);
    case ON_ERROR_REPAIR: return repair(j, fault);
    case ON_ERROR_REPLACE: return replace_errored(j, fault);
    }
    UNREACHABLE();
}

/* --- the gap --- */

bool judge_transitional(struct judge *j)
{
    enum phase phase = j->server->facts.phase;
    int64_t look = j->server->look.place != 0 ? j->server->look.due_ms : judge_next_list(j);
    if (phase == PHASE_UNKNOWN)
        return judge_settle(
            j, REASON_TRANSITIONAL, instant_max(look, judge_later(j, LOOK_FIRST_MS)),
            "%s for %s: a status that setpoint does not know; nothing is sent until another one is seen",
            j->server->facts.status, judge_seconds(j, j->server->phase_since_ms));
    if (phase == PHASE_BUSY || phase == PHASE_DELETING || phase == PHASE_GONE)
        return judge_settle(j, REASON_TRANSITIONAL, instant_max(look, judge_later(j, LOOK_FIRST_MS)),
                            "%s for %s", j->server->facts.status,
                            judge_seconds(j, j->server->phase_since_ms));
    return false;
}

bool judge_unresolved(struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++) {
        const struct gap *gap = &j->out->gaps.items[i];
        if (gap->kind != GAP_UNRESOLVED) continue;
        if (judge_name_missing(j, gap->names, gap->name)) return true;
    }
    return false;
}

static bool settle_barred(struct judge *j, const struct gap *gap)
{
    int64_t next =
        gap->reason == REASON_ADDRESS_TAKEN ? judge_later(j, CATALOGUE_MISS_MS) : judge_next_list(j);
    judge_settle(j, gap->reason, next, "%s differs (%s → %s): %s", field_row(gap->field)->name,
                 judge_shown(j, gap->field, gap->actual), judge_shown(j, gap->field, gap->desired), gap->why);
    if (gap->reason == REASON_ADDRESS_TAKEN) judge_about(j, gap->name);
    if (gap->reason == REASON_CATALOGUE_NEEDED) judge_about_list(j, CATALOGUE_PORT);
    return true;
}

bool judge_barred(struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++)
        if (j->out->gaps.items[i].kind == GAP_BARRED) return settle_barred(j, &j->out->gaps.items[i]);
    return false;
}

/* Which way is the best depends on all that differs: a catalogue on its way is waited for, one that cannot be
   read is not. */
static bool names_are_coming(struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++) {
        const struct gap *gap = &j->out->gaps.items[i];
        bool port = gap->kind == GAP_BARRED && gap->reason == REASON_CATALOGUE_NEEDED;
        if (port && j->cloud->catalogues[CATALOGUE_PORT].problem[0] == '\0') return settle_barred(j, gap);
        if (gap->kind != GAP_UNRESOLVED || gap->missing) continue;
        if (j->cloud->catalogues[gap->names].problem[0] != '\0') continue;
        if (judge_name_missing(j, gap->names, gap->name)) return true;
    }
    return false;
}

static bool retry_blocks(const struct judge *j, const struct step_call *call)
{
    const struct object *object = j->object;
    return object->retry_call == call->kind && j->state->now.boot_ms < object->retry_ms && !object->try_once;
}

static const struct step_call *backing_off(const struct judge *j)
{
    for (uint32_t i = 0; i < j->out->route.count; i++)
        if (retry_blocks(j, &j->out->route.calls[i])) return &j->out->route.calls[i];
    return NULL;
}

/* Not legal in this phase until something makes way for it, which waits too. */
static bool judge_backing_off(struct judge *j, const struct step_call *call)
{
    const struct object *object = j->object;
    if (!retry_blocks(j, call) || traits_allow(j->cloud->traits, call->kind, j->server->facts.phase))
        return false;
    return judge_settle(j, object->retry_reason, object->retry_ms, "%s", object->retry_message);
}

/* The first call of the route. One that is backing off steps aside for an independent one that is legal now;
   meanwhile the power is not changed to make way for it. */
static const struct step_call *first_call(struct judge *j, enum phase power)
{
    const struct route *route = &j->out->route;
    enum phase phase = j->server->facts.phase;
    const struct step_call *waits = backing_off(j);
    if (route->count == 0) return NULL;
    bool makes_way = route->calls[0].field == FIELD_POWER && phase == power;
    if (!waits || (waits != &route->calls[0] && !makes_way)) return &route->calls[0];
    for (uint32_t i = 0; i < route->count; i++) {
        const struct step_call *call = &route->calls[i];
        bool independent = call->field != waits->field && call->kind != waits->kind &&
                           (call->field != FIELD_POWER || phase != power);
        if (independent && traits_allow(j->cloud->traits, call->kind, phase) && !retry_blocks(j, call))
            return call;
    }
    return waits;
}

static enum intent_class class_of(enum call_kind kind)
{
    switch (kind) {
    case CALL_START:
    case CALL_STOP:
    case CALL_SHELVE:
    case CALL_UNSHELVE:
    case CALL_REBOOT:
    case CALL_CONFIRM_RESIZE: return CLASS_REPAIR;
    case CALL_DELETE: return CLASS_DELETE;
    case CALL_CREATE:
    case CALL_RENAME:
    case CALL_SET_METADATA:
    case CALL_RESIZE:
    case CALL_REBUILD:
    case CALL_ADD_SECURITY_GROUP:
    case CALL_REMOVE_SECURITY_GROUP:
    case CALL_ATTACH_VOLUME:
    case CALL_DETACH_VOLUME:
    case CALL_ASSOCIATE_FLOATING_IP:
    case CALL_RELEASE_FLOATING_IP:
    case CALL_SNAPSHOT:
    case CALL_REGISTER_KEYPAIR:
    case CALL_DELETE_KEYPAIR:
    case CALL_LOOK:
    case CALL_COUNT: return CLASS_REST;
    }
    UNREACHABLE();
}

static bool is_last_group(const struct judge *j, const struct step_call *call)
{
    return call->kind == CALL_REMOVE_SECURITY_GROUP &&
           j->server->facts.values[FIELD_SECURITY_GROUPS].rows <= 1;
}

/* Asked nicely it did nothing: the next try is the harder one, where there is one. */
static const char *argument_of(const struct judge *j, const struct step_call *call,
                               const struct transition *row)
{
    bool ignored = j->object->ignored_call == call->kind;
    return !call->argument && ignored && row && row->harder ? row->harder : call->argument;
}

bool judge_order_call(struct judge *j, const struct step_call *call)
{
    const struct transition *row = traits_transition(j->cloud->traits, call->kind, j->server->facts.phase);
    struct cloud *cloud = j->cloud;
    if (row && row->from_age_ms > 0) {
        int64_t due = j->server->phase_since_ms + row->from_age_ms;
        if (j->state->now.boot_ms < due)
            return judge_settle(j, REASON_TRANSITIONAL, due, "%s for %s; the cloud ends it by itself",
                                j->server->facts.status, judge_seconds(j, j->server->phase_since_ms));
    }
    j->out->order =
        (struct order){.kind = call->kind,
                       .provider_id = arena_text(j->arena, j->server->facts.id),
                       .argument = arena_text(j->arena, argument_of(j, call, row)),
                       .value = arena_text(j->arena, call->value),
                       .field = call->field,
                       .class = class_of(call->kind),
                       .interrupts = (row && row->cost >= COST_INTERRUPTS) || is_last_group(j, call),
                       .why = call->field < FIELD_COUNT ? field_row(call->field)->name : "power"};
    const char *what = call->argument ? call->argument : "";
    if (call->kind == CALL_RESIZE) {
        const char *from = value_scalar(j->server->facts.values[FIELD_FLAVOR]);
        return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "resize %s → %s",
                            catalogue_name(cloud, CATALOGUE_FLAVOR, from),
                            catalogue_name(cloud, CATALOGUE_FLAVOR, what));
    }
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "%s%s%s", call_name(call->kind),
                        what[0] ? " " : "", what);
}

static bool no_route(struct judge *j)
{
    enum phase phase = j->server->facts.phase;
    if (judge_operator(j)) return true;
    if (phase == PHASE_CONFIRM_RESIZE)
        return judge_settle(j, REASON_TRANSITIONAL, judge_next_list(j),
                            "waiting for the cloud to confirm the resize");
    return judge_settle(j, REASON_NO_ROUTE, judge_later(j, OPERATOR_LOOK_MS), "no way from %s to %s",
                        phase_name(phase), phase_name(spec_power(j->object->spec)));
}

static bool needs_change(const struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++)
        if (j->out->gaps.items[i].kind == GAP_CHANGE) return true;
    return j->server->facts.phase != spec_power(j->object->spec);
}

static bool only_pending(const struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++)
        if (j->out->gaps.items[i].kind == GAP_CHANGE && !j->out->gaps.items[i].pending) return false;
    return j->server->facts.phase == spec_power(j->object->spec);
}

bool judge_changes(struct judge *j, enum phase power)
{
    const struct facts *facts = &j->server->facts;
    if (names_are_coming(j)) return true;
    if (judge_resize_unread(j)) return true;
    bool down = power == PHASE_RUNNING && facts->phase != PHASE_RUNNING, goes = judge_is_to_go(j);
    if (retire_prepares_change(j) || (goes && !down)) return judge_immutable(j);
    if (retire_prepares_remedy(j)) return replace_errored(j, "stopped for its image");
    if (needs_change(j)) {
        struct gaps none = {.count = 0};
        bool power_alone = goes || (facts->phase != power && object_must_come_back(j->state, j->object));
        route_find(j->cloud->traits, facts->phase, facts->rests, power, power_alone ? &none : &j->out->gaps,
                   &j->out->route);
        const struct step_call *call = first_call(j, power);
        if (call) {
            bool settled = judge_locked(j) || judge_backing_off(j, call) || judge_order_call(j, call);
            if (goes) judge_route_then_replace(j);
            return settled;
        }
    }
    return judge_unresolved(j) || judge_resize_unfit(j);
}

bool judge_no_way(struct judge *j)
{
    if (!needs_change(j)) return false;
    if (only_pending(j)) return false; /* shown as pending; done when the power is asked for */
    return no_route(j);
}

static bool judge_gap(struct judge *j)
{
    gap_compute(j->state, j->object, j->server, j->arena, &j->out->gaps);
    return judge_changes(j, spec_power(j->object->spec)) || judge_immutable(j) || judge_barred(j) ||
           judge_no_way(j);
}

/* Rewritten three times and taken away again: from then on it is only said. */
static bool is_contested(struct judge *j)
{
    const struct object *object = j->object;
    const char *value;
    bool same_round = j->state->now.boot_ms - object->mark_repaired_ms < MINUTE_MS;
    return object->mark_repairs >= MARK_REPAIRS && !same_round &&
           object_mark_repair(j->state, object, j->server, j->arena, &value);
}

static bool write_mark(struct judge *j)
{
    struct object *object = j->object;
    const char *value, *key = object_mark_repair(j->state, object, j->server, j->arena, &value);
    if (!key || is_contested(j) || j->server->facts.locked) return false;
    if (!traits_allow(j->cloud->traits, CALL_SET_METADATA, j->server->facts.phase)) return false;
    struct step_call call = {CALL_SET_METADATA, FIELD_METADATA, key, value};
    j->out->route.calls[0] = call;
    j->out->route.count = 1;
    return judge_order_call(j, &call);
}

/* The other daemon is to let go before anything else is changed. */
static bool judge_claim(struct judge *j)
{
    return claim_covers(j->state, j->object, j->server) && write_mark(j);
}

/* It was the successor. Before all else its mark says that it is not any more: whatever is lost then, nobody
   takes it for one. */
static bool judge_role(struct judge *j)
{
    const struct object *object = j->object;
    int64_t now = j->state->now.boot_ms, last = object->mark_repaired_ms;
    bool due = last == 0 || now - last < MINUTE_MS || now - last >= MARK_REPAIR_MS;
    return due && server_is_called_next(j->server) && write_mark(j);
}

/* The restart comes behind it: a plan tells of it. */
static bool judge_mark(struct judge *j)
{
    if (!write_mark(j)) return false;
    judge_route_restart(j);
    return true;
}

/* An adopted server and another id in the manifest: which of the two is meant, a person must say. What was
   built anew in place of an adopted one is what the manifest describes, whatever id it began with. */
static bool judge_adopted(struct judge *j)
{
    const struct object *object = j->object;
    const char *id = object->spec->adopt;
    if (!id || object->created_by_us || strcmp(id, object->current) == 0) return false;
    return judge_settle(j, REASON_IMMUTABLE_CHANGE, NEVER_MS,
                        "adopt differs (%s → %s): the first stays bound; the other is another Instance",
                        object->current, id) &&
           judge_about(j, "adopt");
}

static bool judge_converged(struct judge *j)
{
    int64_t next = NEVER_MS;
    if (judge_restart_waits(j, &next) && next <= j->state->now.boot_ms)
        next = NEVER_MS; /* it is not running */
    const struct gaps *gaps = &j->out->gaps;
    if (j->object->source->empty)
        return judge_settle(j, REASON_APPROVAL_NEEDED, NEVER_MS,
                            "source %s holds no instance any more; deleting all needs setpointctl approve",
                            j->object->source->name) &&
               judge_blocked(j, BLOCKER_EMPTY, NULL);
    const char *note = is_contested(j) ? "; MarkContested: somebody keeps removing our mark" : "";
    for (uint32_t i = 0; i < gaps->count; i++) {
        if (gaps->items[i].kind == GAP_IGNORED)
            return judge_settle(j, REASON_DRIFT_IGNORED, next,
                                "%s differs and is not managed after creation%s",
                                field_row(gaps->items[i].field)->name, note);
        if (gaps->items[i].pending)
            return judge_settle(j, REASON_IN_SYNC, next,
                                "%s differs and waits for a power state that allows it%s",
                                field_row(gaps->items[i].field)->name, note);
    }
    return judge_settle(j, REASON_IN_SYNC, next, "as described%s%s", note, judge_restart_past(j));
}

bool judge_with_server(struct judge *j)
{
    static bool (*const judges[])(struct judge *) = {
        judge_absent, judge_building, judge_error,   judge_transitional, judge_claim,     judge_role,
        judge_gap,    judge_mark,     judge_restart, judge_adopted,      judge_converged,
    };
    for (unsigned i = 0; i < sizeof judges / sizeof *judges; i++)
        if (judges[i](j)) return true;
    UNREACHABLE();
}
