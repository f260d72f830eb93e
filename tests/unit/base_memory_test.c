#include "tests/unit/unit.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/memory.h"

static void test_zero_and_empty_sizes(void **state)
{
    (void)state;
    unsigned char *bytes = memory_zero(1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(bytes[i], 0);
    memory_free(bytes);
    void *nothing = memory_alloc(0);
    assert_non_null(nothing);
    nothing = memory_grow(nothing, 0);
    assert_non_null(nothing);
    memory_free(nothing);
    memory_free(NULL);
}

static void test_copy_text(void **state)
{
    (void)state;
    assert_null(memory_copy_text(NULL));
    const char *original = "db-master";
    char *copy = memory_copy_text(original);
    assert_string_equal(copy, original);
    assert_ptr_not_equal(copy, original);
    memory_free(copy);
}

static void test_row_grows_and_keeps(void **state)
{
    (void)state;
    size_t *row = NULL, count = 0, room = 0;
    for (size_t i = 0; i < 1000; i++) {
        ROW_RESERVE(row, count, room);
        assert_true(room > count);
        row[count++] = i;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(row[i], i);
    memory_free(row);
}

static char *taken_copy(void)
{
    AUTO_FREE char *copy = memory_copy_text("kept");
    return TAKE(copy);
}

static void test_take_disarms_the_cleanup(void **state)
{
    (void)state;
    AUTO_FREE char *copy = taken_copy();
    assert_string_equal(copy, "kept");
}

static void alloc_too_much(void)
{
    memory_alloc(SIZE_MAX / 2 + 1);
}

static void grow_too_much(void)
{
    memory_grow(NULL, SIZE_MAX / 2 + 1);
}

static void test_exhaustion_aborts(void **state)
{
    (void)state;
    assert_true(unit_aborts(alloc_too_much));
    assert_true(unit_aborts(grow_too_much));
}

int main(void)
{
    const struct CMUnitTest memory_tests[] = {
        cmocka_unit_test(test_zero_and_empty_sizes), cmocka_unit_test(test_copy_text),
        cmocka_unit_test(test_row_grows_and_keeps),  cmocka_unit_test(test_take_disarms_the_cleanup),
        cmocka_unit_test(test_exhaustion_aborts),
    };
    return UNIT_RUN(memory_tests);
}
