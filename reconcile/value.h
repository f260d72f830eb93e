#ifndef SETPOINT_VALUE_H
#define SETPOINT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/hash.h"
#include "reconcile/base/text.h"

/* The value of one managed field, desired or observed: a small table of text cells, row-major. One form for
   all shapes lets one loop compare, hash, copy and show every field. scalar   1 row,  1 column flavor:
   {"m2.c2m4"} set      n rows, 1 column, sorted    securityGroups: {"db"}, {"default"} map      n rows, 2
   columns, sorted   metadata: {"team", "data"} records  n rows, k columns, in order networks: {"subnet",
   "b838…", ""}  (field.h names the columns) Zero rows is a value (an empty list). A cell is never NULL; ""
   means "not given". Whoever made the value owns the cells (an arena); a value is copied by assignment and
   lives as long as that arena. */
struct value {
    uint16_t rows;
    uint16_t columns;
    const char *const *cells;
};

const char *value_cell(struct value value, unsigned row, unsigned column);
const char *value_scalar(struct value value); /* first cell; "" when there are no rows */
struct value value_of_scalar(struct arena *arena, const char *text);
struct value value_copy(struct arena *arena, struct value value); /* deep */
/* Sorts rows by their first cell and drops equal rows: what makes a set or a map comparable. Cells are moved,
   not copied; `cells` must be writable. */
struct value value_sorted(const char **cells, unsigned rows, unsigned columns);
bool value_equal(struct value a, struct value b);
const char *value_find(struct value map, const char *key); /* second cell of that row of a map, or NULL */
bool value_has(struct value set, const char *member);
/* Hash over the canonical form (lengths and bytes of all cells). */
uint64_t value_hash(struct value value, struct hash_key key);
/* For people: `m2.c2m4`, `[db, default]`, `{team: data}`, `[subnet b838…]`. */
void value_show(struct value value, struct text *out);
/* The JSON form used by status, plan and describe: string, array of strings, object, array of arrays. */
void value_json(struct value value, bool map, struct text *out);

#endif
