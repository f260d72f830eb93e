#include "tests/unit/unit.h"

#include "tests/unit/reconcile_rig.h"

static void backoff_grows_up_to_its_most(void **state)
{
    (void)state;
    static const int64_t waits[] = {1000,  2000,   4000,   8000,   16000, 32000,
                                    64000, 128000, 256000, 300000, 300000};
    for (unsigned i = 0; i < sizeof waits / sizeof *waits; i++)
        assert_int_equal(backoff_ms(RETRY_FIRST_MS, i + 1, 200, RETRY_MOST_MS), waits[i]);
    assert_int_equal(backoff_ms(INVALID_RETRY_FIRST_MS, 2, 400, INVALID_RETRY_MOST_MS), 4 * MINUTE_MS);
    assert_int_equal(backoff_ms(INVALID_RETRY_FIRST_MS, 3, 400, INVALID_RETRY_MOST_MS), 15 * MINUTE_MS);
    assert_int_equal(backoff_ms(1, UINT32_MAX, 200, RETRY_MOST_MS), RETRY_MOST_MS);
    assert_int_equal(backoff_ms(10, 0, 200, RETRY_MOST_MS), 10);
}

static void jitter_stays_between_a_quarter_and_the_whole(void **state)
{
    (void)state;
    struct rig rig;
    int64_t least = INT64_MAX, most = 0;
    rig_open(&rig, "nhn-v2");
    for (unsigned i = 0; i < 10000; i++) {
        int64_t delay = state_jitter(rig.state, 1000);
        least = delay < least ? delay : least;
        most = delay > most ? delay : most;
    }
    assert_true(least >= 250 && least < 260);
    assert_true(most <= 1000 && most > 990);
    assert_int_equal(state_jitter(rig.state, 3), 3);
    assert_int_equal(state_jitter(rig.state, 0), 0);
    rig_close(&rig);
}

static void clouds_and_sources_stay_sorted(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct cloud *b = state_cloud_add(rig.state, "b"), *z = state_cloud_add(rig.state, "z");
    assert_ptr_equal(state_cloud_add(rig.state, "b"), b);
    assert_ptr_equal(state_cloud(rig.state, "z"), z);
    assert_null(state_cloud(rig.state, "y"));
    assert_string_equal(rig.state->clouds[0]->name, "b");
    assert_string_equal(rig.state->clouds[2]->name, "z");
    state_source_add(rig.state, "a");
    assert_string_equal(rig.state->sources[0]->name, "a");
    assert_null(state_object(rig.state, "a", "web"));
    assert_null(state_object(rig.state, "nowhere", "web"));
    rig_close(&rig);
}

static void an_object_is_dirty_once(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *a = rig_object(&rig, rig_spec(&rig, "a")), *b = rig_object(&rig, rig_spec(&rig, "b"));
    state_dirty(rig.state, b);
    state_dirty(rig.state, a);
    state_dirty(rig.state, b);
    state_dirty_cloud(rig.state, rig.cloud);
    state_dirty_source(rig.state, rig.source);
    assert_int_equal(rig.state->dirty_count, 2);
    assert_ptr_equal(rig.state->dirty_first, b);
    assert_ptr_equal(rig.state->dirty_last, a);
    rig_close(&rig);
}

/* What is told goes to the history too: one row and one effect of it. */
static void what_is_told_is_history(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    uint32_t effects = rig.effects.count, records = rig.state->record_count;
    state_tell(rig.state, ABOUT(.type = "Test", .source = rig.source, .by_person = true, .uid = 1000),
               "said %d", 1);
    assert_int_equal(rig.effects.count, effects + 1);
    assert_int_equal(rig.state->record_count, records + 1);
    const struct tell *tell = &rig.effects.items[effects].tell;
    assert_string_equal(tell->message, "said 1");
    assert_string_equal(tell->source, "prod");
    assert_int_equal(tell->uid, 1000);
    assert_string_equal(rig.state->records[records].cells[8], "said 1");
    state_tell(rig.state, ABOUT(.type = "Test"), "%s", "by itself");
    assert_int_equal(rig.effects.items[effects + 1].tell.uid, -1);
    assert_true(rig.effects.items[effects + 1].tell.seq == rig.effects.items[effects].tell.seq + 1);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff_grows_up_to_its_most),
        cmocka_unit_test(jitter_stays_between_a_quarter_and_the_whole),
        cmocka_unit_test(clouds_and_sources_stay_sorted),
        cmocka_unit_test(an_object_is_dirty_once),
        cmocka_unit_test(what_is_told_is_history),
    };
    return UNIT_RUN(tests);
}
