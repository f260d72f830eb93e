#include "tests/unit/unit.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/text.h"

static void test_builds(void **state)
{
    (void)state;
    AUTO_TEXT struct text text;
    text_init(&text, 1000);
    assert_string_equal(text.bytes, "");
    text_add(&text, "a");
    text_add_char(&text, '-');
    text_add_bytes(&text, "bcd", 2);
    text_addf(&text, "[%s %d]", "x", 12);
    assert_string_equal(text.bytes, "a-bc[x 12]");
    assert_int_equal(text.length, 10);
    assert_false(text.overflow);
    for (unsigned i = 0; i < 300; i++)
        text_addf(&text, "%03u", i);
    assert_int_equal(text.length, 910);
    assert_string_equal(text.bytes + 907, "299");
    text_clear(&text);
    assert_string_equal(text.bytes, "");
}

static void test_overflow_cuts_and_sticks(void **state)
{
    (void)state;
    AUTO_TEXT struct text text;
    text_init(&text, 8);
    text_add(&text, "12345678");
    assert_false(text.overflow);
    text_add(&text, "");
    assert_false(text.overflow);
    text_add_char(&text, '9');
    assert_true(text.overflow);
    assert_string_equal(text.bytes, "12345678");
    text_clear(&text);
    assert_false(text.overflow);
    text_add(&text, "123456");
    text_addf(&text, "%s", "789");
    assert_true(text.overflow);
    assert_string_equal(text.bytes, "12345678");
    text_clear(&text);
    text_add(&text, "1234567\xC3\xA4");
    assert_true(text.overflow);
    assert_string_equal(text.bytes, "1234567");
    text_add(&text, "8");
    text_addf(&text, "%d", 8);
    assert_string_equal(text.bytes, "1234567");
    text_clear(&text);
    text_addf(&text, "%s", "123456\xE2\x82\xAC");
    assert_string_equal(text.bytes, "123456");
}

static void test_take_hands_over(void **state)
{
    (void)state;
    AUTO_TEXT struct text text;
    text_init(&text, 100);
    text_add(&text, "mine");
    AUTO_FREE char *taken = text_take(&text);
    assert_string_equal(taken, "mine");
    assert_int_equal(text.length, 0);
    AUTO_FREE char *empty = text_take(&text);
    assert_string_equal(empty, "");
    text_add(&text, "next");
    assert_string_equal(text.bytes, "next");
}

static void assert_json(const char *from, const char *expected)
{
    AUTO_TEXT struct text text;
    text_init(&text, 1000);
    text_add_json(&text, from);
    assert_string_equal(text.bytes, expected);
}

#define BAD "\xEF\xBF\xBD"

static void test_json(void **state)
{
    (void)state;
    assert_json(NULL, "null");
    assert_json("", "\"\"");
    assert_json("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    assert_json("\n\r\t\b\f\x01\x1f\x7f\xC2\x9B", "\"\\n\\r\\t\\b\\f\\u0001\\u001f\\u007f\\u009b\"");
    assert_json("\xC2\xA0", "\"\xC2\xA0\"");
    assert_json("\xC3\xA4\xEC\x84\x9C\xF0\x9F\x98\x80", "\"\xC3\xA4\xEC\x84\x9C\xF0\x9F\x98\x80\"");
    assert_json("x\xFFy", "\"x" BAD "y\"");
    assert_json("\xC3", "\"" BAD "\"");
    assert_json("\xE2\x82", "\"" BAD BAD "\"");
    assert_json("\xC0\xAF", "\"" BAD BAD "\"");
    assert_json("\xE0\x80\xAF", "\"" BAD BAD BAD "\"");
    assert_json("\xED\xA0\x80", "\"" BAD BAD BAD "\"");
    assert_json("\xF4\x90\x80\x80", "\"" BAD BAD BAD BAD "\"");
    assert_json("\xF4\x8F\xBF\xBF", "\"\xF4\x8F\xBF\xBF\"");
}

static void test_comparisons(void **state)
{
    (void)state;
    assert_true(text_equal("a", "a"));
    assert_false(text_equal("a", "A"));
    assert_false(text_equal("a", NULL));
    assert_false(text_equal(NULL, ""));
    assert_true(text_equal(NULL, NULL));
    assert_true(text_equal_nocase("ACTIVE", "active"));
    assert_false(text_equal_nocase("active", "activ"));
    assert_false(text_equal_nocase("activ", "active"));
    assert_false(text_equal_nocase("[", "{"));
    assert_false(text_equal_nocase("a", NULL));
    assert_true(text_equal_nocase(NULL, NULL));
    assert_true(text_starts("setpoint.owner", "setpoint."));
    assert_true(text_starts("x", ""));
    assert_false(text_starts("setpoint", "setpoint."));
    assert_false(text_starts(NULL, "x"));
    assert_true(text_compare("a", "b") < 0);
    assert_true(text_compare("b", "a") > 0);
    assert_int_equal(text_compare("a", "a"), 0);
    assert_true(text_compare(NULL, "") < 0);
    assert_true(text_compare("", NULL) > 0);
    assert_int_equal(text_compare(NULL, NULL), 0);
}

static void test_copy_and_cut(void **state)
{
    (void)state;
    char out[6];
    assert_true(text_copy(out, sizeof out, "12345"));
    assert_string_equal(out, "12345");
    assert_false(text_copy(out, sizeof out, "123456"));
    assert_string_equal(out, "12345");
    assert_false(text_copy(out, sizeof out, "1234\xC3\xA4"));
    assert_string_equal(out, "1234");
    assert_false(text_copy(out, 1, "x"));
    assert_string_equal(out, "");
    assert_int_equal(text_cut("ab\xF0\x9F\x98\x80", 6), 6);
    assert_int_equal(text_cut("ab\xF0\x9F\x98\x80", 5), 2);
    assert_int_equal(text_cut("ab\xF0\x9F\x98\x80", 4), 2);
    assert_int_equal(text_cut("ab\xF0\x9F\x98\x80", 3), 2);
    assert_int_equal(text_cut("abc", 3), 3);
    assert_int_equal(text_cut("abc", 0), 0);
    assert_int_equal(text_cut("\x80\x80\x80\x80\x80", 5), 5);
}

static void test_uuid(void **state)
{
    (void)state;
    assert_true(text_is_uuid("b83863ff-0355-4c73-8c10-0bdf66a69aab"));
    assert_true(text_is_uuid("B83863FF-0355-4C73-8C10-0BDF66A69AAB"));
    assert_true(text_is_uuid("6cdebe3eb0094910bc41f1d42ebe4cb7"));
    assert_false(text_is_uuid("b83863ff-0355-4c73-8c10-0bdf66a69aa"));
    assert_false(text_is_uuid("b83863ff-0355-4c73-8c10-0bdf66a69aabc"));
    assert_false(text_is_uuid("b83863ff00355-4c73-8c10-0bdf66a69aab"));
    assert_false(text_is_uuid("b83863ff-0355-4c73-8c10-0bdf66a69aag"));
    assert_false(text_is_uuid("6cdebe3eb0094910bc41f1d42ebe4cb-"));
    assert_false(text_is_uuid("m2.c4m8"));
    assert_false(text_is_uuid(""));
    assert_false(text_is_uuid(NULL));
}

static void test_number(void **state)
{
    (void)state;
    uint64_t number = 5;
    static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "1x", "0x1", "18446744073709551616", "1e3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_to_number(bad[i], UINT64_MAX, &number));
    assert_false(text_to_number(NULL, UINT64_MAX, &number));
    assert_false(text_to_number("101", 100, &number));
    assert_int_equal(number, 5);
    assert_true(text_to_number("100", 100, &number));
    assert_int_equal(number, 100);
    assert_true(text_to_number("18446744073709551615", UINT64_MAX, &number));
    assert_int_equal(number, UINT64_MAX);
    assert_true(text_to_number("007", 10, &number));
    assert_int_equal(number, 7);
}

static void test_distance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned limit, distance;
    } rows[] = {
        {"flavour", "flavor", 2, 1}, {"flavor", "flavor", 2, 0},    {"", "", 0, 0},
        {"", "abc", 3, 3},           {"kitten", "sitting", 5, 3},   {"kitten", "sitting", 2, 3},
        {"iamge", "image", 2, 1},    {"powre", "power", 1, 1},      {"abcdef", "badcfe", 3, 3},
        {"abcdef", "badcfe", 2, 3},  {"short", "muchlonger", 2, 3}, {"zone", "wolf", 9, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(text_distance(rows[i].a, rows[i].b, rows[i].limit), rows[i].distance);
        assert_int_equal(text_distance(rows[i].b, rows[i].a, rows[i].limit), rows[i].distance);
    }
    char huge[200];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_int_equal(text_distance(huge, huge, 3), 4);
    assert_int_equal(text_distance(huge + 72, huge + 72, 3), 0);
}

static void test_wipe_leaves_nothing(void **state)
{
    (void)state;
    AUTO_TEXT struct text text;
    text_init(&text, 100);
    text_wipe(&text); /* nothing was ever written */
    text_add(&text, "s3cret");
    const char *bytes = text.bytes;
    text_wipe(&text);
    assert_int_equal(text.length, 0);
    assert_ptr_equal(text.bytes, bytes);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(bytes[i], 0);
    text_add(&text, "more");
    assert_string_equal(text.bytes, "more");
}

int main(void)
{
    const struct CMUnitTest text_tests[] = {
        cmocka_unit_test(test_wipe_leaves_nothing),
        cmocka_unit_test(test_builds),
        cmocka_unit_test(test_overflow_cuts_and_sticks),
        cmocka_unit_test(test_take_hands_over),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_copy_and_cut),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_distance),
    };
    return UNIT_RUN(text_tests);
}
