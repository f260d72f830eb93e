#include "index.h"

#include "dice.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

void index_release(struct index *index)
{
    free(index->slots);
    *index = (struct index){0};
}

static struct index_slot *index_slot(const struct index *index, const char *key)
{
    size_t at = (size_t)dice_hash(key) & (index->capacity - 1);

    while (index->slots[at].key && strcmp(index->slots[at].key, key) != 0)
        at = (at + 1) & (index->capacity - 1);
    return &index->slots[at];
}

static void index_grow(struct index *index)
{
    struct index old = *index;

    index->capacity = old.capacity ? old.capacity * 2 : 64;
    index->slots = memory_new(index->capacity, sizeof *index->slots);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.slots[i].key) *index_slot(index, old.slots[i].key) = old.slots[i];
    }
    free(old.slots);
}

void index_put(struct index *index, const char *key, size_t value)
{
    struct index_slot *slot;

    if (2 * (index->count + 1) > index->capacity) index_grow(index);
    slot = index_slot(index, key);
    if (!slot->key) {
        slot->key = key;
        index->count++;
    }
    slot->value = value;
}

bool index_get(const struct index *index, const char *key, size_t *out_value)
{
    const struct index_slot *slot;

    if (!index->capacity) return false;
    slot = index_slot(index, key);
    if (!slot->key) return false;
    *out_value = slot->value;
    return true;
}
