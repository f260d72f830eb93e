#include "daemon/ledger_history.h"

#include "daemon/ledger.h"
#include "reconcile/base/cleanup.h"

enum { SQL_MAX = 2048 };

static int read_number(sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

int history_newest(sqlite3 *db, uint64_t *out_seq)
{
    int64_t seq = 0;
    int code = read_number(db, "SELECT max(seq) FROM events", &seq);
    *out_seq = seq > 0 ? (uint64_t)seq : 0;
    return code;
}

/* Conditions that are not asked for are left out, so that the planner finds the index. */
static void add_conditions(struct text *sql, const struct ledger_event_query *query)
{
    text_add(sql, " WHERE seq > ?1");
    if (query->source) text_add(sql, " AND source = ?2");
    if (query->name) text_add(sql, " AND name = ?3");
    if (query->cloud) text_add(sql, " AND cloud = ?5");
    text_add(sql, " ORDER BY seq DESC LIMIT ?4");
}

static void bind_query(sqlite3_stmt *statement, const struct ledger_event_query *query)
{
    uint32_t limit = query->limit < LEDGER_EVENTS_MAX ? query->limit : LEDGER_EVENTS_MAX;
    uint64_t after = query->after_seq < INT64_MAX ? query->after_seq : INT64_MAX;
    sqlite3_bind_int64(statement, 1, (int64_t)after);
    if (query->source) sqlite3_bind_text(statement, 2, query->source, -1, SQLITE_STATIC);
    if (query->name) sqlite3_bind_text(statement, 3, query->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, limit);
    if (query->cloud) sqlite3_bind_text(statement, 5, query->cloud, -1, SQLITE_STATIC);
}

static void reverse(struct record *records, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        struct record swapped = records[i];
        records[i] = records[count - 1 - i];
        records[count - 1 - i] = swapped;
    }
}

int history_read(sqlite3 *db, const struct ledger_event_query *query, struct arena *arena,
                 struct record **out_records, uint32_t *out_count)
{
    AUTO_TEXT struct text sql;
    text_init(&sql, SQL_MAX);
    ledger_rows_select(&sql, RECORD_EVENTS);
    add_conditions(&sql, query);
    struct ledger_rows rows = {0};
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql.bytes, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        bind_query(statement, query);
        code = ledger_rows_read(&rows, statement, RECORD_EVENTS, arena);
    }
    sqlite3_finalize(statement);
    *out_count = rows.count;
    *out_records = ledger_rows_settle(&rows, arena);
    reverse(*out_records, *out_count);
    return code;
}

static int delete_step(sqlite3 *db, const char *sql, int64_t argument, int *out_deleted)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(statement, 1, argument);
        sqlite3_bind_int(statement, 2, HISTORY_PRUNE_STEP);
        code = sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    *out_deleted = code == SQLITE_DONE ? sqlite3_changes(db) : 0;
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int bytes_in_use(sqlite3 *db, int64_t *out)
{
    int64_t pages = 0, unused = 0, page_size = 0;
    int code = read_number(db, "PRAGMA page_count", &pages);
    if (code == SQLITE_OK) code = read_number(db, "PRAGMA freelist_count", &unused);
    if (code == SQLITE_OK) code = read_number(db, "PRAGMA page_size", &page_size);
    *out = (pages - unused) * page_size;
    return code;
}

static int prune_by_age(sqlite3 *db, int64_t before_wall_ms, int *out_deleted)
{
    return delete_step(db,
                       "DELETE FROM events WHERE seq IN"
                       " (SELECT seq FROM events WHERE wall < ?1 ORDER BY wall LIMIT ?2)",
                       before_wall_ms, out_deleted);
}

static int prune_by_size(sqlite3 *db, int64_t max_bytes, int *out_deleted)
{
    int64_t used = 0;
    int code = bytes_in_use(db, &used);
    if (code != SQLITE_OK || used <= max_bytes) return code;
    /* The newest row stays: its seq is where the numbering goes on. */
    return delete_step(db,
                       "DELETE FROM events WHERE seq IN (SELECT seq FROM events"
                       " WHERE seq < (SELECT max(seq) FROM events) AND seq > ?1 ORDER BY seq LIMIT ?2)",
                       0, out_deleted);
}

int history_prune(sqlite3 *db, int64_t before_wall_ms, int64_t max_bytes, bool *out_more)
{
    int aged = 0, surplus = 0;
    int code = prune_by_age(db, before_wall_ms, &aged);
    if (code == SQLITE_OK && max_bytes > 0) code = prune_by_size(db, max_bytes, &surplus);
    if (code == SQLITE_OK && (aged || surplus))
        code = sqlite3_exec(db, "PRAGMA incremental_vacuum(1000)", NULL, NULL, NULL);
    *out_more = code == SQLITE_OK && (aged == HISTORY_PRUNE_STEP || surplus > 0);
    return code;
}
