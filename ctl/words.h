#ifndef SETPOINT_CTL_WORDS_H
#define SETPOINT_CTL_WORDS_H

#include <stdint.h>

#include "ctl/screen.h"

/* How the daemon's words look: colour and order only; what they mean is decided in the core. A word that is
   not known here is shown plain, after the others. */

struct standing {
    const char *word;
    enum ink ink;
    const char *counted_as; /* in the line above the table; NULL = not counted there */
};

enum { STANDING_COUNT = 6 };

/* In the order of the table; the last one, Converged, folds. */
extern const struct standing standings[STANDING_COUNT];
unsigned verdict_order(const char *word); /* STANDING_COUNT when unknown */
enum ink verdict_ink(const char *word);
enum ink phase_ink(const char *word);

/* "0:12" since then, "0:25" until then, "now" when that is over; "" when wall_ms < 0. */
enum { SPAN_SIZE = 24 };
void words_since(int64_t wall_ms, int64_t now_wall_ms, char out[SPAN_SIZE]);
void words_until(int64_t wall_ms, int64_t now_wall_ms, char out[SPAN_SIZE]);
/* Local time "2026-01-31 03:00:00"; "" when wall_ms < 0. */
void words_time(int64_t wall_ms, char out[SPAN_SIZE]);

#endif
