#include "reconcile/retry.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/base/assert.h"

enum retry_rule {
    RULE_BACKOFF,  /* 1 s ×2 up to 5 m */
    RULE_CONFLICT, /* backoff five times, then Blocked every 15 m */
    RULE_CAPACITY, /* the breaker of (zone, flavor) */
    RULE_REFUSED,  /* 1 m ×4 up to 15 m, Blocked with the provider's words */
    RULE_CLOUD     /* the cloud as a whole waits; the object follows */
};

static enum retry_rule rule_of(enum reply_kind kind)
{
    switch (kind) {
    case REPLY_CONFLICT: return RULE_CONFLICT;
    case REPLY_QUOTA:
    case REPLY_CAPACITY: return RULE_CAPACITY;
    case REPLY_INVALID:
    case REPLY_DENIED: return RULE_REFUSED;
    case REPLY_THROTTLED: return RULE_CLOUD;
    case REPLY_OK:
    case REPLY_TRANSPORT:
    case REPLY_OUTAGE:
    case REPLY_AUTH: /* the session tells of a failed log-in by itself */
    case REPLY_ABSENT:
    case REPLY_KIND_COUNT: return RULE_BACKOFF;
    }
    UNREACHABLE();
}

static void retry_set(struct state *state, struct object *object, enum call_kind call, int64_t delay_ms,
                      enum reason reason)
{
    object->retry_ms = instant_after(state->now.boot_ms, delay_ms);
    object->retry_call = call;
    object->retry_reason = reason;
}

static const char *zone_of(const struct object *object)
{
    return object->spec ? value_scalar(object->spec->values[FIELD_ZONE]) : "";
}

static const char *flavor_of(const struct object *object)
{
    return object->spec ? value_scalar(object->spec->values[FIELD_FLAVOR]) : "";
}

void capacity_failed(struct state *state, struct object *object, bool quota)
{
    struct capacity_key *key = cloud_capacity(object->cloud, zone_of(object), flavor_of(object), true);
    key->delay_ms =
        key->delay_ms == 0 ? RETRY_FIRST_MS * 4 : instant_min(key->delay_ms * 2, CAPACITY_PROBE_MS);
    key->open_until_ms = state->now.boot_ms + key->delay_ms;
    key->quota = quota;
    key->prober = NULL;
}

void capacity_worked(struct state *state, struct object *object)
{
    struct capacity_key *key = cloud_capacity(object->cloud, zone_of(object), flavor_of(object), false);
    if (!key || key->delay_ms == 0) return;
    key->delay_ms = key->open_until_ms = 0;
    key->prober = NULL;
    state_dirty_cloud(state, object->cloud);
}

void retry_after_refusal(struct state *state, struct object *object, const struct intent *intent,
                         const struct reply *reply)
{
    const char *words = reply->message && reply->message[0] ? reply->message : reply_kind_name(reply->kind);
    struct server *server =
        intent->provider_id[0] ? servers_find(&intent->cloud->servers, intent->provider_id) : NULL;
    uint64_t seen = server ? server->facts_hash : 0;
    snprintf(object->retry_message, sizeof object->retry_message, "%s: %s", call_name(intent->kind), words);
    object->failures++;
    bool same = object->retry_seen == seen && object->retry_call == intent->kind;
    object->retry_seen = seen;
    int64_t delay = state_jitter(state, backoff_ms(RETRY_FIRST_MS, object->failures, 200, RETRY_MOST_MS));
    switch (rule_of(reply->kind)) {
    case RULE_BACKOFF: retry_set(state, object, intent->kind, delay, REASON_BACKOFF); return;
    case RULE_CONFLICT:
        object->conflicts = same ? object->conflicts + 1 : 1;
        if (object->conflicts < CONFLICT_TRIES)
            retry_set(state, object, intent->kind, delay, REASON_BACKOFF);
        else
            retry_set(state, object, intent->kind, CONFLICT_RETRY_MS, REASON_CONFLICT);
        return;
    case RULE_CAPACITY:
        if (intent->kind == CALL_CREATE) {
            capacity_failed(state, object, reply->kind == REPLY_QUOTA);
            retry_set(state, object, intent->kind, 0, REASON_CAPACITY);
        } else {
            retry_set(state, object, intent->kind, delay, REASON_BACKOFF);
        }
        return;
    case RULE_REFUSED:
        retry_set(state, object, intent->kind,
                  backoff_ms(INVALID_RETRY_FIRST_MS, object->failures, 400, INVALID_RETRY_MOST_MS),
                  REASON_REFUSED);
        return;
    case RULE_CLOUD: retry_set(state, object, intent->kind, 0, REASON_CLOUD_THROTTLED); return;
    }
    UNREACHABLE();
}

void retry_after_silence(struct state *state, struct object *object, const struct intent *intent)
{
    object->failures++;
    snprintf(object->retry_message, sizeof object->retry_message, "%s %s, try %u follows",
             call_name(intent->kind),
             intent->accepted ? "was accepted but changed nothing" : "got no answer and did not take effect",
             object->failures + 1);
    retry_set(state, object, intent->kind,
              state_jitter(state, backoff_ms(RETRY_FIRST_MS, object->failures, 200, RETRY_MOST_MS)),
              REASON_BACKOFF);
}

static bool is_counted(const struct object *object, const struct server *server)
{
    return object->failed_builds > 0 && strcmp(object->failed_server, server->facts.id) == 0;
}

uint32_t retry_build_number(const struct object *object, const struct server *server)
{
    return object->failed_builds + (is_counted(object, server) ? 1 : 2);
}

static void count_build(struct object *object, const struct server *server)
{
    if (is_counted(object, server)) return;
    object->failed_builds++;
    text_copy(object->failed_server, sizeof object->failed_server, server->facts.id);
    object->ledger_dirty = true;
}

static void retry_build(struct state *state, struct object *object, enum reason reason)
{
    int64_t delay = backoff_ms(BUILD_RETRY_FIRST_MS, object->failed_builds, 200, BUILD_RETRY_MOST_MS);
    retry_set(state, object, CALL_CREATE, state_jitter(state, delay), reason);
}

void retry_after_build(struct state *state, struct object *object, const struct server *server, bool stuck)
{
    count_build(object, server);
    if (stuck)
        snprintf(object->retry_message, sizeof object->retry_message,
                 "build did not end in time; try %u follows", object->failed_builds + 1);
    else
        snprintf(object->retry_message, sizeof object->retry_message, "build failed: %s; try %u follows",
                 server->facts.fault[0] ? server->facts.fault : "no fault was told",
                 object->failed_builds + 1);
    retry_build(state, object, stuck ? REASON_BUILD_STUCK : REASON_BUILD_FAILED);
    if (server->facts.fault_is_capacity) capacity_failed(state, object, false);
}

void retry_after_loss(struct state *state, struct object *object, const struct server *server)
{
    count_build(object, server);
    times_add(&object->replaced, state->now.boot_ms); /* it may be there, and be paid for, and not be shown */
    snprintf(object->retry_message, sizeof object->retry_message,
             "the new server vanished before it ran; try %u follows", object->failed_builds + 1);
    retry_build(state, object, REASON_BUILD_FAILED);
}

void retry_clear(struct object *object)
{
    object->retry_ms = 0;
    object->retry_call = object->ignored_call = CALL_NONE;
    object->retry_message[0] = '\0';
    object->conflicts = 0;
}

void retry_forgive(struct object *object)
{
    object->ledger_dirty |= object->failures > 0 || object->failed_builds > 0 || object->remedies > 0;
    object->failures = object->failed_builds = object->remedies = 0;
    object->failed_server[0] = '\0';
}
