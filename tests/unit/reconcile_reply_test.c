#include "tests/unit/unit.h"

#include "reconcile/reply.h"

static void names_differ(void **state)
{
    (void)state;
    for (unsigned i = 0; i < REPLY_KIND_COUNT; i++)
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(reply_kind_name((enum reply_kind)i), reply_kind_name((enum reply_kind)k));
}

/* S1: only a refusal lets a create be sent again at once; no answer, and none that can be read, is none. */
static void what_may_have_happened_is_no_refusal(void **state)
{
    (void)state;
    assert_false(reply_is_refusal(REPLY_OK));
    assert_false(reply_is_refusal(REPLY_TRANSPORT));
    assert_false(reply_is_refusal(REPLY_OUTAGE));
    for (unsigned i = REPLY_AUTH; i < REPLY_KIND_COUNT; i++)
        assert_true(reply_is_refusal((enum reply_kind)i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_differ),
        cmocka_unit_test(what_may_have_happened_is_no_refusal),
    };
    return UNIT_RUN(tests);
}
