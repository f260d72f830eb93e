#ifndef SETPOINT_CTL_TABLE_H
#define SETPOINT_CTL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/screen.h"
#include "reconcile/base/arena.h"

/* Rows and columns for people. The last column takes what is left of the line; on a terminal it goes on below
   itself, TABLE_LINES at most, and when the others alone are too wide, the widest give way. Where that is not
   enough it stands below its row, and so do the others that find no room beside each other. */

enum { TABLE_COLUMNS = 12, TABLE_LINES = 6 };

struct table_cell {
    const char *text;
    enum ink ink;
};

struct table_row {
    struct table_cell cells[TABLE_COLUMNS];
};

struct table {
    struct arena arena; /* of the cells' texts */
    const char *heads[TABLE_COLUMNS];
    unsigned columns;
    struct table_row *rows;
    uint32_t count, room;
};

/* heads: NULL-terminated, static. */
void table_init(struct table *table, const char *const *heads);
void table_release(struct table *table);
/* A new empty row; valid until the next one. */
struct table_row *table_row(struct table *table);
/* The text is copied; NULL and "" are shown as "–". */
void table_set(struct table *table, struct table_row *row, unsigned column, enum ink ink, const char *text);
/* How many of the first `count` rows fit into `lines` lines, that of the heads included. */
uint32_t table_fit(const struct table *table, const struct screen *screen, uint32_t count, uint32_t lines);
/* A line of heads and the first `count` rows. */
void table_add(const struct table *table, const struct screen *screen, uint32_t count, struct text *out);

#endif
