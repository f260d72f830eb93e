#include "tests/unit/unit.h"

#include "providers/json.h"
#include "reconcile/base/cleanup.h"

static cJSON *parse(const char *body)
{
    return json_parse(body, strlen(body));
}

static void test_parse(void **state)
{
    (void)state;
    static const char *const BAD[] = {"", "{", "{} x", "{}{}", "<html>", "{\"a\":1,}"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_null(parse(BAD[i]));
    assert_null(json_parse(NULL, 0));
    AUTO_JSON cJSON *tree = parse(" {\"a\": 1}\r\n");
    assert_non_null(tree);
}

static void test_readers(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    AUTO_JSON cJSON *tree =
        parse("{\"text\": \"a\\u001bb\", \"number\": 1605, \"big\": 1e300, \"minus\": -3,"
              "\"digits\": \"42\", \"yes\": true, \"no\": false, \"word\": \"TRUE\", \"null\": null}");
    assert_string_equal(json_get_text(tree, "text", &arena), "a b");
    assert_string_equal(json_get_text(tree, "number", &arena), "1605");
    assert_null(json_get_text(tree, "yes", &arena));
    assert_null(json_get_text(tree, "Text", &arena));
    assert_null(json_get_text(NULL, "text", &arena));
    assert_int_equal(json_get_number(tree, "number", 2000, -1), 1605);
    assert_int_equal(json_get_number(tree, "number", 1604, -1), -1);
    assert_int_equal(json_get_number(tree, "digits", 2000, -1), 42);
    assert_int_equal(json_get_number(tree, "text", 2000, -1), -1);
    assert_int_equal(json_get_number(tree, "big", INT32_MAX, 0), 0);
    assert_int_equal(json_get_number(tree, "minus", INT32_MAX, 7), 7);
    assert_true(json_get_truth(tree, "yes"));
    assert_true(json_get_truth(tree, "word"));
    assert_true(json_get_truth(tree, "number"));
    assert_false(json_get_truth(tree, "no"));
    assert_false(json_get_truth(tree, "null"));
    assert_false(json_get_truth(tree, "absent"));
}

static void test_writers(void **state)
{
    (void)state;
    AUTO_TEXT struct text out;
    text_init(&out, 1000);
    text_add(&out, "{");
    json_write_pair(&out, "a", "x\"y");
    json_write_key(&out, "b");
    text_add(&out, "[{");
    json_write_pair(&out, "c", NULL);
    text_add(&out, "}]}");
    assert_string_equal(out.bytes, "{\"a\":\"x\\\"y\",\"b\":[{\"c\":null}]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse), cmocka_unit_test(test_readers),
                                       cmocka_unit_test(test_writers)};
    return UNIT_RUN(tests);
}
