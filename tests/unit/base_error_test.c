#include "tests/unit/unit.h"

#include "reconcile/base/error.h"

static void test_set_fills_and_returns_false(void **state)
{
    (void)state;
    struct error err = {.line = 7, .column = 3, .file = "old.yaml"};
    assert_false(error_set(&err, ERROR_LIMIT, "%d of at most %d", 5, 4));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_string_equal(err.text, "5 of at most 4");
    assert_string_equal(err.file, "");
    assert_int_equal(err.line, 0);
    assert_int_equal(err.column, 0);
}

static void test_null_is_accepted(void **state)
{
    (void)state;
    assert_false(error_set(NULL, ERROR_INPUT, "nobody asks"));
    assert_false(error_prefix(NULL, "nobody"));
}

static void test_the_old_text_may_be_an_argument(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, ERROR_SYSTEM, "disk full");
    error_set(&err, ERROR_STATE, "ledger: %s", err.text);
    assert_string_equal(err.text, "ledger: disk full");
}

static void test_prefix_keeps_kind_and_position(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, ERROR_TRANSPORT, "time-out");
    err.line = 9;
    assert_false(error_prefix(&err, "cloud %s", "kr1"));
    assert_string_equal(err.text, "cloud kr1: time-out");
    assert_int_equal(err.kind, ERROR_TRANSPORT);
    assert_int_equal(err.line, 9);
}

static void test_long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    struct error err;
    char wide[4 * ERROR_TEXT_MAX + 1];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(wide, 'x', shift);
        for (size_t at = shift; at + 3 < sizeof wide; at += 3)
            memcpy(wide + at, "\xEC\x84\x9C", 4);
        error_set(&err, ERROR_INPUT, "%s", wide);
        size_t length = strlen(err.text);
        assert_in_range(length, ERROR_TEXT_MAX - 3, ERROR_TEXT_MAX - 1);
        assert_int_equal((length - shift) % 3, 0);
        error_prefix(&err, "%s", "manifest");
        length = strlen(err.text);
        assert_in_range(length, ERROR_TEXT_MAX - 3, ERROR_TEXT_MAX - 1);
        assert_int_equal((length - shift - strlen("manifest: ")) % 3, 0);
    }
}

static void test_every_kind_has_its_own_name(void **state)
{
    (void)state;
    for (int a = 0; a < ERROR_KIND_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(error_kind_name((enum error_kind)a), error_kind_name((enum error_kind)b));
    assert_string_equal(error_kind_name(ERROR_PROTOCOL), "protocol");
}

int main(void)
{
    const struct CMUnitTest error_tests[] = {
        cmocka_unit_test(test_set_fills_and_returns_false),
        cmocka_unit_test(test_null_is_accepted),
        cmocka_unit_test(test_the_old_text_may_be_an_argument),
        cmocka_unit_test(test_prefix_keeps_kind_and_position),
        cmocka_unit_test(test_long_texts_are_cut_between_characters),
        cmocka_unit_test(test_every_kind_has_its_own_name),
    };
    return UNIT_RUN(error_tests);
}
