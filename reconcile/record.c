#include "reconcile/record.h"

#include "reconcile/base/assert.h"
#include "reconcile/base/text.h"

static const char *const meta[] = {"key", "value"};
static const char *const objects[] = {
    "source",        "name",        "cloud",   "current",  "next",          "protect",      "was_converged",
    "created_by_us", "was_running", "attempt", "failures", "applied",       "resolved",     "metadata",
    "volumes",       "tombstones",  "slot",    "held",     "held_desire",   "remedies",     "state",
    "restarted",     "addresses",   "retire",  "rebuilt",  "failed_builds", "failed_server"};
static const char *const keypairs[] = {"source", "name", "cloud", "key_name", "public_key"};
static const char *const intents[] = {
    "id",      "cloud", "source",     "name", "call",     "provider_id", "argument", "value",
    "attempt", "field", "from_phase", "aim",  "destroys", "disrupts",    "cleanup",  "saved_wall"};
static const char *const windows[] = {"id", "source", "cloud", "name", "provider_id", "wall", "kind"};
static const char *const sources[] = {"name", "revision", "objects", "bound_most", "accepted_wall"};
static const char *const notifications[] = {"target", "id",     "posting", "wall",  "kind",
                                            "over",   "reason", "source",  "cloud", "count",
                                            "names",  "title",  "message"};
static const char *const events[] = {"seq",    "wall",    "level", "source",     "name",     "cloud", "type",
                                     "reason", "message", "call",  "request_id", "revision", "uid",   "pid"};

#define ROW(table, keys)                                                                                     \
    {                                                                                                        \
#table, keys, sizeof(table) / sizeof *(table), table                                                 \
    }

static const struct record_table_row rows[RECORD_TABLE_COUNT] = {
    [RECORD_META] = ROW(meta, 1),
    [RECORD_OBJECTS] = ROW(objects, 2),
    [RECORD_KEYPAIRS] = ROW(keypairs, 4),
    [RECORD_INTENTS] = ROW(intents, 1),
    [RECORD_WINDOWS] = ROW(windows, 1),
    [RECORD_SOURCES] = ROW(sources, 1),
    [RECORD_NOTIFICATIONS] = ROW(notifications, 2),
    [RECORD_EVENTS] = ROW(events, 1),
};

const struct record_table_row *record_table_row(enum record_table table)
{
    ASSERT(table < RECORD_TABLE_COUNT);
    return &rows[table];
}

const char *record_show(const struct record *record, struct arena *arena)
{
    const struct record_table_row *row = record_table_row(record->table);
    struct text text;
    text_init(&text, 4096);
    text_addf(&text, "%s%s", record->erase ? "erase " : "", row->name);
    unsigned columns = record->erase ? row->key_columns : row->columns;
    for (unsigned i = 0; i < columns; i++)
        text_addf(&text, " %s=%s", row->column_names[i], record->cells[i] ? record->cells[i] : "-");
    const char *shown = arena_text(arena, text.bytes);
    text_release(&text);
    return shown;
}
