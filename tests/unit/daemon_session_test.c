#include "tests/unit/unit.h"

#include "tests/unit/plain_provider.h"

#include "reconcile/base/cleanup.h"

/* Log-ins are asked for at boot time 1000 unless a test says otherwise. */
enum { BEGUN_MS = 1000, ANSWERED_MS = 1200 };

struct fixture {
    struct session session;
    struct plain_host host;
    struct cloud_config cloud;
    struct arena arena;
};

static void fixture_init(struct fixture *f)
{
    *f = (struct fixture){.cloud = {.name = "c", .traits = &plain_traits}};
    session_init(&f->session);
    arena_init(&f->arena);
}

static void fixture_release(struct fixture *f)
{
    session_release(&f->session);
    arena_release(&f->arena);
}

static bool begin(struct fixture *f, int64_t boot_ms)
{
    struct login_host host = plain_login_host(&f->host);
    struct http_request request = {0};
    bool begun = session_begin(&f->session, &plain_provider, &host, &f->cloud, &f->arena, &f->arena, &request,
                               plain_now(boot_ms));
    if (begun) assert_string_equal(request.body, "login " PLAIN_PASSWORD);
    assert_int_equal(f->host.read, f->host.wiped);
    return begun;
}

static void finish(struct fixture *f, int64_t sent_ms, int64_t answered_ms, int status, const char *body,
                   const struct http_header *headers, uint32_t header_count)
{
    struct http_response response = {.transport = TRANSPORT_DONE,
                                     .status = status,
                                     .body = body,
                                     .body_size = strlen(body),
                                     .headers = headers,
                                     .header_count = header_count,
                                     .sent_boot_ms = sent_ms};
    struct http_request request = {.body = "login " PLAIN_PASSWORD,
                                   .body_size = sizeof "login " PLAIN_PASSWORD - 1};
    session_finish(&f->session, &plain_provider, &f->cloud, &request, &response, plain_now(answered_ms));
}

/* A token for an hour by our own clock, at BEGUN_MS. */
static void log_in(struct fixture *f, const char *token, int64_t life_ms)
{
    char body[128];
    assert_true(begin(f, BEGUN_MS));
    snprintf(body, sizeof body, "%s %lld project", token,
             (long long)(plain_now(ANSWERED_MS).wall_ms + life_ms));
    finish(f, BEGUN_MS, ANSWERED_MS, 200, body, NULL, 0);
}

static void test_first_log_in(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    struct now now = plain_now(BEGUN_MS);
    assert_int_equal(session_state(&f.session, now), SESSION_NONE);
    assert_true(session_wants_login(&f.session, now));
    assert_true(begin(&f, BEGUN_MS));
    assert_false(session_wants_login(&f.session, now)); /* single flight */
    finish(&f, BEGUN_MS, ANSWERED_MS, 200, "tok -1 project", NULL, 0);
    assert_int_equal(session_state(&f.session, now), SESSION_READY);
    assert_string_equal(f.session.fingerprint, "project");
    assert_string_equal(f.session.access.token, "tok");
    assert_int_equal(session_due_ms(&f.session, now), NEVER_MS); /* no end told: lasts until a 401 */
    fixture_release(&f);
}

static void test_renewal_before_the_end(void **state)
{
    (void)state;
    static const struct {
        int64_t life_ms, left_ms;
    } rows[] = {{12 * HOUR_MS, 12 * HOUR_MS / 10},
                {10 * MINUTE_MS, 120 * SECOND_MS},
                {40 * SECOND_MS, 20 * SECOND_MS}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f;
        fixture_init(&f);
        log_in(&f, "tok", rows[i].life_ms);
        int64_t end_ms = BEGUN_MS + rows[i].life_ms, renew_ms = end_ms - rows[i].left_ms;
        assert_false(session_wants_login(&f.session, plain_now(renew_ms - 1)));
        assert_int_equal(session_due_ms(&f.session, plain_now(renew_ms - 1)), renew_ms);
        assert_true(session_wants_login(&f.session, plain_now(renew_ms)));
        assert_true(session_has_token(&f.session, plain_now(end_ms - 1))); /* the old one serves meanwhile */
        assert_false(session_has_token(&f.session, plain_now(end_ms)));
        fixture_release(&f);
    }
}

static void test_the_replys_date_corrects_a_wrong_clock(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    /* Our wall clock is far behind: the reply is of 2033-05-18T03:33:20Z, the token ends an hour later. */
    static const struct http_header date = {"date", "Wed, 18 May 2033 03:33:20 GMT"};
    assert_true(begin(&f, BEGUN_MS));
    finish(&f, BEGUN_MS, ANSWERED_MS, 200, "tok 2000003600000 project", &date, 1);
    assert_int_equal(f.session.expire_boot_ms, BEGUN_MS + HOUR_MS);
    fixture_release(&f);
}

static void test_an_end_in_the_past_is_no_end(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "tok", -HOUR_MS);
    assert_true(session_has_token(&f.session, plain_now(10 * DAY_MS)));
    fixture_release(&f);
}

static void test_failures_wait_longer_and_longer(void **state)
{
    (void)state;
    static const int64_t waits_s[] = {30, 60, 120, 240, 480, 600, 600};
    struct fixture f;
    fixture_init(&f);
    int64_t at_ms = BEGUN_MS;
    for (unsigned i = 0; i < sizeof waits_s / sizeof *waits_s; i++) {
        assert_true(begin(&f, at_ms));
        finish(&f, at_ms, at_ms, 401, "no", NULL, 0);
        int64_t due_ms = at_ms + waits_s[i] * SECOND_MS;
        assert_int_equal(session_state(&f.session, plain_now(at_ms)), SESSION_FAILED);
        assert_false(session_wants_login(&f.session, plain_now(due_ms - 1)));
        assert_int_equal(session_due_ms(&f.session, plain_now(at_ms)), due_ms);
        assert_true(session_wants_login(&f.session, plain_now(due_ms)));
        at_ms = due_ms;
    }
    assert_string_equal(f.session.message, "wrong password; check spec.auth");
    fixture_release(&f);
}

static void test_retry_after_is_obeyed(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    static const struct http_header retry = {"Retry-After", "300"};
    assert_true(begin(&f, BEGUN_MS));
    finish(&f, BEGUN_MS, ANSWERED_MS, 429, "slow down", &retry, 1);
    assert_int_equal(f.session.retry_boot_ms, ANSWERED_MS + 300 * SECOND_MS);
    assert_int_equal(f.session.quiet_boot_ms, ANSWERED_MS + 300 * SECOND_MS);
    fixture_release(&f);
}

static void test_words_that_repeat_a_secret_are_not_shown(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    static const char BODY[] = "refused: {\"password\": \"open sesame\"}";
    struct http_request request = {.body = "{\"auth\": {\"password\": \"open sesame\"}}"};
    request.body_size = strlen(request.body);
    struct http_response response = {
        .transport = TRANSPORT_DONE, .status = 400, .body = BODY, .body_size = sizeof BODY - 1};
    assert_true(begin(&f, BEGUN_MS));
    session_finish(&f.session, &plain_provider, &f.cloud, &request, &response, plain_now(ANSWERED_MS));
    assert_string_equal(
        f.session.message,
        "the log-in was answered by HTTP 400 in words that repeat a secret and are not shown; "
        "check spec.auth");
    fixture_release(&f);
}

static void test_no_whole_reply_is_a_failure(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    struct http_response response = {.transport = TRANSPORT_BROKEN, .problem = "timed out after 30 s"};
    assert_true(begin(&f, BEGUN_MS));
    struct http_request request = {.body = ""};
    session_finish(&f.session, &plain_provider, &f.cloud, &request, &response, plain_now(ANSWERED_MS));
    assert_string_equal(f.session.message, "no reply: timed out after 30 s");
    assert_int_equal(session_state(&f.session, plain_now(ANSWERED_MS)), SESSION_FAILED);
    fixture_release(&f);
}

static void test_an_unreadable_secret_is_read_again_at_the_next_try(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    f.host.unreadable = true;
    assert_false(begin(&f, BEGUN_MS));
    assert_string_equal(f.session.message, "the password file cannot be read; check it");
    f.host.unreadable = false;
    assert_true(begin(&f, BEGUN_MS + SESSION_RETRY_MIN_MS));
    fixture_release(&f);
}

static void test_a_failed_renewal_keeps_the_old_token(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "tok", HOUR_MS);
    int64_t renew_ms = f.session.renew_boot_ms;
    assert_true(begin(&f, renew_ms));
    finish(&f, renew_ms, renew_ms, 503, "down", NULL, 0);
    assert_int_equal(session_state(&f.session, plain_now(renew_ms)), SESSION_READY);
    assert_false(session_wants_login(&f.session, plain_now(renew_ms + 1)));
    assert_true(session_wants_login(&f.session, plain_now(renew_ms + SESSION_RETRY_MIN_MS)));
    assert_int_equal(session_state(&f.session, plain_now(f.session.expire_boot_ms)), SESSION_FAILED);
    fixture_release(&f);
}

static void test_a_401_drops_only_the_token_it_was_about(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", HOUR_MS);
    uint64_t old = f.session.serial;
    session_drop(&f.session, old);
    assert_true(session_wants_login(&f.session, plain_now(ANSWERED_MS)));
    assert_int_equal(session_state(&f.session, plain_now(ANSWERED_MS)), SESSION_NONE);
    log_in(&f, "two", HOUR_MS);
    session_drop(&f.session, old);
    assert_true(session_has_token(&f.session, plain_now(ANSWERED_MS)));
    fixture_release(&f);
}

static void test_refused_fresh_tokens_wait_longer_until_one_works(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    log_in(&f, "one", HOUR_MS);
    session_refuse(&f.session, f.session.serial, plain_now(ANSWERED_MS));
    assert_int_equal(session_state(&f.session, plain_now(ANSWERED_MS)), SESSION_FAILED);
    assert_int_equal(f.session.retry_boot_ms, ANSWERED_MS + 30 * SECOND_MS);
    log_in(&f, "two", HOUR_MS); /* a log-in alone proves nothing */
    session_refuse(&f.session, f.session.serial, plain_now(ANSWERED_MS));
    assert_int_equal(f.session.retry_boot_ms, ANSWERED_MS + 60 * SECOND_MS);
    log_in(&f, "three", HOUR_MS);
    session_prove(&f.session, f.session.serial);
    session_refuse(&f.session, f.session.serial, plain_now(ANSWERED_MS));
    assert_int_equal(f.session.retry_boot_ms, ANSWERED_MS + 30 * SECOND_MS);
    fixture_release(&f);
}

static void test_what_clouds_yaml_says_is_taken_over(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    char region[] = "KR1";
    f.host.extra = (struct login_material){.auth_url = "https://id", .region = region, .tls_ca = "/ca.pem"};
    f.cloud.interface = "public";
    assert_true(begin(&f, BEGUN_MS));
    region[0] = '-'; /* the host's memory is its own */
    assert_string_equal(f.cloud.auth_url, "https://id");
    assert_string_equal(f.cloud.region, "KR1");
    assert_string_equal(f.cloud.tls_ca, "/ca.pem");
    assert_string_equal(f.cloud.interface, "public");
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest session_tests[] = {
        cmocka_unit_test(test_first_log_in),
        cmocka_unit_test(test_renewal_before_the_end),
        cmocka_unit_test(test_the_replys_date_corrects_a_wrong_clock),
        cmocka_unit_test(test_an_end_in_the_past_is_no_end),
        cmocka_unit_test(test_failures_wait_longer_and_longer),
        cmocka_unit_test(test_retry_after_is_obeyed),
        cmocka_unit_test(test_no_whole_reply_is_a_failure),
        cmocka_unit_test(test_words_that_repeat_a_secret_are_not_shown),
        cmocka_unit_test(test_an_unreadable_secret_is_read_again_at_the_next_try),
        cmocka_unit_test(test_a_failed_renewal_keeps_the_old_token),
        cmocka_unit_test(test_a_401_drops_only_the_token_it_was_about),
        cmocka_unit_test(test_refused_fresh_tokens_wait_longer_until_one_works),
        cmocka_unit_test(test_what_clouds_yaml_says_is_taken_over),
    };
    return UNIT_RUN(session_tests);
}
