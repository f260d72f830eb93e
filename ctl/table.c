#include "ctl/table.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/memory.h"

enum {
    GAP = 2,             /* between two columns */
    INDENT = 2,          /* of what stands below its row */
    LAST_LEAST = 12,     /* with less the last one stands there */
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

struct layout {
    unsigned widths[TABLE_COLUMNS];
    unsigned last_indent, last_width; /* of the last column; width 0 = no limit */
    bool below;                       /* there is no room for it beside the others */
};

static void layout_measure(const struct table *table, const struct screen *screen, uint32_t count,
                           struct layout *out)
{
    unsigned used = 0;
    *out = (struct layout){.below = false};
    widths_measure(table, screen, count, out->widths);
    for (unsigned column = 0; column + 1 < table->columns; column++)
        used += out->widths[column] + GAP;
    unsigned last = out->widths[table->columns - 1], wanted = last < LAST_LEAST ? last : LAST_LEAST;
    out->below = screen->columns > 0 && used + wanted > screen->columns;
    out->last_indent = out->below ? INDENT : used;
    if (screen->columns > 0)
        out->last_width = screen->columns - (screen->columns > out->last_indent ? out->last_indent : 0);
}

static void cell_add(const struct screen *screen, const struct table_row *row, unsigned column,
                     unsigned width, bool pad, struct text *out)
{
    const struct table_cell *cell = &row->cells[column];
    if (column == 0)
        screen_add_name(out, screen, cell->ink, cell->text, width, pad);
    else
        screen_add_cell(out, screen, cell->ink, cell->text, width, pad);
}

/* Side by side as far as there is room. */
static void narrow_line_add(const struct table *table, const struct screen *screen,
                            const struct layout *layout, const struct table_row *row, struct text *out)
{
    unsigned at = 0, most = layout->last_width, last = table->columns - 1;
    for (unsigned column = 0; column < last; column++) {
        unsigned width = layout->widths[column] < most ? layout->widths[column] : most;
        unsigned next = column + 1 < last ? layout->widths[column + 1] : screen->columns;
        bool ends = at + width + GAP + next > screen->columns;
        cell_add(screen, row, column, width, !ends, out);
        if (ends) text_add_char(out, '\n');
        if (!ends || column + 1 < last) screen_add_pad(out, ends ? INDENT : GAP);
        at = ends ? INDENT : at + width + GAP;
    }
    const struct table_cell *cell = &row->cells[last];
    if (!*cell->text || strcmp(cell->text, NOTHING) == 0) return;
    screen_add_pad(out, INDENT);
    screen_add_wrapped(out, screen, cell->ink, cell->text, INDENT, layout->last_width, TABLE_LINES);
    text_add_char(out, '\n');
}

static void line_add(const struct table *table, const struct screen *screen, const struct layout *layout,
                     const struct table_row *row, struct text *out)
{
    unsigned last = table->columns - 1, width = layout->last_width;
    if (layout->below) {
        narrow_line_add(table, screen, layout, row, out);
        return;
    }
    while (last > 0 && !*row->cells[last].text)
        last--;
    for (unsigned column = 0; column < last; column++) {
        cell_add(screen, row, column, layout->widths[column], true, out);
        screen_add_pad(out, GAP);
    }
    if (last + 1 < table->columns) width = layout->widths[last];
    screen_add_wrapped(out, screen, row->cells[last].ink, row->cells[last].text, layout->last_indent, width,
                       TABLE_LINES);
    text_add_char(out, '\n');
}

static uint32_t lines_of(const struct table *table, const struct screen *screen, const struct layout *layout,
                         const struct table_row *row)
{
    AUTO_TEXT struct text shown;
    text_init(&shown, SCREEN_OUT_MAX);
    line_add(table, screen, layout, row, &shown);
    uint32_t lines = 0;
    for (size_t i = 0; i < shown.length; i++)
        lines += shown.bytes[i] == '\n';
    return lines;
}

static struct table_row head_of(const struct table *table)
{
    struct table_row head = {0};
    for (unsigned column = 0; column < table->columns; column++)
        head.cells[column] = (struct table_cell){table->heads[column], INK_STRONG};
    return head;
}

uint32_t table_fit(const struct table *table, const struct screen *screen, uint32_t count, uint32_t lines)
{
    struct layout layout;
    struct table_row head = head_of(table);
    uint32_t row = 0;
    if (count > table->count) count = table->count;
    layout_measure(table, screen, count, &layout);
    uint32_t used = lines_of(table, screen, &layout, &head);
    for (; row < count; row++) {
        used += lines_of(table, screen, &layout, &table->rows[row]);
        if (used > lines) break;
    }
    return row;
}

void table_add(const struct table *table, const struct screen *screen, uint32_t count, struct text *out)
{
    struct layout layout;
    struct table_row head = head_of(table);
    if (count > table->count) count = table->count;
    layout_measure(table, screen, count, &layout);
    line_add(table, screen, &layout, &head, out);
    for (uint32_t row = 0; row < count; row++)
        line_add(table, screen, &layout, &table->rows[row], out);
}
