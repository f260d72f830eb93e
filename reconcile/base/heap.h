#ifndef SETPOINT_BASE_HEAP_H
#define SETPOINT_BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A binary heap of due times. An entry lives inside its owner (intrusive), so that moving or removing it
   needs no search. Ties break by `name`, then by `order`, which the owner keeps unique together: the order of
   equal times is total. What is the same in every process there makes the order the same after a restart. */
struct heap_entry {
    int64_t due_ms;
    const char *name; /* the owner's; NULL comes first */
    uint64_t order;
    size_t place; /* 1-based index in the heap; 0 = not in it */
};
struct heap {
    struct heap_entry **entries;
    size_t count, room;
};

void heap_release(
    struct heap *heap); /* the entries are their owners' and keep their place: release owners too */
void heap_set(struct heap *heap, struct heap_entry *entry, int64_t due_ms); /* NEVER_MS removes */
void heap_remove(struct heap *heap, struct heap_entry *entry);
struct heap_entry *heap_first(const struct heap *heap); /* NULL when empty */

#endif
