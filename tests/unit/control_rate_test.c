#include "daemon/control_rate.h"

#include "tests/unit/unit.h"

enum { AT_ONCE = CONTROL_RATE_BURST_MS / CONTROL_RATE_REQUEST_MS };

static unsigned takes(struct control_rates *rates, uid_t uid, bool acts, int64_t now_ms, unsigned tries)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < tries; i++)
        taken += control_rate_take(rates, uid, acts, now_ms);
    return taken;
}

static void so_many_at_once_then_so_many_a_second(void **state)
{
    (void)state;
    struct control_rates rates = {0};
    assert_int_equal(takes(&rates, 7, false, 5000, 1000), AT_ONCE);
    assert_int_equal(takes(&rates, 7, false, 6000, 1000), 100);
    /* in small steps it is the same */
    unsigned taken = 0;
    for (int64_t now_ms = 6000; now_ms <= 8000; now_ms++)
        taken += takes(&rates, 7, false, now_ms, 1);
    assert_int_equal(taken, 200);
    assert_int_equal(takes(&rates, 7, false, 3600000, 1000), AT_ONCE);
}

static void a_long_answer_is_paid_afterwards(void **state)
{
    (void)state;
    struct control_rates rates = {0};
    assert_true(control_rate_take(&rates, 7, false, 0));
    control_rate_charge(&rates, 7, false, 3000);
    assert_int_equal(takes(&rates, 7, false, 2000, 1), 0);
    assert_int_equal(takes(&rates, 7, false, 2100, 1), 1);
}

static void neither_others_nor_what_acts_pay_for_it(void **state)
{
    (void)state;
    struct control_rates rates = {0};
    assert_int_equal(takes(&rates, 7, false, 0, 1000), AT_ONCE);
    assert_int_equal(takes(&rates, 7, true, 0, 1), 1);
    assert_int_equal(takes(&rates, 8, false, 0, 1), 1);
}

static void the_user_longest_away_gives_way(void **state)
{
    (void)state;
    struct control_rates rates = {0};
    assert_int_equal(takes(&rates, 1000, false, 0, 1000), AT_ONCE);
    for (uid_t uid = 1; uid < CONTROL_RATE_USERS; uid++)
        assert_true(control_rate_take(&rates, uid, false, 1));
    assert_int_equal(takes(&rates, 1000, false, 1, 1), 0); /* its row is still there */
    assert_true(control_rate_take(&rates, 5000, false, 1));
    assert_int_equal(takes(&rates, 1000, false, 1, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_at_once_then_so_many_a_second),
        cmocka_unit_test(a_long_answer_is_paid_afterwards),
        cmocka_unit_test(neither_others_nor_what_acts_pay_for_it),
        cmocka_unit_test(the_user_longest_away_gives_way),
    };
    return UNIT_RUN(tests);
}
