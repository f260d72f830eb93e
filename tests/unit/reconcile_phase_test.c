#include "tests/unit/unit.h"

#include "reconcile/phase.h"

static void every_phase_has_a_name_that_leads_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PHASE_COUNT; i++) {
        enum phase back = PHASE_COUNT;
        assert_true(phase_from_name(phase_name((enum phase)i), &back));
        assert_int_equal(back, i);
        assert_true((PHASE_ANY & PHASE_BIT(i)) != 0);
    }
    enum phase none;
    assert_false(phase_from_name("Running", &none));
    assert_false(phase_from_name("", &none));
}

static void steady_is_what_stays_by_itself(void **state)
{
    (void)state;
    const enum phase moving[] = {PHASE_BUILDING, PHASE_BUSY, PHASE_DELETING, PHASE_GONE, PHASE_UNKNOWN};
    unsigned steady = 0;
    for (unsigned i = 0; i < sizeof moving / sizeof *moving; i++)
        assert_false(phase_is_steady(moving[i]));
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        steady += phase_is_steady((enum phase)i);
    assert_int_equal(steady, PHASE_COUNT - sizeof moving / sizeof *moving);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_phase_has_a_name_that_leads_back),
        cmocka_unit_test(steady_is_what_stays_by_itself),
    };
    return UNIT_RUN(tests);
}
