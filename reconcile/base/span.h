#ifndef SETPOINT_BASE_SPAN_H
#define SETPOINT_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

/* A view of bytes that somebody else owns and keeps alive. */
struct span {
    const char *at;
    size_t size;
};

struct span span_of(const char *text);
bool span_equal(struct span a, const char *b);

#endif
