#ifndef SETPOINT_DAEMON_LEDGER_ROWS_H
#define SETPOINT_DAEMON_LEDGER_ROWS_H

#include <sqlite3.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/text.h"
#include "reconcile/event.h"

/* A growing row of records read from the database: the array on the heap, its cells in an arena. */
struct ledger_rows {
    struct record *items;
    uint32_t count, room;
};

void ledger_rows_select(struct text *sql, enum record_table table); /* "SELECT every column FROM table" */
/* Runs the statement to its end and adds its rows. An SQLite result code; SQLITE_OK when all were read. */
int ledger_rows_read(struct ledger_rows *rows, sqlite3_stmt *statement, enum record_table table,
                     struct arena *arena);
/* Moves the array into the arena, NULL when empty; the heap's is freed. */
struct record *ledger_rows_settle(struct ledger_rows *rows, struct arena *arena);

#endif
