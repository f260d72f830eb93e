#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/brake.h"
#include "reconcile/catalogue.h"
#include "reconcile/names.h"
#include "reconcile/observe.h"
#include "reconcile/order.h"

/* One object, one verdict: the judges are asked in the order of the table at the end; the first that knows
   decides. A judge looks at state only. */
struct judge {
    struct state *state;
    struct object *object;
    struct cloud *cloud;   /* NULL when unknown */
    struct server *server; /* the bound one, NULL when there is none */
    struct arena *arena;
    struct decision *out;
};

__attribute__((format(printf, 4, 5))) static bool settle(struct judge *j, enum reason reason, int64_t next_ms,
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(j->out->message, sizeof j->out->message, format, arguments);
    va_end(arguments);
    j->out->reason = reason;
    j->out->next_ms = next_ms;
    return true;
}

static int64_t next_list(const struct judge *j)
{
    int64_t due = j->cloud->list_due_ms;
    if (j->cloud->full_wanted_ms != 0) due = instant_min(due, j->cloud->full_wanted_ms);
    return instant_max(due, j->state->now.boot_ms + LOOK_FIRST_MS);
}

static int64_t later(const struct judge *j, int64_t delay_ms)
{
    return j->state->now.boot_ms + delay_ms;
}

static const char *seconds(const struct judge *j, int64_t since_ms)
{
    char shown[16];
    duration_show(instant_max(0, j->state->now.boot_ms - since_ms), shown, sizeof shown);
    return arena_text(j->arena, shown);
}

/* --- where the object stands --- */

static bool judge_ledger(struct judge *j)
{
    if (j->state->ledger_loaded && j->state->ledger == LEDGER_CORRUPT)
        return settle(j, REASON_LEDGER_CORRUPT, NEVER_MS,
                      "the ledger cannot be read: observing only (setpointctl ledger rebuild --yes)");
    return false;
}

static bool judge_orphan(struct judge *j)
{
    struct object *object = j->object;
    bool bound = object->current[0] != '\0';
    if (object->state == OBJECT_RELEASED)
        return settle(j, REASON_ORPHANED, NEVER_MS, "released by setpointctl release; it is left as it is");
    if (object->state == OBJECT_ORPHAN)
        return settle(j, REASON_ORPHANED, NEVER_MS,
                      "a server with our mark but without manifest or ledger entry; it is left alone");
    const char *cloud_name = bound          ? object->cloud_name
                             : object->spec ? object->spec->cloud
                                            : object->cloud_name;
    if (!j->state->config) return false;
    if (!object->source->config && !object->spec)
        return settle(j, REASON_ORPHANED, NEVER_MS,
                      "no Source document \"%s\" any more; the server is left as it is",
                      object->source->name);
    if (!object->source->config)
        return settle(j, REASON_ORPHANED, NEVER_MS, "no Source document \"%s\" any more; nothing is changed",
                      object->source->name);
    bool configured = config_cloud(j->state->config, cloud_name) != NULL;
    if (configured && source_may_use(object->source, cloud_name)) return false;
    const char *why = configured ? "this source may not use cloud" : "no Cloud document";
    if (bound)
        return settle(j, REASON_ORPHANED, NEVER_MS, "%s \"%s\"; the server is left as it is", why,
                      cloud_name);
    return settle(j, REASON_CLOUD_NOT_CONFIGURED, later(j, OPERATOR_LOOK_MS), "%s \"%s\"", why, cloud_name);
}

static bool judge_moved(struct judge *j)
{
    struct object *object = j->object;
    bool moved =
        object->spec && object->current[0] != '\0' && strcmp(object->spec->cloud, object->cloud_name) != 0;
    return moved &&
           settle(j, REASON_IMMUTABLE_CHANGE, NEVER_MS,
                  "cloud differs (%s → %s): a server cannot move; remove it from the manifests first",
                  object->cloud_name, object->spec->cloud);
}

/* --- what is known of the cloud --- */

static bool judge_cloud(struct judge *j)
{
    struct cloud *cloud = j->cloud;
    if (!cloud || !cloud->config)
        return settle(j, REASON_NOT_SEEN_YET, later(j, SECOND_MS), "not looked at yet");
    char problem[CLOUD_MESSAGE] = "";
    cloud_problem(cloud, problem, sizeof problem);
    if (cloud->wrong_project) return settle(j, REASON_WRONG_PROJECT, NEVER_MS, "%s", problem);
    if (cloud->session == SESSION_FAILED)
        return settle(j, REASON_AUTH_FAILED, instant_max(cloud->session_retry_ms, later(j, LOOK_FIRST_MS)),
                      "%s", problem);
    if (cloud_refuses_list(cloud)) return settle(j, REASON_CLOUD_OUTAGE, next_list(j), "%s", problem);
    if (cloud->outages >= BREAKER_FAILURES)
        return settle(j, REASON_CLOUD_OUTAGE, instant_max(cloud->breaker_until_ms, later(j, LOOK_FIRST_MS)),
                      "%s", problem);
    if (!cloud_has_list(cloud))
        return settle(j, REASON_NOT_SEEN_YET, next_list(j),
                      "waiting for the first complete list of cloud %s%s%s", cloud->name,
                      cloud->outages > 0 ? ": " : "", cloud->outages > 0 ? cloud->breaker_message : "");
    return false;
}

static bool judge_another_daemon(struct judge *j)
{
    return j->cloud->another_daemon &&
           settle(j, REASON_ANOTHER_DAEMON, NEVER_MS,
                  "server %s on cloud %s was made by another daemon with our owner \"%s\"",
                  j->cloud->another_server, j->cloud->name, j->state->config->owner);
}

/* The volumes that a new server will lack: a create does not attach any. */
static void volumes_after_create(struct judge *j, struct gaps *gaps)
{
    const struct spec *spec = j->object->spec;
    struct value volumes = spec->values[FIELD_VOLUMES];
    if ((spec->managed & FIELD_BIT(FIELD_VOLUMES)) == 0 || volumes.rows == 0) return;
    struct gap *gap = &gaps->items[gaps->count++];
    *gap = (struct gap){.field = FIELD_VOLUMES, .kind = GAP_CHANGE, .call_count = volumes.rows};
    gap->calls = ARENA_ROW(j->arena, struct step_call, volumes.rows);
    for (unsigned i = 0; i < volumes.rows; i++)
        gap->calls[i] =
            (struct step_call){CALL_ATTACH_VOLUME, FIELD_VOLUMES, value_cell(volumes, i, 0), NULL};
}

/* Extra edges behind a create: what a new server, which is running, needs to be as described. */
static void route_after_create(struct judge *j)
{
    struct gaps gaps = {0};
    struct route rest;
    volumes_after_create(j, &gaps);
    route_find(j->cloud->traits, PHASE_RUNNING, PHASE_RUNNING, spec_power(j->object->spec), &gaps, &rest);
    j->out->route.calls[0] = (struct step_call){CALL_CREATE, FIELD_COUNT, NULL, NULL};
    j->out->route.count = 1;
    for (uint32_t i = 0; i < rest.count && j->out->route.count < ROUTE_MAX; i++)
        j->out->route.calls[j->out->route.count++] = rest.calls[i];
}

/* --- what is under way --- */

/* A try that follows a failed build says why the last one failed, until the object is Converged. */
static const char *earlier_failure(const struct judge *j)
{
    const struct object *object = j->object;
    bool failed = object->retry_reason == REASON_BUILD_FAILED || object->retry_reason == REASON_BUILD_STUCK;
    if (!failed || object->failures == 0 || object->retry_message[0] == '\0') return "";
    return arena_printf(j->arena, "; before: %s", object->retry_message);
}

static bool judge_open_create(struct judge *j, const struct intent *intent)
{
    if (intent->unknown) {
        int64_t settles = instant_max(intent_create_settles_ms(intent), next_list(j));
        return settle(j, REASON_SETTLING, settles,
                      "a create got no usable answer; looking whether it took effect");
    }
    return settle(j, REASON_BUILDING, next_list(j), "create accepted %s ago, not seen yet%s",
                  seconds(j, intent->replied_ms), earlier_failure(j));
}

/* What is under way comes first in the route; what follows a create is known. */
static void route_under_way(struct judge *j, const struct intent *intent)
{
    struct route *route = &j->out->route;
    if (intent->kind == CALL_CREATE && j->object->spec)
        route_after_create(j);
    else
        route->count = 1;
    route->calls[0] = (struct step_call){intent->kind, intent->field, arena_text(j->arena, intent->argument),
                                         arena_text(j->arena, intent->value)};
}

static bool judge_intent(struct judge *j)
{
    const struct intent *intent = j->object->intent;
    if (!intent) return false;
    route_under_way(j, intent);
    const char *name = call_name(intent->kind), *argument = intent->argument ? intent->argument : "";
    const char *gap = argument[0] ? " " : "";
    if (intent->kind == CALL_RESIZE) argument = catalogue_name(j->cloud, CATALOGUE_FLAVOR, argument);
    if (intent_is_stuck(j->state, intent))
        return settle(j, REASON_STUCK, later(j, STUCK_LOOK_MS),
                      "%s was sent %s ago and has not ended; looking on", name, seconds(j, intent->sent_ms));
    switch (intent->state) {
    case INTENT_SAVING:
    case INTENT_READY:
        return settle(j, REASON_CALL_QUEUED, later(j, SECOND_MS), "%s%s%s is about to be sent", name, gap,
                      argument);
    case INTENT_SENT:
        return settle(j, REASON_CALL_SENT, later(j, LOOK_FIRST_MS), "%s%s%s, sent %s ago", name, gap,
                      argument, seconds(j, intent->sent_ms));
    case INTENT_OPEN:
        if (intent->kind == CALL_CREATE) return judge_open_create(j, intent);
        return settle(j, REASON_CALL_ACCEPTED, later(j, LOOK_FIRST_MS), "%s%s%s, sent %s ago%s", name, gap,
                      argument, seconds(j, intent->sent_ms),
                      intent->unknown ? ", no usable answer; looking" : "");
    }
    UNREACHABLE();
}

/* --- whose server it is --- */

static bool judge_taken(struct judge *j)
{
    return j->server && server_is_taken(j->state, j->server) &&
           settle(j, REASON_TAKEN_OVER, NEVER_MS, "server %s carries the mark of owner \"%s\" now",
                  j->server->facts.id, j->server->facts.mark.owner);
}

static void order_delete(struct judge *j, struct server *server, bool cleanup, const char *why)
{
    j->out->order = (struct order){.kind = CALL_DELETE,
                                   .provider_id = arena_text(j->arena, server->facts.id),
                                   .field = FIELD_COUNT,
                                   .class = cleanup ? CLASS_REPAIR : CLASS_DELETE,
                                   .cleanup = cleanup,
                                   .destroys = !cleanup,
                                   .why = why};
    j->out->route.calls[0] = (struct step_call){CALL_DELETE, FIELD_COUNT, NULL, NULL};
    j->out->route.count = 1;
}

/* A surplus server of our own attempts that was never bound is cleaned up; any other waits for a person. */
static bool judge_duplicate(struct judge *j)
{
    struct server *surplus = j->object->current[0] != '\0' ? object_surplus(j->object) : NULL;
    if (!surplus || surplus->expected) return false;
    /* surplus to one that lives, and not to one that only an old ledger speaks of: then it is the server itself */
    const struct server *bound = j->server;
    if (!bound || bound->expected || bound->suspect || bound->missing_ms != 0 || bound->gone_asked_ms != 0)
        return false;
    bool ours = strcmp(surplus->facts.mark.writer, j->state->writer) == 0;
    bool never_ran = surplus->facts.launched == LAUNCHED_NEVER || surplus->facts.phase == PHASE_BUILDING;
    const struct approval *approval = &j->object->approval;
    bool approved = approval->call == CALL_DELETE && strcmp(approval->provider_id, surplus->facts.id) == 0 &&
                    j->state->now.boot_ms < approval->until_ms;
    if (!ours && !approved)
        return settle(j, REASON_DUPLICATE, NEVER_MS,
                      "server %s carries the mark of this object too (%s is bound)", surplus->facts.id,
                      j->object->current);
    order_delete(j, surplus, never_ran && ours, "a second server of one create");
    return settle(j, REASON_REPAIRING, later(j, SECOND_MS), "deleting the surplus server %s",
                  surplus->facts.id);
}

/* --- leaving --- */

static bool judge_retired(struct judge *j)
{
    struct object *object = j->object;
    struct source *source = object->source;
    if (object->spec) return false;
    if (object->current[0] == '\0') return settle(j, REASON_IN_SYNC, NEVER_MS, "nothing is left of it");
    if (!source->read_once)
        return settle(j, REASON_NOT_SEEN_YET, later(j, SECOND_MS), "source %s has not been read yet",
                      source->name);
    if (source->empty || (object->retired_ms == 0 && source->valid))
        return settle(j, REASON_APPROVAL_NEEDED, NEVER_MS,
                      "source %s holds no instance any more; deleting all needs setpointctl approve",
                      source->name);
    if (!source->valid)
        return settle(j, REASON_SOURCE_INVALID, NEVER_MS,
                      "source %s is %s; nothing of it is deleted meanwhile", source->name,
                      source->missing ? "missing" : "invalid");
    if (!source->config->prune)
        return settle(j, REASON_ORPHANED, NEVER_MS, "gone from the manifests; source %s does not prune",
                      source->name);
    if (object->protect)
        return settle(j, REASON_PROTECTED, NEVER_MS,
                      "gone from the manifests, but protected (setpointctl unprotect)");
    int64_t due = object->retired_ms + source->config->prune_delay_ms;
    j->out->route.calls[0] = (struct step_call){CALL_DELETE, FIELD_COUNT, NULL, NULL};
    j->out->route.count = 1;
    if (j->state->now.boot_ms < due)
        return settle(j, REASON_PRUNE_DELAY, due, "gone from the manifests; it is deleted if it stays so");
    if (!j->server || j->server->facts.phase == PHASE_DELETING)
        return settle(j, REASON_DELETING, later(j, SECOND_MS), "being deleted");
    order_delete(j, j->server, server_never_ran(object, j->server) && object->created_by_us,
                 "gone from the manifests");
    return settle(j, REASON_DELETING, later(j, SECOND_MS), "gone from the manifests: Delete");
}

/* --- no server --- */

static bool name_missing(struct judge *j, enum catalogue_kind kind, const char *text)
{
    const char *id;
    struct catalogue *catalogue = &j->cloud->catalogues[kind];
    enum resolution resolution = catalogue_resolve(j->state, j->cloud, kind, text, &id);
    bool is_id = text_is_uuid(text);
    if (resolution == RESOLUTION_FOUND && !is_id && catalogue_is_stale(j->state, j->cloud, kind))
        resolution = RESOLUTION_WAIT;
    if (resolution == RESOLUTION_FOUND) return false;
    catalogue_want(j->state, j->cloud, kind);
    if (resolution == RESOLUTION_WAIT) {
        if (catalogue->problem[0] != '\0')
            return settle(j, REASON_CATALOGUE_NEEDED,
                          instant_max(catalogue->retry_ms, later(j, LOOK_FIRST_MS)),
                          "cannot read the %ss of cloud %s: %s", catalogue_kind_name(kind), j->cloud->name,
                          catalogue->problem);
        return settle(j, REASON_CATALOGUE_NEEDED, later(j, SECOND_MS), "looking up %s \"%s\"",
                      catalogue_kind_name(kind), text);
    }
    int64_t next = instant_max(catalogue->read_ms + CATALOGUE_MISS_MS, later(j, LOOK_FIRST_MS));
    if (resolution == RESOLUTION_AMBIGUOUS)
        return settle(j, REASON_NOT_FOUND, next, "several %ss of cloud %s are called \"%s\"; give the id",
                      catalogue_kind_name(kind), j->cloud->name, text);
    return settle(j, REASON_NOT_FOUND, next, "cloud %s has no %s \"%s\"%s%s", j->cloud->name,
                  catalogue_kind_name(kind), text, catalogue->problem[0] ? ": " : "", catalogue->problem);
}

static bool names_missing(struct judge *j)
{
    const struct spec *spec = j->object->spec;
    static const enum field fields[] = {FIELD_FLAVOR, FIELD_IMAGE};
    for (unsigned i = 0; i < 2; i++) {
        enum field field = fields[i];
        const struct resolved *resolved = &j->object->resolved[field];
        if (!(spec->managed & FIELD_BIT(field))) continue;
        const char *text = value_scalar(spec->values[field]);
        if (resolved->text && strcmp(resolved->text, text) == 0) continue;
        if (name_missing(j, field_row(field)->names, text)) return true;
    }
    struct value networks = spec->values[FIELD_NETWORKS];
    if (!(spec->managed & FIELD_BIT(FIELD_NETWORKS))) return false;
    for (unsigned i = 0; i < networks.rows; i++) {
        const char *kind = value_cell(networks, i, 0);
        enum catalogue_kind names = text_equal(kind, "subnet") ? CATALOGUE_SUBNET : CATALOGUE_NETWORK;
        if (!text_equal(kind, "port") && name_missing(j, names, value_cell(networks, i, 1))) return true;
    }
    return false;
}

static bool adopt_waits(struct judge *j)
{
    const char *id = j->object->spec->adopt;
    struct server *server = servers_find(&j->cloud->servers, id);
    if (server && !server->expected)
        return settle(j, REASON_NAME_TAKEN, NEVER_MS, "spec.adopt: server %s on cloud %s belongs to %s", id,
                      j->cloud->name, server->owner ? server->owner->name : "another owner");
    return settle(j, REASON_NOT_FOUND, next_list(j), "spec.adopt: cloud %s has no server %s", j->cloud->name,
                  id);
}

static bool judge_unbound(struct judge *j)
{
    struct object *object = j->object;
    if (object->current[0] != '\0') return false;
    const char *name = object_server_name(object);
    const struct object *other = names_rival(j->state, object, name);
    route_after_create(j);
    if (object->spec->adopt && !object->was_converged) return adopt_waits(j);
    struct server *taken = servers_named(&j->cloud->servers, name, object);
    if (taken)
        return settle(j, REASON_NAME_TAKEN, NEVER_MS,
                      "server %s on cloud %s is called \"%s\" and is not ours (setpointctl adopt %s %s)",
                      taken->facts.id, j->cloud->name, name, object->name, taken->facts.id);
    if (other)
        return settle(j, REASON_NAME_TAKEN, NEVER_MS, "%s/%s wants the server name \"%s\" on cloud %s too",
                      other->source->name, other->name, name, j->cloud->name);
    if (names_missing(j)) return true;
    j->out->order = (struct order){
        .kind = CALL_CREATE, .field = FIELD_COUNT, .class = CLASS_REST, .why = "no such server"};
    return settle(j, REASON_CALL_QUEUED, later(j, SECOND_MS), "no server: Create %s", name);
}

/* --- a server that cannot be judged now --- */

static bool judge_absent(struct judge *j)
{
    struct server *server = j->server;
    if (j->cloud->vanish_brake && server->vanished_ms != 0)
        return settle(j, REASON_SERVERS_VANISHED, NEVER_MS,
                      "server %s vanished together with others from cloud %s", server->facts.id,
                      j->cloud->name);
    bool missing = server->missing_ms != 0 || server->vanished_ms != 0;
    if (server->expected && !missing)
        return settle(j, REASON_NOT_SEEN_YET, next_list(j), "server %s is bound but was not seen yet",
                      server->facts.id);
    if (missing || server->expected || server->suspect || server->gone_asked_ms != 0)
        return settle(j, REASON_ABSENCE_UNPROVEN, next_list(j),
                      "server %s is not in the newest answer; proving that it is gone", server->facts.id);
    return false;
}

static void order_create_next(struct judge *j)
{
    j->out->route.calls[j->out->route.count++] = (struct step_call){CALL_CREATE, FIELD_COUNT, NULL, NULL};
}

/* A server that never ran is replaced: delete, and after its proven absence create anew. */
static bool replace_unborn(struct judge *j, bool stuck)
{
    struct object *object = j->object;
    struct server *server = j->server;
    const char *fault = server->facts.fault[0] ? server->facts.fault : "no fault was told";
    order_delete(j, server, object->created_by_us,
                 stuck ? "the build did not end in time" : "the build failed");
    j->out->order.remedy = true;
    order_create_next(j);
    if (stuck)
        return settle(j, REASON_BUILD_STUCK, later(j, SECOND_MS), "building for %s; replaced",
                      seconds(j, server->first_seen_ms));
    return settle(j, REASON_BUILD_FAILED, later(j, SECOND_MS), "build failed: %s; try %u follows", fault,
                  object->failures + 2);
}

static bool judge_building(struct judge *j)
{
    struct server *server = j->server;
    if (server->facts.phase != PHASE_BUILDING) return false;
    const struct lifecycle *life = &j->object->spec->lifecycle;
    int64_t since = server->first_seen_ms;
    int64_t due = since + life->build_timeout_ms;
    bool never_ran = server_never_ran(j->object, server);
    if (j->state->now.boot_ms < due || !never_ran || !j->object->created_by_us) {
        int64_t look = server->look.place != 0 ? server->look.due_ms : next_list(j);
        return settle(j, REASON_BUILDING,
                      instant_min(instant_max(look, later(j, LOOK_FIRST_MS)),
                                  instant_max(due, later(j, LOOK_FIRST_MS))),
                      "building for %s%s", seconds(j, since), earlier_failure(j));
    }
    if (life->on_stuck == ON_STUCK_REPLACE && !j->object->protect) return replace_unborn(j, true);
    return settle(j, REASON_ERROR_HOLD, NEVER_MS, "building for %s, longer than buildTimeout (onStuck: hold)",
                  seconds(j, since));
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
    if (step == REMEDY_REBOOT && traits_allow(traits, CALL_REBOOT, PHASE_ERROR)) {
        order_remedy(j, CALL_REBOOT, "HARD", "it is in error");
        return settle(j, REASON_REPAIRING, later(j, SECOND_MS), "in error (%s): hard reboot", fault);
    }
    if (step <= REMEDY_STOP && traits_allow(traits, CALL_STOP, PHASE_ERROR)) {
        order_remedy(j, CALL_STOP, NULL, "it is still in error after a hard reboot");
        return settle(j, REASON_REPAIRING, later(j, SECOND_MS), "in error (%s): stop, then start", fault);
    }
    return settle(j, REASON_ERROR_HOLD, NEVER_MS, "in error (%s); hard reboot and stop did not help", fault);
}

static bool is_protected(struct judge *j, const char *what, const char *fault)
{
    int64_t ends = object_protection_ends_ms(j->object);
    if (ends != NEVER_MS)
        return settle(j, REASON_PROTECT_DELAY, instant_max(ends, later(j, LOOK_FIRST_MS)),
                      "%s: %s; protection ends when the manifest has said so for pruneDelay", what, fault);
    return settle(j, REASON_PROTECTED, NEVER_MS, "%s: %s; protected, so it is not replaced", what, fault);
}

static bool judge_error(struct judge *j)
{
    struct object *object = j->object;
    struct server *server = j->server;
    if (server->facts.phase != PHASE_ERROR) return false;
    const char *fault = server->facts.fault[0] ? server->facts.fault : "no fault was told";
    if (server->facts.fault[0] == '\0' && !server->asked_by_get)
        return settle(j, REASON_TRANSITIONAL, later(j, SECOND_MS), "in error; reading why");
    if (server_never_ran(object, server) && object->created_by_us) {
        return object->protect ? is_protected(j, "build failed", fault) : replace_unborn(j, false);
    }
    switch (object->spec->lifecycle.on_error) {
    case ON_ERROR_HOLD: return settle(j, REASON_ERROR_HOLD, NEVER_MS, "in error: %s (onError: hold)", fault);
    case ON_ERROR_REPAIR: return repair(j, fault);
    case ON_ERROR_REPLACE:
        if (object->protect) return is_protected(j, "in error", fault);
        order_delete(j, server, false, "it is in error (onError: replace)");
        j->out->order.remedy = true;
        order_create_next(j);
        return settle(j, REASON_REPAIRING, later(j, SECOND_MS), "in error: %s; replaced", fault);
    }
    UNREACHABLE();
}

/* --- the gap --- */

static bool judge_transitional(struct judge *j)
{
    enum phase phase = j->server->facts.phase;
    int64_t look = j->server->look.place != 0 ? j->server->look.due_ms : next_list(j);
    if (phase == PHASE_UNKNOWN)
        return settle(
            j, REASON_TRANSITIONAL, instant_max(look, later(j, LOOK_FIRST_MS)),
            "%s for %s: a status that setpoint does not know; nothing is sent until another one is seen",
            j->server->facts.status, seconds(j, j->server->phase_since_ms));
    if (phase == PHASE_BUSY || phase == PHASE_DELETING || phase == PHASE_GONE)
        return settle(j, REASON_TRANSITIONAL, instant_max(look, later(j, LOOK_FIRST_MS)), "%s for %s",
                      j->server->facts.status, seconds(j, j->server->phase_since_ms));
    return false;
}

static const char *shown(struct judge *j, struct value value)
{
    struct text text;
    text_init(&text, 120);
    value_show(value, &text);
    const char *copy = arena_text(j->arena, text.bytes ? text.bytes : "");
    text_release(&text);
    return copy;
}

static bool immutable_gap(struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++) {
        const struct gap *gap = &j->out->gaps.items[i];
        if (gap->kind != GAP_IMMUTABLE) continue;
        return settle(j, REASON_IMMUTABLE_CHANGE, NEVER_MS,
                      "%s differs (%s → %s): needs a new server (lifecycle.onImmutableChange: block)",
                      field_row(gap->field)->name, shown(j, gap->actual), shown(j, gap->desired));
    }
    return false;
}

static bool unresolved_gap(struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++) {
        const struct gap *gap = &j->out->gaps.items[i];
        if (gap->kind != GAP_UNRESOLVED) continue;
        if (name_missing(j, field_row(gap->field)->names, value_scalar(j->object->spec->values[gap->field])))
            return true;
    }
    return false;
}

static bool retry_blocks(const struct judge *j, const struct step_call *call)
{
    const struct object *object = j->object;
    return object->retry_call == call->kind && j->state->now.boot_ms < object->retry_ms && !object->try_once;
}

/* The first call of the route; one that is backing off steps aside for an independent one that is legal now.
 */
static const struct step_call *first_call(struct judge *j)
{
    const struct route *route = &j->out->route;
    enum phase phase = j->server->facts.phase;
    if (route->count == 0) return NULL;
    if (!retry_blocks(j, &route->calls[0])) return &route->calls[0];
    for (uint32_t i = 1; i < route->count; i++) {
        const struct step_call *call = &route->calls[i];
        bool independent = call->field != route->calls[0].field && call->kind != route->calls[0].kind;
        if (independent && traits_allow(j->cloud->traits, call->kind, phase) && !retry_blocks(j, call))
            return call;
    }
    return &route->calls[0];
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

static bool order_call(struct judge *j, const struct step_call *call)
{
    const struct transition *row = traits_transition(j->cloud->traits, call->kind, j->server->facts.phase);
    struct cloud *cloud = j->cloud;
    if (row && row->from_age_ms > 0) {
        int64_t due = j->server->phase_since_ms + row->from_age_ms;
        if (j->state->now.boot_ms < due)
            return settle(j, REASON_TRANSITIONAL, due, "%s for %s; the cloud ends it by itself",
                          j->server->facts.status, seconds(j, j->server->phase_since_ms));
    }
    j->out->order =
        (struct order){.kind = call->kind,
                       .provider_id = arena_text(j->arena, j->server->facts.id),
                       .argument = arena_text(j->arena, call->argument),
                       .value = arena_text(j->arena, call->value),
                       .field = call->field,
                       .class = class_of(call->kind),
                       .interrupts = (row && row->cost >= COST_INTERRUPTS) || is_last_group(j, call),
                       .why = call->field < FIELD_COUNT ? field_row(call->field)->name : "power"};
    const char *what = call->argument ? call->argument : "";
    if (call->kind == CALL_RESIZE) {
        const char *from = value_scalar(j->server->facts.values[FIELD_FLAVOR]);
        return settle(j, REASON_CALL_QUEUED, later(j, SECOND_MS), "resize %s → %s",
                      catalogue_name(cloud, CATALOGUE_FLAVOR, from),
                      catalogue_name(cloud, CATALOGUE_FLAVOR, what));
    }
    return settle(j, REASON_CALL_QUEUED, later(j, SECOND_MS), "%s%s%s", call_name(call->kind),
                  what[0] ? " " : "", what);
}

static bool no_route(struct judge *j)
{
    enum phase phase = j->server->facts.phase;
    bool operators = phase == PHASE_PAUSED || phase == PHASE_SUSPENDED || phase == PHASE_RESCUED;
    if (operators)
        return settle(j, REASON_OPERATOR_STATE, NEVER_MS,
                      "somebody has put it into %s; that is not undone by us", j->server->facts.status);
    if (phase == PHASE_CONFIRM_RESIZE)
        return settle(j, REASON_TRANSITIONAL, next_list(j), "waiting for the cloud to confirm the resize");
    for (uint32_t i = 0; i < j->out->gaps.count; i++) {
        const struct gap *gap = &j->out->gaps.items[i];
        if (gap->kind == GAP_CHANGE && gap->pending)
            return settle(j, REASON_NO_ROUTE, later(j, OPERATOR_LOOK_MS),
                          "%s differs, and cannot be changed while %s", field_row(gap->field)->name,
                          phase_name(phase));
    }
    return settle(j, REASON_NO_ROUTE, later(j, OPERATOR_LOOK_MS), "no way from %s to %s", phase_name(phase),
                  phase_name(spec_power(j->object->spec)));
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

static bool locked(struct judge *j)
{
    return j->server->facts.locked &&
           settle(j, REASON_OPERATOR_STATE, NEVER_MS, "the server is locked or protected on the cloud");
}

static bool judge_gap(struct judge *j)
{
    const struct facts *facts = &j->server->facts;
    gap_compute(j->state, j->object, j->server, j->arena, &j->out->gaps);
    if (needs_change(j)) {
        route_find(j->cloud->traits, facts->phase, facts->rests, spec_power(j->object->spec), &j->out->gaps,
                   &j->out->route);
        const struct step_call *call = first_call(j);
        if (call) return locked(j) || order_call(j, call);
    }
    if (unresolved_gap(j) || immutable_gap(j)) return true;
    if (!needs_change(j)) return false;
    if (only_pending(j)) return false; /* shown as pending; done when the power is asked for */
    return no_route(j);
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

static bool judge_mark(struct judge *j)
{
    struct object *object = j->object;
    const char *value, *key = object_mark_repair(j->state, object, j->server, j->arena, &value);
    if (!key || is_contested(j) || j->server->facts.locked) return false;
    if (!traits_allow(j->cloud->traits, CALL_SET_METADATA, j->server->facts.phase)) return false;
    struct step_call call = {CALL_SET_METADATA, FIELD_METADATA, key, value};
    j->out->route.calls[0] = call;
    j->out->route.count = 1;
    return order_call(j, &call);
}

static bool judge_converged(struct judge *j)
{
    const struct gaps *gaps = &j->out->gaps;
    if (j->object->source->empty)
        return settle(j, REASON_APPROVAL_NEEDED, NEVER_MS,
                      "source %s holds no instance any more; deleting all needs setpointctl approve",
                      j->object->source->name);
    const char *note = is_contested(j) ? "; MarkContested: somebody keeps removing our mark" : "";
    for (uint32_t i = 0; i < gaps->count; i++) {
        if (gaps->items[i].kind == GAP_IGNORED)
            return settle(j, REASON_DRIFT_IGNORED, NEVER_MS, "%s differs and is not managed after creation%s",
                          field_row(gaps->items[i].field)->name, note);
        if (gaps->items[i].pending)
            return settle(j, REASON_IN_SYNC, NEVER_MS,
                          "%s differs and waits for a power state that allows it%s",
                          field_row(gaps->items[i].field)->name, note);
    }
    return settle(j, REASON_IN_SYNC, NEVER_MS, "as described%s", note);
}

static bool with_server(struct judge *j)
{
    static bool (*const judges[])(struct judge *) = {
        judge_absent, judge_building, judge_error, judge_transitional, judge_gap, judge_mark, judge_converged,
    };
    for (unsigned i = 0; i < sizeof judges / sizeof *judges; i++)
        if (judges[i](j)) return true;
    UNREACHABLE();
}

void object_decide(struct state *state, struct object *object, struct arena *arena, struct decision *out)
{
    static bool (*const judges[])(struct judge *) = {
        judge_ledger, judge_orphan, judge_moved,     judge_cloud,   judge_another_daemon,
        judge_intent, judge_taken,  judge_duplicate, judge_retired, judge_unbound,
    };
    *out = (struct decision){.order.kind = CALL_NONE, .next_ms = NEVER_MS};
    struct judge j = {.state = state, .object = object, .cloud = object->cloud, .arena = arena, .out = out};
    if (j.cloud && object->current[0] != '\0') j.server = servers_find(&j.cloud->servers, object->current);
    for (unsigned i = 0; i < sizeof judges / sizeof *judges; i++)
        if (judges[i](&j)) return;
    ASSERT(j.server);
    with_server(&j);
}
