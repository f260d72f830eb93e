#include "daemon/ledger_store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ledger_history.h"
#include "daemon/ledger_schema.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"

enum {
    SQL_MAX = 4096,
    PATH_TEXT_MAX = 4096,
    LEDGER_MODE = 0600,
    BUSY_WAIT_MS = 5000 /* somebody looks into the file with sqlite3 */
};

struct ledger_store {
    char *directory, *path;
    sqlite3 *db;   /* NULL: corrupt, or a rebuild failed */
    char *problem; /* why db is NULL */
    bool alone; /* opened without room for SQLite's shared memory: no other program can read it meanwhile */
    sqlite3_stmt *put[RECORD_TABLE_COUNT], *erase[RECORD_TABLE_COUNT];
};

/* SQLite tells a full disk as an input/output error where it happens to a file other than the database. */
static int failure_kind(const struct ledger_store *store, int code)
{
    int number = store->db ? sqlite3_system_errno(store->db) : 0;
    bool full = (code & 0xff) == SQLITE_IOERR && (number == ENOSPC || number == EDQUOT);
    return full ? SQLITE_FULL : code & 0xff;
}

static bool store_failed(const struct ledger_store *store, int code, struct error *err)
{
    switch (failure_kind(store, code)) {
    case SQLITE_FULL:
        return error_set(err, ERROR_SYSTEM, "the disk of %s is full; free space there", store->directory);
    case SQLITE_READONLY:
        return error_set(err, ERROR_SYSTEM,
                         "%s cannot be written: it or its file system is read-only; make it writable",
                         store->path);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return error_set(err, ERROR_SYSTEM, "%s cannot be opened (%s); check its owner, mode and directory",
                         store->path, store->db ? strerror(sqlite3_system_errno(store->db)) : "no database");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(err, ERROR_SYSTEM, "%s is locked by another program; close that", store->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_set(
            err, ERROR_SYSTEM,
            "%s is damaged; restore it from a backup, or start a new one: setpointctl ledger rebuild "
            "--yes",
            store->path);
    case SQLITE_IOERR:
        return error_set(err, ERROR_SYSTEM, "%s cannot be read or written (%s); check the disk", store->path,
                         store->db && sqlite3_system_errno(store->db)
                             ? strerror(sqlite3_system_errno(store->db))
                             : "input/output error");
    default:
        return error_set(err, ERROR_SYSTEM, "%s cannot be used (%s); check the file", store->path,
                         store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
    }
}

static void store_forget_database(struct ledger_store *store)
{
    for (unsigned i = 0; i < RECORD_TABLE_COUNT; i++) {
        sqlite3_finalize(TAKE(store->put[i]));
        sqlite3_finalize(TAKE(store->erase[i]));
    }
    sqlite3_close(TAKE(store->db));
}

void ledger_store_close(struct ledger_store *store)
{
    if (!store) return;
    store_forget_database(store);
    memory_free(store->directory);
    memory_free(store->path);
    memory_free(store->problem);
    memory_free(store);
}

static int exec(struct ledger_store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

static int prepare_table(struct ledger_store *store, enum record_table table)
{
    const struct record_table_row *row = record_table_row(table);
    AUTO_TEXT struct text put;
    AUTO_TEXT struct text erase;
    text_init(&put, SQL_MAX);
    text_init(&erase, SQL_MAX);
    text_addf(&put, "INSERT OR REPLACE INTO %s VALUES(", row->name);
    for (unsigned i = 0; i < row->columns; i++)
        text_addf(&put, "%s?%u", i ? "," : "", i + 1);
    text_add(&put, ")");
    text_addf(&erase, "DELETE FROM %s WHERE ", row->name);
    for (unsigned i = 0; i < row->key_columns; i++)
        text_addf(&erase, "%s%s=?%u", i ? " AND " : "", row->column_names[i], i + 1);
    ASSERT(!put.overflow && !erase.overflow);
    int code =
        sqlite3_prepare_v3(store->db, put.bytes, -1, SQLITE_PREPARE_PERSISTENT, &store->put[table], NULL);
    if (code != SQLITE_OK) return code;
    return sqlite3_prepare_v3(store->db, erase.bytes, -1, SQLITE_PREPARE_PERSISTENT, &store->erase[table],
                              NULL);
}

static int prepare_all(struct ledger_store *store)
{
    int code = SQLITE_OK;
    for (unsigned table = 0; table < RECORD_TABLE_COUNT && code == SQLITE_OK; table++)
        code = prepare_table(store, (enum record_table)table);
    return code;
}

/* The file is made by us for its mode; SQLite gives its companions the same. */
static int open_database(struct ledger_store *store)
{
    int fd = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, LEDGER_MODE);
    if (fd < 0 && (errno == ENOSPC || errno == EDQUOT))
        return SQLITE_FULL; /* no inode: SQLite would not say */
    if (fd >= 0) close(fd);
    int code = sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE, NULL);
    if (code != SQLITE_OK) return code;
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, BUSY_WAIT_MS);
    if (store->alone) code = exec(store, "PRAGMA locking_mode=EXCLUSIVE");
    if (code != SQLITE_OK) return code;
    /* Until it is known to be sound, closing must change nothing in the file. */
    return sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

static int check_pages(struct ledger_store *store, char *out_problem, size_t size)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *said = (const char *)sqlite3_column_text(statement, 0);
        if (text_equal(said, "ok"))
            code = SQLITE_OK;
        else
            snprintf(out_problem, size, "%s", said ? said : "no result");
    }
    sqlite3_finalize(statement);
    return code == SQLITE_ROW ? SQLITE_CORRUPT : code;
}

static int make_durable(struct ledger_store *store)
{
    int code = exec(store, "PRAGMA journal_mode=WAL");
    if (code == SQLITE_OK) code = exec(store, "PRAGMA synchronous=FULL");
    if (code == SQLITE_OK) code = sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return code;
}

static int make_new(struct ledger_store *store)
{
    int code = exec(store, "PRAGMA auto_vacuum=INCREMENTAL"); /* only before the first table */
    if (code == SQLITE_OK) code = make_durable(store);
    if (code == SQLITE_OK) code = schema_create(store->db);
    return code == SQLITE_OK ? prepare_all(store) : code;
}

static int load_table(struct ledger_store *store, enum record_table table, struct arena *arena,
                      struct ledger_rows *rows)
{
    AUTO_TEXT struct text sql;
    text_init(&sql, SQL_MAX);
    ledger_rows_select(&sql, table);
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, sql.bytes, -1, &statement, NULL);
    if (code == SQLITE_OK) code = ledger_rows_read(rows, statement, table, arena);
    sqlite3_finalize(statement);
    return code;
}

static int load_all(struct ledger_store *store, struct ledger_content *content)
{
    struct ledger_rows rows = {0};
    int code = history_newest(store->db, &content->event_seq);
    for (unsigned table = 0; table < RECORD_TABLE_COUNT && code == SQLITE_OK; table++)
        if (table != RECORD_EVENTS)
            code = load_table(store, (enum record_table)table, &content->arena, &rows);
    content->count = rows.count;
    content->records = ledger_rows_settle(&rows, &content->arena);
    /* One that never stored anything knows nothing: as good as none. */
    content->state = content->count || content->event_seq ? LEDGER_LOADED : LEDGER_MISSING;
    return code;
}

static bool tell_newer(const struct ledger_store *store, int version, struct error *err)
{
    return error_set(
        err, ERROR_STATE,
        "%s was written by a newer setpoint (schema %d, this one knows %d); install that version, or "
        "give this one its own --state",
        store->path, version, RECORD_SCHEMA_VERSION);
}

static int migrate(struct ledger_store *store, int version)
{
    char copy[PATH_TEXT_MAX];
    int length = snprintf(copy, sizeof copy, "%s.v%d", store->path, version);
    if (length < 0 || (size_t)length >= sizeof copy) return SQLITE_CANTOPEN;
    return schema_migrate(store->db, copy, version, RECORD_SCHEMA_VERSION, schema_steps, schema_step_count);
}

/* false: SCHEMA_NEWER. Else *out_code tells. */
static bool open_existing(struct ledger_store *store, struct ledger_content *content, char *detail,
                          size_t detail_size, int *out_code, struct error *err)
{
    int version = 0;
    *out_code = SQLITE_CORRUPT;
    switch (schema_judge(store->db, &version)) {
    case SCHEMA_EMPTY:
        content->state = LEDGER_MISSING;
        *out_code = make_new(store);
        return true;
    case SCHEMA_NEWER: return tell_newer(store, version, err);
    case SCHEMA_FOREIGN: snprintf(detail, detail_size, "it is another program's database"); return true;
    case SCHEMA_UNREADABLE: *out_code = sqlite3_extended_errcode(store->db); return true;
    case SCHEMA_OLDER:
    case SCHEMA_CURRENT: break;
    }
    *out_code = check_pages(store, detail, detail_size);
    if (*out_code == SQLITE_OK && version < RECORD_SCHEMA_VERSION) *out_code = migrate(store, version);
    if (*out_code == SQLITE_OK) *out_code = load_all(store, content);
    if (*out_code == SQLITE_OK) *out_code = make_durable(store);
    if (*out_code == SQLITE_OK) *out_code = prepare_all(store);
    return true;
}

/* Is it the file that is at fault, or the place where it lies? */
static bool is_damage(int code)
{
    int kind = code & 0xff;
    return kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_SCHEMA || kind == SQLITE_ERROR ||
           kind == SQLITE_FORMAT;
}

static void become_corrupt(struct ledger_store *store, int code, const char *detail,
                           struct ledger_content *content)
{
    /* what was rolled back has no message any more */
    const char *known =
        sqlite3_errcode(store->db) == SQLITE_OK ? sqlite3_errstr(code) : sqlite3_errmsg(store->db);
    struct text problem;
    text_init(&problem, LIMIT_MESSAGE);
    text_addf(
        &problem,
        "the ledger %s is damaged (%s) and stays as it is; restore it from a backup and restart, or start "
        "a new one: setpointctl ledger rebuild --yes",
        store->path, detail[0] ? detail : known);
    arena_release(&content->arena);
    *content = (struct ledger_content){.state = LEDGER_CORRUPT};
    content->problem = arena_text(&content->arena, problem.bytes);
    store->problem = text_take(&problem);
    store_forget_database(store);
}

static bool open_and_load(struct ledger_store *store, struct ledger_content *content, char *detail,
                          size_t detail_size, int *out_code, struct error *err)
{
    *out_code = open_database(store);
    return *out_code != SQLITE_OK || open_existing(store, content, detail, detail_size, out_code, err);
}

/* On a full disk what is there is read all the same: SQLite's index of the log is then kept in memory, for
   which nobody else may have the file open. Saves fail until there is room. */
bool ledger_store_open(const char *directory, struct ledger_store **out, struct ledger_content *out_content,
                       struct error *err)
{
    AUTO_TEXT struct text path;
    text_init(&path, PATH_TEXT_MAX);
    text_addf(&path, "%s/ledger.db", directory);
    struct ledger_store *store = NEW(struct ledger_store);
    store->directory = memory_copy_text(directory);
    store->path = text_take(&path);
    *out_content = (struct ledger_content){.state = LEDGER_MISSING};
    char detail[LIMIT_MESSAGE / 2] = "";
    int code;
    bool usable = open_and_load(store, out_content, detail, sizeof detail, &code, err);
    if (usable && failure_kind(store, code) == SQLITE_FULL) {
        store_forget_database(store);
        ledger_content_release(out_content);
        store->alone = true;
        usable = open_and_load(store, out_content, detail, sizeof detail, &code, err);
    }
    if (usable && code != SQLITE_OK && is_damage(code))
        become_corrupt(store, code, detail, out_content);
    else if (usable && code != SQLITE_OK)
        usable = store_failed(store, code, err);
    if (usable) {
        *out = store;
        return true;
    }
    ledger_content_release(out_content);
    ledger_store_close(store);
    return false;
}

static bool store_is_open(const struct ledger_store *store, struct error *err)
{
    return store->db || error_set(err, ERROR_STATE, "%s", store->problem);
}

static bool abandon(struct ledger_store *store, int code, struct error *err)
{
    store_failed(store, code, err);
    if (!sqlite3_get_autocommit(store->db)) exec(store, "ROLLBACK");
    return false;
}

bool ledger_store_begin(struct ledger_store *store, struct error *err)
{
    if (!store_is_open(store, err)) return false;
    int code = exec(store, "BEGIN IMMEDIATE");
    return code == SQLITE_OK || abandon(store, code, err);
}

bool ledger_store_put(struct ledger_store *store, const struct record *record, struct error *err)
{
    const struct record_table_row *row = record_table_row(record->table);
    sqlite3_stmt *statement = record->erase ? store->erase[record->table] : store->put[record->table];
    unsigned columns = record->erase ? row->key_columns : row->columns;
    for (unsigned i = 0; i < columns; i++) /* a NULL cell binds NULL */
        sqlite3_bind_text(statement, (int)i + 1, record->cells[i], -1, SQLITE_STATIC);
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code == SQLITE_DONE || abandon(store, code, err);
}

bool ledger_store_commit(struct ledger_store *store, struct error *err)
{
    int code = exec(store, "COMMIT");
    return code == SQLITE_OK || abandon(store, code, err);
}

bool ledger_store_events(struct ledger_store *store, const struct ledger_event_query *query,
                         struct arena *arena, struct record **out_records, uint32_t *out_count,
                         struct error *err)
{
    *out_records = NULL;
    *out_count = 0;
    if (!store_is_open(store, err)) return false;
    int code = history_read(store->db, query, arena, out_records, out_count);
    return code == SQLITE_OK || store_failed(store, code, err);
}

bool ledger_store_prune(struct ledger_store *store, int64_t before_wall_ms, int64_t max_bytes, bool *out_more,
                        struct error *err)
{
    *out_more = false;
    if (!store_is_open(store, err)) return false;
    int code = history_prune(store->db, before_wall_ms, max_bytes, out_more);
    return code == SQLITE_OK || store_failed(store, code, err);
}

/* The companions hold part of the content: they go along, under the name that belongs to the new one. */
static bool move_aside(const struct ledger_store *store, int64_t now_wall_ms, struct error *err)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char at[32];
    instant_format(now_wall_ms, at, sizeof at);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char from[PATH_TEXT_MAX], to[PATH_TEXT_MAX];
        snprintf(from, sizeof from, "%.4000s%s", store->path, endings[i]);
        snprintf(to, sizeof to, "%.4000s.aside-%s%s", store->path, at, endings[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return error_set(err, ERROR_SYSTEM, "%s cannot be moved to %s (%s); check the state directory",
                             from, to, strerror(errno));
    }
    return true;
}

bool ledger_store_rebuild(struct ledger_store *store, int64_t now_wall_ms, struct error *err)
{
    store_forget_database(store);
    if (!move_aside(store, now_wall_ms, err)) {
        memory_free(store->problem);
        store->problem = memory_copy_text(err->text);
        return false;
    }
    int code = open_database(store);
    if (code == SQLITE_OK) code = make_new(store);
    if (code != SQLITE_OK) {
        store_failed(store, code, err);
        memory_free(store->problem);
        store->problem = memory_copy_text(err->text);
        store_forget_database(store);
    }
    return code == SQLITE_OK;
}
