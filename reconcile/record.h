#ifndef SETPOINT_RECORD_H
#define SETPOINT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/arena.h"

/* What the ledger stores, in the one form that the core and the storage share: a row of text cells of a named
   table. The storage (daemon/ledger.c, or the simulated disk) knows no meaning: it makes its tables from
   record_table_row(), writes cells, deletes by key, and hands all rows back at start. Cells of rows read back
   are checked by the core like any input: a row that cannot be understood makes the ledger corrupt. */
enum record_table {
    RECORD_META,
    RECORD_OBJECTS,
    RECORD_KEYPAIRS, /* those that we registered */
    RECORD_INTENTS,
    RECORD_WINDOWS,
    RECORD_SOURCES,
    RECORD_NOTIFICATIONS, /* that no target took yet */
    RECORD_EVENTS,
    RECORD_TABLE_COUNT
};

enum { RECORD_CELLS_MAX = 28 };

struct record_table_row {
    const char *name;     /* SQL table */
    unsigned key_columns; /* the first columns are the primary key */
    unsigned columns;
    const char *const *column_names;
};

struct record {
    enum record_table table;
    bool erase; /* delete the row with this key; cells behind the key are not given */
    const char *cells[RECORD_CELLS_MAX];
};

/* What a row of the windows is: its last cell. */
#define CHARGE_DESTROY "destroy" /* the server goes for good */
#define CHARGE_REBUILD "rebuild"
#define CHARGE_RESERVE "reserve"

const struct record_table_row *record_table_row(enum record_table table);
const char *record_show(const struct record *record, struct arena *arena); /* for traces */

enum { RECORD_SCHEMA_VERSION = 7 };

#endif
