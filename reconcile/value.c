#include "reconcile/value.h"

#include <stdlib.h>
#include <string.h>

#include "reconcile/base/assert.h"

const char *value_cell(struct value value, unsigned row, unsigned column)
{
    ASSERT(row < value.rows && column < value.columns);
    return value.cells[(size_t)row * value.columns + column];
}

const char *value_scalar(struct value value)
{
    return value.rows > 0 ? value.cells[0] : "";
}

struct value value_of_scalar(struct arena *arena, const char *text)
{
    const char **cells = ARENA_ROW(arena, const char *, 1);
    cells[0] = arena_text(arena, text);
    return (struct value){1, 1, cells};
}

struct value value_copy(struct arena *arena, struct value value)
{
    size_t count = (size_t)value.rows * value.columns;
    if (count == 0) return (struct value){0, value.columns, NULL};
    const char **cells = ARENA_ROW(arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        cells[i] = arena_text(arena, value.cells[i]);
    return (struct value){value.rows, value.columns, cells};
}

static int row_compare(const char *const *a, const char *const *b, unsigned columns)
{
    for (unsigned i = 0; i < columns; i++) {
        int order = strcmp(a[i], b[i]);
        if (order != 0) return order;
    }
    return 0;
}

/* Insertion sort: sets and maps of one instance have a handful of rows, and it needs no comparator with
 * context. */
struct value value_sorted(const char **cells, unsigned rows, unsigned columns)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < rows; i++) {
        const char *row[8];
        ASSERT(columns <= 8);
        memcpy(row, cells + (size_t)i * columns, columns * sizeof *row);
        unsigned place = kept;
        int order = -1;
        while (place > 0 && (order = row_compare(cells + (size_t)(place - 1) * columns, row, columns)) > 0)
            place--;
        if (place > 0 && order == 0) continue;
        memmove(cells + (size_t)(place + 1) * columns, cells + (size_t)place * columns,
                (size_t)(kept - place) * columns * sizeof *cells);
        memcpy(cells + (size_t)place * columns, row, columns * sizeof *row);
        kept++;
    }
    return (struct value){(uint16_t)kept, (uint16_t)columns, cells};
}

bool value_equal(struct value a, struct value b)
{
    if (a.rows != b.rows) return false;
    if (a.rows == 0) return true;
    if (a.columns != b.columns) return false;
    for (size_t i = 0; i < (size_t)a.rows * a.columns; i++)
        if (strcmp(a.cells[i], b.cells[i]) != 0) return false;
    return true;
}

const char *value_find(struct value map, const char *key)
{
    for (unsigned i = 0; i < map.rows; i++)
        if (strcmp(value_cell(map, i, 0), key) == 0) return value_cell(map, i, 1);
    return NULL;
}

bool value_has(struct value set, const char *member)
{
    for (unsigned i = 0; i < set.rows; i++)
        if (strcmp(value_cell(set, i, 0), member) == 0) return true;
    return false;
}

/* Cells are hashed one after another with their NUL, each keyed by the hash so far: no two tables share a
 * form. */
uint64_t value_hash(struct value value, struct hash_key key)
{
    uint64_t hash = hash_keyed(key, &value.rows, sizeof value.rows);
    for (size_t i = 0; i < (size_t)value.rows * value.columns; i++) {
        struct hash_key chained = {key.k0 ^ hash, key.k1};
        hash = hash_keyed(chained, value.cells[i], strlen(value.cells[i]) + 1);
    }
    return hash;
}

void value_show(struct value value, struct text *out)
{
    bool scalar = value.rows == 1 && value.columns == 1;
    if (!scalar) text_add_char(out, value.columns == 2 ? '{' : '[');
    for (unsigned i = 0; i < value.rows; i++) {
        if (i > 0) text_add(out, ", ");
        for (unsigned j = 0; j < value.columns; j++) {
            const char *cell = value_cell(value, i, j);
            if (j > 0 && cell[0] != '\0') text_add(out, value.columns == 2 ? ": " : " ");
            text_add(out, cell);
        }
    }
    if (!scalar) text_add_char(out, value.columns == 2 ? '}' : ']');
}

static void json_map(struct value value, struct text *out)
{
    text_add_char(out, '{');
    for (unsigned i = 0; i < value.rows; i++) {
        if (i > 0) text_add_char(out, ',');
        text_add_json(out, value_cell(value, i, 0));
        text_add_char(out, ':');
        text_add_json(out, value_cell(value, i, 1));
    }
    text_add_char(out, '}');
}

void value_json(struct value value, bool map, struct text *out)
{
    if (map) {
        json_map(value, out);
        return;
    }
    if (value.rows == 1 && value.columns == 1) {
        text_add_json(out, value.cells[0]);
        return;
    }
    text_add_char(out, '[');
    for (unsigned i = 0; i < value.rows; i++) {
        if (i > 0) text_add_char(out, ',');
        if (value.columns > 1) text_add_char(out, '[');
        for (unsigned j = 0; j < value.columns; j++) {
            if (j > 0) text_add_char(out, ',');
            text_add_json(out, value_cell(value, i, j));
        }
        if (value.columns > 1) text_add_char(out, ']');
    }
    text_add_char(out, ']');
}
