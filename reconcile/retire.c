#include "reconcile/retire.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/budget.h"
#include "reconcile/catalogue.h"
#include "reconcile/observe.h"

/* --- what is remembered --- */

bool retire_is_asked(const struct retirement *retirement)
{
    return retirement->policy.stop_for_ms > 0 || retirement->policy.snapshot;
}

static bool has_traces(const struct retirement *r)
{
    return r->image_wall_ms != 0 || r->rest_wall_ms != 0;
}

bool retire_has_begun(const struct object *object)
{
    const struct intent *intent = object->intent;
    if (!retire_is_asked(&object->retire) || object->current[0] == '\0') return false;
    if (intent && intent->kind == CALL_DELETE && intent->destroys) return false; /* charged */
    return has_traces(&object->retire) || (object->retired_ms != 0 && intent && intent->kind == CALL_STOP);
}

bool retire_is_approved(const struct object *object, const char *provider_id)
{
    return object->retire.approved && provider_id && strcmp(object->current, provider_id) == 0;
}

void retire_end(struct object *object)
{
    struct retirement *r = &object->retire;
    if (r->rest_wall_ms != 0 || r->image_wall_ms != 0 || r->approved) object->ledger_dirty = true;
    *r = (struct retirement){.policy = r->policy};
}

/* Nobody is served by it, and nothing of it changes. */
static bool is_rest(enum phase phase)
{
    return phase == PHASE_STOPPED || phase == PHASE_SHELVED || phase == PHASE_ERROR ||
           phase == PHASE_PAUSED || phase == PHASE_SUSPENDED;
}

static bool has_rested(const struct state *state, const struct retirement *r)
{
    return r->rest_wall_ms != 0 && state->now.boot_ms - r->rest_ms >= r->policy.stop_for_ms;
}

/* Started again by somebody it begins anew; not when the time is over and it only runs on its way to being
   stopped for its image, out of the shelf. */
static void note_rest(struct state *state, struct object *object, enum phase phase)
{
    struct retirement *r = &object->retire;
    bool rests = is_rest(phase);
    if (rests && r->rest_wall_ms == 0) {
        r->rest_ms = state->now.boot_ms;
        r->rest_wall_ms = state->now.wall_ms;
        object->ledger_dirty = true;
    } else if (phase == PHASE_RUNNING && r->rest_wall_ms != 0 &&
               (!has_rested(state, r) || !r->policy.snapshot)) {
        r->rest_wall_ms = 0;
        object->ledger_dirty = true;
    }
    if (!rests || !object->slot || object->intent) return;
    object->slot = false; /* it is where it shall be: others may be interrupted */
    object->ledger_dirty = true;
    state_dirty_slots(state, object->source);
}

static void note_approval(const struct state *state, struct object *object)
{
    const struct approval *approval = &object->approval;
    uint64_t desire = object->spec ? object->spec->hash : 0;
    if (object->retire.approved || approval->call != CALL_DELETE || approval->desire != desire) return;
    if (strcmp(approval->provider_id, object->current) != 0) return;
    if (state->now.boot_ms >= approval->until_ms) return;
    object->retire.approved = true;
    object->ledger_dirty = true;
}

static void follow_manifest(struct object *object)
{
    struct retirement *r = &object->retire;
    const struct retire_policy *policy = &object->spec->lifecycle.retire;
    bool same = r->policy.stop_for_ms == policy->stop_for_ms && r->policy.snapshot == policy->snapshot;
    bool converged = object->since_wall_ms >= 0 && object->verdict == VERDICT_CONVERGED;
    if (!same) object->ledger_dirty = true;
    r->policy = *policy;
    if (r->rest_wall_ms != 0) object->ledger_dirty = true;
    r->rest_wall_ms = 0;
    if (converged) retire_end(object); /* an image of an earlier time is none of the next one's */
}

void retire_observe(struct state *state, struct object *object, const struct server *server)
{
    if (object->spec) follow_manifest(object);
    if (!retire_is_asked(&object->retire)) return;
    if (object->retired_ms != 0 && !server->expected) note_rest(state, object, server->facts.phase);
    note_approval(state, object);
    object_recount(state, object);
}

/* --- the image --- */

/* "setpoint-prod-db-20260131T030000Z" */
static const char *image_name(const struct object *object, int64_t wall_ms, struct arena *arena)
{
    char shown[32], stamp[32];
    unsigned count = 0;
    instant_format(wall_ms, shown, sizeof shown);
    for (const char *at = shown; *at; at++)
        if (*at != '-' && *at != ':') stamp[count++] = *at;
    stamp[count] = '\0';
    return arena_printf(arena, "setpoint-%s-%s-%s", object->source->name, object->name, stamp);
}

static const struct catalogue_entry *image_entry(const struct judge *j)
{
    int64_t wall_ms = j->object->retire.image_wall_ms;
    if (wall_ms == 0) return NULL;
    return catalogue_named(j->cloud, CATALOGUE_IMAGE, image_name(j->object, wall_ms, j->arena));
}

static bool image_is_there(const struct judge *j)
{
    const struct catalogue_entry *entry = image_entry(j);
    return entry && entry->state == ENTRY_USABLE;
}

enum image_seen retire_image_seen(struct state *state, const struct intent *intent, int64_t *out_asked_ms)
{
    const struct catalogue *catalogue = &intent->cloud->catalogues[CATALOGUE_IMAGE];
    const struct catalogue_entry *entry =
        intent->argument ? catalogue_named(intent->cloud, CATALOGUE_IMAGE, intent->argument) : NULL;
    catalogue_watch(state, intent->cloud, CATALOGUE_IMAGE);
    *out_asked_ms = catalogue->problem[0] == '\0' ? catalogue->read_ms : 0; /* else nobody knows */
    if (!entry) return IMAGE_MISSING;
    return entry->state == ENTRY_USABLE   ? IMAGE_READY
           : entry->state == ENTRY_COMING ? IMAGE_SAVING
                                          : IMAGE_FAILED;
}

/* --- the route --- */

static void route_add(struct route *route, enum call_kind kind)
{
    if (route->count < ROUTE_MAX)
        route->calls[route->count++] = (struct step_call){kind, FIELD_COUNT, NULL, NULL};
}

static void route_end(struct judge *j, bool image)
{
    if (image) route_add(&j->out->route, CALL_SNAPSHOT);
    route_add(&j->out->route, CALL_DELETE);
    if (j->object->spec) judge_route_create(j);
}

static bool is_worth_it(const struct judge *j)
{
    const struct server *server = j->server;
    enum phase phase = server ? server->facts.phase : PHASE_GONE;
    return server && server->binned_ms == 0 && phase != PHASE_DELETING && phase != PHASE_GONE &&
           !server_never_ran(j->object, server);
}

/* The calls that lead to STOPPED; false: there is no way. */
static bool way_to_stop(const struct judge *j, struct route *out)
{
    struct gaps none = {.count = 0};
    const struct facts *facts = &j->server->facts;
    route_find(j->cloud->traits, facts->phase, facts->rests, PHASE_STOPPED, &none, out);
    return out->reaches && out->count > 0;
}

static bool is_fit_for_image(const struct judge *j)
{
    enum phase phase = j->server->facts.phase;
    return phase != PHASE_RUNNING && traits_allow(j->cloud->traits, CALL_SNAPSHOT, phase);
}

void retire_route(struct judge *j)
{
    const struct retire_policy *policy = &j->object->retire.policy;
    struct route *route = &j->out->route;
    bool asked = retire_is_asked(&j->object->retire) && is_worth_it(j) && !j->server->expected;
    bool image = asked && policy->snapshot && !image_is_there(j);
    bool stops = asked && ((image && !is_fit_for_image(j)) ||
                           (policy->stop_for_ms > 0 && !j->object->spec && !is_rest(j->server->facts.phase) &&
                            !has_rested(j->state, &j->object->retire)));
    route->count = 0;
    if (stops && j->server->facts.phase == PHASE_ERROR) route_add(route, CALL_STOP);
    if (stops && j->server->facts.phase != PHASE_ERROR && !way_to_stop(j, route)) route->count = 0;
    route_end(j, image);
}

bool retire_route_after(struct judge *j, const struct intent *intent)
{
    bool power = intent->kind == CALL_STOP || intent->kind == CALL_UNSHELVE;
    bool ours = intent->kind == CALL_SNAPSHOT || (power && !j->object->spec);
    if (!ours || !retire_is_asked(&j->object->retire)) return false;
    j->out->route.count = 0;
    route_add(&j->out->route, intent->kind);
    if (intent->kind == CALL_UNSHELVE) route_add(&j->out->route, CALL_STOP);
    route_end(j, intent->kind != CALL_SNAPSHOT && j->object->retire.policy.snapshot && !image_is_there(j));
    return true;
}

/* --- the steps --- */

static const char *why(const struct judge *j)
{
    return j->object->spec ? "it is replaced" : "gone from the manifests";
}

static const char *lead(const struct judge *j)
{
    return j->object->spec ? "replacing" : "retiring";
}

/* Where the Delete would be held, nothing of it begins: it is ordered, and the guard says why it waits. */
static bool may_begin(struct judge *j)
{
    const struct object *object = j->object;
    /* a call of it that is under way counts, also where the decision is made as if it were not */
    if (object->retire.approved || object->counted_retiring || has_traces(&object->retire)) return true;
    if (object->reserved != 0) return true; /* for a replacement that nobody wants any more */
    uint64_t desire = object->spec ? object->spec->hash : 0;
    if (object->held && object->held_desire == desire) return false;
    return budget_retirement(j->state, object->source).allows;
}

static bool hold_back(struct judge *j)
{
    judge_order_delete(j, j->server, false, why(j));
    j->out->order.unbegun = true;
    return judge_settle(j, REASON_DELETING, judge_later(j, SECOND_MS), "%s: Delete", why(j));
}

static int64_t image_wall(const struct judge *j)
{
    int64_t wall_ms = j->object->retire.image_wall_ms;
    return wall_ms != 0 ? wall_ms : j->state->now.wall_ms / SECOND_MS * SECOND_MS;
}

/* A replacement begins with its first Stop, which only its image is for. */
static void note_begin(struct judge *j)
{
    if (j->object->spec) j->out->order.image_wall_ms = image_wall(j);
}

/* One that is in ERROR may still be stopped, once: no image is made of it as it is. */
static bool stop_from_error(struct judge *j)
{
    const struct object *object = j->object;
    bool possible = traits_allow(j->cloud->traits, CALL_STOP, PHASE_ERROR);
    if (!possible || (object->remedies > 0 && !object->try_once))
        return judge_settle(j, REASON_ERROR_HOLD, NEVER_MS,
                            "%s: in error, and no image can be made of it (%s)", lead(j),
                            possible ? "a stop did not help" : "it cannot be stopped");
    j->out->order = (struct order){.kind = CALL_STOP,
                                   .provider_id = arena_text(j->arena, j->server->facts.id),
                                   .field = FIELD_COUNT,
                                   .class = CLASS_REPAIR,
                                   .remedy = true,
                                   .why = why(j)};
    note_begin(j);
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "%s: in error; Stop, then an image",
                        lead(j));
}

static bool stop(struct judge *j)
{
    struct route way;
    enum phase phase = j->server->facts.phase;
    if (judge_locked(j) || judge_transitional(j)) return true;
    retire_route(j);
    if (phase == PHASE_ERROR) return stop_from_error(j);
    if (!way_to_stop(j, &way))
        return judge_settle(j, REASON_OPERATOR_STATE, NEVER_MS,
                            "%s: somebody has put it into %s, from where it cannot be stopped", lead(j),
                            j->server->facts.status);
    judge_order_call(j, &way.calls[0]);
    if (j->out->order.kind == CALL_NONE) return true; /* the cloud ends something by itself first */
    j->out->order.why = why(j);
    note_begin(j);
    const char *then = j->object->retire.policy.snapshot ? "an image, then Delete" : "Delete";
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "%s: %s, then %s", lead(j),
                        call_name(way.calls[0].kind), then);
}

static bool wait_stopped(struct judge *j)
{
    const struct retirement *r = &j->object->retire;
    const struct now *now = &j->state->now;
    int64_t due = instant_after(r->rest_wall_ms != 0 ? r->rest_ms : now->boot_ms, r->policy.stop_for_ms);
    char shown[32];
    instant_format(now->wall_ms + (due - now->boot_ms), shown, sizeof shown);
    retire_route(j);
    return judge_settle(j, REASON_PRUNE_DELAY, instant_max(due, judge_later(j, SECOND_MS)),
                        "retiring: %s, %s at %s", phase_name(j->server->facts.phase),
                        r->policy.snapshot ? "an image, then Delete" : "Delete", shown) &&
           judge_blocked(j, BLOCKER_REST, NULL);
}

static bool snapshot(struct judge *j, int64_t wall_ms)
{
    if (!is_fit_for_image(j)) return stop(j);
    if (judge_locked(j)) return true;
    const char *name = image_name(j->object, wall_ms, j->arena);
    retire_route(j);
    j->out->order = (struct order){.kind = CALL_SNAPSHOT,
                                   .provider_id = arena_text(j->arena, j->server->facts.id),
                                   .argument = name,
                                   .field = FIELD_COUNT,
                                   .class = CLASS_DELETE,
                                   .image_wall_ms = wall_ms,
                                   .why = why(j)};
    j->out->route.calls[0].argument = name;
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "%s: Snapshot %s", lead(j), name);
}

/* Without a list of images that is fresh and whole nobody knows what there is. */
static bool images_are_unread(struct judge *j)
{
    const struct catalogue *images = &j->cloud->catalogues[CATALOGUE_IMAGE];
    bool fresh = images->read_ms > 0 && !catalogue_is_stale(j->state, j->cloud, CATALOGUE_IMAGE);
    if (fresh && images->problem[0] == '\0') return false;
    catalogue_want(j->state, j->cloud, CATALOGUE_IMAGE);
    retire_route(j);
    bool failed = images->problem[0] != '\0';
    return judge_settle(j, REASON_CATALOGUE_NEEDED,
                        instant_max(failed ? images->retry_ms : 0, judge_later(j, SECOND_MS)),
                        "%s: looking which images there are%s%s", lead(j), failed ? ": " : "",
                        images->problem) &&
           judge_about_list(j, CATALOGUE_IMAGE);
}

static bool image_failed(struct judge *j, const struct catalogue_entry *entry, const char *how)
{
    if (j->object->try_once) return snapshot(j, j->state->now.wall_ms / SECOND_MS * SECOND_MS);
    return judge_settle(j, REASON_ERROR_HOLD, NEVER_MS, "%s: image %s %s; it is not deleted without one",
                        lead(j), entry->name, how);
}

static bool save(struct judge *j)
{
    if (images_are_unread(j)) return true;
    int64_t wall_ms = image_wall(j), now = j->state->now.wall_ms;
    const struct catalogue_entry *entry = image_entry(j);
    if (!entry) return snapshot(j, wall_ms);
    /* somebody has started it since */
    if (entry->state == ENTRY_USABLE) return j->server->facts.phase == PHASE_RUNNING && stop(j);
    if (entry->state == ENTRY_BROKEN) return image_failed(j, entry, "failed");
    if (now - wall_ms >= IMAGE_MOST_MS) return image_failed(j, entry, "is still not ready");
    catalogue_watch(j->state, j->cloud, CATALOGUE_IMAGE);
    retire_route(j);
    return judge_settle(j, REASON_TRANSITIONAL, judge_later(j, IMAGE_LOOK_MS), "%s: image %s is being saved",
                        lead(j), entry->name) &&
           judge_blocked(j, BLOCKER_IMAGE, entry->name);
}

bool retire_comes_first(struct judge *j)
{
    const struct retirement *r = &j->object->retire;
    if (!retire_is_asked(r) || !is_worth_it(j)) return false;
    if (judge_absent(j)) return true;
    if (!may_begin(j)) return hold_back(j);
    if (r->policy.stop_for_ms > 0 && !has_rested(j->state, r))
        return is_rest(j->server->facts.phase) ? wait_stopped(j) : stop(j);
    return r->policy.snapshot && save(j);
}

bool retire_saves_first(struct judge *j)
{
    if (!j->object->retire.policy.snapshot || !is_worth_it(j)) return false;
    return may_begin(j) ? save(j) : hold_back(j);
}

bool retire_prepares_change(struct judge *j)
{
    const struct object *object = j->object;
    bool replaces = object->spec->lifecycle.on_immutable == ON_IMMUTABLE_REPLACE;
    if (!replaces || !object->retire.policy.snapshot || object->protect || j->server->facts.locked)
        return false;
    for (uint32_t i = 0; i < j->out->gaps.count; i++)
        if (j->out->gaps.items[i].kind == GAP_IMMUTABLE) return is_worth_it(j) && may_begin(j);
    return false;
}

bool retire_prepares_remedy(const struct judge *j)
{
    const struct object *object = j->object;
    return object->spec->lifecycle.on_error == ON_ERROR_REPLACE && object->retire.policy.snapshot &&
           object->remedies > 0 && j->server->facts.phase == PHASE_STOPPED && !object->protect;
}
