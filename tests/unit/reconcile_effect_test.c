#include "tests/unit/unit.h"

#include "reconcile/base/memory.h"
#include "reconcile/effect.h"

static void effects_can_be_used_again(void **state)
{
    (void)state;
    struct effects effects;
    effects_init(&effects);
    assert_int_equal(effects.count, 0);
    ROW_RESERVE(effects.items, effects.count, effects.room);
    effects.count = 1;
    assert_non_null(arena_text(&effects.arena, "of one step"));
    effects_clear(&effects);
    assert_int_equal(effects.count, 0);
    assert_int_equal(effects.arena.used, 0);
    assert_true(effects.room > 0);
    effects_release(&effects);
    assert_int_equal(effects.room, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(effects_can_be_used_again)};
    return UNIT_RUN(tests);
}
