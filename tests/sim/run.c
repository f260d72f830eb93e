#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/crash_run.h"
#include "tests/sim/grow.h"
#include "tests/sim/world.h"

/* Runs seeds, each twice, and says in TAP which promises held. */

enum { JOBS_MAX = 64, GATED_SEEDS = 500, SLOW_SEED_MS = 10000, FAILURES_SHOWN = 5 };

/* What the median seed has at least, and how many of a fleet's objects make a large one. */
enum { MEDIAN_OBJECTS = 12, MEDIAN_CLOUDS = 2, MEDIAN_KINDS = 3, MEDIAN_TURNS = 100, LARGE = 200 };

struct options {
    uint64_t first, count;
    unsigned jobs;
    unsigned only; /* TROUBLE_COUNT = as drawn */
    bool aloud, once, quick, no_restarts;
    const char *crash;  /* a story told in advance, stopped at its crash points */
    const char *points; /* how much of them all */
};

struct totals {
    uint64_t seeds, turns, requests, mutations, crashes, lasted_ms, settled, restarts, restart_calls;
    uint64_t changed[TROUBLE_COUNT], mutating[TROUBLE_COUNT];
    uint64_t tests[PROMISE_COUNT], failures[PROMISE_COUNT], failed_seed[PROMISE_COUNT];
    uint64_t bound_permille_sum;
    unsigned bound_permille_most;
    uint64_t bound_seed;
    char sentence[PROMISE_COUNT][600];
    unsigned objects[256], clouds[4], kinds[TROUBLE_DRAWN + 1];
    uint64_t turn_rank[24];     /* seeds by log2 of their turns */
    unsigned settle_rank[1001]; /* seeds by permille of the bound used */
    uint64_t dialect_seeds[CLOUD_DIALECT_COUNT], dialect_clouds[CLOUD_DIALECT_COUNT];
    uint64_t dialect_mutating[CLOUD_DIALECT_COUNT], dialect_crashes[CLOUD_DIALECT_COUNT];
};

static void add(struct totals *totals, uint64_t seed, const struct world_result *result)
{
    totals->seeds++;
    totals->turns += result->turns;
    totals->requests += result->requests;
    totals->mutations += result->mutations;
    totals->crashes += result->crashes;
    totals->restarts += result->restarts;
    totals->restart_calls += result->restart_calls;
    totals->lasted_ms += (uint64_t)result->lasted_ms;
    for (unsigned i = 0; i < TROUBLE_COUNT; i++) {
        totals->changed[i] += result->notes[i].changed;
        totals->mutating[i] += result->notes[i].mutating;
    }
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        totals->dialect_seeds[i] += result->dialects[i].clouds > 0;
        totals->dialect_clouds[i] += result->dialects[i].clouds;
        totals->dialect_mutating[i] += result->dialects[i].mutating;
        totals->dialect_crashes[i] += result->dialects[i].crashes;
    }
    for (unsigned i = 0; i < PROMISE_COUNT; i++)
        totals->tests[i] += result->tests[i];
    totals->objects[result->objects < 255 ? result->objects : 255]++;
    totals->clouds[result->clouds]++;
    totals->kinds[result->kinds]++;
    unsigned rank = 0;
    while (rank < 23 && result->turns >> (rank + 1))
        rank++;
    totals->turn_rank[rank]++;
    if (result->bound_ms > 0 && result->settled_ms > 0) {
        unsigned permille = (unsigned)(result->settled_ms * 1000 / result->bound_ms);
        totals->settled++;
        totals->settle_rank[permille > 1000 ? 1000 : permille]++;
        if (permille > totals->bound_permille_most) {
            totals->bound_permille_most = permille;
            totals->bound_seed = seed;
        }
    }
    if (!result->failed) return;
    if (totals->failures[result->promise]++ > 0) return;
    totals->failed_seed[result->promise] = seed;
    snprintf(totals->sentence[result->promise], sizeof totals->sentence[0], "%s", result->sentence);
}

static void merge(struct totals *to, const struct totals *from)
{
    uint64_t *sums[] = {&to->seeds,     &to->turns,   &to->requests, &to->mutations,    &to->crashes,
                        &to->lasted_ms, &to->settled, &to->restarts, &to->restart_calls};
    const uint64_t parts[] = {from->seeds,     from->turns,    from->requests,
                              from->mutations, from->crashes,  from->lasted_ms,
                              from->settled,   from->restarts, from->restart_calls};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        *sums[i] += parts[i];
    for (unsigned i = 0; i < TROUBLE_COUNT; i++) {
        to->changed[i] += from->changed[i];
        to->mutating[i] += from->mutating[i];
    }
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        to->dialect_seeds[i] += from->dialect_seeds[i];
        to->dialect_clouds[i] += from->dialect_clouds[i];
        to->dialect_mutating[i] += from->dialect_mutating[i];
        to->dialect_crashes[i] += from->dialect_crashes[i];
    }
    for (unsigned i = 0; i < 256; i++)
        to->objects[i] += from->objects[i];
    for (unsigned i = 0; i < 4; i++)
        to->clouds[i] += from->clouds[i];
    for (unsigned i = 0; i <= TROUBLE_DRAWN; i++)
        to->kinds[i] += from->kinds[i];
    for (unsigned i = 0; i < 24; i++)
        to->turn_rank[i] += from->turn_rank[i];
    for (unsigned i = 0; i <= 1000; i++)
        to->settle_rank[i] += from->settle_rank[i];
    if (from->bound_permille_most > to->bound_permille_most) {
        to->bound_permille_most = from->bound_permille_most;
        to->bound_seed = from->bound_seed;
    }
    for (unsigned i = 0; i < PROMISE_COUNT; i++) {
        to->tests[i] += from->tests[i];
        if (from->failures[i] && (to->failures[i] == 0 || from->failed_seed[i] < to->failed_seed[i])) {
            to->failed_seed[i] = from->failed_seed[i];
            memcpy(to->sentence[i], from->sentence[i], sizeof to->sentence[i]);
        }
        to->failures[i] += from->failures[i];
    }
}

static void run_seed(const struct options *options, uint64_t seed, struct totals *totals)
{
    struct world_result result, again;
    struct world_options how = {.only = options->only, .reads = true, .restarts = !options->no_restarts};
    world_run(seed, &how, &result);
    if (!options->once && !result.failed) {
        how.restarts = how.reads = false; /* they must leave no trace */
        world_run(seed, &how, &again);
        result.tests[PROMISE_DETERMINISM]++;
        if (again.hash != result.hash || again.turns != result.turns || again.failed) {
            result.failed = true;
            result.promise = PROMISE_DETERMINISM;
            snprintf(result.sentence, sizeof result.sentence,
                     "two runs of the seed differ (%llu turns and %llu turns)",
                     (unsigned long long)result.turns, (unsigned long long)again.turns);
        }
    }
    if (result.failed && totals->failures[result.promise] < FAILURES_SHOWN) {
        printf("# seed %llu broke %s: %s\n", (unsigned long long)seed, promise_name(result.promise),
               result.sentence);
        fflush(stdout);
    }
    add(totals, seed, &result);
}

/* --- workers --- */

struct worker {
    pid_t pid;
    int fd;
    bool failed;
};

static void work(const struct options *options, unsigned part, int fd)
{
    struct totals *totals = grow_to(NULL, sizeof *totals);
    *totals = (struct totals){0};
    for (uint64_t i = part; i < options->count; i += options->jobs)
        run_seed(options, options->first + i, totals);
    const char *at = (const char *)totals;
    for (size_t left = sizeof *totals; left > 0;) {
        ssize_t wrote = write(fd, at, left);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) exit(1);
        at += wrote;
        left -= (size_t)wrote;
    }
    free(totals);
    exit(0);
}

static bool read_totals(int fd, struct totals *out)
{
    char *at = (char *)out;
    for (size_t left = sizeof *out; left > 0;) {
        ssize_t got = read(fd, at, left);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        left -= (size_t)got;
    }
    return true;
}

static bool start_worker(const struct options *options, unsigned part, struct worker *worker)
{
    int ends[2];
    if (pipe(ends) != 0) return false;
    fflush(stdout);
    worker->pid = fork();
    if (worker->pid == 0) {
        close(ends[0]);
        work(options, part, ends[1]);
    }
    close(ends[1]);
    worker->fd = ends[0];
    return worker->pid > 0;
}

static bool run_all(const struct options *options, struct totals *totals)
{
    struct worker workers[JOBS_MAX];
    struct totals *part = grow_to(NULL, sizeof *part);
    bool good = true;
    for (unsigned i = 0; i < options->jobs; i++)
        good &= start_worker(options, i, &workers[i]);
    for (unsigned i = 0; i < options->jobs && good; i++) {
        int status = 0;
        bool read_well = read_totals(workers[i].fd, part);
        waitpid(workers[i].pid, &status, 0);
        close(workers[i].fd);
        if (read_well)
            merge(totals, part);
        else
            printf("# worker %u died (status %d): an assertion or a crash of the code under test\n", i,
                   status);
        good &= read_well;
    }
    free(part);
    return good;
}

/* --- the report --- */

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
static bool print_table(const struct options *options, const struct totals *totals)
{
    bool good = true, gated = totals->seeds >= GATED_SEEDS && options->only == TROUBLE_COUNT;
    printf("# %-18s %16s %20s\n", "fault", "changed a reply", "hit a mutating call");
    for (unsigned kind = 0; kind < TROUBLE_COUNT; kind++) {
        bool rare = totals->changed[kind] * 100 < totals->seeds ||
                    (trouble_is_for_calls(kind) && totals->mutating[kind] * 100 < totals->seeds);
        printf("# %-18s %16llu %20llu%s\n", trouble_name(kind), (unsigned long long)totals->changed[kind],
               (unsigned long long)totals->mutating[kind], rare && gated ? "  RARE" : "");
        good &= !(rare && gated);
    }
    return good;
}

/* Each dialect is the cloud of at least one seed in ten. */
static bool print_dialects(const struct options *options, const struct totals *totals)
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
static bool print_median(const struct options *options, const struct totals *totals)
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
    printf("# %llu turns, %llu requests, %llu mutating, %llu crashes, %.0f simulated hours in %.0f s\n",
           (unsigned long long)totals->turns, (unsigned long long)totals->requests,
           (unsigned long long)totals->mutations, (unsigned long long)totals->crashes,
           (double)totals->lasted_ms / 3600000.0, seconds);
    printf("# liveness, time over bound in permille: median %u, 99th percentile %u, worst %u (seed %llu)\n",
           percentile(totals->settle_rank, 1001, totals->settled, 50),
           percentile(totals->settle_rank, 1001, totals->settled, 99), totals->bound_permille_most,
           (unsigned long long)totals->bound_seed);
}

static void print_failure(const struct options *options, const struct totals *totals, unsigned promise)
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

static bool report(const struct options *options, const struct totals *totals, bool whole, double seconds)
{
    unsigned rows = PROMISE_COUNT + 4, row = 0;
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
    bool sized = print_median(options, totals);
    printf("%sok %u - the median seed is no small one, one in twenty is large\n", sized ? "" : "not ", ++row);
    print_sizes(totals, seconds);
    printf("# count: %llu seeds\n", (unsigned long long)totals->seeds);
    printf("# count: %llu restarts compared, %llu calls\n", (unsigned long long)totals->restarts,
           (unsigned long long)totals->restart_calls);
    return good && hard && spoken && sized;
}

/* --- options --- */

static void usage(FILE *out)
{
    fprintf(out, "usage: sim [--seeds N] [--from N] [--seed N] [--jobs N] [--fault NAME] [--once] [--trace] "
                 "[--quick] [--no-restarts]\n"
                 "       sim --crash STORY[:POINT.VARIANT] [--trace] | --crash-points "
                 "smoke|wide|one-fault|all [--jobs N]\n"
                 "  --seeds N     so many seeds (default 100), beginning with --from (default 1)\n"
                 "  --seed N      this one only\n"
                 "  --fault NAME  with this kind of fault only; `--fault list` names them\n"
                 "  --once        do not run each seed twice\n"
                 "  --trace       print everything that happens; with --seed\n"
                 "  --quick       do not show the last turns of failed seeds\n"
                 "  --no-restarts do not compare with a state that was rebuilt\n"
                 "  --crash NAME  a small story, stopped at this point or at all; `--crash list` names them\n"
                 "  --crash-points smoke|wide|one-fault|all  so much of all small stories\n");
}

static bool read_number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static void list_faults(void)
{
    for (unsigned i = 0; i < TROUBLE_DRAWN; i++)
        printf("%s\n", trouble_name(i));
}

static const struct option long_options[] = {{"seeds", required_argument, NULL, 'n'},
                                             {"from", required_argument, NULL, 'f'},
                                             {"seed", required_argument, NULL, 's'},
                                             {"jobs", required_argument, NULL, 'j'},
                                             {"fault", required_argument, NULL, 'F'},
                                             {"once", no_argument, NULL, 'o'},
                                             {"trace", no_argument, NULL, 't'},
                                             {"quick", no_argument, NULL, 'q'},
                                             {"no-restarts", no_argument, NULL, 'R'},
                                             {"crash", required_argument, NULL, 'c'},
                                             {"crash-points", required_argument, NULL, 'p'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

/* -1: go on; else the exit code. */
static int read_options(int argc, char **argv, struct options *out)
{
    uint64_t number = 0;
    for (int c; (c = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        bool numeric = strchr("nfsj", c) != NULL;
        if (numeric && !read_number(optarg, &number)) {
            fprintf(stderr, "sim: \"%s\" is not a number\n", optarg);
            return 64;
        }
        switch (c) {
        case 'n': out->count = number; break;
        case 'f': out->first = number; break;
        case 's':
            out->first = number;
            out->count = 1;
            break;
        case 'j': out->jobs = number < 1 ? 1 : number > JOBS_MAX ? JOBS_MAX : (unsigned)number; break;
        case 'F':
            if (trouble_from_name(optarg, &out->only)) break;
            list_faults();
            return strcmp(optarg, "list") == 0 ? 0 : 64;
        case 'o': out->once = true; break;
        case 't': out->aloud = true; break;
        case 'q': out->quick = true; break;
        case 'R': out->no_restarts = true; break;
        case 'c': out->crash = optarg; break;
        case 'p': out->points = optarg; break;
        case 'h': usage(stdout); return 0;
        default: usage(stderr); return 64;
        }
    }
    return -1;
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct options options = {.first = 1, .count = 100, .jobs = 1, .only = TROUBLE_COUNT};
    if (processors > 1) options.jobs = processors > JOBS_MAX ? JOBS_MAX : (unsigned)processors;
    int code = read_options(argc, argv, &options);
    if (code >= 0) return code;
    if (options.crash) return crash_run_one(options.crash, options.aloud);
    if (options.points) return crash_run(options.points, options.jobs);
    if (options.aloud) {
        struct world_result result;
        struct world_options how = {
            .only = options.only, .words = WORLD_ALOUD, .reads = true, .restarts = !options.no_restarts};
        world_run(options.first, &how, &result);
        if (result.failed)
            printf("# seed %llu broke %s: %s\n", (unsigned long long)options.first,
                   promise_name(result.promise), result.sentence);
        return result.failed;
    }
    if (options.jobs > options.count) options.jobs = (unsigned)options.count;
    struct totals *totals = grow_to(NULL, sizeof *totals);
    *totals = (struct totals){0};
    double begun = now_seconds();
    bool whole = run_all(&options, totals);
    bool good = report(&options, totals, whole, now_seconds() - begun);
    free(totals);
    return good ? 0 : 1;
}
