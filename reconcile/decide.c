#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/catalogue.h"
#include "reconcile/claim.h"
#include "reconcile/find.h"
#include "reconcile/fit.h"
#include "reconcile/judge.h"
#include "reconcile/keypair.h"
#include "reconcile/marking.h"
#include "reconcile/observe.h"
#include "reconcile/rename.h"
#include "reconcile/retire.h"
#include "reconcile/retry.h"
#include "reconcile/tombstone.h"

/* --- where the object stands --- */

bool judge_ledger(struct judge *j)
{
    if (j->state->ledger_loaded && j->state->ledger == LEDGER_CORRUPT)
        return judge_settle(j, REASON_LEDGER_CORRUPT, NEVER_MS,
                            "the ledger cannot be read: observing only (setpointctl ledger rebuild --yes)") &&
               judge_about(j, BLOCKER_CORRUPT);
    return false;
}

/* Before all else: as long as the brake holds, `approve` must find somebody who is held. */
static bool judge_vanished(struct judge *j)
{
    return j->server && j->cloud->vanish_brake && j->server->vanished_ms != 0 &&
           judge_settle(j, REASON_SERVERS_VANISHED, NEVER_MS,
                        "server %s vanished together with others from cloud %s", j->server->facts.id,
                        j->cloud->name);
}

/* What keeps it is a word of a person alone. */
static bool judge_nowhere(struct judge *j)
{
    const struct state *state = j->state;
    for (uint32_t i = 0; i < state->cloud_count; i++)
        if (state->clouds[i]->config && !cloud_has_list(state->clouds[i]))
            return judge_settle(j, REASON_NOT_SEEN_YET, judge_later(j, SECOND_MS),
                                "waiting for the first complete list of cloud %s: its server may be there",
                                state->clouds[i]->name) &&
                   judge_about(j, state->clouds[i]->name);
    if (j->object->protect)
        return judge_settle(j, REASON_PROTECTED, NEVER_MS,
                            "gone from the manifests, and no server with its mark is seen on any cloud; "
                            "protected, so it is not forgotten (setpointctl unprotect)");
    return judge_settle(
        j, REASON_SUSPENDED, NEVER_MS,
        "in no manifest, and no server with its mark is seen on any cloud; it is known by its "
        "suspension alone (setpointctl resume)");
}

static bool judge_orphan(struct judge *j)
{
    struct object *object = j->object;
    bool bound = object->current[0] != '\0';
    if (object->state == OBJECT_RELEASED)
        return judge_settle(j, REASON_ORPHANED, NEVER_MS,
                            "released by setpointctl release; it is left as it is");
    if (object->state == OBJECT_ORPHAN)
        return judge_settle(j, REASON_ORPHANED, NEVER_MS,
                            "a server with our mark but without manifest or ledger entry; it is left alone");
    const char *cloud_name = !bound && object->spec ? object->spec->cloud : object->cloud_name;
    if (!j->state->config) return false;
    if (!object->source->config && !object->spec)
        return judge_settle(j, REASON_ORPHANED, NEVER_MS,
                            "no Source document \"%s\" any more; the server is left as it is",
                            object->source->name);
    if (!object->source->config)
        return judge_settle(j, REASON_ORPHANED, NEVER_MS,
                            "no Source document \"%s\" any more; nothing is changed", object->source->name);
    if (object_is_nowhere(object)) return judge_nowhere(j);
    bool configured = config_cloud(j->state->config, cloud_name) != NULL;
    if (configured && source_may_use(object->source, cloud_name)) return false;
    const char *why = configured ? "this source may not use cloud" : "no Cloud document";
    if (bound)
        return judge_settle(j, REASON_ORPHANED, NEVER_MS, "%s \"%s\"; the server is left as it is", why,
                            cloud_name);
    return judge_settle(j, REASON_CLOUD_NOT_CONFIGURED, judge_later(j, OPERATOR_LOOK_MS), "%s \"%s\"", why,
                        cloud_name) &&
           judge_about(j, cloud_name);
}

static bool judge_moved(struct judge *j)
{
    struct object *object = j->object;
    bool moved =
        object->spec && object->current[0] != '\0' && strcmp(object->spec->cloud, object->cloud_name) != 0;
    return moved &&
           judge_settle(j, REASON_IMMUTABLE_CHANGE, NEVER_MS,
                        "cloud differs (%s → %s): a server cannot move; remove it from the manifests first",
                        object->cloud_name, object->spec->cloud) &&
           judge_about(j, "cloud");
}

/* --- what is known of the cloud --- */

bool judge_cloud(struct judge *j)
{
    struct cloud *cloud = j->cloud;
    if (!cloud || !cloud->config)
        return judge_settle(j, REASON_NOT_SEEN_YET, judge_later(j, SECOND_MS), "not looked at yet");
    char problem[CLOUD_MESSAGE] = "";
    cloud_problem(cloud, problem, sizeof problem);
    if (cloud->wrong_project) return judge_settle(j, REASON_WRONG_PROJECT, NEVER_MS, "%s", problem);
    if (cloud->session == SESSION_FAILED)
        return judge_settle(j, REASON_AUTH_FAILED,
                            instant_max(cloud->session_retry_ms, judge_later(j, LOOK_FIRST_MS)), "%s",
                            problem);
    if (cloud_list_fails(cloud))
        return judge_settle(j, REASON_CLOUD_OUTAGE, judge_next_list(j), "%s", problem);
    if (cloud->outages >= BREAKER_FAILURES)
        return judge_settle(j, REASON_CLOUD_OUTAGE,
                            instant_max(cloud->breaker_until_ms, judge_later(j, LOOK_FIRST_MS)), "%s",
                            problem);
    if (!cloud_has_list(cloud))
        return judge_settle(j, REASON_NOT_SEEN_YET, judge_next_list(j),
                            "waiting for the first complete list of cloud %s%s%s", cloud->name,
                            cloud->outages > 0 ? ": " : "", cloud->outages > 0 ? cloud->breaker_message : "");
    return false;
}

bool judge_another_daemon(struct judge *j)
{
    return j->cloud->another_daemon &&
           judge_settle(j, REASON_ANOTHER_DAEMON, NEVER_MS,
                        "server %s on cloud %s was made by another daemon with our owner \"%s\"",
                        j->cloud->another_server, j->cloud->name, j->state->config->owner) &&
           judge_about(j, j->cloud->another_server);
}

static void route_append(struct route *route, const struct route *rest)
{
    for (uint32_t i = 0; i < rest->count && route->count < ROUTE_MAX; i++)
        route->calls[route->count++] = rest->calls[i];
}

/* --- what is under way --- */

static bool judge_open_create(struct judge *j, const struct intent *intent)
{
    if (intent->unknown) {
        int64_t settles = instant_max(intent_create_settles_ms(intent), judge_next_list(j));
        return judge_settle(j, REASON_SETTLING, settles,
                            "a create got no usable answer; looking whether it took effect%s",
                            judge_earlier_failure(j));
    }
    return judge_settle(j, REASON_BUILDING, judge_next_list(j), "create accepted %s ago, not seen yet%s",
                        judge_seconds(j, intent->replied_ms), judge_earlier_failure(j));
}

/* Takes a call out of the gap that it closes, whether its effect is seen already or not. */
static void gaps_without(struct gaps *gaps, const struct intent *intent)
{
    for (uint32_t i = 0; i < gaps->count; i++) {
        struct gap *gap = &gaps->items[i];
        uint32_t kept = 0;
        if (gap->kind != GAP_CHANGE || gap->field != intent->field) continue;
        for (uint32_t k = 0; k < gap->call_count; k++)
            if (gap->calls[k].kind != intent->kind || !text_equal(gap->calls[k].argument, intent->argument))
                gap->calls[kept++] = gap->calls[k];
        gap->call_count = kept;
        if (kept == 0) gap->kind = GAP_IGNORED; /* nothing else is left of it */
    }
}

/* What is left to do once the call under way is done: searched from where that leads. */
static void route_after_call(struct judge *j, const struct intent *intent)
{
    const struct transition *row = traits_transition(j->cloud->traits, intent->kind, intent->from);
    struct route *route = &j->out->route, rest;
    struct gaps gaps;
    if (!j->server || j->server->expected || !j->object->spec || !row) return;
    if (row->policy && intent->kind != CALL_REBUILD) return; /* what the others leave behind is judged anew */
    enum phase to = row->to != PHASE_RESTS                ? row->to
                    : intent->kind == CALL_CONFIRM_RESIZE ? j->server->facts.rests
                                                          : intent->from;
    if (row->then != CALL_NONE)
        route->calls[route->count++] = (struct step_call){row->then, intent->field, NULL, NULL};
    gap_compute(j->state, j->object, j->server, j->arena, &gaps);
    gaps_without(&gaps, intent);
    route_find(j->cloud->traits, to, to, spec_power(j->object->spec), &gaps, &rest);
    route_append(route, &rest);
}

/* What is under way comes first in the route, and then what follows it. */
static void route_under_way(struct judge *j, const struct intent *intent)
{
    struct route *route = &j->out->route;
    bool beside = j->object->next[0] != '\0' || intent_is_of_next(intent);
    if (beside) {
        route->count = 1;
    } else if (intent->kind == CALL_CREATE && j->object->spec) {
        judge_route_create(j);
    } else if (intent->kind == CALL_DELETE && strcmp(intent->provider_id, j->object->current) == 0) {
        route->count = 1;
        judge_route_create(j);
    } else if (!retire_route_after(j, intent)) {
        route->count = 1;
        route_after_call(j, intent);
    }
    route->calls[0] = (struct step_call){intent->kind, intent->field, arena_text(j->arena, intent->argument),
                                         arena_text(j->arena, intent->value)};
    route->on[0] = beside ? arena_text(j->arena, intent->provider_id) : NULL;
    if (beside && !judge_gives_up(j, intent)) judge_route_beside(j);
}

/* Why the call under way is made, as far as it mends something. */
static const char *trouble_behind(const struct judge *j, const struct intent *intent)
{
    const struct server *server = j->server;
    if (j->object->ignored_call == intent->kind)
        return arena_printf(j->arena, "; the %s before it was accepted and had no effect",
                            call_name(intent->kind));
    if (!server || server->facts.phase != PHASE_ERROR || strcmp(server->facts.id, intent->provider_id) != 0)
        return judge_earlier_failure(j);
    const char *fault = server->facts.fault[0] ? server->facts.fault : "no fault was told";
    if (intent->kind == CALL_DELETE && j->object->spec && server_never_ran(j->object, server))
        return arena_printf(j->arena, "; build failed: %s; try %u follows", fault,
                            retry_build_number(j->object, server));
    return arena_printf(j->arena, "; in error: %s", fault);
}

bool judge_intent(struct judge *j)
{
    const struct intent *intent = j->object->intent;
    if (!intent) return false;
    route_under_way(j, intent);
    const char *name = call_name(intent->kind), *argument = intent->argument ? intent->argument : "";
    const char *gap = argument[0] ? " " : "";
    if (intent->kind == CALL_RESIZE) argument = catalogue_name(j->cloud, CATALOGUE_FLAVOR, argument);
    const char *trouble = trouble_behind(j, intent);
    if (intent_is_stuck(j->state, intent))
        return judge_settle(j, REASON_STUCK, judge_later(j, STUCK_LOOK_MS),
                            "%s was sent %s ago and has not ended; looking on%s", name,
                            judge_seconds(j, intent->sent_ms), trouble);
    switch (intent->state) {
    case INTENT_SAVING:
    case INTENT_READY:
        return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "%s%s%s is about to be sent%s",
                            name, gap, argument, trouble);
    case INTENT_SENT:
        return judge_settle(j, REASON_CALL_SENT, judge_later(j, LOOK_FIRST_MS), "%s%s%s, sent %s ago%s", name,
                            gap, argument, judge_seconds(j, intent->sent_ms), trouble);
    case INTENT_OPEN:
        if (intent->kind == CALL_CREATE) return judge_open_create(j, intent);
        return judge_settle(j, REASON_CALL_ACCEPTED, judge_later(j, LOOK_FIRST_MS), "%s%s%s, sent %s ago%s%s",
                            name, gap, argument, judge_seconds(j, intent->sent_ms),
                            intent->unknown ? ", no usable answer; looking" : "", trouble);
    }
    UNREACHABLE();
}

/* --- whose server it is --- */

static bool judge_taken(struct judge *j)
{
    const struct server *server = j->server;
    return server && server_is_taken(j->state, server) && !claim_covers(j->state, j->object, server) &&
           judge_settle(j, REASON_TAKEN_OVER, NEVER_MS,
                        "server %s carries the mark of owner \"%s\" now (setpointctl adopt %s %s)",
                        server->facts.id, server->facts.mark.owner, find_name(j->state, j->object, j->arena),
                        server->facts.id);
}

/* Made by a create of ours of which nobody knew in the end that it took effect. A copy of a mark that was
   ever bound (a clone, a restored backup) is somebody's server. */
static bool is_ghost(const struct judge *j, const struct server *server)
{
    const struct mark *mark = &server->facts.mark;
    return strcmp(mark->writer, j->state->writer) == 0 && strcmp(mark->attempt, j->object->attempt) != 0 &&
           object_gave_up(j->object, mark->attempt);
}

/* A surplus server of our own attempts that was never bound is cleaned up; any other waits for a person. */
static bool judge_duplicate(struct judge *j)
{
    struct server *surplus = j->object->current[0] != '\0' ? object_surplus(j->object) : NULL;
    if (!surplus || surplus->expected) return false;
    /* surplus to one that lives, and not to one that only an old ledger speaks of: then it is the server
     * itself */
    const struct server *bound = j->server;
    if (!bound || bound->expected || bound->suspect || bound->missing_ms != 0 || bound->gone_asked_ms != 0)
        return false;
    bool ours = is_ghost(j, surplus);
    bool never_ran = !surplus->ran &&
                     (surplus->facts.launched == LAUNCHED_NEVER || surplus->facts.phase == PHASE_BUILDING);
    const struct approval *approval = &j->object->approval;
    bool approved = approval->call == CALL_DELETE && strcmp(approval->provider_id, surplus->facts.id) == 0 &&
                    j->state->now.boot_ms < approval->until_ms;
    if (!ours && !approved)
        return judge_settle(j, REASON_DUPLICATE, NEVER_MS,
                            "server %s \"%s\" carries the mark of this object too (%s is bound)",
                            surplus->facts.id, surplus->facts.name, j->object->current) &&
               judge_about(j, surplus->facts.id);
    judge_order_delete(j, surplus, never_ran && ours, "a second server of one create");
    return judge_settle(j, REASON_REPAIRING, judge_later(j, SECOND_MS), "deleting the surplus server %s",
                        surplus->facts.id);
}

/* What our delete put into the recycle bin holds addresses and quota until it is deleted once more. */
static bool judge_binned(struct judge *j)
{
    struct server *server = j->server;
    if (!server || server->binned_ms == 0 || !server->binned_by_us) return false;
    judge_order_delete(j, server, true, "it is in the recycle bin");
    return judge_settle(j, REASON_DELETING, judge_later(j, SECOND_MS),
                        "deleted, and in the recycle bin: one more Delete releases it");
}

/* --- leaving --- */

static bool judge_retired(struct judge *j)
{
    struct object *object = j->object;
    struct source *source = object->source;
    if (object->spec) return false;
    if (object->current[0] == '\0') return judge_settle(j, REASON_IN_SYNC, NEVER_MS, "nothing is left of it");
    if (!source->read_once)
        return judge_settle(j, REASON_NOT_SEEN_YET, judge_later(j, SECOND_MS),
                            "source %s has not been read yet", source->name) &&
               judge_blocked(j, BLOCKER_SOURCE, NULL);
    if (source->empty || (object->retired_ms == 0 && source->valid))
        return judge_settle(j, REASON_APPROVAL_NEEDED, NEVER_MS,
                            "source %s holds no instance any more; deleting all needs setpointctl approve",
                            source->name) &&
               judge_blocked(j, BLOCKER_EMPTY, NULL);
    if (!source->valid)
        return judge_settle(j, REASON_SOURCE_INVALID, NEVER_MS,
                            "source %s is %s; nothing of it is deleted meanwhile", source->name,
                            source->missing ? "missing" : "invalid");
    const struct object *heir = rename_heir(j->state, object);
    if (heir)
        return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "%s takes over its server",
                            heir->name);
    if (!source->config->prune)
        return judge_settle(j, REASON_ORPHANED, NEVER_MS, "gone from the manifests; source %s does not prune",
                            source->name);
    if (object->protect)
        return judge_settle(j, REASON_PROTECTED, NEVER_MS,
                            "gone from the manifests, but protected (setpointctl unprotect)");
    int64_t due = object->retired_ms + source->config->prune_delay_ms;
    retire_route(j);
    if (j->state->now.boot_ms < due)
        return judge_settle(j, REASON_PRUNE_DELAY, due,
                            "gone from the manifests; it is deleted if it stays so");
    bool binned = j->server && j->server->binned_ms != 0;
    if (j->server && j->server->expected && !binned && judge_absent(j))
        return true; /* not before it was seen */
    if (!j->server || j->server->facts.phase == PHASE_DELETING)
        return judge_settle(j, REASON_DELETING, judge_later(j, SECOND_MS), "being deleted");
    if (retire_comes_first(j)) return true;
    bool takes = traits_allow(j->cloud->traits, CALL_DELETE, j->server->facts.phase);
    if (!takes && (judge_locked(j) || judge_transitional(j))) return true;
    judge_order_delete(j, j->server, server_never_ran(object, j->server) && object->created_by_us,
                       "gone from the manifests");
    return judge_settle(j, REASON_DELETING, judge_later(j, SECOND_MS), "gone from the manifests: Delete");
}

/* --- no server --- */

/* Until the list says otherwise; read anew as long as somebody wants to build there. */
static bool zone_is_closed(struct judge *j, const char *zone)
{
    catalogue_want(j->state, j->cloud, CATALOGUE_ZONE);
    return judge_settle(j, REASON_DOES_NOT_FIT, judge_later(j, CATALOGUE_MISS_MS),
                        "cloud %s says that zone \"%s\" is not available: give another zone, or wait",
                        j->cloud->name, zone) &&
           judge_blocked(j, BLOCKER_ZONE, zone);
}

static bool zone_is_elsewhere(struct judge *j, const char *zone)
{
    const char *place = j->cloud->place;
    size_t size = strlen(place);
    bool named = strncmp(zone, place, size) == 0 && zone[size] == '-' && zone[size + 1] != '\0';
    return size > 0 && !named &&
           judge_settle(j, REASON_NOT_FOUND, judge_later(j, OPERATOR_LOOK_MS),
                        "cloud %s has no zone \"%s\": the zones of %s are called %s-a, %s-b and so on",
                        j->cloud->name, zone, place, place, place) &&
           judge_about(j, arena_printf(j->arena, "zone:%s", zone));
}

/* A zone is written as the cloud calls it, so nothing hangs on a fresh list; where none is to be had the
   cloud itself judges. "zone:host" is a host in that zone. */
static bool zone_missing(struct judge *j)
{
    const struct spec *spec = j->object->spec;
    const struct catalogue *zones = &j->cloud->catalogues[CATALOGUE_ZONE];
    bool listed = j->cloud->traits->catalogues & (UINT32_C(1) << CATALOGUE_ZONE);
    if (!(spec->managed & FIELD_BIT(FIELD_ZONE))) return false;
    const char *text = value_scalar(spec->values[FIELD_ZONE]);
    if (j->cloud->traits->zones_of_place) return zone_is_elsewhere(j, text);
    if (!listed) return false;
    const char *zone = arena_printf(j->arena, "%.*s", (int)strcspn(text, ":"), text);
    bool unread = zones->read_ms == 0 && zones->failures == 0;
    if (!unread && (zones->count == 0 || zones->problem[0] != '\0')) return false;
    const struct catalogue_entry *entry = catalogue_entry(j->cloud, CATALOGUE_ZONE, zone);
    if (entry) return !entry->available && zone_is_closed(j, zone);
    return judge_name_missing(j, CATALOGUE_ZONE, zone);
}

/* A key pair that a document of ours registers is waited for; any other must be there. Where no list is to be
   had the cloud itself judges. */
static bool keypair_missing(struct judge *j)
{
    const struct spec *spec = j->object->spec;
    if (!(spec->managed & FIELD_BIT(FIELD_KEYPAIR))) return false;
    const char *name = value_scalar(spec->values[FIELD_KEYPAIR]);
    const struct object *keypair = keypair_wanted(j->state, j->cloud->name, name);
    const struct catalogue *keypairs = &j->cloud->catalogues[CATALOGUE_KEYPAIR];
    if (keypair && keypair->verdict != VERDICT_CONVERGED)
        return judge_settle(j, REASON_KEYPAIR_NEEDED, judge_later(j, LOOK_MOST_MS),
                            "waits for key pair %s/%s%s%s", keypair->source->name, keypair->name,
                            reason_row(keypair->reason)->person ? ": " : "",
                            reason_row(keypair->reason)->person ? keypair->message : "") &&
               judge_about(j, object_path(keypair, j->arena));
    if (keypair || !catalogue_exists(j->cloud, CATALOGUE_KEYPAIR)) return false;
    if (keypairs->problem[0] != '\0' || catalogue_entry(j->cloud, CATALOGUE_KEYPAIR, name)) return false;
    return judge_name_missing(j, CATALOGUE_KEYPAIR, name);
}

bool judge_names_missing(struct judge *j)
{
    const struct spec *spec = j->object->spec;
    if (zone_missing(j)) return true;
    static const enum field fields[] = {FIELD_FLAVOR, FIELD_IMAGE};
    for (unsigned i = 0; i < 2; i++) {
        enum field field = fields[i];
        const struct resolved *resolved = &j->object->resolved[field];
        if (!(spec->managed & FIELD_BIT(field))) continue;
        const char *text = value_scalar(spec->values[field]);
        if (resolved->text && strcmp(resolved->text, text) == 0) continue;
        if (judge_name_missing(j, field_row(field)->names, text)) return true;
    }
    if (keypair_missing(j)) return true;
    struct value networks = {0};
    if (spec->managed & FIELD_BIT(FIELD_NETWORKS)) networks = spec->values[FIELD_NETWORKS];
    for (unsigned i = 0; i < networks.rows; i++) {
        const char *kind = value_cell(networks, i, 0);
        enum catalogue_kind names = text_equal(kind, "subnet") ? CATALOGUE_SUBNET : CATALOGUE_NETWORK;
        if (!text_equal(kind, "port") && judge_name_missing(j, names, value_cell(networks, i, 1)))
            return true;
    }
    return judge_create_unfit(j);
}

void object_decide(struct state *state, struct object *object, struct arena *arena, struct decision *out)
{
    static bool (*const judges[])(struct judge *) = {
        judge_ledger,         judge_vanished, judge_orphan, judge_moved,     judge_cloud,
        judge_another_daemon, judge_intent,   judge_taken,  judge_duplicate, judge_binned,
        judge_retired,        judge_unbound,  judge_next,
    };
    if (object->keypair) {
        keypair_decide(state, object, arena, out);
        return;
    }
    *out = (struct decision){.order.kind = CALL_NONE, .next_ms = NEVER_MS};
    struct judge j = {.state = state, .object = object, .cloud = object->cloud, .arena = arena, .out = out};
    if (j.cloud && object->current[0] != '\0') j.server = servers_find(&j.cloud->servers, object->current);
    for (unsigned i = 0; i < sizeof judges / sizeof *judges; i++)
        if (judges[i](&j)) return;
    ASSERT(j.server);
    judge_with_server(&j);
}
