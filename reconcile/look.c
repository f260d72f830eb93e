#include "reconcile/look.h"

#include <string.h>

#include "reconcile/absorb.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/brake.h"
#include "reconcile/catalogue.h"
#include "reconcile/observe.h"
#include "reconcile/store.h"

static struct server *server_of_look(struct heap_entry *entry)
{
    return (struct server *)((char *)entry - offsetof(struct server, look));
}

void look_soon(struct state *state, struct cloud *cloud, const char *server_id, int64_t delay_ms)
{
    struct server *server = server_id[0] != '\0' ? servers_find(&cloud->servers, server_id) : NULL;
    if (!server) return;
    int64_t due = state->now.boot_ms + delay_ms;
    if (server->look.place != 0 && server->look.due_ms <= due) return;
    server->look.order = hash_keyed((struct hash_key){1, 2}, server->facts.id, strlen(server->facts.id));
    server->look_delay_ms = delay_ms;
    heap_set(&cloud->looks, &server->look, due);
}

void look_cancel(struct cloud *cloud, struct server *server)
{
    heap_remove(&cloud->looks, &server->look);
}

void look_full(struct state *state, struct cloud *cloud, int64_t begun_ms)
{
    int64_t wanted = instant_max(begun_ms, state->now.boot_ms);
    if (cloud->full_wanted_ms == 0 || wanted < cloud->full_wanted_ms) cloud->full_wanted_ms = wanted;
}

/* A surplus server is being deleted, and does not show its mark any more. */
static bool is_called(const struct cloud *cloud, const struct server *server)
{
    for (uint32_t i = 0; i < cloud->intent_count; i++)
        if (cloud->intents[i]->state == INTENT_OPEN &&
            strcmp(cloud->intents[i]->provider_id, server->facts.id) == 0)
            return true;
    return false;
}

/* Why a server is read again: something is under way, or something said that it is gone. */
static bool needs_look(const struct cloud *cloud, const struct server *server)
{
    const struct object *object = server->owner ? server->owner : server->marked;
    if (server->suspect || server->missing_again_ms != 0) return true;
    if (!object) return is_called(cloud, server);
    if (!server->owner && !server->proven_by_get) return true; /* a second one, or one that has returned? */
    if (object->intent && object->intent->state == INTENT_OPEN) return true;
    if (server->expected) return true;
    return server->owner && (server_is_open(server) || server_fault_is_unread(server));
}

static void look_again(struct state *state, struct cloud *cloud, struct server *server)
{
    if (!needs_look(cloud, server)) {
        look_cancel(cloud, server);
        return;
    }
    const struct object *object = server->owner;
    int64_t delay = instant_max(server->look_delay_ms * 3 / 2, LOOK_FIRST_MS);
    delay = instant_min(delay, LOOK_MOST_MS);
    if (object && object->intent && intent_is_stuck(state, object->intent)) delay = STUCK_LOOK_MS;
    server->look_delay_ms = delay;
    heap_set(&cloud->looks, &server->look, state->now.boot_ms + delay);
}

/* What no list can tell: that a server is absent, and why it is in error. */
static bool needs_get(const struct server *server)
{
    return server->suspect || server->missing_ms != 0 || server->missing_again_ms != 0 ||
           server_fault_is_unread(server);
}

/* Many are open: the shared list tells of all; their own looks are put off as if each had been made. */
static void look_by_list(struct state *state, struct cloud *cloud)
{
    struct heap_entry *first;
    while ((first = heap_first(&cloud->looks)) && first->due_ms <= state->now.boot_ms &&
           !needs_get(server_of_look(first)))
        look_again(state, cloud, server_of_look(first));
    int64_t soonest = instant_max(state->now.boot_ms, cloud->listing.begun_ms + LOOK_FIRST_MS);
    cloud->list_due_ms = instant_min(cloud->list_due_ms, soonest);
}

static bool next_server(struct state *state, struct cloud *cloud, struct call *out, struct arena *arena)
{
    struct heap_entry *first = heap_first(&cloud->looks);
    if (!first || first->due_ms > state->now.boot_ms) return false;
    if (cloud->looks.count > LOOK_GETS_MAX && !needs_get(server_of_look(first))) {
        look_by_list(state, cloud);
        return next_server(state, cloud, out, arena);
    }
    struct server *server = server_of_look(first);
    look_cancel(cloud, server);
    if (!needs_look(cloud, server)) return next_server(state, cloud, out, arena);
    *out = (struct call){.kind = CALL_LOOK,
                         .look = LOOK_SERVER,
                         .cloud = arena_text(arena, cloud->name),
                         .provider_id = arena_text(arena, server->facts.id)};
    server->look_in_flight = true;
    return true;
}

static bool list_is_due(const struct state *state, const struct cloud *cloud)
{
    int64_t now = state->now.boot_ms;
    if (cloud->listing.running || cloud->listing.in_flight) return false;
    bool wanted = cloud->full_wanted_ms != 0 && now >= cloud->full_wanted_ms;
    bool held_back = cloud->list_failures > 0 && now < cloud->list_due_ms;
    return !held_back && (now >= cloud->list_due_ms || wanted);
}

static void listing_begin(struct state *state, struct cloud *cloud)
{
    int64_t now = state->now.boot_ms;
    bool wanted = cloud->full_wanted_ms != 0 && now >= cloud->full_wanted_ms;
    bool full =
        !cloud->traits->incremental || cloud->complete_count == 0 || now >= cloud->full_due_ms || wanted;
    cloud->listing = (struct listing){.running = true,
                                      .changes = !full,
                                      .serial = ++cloud->list_serial,
                                      .begun_ms = now,
                                      .total_first = -1,
                                      .total_last = -1};
    if (wanted) cloud->full_wanted_ms = 0;
    cloud->list_due_ms = now + cloud_interval_ms(cloud);
}

static bool next_page(struct cloud *cloud, struct call *out, struct arena *arena)
{
    struct listing *listing = &cloud->listing;
    if (!listing->running || listing->in_flight) return false;
    listing->in_flight = true;
    *out = (struct call){.kind = CALL_LOOK,
                         .look = listing->changes ? LOOK_CHANGES : LOOK_LIST,
                         .cloud = arena_text(arena, cloud->name),
                         .page = listing->page[0] ? arena_text(arena, listing->page) : NULL,
                         .since_wall_ms = listing->changes ? cloud->changes_since_wall_ms : 0};
    return true;
}

static bool next_catalogue(struct state *state, struct cloud *cloud, struct call *out, struct arena *arena)
{
    enum catalogue_kind kind;
    if (!catalogue_due(state, cloud, &kind)) return false;
    catalogue_begin(state, cloud, kind);
    const char *page = cloud->catalogues[kind].page;
    *out = (struct call){.kind = CALL_LOOK,
                         .look = LOOK_CATALOGUE,
                         .catalogue = kind,
                         .variant = cloud->catalogues[kind].variant,
                         .cloud = arena_text(arena, cloud->name),
                         .page = page[0] ? arena_text(arena, page) : NULL};
    return true;
}

bool look_next(struct state *state, struct cloud *cloud, int class, struct call *out, struct arena *arena)
{
    bool found = false;
    if (class == LOOK_CLASS_OPEN) {
        found = next_server(state, cloud, out, arena);
    } else {
        if (list_is_due(state, cloud)) listing_begin(state, cloud);
        found = next_page(cloud, out, arena) || next_catalogue(state, cloud, out, arena);
    }
    if (found) out->id = ++state->call_seq;
    return found;
}

int64_t look_wake(const struct state *state, const struct cloud *cloud)
{
    (void)state;
    struct heap_entry *first = heap_first(&cloud->looks);
    int64_t wake = first ? first->due_ms : NEVER_MS;
    wake = instant_min(wake, catalogue_wake(cloud));
    const struct listing *listing = &cloud->listing;
    if (listing->running) return listing->in_flight ? wake : 0;
    wake = instant_min(wake, cloud->list_due_ms);
    if (cloud->full_wanted_ms != 0 && cloud->list_failures == 0)
        wake = instant_min(wake, cloud->full_wanted_ms);
    return wake;
}

/* Refusals that another try does not mend; outages, throttling and log-ins have a place of their own. */
static bool is_refusal(enum reply_kind kind)
{
    return kind == REPLY_ABSENT || kind == REPLY_INVALID || kind == REPLY_DENIED || kind == REPLY_CONFLICT ||
           kind == REPLY_QUOTA || kind == REPLY_CAPACITY;
}

static void list_fails(struct state *state, struct cloud *cloud)
{
    char problem[CLOUD_MESSAGE];
    if (cloud_problem(cloud, problem, sizeof problem))
        state_tell(state,
                   ABOUT(.level = TELL_ERROR, .type = "CloudOutage", .cloud = cloud,
                         .reason = reason_row(REASON_CLOUD_OUTAGE)->word),
                   "%s", problem);
    state_dirty_cloud(state, cloud);
}

static void refusal_note(struct state *state, struct cloud *cloud, enum reply_kind kind)
{
    if (!is_refusal(kind))
        cloud->list_refusals = 0;
    else if (++cloud->list_refusals == BREAKER_FAILURES)
        list_fails(state, cloud);
}

/* Pages that come and never make up a whole list are no outage, and hide whatever changes: told when the list
   known is older than it may get. */
static void incomplete_note(struct state *state, struct cloud *cloud)
{
    if (!cloud->listing.changes) cloud->failed_begun_ms = cloud->listing.begun_ms;
    if (cloud->listing.changes || cloud->list_broken || ++cloud->full_failures < BREAKER_FAILURES) return;
    if (cloud->complete_done_ms != 0 && state->now.boot_ms < cloud->full_due_ms) return;
    char problem[CLOUD_MESSAGE];
    if (cloud_problem(cloud, problem, sizeof problem)) return; /* told already */
    cloud->list_broken = true;
    list_fails(state, cloud);
}

static void listing_failed(struct state *state, struct cloud *cloud, const struct reply *reply,
                           const char *why)
{
    bool marker_gone = reply->kind == REPLY_INVALID && cloud->listing.page[0] != '\0';
    cloud->listing.running = false;
    cloud->listing.page[0] = '\0';
    cloud->list_failures++;
    text_copy(cloud->list_message, sizeof cloud->list_message, why);
    refusal_note(state, cloud, reply->kind);
    incomplete_note(state, cloud);
    int64_t delay = marker_gone && cloud->list_failures == 1
                        ? 0
                        : backoff_ms(RETRY_FIRST_MS, cloud->list_failures, 200, BREAKER_MOST_MS);
    cloud->list_due_ms = state->now.boot_ms + delay;
    if (!cloud->listing.changes && cloud->full_wanted_ms == 0) cloud->full_wanted_ms = cloud->list_due_ms;
}

/* A delete that was accepted makes its absence no news. */
static bool is_deleted_by_us(const struct server *server)
{
    const struct object *object = server->owner ? server->owner : server->marked;
    const struct intent *intent = object ? object->intent : NULL;
    return intent && intent->kind == CALL_DELETE && intent->accepted &&
           strcmp(intent->provider_id, server->facts.id) == 0;
}

/* A new one, of which the cloud has only told, or which GETs show and no list has shown yet, may take a
 * while. */
static bool shows_late(const struct cloud *cloud, const struct server *server, const struct object *object)
{
    int64_t begun = cloud->listing.begun_ms, settle = cloud_settle_ms(cloud);
    if (server->expected) return object && !object->was_running && begun < server->life_ms + settle;
    return server->list_serial == 0 && begun < server->first_seen_ms + settle;
}

/* S4: the first complete list begun at least settle after the last sign of life, and a second one an interval
   later, lack the server; then it is asked for by id. */
static void server_missing(struct state *state, struct cloud *cloud, struct server *server)
{
    int64_t begun = cloud->listing.begun_ms;
    struct object *object = server->owner ? server->owner : server->marked;
    int64_t settled = server->life_ms + (is_deleted_by_us(server) ? 0 : cloud_settle_ms(cloud));
    if (server_is_counted(server) && !shows_late(cloud, server, object) && !server_is_removed_by_us(server) &&
        server->facts.phase != PHASE_DELETING)
        brake_vanished(state, cloud, server);
    if (object) state_dirty(state, object);
    if (begun < settled) {
        look_full(state, cloud, settled);
        return;
    }
    if (server->missing_ms == 0) {
        server->missing_ms = begun;
        look_full(state, cloud, begun + cloud_interval_ms(cloud));
        return;
    }
    if (begun < server->missing_ms + cloud_interval_ms(cloud)) {
        look_full(state, cloud, server->missing_ms + cloud_interval_ms(cloud));
        return;
    }
    if (server->missing_again_ms == 0) {
        server->missing_again_ms = begun;
        if (server->owner && cloud->traits->absence_by_get) look_soon(state, cloud, server->facts.id, 0);
    }
}

static void forget_strangers(struct state *state, struct cloud *cloud)
{
    for (uint32_t i = cloud->servers.count; i-- > 0;) {
        struct server *server = cloud->servers.by_id[i];
        if (server->owner || server->missing_again_ms == 0) continue;
        if (server->look_in_flight) continue;
        observe_forget_server(state, cloud, server);
    }
}

/* Whoever waits for lists must look again; a converged object hears of a list only through its server. */
static void wake_waiting(struct state *state, struct cloud *cloud)
{
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct source *source = state->sources[i];
        for (uint32_t j = 0; j < source->object_count; j++) {
            struct object *object = source->objects[j];
            if (object->cloud == cloud && object->verdict != VERDICT_CONVERGED) state_dirty(state, object);
        }
    }
}

/* The cold start is over when no cloud has to be waited for any more, and all sources were read that may tell
   what the marks there stand for. */
static void note_warmth(struct state *state)
{
    if (!state->cold) return;
    for (uint32_t i = 0; i < state->cloud_count; i++)
        if (state->clouds[i]->config && !cloud_is_warm(state->clouds[i])) return;
    for (uint32_t i = 0; i < state->source_count; i++)
        if (state->sources[i]->config && !state->sources[i]->generation) return;
    state->cold = false;
    store_meta(state, "cold", NULL);
}

/* Where no mark can tell that an empty ledger was not always so, servers that stand there are taken as a sign
 * of it. */
static void doubt_empty_ledger(struct state *state, const struct cloud *cloud)
{
    bool began_empty = state->ledger == LEDGER_MISSING || state->cold;
    if (!began_empty || state->ledger_lost || cloud->traits->mark != MARK_NOWHERE) return;
    if (cloud->complete_count == 1 && cloud->servers.count > 0) absorb_lost_ledger(state);
}

static void full_complete(struct state *state, struct cloud *cloud)
{
    const struct listing *listing = &cloud->listing;
    uint32_t known = 0;
    cloud->complete_begun_ms[1] = cloud->complete_begun_ms[0];
    cloud->complete_begun_ms[0] = listing->begun_ms;
    cloud->complete_count++;
    cloud->complete_done_ms = state->now.boot_ms;
    if (cloud->first_complete_ms == 0) cloud->first_complete_ms = listing->begun_ms;
    cloud->full_due_ms =
        listing->begun_ms + (cloud->config ? cloud->config->poll_full_ms : 10 * (int64_t)MINUTE_MS);
    for (uint32_t i = 0; i < cloud->servers.count; i++) {
        struct server *server = cloud->servers.by_id[i];
        known += server_is_counted(server);
        if (server->list_serial != listing->serial && server->life_ms < listing->begun_ms)
            server_missing(state, cloud, server);
    }
    doubt_empty_ledger(state, cloud);
    note_warmth(state);
    brake_judge_vanish(state, cloud, known);
    forget_strangers(state, cloud);
}

static void list_works(struct state *state, struct cloud *cloud)
{
    bool failed = cloud_list_fails(cloud);
    cloud->list_refusals = 0;
    if (!cloud->listing.changes) {
        cloud->full_failures = 0;
        cloud->list_broken = false;
    }
    if (!failed || cloud_list_fails(cloud)) return;
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "CloudBack", .cloud = cloud),
               "cloud %s lists its servers again", cloud->name);
    state_dirty_cloud(state, cloud);
}

static void listing_complete(struct state *state, struct cloud *cloud)
{
    struct listing *listing = &cloud->listing;
    listing->running = false;
    cloud->list_failures = 0;
    list_works(state, cloud);
    cloud->any_list_ms = state->now.boot_ms;
    /* where a list takes longer than the interval, as much time is left for calls */
    int64_t took_ms = state->now.boot_ms - listing->begun_ms;
    cloud->list_due_ms = instant_max(cloud->list_due_ms, state->now.boot_ms + took_ms);
    cloud->changes_since_wall_ms = state_cloud_wall(state, cloud, listing->begun_ms) - CHANGES_OVERLAP_MS;
    if (!listing->changes) full_complete(state, cloud);
    wake_waiting(state, cloud);
}

/* The page that says nothing of a further one has been taken. */
static void page_last(struct state *state, struct cloud *cloud, const struct reply *reply)
{
    const struct listing *listing = &cloud->listing;
    /* whether the total counts rows that say "deleted" is not told by all clouds */
    bool counted = (int64_t)listing->seen == reply->total ||
                   (int64_t)listing->seen - (int64_t)listing->gone == reply->total;
    bool short_of =
        reply->total >= 0 && !listing->changes && (listing->total_first != listing->total_last || !counted);
    if (short_of)
        listing_failed(state, cloud, reply,
                       "its rows are not as many as it says, or it shifts while it is read");
    else
        listing_complete(state, cloud);
}

/* Why there is no sense in asking for the page that this one names; NULL = there is. */
static const char *runs_in_circles(const struct listing *listing, const char *next_page)
{
    if (strlen(next_page) >= sizeof listing->page) return "the marker of its next page is too long";
    if (listing->barren >= BARREN_PAGES) return "its pages repeat themselves";
    if (listing->seen > LIMIT_LIST) return "it has more servers than any account";
    return NULL;
}

static void take_page(struct state *state, struct cloud *cloud, const struct reply *reply, int64_t sent_ms)
{
    struct listing *listing = &cloud->listing;
    listing->in_flight = false;
    if (!listing->running) return;
    if (reply->kind != REPLY_OK) {
        bool words = reply->message && reply->message[0] != '\0';
        listing_failed(state, cloud, reply, words ? reply->message : reply_kind_name(reply->kind));
        return;
    }
    uint64_t serial = listing->changes ? 0 : listing->serial;
    if (listing->page[0] == '\0') listing->total_first = reply->total;
    listing->total_last = reply->total;
    uint32_t seen = listing->seen;
    for (uint32_t i = 0; i < reply->server_count; i++) {
        listing->seen += absorb_facts(state, cloud, &reply->servers[i], sent_ms, serial, false);
        listing->gone += reply->servers[i].phase == PHASE_GONE;
    }
    const char *endless = NULL;
    listing->barren = listing->changes || listing->seen > seen ? 0 : listing->barren + 1;
    if (!reply->next_page)
        page_last(state, cloud, reply);
    else if ((endless = runs_in_circles(listing, reply->next_page)))
        listing_failed(state, cloud, reply, endless);
    else
        text_copy(listing->page, sizeof listing->page, reply->next_page);
}

static void take_server(struct state *state, struct cloud *cloud, const struct flight *flight,
                        const struct reply *reply, int64_t sent_ms)
{
    struct server *server = servers_find(&cloud->servers, flight->provider_id);
    if (server) server->look_in_flight = false;
    if (reply->kind == REPLY_OK)
        for (uint32_t i = 0; i < reply->server_count; i++)
            absorb_facts(state, cloud, &reply->servers[i], sent_ms, 0, true);
    server = servers_find(&cloud->servers, flight->provider_id);
    if (!server) return;
    if (reply->kind == REPLY_ABSENT) absorb_absence(state, cloud, server, sent_ms);
    look_again(state, cloud, server);
}

void look_reply(struct state *state, struct cloud *cloud, const struct flight *flight,
                const struct reply *reply, int64_t sent_ms)
{
    switch (flight->look) {
    case LOOK_LIST:
    case LOOK_CHANGES: take_page(state, cloud, reply, sent_ms); return;
    case LOOK_SERVER: take_server(state, cloud, flight, reply, sent_ms); return;
    case LOOK_CATALOGUE: catalogue_take(state, cloud, flight->catalogue, reply); return;
    case LOOK_KIND_COUNT: break;
    }
    UNREACHABLE();
}
