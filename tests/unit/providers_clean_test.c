#include "tests/unit/unit.h"

#include "providers/clean.h"
#include "reconcile/base/cleanup.h"

static const struct {
    const char *from, *clean;
    size_t size_max;
} ROWS[] = {
    {"", "", 10},
    {"plain ~ text", "plain ~ text", 100},
    {"\xED\x95\x9C\xEA\xB8\x80", "\xED\x95\x9C\xEA\xB8\x80", 100},
    {"a\x1b[31mred\x7F", "a [31mred ", 100},
    {"line\nnext\ttab", "line next tab", 100},
    {"c1 \xC2\x9B stop", "c1 \xEF\xBF\xBD stop", 100},
    {"\xC3\x28 \xA0\xA1", "\xEF\xBF\xBD( \xEF\xBF\xBD\xEF\xBF\xBD", 100},
    {"over\xC0\x80long", "over\xEF\xBF\xBD\xEF\xBF\xBDlong", 100},
    {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 100},
    {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 100},
    {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", 4},
    {"a\xF0\x9F\x98\x80", "a", 4},
    {"cut at\xE2\x82", "cut at\xEF\xBF\xBD\xEF\xBF\xBD", 100},
    {"12345", "123", 3},
    {"12\xE2\x82\xAC", "12", 4},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        const char *clean = clean_text(&arena, ROWS[i].from, strlen(ROWS[i].from), ROWS[i].size_max);
        if (strcmp(clean, ROWS[i].clean) != 0) fail_msg("row %zu: \"%s\"", i, clean);
    }
}

static void test_nul_inside(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    assert_string_equal(clean_text(&arena, "a\0b", 3, 10), "a b");
}

/* What a manifest may say and a cloud keeps must read back equal. */
static void test_value(void **state)
{
    static const char *const kept[] = {"",       "plain ~ text", "two lines\nof text\n",      "x\ty",
                                       "\a\x7F", "\xC2\x85",     "\xED\x95\x9C\n\xE2\x80\xAE"};
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        assert_string_equal(clean_value(&arena, kept[i], strlen(kept[i]), 100), kept[i]);
    assert_string_equal(clean_value(&arena, "a\0b", 3, 10), "a\xEF\xBF\xBD"
                                                            "b");
    assert_string_equal(clean_value(&arena, "a\xFF\n", 3, 100), "a\xEF\xBF\xBD\n");
    assert_string_equal(clean_value(&arena, "a\nb", 3, 2), "a\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_nul_inside),
                                       cmocka_unit_test(test_value)};
    return UNIT_RUN(tests);
}
