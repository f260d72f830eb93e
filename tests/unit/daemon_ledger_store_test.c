#include "tests/unit/unit.h"

#include <dirent.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "tests/unit/ledger_fixture.h"

static void fill(unsigned rows)
{
    struct ledger *ledger = open_as(scratch, LEDGER_MISSING);
    struct answers answers = {0};
    for (unsigned i = 0; i < rows; i++) {
        char key[16];
        snprintf(key, sizeof key, "%05u", i);
        struct record record = {.table = RECORD_OBJECTS,
                                .cells = {"prod", key, "kr1", "some text that fills pages"}};
        ledger_save(ledger, i, &record, 1, on_saved, &answers);
    }
    run_until(&answers, rows);
    assert_int_equal(answers.good, rows);
    ledger_close(ledger);
}

struct bytes {
    char *at;
    size_t size;
};

static struct bytes file_bytes(const char *name)
{
    struct bytes bytes = {0};
    if (access(scratch_path(name), F_OK) == 0) bytes.at = read_bytes(scratch_path(name), &bytes.size);
    return bytes;
}

static size_t file_bytes_size(const char *name)
{
    struct stat found;
    return stat(scratch_path(name), &found) == 0 ? (size_t)found.st_size : 0;
}

static void act_save_and_crash(void)
{
    struct ledger_content content;
    struct ledger *ledger;
    struct answers answers = {0};
    struct record record = meta("last", "words");
    need(ledger_open(&loop, scratch, &ledger, &content, NULL), 1, "open");
    ledger_save(ledger, 1, &record, 1, on_saved, &answers);
    while (answers.count == 0)
        uv_run(&loop, UV_RUN_ONCE);
    _exit(0);
}

static void expect_same(struct bytes before, const char *name)
{
    struct bytes after = file_bytes(name);
    assert_int_equal(after.size, before.size);
    if (after.size) assert_memory_equal(after.at, before.at, before.size);
    free(before.at);
    free(after.at);
}

static void check_corrupt_stays(const char *words)
{
    struct bytes database = file_bytes("ledger.db"), log = file_bytes("ledger.db-wal");
    struct ledger_content content;
    struct ledger *ledger = open_at(scratch, &content);
    assert_int_equal(content.state, LEDGER_CORRUPT);
    assert_int_equal(content.count, 0);
    if (!strstr(content.problem, words)) fail_msg("%s", content.problem);
    assert_non_null(strstr(content.problem, "setpointctl ledger rebuild --yes"));
    struct answers answers;
    struct record record = meta("a", "b");
    assert_false(save_one(ledger, &record, &answers));
    assert_non_null(strstr(answers.problem, "stays as it is"));
    assert_string_equal(ledger_problem(ledger), answers.problem);
    ledger_content_release(&content);
    ledger_close(ledger);
    expect_same(database, "ledger.db");
    expect_same(log, "ledger.db-wal");
}

static void overwrite(off_t at, const void *bytes, size_t size)
{
    int fd = open(scratch_path("ledger.db"), O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, at), size);
    close(fd);
}

static void test_corrupt_stays_where_it_is(void **state)
{
    (void)state;
    static char noise[6000];
    memset(noise, 0xA5, sizeof noise);
    fill(1000);
    in_child(act_save_and_crash); /* leaves a log that closing would write into the database */
    assert_true(file_bytes_size("ledger.db-wal") > 0);
    overwrite(40000, noise, sizeof noise); /* objects; not the page that is in the log */
    check_corrupt_stays("is damaged (");
    overwrite(0, noise, 100);
    check_corrupt_stays("file is not a database");
    write_text(scratch_path("ledger.db"), "short");
    check_corrupt_stays("is damaged (");
}

static void sql(const char *statement)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(scratch_path("ledger.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, statement, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_other_databases(void **state)
{
    (void)state;
    sql("CREATE TABLE bookmarks(url TEXT); PRAGMA journal_mode=WAL; INSERT INTO bookmarks VALUES('x')");
    check_corrupt_stays("another program's database");
    unlink(scratch_path("ledger.db"));
    fill(3);
    sql("ALTER TABLE objects DROP COLUMN cloud");
    check_corrupt_stays("no such column: cloud");
    unlink(scratch_path("ledger.db"));
    fill(3);
    sql("PRAGMA user_version=99");
    struct ledger *ledger = NULL;
    struct ledger_content content;
    struct error err = {0};
    assert_false(ledger_open(&loop, scratch, &ledger, &content, &err));
    char said[80], back[40];
    snprintf(said, sizeof said, "was written by a newer setpoint (schema 99, this one knows %d)",
             RECORD_SCHEMA_VERSION);
    assert_non_null(strstr(err.text, said));
    snprintf(back, sizeof back, "PRAGMA user_version=%d", RECORD_SCHEMA_VERSION);
    sql(back);
    ledger_close(open_as(scratch, LEDGER_LOADED));
}

static unsigned count_aside(void)
{
    unsigned found = 0;
    DIR *stream = opendir(scratch);
    struct dirent *entry;
    while ((entry = readdir(stream)))
        found += strncmp(entry->d_name, "ledger.db.aside-", 16) == 0;
    closedir(stream);
    return found;
}

static void test_rebuild(void **state)
{
    (void)state;
    write_text(scratch_path("ledger.db"), "this is no database, but it is kept");
    struct ledger *ledger = open_as(scratch, LEDGER_CORRUPT);
    struct answers answers = {0};
    struct record record = meta("after", "rebuild");
    ledger_rebuild(ledger, 1769828400000, on_saved, &answers);
    ledger_save(ledger, 2, &record, 1, on_saved, &answers);
    run_until(&answers, 2);
    assert_int_equal(answers.good, 2);
    assert_string_equal(ledger_problem(ledger), "");
    ledger_close(ledger);
    assert_int_equal(count_aside(), 1);
    size_t size;
    char *aside = read_bytes(scratch_path("ledger.db.aside-2026-01-31T03:00:00Z"), &size);
    assert_memory_equal(aside, "this is no database, but it is kept", size);
    free(aside);
    assert_string_equal(stored(scratch, "after"), "rebuild");
}

static void save_child(struct ledger *ledger, size_t size, struct answers *out)
{
    char *value = calloc(1, size + 1);
    memset(value, 'x', size);
    struct record record = meta("large", value);
    *out = (struct answers){0};
    ledger_save(ledger, 1, &record, 1, on_saved, out);
    while (out->count == 0)
        uv_run(&loop, UV_RUN_ONCE);
    free(value);
}

/* Fails while there is no room, loses nothing that was saved before, and works again when there is. */
static void act_file_limit(void)
{
    struct rlimit limit = {.rlim_cur = 400 << 10, .rlim_max = RLIM_INFINITY};
    struct ledger_content content;
    struct ledger *ledger;
    struct answers answers;
    signal(SIGXFSZ, SIG_IGN);
    need(ledger_open(&loop, scratch, &ledger, &content, NULL), 1, "open");
    save_child(ledger, 100, &answers);
    need(answers.good == 1, 2, "save before");
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0, 3, "setrlimit");
    save_child(ledger, 1 << 20, &answers);
    need(answers.good == 0, 4, "save without room");
    need(strstr(answers.problem, "ledger.db cannot be read or written (") != NULL, 5, answers.problem);
    limit.rlim_cur = RLIM_INFINITY;
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0, 6, "setrlimit");
    save_child(ledger, 200, &answers);
    need(answers.good == 1, 7, "save after");
    ledger_close(ledger);
}

static void test_file_limit(void **state)
{
    (void)state;
    in_child(act_file_limit);
    assert_int_equal(strlen(stored(scratch, "large")), 200);
}

/* A small file system of our own: needs root. */
static bool may_mount(void)
{
    pid_t child = fork();
    if (child == 0) _exit(unshare(CLONE_NEWNS) == 0 ? 0 : 1);
    int status = -1;
    waitpid(child, &status, 0);
    return status == 0;
}

static void mount_small(void)
{
    need(unshare(CLONE_NEWNS) == 0, 1, "unshare");
    need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, 2, "private mounts");
    need(mount("small", scratch, "tmpfs", 0, "size=600k,mode=0700") == 0, 3, "mount");
}

static void act_full_disk(void)
{
    struct ledger_content content;
    struct ledger *ledger;
    struct answers answers;
    mount_small();
    need(ledger_open(&loop, scratch, &ledger, &content, NULL), 4, "open");
    save_child(ledger, 100, &answers);
    need(answers.good == 1, 5, "save before");
    save_child(ledger, 1 << 20, &answers);
    need(answers.good == 0, 6, "save without room");
    need(strncmp(answers.problem, "the disk of ", 12) == 0 &&
             strstr(answers.problem, " is full; free space there"),
         7, answers.problem);
    save_child(ledger, 300, &answers);
    need(answers.good == 1, 8, answers.problem);
    ledger_close(ledger);
    need(stored(scratch, "large") && strlen(stored(scratch, "large")) == 300, 9, "lost");
}

static void fill_disk(void)
{
    char bytes[1024] = "";
    int fd = open(scratch_path("filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    need(fd >= 0, 20, "filler");
    while (write(fd, bytes, sizeof bytes) > 0)
        continue;
    close(fd);
}

/* What was saved is read, nothing can be saved until there is room, and then it can. */
static void start_on_full_disk(int exit)
{
    struct ledger_content content;
    struct ledger *ledger;
    struct answers answers;
    struct error err = {0};
    fill_disk();
    need(ledger_open(&loop, scratch, &ledger, &content, &err), exit, err.text);
    need(content.state == LEDGER_LOADED && content.count == 1 && strlen(content.records[0].cells[1]) == 100,
         exit + 1, "not read");
    ledger_content_release(&content);
    save_child(ledger, 200, &answers);
    need(answers.good == 0 && strstr(answers.problem, " is full; free space there"), exit + 2,
         answers.problem);
    need(unlink(scratch_path("filler")) == 0, exit + 3, "unlink");
    save_child(ledger, 300, &answers);
    need(answers.good == 1, exit + 4, answers.problem);
    ledger_close(ledger);
    need(stored(scratch, "large") && strlen(stored(scratch, "large")) == 300, exit + 5, "lost");
}

static void act_start_full(void)
{
    struct ledger_content content;
    struct ledger *ledger;
    struct answers answers;
    mount_small();
    need(ledger_open(&loop, scratch, &ledger, &content, NULL), 4, "open");
    save_child(ledger, 100, &answers);
    ledger_close(ledger);
    start_on_full_disk(40);
}

/* With a log that nobody wrote into the database. */
static void act_start_full_after_crash(void)
{
    struct ledger_content content;
    struct ledger *ledger;
    struct answers answers;
    mount_small();
    pid_t child = fork();
    if (child == 0) {
        need(ledger_open(&loop, scratch, &ledger, &content, NULL), 4, "open");
        save_child(ledger, 100, &answers);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    need(file_bytes_size("ledger.db-wal") > 0, 5, "no log");
    unlink(scratch_path("ledger.db-shm"));
    start_on_full_disk(60);
}

static void act_read_only(void)
{
    struct ledger_content content;
    struct ledger *ledger;
    struct error err = {0};
    mount_small();
    need(mount(NULL, scratch, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0, 4, "remount");
    need(!ledger_open(&loop, scratch, &ledger, &content, &err), 5, "opened on a read-only file system");
    need(strstr(err.text, "is on a read-only file system; mount it writable") != NULL, 6, err.text);
}

static void test_full_and_read_only_disks(void **state)
{
    (void)state;
    if (!may_mount()) {
        print_message(
            "# not root: full and read-only disk not tried (the file limit above is the other proof)\n");
        return;
    }
    in_child(act_full_disk);
    in_child(act_start_full);
    in_child(act_start_full_after_crash);
    in_child(act_read_only);
}

static void test_unusable_directories(void **state)
{
    (void)state;
    struct ledger_content content;
    struct ledger *ledger = NULL;
    struct error err = {0};
    assert_false(ledger_open(&loop, scratch_path("a/b"), &ledger, &content, &err));
    assert_non_null(strstr(err.text, "the directory above it is missing"));
    write_text(scratch_path("file"), "x");
    assert_false(ledger_open(&loop, scratch_path("file"), &ledger, &content, &err));
    assert_non_null(strstr(err.text, "is not a directory"));
    assert_int_equal(mkdir(scratch_path("ledger.db"), 0700), 0);
    assert_false(ledger_open(&loop, scratch, &ledger, &content, &err));
    assert_non_null(strstr(err.text, "ledger.db cannot be opened"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, start, stop)
        ROW(test_corrupt_stays_where_it_is),
        ROW(test_other_databases),
        ROW(test_rebuild),
        ROW(test_file_limit),
        ROW(test_full_and_read_only_disks),
        ROW(test_unusable_directories),
    };
    return UNIT_RUN(tests);
}
