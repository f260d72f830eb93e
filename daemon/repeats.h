#ifndef SETPOINT_DAEMON_REPEATS_H
#define SETPOINT_DAEMON_REPEATS_H

#include <stdbool.h>
#include <stdint.h>

/* Which entries are written and which are only counted. An entry has a key; of each key the first `told`
   within `span_ms` are written, the others counted until the span is over. What was counted is then told
   once, with its number. Knows no texts: `slot` is where its owner may keep those of a row, below
   REPEATS_ROWS. Time is the caller's. */
enum { REPEATS_ROWS = 512 /* keys at a time; what finds no row is written */ };

struct repeats {
    struct repeat {
        uint64_t key;     /* 0 = free */
        int64_t end_ms;   /* of the span */
        uint32_t told;    /* written so far */
        uint32_t counted; /* not written since */
    } rows[REPEATS_ROWS];
    int64_t next_ms; /* no span ends before; 0 = none runs */
};

enum repeat_verdict { REPEAT_WRITE, REPEAT_FIRST_COUNTED, REPEAT_COUNTED };

/* key: not 0. FIRST_COUNTED: the first of this row that is not written; *out_slot is the row's then. */
enum repeat_verdict repeats_judge(struct repeats *repeats, uint64_t key, uint32_t told, int64_t span_ms,
                                  int64_t now_ms, unsigned *out_slot);
/* Frees rows whose span is over; returns the count of the next one that has one, 0 when there is none any
 * more. */
uint32_t repeats_due(struct repeats *repeats, int64_t now_ms, unsigned *out_slot);

#endif
