#include "tests/unit/unit.h"

#include "reconcile/base/cleanup.h"
#include "tests/unit/dispatch_fixture.h"

static void test_each_cloud_asks_for_one_log_in(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    assert_int_equal(session_of(&f, "one")->wants, 1);
    assert_int_equal(session_of(&f, "two")->wants, 1);
    nothing_started(&f);
    permit(&f, "one", 10);
    started(&f, "plain:login", NULL);
    permit(&f, "one", 20);
    nothing_started(&f);
    assert_int_equal(session_of(&f, "one")->wants, 0);
    assert_int_equal(dispatch_counts(f.dispatch).idle_permits, 1);
    fixture_release(&f);
}

static void test_a_call_leaves_at_once_with_the_token(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    assert_int_equal(session_of(&f, "one")->state, SESSION_READY);
    assert_string_equal(session_of(&f, "one")->fingerprint, "project");
    send(&f, "one", 7, NULL, 20);
    answer(&f, started(&f, "Stop", "tok"), 200, "", 500);
    const struct event_reply *reply = reply_to(&f, 7);
    assert_int_equal(reply->reply.kind, REPLY_OK);
    assert_int_equal(reply->sent_boot_ms, 490);
    assert_string_equal(reply->cloud, "one");
    assert_string_equal(reply->reply.provider_id, "server-1");
    assert_int_equal(dispatch_in_flight(f.dispatch), 0);
    fixture_release(&f);
}

static void test_a_call_without_a_token_is_held(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    send(&f, "one", 7, NULL, 5);
    nothing_started(&f);
    assert_int_equal(dispatch_waiting(f.dispatch), 1);
    assert_int_equal(session_of(&f, "one")->wants, 1); /* the log-in; the call only after it */
    log_in(&f, "one", "tok", 10);
    assert_int_equal(session_of(&f, "one")->wants, 1);
    nothing_started(&f);
    permit(&f, "one", 20);
    answer(&f, started(&f, "Stop", "tok"), 200, "", 30);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_OK);
    assert_int_equal(session_of(&f, "one")->wants, 0);
    fixture_release(&f);
}

static void test_a_held_call_keeps_its_texts(void **state)
{
    (void)state;
    struct fixture f;
    struct transfer transfer;
    fixture_init(&f);
    send(&f, "one", 7, NULL, 5);
    log_in(&f, "one", "tok", 10);
    permit(&f, "one", 20);
    assert_true(dispatch_next(f.dispatch, &transfer));
    assert_string_equal(transfer.request.body, "server-1 nic-1");
    fixture_release(&f);
}

static void test_a_401_is_repeated_once_with_a_new_token(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "old", 10);
    send(&f, "one", 7, NULL, 20);
    answer(&f, started(&f, "Stop", "old"), 401, "", 30);
    assert_null(reply_to(&f, 7));
    assert_int_equal(session_of(&f, "one")->state, SESSION_NONE);
    log_in(&f, "one", "new", 40);
    permit(&f, "one", 50);
    answer(&f, started(&f, "Stop", "new"), 200, "", 100);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_OK);
    assert_int_equal(reply_to(&f, 7)->sent_boot_ms, 90); /* of the last request */
    assert_int_equal(dispatch_counts(f.dispatch).repetitions, 1);
    fixture_release(&f);
}

static void test_many_401_need_one_log_in(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "old", 10);
    uint64_t ids[5];
    for (unsigned i = 0; i < 5; i++) {
        send(&f, "one", 7 + i, NULL, 20);
        ids[i] = started(&f, "Stop", "old");
    }
    for (unsigned i = 0; i < 4; i++)
        answer(&f, ids[i], 401, "", 30);
    log_in(&f, "one", "new", 40);
    answer(&f, ids[4], 401, "", 45); /* of the old token: the new one stays */
    assert_int_equal(session_of(&f, "one")->state, SESSION_READY);
    assert_int_equal(session_of(&f, "one")->wants, 5);
    for (unsigned i = 0; i < 5; i++) {
        permit(&f, "one", 50);
        answer(&f, started(&f, "Stop", "new"), 200, "", 60);
        assert_int_equal(reply_to(&f, 7 + i)->reply.kind, REPLY_OK);
    }
    assert_int_equal(dispatch_counts(f.dispatch).log_ins, 2);
    fixture_release(&f);
}

static void test_a_second_401_goes_to_the_core(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "old", 10);
    send(&f, "one", 7, NULL, 20);
    answer(&f, started(&f, "Stop", "old"), 401, "", 30);
    log_in(&f, "one", "new", 40);
    permit(&f, "one", 50);
    answer(&f, started(&f, "Stop", "new"), 401, "", 60);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_AUTH);
    const struct event_session *session = session_of(&f, "one");
    assert_int_equal(session->state, SESSION_FAILED);
    assert_int_equal(session->retry_boot_ms, 60 + SESSION_RETRY_MIN_MS);
    assert_int_equal(session->wants, 0);
    fixture_release(&f);
}

/* APIs that answer everything with 200. */
static void test_what_means_401_is_treated_as_one(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "old", 10);
    send(&f, "one", 7, NULL, 20);
    answer(&f, started(&f, "Stop", "old"), 200, "expired", 30);
    assert_null(reply_to(&f, 7));
    assert_int_equal(session_of(&f, "one")->state, SESSION_NONE);
    log_in(&f, "one", "new", 40);
    permit(&f, "one", 50);
    answer(&f, started(&f, "Stop", "new"), 200, "expired", 60);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_AUTH);
    assert_int_equal(session_of(&f, "one")->state, SESSION_FAILED);
    fixture_release(&f);
}

static void test_a_failed_log_in_answers_what_waits(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "old", 10);
    send(&f, "one", 7, NULL, 20);
    answer(&f, started(&f, "Stop", "old"), 401, "", 30);
    send(&f, "one", 8, NULL, 31); /* never sent */
    permit(&f, "one", 40);
    answer(&f, started(&f, "plain:login", NULL), 401, "", 50);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_AUTH);
    assert_int_equal(reply_to(&f, 7)->sent_boot_ms, 20);
    assert_false(reply_to(&f, 7)->reply.not_sent);
    assert_int_equal(reply_to(&f, 8)->reply.kind, REPLY_TRANSPORT);
    assert_true(reply_to(&f, 8)->reply.not_sent);
    assert_string_equal(reply_to(&f, 8)->reply.message, "wrong password; check spec.auth");
    send(&f, "one", 9, NULL, 60);
    assert_true(reply_to(&f, 9)->reply.not_sent);
    assert_int_equal(dispatch_waiting(f.dispatch), 0);
    fixture_release(&f);
}

static void test_retries_and_renewals_are_announced_by_time(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    permit(&f, "one", 0);
    answer(&f, started(&f, "plain:login", NULL), 503, "", 0);
    permit(&f, "two", 0);
    answer(&f, started(&f, "plain:login", NULL), 200, "tok 1700003600000 p", 10);
    assert_int_equal(dispatch_due_ms(f.dispatch, plain_now(10)), SESSION_RETRY_MIN_MS);
    dispatch_tick(f.dispatch, plain_now(SESSION_RETRY_MIN_MS));
    assert_int_equal(session_of(&f, "one")->wants, 1);
    assert_int_equal(session_of(&f, "two")->wants, 0);
    dispatch_tick(f.dispatch, plain_now(HOUR_MS - 5 * MINUTE_MS));
    assert_int_equal(session_of(&f, "two")->wants, 1);
    assert_int_equal(session_of(&f, "two")->state, SESSION_READY);
    fixture_release(&f);
}

static void test_of_a_long_refusal_both_ends_are_told(void **state)
{
    (void)state;
    struct fixture f;
    AUTO_TEXT struct text words = {0};
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    text_init(&words, 4096);
    text_add(&words, "Invalid input for metadata. Value: ");
    for (int i = 0; i < 100; i++)
        text_add(&words, "팀");
    text_add(&words, ". It matches none of the regexes");
    send(&f, "one", 7, NULL, 20);
    answer(&f, started(&f, "Stop", "tok"), 400, words.bytes, 30);
    const char *told = reply_to(&f, 7)->reply.message;
    assert_true(text_starts(told, "Invalid input for metadata. Value: 팀"));
    assert_non_null(strstr(told, "팀 … 팀"));
    assert_non_null(strstr(told, "팀. It matches none of the regexes"));
    assert_true(strlen(told) < 360);
    fixture_release(&f);
}

static void test_what_cannot_be_sent_is_answered(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    send(&f, "one", 7, "?", 20);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_INVALID);
    assert_true(reply_to(&f, 7)->reply.not_sent);
    assert_string_equal(reply_to(&f, 7)->reply.message, "this call has no form here");
    send(&f, "nowhere", 8, NULL, 20);
    assert_int_equal(reply_to(&f, 8)->reply.kind, REPLY_TRANSPORT);
    assert_true(reply_to(&f, 8)->reply.not_sent);
    nothing_started(&f);
    fixture_release(&f);
}

static void test_unknown_and_late_replies_are_dropped(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    send(&f, "one", 7, NULL, 20);
    uint64_t id = started(&f, "Stop", "tok");
    answer(&f, id, 200, "", 30);
    answer(&f, id, 200, "", 31);
    answer(&f, 999, 200, "", 32);
    assert_non_null(reply_to(&f, 7));
    assert_int_equal(dispatch_counts(f.dispatch).unknown, 2);
    fixture_release(&f);
}

static void test_a_new_configuration_keeps_sessions_that_log_in_the_same_way(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    log_in(&f, "two", "tok", 10);
    f.clouds[0].total_timeout_ms = 5000;
    f.clouds[1].auth_url = "https://elsewhere";
    dispatch_config(f.dispatch, &f.config, plain_now(20));
    assert_int_equal(session_of(&f, "one")->state, SESSION_READY);
    assert_int_equal(session_of(&f, "two")->state, SESSION_NONE);
    assert_int_equal(session_of(&f, "two")->wants, 1);
    send(&f, "one", 7, NULL, 30);
    struct transfer transfer;
    assert_true(dispatch_next(f.dispatch, &transfer));
    assert_int_equal(transfer.total_timeout_ms, 5000);
    fixture_release(&f);
}

static void test_replies_of_a_cloud_that_is_gone_still_arrive(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    send(&f, "one", 7, NULL, 20);
    uint64_t id = started(&f, "Stop", "tok");
    send(&f, "two", 8, NULL, 20); /* waits for a token */
    f.config.cloud_count = 0;
    dispatch_config(f.dispatch, &f.config, plain_now(30));
    assert_true(reply_to(&f, 8)->reply.not_sent);
    answer(&f, id, 200, "", 40);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_OK);
    send(&f, "one", 9, NULL, 50);
    assert_true(reply_to(&f, 9)->reply.not_sent);
    fixture_release(&f);
}

static void test_a_401_of_a_cloud_that_is_gone_is_not_repeated(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "tok", 10);
    send(&f, "one", 7, NULL, 20);
    uint64_t id = started(&f, "Stop", "tok");
    f.config.cloud_count = 0;
    dispatch_config(f.dispatch, &f.config, plain_now(30));
    answer(&f, id, 401, "", 40);
    assert_int_equal(reply_to(&f, 7)->reply.kind, REPLY_AUTH);
    assert_int_equal(dispatch_waiting(f.dispatch), 0);
    fixture_release(&f);
}

static void test_no_event_carries_a_secret(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", "s3cret-token", 10);
    send(&f, "one", 7, NULL, 20);
    answer(&f, started(&f, "Stop", "s3cret-token"), 200, "", 30);
    permit(&f, "two", 40);
    answer(&f, started(&f, "plain:login", NULL), 401, "", 50);
    for (uint32_t i = 0; i < f.events.count; i++) {
        const struct event *event = &f.events.events[i];
        const char *text = event->kind == EVENT_SESSION ? event->session.message : event->reply.reply.message;
        assert_null(strstr(text, "s3cret"));
        assert_null(strstr(text, PLAIN_PASSWORD));
    }
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest dispatch_tests[] = {
        cmocka_unit_test(test_each_cloud_asks_for_one_log_in),
        cmocka_unit_test(test_a_call_leaves_at_once_with_the_token),
        cmocka_unit_test(test_a_call_without_a_token_is_held),
        cmocka_unit_test(test_a_held_call_keeps_its_texts),
        cmocka_unit_test(test_a_401_is_repeated_once_with_a_new_token),
        cmocka_unit_test(test_many_401_need_one_log_in),
        cmocka_unit_test(test_a_second_401_goes_to_the_core),
        cmocka_unit_test(test_what_means_401_is_treated_as_one),
        cmocka_unit_test(test_a_failed_log_in_answers_what_waits),
        cmocka_unit_test(test_retries_and_renewals_are_announced_by_time),
        cmocka_unit_test(test_what_cannot_be_sent_is_answered),
        cmocka_unit_test(test_of_a_long_refusal_both_ends_are_told),
        cmocka_unit_test(test_unknown_and_late_replies_are_dropped),
        cmocka_unit_test(test_a_new_configuration_keeps_sessions_that_log_in_the_same_way),
        cmocka_unit_test(test_replies_of_a_cloud_that_is_gone_still_arrive),
        cmocka_unit_test(test_a_401_of_a_cloud_that_is_gone_is_not_repeated),
        cmocka_unit_test(test_no_event_carries_a_secret),
    };
    return UNIT_RUN(dispatch_tests);
}
