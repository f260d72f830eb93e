#include "reconcile/send.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/look.h"
#include "reconcile/order.h"

static int64_t slot_interval_us(const struct cloud *cloud)
{
    uint64_t rate = cloud->config->requests_per_second;
    uint64_t percent = cloud->pace_percent;
    return (int64_t)((uint64_t)1000000 * 100 / (rate * percent)) + 1;
}

/* Evenly spaced: a slot that nobody took is lost. The clock has milliseconds, so at most one of them is
 * caught up. */
static bool slot_is_there(const struct state *state, const struct cloud *cloud)
{
    return cloud->next_slot_us <= state->now.boot_ms * 1000;
}

static void slot_take(struct state *state, struct cloud *cloud)
{
    int64_t earliest = (state->now.boot_ms - 1) * 1000;
    cloud->next_slot_us = instant_max(cloud->next_slot_us, earliest) + slot_interval_us(cloud);
}

/* Requests on the wire: the session's own ones count, calls that the session holds back do not (they could
   otherwise keep the log-in that they wait for from being sent). */
static uint32_t on_wire(const struct cloud *cloud)
{
    uint32_t held = cloud->session_held < cloud->flight_count ? cloud->session_held : cloud->flight_count;
    return cloud->flight_count - held + cloud->permits_out + cloud->session_own;
}

static bool may_send(const struct state *state, const struct cloud *cloud)
{
    int64_t now = state->now.boot_ms;
    if (!cloud->config || now < cloud->throttled_until_ms || !slot_is_there(state, cloud)) return false;
    return on_wire(cloud) < cloud->config->in_flight;
}

/* While the breaker is open one request probes at a time. */
static bool breaker_allows(const struct state *state, const struct cloud *cloud)
{
    if (cloud->outages < BREAKER_FAILURES) return true;
    return state->now.boot_ms >= cloud->breaker_until_ms && on_wire(cloud) == 0;
}

static void send_call(struct state *state, struct cloud *cloud, const struct call *call)
{
    struct flight *flight = &cloud->flights[cloud->flight_count++];
    *flight = (struct flight){.call_id = call->id,
                              .kind = call->kind,
                              .look = call->look,
                              .catalogue = call->catalogue,
                              .sent_ms = state->now.boot_ms};
    if (call->provider_id) text_copy(flight->provider_id, sizeof flight->provider_id, call->provider_id);
    struct call *copy = ARENA_NEW(&state->effects->arena, struct call);
    *copy = *call;
    struct effect *effect = state_effect(state, EFFECT_SEND);
    effect->send.call = copy;
    slot_take(state, cloud);
}

/* With a token for another project nothing is asked that could show it refused: log in anew from time to
   time, for the account may have been put right. */
static bool renewal_is_due(const struct state *state, const struct cloud *cloud)
{
    return cloud->wrong_project && cloud->session == SESSION_READY && cloud->permits_out == 0 &&
           cloud->session_own == 0 && state->now.boot_ms >= cloud->renew_ms;
}

static bool try_permit(struct state *state, struct cloud *cloud)
{
    bool wanted = cloud->session_wants > cloud->permits_out, renew = renewal_is_due(state, cloud);
    if (!wanted && !renew) return false;
    cloud->permits_out++;
    if (!wanted) {
        cloud->renewed_ms = state->now.boot_ms;
        cloud->renew_ms = state->now.boot_ms + WRONG_PROJECT_RENEW_MS;
    }
    struct effect *effect = state_effect(state, EFFECT_PERMIT);
    effect->permit.cloud = arena_text(&state->effects->arena, cloud->name);
    effect->permit.renew = !wanted;
    slot_take(state, cloud);
    return true;
}

static bool can_look(const struct cloud *cloud)
{
    return cloud->session == SESSION_READY && !cloud->wrong_project && cloud->flight_count < FLIGHTS_MAX;
}

static bool try_look(struct state *state, struct cloud *cloud, int class)
{
    struct call call;
    if (!can_look(cloud) || !look_next(state, cloud, class, &call, &state->effects->arena)) return false;
    send_call(state, cloud, &call);
    return true;
}

/* Where only its name will tell a new server: what the list under way shows of that name could have been
   there before the create, or come of it. */
static bool waits_for_list(const struct intent *intent)
{
    const struct cloud *cloud = intent->cloud;
    return intent->kind == CALL_CREATE && cloud->traits->mark == MARK_NOWHERE && cloud->listing.running;
}

static struct intent *next_ready(struct cloud *cloud, int class)
{
    struct intent *best = NULL;
    uint64_t best_served = UINT64_MAX;
    for (uint32_t i = 0; i < cloud->intent_count; i++) {
        struct intent *intent = cloud->intents[i];
        if (intent->state != INTENT_READY || (int)intent->class != class || waits_for_list(intent)) continue;
        uint64_t served = 0;
        for (uint32_t k = 0; k < cloud->lane_count; k++)
            if (cloud->lanes[k].source == intent->object->source) served = cloud->lanes[k].served[class];
        if (served >= best_served) continue;
        best = intent;
        best_served = served;
    }
    return best;
}

static struct order order_of(const struct intent *intent)
{
    return (struct order){.kind = intent->kind,
                          .provider_id = intent->provider_id[0] ? intent->provider_id : NULL,
                          .argument = intent->argument,
                          .value = intent->value,
                          .field = intent->field,
                          .class = intent->class,
                          .destroys = intent->destroys,
                          .cleanup = intent->cleanup,
                          .interrupts = intent->disrupts,
                          .beside = intent_is_of_next(intent) ? intent->object->current : NULL};
}

static bool orders_equal(const struct order *a, const struct order *b)
{
    return a->kind == b->kind && text_equal(a->provider_id, b->provider_id) &&
           text_equal(a->argument, b->argument) && text_equal(a->value, b->value) &&
           a->destroys == b->destroys;
}

/* What the intent was charged with, and how it will be judged, follow from the phase in which it was decided.
 */
static bool phase_is_same(const struct intent *intent)
{
    if (intent->provider_id[0] == '\0') return true;
    struct server *server = servers_find(&intent->cloud->servers, intent->provider_id);
    return server && server_phase(server) == intent->from;
}

/* All guards again, and the decision itself: would the same call be wanted now? out_why: the rule that wants
   it, or why it is not wanted any more. */
static bool still_wanted(struct state *state, struct intent *intent, const char **out_why)
{
    struct object *object = intent->object;
    struct decision *decision = ARENA_NEW(&state->turn, struct decision);
    struct order order = order_of(intent);
    int64_t restarted_ms = object->restarted_wall_ms;
    object->intent = NULL; /* decide as if it were not there */
    if (intent->restarted_before_ms >= 0) object->restarted_wall_ms = intent->restarted_before_ms;
    uint64_t rebuilt = object->rebuilt;
    if (intent->kind == CALL_REBUILD) object->rebuilt = intent->rebuilt_before;
    object_decide(state, object, &state->turn, decision);
    object->intent = intent;
    object->restarted_wall_ms = restarted_ms;
    object->rebuilt = rebuilt;
    *out_why = decision->message;
    if (!orders_equal(&decision->order, &order) || !phase_is_same(intent)) return false;
    order.remedy = decision->order.remedy;
    order.moves = decision->order.moves;
    if (!guards_allow(state, object, &order, intent, decision)) return false;
    if (decision->order.why) *out_why = decision->order.why;
    return true;
}

static bool try_intent(struct state *state, struct cloud *cloud, int class)
{
    if (!can_look(cloud)) return false;
    struct intent *intent;
    while ((intent = next_ready(cloud, class))) {
        const char *why = "what was wanted has changed";
        struct call call;
        if (!still_wanted(state, intent, &why) ||
            !intent_call(state, intent, &state->effects->arena, &call)) {
            intent_withdraw(state, intent, why);
            continue;
        }
        for (uint32_t k = 0; k < cloud->lane_count; k++)
            if (cloud->lanes[k].source == intent->object->source)
                cloud->lanes[k].served[class] = ++cloud->served;
        send_call(state, cloud, &call);
        intent_sent(state, intent, why);
        lanes_serve(state, cloud);
        return true;
    }
    return false;
}

static bool has_ready(const struct cloud *cloud)
{
    for (uint32_t i = 0; i < cloud->intent_count; i++)
        if (cloud->intents[i]->state == INTENT_READY && !waits_for_list(cloud->intents[i])) return true;
    return false;
}

/* Looking at what is under way does not keep back what is ready to go: then it has every LOOK_SHARE-th slot.
 */
static bool try_open_look(struct state *state, struct cloud *cloud)
{
    bool open = cloud->outages >= BREAKER_FAILURES; /* then no call goes anyway */
    bool wait = !open && has_ready(cloud) && cloud->calls_passed < LOOK_SHARE - 1;
    if (wait || !try_look(state, cloud, LOOK_CLASS_OPEN)) return false;
    cloud->calls_passed = 0;
    return true;
}

/* Tokens and GETs of open intents, then polls (at least every POLL_SHARE-th slot), repairs, deletes, the
 * rest. */
static bool send_one(struct state *state, struct cloud *cloud)
{
    if (try_permit(state, cloud)) return true;
    bool open = cloud->outages >= BREAKER_FAILURES;
    bool poll_first = open || ++cloud->polls_passed >= POLL_SHARE;
    if (poll_first) {
        cloud->polls_passed = 0;
        if (try_look(state, cloud, LOOK_CLASS_POLL)) return true;
    }
    if (try_open_look(state, cloud)) return true;
    if (try_look(state, cloud, LOOK_CLASS_POLL)) return true;
    if (open) return false;
    for (int class = 0; class < CLASS_COUNT; class ++) {
        if (!try_intent(state, cloud, class)) continue;
        cloud->calls_passed++;
        return true;
    }
    return try_look(state, cloud, LOOK_CLASS_OPEN); /* what was ready is withdrawn */
}

void cloud_send(struct state *state, struct cloud *cloud)
{
    while (may_send(state, cloud) && breaker_allows(state, cloud))
        if (!send_one(state, cloud)) return;
}

int64_t cloud_send_wake(const struct state *state, const struct cloud *cloud)
{
    if (!cloud->config) return NEVER_MS;
    bool open = cloud->outages >= BREAKER_FAILURES;
    int64_t want = NEVER_MS;
    if (cloud->session_wants > cloud->permits_out) want = state->now.boot_ms;
    if (cloud->wrong_project && cloud->session == SESSION_READY && cloud->session_own == 0 &&
        cloud->permits_out == 0)
        want = instant_min(want, cloud->renew_ms);
    if (can_look(cloud)) {
        want = instant_min(want, look_wake(state, cloud));
        if (has_ready(cloud) && !open) want = state->now.boot_ms; /* an open breaker is probed by looks */
    }
    if (want == NEVER_MS || on_wire(cloud) >= cloud->config->in_flight)
        return NEVER_MS; /* a reply is an event */
    int64_t slot = (cloud->next_slot_us + 999) / 1000;
    int64_t gate = instant_max(slot, cloud->throttled_until_ms);
    if (open) {
        if (on_wire(cloud) > 0) return NEVER_MS;
        gate = instant_max(gate, cloud->breaker_until_ms);
    }
    return instant_max(want, gate);
}
