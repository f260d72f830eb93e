#include "manifests/intern.h"

#include <string.h>

#include "reconcile/base/memory.h"

enum { ROOM_MIN = 64 };

void intern_init(struct intern *intern, struct arena *arena)
{
    *intern = (struct intern){.arena = arena, .key = {(uintptr_t)intern, (uintptr_t)arena}};
}

void intern_release(struct intern *intern)
{
    memory_free(intern->texts);
    memory_free(intern->rows);
    *intern = (struct intern){0};
}

static size_t text_slot(const struct intern *intern, const char *bytes, size_t size)
{
    size_t slot = hash_keyed(intern->key, bytes, size) & (intern->text_room - 1);
    while (intern->texts[slot] &&
           (strncmp(intern->texts[slot], bytes, size) != 0 || intern->texts[slot][size] != '\0'))
        slot = (slot + 1) & (intern->text_room - 1);
    return slot;
}

static void texts_grow(struct intern *intern)
{
    struct intern old = *intern;
    intern->text_room = old.text_room ? 2 * old.text_room : ROOM_MIN;
    intern->texts = memory_zero(intern->text_room * sizeof *intern->texts);
    for (size_t i = 0; i < old.text_room; i++)
        if (old.texts[i]) intern->texts[text_slot(intern, old.texts[i], strlen(old.texts[i]))] = old.texts[i];
    memory_free(old.texts);
}

const char *intern_bytes(struct intern *intern, const char *bytes, size_t size)
{
    if (2 * intern->text_count >= intern->text_room) texts_grow(intern);
    size_t slot = text_slot(intern, bytes, size);
    if (!intern->texts[slot]) {
        intern->texts[slot] = arena_bytes(intern->arena, bytes, size);
        intern->text_count++;
    }
    return intern->texts[slot];
}

const char *intern_text(struct intern *intern, const char *text)
{
    return text ? intern_bytes(intern, text, strlen(text)) : NULL;
}

/* Rows are compared by the addresses of their cells, which are interned. */
static size_t row_slot(const struct intern *intern, const char *const *cells, size_t count)
{
    size_t size = count * sizeof *cells, slot = hash_keyed(intern->key, cells, size) & (intern->row_room - 1);
    while (intern->rows[slot].cells &&
           (intern->rows[slot].count != count || memcmp(intern->rows[slot].cells, cells, size) != 0))
        slot = (slot + 1) & (intern->row_room - 1);
    return slot;
}

static void rows_grow(struct intern *intern)
{
    struct intern old = *intern;
    intern->row_room = old.row_room ? 2 * old.row_room : ROOM_MIN;
    intern->rows = memory_zero(intern->row_room * sizeof *intern->rows);
    for (size_t i = 0; i < old.row_room; i++)
        if (old.rows[i].cells)
            intern->rows[row_slot(intern, old.rows[i].cells, old.rows[i].count)] = old.rows[i];
    memory_free(old.rows);
}

struct value intern_value(struct intern *intern, struct value value)
{
    size_t count = (size_t)value.rows * value.columns;
    if (count == 0) return (struct value){0, value.columns, NULL};
    const char **cells = memory_alloc(count * sizeof *cells);
    for (size_t i = 0; i < count; i++)
        cells[i] = intern_text(intern, value.cells[i]);
    if (2 * intern->row_count >= intern->row_room) rows_grow(intern);
    size_t slot = row_slot(intern, cells, count);
    if (!intern->rows[slot].cells) {
        const char **kept = ARENA_ROW(intern->arena, const char *, count);
        memcpy(kept, cells, count * sizeof *cells);
        intern->rows[slot] = (struct intern_cells){kept, count};
        intern->row_count++;
    }
    memory_free(cells);
    value.cells = intern->rows[slot].cells;
    return value;
}
