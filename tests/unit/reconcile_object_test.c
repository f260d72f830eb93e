#include "tests/unit/unit.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/object.h"
#include "reconcile/source.h"

static void a_set_is_sorted_and_without_doubles(void **state)
{
    (void)state;
    struct text_set set = {NULL, 0, 0};
    const char *items[] = {"team", "env", "team", "", "a"};
    for (unsigned i = 0; i < 5; i++)
        text_set_add(&set, items[i]);
    assert_int_equal(set.count, 4);
    assert_string_equal(set.items[0], "");
    assert_string_equal(set.items[3], "team");
    assert_true(text_set_has(&set, "env"));
    assert_false(text_set_has(&set, "en"));
    text_set_remove(&set, "env");
    text_set_remove(&set, "env");
    assert_int_equal(set.count, 3);
    assert_false(text_set_has(&set, "env"));
    text_set_release(&set);
    assert_int_equal(set.count, 0);
}

static void a_set_comes_back_from_its_text(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena = {0};
    struct text_set set = {NULL, 0, 0}, back = {NULL, 0, 0};
    const char *items[] = {"4:team", "", "a b", "한글", ":", "12345678901234567890"};
    for (unsigned i = 0; i < 6; i++)
        text_set_add(&set, items[i]);
    assert_true(text_set_parse(&back, text_set_show(&set, &arena)));
    assert_int_equal(back.count, set.count);
    for (uint32_t i = 0; i < set.count; i++)
        assert_string_equal(back.items[i], set.items[i]);
    assert_string_equal(text_set_show(&(struct text_set){NULL, 0, 0}, &arena), "");
    text_set_release(&set);
    text_set_release(&back);
}

static void broken_texts_of_sets_are_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {"team",      "4team",     "4:tea", "5:team",  ":team", "-1:x",
                                         "4:team3:e", "9999999:x", "1",     "4:team4", "1:a ",  "0x1:a"};
    for (unsigned i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct text_set set = {NULL, 0, 0};
        if (text_set_parse(&set, broken[i])) fail_msg("\"%s\" was taken", broken[i]);
        text_set_release(&set);
    }
}

static void times_count_in_a_sliding_window(void **state)
{
    (void)state;
    struct times times = {.count = 0};
    for (int64_t at = 10; at <= 30; at += 10)
        times_add(&times, at);
    assert_int_equal(times_within(&times, 30, 30), 3);
    assert_int_equal(times_within(&times, 40, 30), 2); /* the edge is outside */
    assert_int_equal(times_within(&times, 39, 30), 3);
    assert_int_equal(times_within(&times, 61, 30), 0);
    for (int64_t at = 100; at < 100 + 2 * TIMES_MAX; at++)
        times_add(&times, at);
    assert_int_equal(times.count, TIMES_MAX);
    assert_int_equal(times.at_ms[0], 100 + TIMES_MAX);
    assert_int_equal(times_within(&times, 200, 1000), TIMES_MAX);
}

static void a_resolved_name_is_kept_once(void **state)
{
    (void)state;
    struct source source = {.name = "prod"};
    struct object *object = object_new(&source, "web", 7);
    assert_int_equal(object->order, 7);
    assert_string_equal(object->timer.name, "web"); /* ties do not depend on when it came to be known */
    object_resolve(object, FIELD_FLAVOR, "small", "f1");
    assert_true(object->ledger_dirty);
    object->ledger_dirty = false;
    object_resolve(object, FIELD_FLAVOR, "small", "f1");
    assert_false(object->ledger_dirty);
    object_resolve(object, FIELD_FLAVOR, "small", "f2");
    assert_true(object->ledger_dirty);
    assert_string_equal(object->resolved[FIELD_FLAVOR].id, "f2");
    object->applied_fields = FIELD_BIT(FIELD_IMAGE);
    object->applied[FIELD_IMAGE] = 1;
    object_clear_applied(object);
    assert_int_equal(object->applied_fields, 0);
    assert_int_equal(object->applied[FIELD_IMAGE], 0);
    assert_int_equal(object_power(object), PHASE_RUNNING);
    object_free(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_sorted_and_without_doubles),
        cmocka_unit_test(a_set_comes_back_from_its_text),
        cmocka_unit_test(broken_texts_of_sets_are_refused),
        cmocka_unit_test(times_count_in_a_sliding_window),
        cmocka_unit_test(a_resolved_name_is_kept_once),
    };
    return UNIT_RUN(tests);
}
