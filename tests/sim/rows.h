#ifndef SETPOINT_TESTS_SIM_ROWS_H
#define SETPOINT_TESTS_SIM_ROWS_H

#include <stddef.h>

/* Durable rows as the judge may see them: texts of an SQL table whose columns have names. */
struct rows {
    const char *const *columns;
    unsigned column_count;
    const char *const *const *cells; /* of each row its cells */
    unsigned count;
};

/* "" when there is no such column. */
const char *rows_cell(const struct rows *rows, unsigned row, const char *column);

#endif
