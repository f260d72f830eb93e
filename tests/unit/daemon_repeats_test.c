#include "tests/unit/unit.h"

#include "daemon/repeats.h"

enum { TOLD = 2, SPAN_MS = 1000 };

static struct repeats repeats;

static enum repeat_verdict judge(uint64_t key, int64_t now_ms)
{
    unsigned slot = REPEATS_ROWS;
    enum repeat_verdict verdict = repeats_judge(&repeats, key, TOLD, SPAN_MS, now_ms, &slot);
    assert_true(slot <= REPEATS_ROWS);
    return verdict;
}

static void what_comes_too_often_is_counted_and_told_once(void **state)
{
    (void)state;
    unsigned slot;
    repeats = (struct repeats){0};
    assert_int_equal(judge(7, 100), REPEAT_WRITE);
    assert_int_equal(judge(7, 200), REPEAT_WRITE);
    assert_int_equal(judge(7, 300), REPEAT_FIRST_COUNTED);
    assert_int_equal(judge(7, 400), REPEAT_COUNTED);
    assert_int_equal(judge(8, 400), REPEAT_WRITE); /* another one */
    assert_int_equal(repeats_due(&repeats, 1099, &slot), 0);
    assert_int_equal(repeats_due(&repeats, 1100, &slot), 2);
    assert_int_equal(repeats_due(&repeats, 1100, &slot), 0);
    assert_int_equal(judge(7, 1100), REPEAT_WRITE);
}

/* A span begins with its first entry; one that ended with nothing counted begins anew, told or not. */
static void a_span_that_is_over_counts_no_more(void **state)
{
    (void)state;
    unsigned slot;
    repeats = (struct repeats){0};
    for (int64_t at = 0; at < 100 * SPAN_MS; at += SPAN_MS / TOLD)
        assert_int_equal(judge(7, at), REPEAT_WRITE);
    assert_int_equal(repeats_due(&repeats, 200 * SPAN_MS, &slot), 0);
}

/* Nothing is lost when there are more keys than rows, and rows come free. */
static void without_a_row_it_is_written(void **state)
{
    (void)state;
    unsigned slot, counted = 0, written = 0, count;
    repeats = (struct repeats){0};
    for (unsigned round = 0; round < 5; round++)
        for (uint64_t key = 1; key <= 3 * REPEATS_ROWS; key++)
            if (judge(key, 0) == REPEAT_WRITE) written++;
    while ((count = repeats_due(&repeats, SPAN_MS, &slot)) > 0)
        counted += count;
    assert_int_equal(written + counted, 5 * 3 * REPEATS_ROWS);
    assert_int_equal(counted, 3 * REPEATS_ROWS);
    for (unsigned i = 0; i < REPEATS_ROWS; i++)
        assert_int_equal(repeats.rows[i].key, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_comes_too_often_is_counted_and_told_once),
                                       cmocka_unit_test(a_span_that_is_over_counts_no_more),
                                       cmocka_unit_test(without_a_row_it_is_written)};
    return UNIT_RUN(tests);
}
