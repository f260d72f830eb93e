#include "tests/unit/unit.h"

#include <cjson/cJSON.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/value.h"

#define VALUE(columns_, ...)                                                                                 \
    ((struct value){sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *) / (columns_), (columns_),   \
                    (const char *[]){__VA_ARGS__}})

static void sorting_makes_sets_and_maps_comparable(void **state)
{
    (void)state;
    const char *one[] = {"db", "default", "db", "a"}, *two[] = {"default", "a", "db"};
    struct value first = value_sorted(one, 4, 1), second = value_sorted(two, 3, 1);
    assert_int_equal(first.rows, 3);
    assert_true(value_equal(first, second));
    assert_string_equal(value_cell(first, 0, 0), "a");
    assert_true(value_has(first, "db"));
    assert_false(value_has(first, "d"));
    const char *map[] = {"team", "data", "env", "prod", "team", "data"};
    struct value sorted = value_sorted(map, 3, 2);
    assert_int_equal(sorted.rows, 2);
    assert_string_equal(value_find(sorted, "env"), "prod");
    assert_null(value_find(sorted, "tier"));
}

static void equality_is_of_every_cell(void **state)
{
    (void)state;
    assert_true(value_equal((struct value){0, 1, NULL}, (struct value){0, 2, NULL}));
    assert_false(value_equal(VALUE(1, "a"), VALUE(1, "a", "b")));
    assert_false(value_equal(VALUE(1, "a", "b"), VALUE(2, "a", "b", "c", "d")));
    assert_false(value_equal(VALUE(2, "a", "b"), VALUE(2, "a", "c")));
    assert_true(value_equal(VALUE(2, "a", "b"), VALUE(2, "a", "b")));
    assert_string_equal(value_scalar((struct value){0, 1, NULL}), "");
    assert_string_equal(value_scalar(VALUE(1, "x")), "x");
}

static void a_copy_owns_its_cells(void **state)
{
    (void)state;
    struct arena arena;
    char cell[] = "before";
    const char *cells[] = {cell};
    arena_init(&arena);
    struct value copy = value_copy(&arena, (struct value){1, 1, cells});
    cell[0] = 'X';
    assert_string_equal(value_scalar(copy), "before");
    assert_int_equal(value_copy(&arena, (struct value){0, 3, NULL}).columns, 3);
    assert_string_equal(value_scalar(value_of_scalar(&arena, "m2.c2m4")), "m2.c2m4");
    arena_release(&arena);
}

/* No two tables share a form: cells cannot be shifted from one to the next. */
static void the_hash_tells_tables_apart(void **state)
{
    (void)state;
    struct hash_key key = {1, 2}, other = {1, 3};
    struct value tables[] = {
        VALUE(1, "ab", "c"),   VALUE(1, "a", "bc"),       VALUE(1, "abc"), VALUE(1, "abc", ""),
        VALUE(2, "a", "b"),    VALUE(2, "", "ab"),        VALUE(1, ""),    VALUE(1, "", ""),
        VALUE(3, "a", "", ""), (struct value){0, 1, NULL}};
    unsigned count = sizeof tables / sizeof *tables;
    for (unsigned i = 0; i < count; i++) {
        assert_true(value_hash(tables[i], key) == value_hash(tables[i], key));
        assert_true(value_hash(tables[i], key) != value_hash(tables[i], other));
        for (unsigned k = i + 1; k < count; k++)
            assert_true(value_hash(tables[i], key) != value_hash(tables[k], key));
    }
}

static void assert_shown(struct value value, const char *expected)
{
    AUTO_TEXT struct text text;
    text_init(&text, 256);
    value_show(value, &text);
    assert_string_equal(text.bytes, expected);
}

static void people_see_short_forms(void **state)
{
    (void)state;
    assert_shown(VALUE(1, "m2.c2m4"), "m2.c2m4");
    assert_shown(VALUE(1, "db", "default"), "[db, default]");
    assert_shown(VALUE(2, "team", "data", "env", ""), "{team: data, env}");
    assert_shown(VALUE(3, "subnet", "b838", ""), "[subnet b838]");
    assert_shown((struct value){0, 1, NULL}, "[]");
    assert_shown((struct value){0, 2, NULL}, "{}");
}

static void assert_json(struct value value, bool map, const char *expected)
{
    AUTO_TEXT struct text text;
    text_init(&text, 256);
    value_json(value, map, &text);
    assert_string_equal(text.bytes, expected);
    cJSON *tree = cJSON_Parse(text.bytes);
    assert_non_null(tree);
    cJSON_Delete(tree);
}

static void programs_see_json(void **state)
{
    (void)state;
    assert_json(VALUE(1, "say \"x\"\n"), false, "\"say \\\"x\\\"\\n\"");
    assert_json(VALUE(1, "db", "default"), false, "[\"db\",\"default\"]");
    assert_json(VALUE(2, "team", "data", "k\"", ""), true, "{\"team\":\"data\",\"k\\\"\":\"\"}");
    assert_json(VALUE(3, "subnet", "b838", ""), false, "[[\"subnet\",\"b838\",\"\"]]");
    assert_json((struct value){0, 1, NULL}, false, "[]");
    assert_json((struct value){0, 2, NULL}, true, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorting_makes_sets_and_maps_comparable),
        cmocka_unit_test(equality_is_of_every_cell),
        cmocka_unit_test(a_copy_owns_its_cells),
        cmocka_unit_test(the_hash_tells_tables_apart),
        cmocka_unit_test(people_see_short_forms),
        cmocka_unit_test(programs_see_json),
    };
    return UNIT_RUN(tests);
}
