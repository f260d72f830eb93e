#include "tests/unit/unit.h"

#include "reconcile/call.h"

static void every_call_has_a_name_that_leads_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        enum call_kind back = CALL_COUNT;
        assert_true(call_from_name(call_name((enum call_kind)i), &back));
        assert_int_equal(back, i);
    }
    enum call_kind none;
    assert_false(call_from_name("create", &none));
    assert_false(call_from_name("", &none));
}

static void only_a_look_changes_nothing(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CALL_COUNT; i++)
        assert_int_equal(call_is_mutating((enum call_kind)i), i != CALL_LOOK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_has_a_name_that_leads_back),
        cmocka_unit_test(only_a_look_changes_nothing),
    };
    return UNIT_RUN(tests);
}
