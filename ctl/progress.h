#ifndef SETPOINT_CTL_PROGRESS_H
#define SETPOINT_CTL_PROGRESS_H

#include <stdint.h>

#include "ctl/screen.h"
#include "ctl/words.h"

/* The line above the table, one per source:
   prod  ███████████████░░░░░  9/12   1 waiting · 1 blocked          0:41, about 0:20 to go
   The time runs from when somebody began to look at objects that are not all converged. */

enum { PROGRESS_SOURCES = 64, PROGRESS_NAME = 33 };

struct progress_source {
    char name[PROGRESS_NAME];
    uint32_t objects, converged;
    uint32_t counts[STANDING_COUNT + 1];
    int64_t began_ms; /* -1 = nothing to do */
    uint32_t began_converged;
    int64_t ended_ms; /* -1 = still at it */
};

struct progress {
    struct progress_source sources[PROGRESS_SOURCES];
    unsigned count;
    uint32_t others; /* objects of sources beyond PROGRESS_SOURCES */
};

void progress_init(struct progress *progress);
/* Counts anew; times stay. */
void progress_begin(struct progress *progress);
void progress_count(struct progress *progress, const char *source, const char *verdict);
void progress_end(struct progress *progress, int64_t now_ms);
/* timed: with elapsed and estimate, for --watch. */
void progress_add(const struct progress *progress, const struct screen *screen, bool timed, int64_t now_ms,
                  struct text *out);
/* Lines that progress_add writes. */
unsigned progress_lines(const struct progress *progress);

#endif
