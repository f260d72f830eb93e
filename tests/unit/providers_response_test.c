#include "tests/unit/unit.h"

#include "providers/response.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

static void test_dates(void **state)
{
    (void)state;
    int64_t wall_ms = 0;
    assert_true(http_date_parse("Sun, 06 Nov 1994 08:49:37 GMT", &wall_ms));
    assert_int_equal(wall_ms, 784111777000);
    assert_true(http_date_parse("Tue, 29 Feb 2028 00:00:00 GMT", &wall_ms));
    assert_int_equal(wall_ms, 1835395200000);
    static const char *const BAD[] = {"",
                                      "Sun, 06 Nov 1994 08:49:37 UTC",
                                      "Sun, 6 Nov 1994 08:49:37 GMT",
                                      "Sunday, 06-Nov-94 08:49:37 GMT",
                                      "Sun Nov  6 08:49:37 1994",
                                      "Sun, 06 Nov 1994 08:49:37 GMT+1",
                                      "Sun, 06 Xyz 1994 08:49:37 GMT",
                                      "Sun, 31 Feb 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 25:49:37 GMT",
                                      "2026-11-20T22:17:07Z"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        if (http_date_parse(BAD[i], &wall_ms)) fail_msg("%s is taken", BAD[i]);
    assert_false(http_date_parse(NULL, &wall_ms));
}

static struct reply basics(struct arena *arena, const struct http_header *headers, uint32_t count)
{
    static const char *const IDS[] = {"X-First", "X-Second", NULL};
    struct http_response response = {.status = 429, .headers = headers, .header_count = count};
    struct reply reply;
    response_basics(&response, IDS, arena, &reply);
    return reply;
}

static void test_basics(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    const struct http_header headers[] = {{"x-second", "req-2\x1b"},
                                          {"DATE", "Sun, 06 Nov 1994 08:49:37 GMT"}};
    struct reply reply = basics(&arena, headers, 2);
    assert_int_equal(reply.http_status, 429);
    assert_string_equal(reply.request_id, "req-2 ");
    assert_int_equal(reply.date_wall_ms, 784111777000);
    assert_int_equal(reply.retry_after_ms, 0);
    assert_int_equal(reply.total, -1);
    reply = basics(&arena, NULL, 0);
    assert_string_equal(reply.request_id, "");
    assert_string_equal(reply.message, "");
    assert_int_equal(reply.date_wall_ms, -1);
}

static void test_retry_after(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t delay_ms;
    } ROWS[] = {
        {"7", 7000},
        {"0", RETRY_AFTER_MIN_MS},
        {"999999", RETRY_AFTER_MAX_MS},
        {"99999999999999999999999", 0},
        {"-3", 0},
        {"soon", 0},
        {"Sun, 06 Nov 1994 08:50:07 GMT", 30000},
        {"Sun, 06 Nov 1994 08:00:00 GMT", RETRY_AFTER_MIN_MS},
        {"Sun, 06 Nov 2094 08:00:00 GMT", RETRY_AFTER_MAX_MS},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        const struct http_header headers[] = {{"Retry-After", ROWS[i].text},
                                              {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}};
        struct reply reply = basics(&arena, headers, 2);
        if (reply.retry_after_ms != ROWS[i].delay_ms)
            fail_msg("%s: %ld", ROWS[i].text, (long)reply.retry_after_ms);
    }
}

static void test_failed(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply reply = {0};
    struct http_response response = {.transport = TRANSPORT_NOT_SENT, .problem = "connection refused"};
    assert_true(response_failed(&response, &arena, &reply));
    assert_int_equal(reply.kind, REPLY_TRANSPORT);
    assert_true(reply.not_sent);
    assert_string_equal(reply.message, "connection refused");
    response = (struct http_response){.transport = TRANSPORT_BROKEN};
    assert_true(response_failed(&response, &arena, &reply));
    assert_false(reply.not_sent);
    assert_true(strlen(reply.message) > 0);
    response = (struct http_response){.status = 200};
    assert_false(response_failed(&response, &arena, &reply));
    assert_true(response_is_success(&response));
    response.status = 304;
    assert_false(response_is_success(&response));
}

static void test_strange(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct http_response response = {.status = 502, .body = " <html>", .body_size = 7};
    assert_string_equal(response_strange(&response, &arena), "HTTP 502 with an HTML page");
    response = (struct http_response){.status = 200, .body = "", .body_size = 0};
    assert_string_equal(response_strange(&response, &arena), "HTTP 200 with an empty body");
    response = (struct http_response){.status = 200, .body = "OK", .body_size = 2};
    assert_string_equal(response_strange(&response, &arena), "HTTP 200 with a body that is not JSON");
}

static void test_message(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    assert_string_equal(response_message(NULL, &arena), "");
    assert_string_equal(response_message(" \n two\nlines \n", &arena), "two lines");
    char *lengthy = arena_alloc(&arena, 2 * LIMIT_WORDS + 1);
    memset(lengthy, 'x', 2 * LIMIT_WORDS);
    assert_int_equal(strlen(response_message(lengthy, &arena)), LIMIT_WORDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),  cmocka_unit_test(test_basics),  cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_failed), cmocka_unit_test(test_strange), cmocka_unit_test(test_message),
    };
    return UNIT_RUN(tests);
}
