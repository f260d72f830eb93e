#include "reconcile/outbox.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

enum { ID_LETTERS = 26 /* 130 bits */ };

struct outbox *outbox_new(void)
{
    return NEW(struct outbox);
}

static void posting_free(struct posting *posting)
{
    arena_release(&posting->arena);
    memory_free(posting);
}

static struct posting *posting_new(struct state *state)
{
    struct outbox *outbox = state->outbox;
    struct posting *posting = NEW(struct posting);
    arena_init(&posting->arena);
    ROW_RESERVE(outbox->postings, outbox->count, outbox->room);
    outbox->postings[outbox->count++] = posting;
    return posting;
}

static void take_out(struct outbox *outbox, uint32_t place)
{
    posting_free(outbox->postings[place]);
    memmove(outbox->postings + place, outbox->postings + place + 1,
            (outbox->count - place - 1) * sizeof *outbox->postings);
    outbox->count--;
}

static struct channel *channel_of(struct state *state, const char *target)
{
    struct outbox *outbox = state->outbox;
    for (uint32_t i = 0; i < outbox->channel_count; i++)
        if (strcmp(outbox->channels[i].name, target) == 0) return &outbox->channels[i];
    ROW_RESERVE(outbox->channels, outbox->channel_count, outbox->channel_room);
    struct channel *channel = &outbox->channels[outbox->channel_count++];
    *channel = (struct channel){.failures = 0};
    text_copy(channel->name, sizeof channel->name, target);
    return channel;
}

const struct channel *outbox_channel(const struct state *state, const char *target)
{
    for (uint32_t i = 0; i < state->outbox->channel_count; i++)
        if (strcmp(state->outbox->channels[i].name, target) == 0) return &state->outbox->channels[i];
    return NULL;
}

uint32_t outbox_waiting(const struct state *state, const char *target)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < state->outbox->count; i++)
        count += strcmp(state->outbox->postings[i]->notification.target, target) == 0;
    return count;
}

/* --- rows --- */

static void store(struct state *state, const struct posting *posting)
{
    const struct notification *n = &posting->notification;
    struct arena *arena = &state->effects->arena;
    struct record *record = state_record(state, RECORD_NOTIFICATIONS);
    const char *cells[] = {n->target,
                           n->id,
                           arena_printf(arena, "%020llu", (unsigned long long)posting->order),
                           arena_printf(arena, "%lld", (long long)n->wall_ms),
                           n->kind,
                           n->over ? "1" : "0",
                           n->reason,
                           n->source,
                           n->cloud,
                           arena_printf(arena, "%u", n->count),
                           n->names,
                           n->title,
                           n->message};
    ASSERT(sizeof cells / sizeof *cells == record_table_row(RECORD_NOTIFICATIONS)->columns);
    for (unsigned i = 0; i < sizeof cells / sizeof *cells; i++)
        record->cells[i] = arena_text(arena, cells[i]); /* the posting may go in this turn */
}

void outbox_store(struct state *state)
{
    for (uint32_t i = 0; i < state->outbox->count; i++)
        store(state, state->outbox->postings[i]);
}

static void erase(struct state *state, const struct posting *posting)
{
    struct record *record = state_record(state, RECORD_NOTIFICATIONS);
    record->erase = true;
    record->cells[0] = arena_text(&state->effects->arena, posting->notification.target);
    record->cells[1] = arena_text(&state->effects->arena, posting->notification.id);
}

bool outbox_load(struct state *state, const struct record *record)
{
    const char *const *c = record->cells;
    uint64_t order, wall_ms, count;
    for (unsigned i = 0; i < record_table_row(RECORD_NOTIFICATIONS)->columns; i++)
        if (!c[i]) return false;
    if (c[0][0] == '\0' || strlen(c[0]) > LIMIT_DOCUMENT_NAME || strlen(c[1]) != ID_LETTERS ||
        !text_to_number(c[2], INT64_MAX, &order) || !text_to_number(c[3], INT64_MAX, &wall_ms) ||
        (strcmp(c[5], "0") != 0 && strcmp(c[5], "1") != 0) || !text_to_number(c[9], UINT32_MAX, &count))
        return false;
    struct posting *posting = posting_new(state);
    struct arena *arena = &posting->arena;
    posting->state = POSTING_READY;
    posting->order = order;
    if (order > state->outbox->order) state->outbox->order = order;
    posting->notification = (struct notification){.target = arena_text(arena, c[0]),
                                                  .id = arena_text(arena, c[1]),
                                                  .wall_ms = (int64_t)wall_ms,
                                                  .kind = arena_text(arena, c[4]),
                                                  .over = c[5][0] == '1',
                                                  .reason = arena_text(arena, c[6]),
                                                  .source = arena_text(arena, c[7]),
                                                  .cloud = arena_text(arena, c[8]),
                                                  .count = (uint32_t)count,
                                                  .names = arena_text(arena, c[10]),
                                                  .title = arena_text(arena, c[11]),
                                                  .message = arena_text(arena, c[12])};
    return true;
}

void outbox_name(struct state *state, uint64_t save_id)
{
    for (uint32_t i = 0; i < state->outbox->count; i++) {
        struct posting *posting = state->outbox->postings[i];
        if (posting->state == POSTING_SAVING && posting->save_id == 0) posting->save_id = save_id;
    }
}

void outbox_settle(struct state *state, uint64_t save_id)
{
    for (uint32_t i = 0; i < state->outbox->count; i++) {
        struct posting *posting = state->outbox->postings[i];
        if (posting->state == POSTING_SAVING && posting->save_id == save_id) posting->state = POSTING_READY;
    }
}

/* --- in and out --- */

static void drop(struct state *state, uint32_t place, const char *why)
{
    const struct notification *n = &state->outbox->postings[place]->notification;
    state_tell(state, ABOUT(.level = TELL_WARNING, .type = "NotificationDropped"),
               "notification %s to %s is dropped, %s: %s", n->id, n->target, why, n->title);
    erase(state, state->outbox->postings[place]);
    take_out(state->outbox, place);
}

static void drop_oldest(struct state *state, const char *target)
{
    for (uint32_t i = 0; i < state->outbox->count; i++) {
        const struct posting *posting = state->outbox->postings[i];
        if (posting->state == POSTING_SENT || strcmp(posting->notification.target, target) != 0) continue;
        drop(state, i, "too many wait");
        return;
    }
}

static const char *copy(struct posting *posting, const char *text)
{
    return arena_text(&posting->arena, text ? text : "");
}

void outbox_add(struct state *state, const struct notify_target *target,
                const struct notification *notification)
{
    char id[ID_LETTERS + 1];
    prng_letters(&state->prng, id, ID_LETTERS);
    if (outbox_waiting(state, target->name) >= NOTIFY_WAITING_MAX) drop_oldest(state, target->name);
    struct posting *posting = posting_new(state);
    const struct notification *n = notification;
    posting->order = ++state->outbox->order;
    posting->notification = (struct notification){.id = copy(posting, id),
                                                  .target = copy(posting, target->name),
                                                  .wall_ms = n->wall_ms,
                                                  .kind = copy(posting, n->kind),
                                                  .over = n->over,
                                                  .reason = copy(posting, n->reason),
                                                  .source = copy(posting, n->source),
                                                  .cloud = copy(posting, n->cloud),
                                                  .count = n->count,
                                                  .names = copy(posting, n->names),
                                                  .title = copy(posting, n->title),
                                                  .message = copy(posting, n->message)};
    store(state, posting);
}

void outbox_config(struct state *state)
{
    for (uint32_t i = state->outbox->count; i-- > 0;)
        if (!config_target(state->config, state->outbox->postings[i]->notification.target))
            drop(state, i, "the target is not configured any more");
}

/* --- delivery --- */

static bool find(const struct state *state, const char *id, uint32_t *out)
{
    for (*out = 0; *out < state->outbox->count; ++*out)
        if (text_equal(state->outbox->postings[*out]->notification.id, id)) return true;
    return false;
}

static void delivered(struct state *state, struct channel *channel, uint32_t place)
{
    if (channel->failures > 0)
        state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "NotificationsDelivered"),
                   "notifications to %s are delivered again", channel->name);
    channel->failures = 0;
    channel->problem[0] = '\0';
    channel->failing_since_wall_ms = 0;
    channel->delivered_wall_ms = state->now.wall_ms;
    channel->next_ms = state->now.boot_ms + NOTIFY_PACE_MS;
    erase(state, state->outbox->postings[place]);
    take_out(state->outbox, place);
}

static void failed(struct state *state, struct channel *channel, const struct event_notified *event)
{
    const char *problem = event->problem ? event->problem : "";
    int64_t pause_ms = backoff_ms(NOTIFY_RETRY_FIRST_MS, ++channel->failures, 200, NOTIFY_RETRY_MOST_MS);
    int64_t asked_ms = instant_min(event->retry_boot_ms, state->now.boot_ms + NOTIFY_QUIET_MOST_MS);
    channel->next_ms = instant_max(state->now.boot_ms + state_jitter(state, pause_ms), asked_ms);
    text_copy(channel->problem, sizeof channel->problem, problem);
    if (channel->failures > 1) return;
    channel->failing_since_wall_ms = state->now.wall_ms;
    state_tell(state, ABOUT(.level = TELL_WARNING, .type = "NotificationFailed"),
               "notifications to %s cannot be delivered: %s; they are kept, and tried again with growing "
               "pauses",
               channel->name, problem);
}

void outbox_notified(struct state *state, const struct event_notified *event)
{
    uint32_t place;
    if (!find(state, event->id, &place)) return; /* its target went meanwhile */
    struct posting *posting = state->outbox->postings[place];
    struct channel *channel = channel_of(state, posting->notification.target);
    posting->state = POSTING_READY;
    posting->refused += event->refused;
    if (event->delivered)
        delivered(state, channel, place);
    else
        failed(state, channel, event);
}

static bool goes_before(const struct posting *a, const struct posting *b)
{
    return a->refused != b->refused ? a->refused < b->refused : a->order < b->order;
}

/* The one that goes next to this target; NULL: one is under way, or there is none. */
static struct posting *next_to(const struct state *state, const char *target)
{
    struct posting *next = NULL;
    for (uint32_t i = 0; i < state->outbox->count; i++) {
        struct posting *posting = state->outbox->postings[i];
        if (strcmp(posting->notification.target, target) != 0) continue;
        if (posting->state == POSTING_SENT) return NULL;
        if (posting->state == POSTING_READY && (!next || goes_before(posting, next))) next = posting;
    }
    return next;
}

static void drop_old(struct state *state)
{
    for (uint32_t i = state->outbox->count; i-- > 0;) {
        const struct posting *posting = state->outbox->postings[i];
        if (posting->state != POSTING_SENT && posting->notification.attempt > 0 &&
            state->now.wall_ms - posting->notification.wall_ms > NOTIFY_KEEP_MS)
            drop(state, i, "nobody took it for seven days");
    }
}

static void deliver(struct state *state, struct posting *posting)
{
    posting->state = POSTING_SENT;
    posting->notification.attempt++;
    struct effect *effect = state_effect(state, EFFECT_NOTIFY);
    effect->notify = posting->notification;
    effect->notify.owner = state->config->owner;
}

void outbox_go_on(struct state *state)
{
    if (!state->config || state->outbox->count == 0) return;
    drop_old(state);
    for (uint32_t i = 0; i < state->config->target_count; i++) {
        struct posting *next = next_to(state, state->config->targets[i].name);
        if (next && channel_of(state, next->notification.target)->next_ms <= state->now.boot_ms)
            deliver(state, next);
    }
}

int64_t outbox_wake(const struct state *state)
{
    int64_t wake_ms = NEVER_MS;
    for (uint32_t i = 0; state->outbox->count > 0 && i < state->config->target_count; i++) {
        const struct posting *next = next_to(state, state->config->targets[i].name);
        const struct channel *channel = next ? outbox_channel(state, next->notification.target) : NULL;
        if (next) wake_ms = instant_min(wake_ms, channel ? channel->next_ms : state->now.boot_ms);
    }
    return wake_ms;
}

void outbox_free(struct outbox *outbox)
{
    for (uint32_t i = 0; i < outbox->count; i++)
        posting_free(outbox->postings[i]);
    memory_free(outbox->postings);
    memory_free(outbox->channels);
    memory_free(outbox);
}
