#ifndef SETPOINT_TESTS_SIM_REPORT_H
#define SETPOINT_TESTS_SIM_REPORT_H

#include "tests/sim/totals.h"

struct run_options {
    uint64_t first, count;
    unsigned jobs;
    unsigned only; /* TROUBLE_COUNT = as drawn */
    bool aloud, once, quick, no_restarts;
    const char *crash;  /* a story told in advance, stopped at its crash points */
    const char *points; /* how much of them all */
};

/* Prints in TAP which promises held and what the seeds were like; false: something is not as it should be.
   whole: every seed ended. */
bool report_print(const struct run_options *options, const struct totals *totals, bool whole, double seconds);

#endif
