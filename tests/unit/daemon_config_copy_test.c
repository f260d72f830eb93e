#include "tests/unit/unit.h"

#include "daemon/config_copy.h"

static const char *const to[] = {"zoe@example.org", "root"};
static const char *const sources[] = {"prod", "test"};
static const char *const clouds[] = {"kr1"};

static const struct notify_target targets[] = {
    {.name = "duty", .form = NOTIFY_MAIL, .to = to, .to_count = 2, .from = "me@host", .sendmail = "/bin/sm"},
    {.name = "ops",
     .form = NOTIFY_SLACK,
     .secret_url = {SECRET_FILE, "/run/hook", 7, 9},
     .tls_ca = "/ca",
     .kinds = NOTIFY_BIT(NOTIFY_BRAKE),
     .sources = sources,
     .source_count = 2,
     .clouds = clouds,
     .cloud_count = 1,
     .file = "/etc/o.yaml",
     .line = 6,
     .column = 5},
    {.name = "web", .url = "https://hooks.example.com", .allow_plain_http = true},
};

static void check_own(const char *copy, const char *from)
{
    assert_true(text_equal(copy, from));
    assert_true(!from || copy != from);
}

static void check_texts(const char *const *copy, const char *const *from, uint32_t count)
{
    assert_true(!from || copy != from);
    assert_true(from || !copy);
    for (uint32_t i = 0; i < count; i++)
        check_own(copy[i], from[i]);
}

static void test_targets(void **state)
{
    (void)state;
    struct config config = {.owner = "o", .targets = (struct notify_target *)targets, .target_count = 3};
    struct config *copy = config_copy(&config);
    assert_int_equal(copy->target_count, 3);
    assert_ptr_not_equal(copy->targets, targets);
    for (uint32_t i = 0; i < 3; i++) {
        struct notify_target *one = &copy->targets[i];
        const struct notify_target *from = &targets[i];
        check_own(one->name, from->name);
        check_own(one->url, from->url);
        check_own(one->secret_url.text, from->secret_url.text);
        check_own(one->tls_ca, from->tls_ca);
        check_own(one->from, from->from);
        check_own(one->sendmail, from->sendmail);
        check_own(one->file, from->file);
        check_texts(one->to, from->to, from->to_count);
        check_texts(one->sources, from->sources, from->source_count);
        check_texts(one->clouds, from->clouds, from->cloud_count);
        assert_int_equal(one->form, from->form);
        assert_int_equal(one->secret_url.kind, from->secret_url.kind);
        assert_int_equal(one->allow_plain_http, from->allow_plain_http);
        assert_int_equal(one->kinds, from->kinds);
        assert_int_equal(one->to_count + one->source_count + one->cloud_count,
                         from->to_count + from->source_count + from->cloud_count);
        assert_int_equal(one->line, from->line);
    }
    config_free(copy);
}

static void test_the_rest(void **state)
{
    (void)state;
    struct auth_value auth = {.name = "password", .secret = {SECRET_CREDENTIAL, "pw", 1, 2}};
    struct cloud_config cloud = {.name = "kr1", .auth = &auth, .auth_count = 1, .region = "R"};
    struct source_config source = {.name = "prod", .directory = "/m", .clouds = clouds, .cloud_count = 1};
    struct config config = {.owner = "o",
                            .log_level = "info",
                            .clouds = &cloud,
                            .cloud_count = 1,
                            .sources = &source,
                            .source_count = 1};
    struct config *copy = config_copy(&config);
    check_own(copy->owner, "o");
    check_own(copy->clouds[0].region, "R");
    check_own(copy->clouds[0].auth[0].secret.text, "pw");
    check_own(copy->sources[0].directory, "/m");
    check_texts(copy->sources[0].clouds, clouds, 1);
    assert_true(cloud_same_login(&copy->clouds[0], &cloud));
    assert_int_equal(copy->target_count, 0);
    config_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_targets), cmocka_unit_test(test_the_rest)};
    return UNIT_RUN(tests);
}
