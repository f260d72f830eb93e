#include "tests/unit/unit.h"

#include <stdio.h>

#include "reconcile/news.h"
#include "reconcile/outbox.h"
#include "reconcile/verdict.h"
#include "tests/unit/reconcile_rig.h"

/* What becomes one message, and what of it the ledger remembers. How it looks: the golden cases "notify". */

static void target(struct rig *rig)
{
    struct config *config = rig->state->config;
    config->targets = ARENA_ROW(&config->arena, struct notify_target, 1);
    config->targets[0] = (struct notify_target){.name = "ops", .kinds = NOTIFY_BIT(NOTIFY_KIND_COUNT) - 1};
    config->target_count = 1;
}

static void becomes(struct rig *rig, struct object *object, enum reason reason)
{
    object->reason = reason;
    object->verdict = reason_row(reason)->verdict;
    news_note(rig->state, object);
}

static void later(struct rig *rig, int64_t ms)
{
    rig->state->now.boot_ms += ms;
    rig->state->now.wall_ms += ms;
    rig->state->record_count = 0;
    news_go_on(rig->state);
}

static unsigned told_rows(const struct rig *rig)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < rig->state->record_count; i++)
        count += rig->state->records[i].table == RECORD_META &&
                 text_starts(rig->state->records[i].cells[0], TOLD_KEY);
    return count;
}

static const struct notification *newest(const struct rig *rig)
{
    uint32_t count = rig->state->outbox->count;
    return count > 0 ? &rig->state->outbox->postings[count - 1]->notification : NULL;
}

static struct object *make(struct rig *rig, unsigned number)
{
    char name[32];
    snprintf(name, sizeof name, "web-%u", number);
    return rig_object(rig, rig_spec(rig, name));
}

/* Ten thousand equal errors are one message with a count; the ledger learns of them in slices. */
static void a_storm_is_one_message(void **state)
{
    (void)state;
    enum { MANY = 10000 };
    struct rig rig;
    struct object **objects = memory_zero(MANY * sizeof *objects);
    unsigned rows = 0;
    rig_open(&rig, "nhn-v2");
    target(&rig);
    for (unsigned i = 0; i < MANY; i++)
        objects[i] = make(&rig, i);
    rig.state->dirty_first = NULL; /* all were looked at */
    for (unsigned i = 0; i < MANY; i++)
        becomes(&rig, objects[i], REASON_ERROR_HOLD);
    later(&rig, NEWS_QUIET_MS - 1);
    assert_null(newest(&rig));
    later(&rig, 1);
    assert_int_equal(rig.state->outbox->count, 1);
    assert_int_equal(newest(&rig)->count, MANY);
    assert_string_equal(newest(&rig)->title, "[seoul-1] 10000 objects Blocked: ErrorHold on cloud nhn");
    assert_true(text_starts(newest(&rig)->names, "prod/web-0\nprod/web-1\n"));
    assert_int_equal(told_rows(&rig), NEWS_SLICE);
    for (unsigned i = 0; i < MANY / NEWS_SLICE; i++, rows += told_rows(&rig)) {
        assert_true(i + 1 == MANY / NEWS_SLICE || news_wake(rig.state) <= rig.state->now.boot_ms);
        later(&rig, 0);
    }
    assert_int_equal(rows, MANY - NEWS_SLICE);
    later(&rig, HOUR_MS);
    assert_int_equal(rig.state->outbox->count, 1);
    for (unsigned i = 0; i < MANY; i++)
        becomes(&rig, objects[i], i % 2 ? REASON_IN_SYNC : REASON_DRIFT_IGNORED);
    later(&rig, NEWS_QUIET_MS);
    assert_int_equal(rig.state->outbox->count, 2);
    assert_int_equal(newest(&rig)->count, MANY);
    assert_true(newest(&rig)->over);
    for (unsigned i = 0; i < MANY / NEWS_SLICE; i++)
        later(&rig, 0);
    for (unsigned i = 0; i < MANY; i++)
        assert_null(objects[i]->subject); /* nothing is kept of what is well */
    memory_free(objects);
    rig_close(&rig);
}

/* Those that come one by one wait for a quiet moment, but nobody longer than a minute. */
static void a_trickle_is_told_after_a_minute(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    target(&rig);
    unsigned number = 0;
    for (int64_t passed_ms = 0; passed_ms < NEWS_MOST_MS; passed_ms += NEWS_QUIET_MS / 2) {
        assert_int_equal(rig.state->outbox->count, 0);
        struct object *object = make(&rig, number++);
        rig.state->dirty_first = NULL;
        becomes(&rig, object, REASON_NOT_FOUND);
        later(&rig, NEWS_QUIET_MS / 2);
    }
    assert_int_equal(rig.state->outbox->count, 1);
    assert_int_equal(newest(&rig)->count, number);
    struct object *object = make(&rig, number);
    rig.state->dirty_first = NULL;
    becomes(&rig, object, REASON_NOT_FOUND);
    later(&rig, NEWS_QUIET_MS);
    assert_int_equal(rig.state->outbox->count, 1); /* the next one of this kind not within a minute */
    later(&rig, NEWS_AGAIN_MS - NEWS_QUIET_MS);
    assert_int_equal(rig.state->outbox->count, 2);
    rig_close(&rig);
}

static void what_is_news(void **state)
{
    (void)state;
    static const struct {
        enum reason told, now;
        bool news;
    } rows[] = {
        {REASON_IN_SYNC, REASON_IN_SYNC, false},       {REASON_IN_SYNC, REASON_DRIFT_IGNORED, false},
        {REASON_IN_SYNC, REASON_CALL_SENT, false},    /* motion */
        {REASON_IN_SYNC, REASON_SUSPENDED, false},    /* as somebody wants it */
        {REASON_IN_SYNC, REASON_CLOUD_OUTAGE, false}, /* told of the cloud */
        {REASON_IN_SYNC, REASON_ERROR_STORM, false},  /* told of the cloud */
        {REASON_IN_SYNC, REASON_CAPACITY, true},       {REASON_IN_SYNC, REASON_STUCK, true},
        {REASON_CAPACITY, REASON_BUILD_FAILED, false}, /* the same verdict, and it clears by itself */
        {REASON_CAPACITY, REASON_IN_SYNC, true},       {REASON_NOT_FOUND, REASON_CONFLICT, false},
        {REASON_NOT_FOUND, REASON_ERROR_HOLD, true}, /* another person, or another thing to do */
        {REASON_ERROR_HOLD, REASON_NAME_TAKEN, true},  {REASON_ERROR_HOLD, REASON_CALL_QUEUED, false},
        {REASON_ERROR_HOLD, REASON_CAPACITY, true},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        target(&rig);
        struct object *object = make(&rig, 1);
        rig.state->dirty_first = NULL;
        becomes(&rig, object, rows[i].told);
        later(&rig, NEWS_MOST_MS);
        uint32_t before = rig.state->outbox->count;
        becomes(&rig, object, rows[i].now);
        later(&rig, 2 * NEWS_MOST_MS);
        assert_int_equal(rig.state->outbox->count - before, rows[i].news);
        rig_close(&rig);
    }
}

/* What was told of somebody goes with it, but not before all was read that may bring it back: the source, and
 * of what no source wants, a list. */
static void a_row_waits_for_all_that_may_want_it(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    target(&rig);
    rig.state->dirty_first = NULL;
    assert_true(news_load(rig.state, "prod/web-1", "Orphaned"));
    rig.cloud->first_complete_ms = RIG_BOOT_MS;
    later(&rig, 1);
    assert_int_equal(told_rows(&rig), 0);
    rig.cloud->first_complete_ms = 0;
    rig.source->generation = generation_new("prod");
    later(&rig, 1);
    assert_int_equal(told_rows(&rig), 0);
    rig.cloud->first_complete_ms = RIG_BOOT_MS;
    later(&rig, 1);
    assert_int_equal(told_rows(&rig), 1);
    rig_close(&rig);
}

static void rows_that_are_none_make_the_ledger_corrupt(void **state)
{
    (void)state;
    static const struct {
        const char *subject, *reason;
        bool good;
    } rows[] = {{"prod/web", "ErrorHold", true},
                {"prod/web", "", false},
                {"prod/web", "Nonsense", false},
                {"!AuthFailed/nhn/", "AuthFailed", true},
                {"!AuthFailed/nhn", "AuthFailed", false},
                {"!Nonsense/nhn/", "AuthFailed", false},
                {"!", "AuthFailed", false},
                {"!AuthFailed/a-name-that-is-longer-than-a-cloud-has/", "AuthFailed", false}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        assert_int_equal(news_load(rig.state, rows[i].subject, rows[i].reason), rows[i].good);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_is_one_message),
        cmocka_unit_test(a_trickle_is_told_after_a_minute),
        cmocka_unit_test(what_is_news),
        cmocka_unit_test(a_row_waits_for_all_that_may_want_it),
        cmocka_unit_test(rows_that_are_none_make_the_ledger_corrupt),
    };
    return UNIT_RUN(tests);
}
