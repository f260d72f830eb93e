#include "tests/unit/unit.h"

#include "daemon/secret_check.h"
#include "tests/unit/manifests_support.h"
#include "tests/unit/scratch.h"

static char *lines;

static const char *check(struct notify_target target, const struct cloud_config *cloud, uint32_t *out_unseen)
{
    struct mistakes mistakes = {0};
    struct config config = {.targets = &target,
                            .target_count = target.secret_url.kind != SECRET_NONE,
                            .clouds = (struct cloud_config *)cloud,
                            .cloud_count = cloud != NULL};
    target.file = "/etc/o.yaml";
    target.secret_url.line = 7;
    target.secret_url.column = 12;
    secrets_check(&config, &mistakes, out_unseen);
    memory_free(lines);
    lines = support_lines(&mistakes, scratch);
    mistakes_release(&mistakes);
    return lines;
}

static int tear_down(void **state)
{
    memory_free(TAKE(lines));
    return scratch_remove(state);
}

static struct notify_target target_of(const char *url)
{
    write_text(scratch_path("hook"), url);
    return (struct notify_target){.secret_url = {.kind = SECRET_FILE, .text = scratch_path("hook")}};
}

static void test_urls_of_targets(void **state)
{
    static const struct {
        const char *url;
        bool allow;
        const char *problem; /* NULL: none */
    } rows[] = {
        {"https://hush:hush@hooks.example.com/hush\n", false, NULL},
        {"http://[::1]:9000/hush", false, NULL},
        {"http://hooks.example.com/hush", true, NULL},
        {"http://hooks.example.com/hush", false,
         "is plain http to another machine; use https, or say allowPlainHttp: true"},
        {"hush", false, "is no URL; it must be http(s)://[user:password@]host[:port][/path][?query]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct notify_target target = target_of(rows[i].url);
        AUTO_TEXT struct text expected;
        text_init(&expected, 1000);
        target.allow_plain_http = rows[i].allow;
        if (rows[i].problem)
            text_addf(&expected, "/etc/o.yaml:7:12: spec.notify.url: file \"%s\" %s\n",
                      target.secret_url.text, rows[i].problem);
        assert_string_equal(check(target, NULL, NULL), expected.bytes);
        assert_null(strstr(lines, "hush"));
    }
}

static void test_what_cannot_be_read(void **state)
{
    (void)state;
    struct notify_target target = target_of("https://hooks.example.com");
    assert_int_equal(chmod(target.secret_url.text, 0644), 0);
    assert_non_null(strstr(check(target, NULL, NULL), "/etc/o.yaml:7:12: spec.notify.url: secret file /"));
    assert_non_null(strstr(lines, "can be read by others"));
    struct cloud_config cloud = {.file = "/etc/o.yaml",
                                 .proxy_credentials = {SECRET_FILE, scratch_path("gone"), 3, 4}};
    assert_non_null(strstr(check((struct notify_target){.name = "a"}, &cloud, NULL),
                           "/etc/o.yaml:3:4: spec.proxy.credentials: secret file /"));
}

static void test_credentials_by_hand(void **state)
{
    (void)state;
    uint32_t unseen = 0;
    struct notify_target target = {.secret_url = {.kind = SECRET_CREDENTIAL, .text = "hook"}};
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_string_equal(check(target, NULL, &unseen), "");
    assert_int_equal(unseen, 1);
    assert_non_null(strstr(check(target, NULL, NULL), "/etc/o.yaml:7:12: spec.notify.url: "));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", scratch, 1), 0);
    target_of("hush");
    assert_string_equal(check(target, NULL, &unseen),
                        "/etc/o.yaml:7:12: spec.notify.url: credential \"hook\" is no URL; it must be "
                        "http(s)://[user:password@]host[:port][/path][?query]\n");
    assert_int_equal(unseen, 1);
    unsetenv("CREDENTIALS_DIRECTORY");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_urls_of_targets), TEST(test_what_cannot_be_read),
                                       TEST(test_credentials_by_hand)};
    return UNIT_RUN(tests);
}
