#include "memory.h"

#include <stdlib.h>
#include <string.h>

void *memory_new(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory) abort();
    return memory;
}

void *memory_resize(void *old, size_t count, size_t size)
{
    void *memory = reallocarray(old, count ? count : 1, size);

    if (!memory) abort();
    return memory;
}

char *memory_copy(const char *data, size_t size)
{
    char *copy = memory_new(size + 1, 1);

    if (size) memcpy(copy, data, size);
    return copy;
}

char *memory_text(const char *text)
{
    return memory_copy(text, text ? strlen(text) : 0);
}

void memory_put(char *target, size_t size, const char *text)
{
    size_t length = text ? strnlen(text, size - 1) : 0;

    if (length) memmove(target, text, length);
    target[length] = '\0';
}
