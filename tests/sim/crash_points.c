#include "tests/sim/crash_points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/scenario.h"
#include "tests/sim/wire.h"
#include "tests/sim/world.h"

/* --- faults --- */

struct fault_row {
    const char *name;
    struct cloud_fault fault;
};

/* In the times of scenario_draw: what is held open ends with the client's time-out, a ghost comes within
 * settle. */
static const struct fault_row fault_rows[CRASH_FAULT_KINDS] = {
    {"lost-before", {.kind = CLOUD_FAULT_LOST_BEFORE}},
    {"lost-after", {.kind = CLOUD_FAULT_LOST_AFTER}},
    {"held-after", {.kind = CLOUD_FAULT_LOST_AFTER, .number = 1}},
    {"error-after", {.kind = CLOUD_FAULT_ERROR_AFTER}},
    {"ghost", {.kind = CLOUD_FAULT_GHOST, .value_ms = 6000}},
    {"ghost-error", {.kind = CLOUD_FAULT_GHOST, .value_ms = 6000, .status = 500}},
    {"ignored", {.kind = CLOUD_FAULT_IGNORED}},
    {"build-error", {.kind = CLOUD_FAULT_BUILD_ERROR, .text = "No valid host was found."}},
    {"action-error", {.kind = CLOUD_FAULT_ACTION_ERROR, .text = "libvirtError: internal error"}},
};

const char *crash_fault_name(unsigned kind)
{
    return fault_rows[kind].name;
}

static bool is_watched(const struct world *world)
{
    return world->crash && !world->calm && world->now_ms >= scenario_begin_ms(world->crash->story.scenario);
}

/* Not yet among the requests: what is carried out now. */
unsigned crash_points_arrive(struct world *world, const struct flight *flight)
{
    if (!is_watched(world) || !flight->mutating) return 0;
    struct crash_points *points = world->crash;
    points->requests++;
    for (unsigned i = 0; i < points->story.fault_count; i++) {
        if (points->story.faults[i].request != points->requests) continue;
        struct cloud_fault fault = fault_rows[points->story.faults[i].kind].fault;
        fault.count = 1;
        return cloud_fault_add(world->clouds[flight->cloud], &fault);
    }
    return 0;
}

void crash_points_arrived(struct world *world, const struct flight *flight, unsigned fault)
{
    struct cloud *cloud = world->clouds[flight->cloud];
    struct crash_points *points = world->crash;
    struct cloud_fault_count count;
    struct cloud_fault its;
    unsigned id;
    for (size_t at = 0; fault && cloud_fault_at(cloud, at, &id, &its, &count); at++) {
        if (id != fault) continue;
        for (unsigned i = 0; i < points->story.fault_count && count.changed > 0; i++)
            if (points->story.faults[i].request == points->requests) points->hits |= 1u << i;
        cloud_fault_remove(cloud, fault);
        return;
    }
}

/* --- names --- */

void crash_story_name(const struct crash_story *story, char out[CRASH_NAME_SIZE])
{
    int used =
        snprintf(out, CRASH_NAME_SIZE, "%s/%s", cloud_dialect_name(story->dialect), story->scenario->name);
    for (unsigned i = 0; i < story->fault_count && used < CRASH_NAME_SIZE; i++)
        used += snprintf(out + used, (size_t)(CRASH_NAME_SIZE - used), "+%u=%s", story->faults[i].request,
                         crash_fault_name(story->faults[i].kind));
}

static bool parse_dialect(const char *name, enum cloud_dialect *out)
{
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++)
        if (strcmp(cloud_dialect_name((enum cloud_dialect)i), name) == 0) {
            *out = (enum cloud_dialect)i;
            return true;
        }
    return false;
}

/* "2=ghost" */
static bool parse_fault(char *word, struct crash_story *out)
{
    char *end;
    struct crash_fault fault = {.request = (unsigned)strtoul(word, &end, 10)};
    if (*end != '=' || out->fault_count == CRASH_FAULTS_MAX) return false;
    while (fault.kind < CRASH_FAULT_KINDS && strcmp(fault_rows[fault.kind].name, end + 1) != 0)
        fault.kind++;
    out->faults[out->fault_count++] = fault;
    return fault.kind < CRASH_FAULT_KINDS;
}

static bool parse_point(const char *word, unsigned *out_point, unsigned *out_variant)
{
    char *end;
    *out_point = (unsigned)strtoul(word, &end, 10);
    if (*end == '.') *out_variant = (unsigned)strtoul(end + 1, &end, 10);
    return *end == '\0' && *out_point > 0;
}

bool crash_story_parse(const char *name, struct crash_story *out, unsigned *out_point, unsigned *out_variant)
{
    char copy[CRASH_NAME_SIZE], *rest = NULL;
    *out = (struct crash_story){0};
    *out_point = *out_variant = 0;
    if (strlen(name) >= sizeof copy) return false;
    memcpy(copy, name, strlen(name) + 1);
    char *colon = strchr(copy, ':'), *slash = strchr(copy, '/');
    if (!slash) return false;
    if (colon) *colon = '\0';
    *slash = '\0';
    char *scenario = strtok_r(slash + 1, "+", &rest);
    out->scenario = scenario ? scenario_find(scenario) : NULL;
    if (!out->scenario || !parse_dialect(copy, &out->dialect)) return false;
    for (char *word; (word = strtok_r(NULL, "+", &rest));)
        if (!parse_fault(word, out)) return false;
    return scenario_fits(out->scenario, out->dialect) &&
           (!colon || parse_point(colon + 1, out_point, out_variant));
}

/* --- points --- */

static unsigned fates_of(const struct world *world)
{
    for (unsigned i = 0; i < world->flight_count; i++) {
        const struct flight *flight = &world->flights[i];
        if (flight->id && flight->mutating && !flight->arrived) return 3;
    }
    return 1;
}

static unsigned variants_of(const struct world *world)
{
    return (disk_under_way(world->disk) + 1) * fates_of(world);
}

/* Away for a moment, for longer than a request may take, or for longer than settle. */
static int64_t away_ms(unsigned point, unsigned variant, enum wire_fate fate)
{
    static const int64_t times[] = {1000, 2500, 1000, 9000, 1500, 25000};
    if (fate == WIRE_LATE) return times[0];
    return times[(point + variant) % (sizeof times / sizeof *times)];
}

static void kill_daemon(struct world *world, unsigned point, unsigned variant)
{
    static const enum wire_fate fates[] = {WIRE_LOST, WIRE_ARRIVES, WIRE_LATE};
    unsigned saves = disk_under_way(world->disk) + 1;
    struct crash_end end = {.durable = variant % saves, .fate = fates[variant / saves % 3]};
    end.away_ms = away_ms(point, variant, end.fate);
    trace_say(&world->trace, "%lld: crash point %u.%u: %u saves become durable, requests %s",
              (long long)world->now_ms, point, variant, end.durable,
              (const char *const[]){"as drawn", "are lost", "arrive", "arrive late"}[end.fate]);
    world->crash->crashed = point;
    world_crash_so(world, &end);
}

/* The copy goes on as the crashed one. */
static bool copy(struct world *world, unsigned variant)
{
    struct crash_points *points = world->crash;
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) abort();
    if (pid == 0) {
        points->mode = CRASH_NEVER;
        points->is_copy = true;
        kill_daemon(world, points->passed, variant);
        return true;
    }
    int status = 0;
    waitpid(pid, &status, 0);
    points->ended(points, points->passed, variant, status);
    return false;
}

bool crash_points_pass(struct world *world, bool moved)
{
    struct crash_points *points = world->crash;
    if (!is_watched(world) || !world->up || points->crashed) return false;
    if (!moved && points->passed > 0 && points->point_ms == world->now_ms) return false;
    points->passed++;
    points->point_ms = world->now_ms;
    if (moved) points->busy = points->passed;
    if (points->mode == CRASH_ONCE && points->passed == points->point) {
        kill_daemon(world, points->point, points->variant);
        return true;
    }
    if (points->mode != CRASH_EACH || points->passed > points->until) return false;
    for (unsigned variant = 0, count = variants_of(world); variant < count; variant++)
        if (points->is_wanted(points, points->passed, variant) && copy(world, variant)) return true;
    return false;
}
