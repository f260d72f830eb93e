#ifndef SETPOINT_BASE_ARENA_H
#define SETPOINT_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

/* Memory that is freed as a whole. One arena per lifetime: process, generation (one loaded set of manifests),
   reply (one decoded response), turn (scratch of one step). Allocation never fails (memory.h). */
struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* bytes handed out, for limits and tests */
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);                 /* frees all; the arena may be used again */
void *arena_alloc(struct arena *arena, size_t size);     /* zeroed, aligned for any type */
char *arena_text(struct arena *arena, const char *text); /* NULL stays NULL */
char *arena_bytes(struct arena *arena, const void *bytes, size_t size); /* NUL is appended */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(arena, type)        ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ROW(arena, type, count) ((type *)arena_alloc((arena), (size_t)(count) * sizeof(type)))

#endif
