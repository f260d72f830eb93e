#include "tests/sim/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reconcile/view.h"
#include "tests/sim/grow.h"
#include "tests/sim/reader.h"
#include "tests/sim/world.h"

enum {
    ALL_KINDS = (1 << FLEET_NEWS) - 1,
    PART_OF_DICE = 20,
    STEP_MS = 5000,
    STANDS_MS = 120000,       /* longer than news are grouped and targets are paced */
    PATIENCE_MS = 20 * 60000, /* the longest pause that faults may have left behind, and again */
    JSON_MAX = 16 << 20
};

/* --- what a seed draws --- */

static unsigned some(struct dice *dice, unsigned count)
{
    if (count < 2 || dice_chance(dice, 500)) return 0;
    return 1 + (unsigned)dice_below(dice, (1u << count) - 2);
}

void post_add_target(struct story *story)
{
    story->targets[story->target_count++] = (struct fleet_target){.name = "all", .kinds = ALL_KINDS};
}

void post_draw(struct story *story)
{
    struct dice dice = dice_new(story->seed, PART_OF_DICE);
    if (!dice_chance(&dice, 250)) return;
    post_add_target(story);
    if (!dice_chance(&dice, 400)) return;
    unsigned kinds = some(&dice, FLEET_NEWS);
    story->targets[story->target_count++] = (struct fleet_target){.name = "some",
                                                                  .kinds = kinds ? kinds : ALL_KINDS,
                                                                  .sources = some(&dice, story->source_count),
                                                                  .clouds = some(&dice, story->cloud_count)};
}

void post_begin(struct world *world)
{
    world->post.dice = dice_new(world->story.seed, PART_OF_DICE + 1);
    struct dice *dice = &world->post.dice;
    if (world->story.target_count == 0 || world->crash || !dice_chance(dice, 200)) return;
    world_due(world, dice_between(dice, 20000, world->story.chaos_ms), DUE_POSTERS, 0);
}

void post_reconfigure(struct world *world)
{
    struct story *story = &world->story;
    struct fleet_target *target = &story->targets[story->target_count - 1];
    if (world->calm && !target->absent) return;
    target->absent = !target->absent;
    trace_say(&world->trace, "%lld: notify target %s %s the configuration", (long long)world->now_ms,
              target->name, target->absent ? "leaves" : "is back in");
    world_configure(world);
    if (target->absent)
        world_due(world, world->now_ms + dice_between(&world->post.dice, 5000, 120000), DUE_POSTERS, 0);
}

/* --- a message --- */

static bool is_disliked(const struct post_office *office, const char *id)
{
    for (unsigned i = 0; i < POST_DISLIKED; i++)
        if (strcmp(office->disliked[i], id) == 0) return true;
    return false;
}

static void dislike(struct post_office *office, const char id[POST_ID])
{
    memcpy(office->disliked[office->disliked_next++ % POST_DISLIKED], id, POST_ID);
}

static enum post_end draw_end(struct world *world, unsigned target, const char *id)
{
    static const struct {
        enum post_end end;
        unsigned permille;
    } chances[] = {
        {POST_DOWN, 50}, {POST_QUIET, 60}, {POST_LOST, 90}, {POST_ANSWER_LOST, 120}, {POST_REFUSED, 70}};
    struct post_office *office = &world->post;
    uint64_t drawn = dice_below(&office->dice, 1000);
    if (world->calm) return POST_TAKEN;
    if (world->now_ms < office->down_until_ms[target]) return POST_DOWN;
    if (world->now_ms < office->quiet_until_ms[target]) return POST_QUIET;
    if (is_disliked(office, id)) return POST_REFUSED;
    for (unsigned i = 0; i < sizeof chances / sizeof *chances; i++) {
        if (drawn < chances[i].permille) return chances[i].end;
        drawn -= chances[i].permille;
    }
    return POST_TAKEN;
}

/* What it does from now on. */
static void turn(struct world *world, struct post *post)
{
    struct post_office *office = &world->post;
    int64_t *down_ms = &office->down_until_ms[post->target],
            *quiet_ms = &office->quiet_until_ms[post->target];
    if (post->end == POST_DOWN && *down_ms <= world->now_ms)
        *down_ms = world->now_ms + dice_between(&office->dice, 10, 300) * 1000;
    if (post->end == POST_QUIET && *quiet_ms <= world->now_ms)
        *quiet_ms = world->now_ms + dice_between(&office->dice, 3, 120) * 1000;
    if (post->end == POST_QUIET) post->quiet_until_ms = *quiet_ms;
    if (post->end == POST_REFUSED && !is_disliked(office, post->id)) dislike(office, post->id);
}

static unsigned target_place(const struct story *story, const char *name)
{
    unsigned place = 0;
    while (place < story->target_count && strcmp(story->targets[place].name, name) != 0)
        place++;
    return place;
}

static void show(struct world *world, const struct notification *n)
{
    const char *const texts[] = {n->id,    n->target, n->kind,  n->reason, n->source,
                                 n->cloud, n->names,  n->title, n->message};
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
        trace_mix_text(&world->trace, texts[i]);
    trace_say(&world->trace, "    notify %s %s: %s: %s; of %u:", n->target, n->id, n->title, n->message,
              n->count);
    for (const char *at = n->names; world->trace.words && at && *at;) {
        size_t length = strcspn(at, "\n");
        trace_say(&world->trace, "      %.*s", (int)length, at);
        at += length + (at[length] == '\n');
    }
}

void post_notify(struct world *world, const struct notification *n)
{
    struct post_office *office = &world->post;
    struct rows rows = disk_notifications(world->disk);
    unsigned target = target_place(&world->story, n->target), place = 0;
    struct judge_message message = {.id = n->id,
                                    .target = n->target,
                                    .kind = n->kind,
                                    .reason = n->reason,
                                    .source = n->source,
                                    .cloud = n->cloud,
                                    .names = n->names,
                                    .title = n->title,
                                    .message = n->message,
                                    .owner = n->owner,
                                    .wall_ms = n->wall_ms,
                                    .over = n->over,
                                    .count = n->count};
    show(world, n);
    judge_news_sent(world->judge, &message, &rows, world->now_ms);
    while (place < POSTS_MAX && office->posts[place].number)
        place++;
    if (place == POSTS_MAX || target == world->story.target_count) return; /* the judge has said so */
    struct post *post = &office->posts[place];
    *post = (struct post){.number = ++office->last,
                          .machine = world->number,
                          .target = target,
                          .end = draw_end(world, target, n->id)};
    snprintf(post->id, sizeof post->id, "%s", n->id);
    turn(world, post);
    bool slow = dice_chance(&office->dice, 60);
    int64_t took_ms = slow ? dice_between(&office->dice, 3000, 30000) : dice_between(&office->dice, 5, 1500);
    world_due(world, world->now_ms + took_ms, DUE_POST, post->number);
}

static const char *problem_of(enum post_end end)
{
    static const char *const problems[POST_ENDS] = {
        [POST_LOST] = "hook.example:443: connection reset",
        [POST_ANSWER_LOST] = "hook.example:443: no answer within 30 s",
        [POST_REFUSED] = "HTTP 400: invalid_payload",
        [POST_DOWN] = "hook.example:443: connection refused",
        [POST_QUIET] = "HTTP 429: slow down",
    };
    return problems[end];
}

static bool is_taken(enum post_end end)
{
    return end == POST_TAKEN || end == POST_ANSWER_LOST;
}

void post_answer(struct world *world, uint64_t number)
{
    struct post *post = NULL;
    for (unsigned i = 0; i < POSTS_MAX; i++)
        if (world->post.posts[i].number == number) post = &world->post.posts[i];
    if (!post) return; /* of a process that is gone */
    const char *target = world->story.targets[post->target].name;
    bool delivered = post->end == POST_TAKEN;
    world->post.ends[post->end]++;
    if (is_taken(post->end)) judge_news_taken(world->judge, target, post->id);
    judge_news_answered(world->judge, target, post->id, delivered, post->quiet_until_ms);
    struct event *event = batch_add(&world->events, EVENT_NOTIFIED);
    event->notified = (struct event_notified){
        .id = arena_text(&world->events.arena, post->id),
        .delivered = delivered,
        .refused = post->end == POST_REFUSED,
        .retry_boot_ms = post->quiet_until_ms > 0 ? world->boot_ms + post->quiet_until_ms : 0,
        .problem = problem_of(post->end)};
    trace_say(&world->trace, "%lld: %s answers %s: %s", (long long)world->now_ms, target, post->id,
              delivered ? "taken" : problem_of(post->end));
    post->number = 0;
}

void post_forget(struct world *world)
{
    for (unsigned i = 0; i < POSTS_MAX; i++) {
        struct post *post = &world->post.posts[i];
        if (post->number == 0 || post->machine != world->number) continue;
        if (is_taken(post->end) && dice_chance(&world->post.dice, 500))
            judge_news_taken(world->judge, world->story.targets[post->target].name, post->id);
        world->post.ends[POST_CRASHED]++;
        post->number = 0;
    }
}

/* --- the end --- */

static char *read_notices(struct world *world)
{
    struct text text;
    text_init(&text, JSON_MAX);
    view_notices(world->state, NULL, world_clock(world), &text);
    char *json = grow_text(text.bytes);
    text_release(&text);
    return json;
}

static void watch(struct world *world)
{
    if (!world->up) return;
    char *notices = read_notices(world);
    reader_status(world);
    judge_news_watch(world->judge, notices, world->now_ms);
    free(notices);
}

void post_run(struct world *world, void (*run_until)(struct world *world, int64_t until_ms))
{
    int64_t begun_ms = world->now_ms;
    const char *waiting = "";
    if (world->story.target_count == 0 || judge_failed(world->judge)) return;
    watch(world);
    while (waiting && world->now_ms - begun_ms < PATIENCE_MS) {
        int64_t next_ms = world->now_ms + STEP_MS;
        run_until(world, next_ms);
        if (judge_failed(world->judge)) return;
        world->now_ms = next_ms;
        watch(world);
        struct rows rows = disk_notifications(world->disk);
        waiting = world->now_ms - begun_ms < STANDS_MS ? "" : judge_news_waiting(world->judge, &rows);
    }
    if (waiting)
        judge_fail(world->judge, PROMISE_NEWS, "%d minutes after all was settled: %s", PATIENCE_MS / 60000,
                   waiting);
    judge_news_end(world->judge, world->now_ms - STANDS_MS);
}

/* --- the report --- */

void post_sum_up(const struct world *world, struct post_note *out)
{
    out->seeds = world->story.target_count > 0;
    out->second = world->story.target_count > 1;
    memcpy(out->ends, world->post.ends, sizeof out->ends);
    judge_news_count(world->judge, &out->counts);
    out->messages_seeds = out->counts.messages > 0;
}

void post_merge(struct post_note *to, const struct post_note *from)
{
    uint64_t *sums[] = {
        &to->seeds,         &to->second,         &to->messages_seeds,     &to->counts.messages,
        &to->counts.names,  &to->counts.doubles, &to->counts.over_starts, &to->counts.lost,
        &to->counts.dropped};
    const uint64_t parts[] = {
        from->seeds,         from->second,         from->messages_seeds,     from->counts.messages,
        from->counts.names,  from->counts.doubles, from->counts.over_starts, from->counts.lost,
        from->counts.dropped};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        *sums[i] += parts[i];
    for (unsigned i = 0; i < POST_ENDS; i++)
        to->ends[i] += from->ends[i];
}

bool post_report(const struct post_note *note, bool gated)
{
    static const char *const names[POST_ENDS] = {
        "taken", "lost", "answer lost", "refused", "down", "asked for quiet", "crash under way"};
    const struct news_counts *counts = &note->counts;
    bool good = counts->doubles > 0 && counts->over_starts > 0;
    printf("# notified: %llu seeds (%llu with a second target), %llu of them of something; %llu messages of "
           "%llu names, %llu "
           "doubles, %llu sent over a restart, %llu lost with the ledger or before they were stored, %llu "
           "dropped\n",
           (unsigned long long)note->seeds, (unsigned long long)note->second,
           (unsigned long long)note->messages_seeds, (unsigned long long)counts->messages,
           (unsigned long long)counts->names, (unsigned long long)counts->doubles,
           (unsigned long long)counts->over_starts, (unsigned long long)counts->lost,
           (unsigned long long)counts->dropped);
    printf("# what became of a message sent:");
    for (unsigned i = 0; i < POST_ENDS; i++) {
        printf("%s %llu %s", i ? "," : "", (unsigned long long)note->ends[i], names[i]);
        good &= note->ends[i] > 0;
    }
    printf("\n");
    return good || !gated;
}
