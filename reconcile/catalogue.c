#include "reconcile/catalogue.h"

#include <string.h>

#include "reconcile/base/memory.h"

static struct catalogue_entry *entry_in(struct catalogue_entry *entries, uint32_t count, const char *id)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(entries[i].id, id) == 0) return &entries[i];
    return NULL;
}

const struct catalogue_entry *catalogue_entry(const struct cloud *cloud, enum catalogue_kind kind,
                                              const char *id)
{
    const struct catalogue *catalogue = &cloud->catalogues[kind];
    return entry_in(catalogue->entries, catalogue->count, id);
}

const char *catalogue_name(const struct cloud *cloud, enum catalogue_kind kind, const char *id)
{
    const struct catalogue_entry *entry = catalogue_entry(cloud, kind, id);
    return entry && entry->name && entry->name[0] != '\0' ? entry->name : id;
}

bool catalogue_exists(const struct cloud *cloud, enum catalogue_kind kind)
{
    return !cloud->traits || (cloud->traits->catalogues & (UINT32_C(1) << kind)) != 0;
}

static int64_t miss_ms(enum catalogue_kind kind)
{
    return kind == CATALOGUE_PORT ? PORT_MISS_MS : CATALOGUE_MISS_MS;
}

static enum resolution unknown(const struct state *state, const struct cloud *cloud, enum catalogue_kind kind)
{
    const struct catalogue *catalogue = &cloud->catalogues[kind];
    bool asked_lately = catalogue->read_ms > 0 && state->now.boot_ms - catalogue->read_ms < miss_ms(kind);
    return asked_lately ? RESOLUTION_MISSING : RESOLUTION_WAIT;
}

enum resolution catalogue_resolve(const struct state *state, const struct cloud *cloud,
                                  enum catalogue_kind kind, const char *text, const char **out_id)
{
    *out_id = text;
    if (text_is_uuid(text) || !catalogue_exists(cloud, kind)) return RESOLUTION_FOUND;
    const struct catalogue *catalogue = &cloud->catalogues[kind];
    const struct catalogue_entry *found = catalogue_entry(cloud, kind, text);
    if (found && found->state == ENTRY_USABLE) return RESOLUTION_FOUND;
    found = NULL;
    for (uint32_t i = 0; i < catalogue->count; i++) {
        if (catalogue->entries[i].state != ENTRY_USABLE) continue;
        if (strcmp(catalogue->entries[i].name, text) != 0) continue;
        if (found) return RESOLUTION_AMBIGUOUS;
        found = &catalogue->entries[i];
    }
    if (found) {
        *out_id = found->id;
        return RESOLUTION_FOUND;
    }
    return unknown(state, cloud, kind);
}

enum resolution catalogue_know(const struct state *state, const struct cloud *cloud, enum catalogue_kind kind,
                               const char *id)
{
    if (!catalogue_exists(cloud, kind) || catalogue_entry(cloud, kind, id)) return RESOLUTION_FOUND;
    return unknown(state, cloud, kind);
}

static bool is_spoiled(const struct catalogue *catalogue)
{
    return catalogue->spoiled_ms != 0 && catalogue->read_ms <= catalogue->spoiled_ms;
}

bool catalogue_is_awaited(const struct catalogue *catalogue)
{
    return catalogue->wanted_ms != 0 && catalogue->failures == 0 &&
           (catalogue->read_ms == 0 || is_spoiled(catalogue));
}

bool catalogue_is_stale(const struct state *state, const struct cloud *cloud, enum catalogue_kind kind)
{
    const struct catalogue *catalogue = &cloud->catalogues[kind];
    return catalogue_exists(cloud, kind) &&
           (is_spoiled(catalogue) || state->now.boot_ms - catalogue->read_ms >= CATALOGUE_FRESH_MS);
}

void catalogue_want(struct state *state, struct cloud *cloud, enum catalogue_kind kind)
{
    struct catalogue *catalogue = &cloud->catalogues[kind];
    if (catalogue->wanted_ms == 0) catalogue->wanted_ms = state->now.boot_ms;
}

void catalogue_want_since(struct cloud *cloud, enum catalogue_kind kind, int64_t begun_ms)
{
    struct catalogue *catalogue = &cloud->catalogues[kind];
    if (catalogue->since_ms == 0 || begun_ms < catalogue->since_ms) catalogue->since_ms = begun_ms;
}

void catalogue_watch(struct state *state, struct cloud *cloud, enum catalogue_kind kind)
{
    struct catalogue *catalogue = &cloud->catalogues[kind];
    if (catalogue->watched_ms == 0) catalogue->watched_ms = state->now.boot_ms;
}

const struct catalogue_entry *catalogue_named(const struct cloud *cloud, enum catalogue_kind kind,
                                              const char *name)
{
    const struct catalogue *catalogue = &cloud->catalogues[kind];
    const struct catalogue_entry *best = NULL;
    for (uint32_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *entry = &catalogue->entries[i];
        if (strcmp(entry->name, name) == 0 && (!best || entry->state < best->state)) best = entry;
    }
    return best;
}

static int64_t spaced(const struct catalogue *catalogue, int64_t since_ms, int64_t apart_ms)
{
    if (since_ms == 0) return NEVER_MS;
    return catalogue->read_ms > 0 && !is_spoiled(catalogue)
               ? instant_max(since_ms, catalogue->read_ms + apart_ms)
               : since_ms;
}

/* A wish is served at once, or when the last reading is a minute old (spoiled: at once), or when a failed one
   may be repeated. */
static int64_t due_ms(const struct cloud *cloud, enum catalogue_kind kind)
{
    const struct catalogue *catalogue = &cloud->catalogues[kind];
    if (catalogue->reading) return catalogue->in_flight ? NEVER_MS : catalogue->begun_ms;
    int64_t due = instant_min(spaced(catalogue, catalogue->wanted_ms, miss_ms(kind)),
                              spaced(catalogue, catalogue->watched_ms, IMAGE_LOOK_MS));
    if (catalogue->since_ms != 0) due = instant_min(due, catalogue->since_ms);
    return due == NEVER_MS ? NEVER_MS : instant_max(due, catalogue->retry_ms);
}

bool catalogue_due(const struct state *state, const struct cloud *cloud, enum catalogue_kind *out_kind)
{
    for (unsigned i = 0; i < CATALOGUE_KIND_COUNT; i++) {
        if (due_ms(cloud, (enum catalogue_kind)i) > state->now.boot_ms) continue;
        *out_kind = (enum catalogue_kind)i;
        return true;
    }
    return false;
}

int64_t catalogue_wake(const struct cloud *cloud)
{
    int64_t wake = NEVER_MS;
    for (unsigned i = 0; i < CATALOGUE_KIND_COUNT; i++)
        wake = instant_min(wake, due_ms(cloud, (enum catalogue_kind)i));
    return wake;
}

void catalogue_begin(struct state *state, struct cloud *cloud, enum catalogue_kind kind)
{
    struct catalogue *catalogue = &cloud->catalogues[kind];
    catalogue->in_flight = true;
    if (catalogue->reading) return;
    catalogue->reading = true;
    catalogue->begun_ms = state->now.boot_ms;
    catalogue->page[0] = '\0';
    catalogue->coming_count = 0;
    arena_release(&catalogue->coming_arena);
}

static void fail(struct state *state, struct cloud *cloud, struct catalogue *catalogue,
                 const struct reply *reply)
{
    catalogue->reading = false;
    bool not_served =
        reply->kind == REPLY_ABSENT || reply->kind == REPLY_DENIED || reply->kind == REPLY_INVALID;
    bool was_asked = reply->http_status != 0;
    if (not_served && was_asked) { /* another way to read it? */
        catalogue->variant++;
        text_copy(catalogue->problem, sizeof catalogue->problem, reply->message ? reply->message : "");
        return;
    }
    bool all_tried = not_served && catalogue->variant > 0;
    catalogue->variant = 0;
    catalogue->failures++;
    catalogue->retry_ms =
        state->now.boot_ms + backoff_ms(RETRY_FIRST_MS, catalogue->failures, 200, CATALOGUE_MISS_MS);
    if (!all_tried)
        text_copy(catalogue->problem, sizeof catalogue->problem, reply->message ? reply->message : "");
    /* not served here at all: the objects that need it are told so, instead of waiting for ever */
    if (not_served) {
        catalogue->read_ms = state->now.boot_ms;
        catalogue->wanted_ms = catalogue->since_ms = catalogue->watched_ms = 0;
        state_dirty_cloud(state, cloud);
    }
}

/* What our calls did while it was read is not in it. */
static void keep_touched(struct catalogue *catalogue)
{
    for (uint32_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *touched = &catalogue->entries[i];
        if (touched->touched_ms == 0 || touched->touched_ms < catalogue->begun_ms) continue;
        struct catalogue_entry *coming = entry_in(catalogue->coming, catalogue->coming_count, touched->id);
        if (!coming) continue;
        coming->holder = arena_text(&catalogue->coming_arena, touched->holder);
        coming->port = arena_text(&catalogue->coming_arena, touched->port);
        coming->touched_ms = touched->touched_ms;
    }
}

void catalogue_spoil(struct state *state, struct cloud *cloud, enum catalogue_kind kind)
{
    cloud->catalogues[kind].spoiled_ms = state->now.boot_ms;
}

void catalogue_hold(struct state *state, struct cloud *cloud, const char *id, const char *server_id)
{
    struct catalogue *catalogue = &cloud->catalogues[CATALOGUE_FLOATING_IP];
    struct catalogue_entry *entry = id ? entry_in(catalogue->entries, catalogue->count, id) : NULL;
    if (!entry) return;
    entry->holder = arena_text(&catalogue->arena, server_id ? server_id : "");
    entry->port = "";
    entry->touched_ms = state->now.boot_ms;
}

static void dirty_snapshots(struct state *state, struct cloud *cloud)
{
    for (uint32_t i = 0; i < cloud->intent_count; i++)
        if (cloud->intents[i]->kind == CALL_SNAPSHOT) state_dirty(state, cloud->intents[i]->object);
}

/* Whoever missed a name must hear the answer, also when it is "still not there". Key pairs are read again and
   again while one is being registered: instances that stand do not ask for them. */
static void wake_waiting(struct state *state, struct cloud *cloud, enum catalogue_kind kind)
{
    if (kind != CATALOGUE_KEYPAIR) {
        state_dirty_cloud(state, cloud);
        return;
    }
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            struct object *object = state->sources[i]->objects[j];
            bool asks = object->keypair || object->verdict != VERDICT_CONVERGED;
            if (object->cloud == cloud && asks) state_dirty(state, object);
        }
}

static void put_in_force(struct state *state, struct cloud *cloud, enum catalogue_kind kind)
{
    struct catalogue *catalogue = &cloud->catalogues[kind];
    keep_touched(catalogue);
    arena_release(&catalogue->arena);
    memory_free(catalogue->entries);
    catalogue->arena = catalogue->coming_arena;
    catalogue->entries = catalogue->coming;
    catalogue->count = catalogue->coming_count;
    arena_init(&catalogue->coming_arena);
    catalogue->coming = NULL;
    catalogue->coming_count = catalogue->coming_room = 0;
    catalogue->reading = false;
    catalogue->failures = 0;
    catalogue->problem[0] = '\0';
    catalogue->read_ms = catalogue->good_ms = catalogue->begun_ms;
    bool only_watched = catalogue->watched_ms != 0 && catalogue->wanted_ms == 0 && catalogue->since_ms == 0;
    if (catalogue->wanted_ms <= catalogue->begun_ms) catalogue->wanted_ms = 0;
    if (catalogue->since_ms <= catalogue->begun_ms) catalogue->since_ms = 0;
    if (catalogue->watched_ms <= catalogue->begun_ms) catalogue->watched_ms = 0;
    if (only_watched)
        dirty_snapshots(state, cloud);
    else
        wake_waiting(state, cloud, kind);
}

void catalogue_take(struct state *state, struct cloud *cloud, enum catalogue_kind kind,
                    const struct reply *reply)
{
    struct catalogue *catalogue = &cloud->catalogues[kind];
    if (!catalogue->reading) return;
    catalogue->in_flight = false;
    if (reply->kind != REPLY_OK) {
        fail(state, cloud, catalogue, reply);
        return;
    }
    for (uint32_t i = 0; i < reply->entry_count; i++) {
        ROW_RESERVE(catalogue->coming, catalogue->coming_count, catalogue->coming_room);
        struct catalogue_entry *entry = &catalogue->coming[catalogue->coming_count++];
        *entry = reply->entries[i];
        entry->id = arena_text(&catalogue->coming_arena, entry->id ? entry->id : "");
        entry->name = arena_text(&catalogue->coming_arena, entry->name ? entry->name : "");
        entry->holder = arena_text(&catalogue->coming_arena, entry->holder ? entry->holder : "");
        entry->port = arena_text(&catalogue->coming_arena, entry->port ? entry->port : "");
        entry->touched_ms = 0;
        entry->fingerprint = arena_text(&catalogue->coming_arena, entry->fingerprint);
        entry->public_key = arena_text(&catalogue->coming_arena, entry->public_key);
    }
    if (reply->next_page && text_copy(catalogue->page, sizeof catalogue->page, reply->next_page)) return;
    put_in_force(state, cloud, kind);
}
