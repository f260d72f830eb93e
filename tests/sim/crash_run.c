#include "tests/sim/crash_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/grow.h"
#include "tests/sim/scenario.h"
#include "tests/sim/world.h"

enum {
    AFTER_BUSY = 4,     /* points behind the last one that changed something: nothing new happens there */
    FAILURES_SHOWN = 3, /* per scenario, with their last turns */
    ROWS_MAX = 512,
    SEEDS_MOST = 1000000,
    REPEATED = 97, /* one point in so many is run a second time, from its beginning */
};

/* Which share of stories, of the points of such a story, and of these the share that is stopped a second
   time, at each point after the start; in permille, by the number of faults. */
struct portion {
    unsigned stories, points, again;
};
static const struct portion portions[][CRASH_FAULTS_MAX + 1] = {
    [CRASH_SMOKE] = {{1000, 200, 20}, {60, 60, 0}, {0, 0, 0}},
    [CRASH_WIDE] = {{1000, 100, 100}, {1000, 50, 30}, {30, 50, 0}},
    [CRASH_ONE_FAULT] = {{1000, 1000, 0}, {1000, 1000, 0}, {0, 0, 0}},
    [CRASH_ALL] = {{1000, 1000, 1000}, {1000, 1000, 20}, {100, 100, 20}},
};

/* One scenario in one dialect; shared with the worker that runs it. */
struct row {
    enum cloud_dialect dialect;
    const struct scenario *scenario;
    bool ended;
    uint64_t stories, points, again, repeated, failures; /* again: points, stopped twice */
    int64_t settled_ms, bound_ms;                        /* of what took the largest part of its bound */
};

struct board { /* in memory that all workers share */
    unsigned next, count;
    struct row rows[ROWS_MAX];
};

struct runner {
    struct row *row;
    enum crash_extent extent;
    bool is_one;                 /* story, asked for by name */
    struct world_result *copied; /* shared with the copies of the world */
};

static void *shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) abort();
    return memory;
}

/* --- one run --- */

/* Latencies and durations of its own for each scenario and dialect. */
static uint64_t seed_of(const struct crash_points *points)
{
    uint64_t seed = points->story.dialect + 1;
    for (const char *at = points->story.scenario->name; *at; at++)
        seed = seed * 31 + (unsigned char)*at;
    return seed % SEEDS_MOST + 1;
}

static void run(struct crash_points *points, enum world_words words, struct world_result *out)
{
    struct world_options options = {.only = TROUBLE_COUNT, .words = words, .crash = points};
    world_run(seed_of(points), &options, out);
}

/* Chance by name: what is drawn does not change with what else there is. */
static uint64_t hash_of(const struct crash_points *points, unsigned part)
{
    char name[CRASH_NAME_SIZE];
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    crash_points_name(points, name);
    for (const char *at = name; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    struct dice dice = dice_new(hash, part);
    return dice_next(&dice);
}

enum part { PART_STORY, PART_POINT, PART_AGAIN, PART_REPEAT };

static const struct portion *portion_of(const struct crash_points *points)
{
    const struct runner *runner = points->ctx;
    return &portions[runner->extent][points->story.fault_count];
}

static bool story_is_wanted(const struct crash_points *story)
{
    return hash_of(story, PART_STORY) % 1000 < portion_of(story)->stories;
}

static bool is_wanted(const struct crash_points *copy)
{
    return copy->at_count == CRASHES_MAX || hash_of(copy, PART_POINT) % 1000 < portion_of(copy)->points;
}

static bool is_stopped_again(const struct crash_points *copy)
{
    return hash_of(copy, PART_AGAIN) % 1000 < portion_of(copy)->again;
}

static bool always(const struct crash_points *copy)
{
    (void)copy;
    return true;
}

static bool never(const struct crash_points *copy)
{
    (void)copy;
    return false;
}

/* --- a failure --- */

/* In a process of its own: what is wrong may end it. */
static void show(const struct crash_points *there)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        struct world_result result;
        struct crash_points once = *there;
        run(&once, WORLD_LAST_TURNS, &result);
        fflush(stdout);
        _exit(0);
    }
    if (pid > 0) waitpid(pid, NULL, 0);
}

static void fail(const struct crash_points *there, const char *promise, const char *sentence)
{
    const struct runner *runner = there->ctx;
    char name[CRASH_NAME_SIZE];
    crash_points_name(there, name);
    if (++runner->row->failures > FAILURES_SHOWN) return;
    printf("# %s broke %s: %s\n", name, promise, sentence);
    if (runner->row->failures == 1) {
        printf("# its last turns:\n");
        show(there);
        printf("# to see all of it: tests/sim/replay --crash %s\n", name);
    }
    fflush(stdout);
}

/* --- a crash point --- */

/* The run from its beginning is the same as the copy that was made in the middle of another one. */
static void repeat(const struct crash_points *there, uint64_t hash)
{
    const struct runner *runner = there->ctx;
    struct world_result result;
    struct crash_points once = *there;
    run(&once, WORLD_SILENT, &result);
    runner->row->repeated++;
    if (result.hash != hash) fail(there, "determinism", "a second run, from its beginning, is another one");
}

static void note_bound(struct row *row, const struct world_result *result)
{
    if (row->bound_ms > 0 && result->settled_ms * row->bound_ms <= row->settled_ms * result->bound_ms) return;
    row->settled_ms = result->settled_ms;
    row->bound_ms = result->bound_ms;
}

static void ended(const struct crash_points *copy, int status)
{
    const struct runner *runner = copy->ctx;
    const struct world_result result = *runner->copied;
    runner->row->points++;
    runner->row->again += copy->at_count > 1;
    if (status != 0) {
        char words[80];
        snprintf(words, sizeof words, "the process died (status %d): an assertion of the code under test",
                 status);
        fail(copy, "every run ends", words);
        return;
    }
    note_bound(runner->row, &result);
    if (result.failed)
        fail(copy, promise_name(result.promise), result.sentence);
    else if (hash_of(copy, PART_REPEAT) % REPEATED == 0)
        repeat(copy, result.hash);
}

/* --- a story --- */

/* false: a fault of it hits nothing, or it fails of itself. */
static bool count_points(struct runner *runner, const struct crash_story *story, struct crash_points *out)
{
    struct world_result result;
    *out = (struct crash_points){.story = *story, .ctx = runner};
    run(out, WORLD_SILENT, &result);
    if (out->hits + 1 != 1u << story->fault_count) return false;
    if (result.failed) fail(out, promise_name(result.promise), result.sentence);
    return !result.failed;
}

static void stop_at_points(struct runner *runner, const struct crash_points *counted)
{
    struct world_result result;
    struct crash_points each = {.story = counted->story,
                                .mode = CRASH_EACH,
                                .until = counted->busy + AFTER_BUSY,
                                .is_wanted = runner->is_one ? always : is_wanted,
                                .is_stopped_again = runner->is_one ? never : is_stopped_again,
                                .ended = ended,
                                .ctx = runner};
    runner->row->stories++;
    run(&each, WORLD_SILENT, &result);
    if (!each.is_copy) return;
    *runner->copied = result;
    fflush(stdout);
    _exit(0);
}

static unsigned faults_of(enum crash_extent extent)
{
    unsigned most = CRASH_FAULTS_MAX;
    while (most > 0 && portions[extent][most].stories == 0)
        most--;
    return most;
}

/* The story, and, while there is room for one, the same with each fault at each later request. */
static void run_stories(struct runner *runner, const struct crash_story *story)
{
    struct crash_points counted = {.story = *story, .ctx = runner};
    bool wanted = story_is_wanted(&counted), grows = story->fault_count < faults_of(runner->extent);
    if (!(wanted || grows) || !count_points(runner, story, &counted)) return;
    if (wanted) stop_at_points(runner, &counted);
    unsigned first = story->fault_count ? story->faults[story->fault_count - 1].request + 1 : 0;
    for (unsigned request = first; grows && request <= counted.requests; request++)
        for (unsigned kind = 0; kind < CRASH_FAULT_KINDS; kind++) {
            if (crash_fault_is_lasting(kind) != (request == 0)) continue;
            if (request == 0 && story->scenario->settle_ms) continue; /* no time for reads that lag */
            struct crash_story more = *story;
            more.faults[more.fault_count++] = (struct crash_fault){request, kind};
            run_stories(runner, &more);
        }
}

/* --- all of them --- */

static void fill(struct board *board)
{
    for (unsigned place = 0; scenario_at(place); place++)
        for (unsigned dialect = 0; dialect < CLOUD_DIALECT_COUNT; dialect++)
            if (scenario_fits(scenario_at(place), (enum cloud_dialect)dialect) && board->count < ROWS_MAX)
                board->rows[board->count++] =
                    (struct row){.dialect = (enum cloud_dialect)dialect, .scenario = scenario_at(place)};
}

/* Who waits for an hour wants to see that it goes on. */
static void say_row(const struct row *row)
{
    printf("# %s/%s: %llu stories, %llu points, %llu failures\n", cloud_dialect_name(row->dialect),
           row->scenario->name, (unsigned long long)row->stories, (unsigned long long)row->points,
           (unsigned long long)row->failures);
    fflush(stdout);
}

static void work(struct board *board, enum crash_extent extent)
{
    struct runner runner = {.extent = extent, .copied = shared(sizeof *runner.copied)};
    for (;;) {
        unsigned place = __atomic_fetch_add(&board->next, 1, __ATOMIC_RELAXED);
        if (place >= board->count) break;
        runner.row = &board->rows[place];
        struct crash_story story = {.dialect = runner.row->dialect, .scenario = runner.row->scenario};
        run_stories(&runner, &story);
        runner.row->ended = true;
        if (extent != CRASH_SMOKE) say_row(runner.row);
    }
    fflush(stdout);
    _exit(0);
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool report(const struct board *board, double seconds)
{
    uint64_t points = 0, again = 0, stories = 0, repeated = 0;
    bool good = true;
    const struct row *worst = &board->rows[0];
    printf("1..%u\n", board->count);
    for (unsigned i = 0; i < board->count; i++) {
        const struct row *row = &board->rows[i];
        bool holds = row->ended && row->failures == 0;
        printf("%sok %u - %s/%s: %llu stories, stopped at %llu points%s\n", holds ? "" : "not ", i + 1,
               cloud_dialect_name(row->dialect), row->scenario->name, (unsigned long long)row->stories,
               (unsigned long long)row->points, row->ended ? "" : " (its worker died)");
        if (row->failures) printf("# %llu failures\n", (unsigned long long)row->failures);
        if (row->settled_ms * worst->bound_ms > worst->settled_ms * row->bound_ms) worst = row;
        good &= holds;
        points += row->points;
        again += row->again;
        stories += row->stories;
        repeated += row->repeated;
    }
    printf("# the longest way to convergence: %lld s of %lld s allowed (%s/%s)\n",
           (long long)worst->settled_ms / 1000, (long long)worst->bound_ms / 1000,
           cloud_dialect_name(worst->dialect), worst->scenario->name);
    printf("# %llu of these stopped twice, %llu runs repeated, in %.0f s\n", (unsigned long long)again,
           (unsigned long long)repeated, seconds);
    printf("# count: %llu crash points\n", (unsigned long long)points);
    printf("# count: %llu crash stories\n", (unsigned long long)stories);
    return good && points > 0;
}

int crash_run(const char *extent_name, unsigned jobs)
{
    static const char *const names[] = {
        [CRASH_SMOKE] = "smoke", [CRASH_WIDE] = "wide", [CRASH_ONE_FAULT] = "one-fault", [CRASH_ALL] = "all"};
    unsigned extent = CRASH_SMOKE;
    while (extent <= CRASH_ALL && strcmp(names[extent], extent_name) != 0)
        extent++;
    if (extent > CRASH_ALL) {
        fprintf(stderr, "sim: --crash-points takes smoke, wide, one-fault or all, not \"%s\"\n", extent_name);
        return 64;
    }
    struct board *board = shared(sizeof *board);
    double begun = now_seconds();
    fill(board);
    fflush(stdout);
    for (unsigned i = 0; i < jobs; i++) {
        pid_t pid = fork();
        if (pid < 0) abort();
        if (pid == 0) work(board, (enum crash_extent)extent);
    }
    while (wait(NULL) > 0)
        continue;
    return report(board, now_seconds() - begun) ? 0 : 1;
}

/* --- one of them --- */

static int list(void)
{
    struct board *board = shared(sizeof *board);
    fill(board);
    for (unsigned i = 0; i < board->count; i++)
        printf("%s/%s\n", cloud_dialect_name(board->rows[i].dialect), board->rows[i].scenario->name);
    return 0;
}

static int run_there(struct crash_points *points, bool aloud)
{
    struct world_result result;
    run(points, aloud ? WORLD_ALOUD : WORLD_LAST_TURNS, &result);
    if (points->mode == CRASH_COUNT)
        printf("# %u points, %u of them until the last change, %u mutating requests\n", points->passed,
               points->busy, points->requests);
    if (points->crashes < points->at_count) printf("# it ended without so many points\n");
    if (result.failed) printf("# broke %s: %s\n", promise_name(result.promise), result.sentence);
    return result.failed;
}

int crash_run_one(const char *name, bool aloud)
{
    struct crash_points points;
    if (strcmp(name, "list") == 0) return list();
    if (!crash_points_parse(name, &points)) {
        fprintf(stderr, "sim: there is no such story: \"%s\"; --crash list names them\n", name);
        return 64;
    }
    if (points.at_count > 0 || aloud) return run_there(&points, aloud);
    struct row *row = shared(sizeof *row);
    *row = (struct row){.dialect = points.story.dialect, .scenario = points.story.scenario};
    struct runner runner = {.row = row, .is_one = true, .copied = shared(sizeof *runner.copied)};
    double begun = now_seconds();
    if (count_points(&runner, &points.story, &points)) stop_at_points(&runner, &points);
    printf("# %s: %llu crash points, %llu failures, %.1f s\n", name, (unsigned long long)row->points,
           (unsigned long long)row->failures, now_seconds() - begun);
    return row->failures > 0 || row->stories == 0;
}
