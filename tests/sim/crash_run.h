#ifndef SETPOINT_TESTS_SIM_CRASH_RUN_H
#define SETPOINT_TESTS_SIM_CRASH_RUN_H

#include <stdbool.h>

/* Stops every scenario in every dialect at every crash point (crash_points.h), and reports in TAP. */

enum crash_extent {
    CRASH_SMOKE,     /* a part of all, for make check */
    CRASH_WIDE,      /* a larger part, also with two faults and two crashes */
    CRASH_ONE_FAULT, /* all points of all stories with up to one fault */
    CRASH_ALL        /* and a part of those with two */
};

/* "smoke", "wide", "one-fault", "all"; the program's exit code. */
int crash_run(const char *extent, unsigned jobs);
/* One story, as crash_story_parse reads it: at its point, or, if it names none, at all of them. `aloud`: with
   everything that happens; "list" prints the names of stories. */
int crash_run_one(const char *name, bool aloud);

#endif
