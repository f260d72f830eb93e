#include "tests/unit/unit.h"

#include "reconcile/event.h"

static void kinds_have_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < EVENT_KIND_COUNT; i++)
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(event_name((enum event_kind)i), event_name((enum event_kind)k));
    for (unsigned i = 0; i < COMMAND_KIND_COUNT; i++)
        assert_true(command_name((enum command_kind)i)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds_have_names)};
    return UNIT_RUN(tests);
}
