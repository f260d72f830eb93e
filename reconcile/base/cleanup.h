#ifndef SETPOINT_BASE_CLEANUP_H
#define SETPOINT_BASE_CLEANUP_H

#include "reconcile/base/arena.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

/* Scope exit. TAKE() hands the value on and disarms the cleanup. */
static inline void cleanup_memory(void *p)
{
    memory_free(*(void **)p);
}

#define AUTO_FREE  __attribute__((cleanup(cleanup_memory)))
#define AUTO_TEXT  __attribute__((cleanup(text_release)))
#define AUTO_ARENA __attribute__((cleanup(arena_release)))
#define TAKE(p)                                                                                              \
    ({                                                                                                       \
        __typeof__(p) take_value = (p);                                                                      \
        (p) = NULL;                                                                                          \
        take_value;                                                                                          \
    })

#endif
