#include "reconcile/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

enum {
    BLOCK_MIN = 4 << 10, /* a turn's scratch is mostly one block */
    BLOCK_MAX =
        256 << 10 /* a generation of 100,000 instances is a few hundred blocks; the last is half empty */
};

struct arena_block {
    struct arena_block *next;
    size_t room, used;
    max_align_t bytes[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block) {
        struct arena_block *next = block->next;
        memory_free(block);
        block = next;
    }
    arena_init(arena);
}

static struct arena_block *block_new(size_t room)
{
    struct arena_block *block = memory_alloc(sizeof *block + room);
    *block = (struct arena_block){.room = room};
    return block;
}

/* A request too large for an ordinary block gets its own behind the newest, whose rest stays in use. */
static struct arena_block *arena_add_block(struct arena *arena, size_t size)
{
    struct arena_block *newest = arena->blocks;
    if (newest && size > BLOCK_MAX / 4) {
        struct arena_block *block = block_new(size);
        block->next = newest->next;
        newest->next = block;
        return block;
    }
    size_t room = newest ? newest->room * 2 : BLOCK_MIN;
    if (room > BLOCK_MAX) room = BLOCK_MAX;
    if (room < size) room = size;
    struct arena_block *block = block_new(room);
    block->next = newest;
    arena->blocks = block;
    return block;
}

/* Not zeroed: most arenas live for one reply or turn, and use little of their block. */
static void *arena_take(struct arena *arena, size_t size)
{
    size_t align = _Alignof(max_align_t);
    ASSERT(size <= SIZE_MAX / 2);
    size_t rounded = (size + align - 1) / align * align;
    struct arena_block *block = arena->blocks;
    if (!block || block->room - block->used < rounded) block = arena_add_block(arena, rounded);
    void *at = (char *)block->bytes + block->used;
    block->used += rounded;
    arena->used += size;
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_take(arena, size), 0, size);
}

char *arena_bytes(struct arena *arena, const void *bytes, size_t size)
{
    char *copy = arena_take(arena, size + 1);
    if (size) memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_bytes(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const struct arena_block *block = arena->blocks;
    size_t room = block ? block->room - block->used : 0;
    int length = vsnprintf(block ? (char *)block->bytes + block->used : NULL, room, format, arguments);
    va_end(arguments);
    ASSERT(length >= 0);
    char *text = arena_take(arena, (size_t)length + 1);
    if ((size_t)length >= room) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
