#include "tests/unit/unit.h"

#include "tests/unit/dispatch_fixture.h"

/* Log-outs: of tokens that are replaced, of clouds that are retired, and at the end. */

static void fixture_begin(struct fixture *f)
{
    fixture_init_as(f, &parting_traits);
    log_in(f, "one", "tok", 10);
}

static void reload(struct fixture *f, int64_t boot_ms)
{
    dispatch_config(f->dispatch, &f->config, plain_now(boot_ms));
}

static void test_the_end_logs_out_once(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f);
    dispatch_leave(f.dispatch, plain_now(20));
    assert_false(dispatch_has_left(f.dispatch));
    uint64_t id = started(&f, "plain:logout tok", NULL);
    nothing_started(&f); /* "two" has no session */
    answer(&f, id, 500, "", 30);
    nothing_started(&f);
    assert_true(dispatch_has_left(f.dispatch));
    assert_int_equal(dispatch_counts(f.dispatch).log_outs, 1);
    fixture_release(&f);
}

static void test_the_end_waits_for_calls_under_way(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f);
    send(&f, "one", 7, NULL, 15);
    uint64_t call = started(&f, "Stop", "tok");
    dispatch_leave(f.dispatch, plain_now(20));
    nothing_started(&f);
    assert_false(dispatch_has_left(f.dispatch));
    answer(&f, call, 200, "", 30);
    answer(&f, started(&f, "plain:logout tok", NULL), 200, "", 40);
    assert_true(dispatch_has_left(f.dispatch));
    fixture_release(&f);
}

/* Its token arrives and is not needed any more. */
static void test_the_end_waits_for_a_log_in_under_way(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f);
    permit(&f, "two", 15);
    uint64_t login = started(&f, "plain:login", NULL);
    dispatch_leave(f.dispatch, plain_now(20));
    answer(&f, started(&f, "plain:logout tok", NULL), 200, "", 30);
    assert_false(dispatch_has_left(f.dispatch));
    answer(&f, login, 200, "late -1 p", 40);
    answer(&f, started(&f, "plain:logout late", NULL), 200, "", 50);
    assert_true(dispatch_has_left(f.dispatch));
    fixture_release(&f);
}

static void test_there_is_nothing_to_end(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f); /* no log-out */
    log_in(&f, "one", "tok", 10);
    permit(&f, "two", 15);
    started(&f, "plain:login", NULL);
    dispatch_leave(f.dispatch, plain_now(20));
    assert_true(dispatch_has_left(f.dispatch));
    nothing_started(&f);
    fixture_release(&f);
    fixture_begin(&f);
    send(&f, "one", 7, NULL, 15);
    answer(&f, started(&f, "Stop", "tok"), 401, "", 20); /* refused: it has ended */
    dispatch_leave(f.dispatch, plain_now(30));
    assert_true(dispatch_has_left(f.dispatch));
    fixture_release(&f);
}

/* A reload logs in anew, for a password may be another; the old token is ended at the core's pace. */
static void test_a_replaced_token_is_ended(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f);
    send(&f, "one", 7, NULL, 15);
    uint64_t call = started(&f, "Stop", "tok");
    reload(&f, 20);
    log_in(&f, "one", "new", 30);
    assert_int_equal(session_of(&f, "one")->wants, 0);
    nothing_started(&f);
    answer(&f, call, 200, "", 40);
    assert_int_equal(session_of(&f, "one")->wants, 1);
    nothing_started(&f);
    permit(&f, "one", 50);
    uint64_t id = started(&f, "plain:logout tok", NULL);
    assert_int_equal(session_of(&f, "one")->own, 1);
    assert_int_equal(session_of(&f, "one")->wants, 0);
    answer(&f, id, 200, "", 60);
    assert_int_equal(session_of(&f, "one")->own, 0);
    assert_int_equal(session_of(&f, "one")->state, SESSION_READY);
    send(&f, "one", 8, NULL, 70);
    started(&f, "Stop", "new");
    fixture_release(&f);
}

static void test_a_failed_renewal_keeps_the_session(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f);
    reload(&f, 20);
    permit(&f, "one", 30);
    answer(&f, started(&f, "plain:login", NULL), 401, "", 40);
    assert_int_equal(session_of(&f, "one")->state, SESSION_READY);
    assert_int_equal(session_of(&f, "one")->wants, 0);
    nothing_started(&f);
    fixture_release(&f);
}

static void test_a_retired_cloud_is_logged_out(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f);
    send(&f, "one", 7, NULL, 15);
    uint64_t call = started(&f, "Stop", "tok");
    f.config.cloud_count = 0;
    reload(&f, 20);
    nothing_started(&f);
    answer(&f, call, 200, "", 30);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_OK);
    answer(&f, started(&f, "plain:logout tok", NULL), 200, "", 40);
    assert_int_equal(dispatch_in_flight(f.dispatch), 0);
    fixture_release(&f);
}

/* Another account under the same name: the one before is ended, the new one logs in. */
static void test_other_credentials_end_the_session(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f);
    f.clouds[0].auth_url = "https://elsewhere";
    reload(&f, 20);
    uint64_t logout = started(&f, "plain:logout tok", NULL);
    assert_int_equal(session_of(&f, "one")->wants, 1);
    log_in(&f, "one", "new", 30);
    answer(&f, logout, 200, "", 40);
    send(&f, "one", 7, NULL, 50);
    started(&f, "Stop", "new");
    nothing_started(&f);
    fixture_release(&f);
}

static void test_a_cloud_that_is_retired_while_it_logs_in(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init_as(&f, &parting_traits);
    permit(&f, "one", 10);
    uint64_t login = started(&f, "plain:login", NULL);
    f.config.cloud_count = 0;
    reload(&f, 20);
    answer(&f, login, 200, "late -1 p", 30);
    answer(&f, started(&f, "plain:logout late", NULL), 200, "", 40);
    assert_int_equal(dispatch_in_flight(f.dispatch), 0);
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest leave_tests[] = {
        cmocka_unit_test(test_the_end_logs_out_once),
        cmocka_unit_test(test_the_end_waits_for_calls_under_way),
        cmocka_unit_test(test_the_end_waits_for_a_log_in_under_way),
        cmocka_unit_test(test_there_is_nothing_to_end),
        cmocka_unit_test(test_a_replaced_token_is_ended),
        cmocka_unit_test(test_a_failed_renewal_keeps_the_session),
        cmocka_unit_test(test_a_retired_cloud_is_logged_out),
        cmocka_unit_test(test_other_credentials_end_the_session),
        cmocka_unit_test(test_a_cloud_that_is_retired_while_it_logs_in),
    };
    return UNIT_RUN(leave_tests);
}
