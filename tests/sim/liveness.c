#include "tests/sim/liveness.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "tests/sim/daemon.h"
#include "tests/sim/grow.h"
#include "tests/sim/people.h"
#include "tests/sim/reader.h"

enum {
    TURNS_MOST = 40,    /* a second, of a converged fleet: ticks, polls page by page, session renewals */
    STEP_MS = 5000,     /* how often somebody looks */
    QUIET_POLLS = 100,  /* without one mutating call */
    APPROVE_EVERY = 12, /* looks between two rounds of a person */
    BUILD_BACKOFF_MS =
        30 * 60000,           /* the longest delay that faults may have left behind: after failed builds */
    BACKOFF_MS = 6 * 60000,   /* and after anything else */
    STORM_MS = 15 * 60000,    /* storm brake and vanish brake: a window, and the first steps of a thaw */
    BIN_MS = 2 * 3600000,     /* what is in Nova's recycle bin holds its volumes */
    CONFLICT_MS = 15 * 60000, /* and what was refused for that is tried again so often */
    PER_CALL_MS = 5000        /* calls of one object, with looks between, under the seeds' rates */
};

static bool has_any(const struct story *story, const unsigned *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (story->has[kinds[i]]) return true;
    return false;
}

/* Servers go to ERROR, or vanish. */
static bool has_storms(const struct story *story)
{
    static const unsigned kinds[] = {CLOUD_FAULT_BUILD_ERROR,  CLOUD_FAULT_BUILD_ENDLESS,
                                     CLOUD_FAULT_ACTION_ERROR, CLOUD_FAULT_QUOTA,
                                     CLOUD_FAULT_RETURNS,      TROUBLE_OPERATOR};
    return has_any(story, kinds, sizeof kinds / sizeof *kinds);
}

static bool has_failed_builds(const struct story *story)
{
    static const unsigned kinds[] = {CLOUD_FAULT_BUILD_ERROR, CLOUD_FAULT_BUILD_ENDLESS, CLOUD_FAULT_QUOTA};
    return has_any(story, kinds, sizeof kinds / sizeof *kinds);
}

static bool has_long_builds(const struct story *story)
{
    return story->has[CLOUD_FAULT_BUILD_ENDLESS] || story->has[CLOUD_FAULT_BUILD_SLOW];
}

int64_t liveness_bound_ms(const struct story *story)
{
    if (story->bound_ms > 0) return story->bound_ms;
    int64_t calls = (int64_t)story->objects * PER_CALL_MS / (story->in_flight < 4 ? 1 : 4);
    return (has_failed_builds(story) ? BUILD_BACKOFF_MS : BACKOFF_MS) + (has_storms(story) ? STORM_MS : 0) +
           (story->bins ? BIN_MS + CONFLICT_MS : 0) +
           (has_long_builds(story) ? 2 * story->build_timeout_ms : 0) + 3 * story->full_ms +
           4 * story_settle_ms(story) + calls;
}

/* Some cloud has not been read since the faults ended. */
static bool is_blind(struct world *world)
{
    char *json = reader_read(world, READER_CLOUDS);
    cJSON *clouds = cJSON_Parse(json), *cloud;
    int64_t ended_ms = world_clock(world).wall_ms - (world->now_ms - world->story.chaos_ms);
    bool blind = false;
    cJSON_ArrayForEach(cloud, clouds)
    {
        const char *read = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(cloud, "lastFullList"));
        int64_t read_ms = 0;
        blind |= !read || !instant_parse(read, &read_ms) || read_ms < ended_ms;
    }
    cJSON_Delete(clouds);
    free(json);
    return blind;
}

static const char *unsettled(struct world *world)
{
    if (!world->up) return "the daemon is down";
    if (is_blind(world)) return "a cloud was not read since: nobody knows how things stand there";
    char *json = reader_read(world, READER_STATUS);
    const char *why = judge_unsettled(world->judge, json, world->now_ms);
    free(json);
    return why;
}

static void be_a_person(struct world *world)
{
    if (!world->up) return;
    people_put_right(world);
    people_approve(world);
    people_retry(world);
    people_claim(world);
}

/* Settled is what stays so for a few polls without a call. */
struct patience {
    int64_t since_ms; /* -1 = it is not settled now */
    uint64_t mutations;
};

static bool stays_settled(struct world *world, struct patience *patience, bool settled)
{
    uint64_t mutations = judge_mutations(world->judge);
    if (!settled || mutations != patience->mutations) patience->since_ms = -1;
    patience->mutations = mutations;
    if (settled && patience->since_ms < 0) patience->since_ms = world->now_ms;
    int64_t needed = 3 * world->story.poll_ms > 6 * STEP_MS ? 3 * world->story.poll_ms : 6 * STEP_MS;
    return patience->since_ms >= 0 && world->now_ms - patience->since_ms >= needed;
}

static bool settle(struct world *world, void (*run_until)(struct world *world, int64_t until_ms),
                   struct world_result *out)
{
    int64_t begun = world->now_ms;
    struct patience patience = {.since_ms = -1};
    out->bound_ms = liveness_bound_ms(&world->story);
    const char *why = "";
    for (unsigned looks = 0; world->now_ms - begun < out->bound_ms; looks++) {
        if (looks % APPROVE_EVERY == APPROVE_EVERY - 1 && why) be_a_person(world);
        run_until(world, begun + (int64_t)(looks + 1) * STEP_MS);
        if (judge_failed(world->judge)) return false;
        world->now_ms = begun + (int64_t)(looks + 1) * STEP_MS;
        why = unsettled(world);
        if (!stays_settled(world, &patience, why == NULL)) continue;
        out->settled_ms = patience.since_ms - begun;
        return true;
    }
    judge_fail(world->judge, PROMISE_LIVENESS, "%lld s after the faults ended: %s",
               (long long)(out->bound_ms / 1000), why ? why : "it is settled for a moment only");
    return false;
}

void liveness_run(struct world *world, void (*run_until)(struct world *world, int64_t until_ms),
                  struct world_result *out)
{
    if (!settle(world, run_until, out)) return;
    uint64_t before = judge_mutations(world->judge), turns = world->turns;
    int64_t begun_ms = world->now_ms;
    restart_draw_settled(world, world->now_ms + QUIET_POLLS / 2 * world->story.poll_ms);
    run_until(world, world->now_ms + QUIET_POLLS * world->story.poll_ms);
    if (judge_failed(world->judge)) return;
    uint64_t calls = judge_mutations(world->judge) - before;
    turns = world->turns - turns;
    if (turns > (uint64_t)(world->now_ms - begun_ms) / 1000 * TURNS_MOST)
        judge_fail(world->judge, PROMISE_S9, "%llu turns in %lld s of a converged fleet: it does not rest",
                   (unsigned long long)turns, (long long)(world->now_ms - begun_ms) / 1000);
    if (calls > 0)
        judge_fail(world->judge, PROMISE_S9, "%llu mutating calls in %d polls of a converged fleet",
                   (unsigned long long)calls, QUIET_POLLS);
}
