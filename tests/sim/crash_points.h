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

enum {
    CRASH_FAULTS_MAX = 2,
    CRASH_FAULT_KINDS = 11,
    CRASHES_MAX = 2,  /* the second one hits what the first one left */
    CRASH_AGAIN = 16, /* points after a start at which that may be */
    CRASH_NAME_SIZE = 200
};

/* The n-th mutating request that arrives (1 …) is hit by this kind, a place in the table of crash_points.c;
   0: it is there all the time, and hits reads. */
struct crash_fault {
    unsigned request, kind;
};
const char *crash_fault_name(unsigned kind);
bool crash_fault_is_lasting(unsigned kind); /* .request is 0 */

/* "openstack/replace+2=lost-after+3=ghost" */
struct crash_story {
    enum cloud_dialect dialect;
    const struct scenario *scenario;
    struct crash_fault faults[CRASH_FAULTS_MAX];
    unsigned fault_count;
};

struct crash_at { /* points count from 1 at each start of the daemon */
    unsigned point, variant;
};

enum crash_mode {
    CRASH_COUNT, /* never */
    CRASH_THERE, /* at .at, one after the other */
    CRASH_EACH   /* at each point up to .until, in a copy of the world; the run itself goes on unharmed */
};

struct crash_points {
    struct crash_story story;
    enum crash_mode mode;
    struct crash_at at[CRASHES_MAX];
    unsigned at_count;
    unsigned until;
    /* CRASH_EACH, with what a copy is to do (its mode is CRASH_THERE): is it wanted? Is it to be stopped a
       second time, at each point? And: it has ended; status is waitpid's. */
    bool (*is_wanted)(const struct crash_points *copy);
    bool (*is_stopped_again)(const struct crash_points *copy);
    void (*ended)(const struct crash_points *copy, int status);
    void *ctx;
    bool is_copy; /* this process is one */

    /* What happened. */
    unsigned crashes;
    unsigned passed;   /* points since the last start */
    unsigned busy;     /* the last one that came with something written or changed, before a crash */
    unsigned requests; /* mutating ones that arrived */
    unsigned hits;     /* bits: faults that changed something */
    int64_t point_ms;  /* of the newest point */
};

/* "openstack/replace+3=ghost:20.1:4.0": a story, and where it is stopped, if it is. */
void crash_points_name(const struct crash_points *points, char out[CRASH_NAME_SIZE]);
/* false: it is no such name. */
bool crash_points_parse(const char *name, struct crash_points *out);

/* A point is passed; moved: something outlives the process that was not there before. true: the daemon was
 * killed. */
bool crash_points_pass(struct world *world, bool moved);
/* The time worth watching begins: lasting faults do. */
void crash_points_begin(struct world *world);
/* A request is about to be carried out, and was: gives the cloud the fault that is to hit it, and takes it
 * back. */
unsigned crash_points_arrive(struct world *world, const struct flight *flight);
void crash_points_arrived(struct world *world, const struct flight *flight, unsigned fault);

#endif
