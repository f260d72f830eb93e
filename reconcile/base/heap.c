#include "reconcile/base/heap.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/instant.h"
#include "reconcile/base/memory.h"

void heap_release(struct heap *heap)
{
    memory_free(heap->entries);
    *heap = (struct heap){0};
}

struct heap_entry *heap_first(const struct heap *heap)
{
    return heap->count ? heap->entries[0] : NULL;
}

static bool entry_before(const struct heap_entry *a, const struct heap_entry *b)
{
    if (a->due_ms != b->due_ms) return a->due_ms < b->due_ms;
    int by_name = strcmp(a->name ? a->name : "", b->name ? b->name : "");
    return by_name != 0 ? by_name < 0 : a->order < b->order;
}

static struct heap_entry *heap_at(const struct heap *heap, size_t place)
{
    return heap->entries[place - 1];
}

static void heap_put(struct heap *heap, struct heap_entry *entry, size_t place)
{
    heap->entries[place - 1] = entry;
    entry->place = place;
}

static void heap_up(struct heap *heap, struct heap_entry *entry)
{
    size_t place = entry->place;
    while (place > 1 && entry_before(entry, heap_at(heap, place / 2))) {
        heap_put(heap, heap_at(heap, place / 2), place);
        place /= 2;
    }
    heap_put(heap, entry, place);
}

static void heap_down(struct heap *heap, struct heap_entry *entry)
{
    size_t place = entry->place;
    for (;;) {
        size_t child = 2 * place;
        if (child > heap->count) break;
        if (child < heap->count && entry_before(heap_at(heap, child + 1), heap_at(heap, child))) child++;
        if (!entry_before(heap_at(heap, child), entry)) break;
        heap_put(heap, heap_at(heap, child), place);
        place = child;
    }
    heap_put(heap, entry, place);
}

void heap_remove(struct heap *heap, struct heap_entry *entry)
{
    size_t place = entry->place;
    if (!place) return;
    ASSERT(place <= heap->count && heap_at(heap, place) == entry);
    struct heap_entry *last = heap_at(heap, heap->count--);
    entry->place = 0;
    if (last == entry) return;
    heap_put(heap, last, place);
    heap_up(heap, last);
    heap_down(heap, last);
}

void heap_set(struct heap *heap, struct heap_entry *entry, int64_t due_ms)
{
    if (due_ms == NEVER_MS) {
        heap_remove(heap, entry);
        entry->due_ms = due_ms;
        return;
    }
    entry->due_ms = due_ms;
    if (!entry->place) {
        ROW_RESERVE(heap->entries, heap->count, heap->room);
        heap_put(heap, entry, ++heap->count);
    }
    ASSERT(heap_at(heap, entry->place) == entry);
    heap_up(heap, entry);
    heap_down(heap, entry);
}
