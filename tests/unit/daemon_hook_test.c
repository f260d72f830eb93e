#include "tests/unit/unit.h"

#include "daemon/hook.h"

static struct url hook;

static bool parses(const char *url, bool allow_plain)
{
    struct error err = {0};
    bool good = hook_parse(url, allow_plain, &hook, &err);
    if (!good) assert_null(strstr(err.text, "secret"));
    assert_int_equal(good, *err.text == '\0');
    return good;
}

static void assert_hook(const char *url, const char *wanted_url, const char *wanted_authorization)
{
    struct text text;
    assert_true(parses(url, false));
    text_init(&text, HOOK_URL_MAX);
    hook_url(&hook, &text);
    assert_string_equal(text.bytes, wanted_url);
    text_clear(&text);
    assert_int_equal(hook_authorization(&hook, &text), *wanted_authorization != '\0');
    assert_string_equal(text.bytes, wanted_authorization);
    text_release(&text);
}

static void test_parts(void **state)
{
    (void)state;
    assert_hook("https://hooks.example.org/T0/B0?x=1", "https://hooks.example.org/T0/B0?x=1", "");
    assert_hook("https://hooks.example.org", "https://hooks.example.org", "");
    assert_hook("http://127.0.0.1:8080/in", "http://127.0.0.1:8080/in", "");
    assert_hook("https://user:pass@h.example.org:8443/in", "https://h.example.org:8443/in",
                "Basic dXNlcjpwYXNz");
    assert_hook("https://us%40er:p%3Aa%2Fss%zz@h/in", "https://h/in", "Basic dXNAZXI6cDphL3NzJXp6");
    assert_hook("https://token@h/in", "https://h/in", "Basic dG9rZW46");
    assert_hook("https://:pass@h/in", "https://h/in", "Basic OnBhc3M=");
    assert_hook("https://u:p:q@h?to=a", "https://h?to=a", "Basic dTpwOnE=");
}

static void test_what_is_no_url_is_refused(void **state)
{
    static const char *const urls[] = {"",
                                       "secret",
                                       "secret.example.org/in",
                                       "ftp://secret/in",
                                       "https://",
                                       "https:///s",
                                       "https://u:p@/s",
                                       "https://secret@b:p@h/",
                                       "https://h/#secret",
                                       "https://h/secret\nX: y",
                                       "https://h/sec ret",
                                       "https://h/secret\xc2\x80@",
                                       "file:///s",
                                       "https://u\n:p@ /",
                                       "gopher://secret.invalid/"};
    char endless[HOOK_URL_MAX + 100];
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_false(parses(urls[i], true));
    memset(endless, 'x', sizeof endless);
    memcpy(endless, "https://", 8);
    endless[sizeof endless - 1] = '\0';
    assert_false(parses(endless, true));
}

static void test_plain_http_leaves_the_machine_only_when_allowed(void **state)
{
    (void)state;
    assert_false(parses("http://hooks.example.org/secret", false));
    assert_false(parses("http://user:secret@hooks.example.org/", false));
    assert_false(parses("http://127.0.0.1@hooks.example.org/", false));
    assert_true(parses("http://hooks.example.org/secret", true));
    assert_true(parses("http://localhost/secret", false));
}

static bool is_told(const char *body)
{
    struct http_response response = {.body = body, .body_size = strlen(body)};
    return hook_is_told(&hook, &response);
}

static void test_what_repeats_the_url_is_told_from_what_does_not(void **state)
{
    static const char *const told[] = {"no hook T012345 here",
                                       "cannot POST /services/T012345/xyz%2Fabcdef",
                                       "{\"path\":\"\\/services\\/T012345\"}",
                                       "xyz/abcdef",
                                       "user operator unknown",
                                       "Authorization: Basic b3BlcmF0b3I6cEBzc3dvcmQ=",
                                       "wrong password p@ssword",
                                       "p%40ssword",
                                       "bad key k3yk3yk3y",
                                       "7040737377"
                                       "6f7264"};
    static const char *const others[] = {"", "invalid_payload", "hook not found", "404", "no such service"};
    (void)state;
    assert_true(
        parses("https://operator:p%40ssword@h/services/T012345/xyz%2Fabcdef?key=k3yk3yk3y&n=1", false));
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        assert_true(is_told(told[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(is_told(others[i]));
    assert_false(hook_is_told(&hook, &(struct http_response){.body = NULL}));
    assert_true(parses("https://h/hook", false));
    assert_false(is_told("webhook not found at /"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_what_is_no_url_is_refused),
        cmocka_unit_test(test_plain_http_leaves_the_machine_only_when_allowed),
        cmocka_unit_test(test_what_repeats_the_url_is_told_from_what_does_not),
    };
    return UNIT_RUN(tests);
}
