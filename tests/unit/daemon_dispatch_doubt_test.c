#include "tests/unit/unit.h"

#include "tests/unit/dispatch_fixture.h"

/* Calls that are refused in words that may mean the token or the call ("denied"). */

/* A call is sent with the token "tok" and answered. */
static void refused(struct fixture *f, uint64_t call, const char *token, const char *body, int64_t boot_ms)
{
    send(f, "one", call, NULL, boot_ms);
    answer(f, started(f, "Stop", token), 200, body, boot_ms + 5);
}

static void check(struct fixture *f, const char *token, int status, const char *body, int64_t boot_ms)
{
    char url[64];
    permit(f, "one", boot_ms);
    snprintf(url, sizeof url, "plain:check %s", token);
    answer(f, started(f, url, NULL), status, body, boot_ms + 5);
}

static void test_a_denied_call_costs_one_question(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    refused(&f, 7, "tok", "denied", 20);
    assert_null(reply_to(&f, 7));
    assert_int_equal(session_of(&f, "one")->wants, 1);
    assert_int_equal(session_of(&f, "one")->held, 1); /* it takes no place on the wire */
    assert_int_equal(session_of(&f, "one")->state, SESSION_READY);
    check(&f, "tok", 200, "good tok", 30);
    const struct event_reply *event = reply_to(&f, 7);
    assert_int_equal(event->reply.kind, REPLY_DENIED);
    assert_int_equal(event->reply.http_status, 200);
    assert_int_equal(event->sent_boot_ms, 15);
    assert_string_equal(event->reply.message,
                        "denied; the token is good: this call is denied to the account of spec.auth");
    assert_int_equal(session_of(&f, "one")->state, SESSION_READY);
    assert_int_equal(session_of(&f, "one")->wants, 0);
    assert_int_equal(session_of(&f, "one")->held, 0);
    nothing_started(&f);
    assert_int_equal(dispatch_counts(f.dispatch).log_ins, 1);
    assert_int_equal(dispatch_counts(f.dispatch).repetitions, 0);
    fixture_release(&f);
}

static void test_a_dead_token_is_replaced_and_the_call_repeated(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
    } answers[] = {{200, "denied"}, {401, ""}, {503, ""}, {200, "good another"}, {404, ""}};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct fixture f;
        fixture_init(&f);
        log_in(&f, "one", "old", 10);
        refused(&f, 7, "old", "denied", 20);
        check(&f, "old", answers[i].status, answers[i].body, 30);
        assert_null(reply_to(&f, 7));
        assert_int_equal(session_of(&f, "one")->state, SESSION_NONE);
        log_in(&f, "one", "new", 40);
        permit(&f, "one", 50);
        answer(&f, started(&f, "Stop", "new"), 200, "", 60);
        assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_OK);
        assert_int_equal(dispatch_counts(f.dispatch).checks, 1);
        fixture_release(&f);
    }
}

/* Denied, and the token died meanwhile: the new token is asked about, and stays. */
static void test_a_repetition_that_is_denied_leaves_the_session(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "old", 10);
    refused(&f, 7, "old", "denied", 20);
    check(&f, "old", 200, "denied", 30);
    log_in(&f, "one", "new", 40);
    permit(&f, "one", 50);
    answer(&f, started(&f, "Stop", "new"), 200, "denied", 60);
    check(&f, "new", 200, "good new", 70);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_DENIED);
    assert_int_equal(session_of(&f, "one")->state, SESSION_READY);
    assert_int_equal(dispatch_counts(f.dispatch).log_ins, 2);
    assert_int_equal(dispatch_counts(f.dispatch).repetitions, 1);
    fixture_release(&f);
}

static void test_a_new_token_that_is_dead_waits(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "old", 10);
    refused(&f, 7, "old", "denied", 20);
    check(&f, "old", 200, "denied", 30);
    log_in(&f, "one", "new", 40);
    permit(&f, "one", 50);
    answer(&f, started(&f, "Stop", "new"), 200, "denied", 60);
    check(&f, "new", 200, "denied", 70);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_AUTH);
    assert_string_equal(reply_to(&f, 7)->reply.message, "denied");
    assert_int_equal(session_of(&f, "one")->state, SESSION_FAILED);
    assert_int_equal(session_of(&f, "one")->retry_boot_ms, 75 + SESSION_RETRY_MIN_MS);
    fixture_release(&f);
}

static void test_many_refusals_need_one_question(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    uint64_t ids[4];
    for (unsigned i = 0; i < 4; i++) {
        send(&f, "one", 7 + i, NULL, 20);
        ids[i] = started(&f, "Stop", "tok");
    }
    for (unsigned i = 0; i < 3; i++)
        answer(&f, ids[i], 200, "denied", 30);
    assert_int_equal(session_of(&f, "one")->wants, 1);
    permit(&f, "one", 40);
    uint64_t asked = started(&f, "plain:check tok", NULL);
    assert_int_equal(session_of(&f, "one")->own, 1);
    answer(&f, ids[3], 200, "denied", 45); /* while it is asked */
    permit(&f, "one", 46);
    nothing_started(&f);
    answer(&f, asked, 200, "good tok", 50);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(reply_to(&f, 7 + i)->reply.kind, REPLY_DENIED);
    assert_int_equal(session_of(&f, "one")->wants, 0);
    assert_int_equal(session_of(&f, "one")->own, 0);
    fixture_release(&f);
}

/* A plain 401 drops the token: what waits for the question is repeated with the next one. */
static void test_no_question_about_a_token_that_is_gone(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "old", 10);
    send(&f, "one", 8, NULL, 20);
    uint64_t id = started(&f, "Stop", "old");
    refused(&f, 7, "old", "denied", 20);
    answer(&f, id, 401, "", 30);
    assert_int_equal(session_of(&f, "one")->state, SESSION_NONE);
    assert_int_equal(session_of(&f, "one")->wants, 1); /* the log-in */
    log_in(&f, "one", "new", 40);
    for (unsigned i = 0; i < 2; i++) {
        permit(&f, "one", 50);
        answer(&f, started(&f, "Stop", "new"), 200, "", 60);
    }
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_OK);
    assert_int_equal(reply_to(&f, 8)->reply.kind, REPLY_OK);
    assert_int_equal(dispatch_counts(f.dispatch).checks, 0);
    fixture_release(&f);
}

static void test_a_token_that_ends_while_it_is_doubted(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    permit(&f, "one", 0);
    answer(&f, started(&f, "plain:login", NULL), 200, "tok 1700003600000 project", 0);
    refused(&f, 7, "tok", "denied", 20);
    dispatch_tick(f.dispatch, plain_now(HOUR_MS));
    assert_int_equal(session_of(&f, "one")->state, SESSION_NONE);
    log_in(&f, "one", "new", HOUR_MS + 10);
    permit(&f, "one", HOUR_MS + 20);
    started(&f, "Stop", "new");
    fixture_release(&f);
}

static void test_a_cloud_that_goes_while_its_token_is_doubted(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    refused(&f, 7, "tok", "denied", 20);
    permit(&f, "one", 30);
    uint64_t asked = started(&f, "plain:check tok", NULL);
    f.config.cloud_count = 0;
    dispatch_config(f.dispatch, &f.config, plain_now(40));
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_AUTH);
    answer(&f, asked, 200, "good tok", 50);
    assert_int_equal(dispatch_in_flight(f.dispatch), 0);
    assert_int_equal(dispatch_waiting(f.dispatch), 0);
    fixture_release(&f);
}

static void test_a_question_that_is_throttled_delays_the_log_in(void **state)
{
    (void)state;
    struct fixture f;
    struct http_header after = {"Retry-After", "7"};
    struct http_response response = {.status = 429, .body = "", .headers = &after, .header_count = 1};
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    refused(&f, 7, "tok", "denied", 20);
    permit(&f, "one", 30);
    dispatch_response(f.dispatch, started(&f, "plain:check tok", NULL), &response, plain_now(40));
    assert_int_equal(session_of(&f, "one")->quiet_boot_ms, 7040);
    assert_int_equal(session_of(&f, "one")->wants, 0);
    dispatch_tick(f.dispatch, plain_now(7040));
    assert_int_equal(session_of(&f, "one")->wants, 1);
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest doubt_tests[] = {
        cmocka_unit_test(test_a_denied_call_costs_one_question),
        cmocka_unit_test(test_a_dead_token_is_replaced_and_the_call_repeated),
        cmocka_unit_test(test_a_repetition_that_is_denied_leaves_the_session),
        cmocka_unit_test(test_a_new_token_that_is_dead_waits),
        cmocka_unit_test(test_many_refusals_need_one_question),
        cmocka_unit_test(test_no_question_about_a_token_that_is_gone),
        cmocka_unit_test(test_a_token_that_ends_while_it_is_doubted),
        cmocka_unit_test(test_a_cloud_that_goes_while_its_token_is_doubted),
        cmocka_unit_test(test_a_question_that_is_throttled_delays_the_log_in),
    };
    return UNIT_RUN(doubt_tests);
}
