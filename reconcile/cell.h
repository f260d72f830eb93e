#ifndef SETPOINT_CELL_H
#define SETPOINT_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reconcile/base/arena.h"

/* Cells of ledger rows, read back. NULL, and what is not of its form, is false: the row cannot be understood.
 */

/* A time of day, or a span. Sums and differences of what is accepted stay within an int64_t. */
bool time_cell(const char *cell, int64_t *out);
bool id_cell(const char *cell, uint64_t *out); /* leading zeros are allowed */
bool flag_cell(const char *cell, bool *out);   /* "0" or "1" */
bool counter_cell(const char *cell, uint32_t *out);
bool text_cell(const char *cell, char *out, size_t size);
bool applied_cell(const char *cell, uint32_t *fields,
                  uint64_t *applied); /* "FIELD=HASH " one after another */

/* Parts of a cell: *at moves behind what was taken. */
bool hex64(const char *text, uint64_t *out);                             /* 16 digits */
bool small_number(const char **at, uint64_t max, uint64_t *out);         /* up to 7 digits */
bool word_take(const char **at, char *out, size_t size);                 /* up to a blank; "-" = "" */
bool sized_text(const char **at, struct arena *arena, const char **out); /* "LENGTH:TEXT" */

#endif
