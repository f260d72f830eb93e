#include "tests/unit/unit.h"

#include <cjson/cJSON.h>

#include "daemon/notification_form.h"
#include "reconcile/base/memory.h"

static struct text form;

static const struct notification plain = {.id = "n-17-ab12",
                                          .target = "ops",
                                          .wall_ms = 1769828400000,
                                          .owner = "seoul-1",
                                          .kind = "Blocked",
                                          .reason = "ErrorHold",
                                          .source = "prod",
                                          .cloud = "",
                                          .count = 312,
                                          .names = "prod/web-1\nprod/web-2",
                                          .title = "[seoul-1] 312 objects Blocked: ErrorHold",
                                          .message = "no valid host & <nothing> else"};

static const char *const addresses[] = {"duty@example.org", "second@example.org"};
static const struct notify_target duty = {
    .name = "duty", .form = NOTIFY_MAIL, .to = addresses, .to_count = 2, .from = "setpoint@example.org"};

static int start(void **state)
{
    (void)state;
    text_init(&form, NOTIFICATION_FORM_MAX);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    text_release(&form);
    return 0;
}

static void test_webhook(void **state)
{
    (void)state;
    notification_webhook(&plain, &form);
    assert_string_equal(form.bytes,
                        "{\"id\":\"n-17-ab12\",\"time\":\"2026-01-31T03:00:00Z\",\"owner\":\"seoul-1\","
                        "\"target\":\"ops\",\"kind\":\"Blocked\",\"over\":false,\"reason\":\"ErrorHold\","
                        "\"source\":\"prod\",\"cloud\":null,\"count\":312,"
                        "\"names\":[\"prod/web-1\",\"prod/web-2\"],"
                        "\"title\":\"[seoul-1] 312 objects Blocked: ErrorHold\","
                        "\"message\":\"no valid host & <nothing> else\"}");
}

static void test_webhook_of_a_test(void **state)
{
    (void)state;
    const struct notification test = {.id = "t-1",
                                      .target = "ops",
                                      .owner = "o",
                                      .kind = "Test",
                                      .names = "",
                                      .title = "a test",
                                      .over = true};
    notification_webhook(&test, &form);
    assert_string_equal(
        form.bytes, "{\"id\":\"t-1\",\"time\":\"1970-01-01T00:00:00Z\",\"owner\":\"o\",\"target\":\"ops\","
                    "\"kind\":\"Test\",\"over\":true,\"reason\":null,\"source\":null,\"cloud\":null,"
                    "\"count\":0,\"names\":[],\"title\":\"a test\",\"message\":\"\"}");
}

static void test_slack(void **state)
{
    (void)state;
    notification_slack(&plain, &form);
    assert_string_equal(form.bytes, "{\"text\":\"*[seoul-1] 312 objects Blocked: ErrorHold*\\n"
                                    "no valid host &amp; &lt;nothing&gt; else\\n"
                                    "• prod/web-1\\n• prod/web-2\\n… and 310 more\\n_n-17-ab12_\"}");
}

/* What Slack would take for a mention of everybody, or for a link. */
static void test_slack_is_told_nothing_but_text(void **state)
{
    (void)state;
    struct notification named = plain;
    named.title = "<!channel>\nsecond";
    named.message = "";
    named.names = "<https://evil|click>";
    named.count = 1;
    notification_slack(&named, &form);
    assert_string_equal(form.bytes, "{\"text\":\"*&lt;!channel&gt; second*\\n• &lt;https://evil|click&gt;\\n"
                                    "_n-17-ab12_\"}");
}

static void test_mail(void **state)
{
    (void)state;
    notification_mail(&plain, &duty, "seoul.example.org", &form);
    assert_string_equal(form.bytes, "Date: Sat, 31 Jan 2026 03:00:00 +0000\n"
                                    "Message-ID: <n-17-ab12@setpoint.seoul.example.org>\n"
                                    "From: setpoint@example.org\n"
                                    "To: duty@example.org,\n second@example.org\n"
                                    "Subject: [seoul-1] 312 objects Blocked: ErrorHold\n"
                                    "X-Setpoint-Notification: n-17-ab12\n"
                                    "Auto-Submitted: auto-generated\n"
                                    "MIME-Version: 1.0\n"
                                    "Content-Type: text/plain; charset=UTF-8\n"
                                    "Content-Transfer-Encoding: quoted-printable\n"
                                    "\n"
                                    "[seoul-1] 312 objects Blocked: ErrorHold\n"
                                    "\n"
                                    "no valid host & <nothing> else\n"
                                    "\n"
                                    "  prod/web-1\n"
                                    "  prod/web-2\n"
                                    "  =E2=80=A6 and 310 more\n"
                                    "\n"
                                    "kind:    Blocked\n"
                                    "reason:  ErrorHold\n"
                                    "source:  prod\n"
                                    "time:    2026-01-31T03:00:00Z\n"
                                    "owner:   seoul-1\n"
                                    "id:      n-17-ab12\n");
}

static unsigned headers_named(const char *name)
{
    unsigned count = 0;
    for (const char *at = form.bytes; *at != '\n'; at += strcspn(at, "\n") + 1)
        count += text_starts(at, name);
    return count;
}

static void test_nothing_is_injected_into_a_mail(void **state)
{
    (void)state;
    struct notification evil = plain;
    evil.id = "1>\nBcc: a@example.org";
    evil.title = "down\nBcc: b@example.org\n\nbody";
    evil.names = "web-1\r\nBcc: c@example.org";
    struct notify_target target = duty;
    target.from = "me@example.org\nBcc: d@example.org";
    notification_mail(&evil, &target, "host\nBcc: e@example.org", &form);
    assert_int_equal(headers_named("Bcc"), 0);
    assert_int_equal(headers_named("Subject: "), 1);
    assert_non_null(
        strstr(form.bytes, "Message-ID: <1--Bcc--a-example.org@setpoint.host-Bcc--e-example.org>\n"));
}

static void test_without_from_and_host(void **state)
{
    (void)state;
    struct notify_target target = duty;
    target.from = NULL;
    notification_mail(&plain, &target, "", &form);
    assert_int_equal(headers_named("From:"), 0);
    assert_non_null(strstr(form.bytes, "Message-ID: <n-17-ab12@setpoint.localhost>\n"));
}

static void test_korean_and_japanese(void **state)
{
    (void)state;
    struct notification named = plain;
    named.title = "[seoul-1] 서울 Blocked";
    named.message = "サーバが止まった";
    notification_webhook(&named, &form);
    assert_non_null(
        strstr(form.bytes, "\"title\":\"[seoul-1] 서울 Blocked\",\"message\":\"サーバが止まった\""));
    text_clear(&form);
    notification_slack(&named, &form);
    assert_non_null(strstr(form.bytes, "*[seoul-1] 서울 Blocked*\\nサーバが止まった\\n"));
    text_clear(&form);
    notification_mail(&named, &duty, "h", &form);
    assert_non_null(strstr(form.bytes, "Subject: =?UTF-8?B?W3Nlb3VsLTFdIOyEnOyauCBCbG9ja2Vk?=\n"));
    for (const char *at = form.bytes; *at; at++)
        assert_true((unsigned char)*at < 0x80);
}

/* As long as any text can be, of the bytes that take most room, and more of them than are wanted. */
static void test_long_texts_are_cut(void **state)
{
    static const char *const fills[] = {"x", "\x1b", "&", "\"", "\xFF", "\xF0\x9F\x98\x80", "="};
    enum { LONG = 40000 };
    (void)state;
    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
        char *text = memory_zero(LONG + 1), *names = memory_zero(2 * LONG + 1);
        for (size_t size = strlen(fills[i]), at = 0; at + size <= LONG; at += size)
            memcpy(text + at, fills[i], size);
        for (unsigned name = 0, at = 0; name < 100; name++, at += 401) {
            memcpy(names + at, text, 400);
            names[at + 400] = '\n';
        }
        struct notification endless = {.id = text,
                                       .target = text,
                                       .owner = text,
                                       .kind = text,
                                       .reason = text,
                                       .source = text,
                                       .cloud = text,
                                       .count = 1000000,
                                       .names = names,
                                       .title = text,
                                       .message = text};
        notification_webhook(&endless, &form);
        cJSON *tree = cJSON_Parse(form.bytes);
        assert_non_null(tree);
        assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(tree, "names")), NOTIFICATION_NAMES);
        assert_true(strlen(cJSON_GetObjectItem(tree, "title")->valuestring) <= NOTIFICATION_TITLE_MAX);
        cJSON_Delete(tree);
        text_clear(&form);
        notification_slack(&endless, &form);
        tree = cJSON_Parse(form.bytes);
        assert_non_null(tree);
        assert_non_null(strstr(cJSON_GetObjectItem(tree, "text")->valuestring, "… and 999980 more\n"));
        cJSON_Delete(tree);
        text_clear(&form);
        notification_mail(&endless, &duty, text, &form);
        assert_false(form.overflow);
        text_clear(&form);
        memory_free(text);
        memory_free(names);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_webhook, start, stop),
        cmocka_unit_test_setup_teardown(test_webhook_of_a_test, start, stop),
        cmocka_unit_test_setup_teardown(test_slack, start, stop),
        cmocka_unit_test_setup_teardown(test_slack_is_told_nothing_but_text, start, stop),
        cmocka_unit_test_setup_teardown(test_mail, start, stop),
        cmocka_unit_test_setup_teardown(test_nothing_is_injected_into_a_mail, start, stop),
        cmocka_unit_test_setup_teardown(test_without_from_and_host, start, stop),
        cmocka_unit_test_setup_teardown(test_korean_and_japanese, start, stop),
        cmocka_unit_test_setup_teardown(test_long_texts_are_cut, start, stop),
    };
    return UNIT_RUN(tests);
}
