#ifndef SETPOINT_MANIFESTS_INTERN_H
#define SETPOINT_MANIFESTS_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/hash.h"
#include "reconcile/event.h"

/* Equal texts, and equal rows of cells, kept once: 100,000 instances name a handful of flavors, images and
   networks. What is handed out lives in the arena; the tables end with intern_release. The hash is keyed by
   where the table stands in memory, so that a manifest cannot aim at one slot. */
struct intern_cells {
    const char *const *cells;
    size_t count;
};

struct intern {
    struct arena *arena;
    const char **texts; /* open addressing; NULL = free */
    size_t text_count, text_room;
    struct intern_cells *rows;
    size_t row_count, row_room;
    struct hash_key key;
};

void intern_init(struct intern *intern, struct arena *arena);
void intern_release(struct intern *intern);
const char *intern_bytes(struct intern *intern, const char *bytes, size_t size); /* no NUL inside */
const char *intern_text(struct intern *intern, const char *text);                /* NULL stays NULL */
/* The same value with its cells and their row interned. */
struct value intern_value(struct intern *intern, struct value value);

#endif
