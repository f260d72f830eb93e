#ifndef SETPOINT_TESTS_SIM_TRACE_H
#define SETPOINT_TESTS_SIM_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What happened, in words, and the hash of it by which two runs of one seed are compared. The words of the
   newest turns are kept only when asked for (a failed seed is run again with them): the hash is always there.
 */
enum { TRACE_TURNS = 50 };

struct trace {
    uint64_t hash;
    bool words;     /* keep words */
    bool aloud;     /* and print them at once */
    uint64_t turns; /* ended so far */
    char *lines[TRACE_TURNS];
    size_t sizes[TRACE_TURNS], rooms[TRACE_TURNS];
};

void trace_release(struct trace *trace);
/* Adds to the hash only. */
void trace_mix(struct trace *trace, const void *bytes, size_t size);
void trace_mix_text(struct trace *trace, const char *text); /* NULL is told from "" */
/* Words only; cheap when they are not wanted. */
void trace_say(struct trace *trace, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_turn(struct trace *trace); /* what was said so far belongs to the turn that ends here */
void trace_print(const struct trace *trace, FILE *out);

#endif
