#include "tests/unit/unit.h"

#include "providers/request.h"
#include "reconcile/base/cleanup.h"

static void test_urls(void **state)
{
    (void)state;
    AUTO_TEXT struct text url;
    text_init(&url, URL_MAX);
    url_start(&url, "https://h.example/v2/p//", "/servers");
    assert_string_equal(url.bytes, "https://h.example/v2/p/servers");
    url_segment(&url, "a/b c%\xC3\xA4~");
    assert_string_equal(url.bytes, "https://h.example/v2/p/servers/a%2Fb%20c%25%C3%A4~");
    url_start(&url, "https://h.example", "/list");
    url_query(&url, "changes-since", "2026-01-31T03:00:00Z");
    url_query(&url, "marker", "a&b=c");
    assert_string_equal(url.bytes,
                        "https://h.example/list?changes-since=2026-01-31T03:00:00Z&marker=a%26b%3Dc");
}

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        const char *base, *whole;
    } ROWS[] = {
        {"https://h:9292", "https://h:9292/v2/images"},   {"https://h:9292/", "https://h:9292/v2/images"},
        {"https://h/v2", "https://h/v2/images"},          {"https://h/v2.0/", "https://h/v2.0/images"},
        {"https://h/image", "https://h/image/v2/images"}, {"https://h/image/v3", "https://h/image/v3/images"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_TEXT struct text url;
        text_init(&url, URL_MAX);
        url_start_versioned(&url, ROWS[i].base, "v2", "/images");
        assert_string_equal(url.bytes, ROWS[i].whole);
    }
}

static void test_host_only(void **state)
{
    (void)state;
    assert_true(url_is_host_only("https://kr1.example"));
    assert_true(url_is_host_only("https://kr1.example:8774//"));
    assert_false(url_is_host_only("https://kr1.example/v2"));
    assert_false(url_is_host_only("https://kr1.example/?a"));
    assert_false(url_is_host_only("kr1.example"));
    assert_false(url_is_host_only("https://"));
}

static void test_secrets(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool safe, with_plain;
    } ROWS[] = {
        {"https://h.example/x", true, true},
        {"http://h.example/x", false, true},
        {"http://127.0.0.1:5000", true, true},
        {"http://127.9.9.9/", true, true},
        {"http://LocalHost:1/", true, true},
        {"http://[::1]:80/", true, true},
        {"http://localhost.evil.example/", false, true},
        {"http://127.0.0.1.evil.example/", false, true},
        {"http://[::2]/", false, true},
        {"http://localhost@evil.example/", false, false},
        {"https://user:password@h.example/", false, false},
        {"ftp://h.example/", false, false},
        {"h.example", false, false},
        {"https://", false, false},
        {"https:///path", false, false},
        {"https://h.example/a b", false, false},
        {"https://h.example/\r\nX: y", false, false},
        {"https://h.example/\x01", false, false},
        {"https://h.example/\x7f", false, false},
        {"https://h.example/caf\xc3\xa9", true, true},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (url_may_carry_secrets(ROWS[i].url, false) != ROWS[i].safe) fail_msg("%s", ROWS[i].url);
        if (url_may_carry_secrets(ROWS[i].url, true) != ROWS[i].with_plain)
            fail_msg("%s (plain)", ROWS[i].url);
    }
}

static void test_request(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text url, body;
    arena_init(&arena);
    text_init(&url, URL_MAX);
    text_init(&body, 10);
    struct http_request request;
    struct error err = {0};
    url_start(&url, "https://h", "/x");
    request_start(&request, "GET");
    assert_true(request_finish(&request, &arena, &url, NULL, &err));
    assert_null(request.body);
    assert_null(http_header_find(request.headers, request.header_count, "Content-Type"));
    text_add(&body, "{}");
    request_start(&request, "POST");
    assert_true(request_finish(&request, &arena, &url, &body, &err));
    assert_string_equal(request.body, "{}");
    assert_int_equal(request.body_size, 2);
    assert_string_equal(http_header_find(request.headers, request.header_count, "content-TYPE"),
                        "application/json");
    text_add(&body, "more than ten bytes");
    request_start(&request, "POST");
    assert_false(request_finish(&request, &arena, &url, &body, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_int_equal(url.length, 0); /* wiped */
    for (int i = 0; i <= URL_MAX; i++)
        text_add_char(&url, 'x');
    assert_false(request_finish(&request, &arena, &url, NULL, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_urls), cmocka_unit_test(test_versions),
                                       cmocka_unit_test(test_host_only), cmocka_unit_test(test_secrets),
                                       cmocka_unit_test(test_request)};
    return UNIT_RUN(tests);
}
