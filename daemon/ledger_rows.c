#include "daemon/ledger_rows.h"

#include <string.h>

#include "reconcile/base/memory.h"

void ledger_rows_select(struct text *sql, enum record_table table)
{
    const struct record_table_row *row = record_table_row(table);
    text_add(sql, "SELECT ");
    for (unsigned i = 0; i < row->columns; i++)
        text_addf(sql, "%s%s", i ? "," : "", row->column_names[i]);
    text_addf(sql, " FROM %s", row->name);
}

int ledger_rows_read(struct ledger_rows *rows, sqlite3_stmt *statement, enum record_table table,
                     struct arena *arena)
{
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        ROW_RESERVE(rows->items, rows->count, rows->room);
        struct record *record = &rows->items[rows->count++];
        *record = (struct record){.table = table};
        for (unsigned i = 0; i < record_table_row(table)->columns; i++)
            record->cells[i] = arena_text(arena, (const char *)sqlite3_column_text(statement, (int)i));
    }
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

struct record *ledger_rows_settle(struct ledger_rows *rows, struct arena *arena)
{
    struct record *settled = NULL;
    if (rows->count) {
        settled = ARENA_ROW(arena, struct record, rows->count);
        memcpy(settled, rows->items, rows->count * sizeof *settled);
    }
    memory_free(rows->items);
    *rows = (struct ledger_rows){0};
    return settled;
}
