#include "tests/unit/unit.h"

#include "manifests/mistakes.h"
#include "manifests/nearest.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

static void show(const struct error *mistake, char out[600])
{
    AUTO_TEXT struct text text;
    text_init(&text, 599);
    mistake_show(mistake, &text);
    memcpy(out, text.bytes, text.length + 1);
}

static void test_shown(void **state)
{
    struct mistakes mistakes = {0};
    char line[600];
    (void)state;
    mistakes_add(&mistakes, (struct position){"prod/web.yaml", 7, 5}, "unknown key \"%s\"", "flavour");
    mistakes_add(&mistakes, (struct position){"prod/web.yaml", 7, 0}, "x");
    mistakes_add(&mistakes, (struct position){"prod", 0, 0}, "x");
    mistakes_add(&mistakes, (struct position){NULL, 3, 4}, "x");
    show(&mistakes.items[0], line);
    assert_string_equal(line, "prod/web.yaml:7:5: unknown key \"flavour\"");
    show(&mistakes.items[1], line);
    assert_string_equal(line, "prod/web.yaml:7: x");
    show(&mistakes.items[2], line);
    assert_string_equal(line, "prod: x");
    show(&mistakes.items[3], line);
    assert_string_equal(line, "x");
    mistakes_release(&mistakes);
}

static void test_order_and_doubles(void **state)
{
    struct mistakes mistakes = {0};
    (void)state;
    mistakes_add(&mistakes, (struct position){"b", 1, 1}, "x");
    mistakes_add(&mistakes, (struct position){"a", 2, 9}, "x");
    mistakes_add(&mistakes, (struct position){"a", 10, 1}, "x");
    mistakes_add(&mistakes, (struct position){"a", 2, 10}, "x");
    mistakes_add(&mistakes, (struct position){"a", 2, 9}, "w");
    mistakes_add(&mistakes, (struct position){"a", 2, 9}, "x");
    assert_int_equal(mistakes.count, 5);
    mistakes_sort(&mistakes);
    assert_string_equal(mistakes.items[0].text, "w");
    assert_int_equal(mistakes.items[1].column, 9);
    assert_int_equal(mistakes.items[2].column, 10);
    assert_int_equal(mistakes.items[3].line, 10);
    assert_string_equal(mistakes.items[4].file, "b");
    mistakes_release(&mistakes);
}

static void test_bounded(void **state)
{
    struct mistakes mistakes = {0};
    (void)state;
    assert_false(mistakes_any(&mistakes));
    for (unsigned i = 1; i <= LIMIT_MISTAKES + 5; i++)
        mistakes_add(&mistakes, (struct position){"a", i, 1}, "x");
    assert_int_equal(mistakes.count, LIMIT_MISTAKES);
    assert_int_equal(mistakes.dropped, 5);
    mistakes_release(&mistakes);
}

/* What comes from a file must neither move a terminal's cursor nor end inside a character. */
static void test_showable(void **state)
{
    struct mistakes mistakes = {0};
    char path[600], line[600];
    (void)state;
    mistakes_add(&mistakes, (struct position){"a\x1b[2J", 1, 1}, "\"%.6s\" \x1b]0;x\x07 \xC2\x9B \xED",
                 "abcd가나");
    assert_string_equal(mistakes.items[0].text, "\"abcd?\" ?]0;x? ? ?");
    assert_string_equal(mistakes.items[0].file, "a?[2J");
    for (unsigned i = 0; i < 400; i++)
        path[i] = (char)('a' + i % 26);
    memcpy(path + 400, "/end.yaml", 10);
    mistakes_add(&mistakes, (struct position){path, 1, 1}, "x");
    show(&mistakes.items[1], line);
    assert_true(strlen(mistakes.items[1].file) < ERROR_FILE_MAX);
    assert_memory_equal(line, "…", 3);
    assert_non_null(strstr(line, "/end.yaml:1:1: x"));
    mistakes_release(&mistakes);
}

static const char *nearest_of(const char *meant, const char *const words[])
{
    struct nearest nearest = nearest_to(meant);
    for (; *words; words++)
        nearest_offer(&nearest, *words);
    return nearest.best ? nearest.best : "";
}

static void test_nearest(void **state)
{
    static const char *const words[] = {"flavor", "image", "zone", "name", "networks", "a", NULL};
    (void)state;
    assert_string_equal(nearest_of("flavour", words), "flavor");
    assert_string_equal(nearest_of("FLAVOR", words), "flavor");
    assert_string_equal(nearest_of("imgae", words), "image");
    assert_string_equal(nearest_of("zones", words), "zone");
    assert_string_equal(nearest_of("network", words), "networks");
    assert_string_equal(nearest_of("nam", words), "name");
    assert_string_equal(nearest_of("foo", words), "");
    assert_string_equal(nearest_of("b", words), "");
    assert_string_equal(nearest_of("", words), "");
    assert_string_equal(nearest_of("lifecycle", words), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown),   cmocka_unit_test(test_order_and_doubles),
        cmocka_unit_test(test_bounded), cmocka_unit_test(test_showable),
        cmocka_unit_test(test_nearest),
    };
    return UNIT_RUN(tests);
}
