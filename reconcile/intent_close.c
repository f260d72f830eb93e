#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/catalogue.h"
#include "reconcile/gap.h"
#include "reconcile/intent.h"
#include "reconcile/keypair.h"
#include "reconcile/look.h"
#include "reconcile/marking.h"
#include "reconcile/observe.h"
#include "reconcile/rebuild.h"
#include "reconcile/retire.h"
#include "reconcile/retry.h"
#include "reconcile/tombstone.h"

/* What was sent ends when it is seen: done, ignored, or never to be. */

static void done(struct state *state, struct intent *intent)
{
    struct object *object = intent->object;
    if (intent->kind == CALL_SET_METADATA && intent->argument && !mark_key_is_ours(intent->argument)) {
        if (intent->value)
            text_set_add(&object->metadata, intent->argument);
        else
            text_set_remove(&object->metadata, intent->argument);
    }
    if (intent->kind == CALL_ATTACH_VOLUME) text_set_add(&object->volumes, intent->argument);
    if (intent->kind == CALL_DETACH_VOLUME) text_set_remove(&object->volumes, intent->argument);
    if (intent->kind == CALL_ASSOCIATE_FLOATING_IP) text_set_add(&object->addresses, intent->argument);
    if (intent->kind == CALL_RELEASE_FLOATING_IP) {
        text_set_remove(&object->addresses, intent->argument);
        catalogue_hold(state, intent->cloud, intent->value, "");
    }
    if (object->retry_call == intent->kind && intent->kind != CALL_CREATE) retry_clear(object);
    state_tell(state, ABOUT(.type = "CallDone", .object = object, .call = call_name(intent->kind)), "%s done",
               call_name(intent->kind));
    intent_drop(state, intent);
}

/* Accepted or unanswered, and steady again without the change: it was ignored. One that was cut off may never
   have left this machine, so it tells nothing of the cloud. */
static void ignored(struct state *state, struct intent *intent)
{
    struct object *object = intent->object;
    enum call_kind kind = intent->kind;
    const char *what = intent->accepted  ? "was accepted but nothing came of it"
                       : intent->cut_off ? "was cut off when the daemon ended, and did not take effect"
                                         : "did not take effect";
    if (kind == CALL_CREATE) object_give_up(state, object, intent->attempt);
    if (intent->accepted) object->ignored_call = kind;
    if (!intent->cut_off) retry_after_silence(state, object, intent);
    state_tell(state,
               ABOUT(.level = intent->cut_off ? TELL_NOTICE : TELL_WARNING, .type = "CallIgnored",
                     .object = object, .call = call_name(kind)),
               "%s %s", call_name(kind), what);
    if (intent->took_slot && !intent->begun) object->slot = false;
    intent_forget(state, intent);
}

static void ended(struct state *state, struct intent *intent, const char *how)
{
    state_tell(state,
               ABOUT(.level = TELL_NOTICE, .type = "CallEnded", .object = intent->object,
                     .call = call_name(intent->kind)),
               "%s ended: %s", call_name(intent->kind), how);
    intent_forget(state, intent);
}

int64_t intent_create_settles_ms(const struct intent *intent)
{
    int64_t settle = cloud_settle_ms(intent->cloud);
    if (intent->cloud->config) settle = instant_max(settle, intent->cloud->config->total_timeout_ms);
    return instant_after(intent->sent_ms, settle);
}

/* Id of what came of the create; "" = nothing yet. A successor may have been promoted before that is told. */
static const char *created(const struct intent *intent)
{
    const struct object *object = intent->object;
    if (!intent_is_of_next(intent)) return object->current;
    if (object->next[0] != '\0') return object->next;
    return strcmp(object->attempt, intent->attempt) == 0 ? object->current : "";
}

static void observe_create(struct state *state, struct intent *intent)
{
    struct object *object = intent->object;
    struct cloud *cloud = intent->cloud;
    if (created(intent)[0] != '\0') {
        struct server *server = servers_find(&cloud->servers, created(intent));
        if (server && !server->expected) done(state, intent);
        return;
    }
    if (intent->accepted && intent->provider_id[0] != '\0') {
        ended(state, intent, "the new server is gone"); /* bound, and unbound by proven absence */
        return;
    }
    if (cloud->traits->mark == MARK_NOWHERE && intent->argument &&
        object_bind_by_name(state, object, intent->argument, intent->sent_ms))
        return; /* closed when it is looked at again */
    int64_t settles = intent_create_settles_ms(intent);
    if (intent->accepted) /* without an id: it did take effect, at the reply at the latest */
        settles = instant_max(settles, instant_after(intent->replied_ms, cloud_settle_ms(cloud)));
    bool first = cloud->complete_begun_ms[1] >= intent->sent_ms;
    bool second = cloud->complete_begun_ms[0] >= settles;
    int64_t soon = intent->sent_ms;
    if (cloud->traits->mark == MARK_NOWHERE) /* one list for many creates */
        soon = instant_max(soon, cloud->listing.begun_ms + NAME_LIST_MS);
    if (first && second && cloud->complete_begun_ms[1] > 0)
        ignored(state, intent);
    else
        look_full(state, cloud, cloud->complete_begun_ms[0] >= intent->sent_ms ? settles : soon);
}

/* Without a manifest (after a restart its source may not have been read yet) only the call itself says what
   to look for. */
static bool change_is_seen(const struct intent *intent, const struct facts *facts)
{
    const struct value *values = facts->values;
    const char *argument = intent->argument ? intent->argument : "";
    if (intent->field < FIELD_COUNT && !(facts->seen & FIELD_BIT(intent->field))) return true;
    if (intent->kind == CALL_ATTACH_VOLUME) return value_has(values[FIELD_VOLUMES], argument);
    if (intent->kind == CALL_DETACH_VOLUME) return !value_has(values[FIELD_VOLUMES], argument);
    if (intent->kind == CALL_ADD_SECURITY_GROUP) return value_has(values[FIELD_SECURITY_GROUPS], argument);
    if (intent->kind == CALL_REMOVE_SECURITY_GROUP)
        return !value_has(values[FIELD_SECURITY_GROUPS], argument);
    if (intent->kind == CALL_ASSOCIATE_FLOATING_IP) return value_has(values[FIELD_FLOATING_IP], argument);
    if (intent->kind == CALL_RELEASE_FLOATING_IP) return !value_has(values[FIELD_FLOATING_IP], argument);
    if (intent->kind == CALL_SET_METADATA)
        return text_equal(value_find(values[FIELD_METADATA], argument), intent->value);
    if (intent->kind == CALL_RESIZE) return strcmp(value_scalar(values[FIELD_FLAVOR]), argument) == 0;
    return intent->kind != CALL_RENAME || strcmp(facts->name, argument) == 0;
}

/* What a replacement takes off one server is the other's desire, so no gap tells of it. */
static bool is_move(const struct intent *intent)
{
    const struct object *object = intent->object;
    return object->next[0] != '\0' &&
           (intent->kind == CALL_DETACH_VOLUME || intent->kind == CALL_RELEASE_FLOATING_IP);
}

static bool field_is_closed(struct state *state, struct intent *intent, const struct server *server)
{
    struct object *object = intent->object;
    if (intent->kind == CALL_REBUILD) /* a cloud may show the new image before it begins */
        return rebuild_is_seen(intent, &server->facts) &&
               (intent->begun || server->asked_ms >= intent->replied_ms + intent->grace_ms);
    bool by_itself = intent->field == FIELD_FLOATING_IP; /* what else stands in its way is no answer */
    if (by_itself || is_move(intent)) return change_is_seen(intent, &server->facts);
    if (!object->spec || !object->cloud->traits) return change_is_seen(intent, &server->facts);
    if (intent->kind == CALL_SET_METADATA && mark_key_is_ours(intent->argument))
        return !object_mark_differs(state, object, server, intent->argument);
    struct gaps gaps;
    gap_compute(state, object, server, &state->turn, &gaps);
    for (uint32_t i = 0; i < gaps.count; i++) {
        const struct gap *gap = &gaps.items[i];
        if (gap->field != intent->field) continue;
        for (uint32_t j = 0; j < gap->call_count; j++)
            if (gap->calls[j].kind == intent->kind && text_equal(gap->calls[j].argument, intent->argument) &&
                text_equal(gap->calls[j].value, intent->value))
                return false;
        if (gap->kind == GAP_UNRESOLVED) return false;
    }
    return true;
}

static enum closed_by closed_by(const struct intent *intent)
{
    const struct transition *row = traits_transition(intent->cloud->traits, intent->kind, intent->from);
    return row ? row->closed_by : CLOSED_BY_PHASE;
}

/* A reboot leaves no trace on the server. Without an answer, and not seen while it went on, it may have been
   done or not; a second one would be worse than none. */
static bool is_untold(const struct intent *intent)
{
    return closed_by(intent) == CLOSED_BY_BEGINNING && intent->unknown && !intent->begun;
}

static bool is_closed(struct state *state, struct intent *intent, const struct server *server)
{
    const struct transition *row = traits_transition(intent->cloud->traits, intent->kind, intent->from);
    enum closed_by by = closed_by(intent);
    enum phase phase = server->facts.phase;
    bool fresh = server->asked_ms >= intent->sent_ms;
    switch (by) {
    case CLOSED_BY_PHASE:
        /* while the cloud confirms, the server still looks as if it waited for that */
        if (intent->from == PHASE_CONFIRM_RESIZE) return phase == PHASE_RUNNING || phase == PHASE_STOPPED;
        return phase == intent->aim && (intent->from != intent->aim || fresh);
    case CLOSED_BY_FIELD:
        if (intent->kind == CALL_RESIZE && phase == PHASE_CONFIRM_RESIZE)
            return row && row->then == CALL_CONFIRM_RESIZE;
        return fresh && phase_is_steady(phase) && field_is_closed(state, intent, server);
    case CLOSED_BY_BEGINNING:
        return phase == PHASE_BUSY
                   ? false
                   : fresh && phase == PHASE_RUNNING &&
                         (intent->begun || server->asked_ms >= intent->replied_ms + intent->grace_ms);
    case CLOSED_BY_SIGHTING:
    case CLOSED_BY_CATALOGUE:
    case CLOSED_BY_IMAGE:
    case CLOSED_BY_ABSENCE: return false;
    }
    UNREACHABLE();
}

/* Facts may refute only when they were asked after the reply and the grace in which the old state means "not
 * begun". */
static bool may_refute(const struct intent *intent, int64_t asked_ms)
{
    int64_t patience = intent->grace_ms;
    if (intent->unknown && intent->cloud->config)
        patience = instant_max(patience, intent->cloud->config->total_timeout_ms);
    return intent->replied_ms > 0 && asked_ms > intent->replied_ms + patience;
}

/* The server tells nothing of an image that is made of it: the cloud's list of images does. */
static void observe_snapshot(struct state *state, struct intent *intent)
{
    int64_t asked_ms;
    switch (retire_image_seen(state, intent, &asked_ms)) {
    case IMAGE_READY: done(state, intent); return;
    case IMAGE_FAILED: ended(state, intent, "the image failed"); return;
    case IMAGE_SAVING: intent->begun = true; return;
    case IMAGE_MISSING:
        if (may_refute(intent, asked_ms)) ignored(state, intent);
        return;
    }
    UNREACHABLE();
}

static void observe_change(struct state *state, struct intent *intent, struct server *server)
{
    enum phase phase = server->facts.phase;
    if (server->expected) return; /* not seen since the start: it is in no phase yet */
    if (phase == PHASE_BUSY || (phase != intent->from && phase != PHASE_ERROR)) intent->begun = true;
    if (is_closed(state, intent, server)) {
        if (is_untold(intent))
            ended(state, intent,
                  "it got no answer, and nothing shows whether it was done; it is not repeated");
        else
            done(state, intent);
        return;
    }
    bool moved_on = intent->begun && server->asked_ms > intent->replied_ms && intent->replied_ms > 0;
    if (phase == PHASE_ERROR && intent->from != PHASE_ERROR && server->asked_ms >= intent->sent_ms) {
        retry_after_silence(state, intent->object, intent);
        ended(state, intent, "the server went to error");
        return;
    }
    if (!phase_is_steady(phase)) return;
    if (phase != intent->from && moved_on && intent->kind != CALL_RESIZE)
        ended(state, intent, "the server is in another state now");
    else if (may_refute(intent, server->asked_ms))
        ignored(state, intent);
}

static void observe_delete(struct state *state, struct intent *intent, struct server *server)
{
    if (server->facts.phase == PHASE_DELETING) intent->begun = true;
    bool binned = intent->accepted && intent->from != PHASE_GONE && server->binned_ms > intent->replied_ms;
    if (binned) {
        server->binned_by_us = true;
        ended(state, intent, "it is in the recycle bin; one more delete releases it");
        return;
    }
    bool gone = intent->accepted && server->gone_asked_ms > intent->replied_ms;
    if (gone) {
        struct object *object = intent->object;
        struct cloud *cloud = intent->cloud;
        if (server->owner == object) object_unbind(state, object, server, "deleted"); /* else a surplus one */
        done(state, intent);
        observe_forget_server(state, cloud, server);
        return;
    }
    bool unmoved = phase_is_steady(server->facts.phase) || server->facts.phase == intent->from;
    if (server->facts.phase == PHASE_DELETING || !unmoved) return;
    if (server->gone_asked_ms == 0 && may_refute(intent, server->asked_ms)) ignored(state, intent);
}

static void observe_keypair(struct state *state, struct intent *intent)
{
    if (intent->state != INTENT_OPEN) return;
    switch (keypair_outcome(state, intent)) {
    case KEYPAIR_OPEN: return;
    case KEYPAIR_DONE: done(state, intent); return;
    case KEYPAIR_IGNORED: ignored(state, intent); return;
    case KEYPAIR_OTHER: ended(state, intent, "another key stands under that name"); return;
    }
    UNREACHABLE();
}

void intent_observe(struct state *state, struct object *object)
{
    struct intent *intent = object->intent;
    if (!intent || intent->state == INTENT_SAVING || intent->state == INTENT_READY) return;
    if (!intent->cloud->traits) return; /* left in the ledger by a configuration that had this cloud */
    if (intent->grace_ms == 0 && intent->deadline_ms == 0)
        intent_take_times(intent); /* read back from the ledger */
    if (object->keypair) {
        observe_keypair(state, intent);
        return;
    }
    if (intent->kind == CALL_CREATE) {
        if (intent->state == INTENT_OPEN) observe_create(state, intent);
        return;
    }
    struct server *server = servers_find(&intent->cloud->servers, intent->provider_id);
    if (intent->state != INTENT_OPEN) return;
    /* a surplus one is deleted by its id, whatever its mark says meanwhile */
    bool deletes = intent->kind == CALL_DELETE && server && !server->owner;
    if (!server && intent->kind == CALL_DELETE) {
        done(state, intent);
        return;
    }
    if (!deletes && (!server || server->owner != object)) {
        ended(state, intent, server ? "the server is another's now" : "the server is gone");
        return;
    }
    if (intent->kind == CALL_DELETE)
        observe_delete(state, intent, server);
    else if (intent->kind == CALL_SNAPSHOT)
        observe_snapshot(state, intent);
    else
        observe_change(state, intent, server);
}

bool intent_is_stuck(const struct state *state, const struct intent *intent)
{
    if (intent->state != INTENT_OPEN || intent->deadline_ms == 0) return false;
    return state->now.boot_ms > instant_max(intent->sent_ms, intent->replied_ms) + intent->deadline_ms;
}
