#include "tests/unit/unit.h"

#include "tests/unit/ledger_fixture.h"

static void save_events(struct ledger *ledger, unsigned from, unsigned to)
{
    struct answers answers = {0};
    for (unsigned seq = from; seq <= to; seq++) {
        char number[16], wall[16];
        snprintf(number, sizeof number, "%u", seq);
        snprintf(wall, sizeof wall, "%u", seq * 1000);
        struct record record = {.table = RECORD_EVENTS,
                                .cells = {number, wall, "info", seq % 2 ? "prod" : "test",
                                          seq % 10 ? "web" : "db", NULL, "VerdictChanged", "",
                                          "a sentence about what happened to it"}};
        ledger_save(ledger, seq, &record, 1, on_saved, &answers);
    }
    run_until(&answers, to - from + 1);
    assert_int_equal(answers.good, to - from + 1);
}

struct finding {
    bool done, ok;
    uint32_t count;
    unsigned seqs[LEDGER_EVENTS_MAX];
    bool null_cloud;
};

static void on_found(void *ctx, bool ok, const struct record *records, uint32_t count, const char *problem)
{
    struct finding *finding = ctx;
    (void)problem;
    *finding = (struct finding){.done = true, .ok = ok, .count = count};
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(records[i].table, RECORD_EVENTS);
        finding->seqs[i] = (unsigned)strtoul(records[i].cells[0], NULL, 10);
        finding->null_cloud = records[i].cells[5] == NULL;
    }
}

static struct finding find(struct ledger *ledger, struct ledger_event_query query)
{
    static struct finding finding;
    finding.done = false;
    ledger_events(ledger, &query, on_found, &finding);
    while (!finding.done && uv_run(&loop, UV_RUN_ONCE))
        continue;
    assert_true(finding.done && finding.ok);
    return finding;
}

static void test_history_is_found(void **state)
{
    (void)state;
    struct ledger *ledger = open_as(scratch, LEDGER_MISSING);
    assert_int_equal(find(ledger, (struct ledger_event_query){.limit = 10}).count, 0);
    save_events(ledger, 1, 120);
    struct finding newest = find(ledger, (struct ledger_event_query){.limit = 5});
    assert_int_equal(newest.count, 5);
    assert_int_equal(newest.seqs[0], 116);
    assert_int_equal(newest.seqs[4], 120);
    assert_true(newest.null_cloud);
    struct finding after = find(ledger, (struct ledger_event_query){.after_seq = 98, .limit = 1000});
    assert_int_equal(after.count, 22);
    assert_int_equal(after.seqs[0], 99);
    struct finding named = find(ledger, (struct ledger_event_query){.limit = 3, .name = "db"});
    assert_int_equal(named.count, 3);
    assert_int_equal(named.seqs[0], 100);
    assert_int_equal(find(ledger, (struct ledger_event_query){.limit = 99, .source = "prod"}).count, 60);
    assert_int_equal(
        find(ledger, (struct ledger_event_query){.limit = 99, .source = "prod", .name = "db"}).count, 0);
    assert_int_equal(find(ledger, (struct ledger_event_query){.limit = 99, .cloud = "nhn"}).count, 0);
    assert_int_equal(find(ledger, (struct ledger_event_query){.after_seq = UINT64_MAX, .limit = 99}).count,
                     0);
    ledger_close(ledger);
}

static void prune(struct ledger *ledger, int64_t now_ms, int64_t max_age_ms, int64_t max_bytes)
{
    ledger_prune(ledger, now_ms, max_age_ms, max_bytes);
    while (ledger_figures(ledger).waiting && uv_run(&loop, UV_RUN_ONCE))
        continue;
    assert_string_equal(ledger_problem(ledger), "");
}

static void test_history_is_pruned(void **state)
{
    (void)state;
    enum { ROWS = 3500, SIZE = 100 << 10 };
    struct stat before, after;
    struct ledger *ledger = open_as(scratch, LEDGER_MISSING);
    struct record record = meta("stays", "yes");
    struct answers answers;
    assert_true(save_one(ledger, &record, &answers));
    save_events(ledger, 1, ROWS);
    prune(ledger, ROWS * 1000, 0, 0);
    assert_int_equal(find(ledger, (struct ledger_event_query){.limit = 1000}).count, 1000);
    prune(ledger, ROWS * 1000, 3000 * 1000, 0); /* older than event 500 */
    struct finding oldest = find(ledger, (struct ledger_event_query){.limit = 1000, .name = "db"});
    assert_int_equal(oldest.seqs[0], 500);
    prune(ledger, ROWS * 1000, 100 * 1000, 0); /* several steps */
    oldest = find(ledger, (struct ledger_event_query){.limit = 1000});
    assert_int_equal(oldest.count, 101);
    assert_int_equal(oldest.seqs[0], 3400);
    save_events(ledger, ROWS + 1, 2 * ROWS);
    ledger_close(ledger);
    stat(scratch_path("ledger.db"), &before);
    ledger = open_as(scratch, LEDGER_LOADED);
    prune(ledger, ROWS * 1000, 0, SIZE);
    oldest = find(ledger, (struct ledger_event_query){.limit = 1000});
    assert_in_range(oldest.count, 1, 1000);
    assert_int_equal(oldest.seqs[oldest.count - 1], 2 * ROWS);
    ledger_close(ledger);
    stat(scratch_path("ledger.db"), &after);
    assert_in_range(after.st_size, 1, SIZE + (32 << 10));
    assert_true(before.st_size > 2 * after.st_size);
    assert_string_equal(stored(scratch, "stays"), "yes");
}

static void test_prune_to_nothing_keeps_the_numbering(void **state)
{
    (void)state;
    struct ledger *ledger = open_as(scratch, LEDGER_MISSING);
    save_events(ledger, 1, 50);
    prune(ledger, 1000000, 0, 1);
    ledger_close(ledger);
    struct ledger_content content;
    ledger = open_at(scratch, &content);
    assert_int_equal(content.event_seq, 50);
    ledger_content_release(&content);
    ledger_close(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, start, stop)
        ROW(test_history_is_found),
        ROW(test_history_is_pruned),
        ROW(test_prune_to_nothing_keeps_the_numbering),
    };
    return UNIT_RUN(tests);
}
