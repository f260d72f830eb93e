#ifndef SETPOINT_TESTS_SIM_GROW_H
#define SETPOINT_TESTS_SIM_GROW_H

#include <stdlib.h>
#include <string.h>

/* Memory for the simulator and its judge, who may not use the product's. Out of memory ends the program. */
static inline void *grow_to(void *row, size_t size)
{
    void *grown = realloc(row, size ? size : 1);
    if (!grown) abort();
    return grown;
}

static inline char *grow_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = grow_to(NULL, size);
    memcpy(copy, text, size);
    return copy;
}

/* Room for one more element; the new one is zeroed and counted. */
#define GROW(row, count, room)                                                                               \
    ((count) == (room)                                                                                       \
         ? (void)((room) = (room) ? (room)*2 : 8, (row) = grow_to((row), (room) * sizeof *(row)))            \
         : (void)0,                                                                                          \
     memset(&(row)[count], 0, sizeof *(row)), &(row)[(count)++])

#endif
