#ifndef SETPOINT_TESTS_SIM_CRASH_POINTS_H
#define SETPOINT_TESTS_SIM_CRASH_POINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/cloud/cloud.h"

struct flight;
struct scenario;
struct world;

/* Exhaustive crash points. A small story is run once to its end and its points are counted; then the daemon
   is stopped at each of them, started again, and the run judged like any other.

   A point is a moment before or after something that outlives the process: a save is begun, a save is durable
   and the daemon has not heard of it, a request leaves, a mutating request has had its effect and is not
   answered yet. Between two of them a crash loses memory only. What is under way at a point ends in each way
   that it can (a variant): of the saves none, the first, … all are durable; mutating requests are lost,
   arrive, or arrive when the daemon is up again. */

enum { CRASH_FAULTS_MAX = 2, CRASH_FAULT_KINDS = 9, CRASH_NAME_SIZE = 160 };

/* The n-th mutating request that arrives (1 …) is hit by this kind, a place in the table of crash_points.c.
 */
struct crash_fault {
    unsigned request, kind;
};
const char *crash_fault_name(unsigned kind);

/* "openstack/replace+2=lost-after+3=ghost" */
struct crash_story {
    enum cloud_dialect dialect;
    const struct scenario *scenario;
    struct crash_fault faults[CRASH_FAULTS_MAX];
    unsigned fault_count;
};
void crash_story_name(const struct crash_story *story, char out[CRASH_NAME_SIZE]);
/* The same, and ":POINT.VARIANT" behind it if there is one: else both 0. false: it is no such name. */
bool crash_story_parse(const char *name, struct crash_story *out, unsigned *out_point, unsigned *out_variant);

enum crash_mode {
    CRASH_NEVER, /* points are counted */
    CRASH_ONCE,  /* at .point, in its .variant */
    CRASH_EACH   /* at each up to .until, in a copy of the world; the run itself goes on unharmed */
};

struct crash_points {
    struct crash_story story;
    enum crash_mode mode;
    unsigned point, variant;
    unsigned until;
    /* CRASH_EACH: is this one wanted? And: the copy has ended, with its result where .copy points to, unless
       status (waitpid's) says that it died. */
    bool (*is_wanted)(const struct crash_points *points, unsigned point, unsigned variant);
    void (*ended)(const struct crash_points *points, unsigned point, unsigned variant, int status);
    void *ctx;
    bool is_copy; /* this process is one */

    /* What happened. */
    unsigned passed;   /* points */
    unsigned busy;     /* the last one of them that came with something written or changed */
    unsigned requests; /* mutating ones that arrived */
    unsigned hits;     /* bits: faults that changed something */
    unsigned crashed;  /* the point at which it was */
    int64_t point_ms;
};

/* A point is passed; moved: something outlives the process that was not there before. true: the daemon was
 * killed. */
bool crash_points_pass(struct world *world, bool moved);
/* A request is about to be carried out, and was: gives the cloud the fault that is to hit it, and takes it
 * back. */
unsigned crash_points_arrive(struct world *world, const struct flight *flight);
void crash_points_arrived(struct world *world, const struct flight *flight, unsigned fault);

#endif
