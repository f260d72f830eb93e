#include "providers/seen.h"

#include <string.h>

#include "providers/clean.h"
#include "reconcile/base/limits.h"

enum {
    CELLS_FIRST = 32,
    SERVERS_FIRST = 8, /* times four: a page has up to 1000, and most clouds a few */
};

void cells_add(struct cells *cells, struct arena *arena, const char *text)
{
    if (cells->count == CELLS_MAX) {
        cells->too_many = true;
        return;
    }
    if (cells->count == cells->room) {
        cells->room = cells->room ? cells->room * 2 : CELLS_FIRST;
        const char **grown = ARENA_ROW(arena, const char *, cells->room);
        if (cells->count) memcpy(grown, cells->at, cells->count * sizeof *grown);
        cells->at = grown;
    }
    cells->at[cells->count++] = text;
}

void see(struct facts *facts, enum field field, struct value value)
{
    facts->seen |= FIELD_BIT(field);
    facts->values[field] = value;
}

void see_cells(struct facts *facts, enum field field, const struct cells *cells, unsigned columns)
{
    if (!cells->too_many) see(facts, field, value_sorted(cells->at, cells->count / columns, columns));
}

void see_scalar(struct facts *facts, enum field field, const char *text, struct arena *arena)
{
    const char **cell = ARENA_NEW(arena, const char *);
    *cell = text;
    see(facts, field, (struct value){1, 1, cell});
}

void see_text(struct facts *facts, enum field field, const char *text, struct arena *arena)
{
    if (text && *text) see_scalar(facts, field, text, arena);
}

void see_id(struct facts *facts, struct scan *scan, struct arena *arena)
{
    const char *id = scan_text(scan, arena, CLEAN_TEXT_MAX);
    size_t length = id ? strlen(id) : 0;
    facts->id = length == 0 || length > LIMIT_ID ? NULL : id;
}

void see_name(struct facts *facts, struct scan *scan, struct arena *arena)
{
    const char *name = scan_value(scan, arena);
    if (!name) return;
    facts->name = name;
    see_scalar(facts, FIELD_NAME, name, arena);
}

void see_power(struct facts *facts, struct arena *arena)
{
    if (facts->phase == PHASE_RUNNING || facts->phase == PHASE_STOPPED || facts->phase == PHASE_SHELVED)
        see_scalar(facts, FIELD_POWER, phase_name(facts->phase), arena);
}

const char *seen_member(struct scan *scan, const char *name, struct arena *arena)
{
    struct scan ahead = *scan;
    if (!scan_object(scan)) {
        *scan = ahead;
        return scan_text(scan, arena, CLEAN_TEXT_MAX);
    }
    const char *text = NULL;
    struct span key;
    while (scan_member(scan, &key))
        if (span_equal(key, name))
            text = scan_text(scan, arena, CLEAN_TEXT_MAX);
        else
            scan_skip(scan);
    return text;
}

void see_set(struct facts *facts, enum field field, struct scan *scan, const char *name, struct arena *arena)
{
    struct cells cells = {0};
    if (!scan_array(scan)) return;
    while (scan_item(scan)) {
        const char *text = seen_member(scan, name, arena);
        if (text && *text) cells_add(&cells, arena, text);
    }
    see_cells(facts, field, &cells, 1);
}

#define FLOATING "floating" /* as in facts.h */
enum { ADDRESS_COLUMNS = 3, ADDRESS_MAX = 45 /* the longest IPv6 address */ };

static bool is_address(const char *text)
{
    size_t digits = strspn(text, "0123456789abcdefABCDEF:.");
    return digits > 1 && digits <= ADDRESS_MAX && !text[digits] && strpbrk(text, ":.");
}

void cells_add_address(struct cells *cells, struct arena *arena, const char *address, bool floating,
                       const char *network)
{
    if (!address || !is_address(address)) return;
    cells_add(cells, arena, address);
    cells_add(cells, arena, floating ? FLOATING : "fixed");
    cells_add(cells, arena, network ? network : "");
}

static void see_floating(struct facts *facts, struct arena *arena)
{
    static const char *const none[] = {FLOATING_NONE};
    struct cells cells = {0};
    for (unsigned i = 0; i < facts->addresses.rows; i++)
        if (text_equal(value_cell(facts->addresses, i, 1), FLOATING))
            cells_add(&cells, arena, value_cell(facts->addresses, i, 0));
    if (cells.count == 0)
        see(facts, FIELD_FLOATING_IP, (struct value){1, 1, none});
    else
        see_cells(facts, FIELD_FLOATING_IP, &cells, 1);
}

void see_addresses(struct facts *facts, const struct cells *cells, struct arena *arena)
{
    if (cells->too_many) return;
    facts->addresses_seen = true;
    facts->addresses = value_sorted(cells->at, cells->count / ADDRESS_COLUMNS, ADDRESS_COLUMNS);
    see_floating(facts, arena);
}

struct facts *facts_row_next(struct facts_row *row, struct arena *arena)
{
    if (row->count == row->room) {
        row->room = row->room ? row->room * 4 : SERVERS_FIRST;
        struct facts *grown = ARENA_ROW(arena, struct facts, row->room);
        if (row->count) memcpy(grown, row->servers, row->count * sizeof *grown);
        row->servers = grown;
    }
    return &row->servers[row->count];
}

bool facts_row_read(struct facts_row *row, struct scan *scan, struct arena *arena, facts_read *take)
{
    if (!scan_array(scan)) return false;
    while (scan_item(scan)) {
        if (!take(scan, arena, facts_row_next(row, arena))) return false;
        row->count++;
    }
    return !scan->broken;
}

bool facts_in_body(const char *body, size_t size, const char *key, struct arena *arena, facts_read *take,
                   struct facts *out)
{
    struct scan scan;
    struct span member;
    bool found = false;
    scan_init(&scan, body, size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &member))
        if (span_equal(member, key)) {
            if (found || !take(&scan, arena, out)) return false;
            found = true;
        } else {
            scan_skip(&scan);
        }
    return scan_finish(&scan) && found;
}
