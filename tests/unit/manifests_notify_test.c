#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/manifests_support.h"
#include "tests/unit/scratch.h"

#define DAEMON "apiVersion: setpoint/v1\nkind: Daemon\nmetadata: {name: setpointd}\nspec:\n  owner: seoul-1\n"
#define OTHERS                                                                                               \
    "---\n{apiVersion: setpoint/v1, kind: Cloud, metadata: {name: kr1}, spec: {provider: wide,"              \
    " cloudsYaml: {file: /x, cloud: y}}}\n"                                                                  \
    "---\n{apiVersion: setpoint/v1, kind: Source, metadata: {name: prod},"                                   \
    " spec: {directory: {path: /srv/m}, clouds: [kr1, kr2], prune: true}}\n"

static struct mistakes mistakes;
static struct config *config;
static char *lines;

/* `notify` stands behind four spaces and "notify:"; the first line of it is the sixth. */
static bool read_targets(const char *notify)
{
    char text[4000];
    snprintf(text, sizeof text, DAEMON "%s\n" OTHERS, notify);
    write_text(scratch_path("o.yaml"), text);
    mistakes_release(&mistakes);
    config_free(config);
    memory_free(lines);
    config = config_read(scratch, support_traits, &mistakes);
    lines = support_lines(&mistakes, scratch);
    return config != NULL;
}

static int tear_down(void **state)
{
    mistakes_release(&mistakes);
    config_free(TAKE(config));
    memory_free(TAKE(lines));
    return scratch_remove(state);
}

static void test_all_keys(void **state)
{
    (void)state;
    assert_true(read_targets("  notify:\n"
                             "    - name: ops\n"
                             "      form: slack\n"
                             "      url: {credential: ops-hook}\n"
                             "      tls: {ca: /etc/ssl/own.pem}\n"
                             "      on: [Brake, Blocked]\n"
                             "      sources: [prod]\n"
                             "      clouds: [kr1]\n"
                             "    - name: duty\n"
                             "      form: mail\n"
                             "      to: [zoe@example.org, root]\n"
                             "      from: setpoint@host\n"
                             "      sendmail: /opt/bin/sendmail"));
    assert_int_equal(config->target_count, 2);
    const struct notify_target *duty = &config->targets[0], *ops = &config->targets[1];
    assert_string_equal(duty->name, "duty");
    assert_int_equal(duty->form, NOTIFY_MAIL);
    assert_int_equal(duty->to_count, 2);
    assert_string_equal(duty->to[0], "zoe@example.org");
    assert_string_equal(duty->to[1], "root");
    assert_string_equal(duty->from, "setpoint@host");
    assert_string_equal(duty->sendmail, "/opt/bin/sendmail");
    assert_int_equal(duty->line, 14);
    assert_string_equal(ops->name, "ops");
    assert_int_equal(ops->form, NOTIFY_SLACK);
    assert_null(ops->url);
    assert_int_equal(ops->secret_url.kind, SECRET_CREDENTIAL);
    assert_string_equal(ops->secret_url.text, "ops-hook");
    assert_int_equal(ops->secret_url.line, 9);
    assert_string_equal(ops->tls_ca, "/etc/ssl/own.pem");
    assert_false(ops->allow_plain_http);
    assert_int_equal(ops->kinds, NOTIFY_BIT(NOTIFY_BRAKE) | NOTIFY_BIT(NOTIFY_BLOCKED));
    assert_int_equal(ops->source_count, 1);
    assert_string_equal(ops->sources[0], "prod");
    assert_int_equal(ops->cloud_count, 1);
    assert_string_equal(ops->clouds[0], "kr1");
    assert_null(ops->sendmail);
    assert_int_equal(ops->line, 7);
    assert_int_equal(ops->column, 7);
    assert_string_equal(ops->file, scratch_path("o.yaml"));
}

static void test_defaults(void **state)
{
    (void)state;
    assert_true(read_targets("  notify:\n"
                             "  - {name: a, url: {plain: \"https://hooks.example.com/x?y=z\"}}\n"
                             "  - {name: b, form: mail, to: [root]}"));
    const struct notify_target *a = &config->targets[0], *b = &config->targets[1];
    assert_int_equal(a->form, NOTIFY_WEBHOOK);
    assert_string_equal(a->url, "https://hooks.example.com/x?y=z");
    assert_int_equal(a->secret_url.kind, SECRET_NONE);
    assert_null(a->tls_ca);
    assert_int_equal(a->kinds, (1 << NOTIFY_KIND_COUNT) - 1);
    assert_int_equal(a->source_count + a->cloud_count + a->to_count, 0);
    assert_string_equal(b->sendmail, "/usr/sbin/sendmail");
    assert_null(b->from);
    assert_true(read_targets("  notify: []"));
    assert_int_equal(config->target_count, 0);
    assert_true(read_targets("  mode: enforce"));
    assert_int_equal(config->target_count, 0);
}

/* The words of the table and the enums behind them must not part. */
static void test_words_are_the_cores(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NOTIFY_KIND_COUNT; i++) {
        char text[200];
        snprintf(text, sizeof text, "  notify: [{name: a, form: mail, to: [root], on: [%s]}]",
                 notify_kind_name((enum notify_kind)i));
        assert_true(read_targets(text));
        assert_int_equal(config->targets[0].kinds, NOTIFY_BIT(i));
    }
    for (unsigned i = 0; i < NOTIFY_FORM_COUNT; i++) {
        char text[200];
        snprintf(text, sizeof text, "  notify: [{name: a, form: %s, %s}]",
                 notify_form_name((enum notify_form)i), i == NOTIFY_MAIL ? "to: [root]" : "url: {file: /p}");
        assert_true(read_targets(text));
        assert_int_equal(config->targets[0].form, i);
    }
}

#define URL  "url: {file: /p}"
#define WAYS "{credential: NAME}, {file: PATH} or {plain: URL}\n"

static void test_mistakes(void **state)
{
    static const struct {
        const char *notify, *mistakes;
    } rows[] = {
        {"{name: a, form: teams, " URL "}",
         "o.yaml:6:28: \"form\" is \"teams\"; it must be one of webhook, slack, mail\n"},
        {"{name: a, form: Slack, " URL "}", "o.yaml:6:28: \"form\" is \"Slack\"; did you mean \"slack\"?\n"},
        {"{" URL "}", "o.yaml:6:12: missing key \"name\"; it must be 1 to 32 of a-z, 0-9 and -, a letter or "
                      "digit at both ends\n"},
        {"{name: Ops, " URL "}",
         "o.yaml:6:19: \"name\" is \"Ops\", not a name; it must be 1 to 32 of a-z, 0-9 and "
         "-, a letter or digit at both ends\n"},
        {"{name: a}", "o.yaml:6:12: missing key \"url\"; form webhook needs it: it must be " WAYS},
        {"{name: a, form: slack}", "o.yaml:6:12: missing key \"url\"; form slack needs it: it must be " WAYS},
        {"{name: a, form: mail}",
         "o.yaml:6:12: missing key \"to\"; form mail needs it: it must be a list of texts, each %"},
        {"{name: a, to: [root]}",
         "o.yaml:6:12: missing key \"url\"; form webhook needs it: it must be " WAYS
         "o.yaml:6:22: \"to\" does not belong to form webhook; remove it, or write form: mail\n"},
        {"{name: a, form: mail, to: [root], " URL "}",
         "o.yaml:6:46: \"url\" does not belong to form mail; remove it, or write form: webhook or slack\n"},
        {"{name: a, form: mail, to: [root], tls: {ca: /x}, allowPlainHttp: true}",
         "o.yaml:6:46: \"tls\" does not belong to form mail; remove it, or write form: webhook or slack\n"
         "o.yaml:6:61: \"allowPlainHttp\" does not belong to form mail; remove it, or write form: webhook or "
         "slack\n"},
        {"{name: a, " URL ", sendmail: /x, from: root}",
         "o.yaml:6:39: \"sendmail\" does not belong to form webhook; remove it, or write form: mail\n"
         "o.yaml:6:53: \"from\" does not belong to form webhook; remove it, or write form: mail\n"},
        {"{name: a, " URL "}, {name: b, " URL "}, {name: a, " URL "}",
         "o.yaml:6:75: a second target \"a\"; the other is at F:6:19: rename one\n"},
        {"{name: a, " URL ", on: [Blokked]}",
         "o.yaml:6:44: \"on\" is \"Blokked\"; did you mean \"Blocked\"?\n"},
        {"{name: a, " URL ", on: [Unknown, 7]}",
         "o.yaml:6:44: \"on\" is \"Unknown\"; it must be a list of Converged, Waiting, Blocked, Failing, "
         "Brake\n"
         "o.yaml:6:53: \"on\" is \"7\"; it must be a list of Converged, Waiting, Blocked, Failing, Brake\n"},
        {"{name: a, " URL ", on: Blocked}",
         "o.yaml:6:43: \"on\" is text; it must be a list of Converged, Waiting, Blocked, Failing, Brake\n"},
        {"{name: a, " URL ", on: []}", "o.yaml:6:43: \"on\" is an empty list; name at least one\n"},
        {"{name: a, " URL ", on: [Brake, Brake]}",
         "o.yaml:6:51: \"Brake\" stands twice in \"on\"; remove one\n"},
        {"{name: a, " URL ", sources: [prdo], clouds: [kr2]}",
         "o.yaml:6:49: no Source has the name \"prdo\"; did you mean \"prod\"?\n"
         "o.yaml:6:65: no Cloud has the name \"kr2\"; did you mean \"kr1\"?\n"},
        {"{name: a, " URL ", sources: [elsewhere]}",
         "o.yaml:6:49: no Source has the name \"elsewhere\"; remove it, or write its document\n"},
        {"{name: a, url: {plain: \"http://hooks.example.com/hush\"}}",
         "o.yaml:6:35: \"url\" is plain http to another machine; use https, or say allowPlainHttp: true\n"},
        {"{name: a, url: {plain: \"http://127.0.0.1:9000/hush\"}}", ""},
        {"{name: a, url: {plain: \"http://hooks.example.com/hush\"}, allowPlainHttp: true}", ""},
        {"{name: a, url: \"https://hooks.example.com/hush\"}",
         "o.yaml:6:27: \"url\" stands here itself; it may be a secret, so write: " WAYS},
        {"{name: a, url: {credential: \"https://hooks.example.com/hush\"}}",
         "o.yaml:6:40: not a credential's name; it must be 1 to 64 of letters, digits, . _ and -, as in "
         "LoadCredential=\n"},
        {"{name: a, url: {plain: \"https://u:hush@hooks.example.com/\"}}",
         "o.yaml:6:35: not a URL; it must be http(s)://host[:port][/path][?query]; with a user in it, it is "
         "a "
         "secret: {credential: NAME}\n"},
        {"{name: a, url: {file: /p, plain: \"https://hooks.example.com/hush\"}}",
         "o.yaml:6:27: \"url\" must be exactly one thing: " WAYS},
        {"{name: a, url: {value: hush}}", "o.yaml:6:27: \"url\" must be exactly one thing: " WAYS},
        {"{name: a, form: mail, to: [\"a@b\\nBcc: c@d\", \"a b@c\", -f@b], from: \"<a@b>\"}",
         "o.yaml:6:39: \"to\" is \"a@b?Bcc: c@d\", not a mail address; it must be %"
         "o.yaml:6:56: \"to\" is \"a b@c\", not a mail address; it must be %"
         "o.yaml:6:65: \"to\" is \"-f@b\", not a mail address; it must be %"
         "o.yaml:6:78: \"from\" is \"<a@b>\", not a mail address; it must be %"},
        {"{name: a, form: mail, to: []}", "o.yaml:6:38: \"to\" is an empty list; name at least one\n"},
        {"{name: a, form: mail, to: root@example.org}",
         "o.yaml:6:38: \"to\" is text; it must be a list of texts, each %"},
        {"{name: a, form: mail, to: [root], sendmail: sendmail}",
         "o.yaml:6:56: \"sendmail\" is \"sendmail\", not a file; it must be an absolute path: /dir/file\n"},
        {"{name: a, " URL ", retry: 3}",
         "o.yaml:6:39: unknown key \"retry\"; known here: name, form, url, tls, allowPlainHttp, to, from, "
         "sendmail, on, sources, clouds\n"},
        {"ops", "o.yaml:6:12: an entry of \"notify\" is text; it must be a map\n"},
    };
    static const char mail[] =
        "user@host, or a user of this machine, of letters, digits and . _ + = & ' ~ -\n";
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1000];
        AUTO_TEXT struct text expected;
        snprintf(text, sizeof text, "  notify: [%s]", rows[i].notify);
        text_init(&expected, 4000);
        for (const char *at = rows[i].mistakes; *at; at++)
            if (*at == 'F' && at[1] == ':')
                text_add(&expected, scratch_path("o.yaml"));
            else if (*at == '%')
                text_add(&expected, mail);
            else
                text_add_char(&expected, *at);
        read_targets(text);
        if (strcmp(lines, expected.bytes) != 0)
            fail_msg("%s\ngave\n%sinstead of\n%s", text, lines, expected.bytes);
        assert_true((config != NULL) == (*rows[i].mistakes == '\0'));
        assert_null(strstr(lines, "hush"));
    }
}

/* A document that cannot be read may be the one that is named. */
static void test_names_wait_for_all_files(void **state)
{
    (void)state;
    write_text(scratch_path("p.yaml"), "a: [\n");
    assert_false(read_targets("  notify: [{name: a, " URL ", sources: [elsewhere]}]"));
    assert_null(strstr(lines, "elsewhere"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_keys),
        TEST(test_defaults),
        TEST(test_words_are_the_cores),
        TEST(test_mistakes),
        TEST(test_names_wait_for_all_files),
    };
    return UNIT_RUN(tests);
}
