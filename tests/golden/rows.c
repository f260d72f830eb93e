#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"
#include "tests/golden/play.h"

static bool same_key(const struct record *a, const struct record *b)
{
    unsigned keys = record_table_row(a->table)->key_columns;
    if (a->table != b->table) return false;
    for (unsigned i = 0; i < keys; i++)
        if (strcmp(a->cells[i], b->cells[i]) != 0) return false;
    return true;
}

const struct record *rows_find(const struct play *play, const struct record *key)
{
    for (uint32_t i = 0; i < play->row_count; i++)
        if (same_key(&play->rows[i], key)) return &play->rows[i];
    return NULL;
}

static struct record row_copy(struct play *play, const struct record *record)
{
    struct record copy = {.table = record->table};
    for (unsigned i = 0; i < record_table_row(record->table)->columns; i++)
        copy.cells[i] = arena_text(&play->arena, record->cells[i]);
    return copy;
}

void rows_take(struct play *play, const struct record *records, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct record *record = &records[i];
        if (record->table == RECORD_META && !record->erase && strcmp(record->cells[0], "writer") == 0)
            text_copy(play->world.writer, sizeof play->world.writer, record->cells[1]);
        uint32_t place = 0;
        while (place < play->row_count && !same_key(&play->rows[place], record))
            place++;
        if (record->erase) {
            if (place == play->row_count) continue;
            memmove(play->rows + place, play->rows + place + 1,
                    (play->row_count - place - 1) * sizeof *play->rows);
            play->row_count--;
            continue;
        }
        if (place == play->row_count) {
            ROW_RESERVE(play->rows, play->row_count, play->row_room);
            play->row_count++;
        }
        play->rows[place] = row_copy(play, record);
    }
}
