#include "tests/unit/unit.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/url.h"

static void test_parts(void **state)
{
    static const struct {
        const char *url;
        bool plain;
        const char *user, *authority, *rest;
    } rows[] = {
        {"https://hooks.example.com", false, NULL, "hooks.example.com", ""},
        {"http://[::1]:8080/a?b=c", true, NULL, "[::1]:8080", "/a?b=c"},
        {"https://u:p@host:1/x", false, "u:p", "host:1", "/x"},
        {"https://@host", false, "", "host", ""},
        {"https://host?token=a@b/c", false, NULL, "host", "?token=a@b/c"},
        {"https://host/@b", false, NULL, "host", "/@b"},
        {"http://localhost:p@ss@evil.example", true, "localhost:p@ss", "evil.example", ""},
        {"https://host#a@b", false, NULL, "host", "#a@b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct url url;
        if (!url_split(rows[i].url, &url)) fail_msg("%s", rows[i].url);
        assert_int_equal(url.plain, rows[i].plain);
        assert_true(span_equal(url.user, rows[i].user));
        assert_true(span_equal(url.authority, rows[i].authority));
        assert_string_equal(url.rest, rows[i].rest);
    }
}

static void test_no_url(void **state)
{
    static const char *const texts[] = {"", "host", "ftp://host", "HTTPS://host", "http:/host"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct url url;
        if (url_split(texts[i], &url)) fail_msg("%s", texts[i]);
    }
}

static void test_origin(void **state)
{
    AUTO_TEXT struct text out;
    (void)state;
    text_init(&out, 200);
    url_add_origin(&out, "https://user:word@hooks.example.com:8443/services/T0/B0?key=word#word");
    assert_string_equal(out.bytes, "https://hooks.example.com:8443");
    text_clear(&out);
    url_add_origin(&out, "word@host/word");
    assert_string_equal(out.bytes, "");
}

int main(void)
{
    const struct CMUnitTest url_tests[] = {cmocka_unit_test(test_parts), cmocka_unit_test(test_no_url),
                                           cmocka_unit_test(test_origin)};
    return UNIT_RUN(url_tests);
}
