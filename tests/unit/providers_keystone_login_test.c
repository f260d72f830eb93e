#include "tests/unit/unit.h"

#include "providers/keystone/keystone.h"
#include "providers/request.h"
#include "reconcile/base/cleanup.h"

static const struct keystone_hints HINTS = {.refused = "check the password",
                                            .url_form = "auth.url should be X"};

static void test_credentials(void **state)
{
    (void)state;
    const struct credential rows[] = {{"username", "u"}, {"password", ""}};
    const char *out;
    struct error err = {0};
    assert_string_equal(credential_find(rows, 2, "username"), "u");
    assert_null(credential_find(rows, 2, "user"));
    assert_true(credential_need(rows, 2, "username", &out, &err));
    assert_false(credential_need(rows, 2, "password", &out, &err));
    assert_string_equal(err.text, "auth.password is missing or empty");
}

static void test_url(void **state)
{
    (void)state;
    static const struct {
        const char *given, *url; /* NULL: refused */
    } ROWS[] = {
        {"https://h:5000", "https://h:5000/P"},
        {"https://h:5000/", "https://h:5000/P"},
        {"https://h:5000/v3", "https://h:5000/P"},
        {"https://h:5000/v3/", "https://h:5000/P"},
        {"https://h/identity/v3/auth/tokens", "https://h/identity/P"},
        {"https://h/v2.0/tokens", "https://h/P"},
        {"https://h/v2.0//", "https://h/P"},
        {"http://127.0.0.1:5000/v3", "http://127.0.0.1:5000/P"},
        {"http://h:5000/v3", NULL},
        {"h:5000", NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_TEXT struct text url;
        text_init(&url, URL_MAX);
        struct cloud_config cloud = {.name = "c", .auth_url = ROWS[i].given};
        struct error err = {0};
        bool fine = login_url(&cloud, NULL, 0, NULL, "/P", &url, &err);
        if (fine != (ROWS[i].url != NULL)) fail_msg("%s", ROWS[i].given);
        if (fine) assert_string_equal(url.bytes, ROWS[i].url);
    }
}

static void test_url_order(void **state)
{
    (void)state;
    AUTO_TEXT struct text url;
    text_init(&url, URL_MAX);
    struct cloud_config cloud = {.name = "c"};
    const struct credential row = {"url", "https://first"};
    struct error err = {0};
    assert_false(login_url(&cloud, NULL, 0, NULL, "/P", &url, &err));
    assert_string_equal(err.text, "cloud c: auth.url is missing");
    assert_true(login_url(&cloud, NULL, 0, "https://default", "/P", &url, &err));
    assert_string_equal(url.bytes, "https://default/P");
    cloud.auth_url = "https://second";
    assert_true(login_url(&cloud, NULL, 0, "https://default", "/P", &url, &err));
    assert_string_equal(url.bytes, "https://second/P");
    assert_true(login_url(&cloud, &row, 1, "https://default", "/P", &url, &err));
    assert_string_equal(url.bytes, "https://first/P");
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        struct http_response response;
        enum reply_kind kind;
        const char *text;
    } ROWS[] = {
        {{.status = 401, .body = "{\"error\":{\"message\":\"no such user\"}}", .body_size = 36},
         REPLY_AUTH,
         "cloud c: the log-in was refused (HTTP 401: no such user); check the password"},
        {{.status = 403, .body = "", .body_size = 0},
         REPLY_DENIED,
         "cloud c: the log-in was refused (HTTP 403 with an empty body); check the password"},
        {{.status = 404, .body = "<html>", .body_size = 6},
         REPLY_INVALID,
         "cloud c: the log-in was refused (HTTP 404 with an HTML page); auth.url should be X"},
        {{.status = 301, .body = "", .body_size = 0},
         REPLY_INVALID,
         "cloud c: the log-in was refused (HTTP 301 with an empty body); auth.url should be X"},
        {{.status = 429, .body = "", .body_size = 0},
         REPLY_THROTTLED,
         "cloud c: the log-in was refused (HTTP 429 with an empty body); it is tried again"},
        {{.status = 503, .body = "", .body_size = 0},
         REPLY_OUTAGE,
         "cloud c: the log-in was refused (HTTP 503 with an empty body); it is tried again"},
        {{.transport = TRANSPORT_NOT_SENT, .problem = "no such host"},
         REPLY_TRANSPORT,
         "cloud c: the identity service of auth.url cannot be reached: no such host"},
    };
    struct cloud_config cloud = {.name = "c"};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct error err = {0};
        enum reply_kind kind;
        assert_false(login_refused(&cloud, &ROWS[i].response, &HINTS, &arena, &kind, &err));
        assert_int_equal(kind, ROWS[i].kind);
        assert_string_equal(err.text, ROWS[i].text);
    }
}

static void test_expiry(void **state)
{
    (void)state;
    assert_int_equal(login_expiry("1994-11-06T09:49:37Z"), 784115377000);
    assert_int_equal(login_expiry("1994-11-06T09:49:37.000000"), 784115377000);
    assert_int_equal(login_expiry("1994-11-06T09:49:37.000000Z"), 784115377000);
    assert_int_equal(login_expiry("soon"), -1);
    assert_int_equal(login_expiry("1013-11-21T10:17:07Z"), -1); /* no time that a clock has */
    assert_int_equal(login_expiry(NULL), -1);
}

static void test_token(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    assert_string_equal(login_token("gAAAA-b_c=", &arena), "gAAAA-b_c=");
    assert_null(login_token("a\r\nX-Evil: 1", &arena));
    assert_null(login_token("a b", &arena));
    assert_null(login_token("", &arena));
    assert_null(login_token(NULL, &arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_credentials), cmocka_unit_test(test_url),
                                       cmocka_unit_test(test_url_order),   cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_expiry),      cmocka_unit_test(test_token)};
    return UNIT_RUN(tests);
}
