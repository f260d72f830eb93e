#include <string.h>

#include "reconcile/base/memory.h"
#include "tests/golden/play.h"

/* Ids are drawn: shown is the place of an id among those that came. */
static uint32_t number_of(struct play *play, const char *id)
{
    for (uint32_t i = 0; i < play->posted_count; i++)
        if (strcmp(play->posted[i], id) == 0) return i + 1;
    ROW_RESERVE(play->posted, play->posted_count, play->posted_room);
    play->posted[play->posted_count++] = arena_text(&play->arena, id);
    return play->posted_count;
}

static void answer(struct play *play, const char *id)
{
    struct event_notified *event = &play_event(play, EVENT_NOTIFIED)->notified;
    *event = (struct event_notified){.id = arena_text(&play->arena, id),
                                     .delivered = play->posts == POSTS_TAKEN,
                                     .refused = play->posts == POSTS_REFUSED && play->post_blames,
                                     .problem = play->post_problem};
}

void post_take(struct play *play, const struct notification *n)
{
    struct text *out = play->out;
    text_addf(out, "> Notify %s #%u %s %s%s%s%s%s%s x%u: %s\n", n->target, number_of(play, n->id), n->kind,
              n->reason[0] ? n->reason : "-", n->over ? " over" : "", n->cloud[0] ? " cloud=" : "", n->cloud,
              n->source[0] ? " source=" : "", n->source, n->count, n->title);
    text_addf(out, ">   %s |", n->message);
    for (const char *at = n->names; *at; at++)
        text_addf(out, "%s%c", at == n->names || at[-1] == '\n' ? " " : "", *at == '\n' ? ',' : *at);
    text_add_char(out, '\n');
    if (play->posts != POSTS_HELD) {
        answer(play, n->id);
        return;
    }
    ROW_RESERVE(play->post_open, play->post_open_count, play->post_open_room);
    play->post_open[play->post_open_count++] = arena_text(&play->arena, n->id);
}

void post_set(struct play *play, enum posts posts, const char *problem, bool blames)
{
    play->post_blames = blames;
    play->posts = posts;
    play->post_problem = arena_text(&play->arena, problem);
    for (uint32_t i = 0; posts != POSTS_HELD && i < play->post_open_count; i++)
        answer(play, play->post_open[i]);
    if (posts != POSTS_HELD) play->post_open_count = 0;
}

/* The daemon that waits for their answers is no more. */
void post_forget(struct play *play)
{
    play->post_open_count = 0;
}
