#include "tests/sim/crash_points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/scenario.h"
#include "tests/sim/wire.h"
#include "tests/sim/world.h"

enum { PART_OF_DICE = 9 };

/* --- faults --- */

struct fault_row {
    const char *name;
    bool lasting;
    struct cloud_fault fault;
};

/* In the times of scenario_draw: what is held open ends with the client's time-out; a ghost comes within
   settle, though its request was late and the list that shows it lags. */
static const struct fault_row fault_rows[CRASH_FAULT_KINDS] = {
    {"lost-before", false, {.kind = CLOUD_FAULT_LOST_BEFORE}},
    {"lost-after", false, {.kind = CLOUD_FAULT_LOST_AFTER}},
    {"held-after", false, {.kind = CLOUD_FAULT_LOST_AFTER, .number = 1}},
    {"error-after", false, {.kind = CLOUD_FAULT_ERROR_AFTER}},
    {"ghost", false, {.kind = CLOUD_FAULT_GHOST, .value_ms = 5000}},
    {"ghost-error", false, {.kind = CLOUD_FAULT_GHOST, .value_ms = 5000, .status = 500}},
    {"ignored", false, {.kind = CLOUD_FAULT_IGNORED}},
    {"build-error", false, {.kind = CLOUD_FAULT_BUILD_ERROR, .text = "No valid host was found."}},
    {"action-error", false, {.kind = CLOUD_FAULT_ACTION_ERROR, .text = "libvirtError: internal error"}},
    {"lagging-list", true, {.kind = CLOUD_FAULT_LAGGING_LIST, .value_ms = 3000}},
    {"lagging-show", true, {.kind = CLOUD_FAULT_LAGGING_SHOW, .value_ms = 3000}},
};

bool crash_fault_is_lasting(unsigned kind)
{
    return fault_rows[kind].lasting;
}

const char *crash_fault_name(unsigned kind)
{
    return fault_rows[kind].name;
}

static bool is_watched(const struct world *world)
{
    return world->crash && !world->calm && world->now_ms >= scenario_begin_ms(world->crash->story.scenario);
}

void crash_points_begin(struct world *world)
{
    struct crash_points *points = world->crash;
    for (unsigned i = 0; i < points->story.fault_count; i++) {
        if (points->story.faults[i].request > 0) continue;
        struct cloud_fault fault = fault_rows[points->story.faults[i].kind].fault;
        fault.from_ms = scenario_begin_ms(points->story.scenario);
        fault.until_ms = world->story.chaos_ms;
        cloud_fault_add(world->clouds[0], &fault);
        points->hits |= 1u << i;
    }
}

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

void crash_points_name(const struct crash_points *points, char out[CRASH_NAME_SIZE])
{
    const struct crash_story *story = &points->story;
    int used =
        snprintf(out, CRASH_NAME_SIZE, "%s/%s", cloud_dialect_name(story->dialect), story->scenario->name);
    for (unsigned i = 0; i < story->fault_count && used < CRASH_NAME_SIZE; i++)
        used += snprintf(out + used, (size_t)(CRASH_NAME_SIZE - used), "+%u=%s", story->faults[i].request,
                         crash_fault_name(story->faults[i].kind));
    for (unsigned i = 0; i < points->at_count && used < CRASH_NAME_SIZE; i++)
        used += snprintf(out + used, (size_t)(CRASH_NAME_SIZE - used), ":%u.%u", points->at[i].point,
                         points->at[i].variant);
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
static bool parse_fault(const char *word, struct crash_story *out)
{
    char *end;
    struct crash_fault fault = {.request = (unsigned)strtoul(word, &end, 10)};
    if (*end != '=' || out->fault_count == CRASH_FAULTS_MAX) return false;
    while (fault.kind < CRASH_FAULT_KINDS && strcmp(fault_rows[fault.kind].name, end + 1) != 0)
        fault.kind++;
    out->faults[out->fault_count++] = fault;
    return fault.kind < CRASH_FAULT_KINDS && fault_rows[fault.kind].lasting == (fault.request == 0);
}

/* "20.1" */
static bool parse_at(const char *word, struct crash_points *out)
{
    char *end;
    struct crash_at at = {.point = (unsigned)strtoul(word, &end, 10)};
    if (at.point == 0 || *end != '.' || out->at_count == CRASHES_MAX) return false;
    at.variant = (unsigned)strtoul(end + 1, &end, 10);
    out->at[out->at_count++] = at;
    return *end == '\0';
}

/* Cuts the text at the next one of these; what stands behind it, NULL = nothing. */
static char *cut(char *text, const char *marks, char *out_mark)
{
    char *at = strpbrk(text, marks);
    if (!at) return NULL;
    *out_mark = *at;
    *at = '\0';
    return at + 1;
}

bool crash_points_parse(const char *name, struct crash_points *out)
{
    char copy[CRASH_NAME_SIZE], mark = '\0', next = '\0';
    *out = (struct crash_points){0};
    if (strlen(name) >= sizeof copy) return false;
    memcpy(copy, name, strlen(name) + 1);
    char *scenario = cut(copy, "/", &mark);
    if (!scenario || !parse_dialect(copy, &out->story.dialect)) return false;
    char *word = cut(scenario, "+:", &mark);
    out->story.scenario = scenario_find(scenario);
    if (!out->story.scenario || !scenario_fits(out->story.scenario, out->story.dialect)) return false;
    for (char *rest; word; word = rest, mark = next) {
        rest = cut(word, "+:", &next);
        if (!(mark == '+' ? parse_fault(word, &out->story) : parse_at(word, out))) return false;
    }
    if (out->at_count > 0) out->mode = CRASH_THERE;
    return true;
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

/* Away for a moment, for longer than a request may take, than settle, or than anything. */
static int64_t away_ms(unsigned point, unsigned variant, enum wire_fate fate)
{
    static const int64_t times[] = {1000, 2500, 1000, 9000, 1500, 25000, 300000};
    if (fate == WIRE_LATE) return times[0];
    return times[(point + variant) % (sizeof times / sizeof *times)];
}

static void kill_daemon(struct world *world, const struct crash_at *at)
{
    static const enum wire_fate fates[] = {WIRE_LOST, WIRE_ARRIVES, WIRE_LATE};
    static const char *const words[] = {
        [WIRE_LOST] = "are lost", [WIRE_ARRIVES] = "arrive", [WIRE_LATE] = "arrive late"};
    struct crash_points *points = world->crash;
    unsigned saves = disk_under_way(world->disk) + 1;
    struct crash_end end = {.durable = at->variant % saves, .fate = fates[at->variant / saves % 3]};
    end.away_ms = away_ms(at->point, at->variant, end.fate);
    trace_say(&world->trace, "%lld: crash point %u.%u: %u of %u saves become durable, requests %s",
              (long long)world->now_ms, at->point, at->variant, end.durable, saves - 1, words[end.fate]);
    points->crashes++;
    world->dice_time = dice_new(at->point * 64 + at->variant, PART_OF_DICE);
    points->passed = 0;
    world_crash_so(world, &end);
}

/* In a copy of the world; true: this is it. */
static bool stop_copy(struct world *world, const struct crash_points *copy)
{
    struct crash_points *points = world->crash;
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) abort();
    if (pid == 0) {
        bool again = copy->at_count < CRASHES_MAX && points->is_stopped_again(copy);
        points->at[points->at_count++] = copy->at[copy->at_count - 1];
        points->mode = again ? CRASH_EACH : CRASH_COUNT;
        points->until = CRASH_AGAIN;
        points->is_copy = true;
        kill_daemon(world, &points->at[points->at_count - 1]);
        return true;
    }
    int status = 0;
    waitpid(pid, &status, 0);
    points->ended(copy, status);
    return false;
}

static bool stop_copies(struct world *world)
{
    const struct crash_points *points = world->crash;
    for (unsigned variant = 0, count = variants_of(world); variant < count; variant++) {
        struct crash_points copy = {.story = points->story, .mode = CRASH_THERE, .ctx = points->ctx};
        memcpy(copy.at, points->at, sizeof copy.at);
        copy.at_count = points->at_count + 1;
        copy.at[points->at_count] = (struct crash_at){points->passed, variant};
        if (points->is_wanted(&copy) && stop_copy(world, &copy)) return true;
    }
    return false;
}

bool crash_points_pass(struct world *world, bool moved)
{
    struct crash_points *points = world->crash;
    if (!is_watched(world) || !world->up || points->crashes == CRASHES_MAX) return false;
    if (!moved && points->passed > 0 && points->point_ms == world->now_ms) return false;
    points->passed++;
    points->point_ms = world->now_ms;
    if (moved && points->crashes == 0) points->busy = points->passed;
    if (points->mode == CRASH_EACH) return points->passed <= points->until && stop_copies(world);
    const struct crash_at *at = &points->at[points->crashes];
    if (points->mode == CRASH_COUNT || points->crashes == points->at_count || points->passed != at->point)
        return false;
    kill_daemon(world, at);
    return true;
}
