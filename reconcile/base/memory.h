#ifndef SETPOINT_BASE_MEMORY_H
#define SETPOINT_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Heap memory that never fails: exhaustion aborts in memory.c, the one place. Inputs are bounded by limits.h,
   so it is a bug; systemd restarts a daemon that loses nothing. All sizes are in bytes; contents of *_zero
   are 0. */

void *memory_alloc(size_t size);
void *memory_zero(size_t size);
void *memory_grow(void *old, size_t size);
char *memory_copy_text(const char *text);
void memory_free(void *p);

#define NEW(type) ((type *)memory_zero(sizeof(type)))

/* A growing row: `items` is reallocated so that at least one more element fits behind `count`. */
#define ROW_RESERVE(items, count, room)                                                                      \
    do {                                                                                                     \
        if ((count) == (room)) {                                                                             \
            (room) = (room) ? (room)*2 : 8;                                                                  \
            (items) = memory_grow((items), (size_t)(room) * sizeof *(items));                                \
        }                                                                                                    \
    } while (0)

#endif
