#ifndef SETPOINT_TESTS_SIM_CALL_LOG_H
#define SETPOINT_TESTS_SIM_CALL_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Mutating calls in the order in which they were sent, as words: what two runs beside each other are compared
   by. */
struct called {
    char *object; /* "source/name" */
    char *words;  /* "Resize 1f0c… m2.c2m4" */
    bool vain;    /* sent to a server that had just gone: without effect */
};

struct call_log {
    struct called *calls;
    unsigned count, room;
};

void call_log_add(struct call_log *log, const char *object, const char *words);
void call_log_add_vain(struct call_log *log, const char *object, const char *words);
void call_log_release(struct call_log *log);
/* Lines "object\twords\n", vain ones "object\twords\t\n", and back; what is no such line is left out. The
   text is to be freed. */
char *call_log_write(const struct call_log *log, size_t *out_size);
void call_log_read(struct call_log *log, const char *text);
/* The words last said of the object; "" = none. */
const char *call_log_last(const struct call_log *log, const char *object);

/* The same calls per object, in order; a call that is tried again counts once, for how often it is refused is
   a matter of time. `cut`: at least one of the runs was stopped before it came to rest, so
   that its calls may be the beginning of the other's. Attachments are compared beside the rest: a volume that
   a hand detached is missed when its cloud is read, which may be before or after the next call. So is, in a
   list that lags, a server that went: with the vain calls or without them must both send the same. false:
   *out_object is one for which they are not, of those that `is_excused` (of the ctx) does not except. */
struct excuse {
    bool (*is_excused)(const void *ctx, const char *object);
    const void *ctx;
};
bool call_log_equal(const struct call_log *a, const struct call_log *b, bool cut, struct excuse excuse,
                    const char **out_object);
/* The object's calls, for people. */
void call_log_show(const struct call_log *log, const char *object, char *out, size_t size);

#endif
