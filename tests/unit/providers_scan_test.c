#include "tests/unit/unit.h"

#include "providers/scan.h"
#include "reconcile/base/cleanup.h"

static void test_walk(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char BODY[] =
        " {\"a\" : 1 , \"b\":[ true,{},[],\"x\"],\"skip\":{\"}\":\"]\\\"\"},\"c\":null}\n";
    struct scan scan;
    struct span key;
    int64_t number = 0;
    unsigned items = 0;
    scan_init(&scan, BODY, sizeof BODY - 1);
    assert_true(scan_object(&scan));
    assert_true(scan_member(&scan, &key) && span_equal(key, "a"));
    assert_true(scan_number(&scan, &number));
    assert_int_equal(number, 1);
    assert_true(scan_member(&scan, &key) && span_equal(key, "b"));
    assert_true(scan_array(&scan));
    for (; scan_item(&scan); items++)
        scan_skip(&scan);
    assert_int_equal(items, 4);
    assert_true(scan_member(&scan, &key) && span_equal(key, "skip"));
    assert_false(scan_array(&scan)); /* skipped: it is none */
    assert_true(scan_member(&scan, &key) && span_equal(key, "c"));
    assert_true(scan_is_null(&scan));
    assert_null(scan_text(&scan, &arena, 100));
    assert_false(scan_member(&scan, &key));
    assert_true(scan_finish(&scan));
}

static const struct {
    const char *json, *text; /* NULL: no text */
    bool broken;
} TEXTS[] = {
    {"\"plain\"", "plain", false},
    {"\"q\\\"b\\\\s\\/n\\nt\\t\"", "q\"b\\s/n t ", false},
    {"\"\\ud55c\\uae00\"", "\xED\x95\x9C\xEA\xB8\x80", false},
    {"\"\\ud83d\\ude00!\"", "\xF0\x9F\x98\x80!", false},
    {"\"\\ud83d!\"", "\xEF\xBF\xBD!", false},
    {"\"\\udc00\\u0041\"",
     "\xEF\xBF\xBD"
     "A",
     false},
    {"\"\\u0000x\"", " x", false},
    {"\"\\uZZ\"", "\xEF\xBF\xBD", false},
    {"\"ends in a backslash\\\\\"", "ends in a backslash\\", false},
    {"12.5e3", "12.5e3", false},
    {"-1", "-1", false},
    {"true", "true", false},
    {"null", NULL, false},
    {"[1]", NULL, false},
    {"{\"a\":\"b\"}", NULL, false},
    {"\"open", NULL, true},
    {"\"open\\\"", NULL, true},
    {"nope", NULL, true},
    {"tru", NULL, true},
    {"", NULL, true},
    {"[1", NULL, true},
    {"{\"a\": [}", NULL, true},
    {"[}", NULL, true},
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct scan scan;
        scan_init(&scan, TEXTS[i].json, strlen(TEXTS[i].json));
        const char *text = scan_text(&scan, &arena, 100);
        if (!text != !TEXTS[i].text || (text && strcmp(text, TEXTS[i].text) != 0))
            fail_msg("%s: %s", TEXTS[i].json, text ? text : "NULL");
        if (scan_finish(&scan) == TEXTS[i].broken) fail_msg("%s: broken?", TEXTS[i].json);
    }
}

static void test_keys(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char BODY[] = "{\"\\ud55c\\\"\": 1}";
    struct scan scan;
    struct span key;
    scan_init(&scan, BODY, sizeof BODY - 1);
    assert_true(scan_object(&scan) && scan_member(&scan, &key));
    assert_string_equal(scan_key_text(key, &arena, 100), "\xED\x95\x9C\"");
}

static void test_values(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char BODY[] = "{\"a\\tb\": \"one\\ntwo\\u0085\"}";
    struct scan scan;
    struct span key;
    scan_init(&scan, BODY, sizeof BODY - 1);
    assert_true(scan_object(&scan) && scan_member(&scan, &key));
    assert_string_equal(scan_key_value(key, &arena), "a\tb");
    struct scan again = scan;
    assert_string_equal(scan_value(&scan, &arena), "one\ntwo\xC2\x85");
    assert_string_equal(scan_text(&again, &arena, 100), "one two\xEF\xBF\xBD");
}

static bool number_of(const char *json, int64_t *out)
{
    struct scan scan;
    scan_init(&scan, json, strlen(json));
    return scan_number(&scan, out);
}

static void test_numbers(void **state)
{
    (void)state;
    int64_t number = 0;
    assert_true(number_of("4", &number) && number == 4);
    assert_true(number_of("\"-17\"", &number) && number == -17);
    assert_false(number_of("1.5", &number));
    assert_false(number_of("\"x\"", &number));
    assert_false(number_of("\"\"", &number));
    assert_false(number_of("[4]", &number));
    assert_false(number_of("null", &number));
    assert_false(number_of("\"                       4\"", &number));
}

static void test_truth(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool truth;
    } ROWS[] = {{"true", true},     {"false", false},  {"1", true},     {"0", false},
                {"\"True\"", true}, {"\"no\"", false}, {"null", false}, {"{\"a\":1}", false}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct scan scan;
        scan_init(&scan, ROWS[i].json, strlen(ROWS[i].json));
        if (scan_is_true(&scan) != ROWS[i].truth) fail_msg("%s", ROWS[i].json);
        assert_true(scan_finish(&scan));
    }
}

/* Walks anything by recursion on what is there; used to see that broken text ends every loop. */
static void walk(struct scan *scan, unsigned depth)
{
    struct span key;
    struct scan here = *scan;
    if (depth < 8 && scan_object(scan)) {
        while (scan_member(scan, &key))
            walk(scan, depth + 1);
        return;
    }
    *scan = here;
    if (depth < 8 && scan_array(scan)) {
        while (scan_item(scan))
            walk(scan, depth + 1);
        return;
    }
    *scan = here;
    scan_skip(scan);
}

static void test_broken_members(void **state)
{
    (void)state;
    static const char *const BODIES[] = {"{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}",   "{\"a\":1,}",
                                         "{a:1}",     "{\"a\":}",          "[1 2]", "[1,]",
                                         "[,1]",      "{\"a\":[1,2}",      "[{]}",  "{1:2}"};
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        struct scan scan;
        scan_init(&scan, BODIES[i], strlen(BODIES[i]));
        walk(&scan, 0);
        if (scan_finish(&scan)) fail_msg("%s is taken", BODIES[i]);
    }
    static const char *const HEADS[] = {"{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}"};
    for (size_t i = 0; i < sizeof HEADS / sizeof HEADS[0]; i++) {
        struct scan scan;
        struct span key;
        int64_t number;
        scan_init(&scan, HEADS[i], strlen(HEADS[i]));
        assert_true(scan_object(&scan));
        if (i == 2) assert_true(scan_member(&scan, &key) && scan_number(&scan, &number));
        assert_false(scan_member(&scan, &key));
        assert_false(scan_finish(&scan));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk),           cmocka_unit_test(test_texts),   cmocka_unit_test(test_keys),
        cmocka_unit_test(test_values),         cmocka_unit_test(test_numbers), cmocka_unit_test(test_truth),
        cmocka_unit_test(test_broken_members),
    };
    return UNIT_RUN(tests);
}
