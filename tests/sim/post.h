#ifndef SETPOINT_TESTS_SIM_POST_H
#define SETPOINT_TESTS_SIM_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/dice.h"
#include "tests/sim/fleet.h"
#include "tests/sim/judge_news.h"

/* Who is notified: in about one seed of four one target that hears of everything, and in some of these a
   second one that asked for less. It takes what it is sent after a while, and in the time of faults also does
   not, with dice of its own; afterwards it takes everything. */

enum post_end {
    POST_TAKEN,
    POST_LOST,        /* it never arrives */
    POST_ANSWER_LOST, /* it is taken, and the daemon is told that it was not */
    POST_REFUSED,     /* for what it says: again and again, while others are taken */
    POST_DOWN,        /* nothing is taken for minutes */
    POST_QUIET,       /* and it says from when on it may be asked */
    POST_CRASHED,     /* the daemon dies while it waits for the answer */
    POST_ENDS
};

enum { POST_ID = 32, POSTS_MAX = 8, POST_DISLIKED = 8 };

struct post {        /* under way */
    uint64_t number; /* 0 = free */
    unsigned machine, target;
    char id[POST_ID];
    enum post_end end;
    int64_t quiet_until_ms;
};

struct post_office {
    struct dice dice;
    uint64_t last;
    struct post posts[POSTS_MAX];
    int64_t down_until_ms[FLEET_TARGETS_MAX], quiet_until_ms[FLEET_TARGETS_MAX];
    char disliked[POST_DISLIKED][POST_ID]; /* a ring */
    unsigned disliked_next;
    uint64_t ends[POST_ENDS];
};

struct post_note {           /* for the report */
    uint64_t seeds;          /* with targets */
    uint64_t second;         /* with two */
    uint64_t messages_seeds; /* in which something was told */
    uint64_t ends[POST_ENDS];
    struct news_counts counts;
};

struct world;
struct story;
struct notification;

void post_draw(struct story *story);
/* The one that hears of everything. */
void post_add_target(struct story *story);
void post_begin(struct world *world);
void post_notify(struct world *world, const struct notification *notification);
void post_answer(struct world *world, uint64_t number);
/* A target leaves the configuration, or comes back. */
void post_reconfigure(struct world *world);
/* The process that waits for answers is gone. */
void post_forget(struct world *world);
/* The quiet at the end: until everything was taken, and what stands was told. */
void post_run(struct world *world, void (*run_until)(struct world *world, int64_t until_ms));
void post_sum_up(const struct world *world, struct post_note *out);
void post_merge(struct post_note *to, const struct post_note *from);
/* The table, and whether each way was met as far as so many seeds can tell. */
bool post_report(const struct post_note *note, bool gated);

#endif
