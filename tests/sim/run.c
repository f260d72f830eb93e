#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/crash_run.h"
#include "tests/sim/grow.h"
#include "tests/sim/report.h"

/* Runs seeds, each twice, and says in TAP which promises held. */

enum { JOBS_MAX = 64, FAILURES_SHOWN = 5 };

static void run_seed(const struct run_options *options, uint64_t seed, struct totals *totals)
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
    totals_add(totals, seed, &result);
}

/* --- workers --- */

/* Which seed each worker is at, for the one that dies in it. */
static uint64_t *seeds_begun;

struct worker {
    pid_t pid;
    int fd;
    bool failed;
};

static void work(const struct run_options *options, unsigned part, int fd)
{
    struct totals *totals = grow_to(NULL, sizeof *totals);
    *totals = (struct totals){0};
    for (uint64_t i = part; i < options->count; i += options->jobs) {
        seeds_begun[part] = options->first + i;
        run_seed(options, seeds_begun[part], totals);
    }
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

static bool start_worker(const struct run_options *options, unsigned part, struct worker *worker)
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

static bool run_all(const struct run_options *options, struct totals *totals)
{
    struct worker workers[JOBS_MAX];
    struct totals *part = grow_to(NULL, sizeof *part);
    bool good = true;
    seeds_begun =
        mmap(NULL, JOBS_MAX * sizeof *seeds_begun, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seeds_begun == MAP_FAILED) return false;
    for (unsigned i = 0; i < options->jobs; i++)
        good &= start_worker(options, i, &workers[i]);
    for (unsigned i = 0; i < options->jobs && good; i++) {
        int status = 0;
        bool read_well = read_totals(workers[i].fd, part);
        waitpid(workers[i].pid, &status, 0);
        close(workers[i].fd);
        if (read_well)
            totals_merge(totals, part);
        else
            printf("# worker %u died (status %d) in seed %llu: an assertion or a crash of the code under "
                   "test\n",
                   i, status, (unsigned long long)seeds_begun[i]);
        good &= read_well;
    }
    free(part);
    return good;
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
static int read_options(int argc, char **argv, struct run_options *out)
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
    struct run_options options = {.first = 1, .count = 100, .jobs = 1, .only = TROUBLE_COUNT};
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
    bool good = report_print(&options, totals, whole, now_seconds() - begun);
    free(totals);
    return good ? 0 : 1;
}
