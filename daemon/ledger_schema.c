#include "daemon/ledger_schema.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/event.h"

enum { SQL_MAX = 4096 };

/* Version 1 is the first: nothing leads to it. The row that ends the table is not counted. */
const struct schema_step schema_steps[] = {
    {1, "ALTER TABLE objects ADD COLUMN restarted TEXT NOT NULL DEFAULT '0'"},
    {2, "ALTER TABLE objects ADD COLUMN addresses TEXT NOT NULL DEFAULT ''"},
    {3, "CREATE TABLE keypairs(source TEXT NOT NULL,name TEXT NOT NULL,cloud TEXT NOT NULL,key_name TEXT NOT "
        "NULL,public_key TEXT,PRIMARY KEY(source,name,cloud,key_name)) WITHOUT ROWID"},
    {4, "ALTER TABLE objects ADD COLUMN retire TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE objects ADD COLUMN rebuilt TEXT NOT NULL DEFAULT '0'"},
    {5, "ALTER TABLE events ADD COLUMN pid TEXT"},
    {6,
     "ALTER TABLE objects ADD COLUMN failed_builds TEXT NOT NULL DEFAULT '0';"
     "ALTER TABLE objects ADD COLUMN failed_server TEXT NOT NULL DEFAULT '';"
     "CREATE TABLE notifications(target TEXT NOT NULL,id TEXT NOT NULL,posting TEXT,wall TEXT,kind TEXT,over "
     "TEXT,reason TEXT,source TEXT,cloud TEXT,count TEXT,names TEXT,title TEXT,message TEXT,PRIMARY "
     "KEY(target,id)) WITHOUT ROWID"},
    {-1, NULL},
};
const unsigned schema_step_count = sizeof schema_steps / sizeof *schema_steps - 1;

static int read_number(sqlite3 *db, const char *sql, int *out)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) *out = sqlite3_column_int(statement, 0);
    int last = sqlite3_finalize(statement);
    return code == SQLITE_ROW ? SQLITE_OK : last != SQLITE_OK ? last : SQLITE_ERROR;
}

enum schema_found schema_judge(sqlite3 *db, int *out_version)
{
    int tables = 0, application = 0;
    *out_version = 0;
    if (read_number(db, "SELECT count(*) FROM sqlite_schema", &tables) != SQLITE_OK ||
        read_number(db, "PRAGMA application_id", &application) != SQLITE_OK ||
        read_number(db, "PRAGMA user_version", out_version) != SQLITE_OK)
        return SCHEMA_UNREADABLE;
    if (tables == 0 && *out_version == 0) return SCHEMA_EMPTY;
    if (application != LEDGER_APPLICATION_ID) return SCHEMA_FOREIGN;
    if (*out_version > RECORD_SCHEMA_VERSION) return SCHEMA_NEWER;
    return *out_version == RECORD_SCHEMA_VERSION ? SCHEMA_CURRENT : SCHEMA_OLDER;
}

static void add_table(struct text *sql, enum record_table table)
{
    const struct record_table_row *row = record_table_row(table);
    text_addf(sql, "CREATE TABLE %s(", row->name);
    if (table == RECORD_EVENTS) {
        text_add(sql, "seq INTEGER PRIMARY KEY");
        for (unsigned i = 1; i < row->columns; i++)
            text_addf(sql, ",%s %s", row->column_names[i],
                      text_equal(row->column_names[i], "wall") ? "INTEGER" : "TEXT");
        text_add(sql, ");CREATE INDEX events_wall ON events(wall);CREATE INDEX events_name ON events(name);"
                      "CREATE INDEX events_source ON events(source);");
        return;
    }
    for (unsigned i = 0; i < row->columns; i++)
        text_addf(sql, "%s TEXT%s,", row->column_names[i], i < row->key_columns ? " NOT NULL" : "");
    text_add(sql, "PRIMARY KEY(");
    for (unsigned i = 0; i < row->key_columns; i++)
        text_addf(sql, "%s%s", i ? "," : "", row->column_names[i]);
    text_add(sql, ")) WITHOUT ROWID;");
}

int schema_create(sqlite3 *db)
{
    AUTO_TEXT struct text sql;
    text_init(&sql, (size_t)SQL_MAX * RECORD_TABLE_COUNT);
    text_add(&sql, "BEGIN IMMEDIATE;");
    for (unsigned table = 0; table < RECORD_TABLE_COUNT; table++)
        add_table(&sql, (enum record_table)table);
    text_addf(&sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT;", LEDGER_APPLICATION_ID,
              RECORD_SCHEMA_VERSION);
    if (sql.overflow) return SQLITE_TOOBIG;
    int code = sqlite3_exec(db, sql.bytes, NULL, NULL, NULL);
    if (!sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

static int copy_database(sqlite3 *db, const char *path)
{
    sqlite3_stmt *statement = NULL;
    if (unlink(path) != 0 && access(path, F_OK) == 0) return SQLITE_CANTOPEN;
    int code = sqlite3_prepare_v2(db, "VACUUM INTO ?1", -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    if (code == SQLITE_OK) sqlite3_step(statement);
    int last = sqlite3_finalize(statement);
    return code != SQLITE_OK ? code : last;
}

static const struct schema_step *step_from(const struct schema_step *steps, unsigned count, int from)
{
    for (unsigned i = 0; i < count; i++)
        if (steps[i].from == from) return &steps[i];
    return NULL;
}

static int run_steps(sqlite3 *db, int found, int wanted, const struct schema_step *steps, unsigned step_count)
{
    for (int version = found; version < wanted; version++) {
        const struct schema_step *step = step_from(steps, step_count, version);
        if (!step) return SQLITE_SCHEMA;
        int code = sqlite3_exec(db, step->sql, NULL, NULL, NULL);
        if (code != SQLITE_OK) return code;
    }
    char stamp[64];
    snprintf(stamp, sizeof stamp, "PRAGMA user_version=%d", wanted);
    return sqlite3_exec(db, stamp, NULL, NULL, NULL);
}

int schema_migrate(sqlite3 *db, const char *copy_path, int found, int wanted, const struct schema_step *steps,
                   unsigned step_count)
{
    int code = copy_database(db, copy_path);
    if (code == SQLITE_OK) code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK) return code;
    code = run_steps(db, found, wanted, steps, step_count);
    if (code == SQLITE_OK) code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (!sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}
