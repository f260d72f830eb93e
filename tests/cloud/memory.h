/* Memory that is there or the process ends: a test cloud that is out of memory has nothing to tell. */
#ifndef SETPOINT_TESTS_CLOUD_MEMORY_H
#define SETPOINT_TESTS_CLOUD_MEMORY_H

#include <stddef.h>

/* Zeroed. */
void *memory_new(size_t count, size_t size);
void *memory_resize(void *old, size_t count, size_t size);
/* A copy; NULL gives "". */
char *memory_text(const char *text);
char *memory_copy(const char *data, size_t size);
/* Cuts at the size of the target; always ended. NULL is "". */
void memory_put(char *target, size_t size, const char *text);

/* Makes room for one more element. */
#define MEMORY_GROW(array, count, capacity)                                                                  \
    do {                                                                                                     \
        if ((count) == (capacity)) {                                                                         \
            (capacity) = (capacity) ? (capacity)*2 : 8;                                                      \
            (array) = memory_resize((array), (capacity), sizeof *(array));                                   \
        }                                                                                                    \
    } while (0)

#endif
