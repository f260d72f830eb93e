#include "reconcile/absorb.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/brake.h"
#include "reconcile/budget.h"
#include "reconcile/claim.h"
#include "reconcile/command.h"
#include "reconcile/look.h"
#include "reconcile/marking.h"
#include "reconcile/names.h"
#include "reconcile/observe.h"
#include "reconcile/outbox.h"
#include "reconcile/store.h"
#include "reconcile/swap.h"

/* --- servers --- */

void absorb_writer(struct state *state, struct cloud *cloud, const struct server *server)
{
    const struct facts *facts = &server->facts;
    if (!server_is_marked_ours(state, cloud, server) || facts->created_wall_ms < 0) return;
    if (strcmp(facts->mark.writer, state->writer) == 0) return;
    if (server->owner && claim_is_open(server->owner)) return; /* the rest of it is still another owner's */
    if (facts->mark.tag[0] != '\0' && !names_tagged(state, facts->mark.tag))
        return;                                                        /* of another cloud, maybe */
    bool began_empty = state->ledger == LEDGER_MISSING || state->cold; /* in this run, or in one that died */
    if (began_empty && !state->ledger_lost) absorb_lost_ledger(state);
    int64_t started = state_cloud_wall(state, cloud, state->started.boot_ms) + ANOTHER_DAEMON_MS;
    bool allowed = strcmp(facts->mark.writer, cloud->another_allowed) == 0;
    if (facts->created_wall_ms <= started || allowed || cloud->another_daemon) return;
    cloud->another_daemon = true;
    text_copy(cloud->another_server, sizeof cloud->another_server, facts->id);
    state_tell(
        state,
        ABOUT(.level = TELL_ERROR, .type = "AnotherDaemon", .cloud = cloud,
              .reason = reason_row(REASON_ANOTHER_DAEMON)->word),
        "cloud %s: server %s carries our owner \"%s\" but another daemon made it; nothing is changed there",
        cloud->name, facts->id, state->config->owner);
    state_dirty_cloud(state, cloud);
}

static void deleted_row(struct state *state, struct cloud *cloud, struct server *server, int64_t asked_ms)
{
    if (!server) return;
    if (cloud->traits->recycle_bin && asked_ms >= server->life_ms)
        server->binned_ms = instant_max(server->binned_ms, asked_ms);
    if (!server->suspect) {
        server->suspect = true;
        look_full(state, cloud, state->now.boot_ms);
        if (server->owner) look_soon(state, cloud, server->facts.id, 0);
    }
    if (server->owner) state_dirty(state, server->owner);
}

static bool is_newer(const struct server *server, int64_t asked_ms, bool by_get)
{
    if (server->expected || asked_ms > server->asked_ms) return true;
    return asked_ms == server->asked_ms && (by_get || !server->asked_by_get);
}

static void sign_of_life(struct state *state, struct cloud *cloud, struct server *server, int64_t asked_ms)
{
    if (asked_ms >= server->life_ms) {
        server->missing_ms = server->missing_again_ms = 0;
        server->suspect = false;
        if (asked_ms > server->binned_ms) server->binned_ms = 0;
    }
    server->life_ms = instant_max(server->life_ms, asked_ms);
    if (asked_ms > server->gone_asked_ms) server->gone_asked_ms = 0;
    if (server->vanished_ms == 0) return;
    brake_unvanish(cloud, server);
    if (server->owner) state_dirty(state, server->owner);
}

/* The first list after a ledger was lost may show that it was: windows then count as used up. */
static void note_lost_ledger(struct state *state)
{
    if (!state->ledger_lost || state->lost_noted || !state->config) return;
    state->lost_noted = true;
    state->destroyed.used_up = true;
    state->destroyed.used_up_until_ms = state->lost_ms + state->config->destroy.per_ms;
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct source *source = state->sources[i];
        if (!source->config) continue;
        source->destroyed.used_up = true;
        source->destroyed.used_up_until_ms = state->lost_ms + source->config->destroy.per_ms;
    }
}

void absorb_lost_ledger(struct state *state)
{
    state->ledger_lost = true;
    state->lost_noted = false;
    state->lost_ms = state->started.boot_ms;
    store_meta(state, "lost",
               arena_printf(&state->effects->arena, "%lld", (long long)state->started.wall_ms));
    note_lost_ledger(state);
}

bool absorb_facts(struct state *state, struct cloud *cloud, const struct facts *facts, int64_t asked_ms,
                  uint64_t serial, bool by_get)
{
    if (!facts->id || facts->id[0] == '\0' || strlen(facts->id) > LIMIT_ID) return false;
    struct server *server = servers_find_next(&cloud->servers, facts->id);
    if (facts->phase == PHASE_GONE) {
        deleted_row(state, cloud, server, asked_ms);
        /* asked for by id and shown as deleted: no less than a 404 */
        if (server && by_get && !cloud->traits->recycle_bin) absorb_absence(state, cloud, server, asked_ms);
        return serial != 0; /* it is among what the list's total counts */
    }
    if (!server && observe_is_buried(cloud, facts->id, asked_ms)) return serial != 0;
    if (!server) server = servers_add(&cloud->servers, facts->id, state->now.boot_ms);
    int64_t begun_ms = serial != 0 ? instant_min(asked_ms, cloud->listing.begun_ms) : asked_ms;
    if (server->first_asked_ms == 0 || begun_ms < server->first_asked_ms) server->first_asked_ms = begun_ms;
    bool first = serial != 0 && server->list_serial != serial;
    if (serial != 0) server->list_serial = serial;
    sign_of_life(state, cloud, server, asked_ms);
    bool news = !server->ran && facts_show_a_run(facts);
    server->ran |= news;
    if (news && server->owner) state_dirty(state, server->owner);
    if (!is_newer(server, asked_ms, by_get)) return first;
    bool changed = server_take_facts(&cloud->servers, server, facts, state->now.boot_ms);
    server->asked_ms = asked_ms;
    server->asked_by_get = by_get;
    bool fault_told = facts->phase == PHASE_ERROR && by_get && !server->fault_asked;
    server->fault_asked = facts->phase == PHASE_ERROR && (by_get || server->fault_asked);
    bool proof = by_get && !server->proven_by_get;
    server->proven_by_get |= by_get;
    if (changed) {
        server->stillborn = facts->phase == PHASE_ERROR && facts->launched == LAUNCHED_NEVER &&
                            !server->ran && !traits_allow(cloud->traits, CALL_DELETE, PHASE_ERROR);
        server_remark(state, cloud, server);
        absorb_writer(state, cloud, server);
        note_lost_ledger(state);
    }
    struct object *object = server->owner ? server->owner : server->marked;
    if (object && (changed || proof || fault_told || object->intent)) state_dirty(state, object);
    return first;
}

void absorb_absence(struct state *state, struct cloud *cloud, struct server *server, int64_t asked_ms)
{
    if (asked_ms < server->life_ms) return; /* it was seen by a later question */
    server->gone_asked_ms = instant_max(server->gone_asked_ms, asked_ms);
    server->proven_by_get = false;
    if (!server->suspect) {
        server->suspect = true;
        look_full(state, cloud, state->now.boot_ms);
    }
    if (server->owner) state_dirty(state, server->owner);
    if (server->marked) state_dirty(state, server->marked);
}

/* --- replies --- */

static void breaker_note(struct state *state, struct cloud *cloud, const struct reply *reply, int64_t sent_ms)
{
    bool outage = reply->kind == REPLY_TRANSPORT || reply->kind == REPLY_OUTAGE;
    if (!outage) {
        bool was_open = cloud->outages >= BREAKER_FAILURES;
        cloud->outages = 0;
        cloud->breaker_delay_ms = cloud->breaker_until_ms = 0;
        if (!was_open) return;
        state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "CloudBack", .cloud = cloud),
                   "cloud %s answers again", cloud->name);
        state_dirty_cloud(state, cloud);
        return;
    }
    cloud->outages++;
    text_copy(cloud->breaker_message, sizeof cloud->breaker_message,
              reply->message && reply->message[0] ? reply->message : reply_kind_name(reply->kind));
    if (cloud->outages < BREAKER_FAILURES) return;
    if (cloud->outages == BREAKER_FAILURES) {
        state_tell(state,
                   ABOUT(.level = TELL_ERROR, .type = "CloudOutage", .cloud = cloud,
                         .reason = reason_row(REASON_CLOUD_OUTAGE)->word),
                   "cloud %s does not answer: %s", cloud->name, cloud->breaker_message);
        state_dirty_cloud(state, cloud);
    }
    if (cloud->breaker_delay_ms != 0 && sent_ms <= cloud->breaker_set_ms) return;
    cloud->breaker_delay_ms = cloud->breaker_delay_ms == 0
                                  ? BREAKER_FIRST_MS
                                  : instant_min(cloud->breaker_delay_ms * 2, BREAKER_MOST_MS);
    cloud->breaker_set_ms = state->now.boot_ms;
    cloud->breaker_until_ms = state->now.boot_ms + cloud->breaker_delay_ms;
}

/* Additive increase, multiplicative decrease. */
static void throttle_note(struct state *state, struct cloud *cloud, const struct reply *reply)
{
    int64_t now = state->now.boot_ms;
    /* a 503 may ask for silence as a 429 does */
    if (reply->retry_after_ms > 0)
        cloud->throttled_until_ms = instant_max(cloud->throttled_until_ms, now + reply->retry_after_ms);
    if (reply->kind == REPLY_THROTTLED) {
        int64_t wait = reply->retry_after_ms > 0 ? reply->retry_after_ms : RETRY_FIRST_MS;
        cloud->throttled_until_ms = instant_max(cloud->throttled_until_ms, now + wait);
        cloud->pace_percent = cloud->pace_percent > 10 ? cloud->pace_percent / 2 : 5;
        cloud->pace_raise_ms = now + SECOND_MS;
        return;
    }
    if (cloud->pace_percent >= 100 - PACE_UNDER_PERCENT || now < cloud->pace_raise_ms) return;
    cloud->pace_percent += 2;
    if (cloud->pace_percent > 100 - PACE_UNDER_PERCENT) cloud->pace_percent = 100 - PACE_UNDER_PERCENT;
    cloud->pace_raise_ms = now + SECOND_MS;
}

static void absorb_reply(struct state *state, const struct event_reply *event)
{
    struct cloud *cloud = state_cloud(state, event->cloud);
    struct flight *flight = cloud ? cloud_flight(cloud, event->call_id) : NULL;
    if (!flight) return; /* late: nobody waits for it */
    struct flight landed = *flight;
    cloud_land(cloud, flight);
    breaker_note(state, cloud, &event->reply, landed.sent_ms);
    throttle_note(state, cloud, &event->reply);
    if (event->reply.date_wall_ms >= 0)
        cloud->date_offset_ms = event->reply.date_wall_ms - state->now.boot_ms;
    if (landed.kind == CALL_LOOK) {
        look_reply(state, cloud, &landed, &event->reply, event->sent_boot_ms);
        return;
    }
    struct intent *intent = cloud_intent(cloud, event->call_id);
    if (intent) intent_reply(state, intent, &event->reply, event->sent_boot_ms);
}

/* --- sessions --- */

static void judge_project(struct state *state, struct cloud *cloud)
{
    const char *expected =
        cloud->config && cloud->config->expect_project ? cloud->config->expect_project : cloud->pinned;
    if (expected[0] == '\0') expected = cloud->fingerprint;
    bool elsewhere = cloud_is_elsewhere(cloud);
    bool wrong = strcmp(expected, cloud->fingerprint) != 0 || elsewhere;
    if (wrong && !cloud->wrong_project)
        state_tell(state,
                   ABOUT(.level = TELL_ERROR, .type = "WrongProject", .cloud = cloud,
                         .reason = reason_row(REASON_WRONG_PROJECT)->word),
                   "cloud %s: the token is for %s %s, not %s; nothing is changed there", cloud->name,
                   elsewhere ? "region" : "project", elsewhere ? cloud->place : cloud->fingerprint,
                   elsewhere ? cloud->pinned_place : expected);
    if (!wrong) store_pin(state, cloud);
    if (wrong != cloud->wrong_project) state_dirty_cloud(state, cloud);
    if (wrong && !cloud->wrong_project) cloud->renew_ms = state->now.boot_ms + WRONG_PROJECT_RENEW_MS;
    cloud->wrong_project = wrong;
}

static void absorb_session(struct state *state, const struct event_session *event)
{
    struct cloud *cloud = state_cloud(state, event->cloud);
    if (!cloud) return;
    bool changed = cloud->session != event->state;
    cloud->session = event->state;
    cloud->session_wants = event->wants;
    cloud->session_held = event->held;
    cloud->session_own = event->own;
    cloud->permits_out = 0;
    cloud->throttled_until_ms = instant_max(cloud->throttled_until_ms, event->quiet_boot_ms);
    cloud->session_retry_ms = event->state == SESSION_FAILED ? event->retry_boot_ms : 0;
    if (event->state == SESSION_FAILED) {
        const char *message = event->message ? event->message : "";
        bool news = strcmp(cloud->session_message, message) != 0;
        text_copy(cloud->session_message, sizeof cloud->session_message, message);
        if (changed || news)
            state_tell(state,
                       ABOUT(.level = TELL_ERROR, .type = "LoginFailed", .cloud = cloud,
                             .reason = reason_row(REASON_AUTH_FAILED)->word),
                       "cloud %s: %s", cloud->name, message);
    } else if (event->state == SESSION_READY) {
        cloud->session_message[0] = '\0';
        text_copy(cloud->fingerprint, sizeof cloud->fingerprint,
                  event->fingerprint ? event->fingerprint : "");
        text_copy(cloud->place, sizeof cloud->place, event->place ? event->place : "");
        judge_project(state, cloud);
    }
    if (changed) state_dirty_cloud(state, cloud);
}

/* --- configuration --- */

static void absorb_cloud(struct state *state, const struct cloud_config *config)
{
    struct cloud *cloud = state_cloud_add(state, config->name);
    bool fresh = cloud->config == NULL;
    cloud->config = config;
    cloud->traits = config->traits;
    if (fresh) cloud->list_due_ms = state->now.boot_ms;
    int64_t now = state->now.boot_ms;
    cloud->list_due_ms = instant_min(cloud->list_due_ms, now + config->poll_interval_ms);
    cloud->full_due_ms = instant_min(cloud->full_due_ms, now + config->poll_full_ms);
    if (cloud->session == SESSION_READY) judge_project(state, cloud);
}

static void absorb_config(struct state *state, struct config *config)
{
    for (uint32_t i = 0; i < state->cloud_count; i++)
        state->clouds[i]->config = NULL;
    for (uint32_t i = 0; i < state->source_count; i++)
        state->sources[i]->config = NULL;
    for (uint32_t i = 0; i < config->cloud_count; i++)
        absorb_cloud(state, &config->clouds[i]);
    for (uint32_t i = 0; i < config->source_count; i++)
        state_source_add(state, config->sources[i].name)->config = &config->sources[i];
    for (uint32_t i = 0; i < state->source_count; i++)
        if (!state->sources[i]->config) swap_release(state, state->sources[i]);
    config_free(state->config);
    state->config = config;
    outbox_config(state);
    names_touch(state);
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        struct cloud *cloud = state->clouds[i];
        for (uint32_t j = 0; j < cloud->servers.count; j++)
            server_remark(state, cloud, cloud->servers.by_id[j]);
    }
    note_lost_ledger(state);
    for (uint32_t i = 0; i < state->source_count; i++)
        state_dirty_source(state, state->sources[i]);
}

/* --- the table of events --- */

void absorb_event(struct state *state, struct event *event)
{
    state->absorbed++;
    switch (event->kind) {
    case EVENT_LEDGER: store_load(state, &event->ledger); return;
    case EVENT_CONFIG:
        absorb_config(state, event->config);
        event->config = NULL;
        return;
    case EVENT_GENERATION:
        swap_generation(state, event->generation);
        event->generation = NULL;
        return;
    case EVENT_SOURCE_FAULT:
        swap_fault(state, event->source_fault.source, event->source_fault.mistakes, event->source_fault.count,
                   event->source_fault.missing);
        return;
    case EVENT_SAVED: store_saved(state, event->save.id); return;
    case EVENT_SAVE_FAILED: store_failed(state, event->save.id, event->save.problem); return;
    case EVENT_SESSION: absorb_session(state, &event->session); return;
    case EVENT_REPLY: absorb_reply(state, &event->reply); return;
    case EVENT_NOTIFIED: outbox_notified(state, &event->notified); return;
    case EVENT_COMMAND: command_take(state, &event->command); return;
    case EVENT_TICK: return;
    case EVENT_KIND_COUNT: break;
    }
    UNREACHABLE();
}
