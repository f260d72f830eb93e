#include "ctl/table.h"

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

enum {
    GAP = 2,             /* between two columns */
    LAST_MIN = 18,       /* columns that the last one keeps when others are wide */
    NARROWEST_NAME = 16, /* the first one says whom it is about */
    NARROWEST = 11       /* "Progressing" */
};

#define NOTHING "–"

void table_init(struct table *table, const char *const *heads)
{
    *table = (struct table){0};
    arena_init(&table->arena);
    while (heads[table->columns]) {
        ASSERT(table->columns < TABLE_COLUMNS);
        table->heads[table->columns] = heads[table->columns];
        table->columns++;
    }
}

void table_release(struct table *table)
{
    arena_release(&table->arena);
    memory_free(table->rows);
    *table = (struct table){0};
}

struct table_row *table_row(struct table *table)
{
    ROW_RESERVE(table->rows, table->count, table->room);
    struct table_row *row = &table->rows[table->count++];
    *row = (struct table_row){0};
    for (unsigned column = 0; column < table->columns; column++)
        row->cells[column].text = NOTHING;
    return row;
}

void table_set(struct table *table, struct table_row *row, unsigned column, enum ink ink, const char *text)
{
    ASSERT(column < table->columns);
    row->cells[column].text = text && *text ? arena_text(&table->arena, text) : NOTHING;
    row->cells[column].ink = ink;
}

/* The widest of all but the last column gives way until the last has room. */
static void widths_shrink(unsigned *widths, unsigned columns, unsigned screen_columns)
{
    for (;;) {
        unsigned sum = 0, widest = columns;
        for (unsigned i = 0; i + 1 < columns; i++) {
            sum += widths[i] + GAP;
            bool can = widths[i] > (i == 0 ? NARROWEST_NAME : NARROWEST);
            if (can && (widest == columns || widths[i] > widths[widest])) widest = i;
        }
        if (sum + LAST_MIN <= screen_columns || widest == columns) break;
        widths[widest]--;
    }
}

static void widths_measure(const struct table *table, const struct screen *screen, uint32_t count,
                           unsigned *widths)
{
    for (unsigned column = 0; column < table->columns; column++) {
        widths[column] = screen_width(table->heads[column]);
        for (uint32_t row = 0; row < count; row++) {
            unsigned width = screen_width(table->rows[row].cells[column].text);
            if (width > widths[column]) widths[column] = width;
        }
    }
    if (screen->columns) widths_shrink(widths, table->columns, screen->columns);
}

/* What is left for the last column; 0 = no limit. */
static unsigned last_width(const struct table *table, const struct screen *screen, const unsigned *widths,
                           unsigned *out_indent)
{
    unsigned used = 0;
    for (unsigned column = 0; column + 1 < table->columns; column++)
        used += widths[column] + GAP;
    *out_indent = used;
    if (screen->columns == 0) return 0;
    return screen->columns > used ? screen->columns - used : 1;
}

static void line_add(const struct table *table, const struct screen *screen, const unsigned *widths,
                     const struct table_row *row, struct text *out)
{
    unsigned indent, last = table->columns - 1, width = last_width(table, screen, widths, &indent);
    while (last > 0 && !*row->cells[last].text)
        last--;
    for (unsigned column = 0; column < last; column++) {
        screen_add_cell(out, screen, row->cells[column].ink, row->cells[column].text, widths[column], true);
        screen_add_pad(out, GAP);
    }
    if (last + 1 < table->columns) width = widths[last];
    screen_add_wrapped(out, screen, row->cells[last].ink, row->cells[last].text, indent, width, TABLE_LINES);
    text_add_char(out, '\n');
}

uint32_t table_fit(const struct table *table, const struct screen *screen, uint32_t count, uint32_t lines)
{
    unsigned widths[TABLE_COLUMNS] = {0}, indent;
    uint32_t used = 1, row = 0;
    if (count > table->count) count = table->count;
    widths_measure(table, screen, count, widths);
    unsigned width = last_width(table, screen, widths, &indent);
    for (; row < count; row++) {
        used += screen_wrapped_lines(table->rows[row].cells[table->columns - 1].text, width, TABLE_LINES);
        if (used > lines) break;
    }
    return row;
}

void table_add(const struct table *table, const struct screen *screen, uint32_t count, struct text *out)
{
    unsigned widths[TABLE_COLUMNS] = {0};
    struct table_row head = {0};
    if (count > table->count) count = table->count;
    widths_measure(table, screen, count, widths);
    for (unsigned column = 0; column < table->columns; column++)
        head.cells[column] = (struct table_cell){table->heads[column], INK_STRONG};
    line_add(table, screen, widths, &head, out);
    for (uint32_t row = 0; row < count; row++)
        line_add(table, screen, widths, &table->rows[row], out);
}
