#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/brake.h"
#include "reconcile/budget.h"
#include "reconcile/catalogue.h"
#include "reconcile/claim.h"
#include "reconcile/find.h"
#include "reconcile/look.h"
#include "reconcile/marking.h"
#include "reconcile/observe.h"
#include "reconcile/order.h"
#include "reconcile/retire.h"
#include "reconcile/store.h"
#include "reconcile/storm.h"

/* What may stop a call that a decision wants. Each guard says yes, or fills in why not. They are asked twice:
   before the intent is saved and again before it is sent. */
struct question {
    struct state *state;
    struct object *object;
    struct cloud *cloud;
    struct server *server; /* the call's server; NULL for create */
    const struct order *order;
    const struct intent *intent; /* NULL before it is saved */
    struct decision *out;
    bool enforced; /* as if no mode were observe */
};

/* Behind deny, where it is not what the reason is mostly about. Always false. */
static bool blocked(struct question *q, enum blocker_kind kind, const char *about)
{
    blocker_set(&q->out->by, kind, q->object, q->server, about);
    return false;
}

__attribute__((format(printf, 4, 5))) static bool deny(struct question *q, enum reason reason,
                                                       int64_t next_ms, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(q->out->message, sizeof q->out->message, format, arguments);
    va_end(arguments);
    q->out->reason = reason;
    q->out->next_ms = next_ms;
    return blocked(q, blocker_of_reason(reason), NULL);
}

static int64_t later(const struct question *q, int64_t delay_ms)
{
    return q->state->now.boot_ms + delay_ms;
}

/* "image differs: Create": what would be done, in front of why it is not. */
static const char *call_words(const struct question *q)
{
    const struct object *object = q->object;
    if (q->order->beside) return "Create of a successor";
    bool surplus = q->order->kind == CALL_DELETE && q->server &&
                   strcmp(q->server->facts.id, object->current) != 0 &&
                   strcmp(q->server->facts.id, object->next) != 0;
    if (!surplus) return call_name(q->order->kind);
    return arena_printf(&q->state->turn, "Delete of the surplus server %s \"%s\"", q->server->facts.id,
                        q->server->facts.name);
}

static bool guard_ledger(struct question *q)
{
    if (q->state->read_only)
        return deny(q, REASON_LEDGER_READ_ONLY, instant_max(q->state->save_retry_ms, later(q, LOOK_FIRST_MS)),
                    "%s waits: the ledger cannot be written; see that its disk has space and is writable",
                    call_words(q)) ||
               blocked(q, BLOCKER_LEDGER, BLOCKER_READ_ONLY);
    return true;
}

/* As a command calls it. */
static const char *cloud_target(const struct question *q)
{
    return arena_printf(&q->state->turn, "cloud:%s", q->cloud->name);
}

static bool guard_mode(struct question *q)
{
    const struct config *config = q->state->config;
    const struct source *source = q->object->source;
    const char *who = NULL, *about = BLOCKER_ALL;
    if (config->mode == MODE_OBSERVE) who = "Daemon";
    if (q->cloud->config->mode == MODE_OBSERVE) {
        who = "Cloud";
        about = cloud_target(q);
    }
    if (source->config && source->config->mode == MODE_OBSERVE) {
        who = "Source";
        about = source->name;
    }
    if (!who || q->enforced) return true;
    return deny(q, REASON_OBSERVE_MODE, later(q, cloud_interval_ms(q->cloud)),
                "%s is not sent: the %s is in mode observe", call_words(q), who) ||
           blocked(q, BLOCKER_MODE, about);
}

static bool is_softly_suspended(int64_t until_ms, bool hard, int64_t now_ms)
{
    return now_ms < until_ms && !hard;
}

bool object_must_come_back(const struct state *state, const struct object *object)
{
    const struct source *source = object->source;
    const struct cloud *cloud = object->cloud;
    int64_t now = state->now.boot_ms;
    return object->slot && (is_softly_suspended(state->suspended_until_ms, state->suspended_hard, now) ||
                            is_softly_suspended(cloud->suspended_until_ms, cloud->suspended_hard, now) ||
                            is_softly_suspended(source->suspended_until_ms, source->suspended_hard, now) ||
                            is_softly_suspended(object->suspended_until_ms, object->suspended_hard, now));
}

/* Soft suspension lets the rest of a route go on that brings power back. */
static bool restores_power(const struct question *q)
{
    enum call_kind kind = q->order->kind;
    return q->object->slot && (kind == CALL_START || kind == CALL_UNSHELVE || kind == CALL_CONFIRM_RESIZE);
}

static bool suspended(struct question *q, int64_t until_ms, bool hard, const char *reason, const char *what,
                      const char *target)
{
    if (q->state->now.boot_ms >= until_ms) return true;
    if (!hard && restores_power(q)) return true;
    return deny(q, REASON_SUSPENDED, until_ms, "%s is suspended%s%s (setpointctl resume)", what,
                reason[0] ? ": " : "", reason) ||
           blocked(q, BLOCKER_SUSPEND, target);
}

static bool guard_suspended(struct question *q)
{
    const struct state *s = q->state;
    const struct source *source = q->object->source;
    return suspended(q, s->suspended_until_ms, s->suspended_hard, s->suspended_reason, "everything",
                     BLOCKER_ALL) &&
           suspended(q, q->cloud->suspended_until_ms, q->cloud->suspended_hard, q->cloud->suspended_reason,
                     "the cloud", cloud_target(q)) &&
           suspended(q, source->suspended_until_ms, source->suspended_hard, source->suspended_reason,
                     "the source", source->name) &&
           suspended(q, q->object->suspended_until_ms, q->object->suspended_hard, q->object->suspended_reason,
                     "the object", NULL);
}

static bool guard_retry(struct question *q)
{
    const struct object *object = q->object;
    if (q->intent || object->try_once || object->retry_call != q->order->kind) return true;
    if (q->state->now.boot_ms >= object->retry_ms) return true;
    if (q->order->beside)
        return deny(q, object->retry_reason, object->retry_ms,
                    "successor: %s; server %s stays until one runs", object->retry_message, q->order->beside);
    return deny(q, object->retry_reason, object->retry_ms, "%s", object->retry_message);
}

/* Whoever makes a successor wants to delete what it succeeds. */
static bool is_destructive(const struct order *order)
{
    return order->kind == CALL_DELETE || order->kind == CALL_REBUILD || order->kind == CALL_DELETE_KEYPAIR ||
           order->beside;
}

/* S6: repairs go on while a source is broken, deletions do not. */
static bool guard_source(struct question *q)
{
    const struct source *source = q->object->source;
    if (source->valid && !source->empty) return true;
    if (!is_destructive(q->order) && !q->order->moves) return true;
    if (source->empty)
        return deny(q, REASON_APPROVAL_NEEDED, NEVER_MS,
                    "source %s holds no instance any more; deleting all needs setpointctl approve",
                    source->name) ||
               blocked(q, BLOCKER_EMPTY, NULL);
    return deny(q, REASON_SOURCE_INVALID, NEVER_MS, "source %s is %s; nothing of it is deleted%s meanwhile",
                source->name, source->missing ? "missing" : "invalid",
                q->order->beside || q->order->moves ? " or replaced" : "");
}

/* After a lost or missing ledger: two complete lists, settle apart, before the first create. */
static bool guard_cold(struct question *q)
{
    const struct cloud *cloud = q->cloud;
    if (q->order->kind != CALL_CREATE || !q->state->cold || cloud_is_warm(cloud)) return true;
    int64_t due = cloud->first_complete_ms + cloud_settle_ms(cloud);
    look_full(q->state, q->cloud, due);
    return deny(q, REASON_COLD_START, instant_max(due, later(q, LOOK_FIRST_MS)),
                "no ledger was found: creating waits for two complete lists of cloud %s", cloud->name);
}

static bool guard_vanished(struct question *q)
{
    if (!q->cloud->vanish_brake) return true;
    if (q->order->kind != CALL_CREATE && q->order->kind != CALL_DELETE) return true;
    return deny(q, REASON_SERVERS_VANISHED, NEVER_MS,
                "%s waits: servers vanished together from cloud %s (setpointctl approve)", call_words(q),
                q->cloud->name);
}

static bool guard_storm(struct question *q)
{
    int64_t until = NEVER_MS;
    const char *zone = "";
    if (!q->order->remedy || !storm_stops(q->state, q->cloud, q->object, q->intent != NULL, &until, &zone))
        return true;
    return deny(q, REASON_ERROR_STORM, instant_max(until, later(q, SECOND_MS)),
                "%s waits: many servers of cloud %s%s%s went to error", call_words(q), q->cloud->name,
                zone[0] ? ", zone " : "", zone) ||
           blocked(q, BLOCKER_STORM,
                   zone[0] ? arena_printf(&q->state->turn, "%s:%s", q->cloud->name, zone) : NULL);
}

static bool guard_quarantine(struct question *q)
{
    struct object *object = q->object;
    if (q->intent || object->try_once || q->state->now.boot_ms >= object->quarantined_until_ms) return true;
    return deny(q, REASON_QUARANTINED, object->quarantined_until_ms, "%s waits: %s", call_words(q),
                object->retry_message);
}

/* The probe is a build under way. One that ended without a word (another flavor, withdrawn, out of the
   manifests) probes nothing any more, nor does one that takes longer than builds may. */
static bool is_probing(const struct state *state, const struct object *prober)
{
    if (prober->intent && prober->intent->kind == CALL_CREATE) return true;
    if (!prober->spec) return false;
    const char *id = prober->next[0] != '\0' ? prober->next : prober->current;
    struct server *server = prober->cloud && id[0] != '\0' ? servers_find(&prober->cloud->servers, id) : NULL;
    if (!server || (!server->expected && server->facts.phase != PHASE_BUILDING)) return false;
    return state->now.boot_ms - server->first_seen_ms < prober->spec->lifecycle.build_timeout_ms;
}

/* One probe build at a time of a (zone, flavor) that had no room. */
static bool guard_capacity(struct question *q)
{
    if (q->order->kind != CALL_CREATE || q->intent || !q->object->spec) return true;
    const struct spec *spec = q->object->spec;
    const char *zone = value_scalar(spec->values[FIELD_ZONE]),
               *flavor = value_scalar(spec->values[FIELD_FLAVOR]);
    struct capacity_key *key = cloud_capacity(q->cloud, zone, flavor, false);
    if (!key || key->delay_ms == 0) return true;
    bool probing = key->prober && key->prober != q->object && is_probing(q->state, key->prober);
    if (!probing && q->state->now.boot_ms >= key->open_until_ms) return true;
    return deny(q, REASON_CAPACITY, probing ? later(q, LOOK_MOST_MS) : key->open_until_ms,
                "no room for flavor %s%s%s: one build probes, the others wait", flavor, zone[0] ? " in " : "",
                zone) ||
           blocked(q, key->quota ? BLOCKER_QUOTA : BLOCKER_CAPACITY,
                   arena_printf(&q->state->turn, "%s:%s", zone[0] ? zone : BLOCKER_ALL, flavor));
}

static bool guard_protect(struct question *q)
{
    if (!is_destructive(q->order) || !q->object->protect) return true;
    bool surplus = q->server && strcmp(q->server->facts.id, q->object->current) != 0;
    if (surplus) return true;
    return deny(q, REASON_PROTECTED, NEVER_MS, "protected: not deleted (setpointctl unprotect)");
}

static bool guard_ownership(struct question *q)
{
    if (!q->server) return true;
    bool bound = q->server->owner == q->object, surplus = q->server->marked == q->object;
    bool taken = server_is_taken(q->state, q->server) && !claim_covers(q->state, q->object, q->server);
    if ((bound && !taken) || (surplus && q->order->kind == CALL_DELETE)) return true;
    return deny(q, REASON_TAKEN_OVER, NEVER_MS, "server %s is not ours", q->server->facts.id);
}

static bool guard_instances(struct question *q)
{
    const struct source_config *config = q->object->source->config;
    if (q->order->kind != CALL_CREATE || !config || config->max_instances == 0) return true;
    uint32_t live = q->object->source->live - (q->intent ? 1 : 0);
    if (live < config->max_instances) return true;
    if (q->order->beside)
        return deny(q, REASON_TOO_MANY_INSTANCES, NEVER_MS,
                    "source %s has %u servers already (maxInstances %u): no room for a successor beside %s",
                    config->name, live, config->max_instances, q->order->beside);
    return deny(q, REASON_TOO_MANY_INSTANCES, NEVER_MS, "source %s has %u servers already (maxInstances %u)",
                config->name, live, config->max_instances);
}

static bool has_approval(const struct question *q)
{
    const struct approval *approval = &q->object->approval;
    if (q->intent) return true; /* charged when it was saved */
    if (q->order->kind == CALL_DELETE && retire_is_approved(q->object, q->order->provider_id)) return true;
    uint64_t desire = q->object->spec ? q->object->spec->hash : 0;
    const char *id = order_concerns(q->order);
    return approval->call == q->order->kind && id[0] != '\0' && strcmp(approval->provider_id, id) == 0 &&
           approval->desire == desire && q->state->now.boot_ms < approval->until_ms;
}

/* Whoever approves the first call of a replacement approves the delete at its end. */
static const char *destruction_words(const struct question *q)
{
    if (!q->order->reserves || q->order->kind == CALL_DELETE) return call_words(q);
    return arena_printf(&q->state->turn, "%s, and with it Delete of server %s,", call_words(q),
                        q->object->current);
}

/* What a budget stopped stays stopped until a person approves or the desire changes: a fleet is not deleted
 * slowly. */
static bool budget_lets(struct question *q, struct budget_answer budget)
{
    uint64_t desire = q->object->spec ? q->object->spec->hash : 0;
    bool latched = q->object->held && q->object->held_desire == desire;
    if (budget.allows && !latched && !q->order->unbegun) return true;
    if (budget.allows)
        return deny(q, REASON_APPROVAL_NEEDED, NEVER_MS,
                    "%s needs approval: once held, it stays held (destroyBudget: %u of %u used)",
                    destruction_words(q), budget.used, budget.max);
    return deny(q, REASON_APPROVAL_NEEDED, NEVER_MS,
                "%s needs approval: the %s's destroyBudget is used up (%u of %u)", destruction_words(q),
                budget.global ? "Daemon" : "Source", budget.used, budget.max) ||
           blocked(q, BLOCKER_BUDGET, budget.global ? BLOCKER_ALL : NULL);
}

static bool guard_destruction(struct question *q)
{
    if (!q->order->destroys && !q->order->reserves) return true;
    if (q->object->reserved != 0) return true;
    if (has_approval(q) && !q->order->unbegun) {
        if (q->intent || q->state->destructions_in_flight < DESTRUCTIONS_IN_FLIGHT) return true;
        return deny(q, REASON_IN_FLIGHT_LIMIT, later(q, SECOND_MS),
                    "approved; at most %d deletions at a time", DESTRUCTIONS_IN_FLIGHT) ||
               blocked(q, BLOCKER_IN_FLIGHT, call_name(CALL_DELETE));
    }
    bool again = q->order->kind == CALL_DELETE && q->order->provider_id && !q->order->unbegun;
    if (again && budget_is_charged(q->state, q->object, q->order->provider_id)) return true;
    return budget_lets(q, q->order->unbegun ? budget_retirement(q->state, q->object->source)
                                            : budget_destruction(q->state, q->object->source));
}

bool guards_allow_later(struct state *state, struct object *object, const struct order *order,
                        struct decision *out)
{
    struct question q = {
        .state = state, .object = object, .cloud = object->cloud, .order = order, .out = out};
    if (object->counted_retiring || object->reserved != 0 || has_approval(&q)) return true;
    return budget_lets(&q, budget_retirement(state, object->source));
}

static bool guard_disruption(struct question *q)
{
    struct object *object = q->object;
    bool free_of_charge = !q->order->interrupts || !object->was_converged || !q->server ||
                          q->server->facts.phase != PHASE_RUNNING;
    if (free_of_charge) return true;
    if (object->source->halted >= HALT_FAILURES && !object->try_once && !q->intent)
        return deny(
            q, REASON_DISRUPTION_HALTED, NEVER_MS,
            "%u servers went to error after a change of this kind; the rest is held (setpointctl sync %s)",
            object->source->halted, find_name(q->state, object, &q->state->turn));
    if (object->slot) return true;
    struct budget_answer budget = budget_disruption(object->source);
    if (budget.allows) return true;
    return deny(q, REASON_DISRUPTION_LIMIT, later(q, 5 * SECOND_MS),
                "%s waits: %u of %u servers of source %s are being interrupted", call_words(q), budget.used,
                budget.max, object->source->name);
}

/* S8 */
static bool guard_phase(struct question *q)
{
    if (q->order->kind == CALL_CREATE || q->object->keypair) return true;
    if (q->server && traits_allow(q->cloud->traits, q->order->kind, server_phase(q->server))) return true;
    return deny(q, REASON_NO_ROUTE, later(q, LOOK_MOST_MS), "%s is not possible while the server is %s",
                call_words(q), q->server ? phase_name(q->server->facts.phase) : "not seen");
}

/* Somebody's word on the cloud itself, whatever is to be done: some APIs refuse it then, of others it is not
   known. What lies in a recycle bin is deleted already. */
static bool guard_locked(struct question *q)
{
    if (!q->server || !q->server->facts.locked || q->server->facts.phase == PHASE_GONE) return true;
    return deny(q, REASON_OPERATOR_STATE, NEVER_MS, "the server is locked or protected on the cloud");
}

/* S2: the cloud puts an address on another server without asking whose it was. */
static bool guard_address(struct question *q)
{
    if (q->order->kind != CALL_ASSOCIATE_FLOATING_IP) return true;
    if (!catalogue_exists(q->cloud, CATALOGUE_FLOATING_IP)) return true; /* seen in the list */
    int64_t age = q->state->now.boot_ms - q->cloud->catalogues[CATALOGUE_FLOATING_IP].read_ms;
    if (age < (q->intent ? 2 * ADDRESS_FRESH_MS : ADDRESS_FRESH_MS)) return true;
    catalogue_spoil(q->state, q->cloud, CATALOGUE_FLOATING_IP);
    catalogue_want(q->state, q->cloud, CATALOGUE_FLOATING_IP);
    return deny(q, REASON_CATALOGUE_NEEDED, later(q, SECOND_MS), "asking whose floating IP %s is now",
                q->order->argument) ||
           blocked(q, BLOCKER_CATALOGUE,
                   arena_printf(&q->state->turn, "%s:%s", q->cloud->name,
                                catalogue_kind_word(CATALOGUE_FLOATING_IP)));
}

static bool guard_mark_repairs(struct question *q)
{
    struct object *object = q->object;
    bool repair = q->order->kind == CALL_SET_METADATA && q->order->argument &&
                  mark_key_is_ours(q->order->argument) && !text_equal(q->order->argument, MARK_RESTART_KEY);
    if (!repair || q->intent || object->mark_repaired_ms == 0) return true;
    bool same_round = q->state->now.boot_ms - object->mark_repaired_ms < MINUTE_MS;
    int64_t due = object->mark_repaired_ms + MARK_REPAIR_MS;
    if (same_round || q->state->now.boot_ms >= due) return true;
    return deny(q, REASON_IN_SYNC, due, "as described; our mark is rewritten later");
}

static bool guard_throttled(struct question *q)
{
    if (q->intent || q->state->now.boot_ms >= q->cloud->throttled_until_ms) return true;
    return deny(q, REASON_CLOUD_THROTTLED, q->cloud->throttled_until_ms,
                "%s waits: cloud %s asks to slow down", call_words(q), q->cloud->name);
}

static bool (*const guards[])(struct question *) = {
    guard_ledger,      guard_ownership,  guard_phase,   guard_locked,       guard_mode,
    guard_suspended,   guard_source,     guard_protect, guard_vanished,     guard_cold,
    guard_quarantine,  guard_retry,      guard_storm,   guard_capacity,     guard_instances,
    guard_destruction, guard_disruption, guard_address, guard_mark_repairs, guard_throttled,
};

static bool ask_all(struct question q)
{
    ASSERT(q.order->kind != CALL_NONE && q.object->cloud);
    q.cloud = q.object->cloud;
    if (q.order->provider_id) q.server = servers_find(&q.cloud->servers, q.order->provider_id);
    for (unsigned i = 0; i < sizeof guards / sizeof *guards; i++)
        if (!guards[i](&q)) return false;
    return true;
}

bool guards_allow(struct state *state, struct object *object, const struct order *order,
                  const struct intent *intent, struct decision *out)
{
    return ask_all(
        (struct question){.state = state, .object = object, .order = order, .intent = intent, .out = out});
}

bool guards_allow_enforced(struct state *state, struct object *object, const struct order *order,
                           struct decision *out)
{
    return ask_all(
        (struct question){.state = state, .object = object, .order = order, .out = out, .enforced = true});
}
