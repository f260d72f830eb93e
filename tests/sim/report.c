#include "tests/sim/report.h"

#include <stdio.h>

#include "tests/sim/story.h"

enum {
    GATED_SEEDS = 500,    /* from so many on, what seeds are like is no chance */
    BOUND_PERMILLE = 500, /* of the bound of liveness, that some seed uses: else it is too loose */
    SWITCH_SEEDS = 2000,  /* the rarest position of a switch decides something in one of a thousand */
    BOUND_SEEDS = 2000    /* and from so many on some seed has what takes longest */
};

/* What the median seed has at least, and how many of a fleet's objects make a large one. */
enum { MEDIAN_OBJECTS = 12, MEDIAN_CLOUDS = 2, MEDIAN_KINDS = 3, MEDIAN_TURNS = 100, LARGE = 200 };

static unsigned median_of(const unsigned *ranks, unsigned count, uint64_t of)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++)
        if ((sum += ranks[i]) * 2 >= of) return i;
    return 0;
}

static unsigned percentile(const unsigned *ranks, unsigned count, uint64_t of, unsigned percent)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++)
        if ((sum += ranks[i]) * 100 >= of * percent) return i;
    return count - 1;
}

/* Rows that fewer than one seed in a hundred has fail, when there were seeds enough to tell. */
static bool print_table(const struct run_options *options, const struct totals *totals)
{
    bool good = true, gated = totals->seeds >= GATED_SEEDS && options->only == TROUBLE_COUNT;
    printf("# %-18s %16s %20s\n", "fault", "changed a reply", "hit a mutating call");
    for (unsigned kind = 0; kind < TROUBLE_COUNT; kind++) {
        /* of the seeds with two daemons one in six or so gets so far */
        unsigned least = kind == TROUBLE_TWIN_SEEN ? 5 : 10;
        bool rare = totals->changed[kind] * 1000 < totals->seeds * least ||
                    (trouble_is_for_calls(kind) && totals->mutating[kind] * 100 < totals->seeds);
        printf("# %-18s %16llu %20llu%s\n", trouble_name(kind), (unsigned long long)totals->changed[kind],
               (unsigned long long)totals->mutating[kind], rare && gated ? "  RARE" : "");
        good &= !(rare && gated);
    }
    return good;
}

/* Each dialect is the cloud of at least one seed in ten. */
static bool print_dialects(const struct run_options *options, const struct totals *totals)
{
    bool good = true, gated = totals->seeds >= GATED_SEEDS && options->only == TROUBLE_COUNT;
    printf("# %-18s %8s %8s %20s %8s\n", "dialect", "seeds", "clouds", "mutating requests", "crashes");
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        if (!story_draws((enum cloud_dialect)i)) continue;
        bool rare = totals->dialect_seeds[i] * 10 < totals->seeds;
        printf("# %-18s %8llu %8llu %20llu %8llu%s\n", cloud_dialect_name((enum cloud_dialect)i),
               (unsigned long long)totals->dialect_seeds[i], (unsigned long long)totals->dialect_clouds[i],
               (unsigned long long)totals->dialect_mutating[i],
               (unsigned long long)totals->dialect_crashes[i], rare && gated ? "  RARE" : "");
        good &= !(rare && gated);
    }
    return good;
}

/* One in twenty, less what chance may take from it: two standard deviations. */
static bool is_twentieth(uint64_t part, uint64_t of)
{
    uint64_t least = of / 20, missing = part < least ? least - part : 0;
    return missing * missing <= 4 * least;
}

/* The median seed is no small one, and one in twenty is large. */
static bool print_median(const struct run_options *options, const struct totals *totals)
{
    bool gated = totals->seeds >= GATED_SEEDS && options->only == TROUBLE_COUNT;
    unsigned objects = median_of(totals->objects, 256, totals->seeds);
    unsigned clouds = median_of(totals->clouds, 4, totals->seeds);
    unsigned kinds = median_of(totals->kinds, TROUBLE_DRAWN + 1, totals->seeds), rank = 0;
    uint64_t half = 0, large = 0;
    while (rank < 23 && (half += totals->turn_rank[rank]) * 2 < totals->seeds)
        rank++;
    for (unsigned i = LARGE; i < 256; i++)
        large += totals->objects[i];
    printf("# median seed: %u objects, %u clouds, %u kinds of fault, 2^%u turns or more; %llu seeds have %d "
           "objects or more\n",
           objects, clouds, kinds, rank, (unsigned long long)large, LARGE);
    return !gated || (objects >= MEDIAN_OBJECTS && clouds >= MEDIAN_CLOUDS && kinds >= MEDIAN_KINDS &&
                      1u << rank >= MEDIAN_TURNS && is_twentieth(large, totals->seeds));
}

static void print_sizes(const struct totals *totals, double seconds)
{
    double hours = (double)totals->lasted_ms / 3600000.0;
    printf("# %llu turns, %llu requests, %llu mutating, %llu crashes\n", (unsigned long long)totals->turns,
           (unsigned long long)totals->requests, (unsigned long long)totals->mutations,
           (unsigned long long)totals->crashes);
    printf("# %.0f simulated hours in %.0f s: %.1f hours per second\n", hours, seconds, hours / seconds);
}

/* A bound that no seed uses to at least half of it proves little. */
static bool print_bound(const struct run_options *options, const struct totals *totals)
{
    printf("# liveness, time over bound in permille: median %u, 99th percentile %u, worst %u (seed %llu)\n",
           percentile(totals->settle_rank, 1001, totals->settled, 50),
           percentile(totals->settle_rank, 1001, totals->settled, 99), totals->bound_permille_most,
           (unsigned long long)totals->bound_seed);
    bool gated = totals->seeds >= BOUND_SEEDS && options->only == TROUBLE_COUNT;
    return !gated || totals->bound_permille_most >= BOUND_PERMILLE;
}

static void print_failure(const struct run_options *options, const struct totals *totals, unsigned promise)
{
    uint64_t seed = totals->failed_seed[promise];
    printf("# %s was broken by %llu seeds; the first: %llu\n# %s\n# its last turns:\n",
           promise_name((enum promise)promise), (unsigned long long)totals->failures[promise],
           (unsigned long long)seed, totals->sentence[promise]);
    fflush(stdout);
    struct world_result result;
    struct world_options how = {.only = options->only,
                                .words = WORLD_LAST_TURNS,
                                .reads = true,
                                .restarts = promise == PROMISE_RESTART};
    if (promise != PROMISE_DETERMINISM) world_run(seed, &how, &result);
    printf("# to see all of it: tests/sim/replay %llu\n", (unsigned long long)seed);
}

bool report_print(const struct run_options *options, const struct totals *totals, bool whole, double seconds)
{
    unsigned rows = PROMISE_COUNT + 8, row = 0;
    bool good = whole;
    printf("1..%u\n", rows);
    for (unsigned i = 0; i < PROMISE_COUNT; i++) {
        bool idle = totals->tests[i] == 0 && !(options->once && i == PROMISE_DETERMINISM) &&
                    !(options->no_restarts && i == PROMISE_RESTART) && totals->seeds >= GATED_SEEDS &&
                    options->only == TROUBLE_COUNT;
        bool holds = totals->failures[i] == 0 && !idle;
        printf("%sok %u - %s: %s (put to the test %llu times)\n", holds ? "" : "not ", ++row,
               promise_name((enum promise)i), promise_words((enum promise)i),
               (unsigned long long)totals->tests[i]);
        if (totals->failures[i] && !options->quick) print_failure(options, totals, i);
        good &= holds;
    }
    printf("%sok %u - every seed ended\n", whole ? "" : "not ", ++row);
    bool hard = print_table(options, totals);
    printf("%sok %u - seeds draw hard things\n", hard ? "" : "not ", ++row);
    bool spoken = print_dialects(options, totals);
    printf("%sok %u - seeds speak each dialect\n", spoken ? "" : "not ", ++row);
    bool switched =
        switches_print(&totals->switches) || totals->seeds < SWITCH_SEEDS || options->only != TROUBLE_COUNT;
    printf("%sok %u - seeds meet each position of what the facts leave open\n", switched ? "" : "not ",
           ++row);
    bool tried = why_report(totals->whys, options->only == TROUBLE_COUNT ? totals->seeds : 0);
    printf("%sok %u - whatever keeps an object was taken away\n", tried ? "" : "not ", ++row);
    bool sized = print_median(options, totals);
    printf("%sok %u - the median seed is no small one, one in twenty is large\n", sized ? "" : "not ", ++row);
    bool tight = print_bound(options, totals);
    printf("%sok %u - some seed uses half of the bound of liveness\n", tight ? "" : "not ", ++row);
    bool posted = post_report(&totals->post, totals->seeds >= GATED_SEEDS && options->only == TROUBLE_COUNT);
    printf("%sok %u - messages are taken, lost, refused and taken twice\n", posted ? "" : "not ", ++row);
    print_sizes(totals, seconds);
    printf("# count: %llu seeds\n", (unsigned long long)totals->seeds);
    printf("# count: %llu restarts compared, %llu calls\n", (unsigned long long)totals->restarts,
           (unsigned long long)totals->restart_calls);
    return good && hard && spoken && switched && tried && sized && tight && posted;
}
