#include "reconcile/base/memory.h"

#include <stdlib.h>
#include <string.h>

#include "reconcile/base/assert.h"

static void *memory_checked(void *p)
{
    if (!p) assert_fail(__FILE__, __LINE__, "out of memory");
    return p;
}

/* malloc(0) may return NULL, which would read as exhaustion. */
static size_t memory_size(size_t size)
{
    return size ? size : 1;
}

void *memory_alloc(size_t size)
{
    return memory_checked(malloc(memory_size(size)));
}

void *memory_zero(size_t size)
{
    return memory_checked(calloc(1, memory_size(size)));
}

void *memory_grow(void *old, size_t size)
{
    return memory_checked(realloc(old, memory_size(size)));
}

char *memory_copy_text(const char *text)
{
    if (!text) return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(memory_alloc(size), text, size);
}

void memory_free(void *p)
{
    free(p);
}
