#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/manifests_support.h"
#include "tests/unit/scratch.h"

#define DAEMON                                                                                               \
    "{apiVersion: setpoint/v1, kind: Daemon, metadata: {name: setpointd}, spec: {owner: seoul-1}}\n"
#define CLOUD "---\napiVersion: setpoint/v1\nkind: Cloud\nmetadata: {name: c}\nspec:\n"
#define AUTH                                                                                                 \
    "  auth: {url: \"https://id.example.com\", project: p, username: u, password: {credential: pw}}\n"
#define SOURCE "---\napiVersion: setpoint/v1\nkind: Source\nmetadata: {name: s}\nspec:\n"
#define REST   "  directory: {path: /srv/m}\n  clouds: [c]\n"

static struct mistakes mistakes;
static struct config *config;
static char *lines;

static bool read_text(const char *text)
{
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

static void test_whole_configuration(void **state)
{
    (void)state;
    assert_int_equal(mkdir(scratch_path("manifests"), 0755), 0);
    write_text(scratch_path("manifests/not-ours.yaml"), "kind: Instance\n");
    assert_true(read_text(
        "apiVersion: setpoint/v1\nkind: Daemon\nmetadata: {name: setpointd}\nspec:\n"
        "  owner: seoul-1\n  mode: observe\n  destroyBudget: {max: 4, per: 10m}\n  log: {level: debug}\n"
        "  history: {maxAge: 30d, maxSize: 512MiB}\n" CLOUD
        "  provider: wide\n  region: R1\n  interface: internal\n  endpoint: "
        "https://compute.example.com/v2.1\n"
        "  endpoints: {image: \"https://image.example.com\", network: \"http://127.0.0.1:9696\"}\n" AUTH
        "  expect: {project: 6cdebe3e}\n  tls: {ca: /etc/ssl/own.pem}\n  proxy: {url: \"http://proxy:3128\", "
        "credentials: {credential: pw}}\n  timeout: {connect: 2s, total: 10s}\n"
        "  limits: {requestsPerSecond: 100, inFlight: 20}\n  poll: {interval: 1s, full: 5s}\n  settle: 3s\n  "
        "mode: observe\n"
        "---\napiVersion: setpoint/v1\nkind: Cloud\nmetadata: {name: b}\n"
        "spec: {provider: narrow, auth: {tenantId: t, username: u, password: {file: /run/pw}}}\n" SOURCE
        "  directory: {path: /srv/m}\n  clouds: [c, b]\n  maxInstances: 200\n  prune: true\n  pruneDelay: "
        "2s\n"
        "  destroyBudget: {max: 0, per: 2h}\n  disruption: {max: 50%}\n  mode: observe\n"
        "---\napiVersion: setpoint/v1\nkind: Source\nmetadata: {name: a}\n"
        "spec: {directory: {path: /srv/a}, clouds: [not-yet], prune: false}\n"));
    assert_string_equal(config->owner, "seoul-1");
    assert_int_equal(config->mode, MODE_OBSERVE);
    assert_int_equal(config->destroy.max.number, 4);
    assert_false(config->destroy.max.percent);
    assert_int_equal(config->destroy.per_ms, 600000);
    assert_string_equal(config->log_level, "debug");
    assert_int_equal(config->history_age_ms, INT64_C(30) * 86400000);
    assert_int_equal(config->history_bytes, 512 << 20);
    assert_int_equal(config->cloud_count, 2);
    assert_string_equal(config->clouds[0].name, "b");
    const struct cloud_config *b = config_cloud(config, "b"), *c = config_cloud(config, "c");
    assert_ptr_equal(b->traits, &support_narrow);
    assert_int_equal(b->settle_ms, 180000);
    assert_null(b->auth_url);
    assert_null(b->endpoints[SERVICE_COMPUTE]);
    assert_int_equal(b->auth_count, 3);
    assert_string_equal(b->auth[2].name, "password");
    assert_int_equal(b->auth[2].secret.kind, SECRET_FILE);
    assert_string_equal(b->auth[2].secret.text, "/run/pw");
    assert_null(b->auth[2].text);
    assert_int_equal(b->mode, MODE_ENFORCE);
    assert_ptr_equal(c->traits, &support_wide);
    assert_string_equal(c->region, "R1");
    assert_string_equal(c->interface, "internal");
    assert_string_equal(c->endpoints[SERVICE_COMPUTE], "https://compute.example.com/v2.1");
    assert_string_equal(c->endpoints[SERVICE_NETWORK], "http://127.0.0.1:9696");
    assert_null(c->endpoints[SERVICE_VOLUME]);
    assert_string_equal(c->auth_url, "https://id.example.com");
    assert_string_equal(c->auth_form->title, "password");
    assert_string_equal(c->expect_project, "6cdebe3e");
    assert_string_equal(c->tls_ca, "/etc/ssl/own.pem");
    assert_string_equal(c->proxy_url, "http://proxy:3128");
    assert_int_equal(c->proxy_credentials.kind, SECRET_CREDENTIAL);
    assert_string_equal(c->proxy_credentials.text, "pw");
    assert_int_equal(c->connect_timeout_ms, 2000);
    assert_int_equal(c->total_timeout_ms, 10000);
    assert_int_equal(c->requests_per_second, 100);
    assert_int_equal(c->in_flight, 20);
    assert_int_equal(c->poll_interval_ms, 1000);
    assert_int_equal(c->poll_full_ms, 5000);
    assert_int_equal(c->settle_ms, 3000);
    assert_int_equal(c->mode, MODE_OBSERVE);
    assert_int_equal(c->line, 11);
    const struct source_config *s = config_source(config, "s");
    assert_string_equal(config->sources[0].name, "a");
    assert_false(config->sources[0].prune);
    assert_string_equal(s->directory, "/srv/m");
    assert_int_equal(s->cloud_count, 2);
    assert_string_equal(s->clouds[0], "b");
    assert_int_equal(s->max_instances, 200);
    assert_true(s->prune);
    assert_int_equal(s->prune_delay_ms, 2000);
    assert_int_equal(s->destroy.max.number, 0);
    assert_int_equal(s->destroy.per_ms, 7200000);
    assert_true(s->disruption.percent);
    assert_int_equal(s->disruption.number, 50);
    assert_int_equal(s->mode, MODE_OBSERVE);
}

/* Behind a sound Daemon: the rest of the file, and what must be said. Lines count from the Daemon's, which
 * is 1. */
static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *mistakes;
    } rows[] = {
        {"", ""},
        {"---\napiVersion: setpoint/v1\nkind: Daemon\nmetadata: {name: d}\nspec:\n"
         "  owner: o\n  listen: {metrics: \"localhost:9478\"}\n",
         "o.yaml:3:1: a second document of kind Daemon; the other is at F:1:1: remove one\n"
         "o.yaml:8:21: \"metrics\" is \"localhost:9478\", not a listening address; it must be address:port: "
         "127.0.0.1:9478 or [::1]:9478\n"},
        {"---\n" DAEMON, "o.yaml:3:1: a second document of kind Daemon; the other is at F:1:1: remove one\n"},
        {"---\nkind: Instance\n",
         "o.yaml:3:7: kind Instance may not stand in the operator's configuration; it belongs into a "
         "source\n"},
        {"---\nkind: Fleet\n",
         "o.yaml:3:7: kind Fleet may not stand in the operator's configuration; it belongs into a source\n"},
        {CLOUD "  provider: wide\n" AUTH, ""},
        {CLOUD "  provider: wode\n" AUTH,
         "o.yaml:7:13: unknown provider \"wode\"; known here: wide, narrow\n"},
        {CLOUD "  auth: {}\n", "o.yaml:6:1: missing key \"provider\"; it must be text in one line\n"},
        {CLOUD "  provider: wide\n",
         "o.yaml:6:1: missing key \"auth\"; how to log in, or cloudsYaml: {file, cloud}\n"},
        {CLOUD "  provider: narrow\n", "o.yaml:6:1: missing key \"auth\"; how to log in\n"},
        {CLOUD "  provider: narrow\n  cloudsYaml: {file: /x, cloud: y}\n",
         "o.yaml:8:3: provider narrow does not log in by a clouds.yaml; give auth\n"},
        {CLOUD "  provider: wide\n  cloudsYaml: {file: /x, cloud: y}\n", ""},
        {CLOUD "  provider: wide\n  cloudsYaml: {file: x}\n",
         "o.yaml:8:3: missing key \"cloud\"; it must be text in one line\n"
         "o.yaml:8:22: \"file\" is \"x\", not a file; it must be an absolute path: /dir/file\n"},
        {CLOUD "  provider: wide\n  cloudsYaml: {file: /x, cloud: y}\n" AUTH,
         "o.yaml:8:3: \"cloudsYaml\" beside \"auth\"; give one of them\n"},
        {CLOUD "  provider: wide\n  auth: {url: \"https://x\", project: p, username: u, password: hunter2}\n",
         "o.yaml:8:63: \"password\" stands here itself; a secret is only named: {credential: NAME} or {file: "
         "PATH}\n"},
        {CLOUD "  provider: wide\n  auth: {url: \"https://x\", project: p, username: u, password: {value: "
               "hunter2}}\n",
         "o.yaml:8:63: \"password\" must be exactly one thing: {credential: NAME} or {file: PATH}\n"},
        {CLOUD "  provider: wide\n  auth: {url: \"https://x\", project: p, username: u, password: "
               "{credential: ../x}}\n",
         "o.yaml:8:76: not a credential's name; it must be 1 to 64 of letters, digits, . _ and -, as in "
         "LoadCredential=\n"},
        {CLOUD
         "  provider: wide\n  auth: {url: \"https://x\", project: p, username: u, password: {file: x}}\n",
         "o.yaml:8:70: not a file; it must be an absolute path: /dir/file\n"},
        {CLOUD "  provider: wide\n  auth: {url: \"https://x\", project: p, password: {credential: pw}}\n",
         "o.yaml:8:3: missing key \"username\"; provider wide wants url, project, projectDomain, username, "
         "userDomain, "
         "password\n"},
        {CLOUD "  provider: wide\n  auth: {url: \"https://x\", applicationCredential: {id: i}}\n",
         "o.yaml:8:3: missing key \"applicationCredential.secret\"; provider wide wants url, "
         "applicationCredential.id, "
         "applicationCredential.secret\n"},
        {CLOUD "  provider: wide\n  auth: {url: \"https://x\", applicationCredential: {id: i, secret: "
               "{credential: s}}}\n",
         ""},
        {CLOUD
         "  provider: narrow\n  auth: {tenantId: t, username: u, project: p, password: {credential: pw}}\n",
         "o.yaml:8:36: \"project\" does not belong to the auth of provider narrow; it wants url, tenantId, "
         "username, "
         "password\n"},
        {CLOUD "  provider: narrow\n  auth: {tenantId: t, username: u, password: {file: /p}, appkey: t}\n",
         "o.yaml:8:58: \"appkey\" does not belong to the auth of provider narrow; it wants url, tenantId, "
         "username, password\n"},
        {CLOUD "  provider: wide\n  tenantUuid: x\n" AUTH,
         "o.yaml:8:3: \"tenantUuid\" does not belong to provider wide; remove it\n"},
        {CLOUD "  provider: wide\n  endpoint: http://compute.example.com\n" AUTH,
         "o.yaml:8:13: \"endpoint\" is plain http to another machine; use https, or say allowPlainHttp: "
         "true\n"},
        {CLOUD "  provider: wide\n  allowPlainHttp: true\n  endpoint: http://compute.example.com\n" AUTH, ""},
        {CLOUD "  provider: wide\n  endpoint: http://localhost:8774\n" AUTH, ""},
        {CLOUD "  provider: wide\n  endpoint: compute.example.com\n" AUTH,
         "o.yaml:8:13: \"endpoint\" is \"compute.example.com\", not a URL; it must be "
         "http(s)://host[:port][/path], without "
         "user, query or fragment\n"},
        /* what may be a password is not repeated */
        {CLOUD "  provider: wide\n  endpoint: https://u:hunter2@a.example.com/v2?key=hunter3\n" AUTH,
         "o.yaml:8:13: \"endpoint\" is \"https://…@a.example.com/v2…\", not a URL; it must be "
         "http(s)://host[:port][/path], without "
         "user, query or fragment\n"},
        {CLOUD "  provider: wide\n  endpoint: u:hunt/er@2@a.example.com\n" AUTH,
         "o.yaml:8:13: \"endpoint\" is \"…@a.example.com\", not a URL; it must be "
         "http(s)://host[:port][/path], without "
         "user, query or fragment\n"},
        {CLOUD "  provider: wide\n  poll: {interval: 20m}\n" AUTH,
         "o.yaml:8:9: poll.full is shorter than poll.interval; make it at least as long\n"},
        {CLOUD "  provider: wide\n  settle: 500ms\n" AUTH,
         "o.yaml:8:11: \"settle\" is \"500ms\"; it must be a whole number and a "
         "unit (ms, s, m, h or d), from 1s to 1h\n"},
        {CLOUD "  provider: wide\n  limits: {inFlight: 0}\n" AUTH,
         "o.yaml:8:22: \"inFlight\" is \"0\"; it must be a whole number from 1 to 256\n"},
        {CLOUD "  provider: wide\n  limits: {inFlight: \"8\"}\n" AUTH,
         "o.yaml:8:22: \"inFlight\" is text in quotes; write 8 without them\n"},
        {CLOUD "  provider: wide\n  poll: null\n" AUTH, "o.yaml:8:9: \"poll\" is empty; it must be a map\n"},
        {CLOUD "  provider: wide\n" AUTH CLOUD "  provider: wide\n" AUTH,
         "o.yaml:12:18: a second Cloud \"c\"; the other is at F:5:18: rename one\n"},
        {SOURCE "  prune: true\n" REST, ""},
        {SOURCE REST, "o.yaml:6:1: missing key \"prune\"; it must be true or false, without quotes\n"},
        {SOURCE "  prune: yes\n" REST,
         "o.yaml:7:10: \"prune\" is \"yes\"; it must be true or false, without quotes\n"},
        {SOURCE "  prune: true\n  clouds: []\n  directory: {path: m}\n",
         "o.yaml:8:11: \"clouds\" is an empty list; name at least one\n"
         "o.yaml:9:21: \"path\" is \"m\", not a directory; it must be an absolute path: /dir\n"},
        {SOURCE "  prune: true\n  git: {url: x}\n" REST,
         "o.yaml:8:3: \"git\" is known, not supported by this version\n"},
        {SOURCE "  prune: true\n  disruption: {max: 120%}\n" REST,
         "o.yaml:8:21: \"max\" is \"120%\"; it must be 0% to 100%, or a whole number\n"},
        {SOURCE "  prune: true\n  disruption: {max: \"4\"}\n" REST,
         "o.yaml:8:21: \"max\" is text in quotes; write 4 without them\n"},
        {SOURCE "  prune: true\n  mode: dryrun\n" REST,
         "o.yaml:8:9: \"mode\" is \"dryrun\"; it must be one of observe, enforce\n"},
        {SOURCE "  prune: true\n  maxInstances: 0\n" REST,
         "o.yaml:8:17: \"maxInstances\" is \"0\"; it must be a whole number from 1 to 200000\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[2000];
        AUTO_TEXT struct text expected;
        snprintf(text, sizeof text, "%s%s", DAEMON, rows[i].text);
        text_init(&expected, 2000);
        for (const char *at = rows[i].mistakes; *at; at++)
            if (*at == 'F' && at[1] == ':')
                text_addf(&expected, "%s", scratch_path("o.yaml"));
            else
                text_add_char(&expected, *at);
        read_text(text);
        if (strcmp(lines, expected.bytes) != 0)
            fail_msg("%s\ngave\n%sinstead of\n%s", text, lines, expected.bytes);
        assert_true((config != NULL) == (*rows[i].mistakes == '\0'));
        assert_null(strstr(lines, "hunter2"));
    }
}

static void test_daemon_is_needed(void **state)
{
    (void)state;
    assert_false(read_text("# nothing\n"));
    char expected[200];
    snprintf(expected, sizeof expected,
             "%s: no document of kind Daemon; write one with spec.owner, the name of this installation\n",
             scratch);
    assert_string_equal(lines, expected);
    assert_false(read_text("a: [\n"));
    assert_null(strstr(lines, "Daemon"));
    assert_false(
        read_text("apiVersion: setpoint/v1\nkind: Daemon\nmetadata: {name: d}\nspec: {owner: Seoul 1}\n"));
    assert_string_equal(
        lines, "o.yaml:4:15: \"owner\" is \"Seoul 1\", not an owner; it must be 1 to 16 of a-z, 0-9 and -\n");
}

static void test_directory_is_needed(void **state)
{
    (void)state;
    assert_null(config_read(scratch_path("gone"), support_traits, &mistakes));
    assert_int_equal(mistakes.count, 1);
    assert_string_equal(mistakes.items[0].text, "does not exist; create it, or correct the path");
}

static void test_links_may_lead_anywhere(void **state)
{
    (void)state;
    assert_int_equal(mkdir(scratch_path("elsewhere"), 0755), 0);
    write_text(scratch_path("elsewhere/x"), DAEMON);
    assert_int_equal(symlink(scratch_path("elsewhere/x"), scratch_path("daemon.yaml")), 0);
    config = config_read(scratch, support_traits, &mistakes);
    assert_non_null(config);
    assert_string_equal(config->owner, "seoul-1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whole_configuration),     TEST(test_mistakes),
        TEST(test_daemon_is_needed),        TEST(test_directory_is_needed),
        TEST(test_links_may_lead_anywhere),
    };
    return UNIT_RUN(tests);
}
