/* From a text to a number. The texts belong to the caller and must outlive their entries. */
#ifndef SETPOINT_TESTS_CLOUD_INDEX_H
#define SETPOINT_TESTS_CLOUD_INDEX_H

#include <stdbool.h>
#include <stddef.h>

struct index_slot {
    const char *key;
    size_t value;
};

struct index {
    struct index_slot *slots; /* a power of two of them, at most half used */
    size_t capacity;
    size_t count;
};

void index_release(struct index *index);
/* A key that is there already is given the new value. */
void index_put(struct index *index, const char *key, size_t value);
bool index_get(const struct index *index, const char *key, size_t *out_value);

#endif
