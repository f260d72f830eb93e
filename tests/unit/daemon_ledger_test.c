#include "tests/unit/unit.h"

#include <stdatomic.h>
#include <sys/syscall.h>

#include "tests/unit/ledger_fixture.h"

/* Stands in front of libc's: SQLite syncs through it. */
static atomic_uint syncs;

int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

static void test_busy_while_the_worker_has_something(void **state)
{
    (void)state;
    struct ledger *ledger = open_as(scratch_path("state"), LEDGER_MISSING);
    struct record record = meta("owner", "seoul-1");
    struct answers answers = {0};
    assert_int_equal(ledger_busy_ms(ledger), 0);
    ledger_save(ledger, 5, &record, 1, on_saved, &answers);
    usleep(20 * 1000);
    assert_true(ledger_busy_ms(ledger) >= 20);
    run_until(&answers, 1);
    assert_int_equal(ledger_busy_ms(ledger), 0);
    ledger_close(ledger);
}

static void test_rows_come_back(void **state)
{
    (void)state;
    const char *directory = scratch_path("state");
    struct ledger *ledger = open_as(directory, LEDGER_MISSING);
    struct record records[] = {
        meta("owner", "seoul-1"),
        meta("kept", "이름 \xf0\x9f\x92\xa1"),
        {.table = RECORD_OBJECTS, .cells = {"prod", "web-1", "kr1", NULL, "", "1"}},
        {.table = RECORD_OBJECTS, .cells = {"prod", "web-2", "kr1"}},
        {.table = RECORD_WINDOWS, .cells = {"7", "prod", "kr1", "web-1", "id-1", "1000", "destroy"}},
        {.table = RECORD_EVENTS, .cells = {"41", "1000", "info", "prod", "web-1"}},
        {.table = RECORD_EVENTS, .cells = {"100", "2000", "info", "prod", "web-1"}},
    };
    struct record later[] = {meta("owner", "seoul-2"),
                             {.table = RECORD_OBJECTS, .erase = true, .cells = {"prod", "web-2"}},
                             {.table = RECORD_INTENTS, .erase = true, .cells = {"not there"}}};
    struct answers answers = {0};
    ledger_save(ledger, 5, records, 7, on_saved, &answers);
    ledger_save(ledger, 6, later, 3, on_saved, &answers);
    memset(records, 0, sizeof records); /* they were copied */
    run_until(&answers, 2);
    assert_int_equal(answers.good, 2);
    assert_int_equal(answers.ids[0], 5);
    assert_int_equal(answers.ids[1], 6);
    ledger_close(ledger);

    struct ledger_content content;
    ledger = open_at(directory, &content);
    assert_int_equal(content.state, LEDGER_LOADED);
    assert_int_equal(content.count, 4);
    assert_int_equal(content.event_seq, 100);
    unsigned seen = 0;
    for (uint32_t i = 0; i < content.count; i++) {
        const struct record *record = &content.records[i];
        seen |= text_equal(record->cells[0], "owner") && text_equal(record->cells[1], "seoul-2") ? 1u : 0;
        seen |= text_equal(record->cells[0], "kept") && text_equal(record->cells[1], "이름 \xf0\x9f\x92\xa1")
                    ? 2u
                    : 0;
        seen |= record->table == RECORD_OBJECTS && text_equal(record->cells[1], "web-1") &&
                        !record->cells[3] && text_equal(record->cells[4], "") &&
                        text_equal(record->cells[5], "1")
                    ? 4u
                    : 0;
        seen |= record->table == RECORD_WINDOWS && text_equal(record->cells[6], "destroy") ? 8u : 0;
    }
    assert_int_equal(seen, 15);
    ledger_content_release(&content);
    ledger_close(ledger);
}

struct sync_watch {
    unsigned before;
    unsigned told_without; /* callbacks before any sync of their own */
    unsigned told;
};

static void on_synced(void *ctx, uint64_t id, bool ok, const char *problem)
{
    struct sync_watch *watch = ctx;
    (void)id, (void)problem;
    watch->told++;
    watch->told_without += !ok || syncs == watch->before;
}

static void test_synced_before_told(void **state)
{
    (void)state;
    struct ledger *ledger = open_as(scratch, LEDGER_MISSING);
    for (unsigned round = 0; round < 20; round++) {
        struct sync_watch sync = {.before = syncs};
        struct record record = meta("a", round % 2 ? "1" : "2");
        ledger_save(ledger, round, &record, 1, on_synced, &sync);
        while (sync.told == 0 && uv_run(&loop, UV_RUN_ONCE))
            continue;
        assert_int_equal(sync.told, 1);
        assert_int_equal(sync.told_without, 0);
    }
    ledger_close(ledger);
}

static unsigned mode_of(const char *path)
{
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    return found.st_mode & 07777;
}

static void test_nobody_else_may_read(void **state)
{
    (void)state;
    mode_t before = umask(0);
    struct ledger *ledger = open_as(scratch_path("state"), LEDGER_MISSING);
    umask(before);
    struct answers answers;
    struct record record = meta("a", "b");
    assert_true(save_one(ledger, &record, &answers));
    assert_int_equal(mode_of(scratch_path("state")), 0700);
    assert_int_equal(mode_of(scratch_path("state/ledger.db")), 0600);
    assert_int_equal(mode_of(scratch_path("state/ledger.db-wal")), 0600);
    assert_int_equal(mode_of(scratch_path("state/lock")), 0600);
    ledger_close(ledger);
}

/* Nothing stored is nothing known: settling must not be skipped after a start that came to nothing. */
static void test_empty_is_missing(void **state)
{
    (void)state;
    ledger_close(open_as(scratch, LEDGER_MISSING));
    ledger_close(open_as(scratch, LEDGER_MISSING));
    write_text(scratch_path("ledger.db"), "");
    ledger_close(open_as(scratch, LEDGER_MISSING));
}

static void test_waiting_saves_share_a_commit(void **state)
{
    (void)state;
    enum { MANY = 200 };
    struct ledger *ledger = open_as(scratch, LEDGER_MISSING);
    struct answers answers = {0};
    for (unsigned i = 0; i < MANY; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%u", i);
        struct record record = meta(key, "v");
        ledger_save(ledger, i, &record, 1, on_saved, &answers);
    }
    assert_int_equal(ledger_figures(ledger).waiting, MANY);
    run_until(&answers, MANY);
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(answers.ids[i], i);
    struct ledger_figures figures = ledger_figures(ledger);
    assert_int_equal(figures.saves, MANY);
    assert_int_equal(figures.rows, MANY);
    assert_int_equal(figures.waiting, 0);
    assert_in_range(figures.commits, 1, 2);
    ledger_close(ledger);
}

struct again {
    struct ledger *ledger;
    struct answers answers;
};

static void save_again(void *ctx, uint64_t id, bool ok, const char *problem)
{
    struct again *again = ctx;
    on_saved(&again->answers, id, ok, problem);
    struct record record = meta("again", "yes");
    if (id < 5) ledger_save(again->ledger, id + 1, &record, 1, save_again, again);
}

static void test_callbacks_may_save_and_close_drains(void **state)
{
    (void)state;
    struct again again = {.ledger = open_as(scratch, LEDGER_MISSING)};
    struct record record = meta("first", "1");
    ledger_save(again.ledger, 1, &record, 1, save_again, &again);
    ledger_close(again.ledger);
    assert_int_equal(again.answers.count, 5);
    assert_int_equal(again.answers.good, 5);
    assert_string_equal(stored(scratch, "again"), "yes");
}

/* The process ends without any clean-up as soon as the ledger says "saved". */
static void test_saved_survives_a_crash(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 10; round++) {
        char value[32];
        snprintf(value, sizeof value, "round %u", round);
        pid_t child = fork();
        if (child == 0) {
            uv_loop_t own;
            struct ledger *ledger;
            struct ledger_content content;
            struct answers answers = {0};
            struct record record = meta("crash", value);
            uv_loop_init(&own);
            if (!ledger_open(&own, scratch, &ledger, &content, NULL)) _exit(1);
            ledger_save(ledger, 1, &record, 1, on_saved, &answers);
            while (answers.count == 0)
                uv_run(&own, UV_RUN_ONCE);
            _exit(answers.good == 1 ? 0 : 2);
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_string_equal(stored(scratch, "crash"), value);
    }
}

static void test_second_daemon_is_refused(void **state)
{
    (void)state;
    struct ledger *ledger = open_as(scratch, LEDGER_MISSING), *second = NULL;
    struct ledger_content content;
    struct error err = {0};
    char expected[256];
    assert_false(ledger_open(&loop, scratch, &second, &content, &err));
    snprintf(expected, sizeof expected,
             "state directory %s is used by the setpointd with pid %d; stop that one first, or give this one "
             "its own "
             "--state",
             scratch, (int)getpid());
    assert_string_equal(err.text, expected);
    ledger_close(ledger);
    ledger_close(open_as(scratch, LEDGER_MISSING));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, start, stop)
        ROW(test_busy_while_the_worker_has_something),
        ROW(test_rows_come_back),
        ROW(test_synced_before_told),
        ROW(test_nobody_else_may_read),
        ROW(test_empty_is_missing),
        ROW(test_waiting_saves_share_a_commit),
        ROW(test_callbacks_may_save_and_close_drains),
        ROW(test_saved_survives_a_crash),
        ROW(test_second_daemon_is_refused),
    };
    return UNIT_RUN(tests);
}
