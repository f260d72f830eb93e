#include "tests/unit/unit.h"

#include "daemon/ledger_schema.h"
#include "reconcile/event.h"
#include "tests/unit/scratch.h"

static sqlite3 *open_database(const char *name)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(scratch_path(name), &db), SQLITE_OK);
    return db;
}

static void run(sqlite3 *db, const char *sql)
{
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void test_judges(void **state)
{
    (void)state;
    int version;
    sqlite3 *db = open_database("a.db");
    assert_int_equal(schema_judge(db, &version), SCHEMA_EMPTY);
    assert_int_equal(schema_create(db), SQLITE_OK);
    assert_int_equal(schema_judge(db, &version), SCHEMA_CURRENT);
    assert_int_equal(version, RECORD_SCHEMA_VERSION);
    run(db, "PRAGMA user_version=0");
    assert_int_equal(schema_judge(db, &version), SCHEMA_OLDER);
    run(db, "PRAGMA user_version=99");
    assert_int_equal(schema_judge(db, &version), SCHEMA_NEWER);
    assert_int_equal(version, 99);
    run(db, "PRAGMA application_id=1");
    assert_int_equal(schema_judge(db, &version), SCHEMA_FOREIGN);
    sqlite3_close(db);
    write_text(scratch_path("b.db"), "a text of more than a few bytes, but no database");
    db = open_database("b.db");
    assert_int_equal(schema_judge(db, &version), SCHEMA_UNREADABLE);
    sqlite3_close(db);
}

/* Each table of records has its columns, in order, and refuses a second row of the same key. */
static void test_tables_follow_the_records(void **state)
{
    (void)state;
    sqlite3 *db = open_database("a.db");
    assert_int_equal(schema_create(db), SQLITE_OK);
    for (unsigned table = 0; table < RECORD_TABLE_COUNT; table++) {
        const struct record_table_row *row = record_table_row((enum record_table)table);
        char sql[256];
        snprintf(sql, sizeof sql, "SELECT name, pk FROM pragma_table_info('%s') ORDER BY cid", row->name);
        sqlite3_stmt *statement;
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
        for (unsigned i = 0; i < row->columns; i++) {
            assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
            assert_string_equal(sqlite3_column_text(statement, 0), row->column_names[i]);
            assert_int_equal(sqlite3_column_int(statement, 1), i < row->key_columns ? i + 1 : 0);
        }
        assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
        sqlite3_finalize(statement);
    }
    sqlite3_close(db);
}

static const struct schema_step steps[] = {
    {1, "ALTER TABLE meta ADD COLUMN since TEXT; UPDATE meta SET since = 'old'"},
    {2, "CREATE TABLE extra(a TEXT)"},
};

static void test_migrates_and_keeps_a_copy(void **state)
{
    (void)state;
    sqlite3 *db = open_database("a.db"), *copy;
    run(db, "PRAGMA journal_mode=WAL");
    assert_int_equal(schema_create(db), SQLITE_OK);
    run(db, "PRAGMA user_version=1; INSERT INTO meta VALUES('owner','seoul-1')");
    write_text(scratch_path("a.db.v1"), "left by an attempt before");
    assert_int_equal(schema_migrate(db, scratch_path("a.db.v1"), 1, 3, steps, 2), SQLITE_OK);
    assert_int_equal(number(db, "PRAGMA user_version"), 3);
    assert_int_equal(number(db, "SELECT count(*) FROM meta WHERE since = 'old' AND value = 'seoul-1'"), 1);
    assert_int_equal(number(db, "SELECT count(*) FROM extra"), 0);
    sqlite3_close(db);
    copy = open_database("a.db.v1");
    assert_int_equal(number(copy, "PRAGMA user_version"), 1);
    assert_int_equal(number(copy, "SELECT count(*) FROM meta WHERE value = 'seoul-1'"), 1);
    assert_int_equal(number(copy, "SELECT count(*) FROM pragma_table_info('meta')"), 2);
    sqlite3_close(copy);
}

static void check_unchanged(int wanted, const struct schema_step *given, unsigned count, const char *copy)
{
    sqlite3 *db = open_database("a.db");
    assert_int_not_equal(schema_migrate(db, scratch_path(copy), 1, wanted, given, count), SQLITE_OK);
    assert_int_equal(number(db, "PRAGMA user_version"), 1);
    assert_int_equal(number(db, "SELECT count(*) FROM pragma_table_info('meta')"), 2);
    assert_int_not_equal(sqlite3_get_autocommit(db), 0);
    sqlite3_close(db);
}

static void test_failed_migration_changes_nothing(void **state)
{
    (void)state;
    static const struct schema_step wrong[] = {{1, "ALTER TABLE meta ADD COLUMN since TEXT"},
                                               {2, "CREATE TABLE objects(x TEXT)"}};
    sqlite3 *db = open_database("a.db");
    assert_int_equal(schema_create(db), SQLITE_OK);
    run(db, "PRAGMA user_version=1");
    sqlite3_close(db);
    check_unchanged(3, wrong, 2, "a.db.v1");   /* the second step fails */
    check_unchanged(4, steps, 2, "a.db.v1");   /* no way from 3 to 4 */
    check_unchanged(3, steps, 2, "none/a.db"); /* no copy, no migration */
}

/* The product's own row of steps leads from every version that it knows to the present one. */
static void test_no_step_is_missing(void **state)
{
    (void)state;
    assert_int_equal(schema_step_count, RECORD_SCHEMA_VERSION - 1);
    for (unsigned i = 0; i < schema_step_count; i++)
        assert_int_equal(schema_steps[i].from, i + 1);
}

static void assert_table_is_whole(sqlite3 *db, enum record_table table)
{
    const struct record_table_row *row = record_table_row(table);
    char sql[128];
    for (unsigned i = 0; i < row->columns; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE cid=%u AND name='%s'",
                 row->name, i, row->column_names[i]);
        assert_int_equal(number(db, sql), 1);
    }
    snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE pk > 0", row->name);
    assert_int_equal(number(db, sql), row->key_columns);
}

/* A database as version 1 made it becomes what this version makes. */
static void test_version_1_becomes_the_present_one(void **state)
{
    (void)state;
    sqlite3 *db = open_database("a.db");
    assert_int_equal(schema_create(db), SQLITE_OK);
    run(db, "ALTER TABLE objects DROP COLUMN failed_server; ALTER TABLE objects DROP COLUMN failed_builds;"
            "ALTER TABLE objects DROP COLUMN rebuilt; ALTER TABLE objects DROP COLUMN retire;"
            "ALTER TABLE objects DROP COLUMN addresses;"
            "ALTER TABLE objects DROP COLUMN restarted; DROP TABLE keypairs; DROP TABLE notifications; ALTER "
            "TABLE events DROP COLUMN "
            "pid; PRAGMA user_version=1");
    assert_int_equal(schema_migrate(db, scratch_path("a.db.v1"), 1, RECORD_SCHEMA_VERSION, schema_steps,
                                    schema_step_count),
                     SQLITE_OK);
    const struct record_table_row *row = record_table_row(RECORD_OBJECTS);
    assert_int_equal(number(db, "SELECT count(*) FROM pragma_table_info('objects')"), row->columns);
    assert_int_equal(number(db, "SELECT cid FROM pragma_table_info('objects') WHERE name = 'restarted'"),
                     row->columns - 6);
    assert_int_equal(number(db, "SELECT cid FROM pragma_table_info('objects') WHERE name = 'rebuilt'"),
                     row->columns - 3);
    row = record_table_row(RECORD_EVENTS);
    assert_int_equal(number(db, "SELECT count(*) FROM pragma_table_info('events')"), row->columns);
    assert_table_is_whole(db, RECORD_KEYPAIRS);
    assert_table_is_whole(db, RECORD_NOTIFICATIONS);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)
        ROW(test_judges),
        ROW(test_tables_follow_the_records),
        ROW(test_migrates_and_keeps_a_copy),
        ROW(test_failed_migration_changes_nothing),
        ROW(test_version_1_becomes_the_present_one),
        ROW(test_no_step_is_missing),
    };
    return UNIT_RUN(tests);
}
