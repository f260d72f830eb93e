#include "tests/unit/unit.h"

#include "reconcile/base/span.h"

static void test_of(void **state)
{
    (void)state;
    assert_int_equal(span_of("abc").size, 3);
    assert_int_equal(span_of("").size, 0);
    assert_non_null(span_of("").at);
    assert_null(span_of(NULL).at);
    assert_int_equal(span_of(NULL).size, 0);
}

static void test_equal(void **state)
{
    (void)state;
    struct span part = {"running, stopped", 7};
    assert_true(span_equal(part, "running"));
    assert_false(span_equal(part, "runnin"));
    assert_false(span_equal(part, "running,"));
    assert_false(span_equal(part, "RUNNING"));
    assert_false(span_equal(part, NULL));
    assert_true(span_equal(span_of(NULL), NULL));
    assert_false(span_equal(span_of(NULL), ""));
    assert_true(span_equal(span_of(""), ""));
    assert_false(span_equal((struct span){"a\0b", 3}, "a"));
}

int main(void)
{
    const struct CMUnitTest span_tests[] = {cmocka_unit_test(test_of), cmocka_unit_test(test_equal)};
    return UNIT_RUN(span_tests);
}
