#include <stdlib.h>
#include <string.h>

#include "reconcile/base/memory.h"
#include "tests/golden/play.h"

static const char *hidden(const struct row *row)
{
    return row->cells[COLUMN_HIDDEN] ? row->cells[COLUMN_HIDDEN] : "";
}

static void answer_list(struct play *play, const struct call *call, const struct answering *how,
                        struct arena *arena, struct reply *out)
{
    struct facts *facts = ARENA_ROW(arena, struct facts, play->world.count + 1);
    uint32_t begin = call->page ? (uint32_t)strtoul(call->page, NULL, 10) : 0, place = 0;
    for (uint32_t i = 0; i < play->world.count; i++) {
        const struct row *row = &play->world.rows[i];
        if (strcmp(row->cloud, call->cloud) != 0 || strcmp(hidden(row), "list") == 0) continue;
        if (call->look == LOOK_CHANGES && strcmp(hidden(row), "changes") == 0) continue;
        if (place++ < begin) continue;
        if (how->page > 0 && out->server_count == how->page) {
            out->next_page = arena_printf(arena, "%u", begin + how->page);
            break;
        }
        row_facts(&play->world, row, arena, &facts[out->server_count++]);
    }
    if (how->circle && !out->next_page) out->next_page = "0";
    out->servers = facts;
    out->total = how->total;
}

static void answer_get(struct play *play, const struct call *call, struct arena *arena, struct reply *out)
{
    const struct row *row = world_find(&play->world, call->provider_id);
    if (!row || strcmp(row->cloud, call->cloud) != 0 || strcmp(hidden(row), "get") == 0) {
        out->kind = REPLY_ABSENT;
        out->message = "Instance could not be found";
        return;
    }
    struct facts *facts = ARENA_NEW(arena, struct facts);
    row_facts(&play->world, row, arena, facts);
    out->servers = facts;
    out->server_count = 1;
}

static enum asked asked_of(enum look_kind look)
{
    switch (look) {
    case LOOK_LIST:
    case LOOK_CHANGES: return ASKED_LIST;
    case LOOK_SERVER: return ASKED_GET;
    case LOOK_CATALOGUE: return ASKED_CATALOGUE;
    case LOOK_KIND_COUNT: break;
    }
    abort();
}

static void answer(struct play *play, const struct call *call, enum asked asked, int64_t due_ms)
{
    const struct answering *how = &play->answers[asked];
    ROW_RESERVE(play->comings, play->coming_count, play->coming_room);
    struct coming *coming = &play->comings[play->coming_count++];
    *coming = (struct coming){.due_ms = due_ms};
    arena_init(&coming->arena);
    struct event_reply *event = &coming->event.reply;
    coming->event.kind = EVENT_REPLY;
    event->call_id = call->id;
    event->cloud = arena_text(&coming->arena, call->cloud);
    event->sent_boot_ms = play->now.boot_ms;
    event->reply = (struct reply){.kind = how->kind,
                                  .message = how->message,
                                  .request_id = "",
                                  .date_wall_ms = play->now.wall_ms - play->jumped_ms,
                                  .total = -1};
    if (how->kind != REPLY_OK) return;
    if (asked == ASKED_LIST) answer_list(play, call, how, &coming->arena, &event->reply);
    if (asked == ASKED_GET) answer_get(play, call, &coming->arena, &event->reply);
    if (asked == ASKED_CATALOGUE && call->catalogue == CATALOGUE_KEYPAIR)
        event->reply.entries =
            world_keypairs(&play->world, call->cloud, &coming->arena, &event->reply.entry_count);
    else if (asked == ASKED_CATALOGUE)
        event->reply.entries = world_catalogue(&play->world, call, &coming->arena, &event->reply.entry_count);
}

/* The world as it is when the question is sent; the answer comes a little later. */
void look_answer(struct play *play, const struct call *call)
{
    enum asked asked = asked_of(call->look);
    if (play->answers[asked].silent) return;
    answer(play, call, asked, play->now.boot_ms + LOOK_TAKES_MS);
    if (play->looks_doubled) answer(play, call, asked, play->now.boot_ms + LOOK_TAKES_MS + SECOND_MS);
}
