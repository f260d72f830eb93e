#include "tests/unit/unit.h"

#include "providers/ascii.h"

static void test_classes(void **state)
{
    (void)state;
    for (int i = -128; i < 128; i++) {
        char c = (char)i;
        assert_int_equal(ascii_is_digit(c), c && strchr("0123456789", c) != NULL);
        assert_int_equal(ascii_is_letter(c),
                         c && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", c) != NULL);
        assert_int_equal(ascii_is_blank(c), c && strchr(" \t\r\n", c) != NULL);
        assert_int_equal(ascii_is_visible(c), i >= 33 && i <= 126);
    }
}

static void test_hex(void **state)
{
    (void)state;
    static const char DIGITS[] = "0123456789abcdef0123456789ABCDEF";
    for (int i = 0; i < 32; i++)
        assert_int_equal(ascii_hex(DIGITS[i]), i % 16);
    static const char OTHERS[] = "gG@`/: \x01\x10\xC1";
    for (size_t i = 0; i < sizeof OTHERS; i++)
        assert_int_equal(ascii_hex(OTHERS[i]), -1);
}

static void test_contains(void **state)
{
    (void)state;
    assert_true(ascii_contains("No Valid Host was found", "valid host"));
    assert_true(ascii_contains("quota", "QUOTA"));
    assert_true(ascii_contains("x", ""));
    assert_true(ascii_contains("ends in it", "IT"));
    assert_false(ascii_contains("quot", "quota"));
    assert_false(ascii_contains("", "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_classes), cmocka_unit_test(test_hex),
                                       cmocka_unit_test(test_contains)};
    return UNIT_RUN(tests);
}
