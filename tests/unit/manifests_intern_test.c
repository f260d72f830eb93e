#include "tests/unit/unit.h"

#include <stdio.h>

#include "manifests/intern.h"
#include "reconcile/base/cleanup.h"

static void test_texts(void **state)
{
    AUTO_ARENA struct arena arena = {0};
    struct intern intern;
    char text[32];
    const char *seen[500];
    (void)state;
    intern_init(&intern, &arena);
    assert_null(intern_text(&intern, NULL));
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 500; i++) {
            snprintf(text, sizeof text, "text %d", i);
            const char *kept = intern_text(&intern, text);
            assert_string_equal(kept, text);
            if (round == 0)
                seen[i] = kept;
            else
                assert_ptr_equal(kept, seen[i]);
        }
    assert_ptr_equal(intern_bytes(&intern, "text 12 and more", 7), seen[12]);
    assert_ptr_not_equal(intern_text(&intern, "text"), seen[0]);
    assert_string_equal(intern_text(&intern, ""), "");
    assert_ptr_equal(intern_text(&intern, ""), intern_bytes(&intern, "x", 0));
    intern_release(&intern);
}

static void test_values(void **state)
{
    AUTO_ARENA struct arena arena = {0};
    struct intern intern;
    const char *one[] = {"a", "b"}, *two[] = {"a", "b"}, *three[] = {"b", "a"};
    (void)state;
    intern_init(&intern, &arena);
    struct value map = intern_value(&intern, (struct value){1, 2, one});
    struct value same = intern_value(&intern, (struct value){1, 2, two});
    struct value set = intern_value(&intern, (struct value){2, 1, two});
    struct value other = intern_value(&intern, (struct value){1, 2, three});
    struct value shorter = intern_value(&intern, (struct value){1, 1, one});
    struct value empty = intern_value(&intern, (struct value){0, 2, NULL});
    assert_ptr_equal(map.cells, same.cells);
    assert_ptr_equal(map.cells, set.cells);
    assert_ptr_not_equal(map.cells, one);
    assert_int_equal(set.rows, 2);
    assert_ptr_not_equal(map.cells, other.cells);
    assert_ptr_not_equal(map.cells, shorter.cells);
    assert_ptr_equal(other.cells[0], map.cells[1]);
    assert_int_equal(empty.rows, 0);
    assert_int_equal(empty.columns, 2);
    for (int i = 0; i < 300; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        const char *cell[] = {text};
        assert_string_equal(intern_value(&intern, (struct value){1, 1, cell}).cells[0], text);
    }
    assert_ptr_equal(intern_value(&intern, (struct value){1, 2, two}).cells, map.cells);
    intern_release(&intern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_values)};
    return UNIT_RUN(tests);
}
