/* inventory and adopt --write: what other tools and the manifest reader get to see, to the byte. The daemon
   is tests/golden/screens/fake.c. */
#include "reconcile/base/cleanup.h"
#include "tests/golden/screens/fake.h"
#include "tests/unit/unit.h"

enum { WORDS = 10 };

#define WEB                                                                                                  \
    "{\"source\":\"prod\",\"name\":\"web-1\",\"labels\":{\"tier\":\"db\",\"a b\":\"{# x #}\"},"              \
    "\"cloud\":\"kr-1\",\"provider\":\"nhn-v2\",\"region\":null,\"providerId\":\"s1\","                      \
    "\"serverName\":\"{% raw %}\",\"phase\":\"running\",\"addresses\":[{\"address\":\"2001:db8::4\","        \
    "\"kind\":\"fixed\",\"network\":\"net\"},{\"address\":\"10.0.0.4\",\"kind\":\"fixed\",\"network\":"      \
    "\"net\"},{\"address\":\"203.0.113.9\",\"kind\":\"floating\",\"network\":\"net\"}],\"flavor\":\"m2\"}"
#define SIX                                                                                                  \
    "{\"source\":\"prod\",\"name\":\"six\",\"labels\":{},\"cloud\":\"os\",\"phase\":\"stopped\","            \
    "\"addresses\":["                                                                                        \
    "{\"address\":\"2001:db8::6\",\"kind\":\"fixed\",\"network\":null}]}"
#define BARE                                                                                                 \
    "{\"source\":\"lab\",\"name\":\"bare\",\"labels\":{},\"cloud\":\"os\",\"phase\":\"running\","            \
    "\"addresses\":[]}"
#define TWIN(from, address)                                                                                  \
    "{\"source\":\"" from "\",\"name\":\"six\",\"labels\":{},\"cloud\":\"os\",\"phase\":\"running\","        \
    "\"addresses\":[{\"address\":\"" address "\",\"kind\":\"fixed\",\"network\":null}]}"

#define SERVER(id, name, rest)                                                                               \
    "{\"cloud\":\"kr1\",\"providerId\":\"" id "\",\"serverName\":\"" name "\",\"phase\":\"running\"," rest "}"
#define PLAIN "\"adoptable\":true,\"fields\":{\"power\":\"running\"}"

static const struct fake_reply replies[] = {
    {.request = "GET /v1/inventory?unmanaged=1 ",
     .status = 200,
     .text = "[" SERVER(
         "33333333-3333-4333-8333-333333333333", "Web 1",
         "\"adoptable\":true,\"image\":\"Rocky\\u2028 9\",\"fields\":{\"name\":\"Web 1\",\"flavor\":"
         "\"yes\",\"image\":\"1e5\",\"zone\":\"kr-pub-a\",\"networks\":[[\"subnet\",\"b1\",\"\"],["
         "\"network\",\"n: 1\",\"10.0.0.9\"]],\"securityGroups\":[\"default\",\"a, b\"],\"rootDisk\":"
         "[[\"20\",\"SSD\",\"false\"]],\"volumes\":[\"v1\"],\"metadata\":{\"no\":\"x\\u0085y\","
         "\"k\":\"\\\"\\\\ #\"},\"power\":\"running\"}") ","                                           //
     SERVER("s1", "web-1", PLAIN) "," SERVER("s2", "서버", PLAIN) "," SERVER("s0", "Db_1.", PLAIN) "," //
     SERVER("s3", "broken", "\"adoptable\":false,\"why\":\"it is ERROR\"") ","                         //
     SERVER("s4", "x",
            "\"adoptable\":true,\"source\":\"lab\",\"name\":\"web-1\",\"fields\":{\"securityGroups\":[],"
            "\"volumes\":[],\"metadata\":{},\"power\":\"stopped\"}") "]\n"},
    {.request = "GET /v1/inventory?name=twins",
     .status = 200,
     .text = "[" SIX "," TWIN("lab", "10.0.0.6") "]\n"},
    {.request = "GET /v1/inventory?name=none", .status = 200, .text = "[]\n"},
    {.request = "GET /v1/inventory?name=late",
     .status = 503,
     .text = "{\"exit\":1,\"message\":\"not listed yet\"}"},
    {.request = "GET /v1/inventory", .status = 200, .text = "[" WEB "," SIX "," BARE "]\n"},
    {.request = "GET /v1/status", .status = 200, .text = "[{\"name\":\"web-1\"}]\n"},
    {.request = "GET /v1/clouds",
     .status = 200,
     .text = "[{\"name\":\"kr1\",\"ready\":true},{\"name\":\"down\",\"ready\":false,\"message\":\"no "
             "route\"}]\n"},
    {0}};

static struct fake fake;

static int daemon_start(void **state)
{
    (void)state;
    fake_start(&fake, replies, "");
    return 0;
}

static int daemon_stop(void **state)
{
    (void)state;
    fake_stop(&fake);
    return 0;
}

static void check(const char *const *words, int exit, const char *out, const char *err)
{
    struct ran ran = fake_run(&fake, 0, 0, NULL, NULL, words);
    if (ran.exit != exit) fail_msg("exit %d, %s", ran.exit, ran.err);
    assert_string_equal(ran.out, out);
    assert_string_equal(ran.err, err);
    ran_release(&ran);
}
#define CHECK(exit, out, err, ...) check((const char *const[]){__VA_ARGS__, NULL}, exit, out, err)

static void json_is_the_daemons(void **state)
{
    (void)state;
    static const char all[] = "[" WEB "," SIX "," BARE "]\n";
    CHECK(0, all, "", "inventory");
    CHECK(0, all, "", "inventory", "-o", "json");
    CHECK(0, all, "", "inventory", "--format", "json", "--source", "prod", "-l", "tier=db");
    CHECK(1, "", "setpointctl: not listed yet\n", "inventory", "--format", "ssh", "late");
}

static void a_table_is_for_people(void **state)
{
    (void)state;
    CHECK(0,
          "NAME   CLOUD  PHASE    FIXED        FLOATING     FLAVOR\n"
          "bare   os     running  –            –            –\n"
          "six    os     stopped  2001:db8::6  –            –\n"
          "web-1  kr-1   running  10.0.0.4     203.0.113.9  m2\n",
          "", "inventory", "-o", "table");
    CHECK(0, "no servers\n", "", "inventory", "-o", "table", "none");
}

#define WEB_VARIABLES(in)                                                                                    \
    "{\n" in "\t\"ansible_host\":\t\"203.0.113.9\",\n" in "\t\"setpoint_source\":\t\"prod\",\n" in           \
    "\t\"setpoint_name\":\t\"web-1\",\n" in "\t\"setpoint_cloud\":\t\"kr-1\",\n" in                          \
    "\t\"setpoint_provider\":\t\"nhn-v2\",\n" in "\t\"setpoint_id\":\t\"s1\",\n" in                          \
    "\t\"setpoint_phase\":\t\"running\",\n" in "\t\"setpoint_server_name\":\t{\n" in                         \
    "\t\t\"__ansible_unsafe\":\t\"{% raw %}\"\n" in "\t},\n" in "\t\"setpoint_flavor\":\t\"m2\",\n" in       \
    "\t\"setpoint_labels\":\t{\n" in "\t\t\"tier\":\t\"db\",\n" in "\t\t\"a b\":\t{\n" in                    \
    "\t\t\t\"__ansible_unsafe\":\t\"{# x #}\"\n" in "\t\t}\n" in "\t},\n" in                                 \
    "\t\"setpoint_addresses\":\t[{\n" in "\t\t\t\"address\":\t\"2001:db8::4\",\n" in                         \
    "\t\t\t\"kind\":\t\"fixed\",\n" in "\t\t\t\"network\":\t\"net\"\n" in "\t\t}, {\n" in                    \
    "\t\t\t\"address\":\t\"10.0.0.4\",\n" in "\t\t\t\"kind\":\t\"fixed\",\n" in                              \
    "\t\t\t\"network\":\t\"net\"\n" in "\t\t}, {\n" in "\t\t\t\"address\":\t\"203.0.113.9\",\n" in           \
    "\t\t\t\"kind\":\t\"floating\",\n" in "\t\t\t\"network\":\t\"net\"\n" in "\t\t}]\n" in "}"

static void ansible_gets_groups_and_plain_texts(void **state)
{
    (void)state;
    CHECK(0,
          "{\n\t\"_meta\":\t{\n\t\t\"hostvars\":\t{\n\t\t\t\"six\":\t{\n"
          "\t\t\t\t\"ansible_host\":\t\"2001:db8::6\",\n\t\t\t\t\"setpoint_source\":\t\"prod\",\n"
          "\t\t\t\t\"setpoint_name\":\t\"six\",\n\t\t\t\t\"setpoint_cloud\":\t\"os\",\n"
          "\t\t\t\t\"setpoint_phase\":\t\"stopped\",\n\t\t\t\t\"setpoint_labels\":\t{\n\t\t\t\t},\n"
          "\t\t\t\t\"setpoint_addresses\":\t[{\n\t\t\t\t\t\t\"address\":\t\"2001:db8::6\",\n"
          "\t\t\t\t\t\t\"kind\":\t\"fixed\",\n\t\t\t\t\t\t\"network\":\tnull\n\t\t\t\t\t}]\n\t\t\t},\n"
          "\t\t\t\"web-1\":\t" WEB_VARIABLES(
              "\t\t\t") "\n\t\t}\n\t},\n"
                        "\t\"all\":\t{\n\t\t\"children\":\t[\"cloud_kr_1\", \"cloud_os\", "
                        "\"label_a_b____x___\", "
                        "\"label_tier_db\", \"source_prod\", \"ungrouped\"]\n\t},\n"
                        "\t\"cloud_kr_1\":\t{\n\t\t\"hosts\":\t[\"web-1\"]\n\t},\n"
                        "\t\"cloud_os\":\t{\n\t\t\"hosts\":\t[\"six\"]\n\t},\n"
                        "\t\"label_a_b____x___\":\t{\n\t\t\"hosts\":\t[\"web-1\"]\n\t},\n"
                        "\t\"label_tier_db\":\t{\n\t\t\"hosts\":\t[\"web-1\"]\n\t},\n"
                        "\t\"source_prod\":\t{\n\t\t\"hosts\":\t[\"six\", \"web-1\"]\n\t}\n}\n",
          "", "inventory", "--format", "ansible", "--list");
    CHECK(0, WEB_VARIABLES("") "\n", "", "inventory", "--format", "ansible", "--host", "web-1");
    CHECK(0, "{}\n", "", "inventory", "--format", "ansible", "--host", "bare");
    CHECK(0, "{}\n", "", "inventory", "--format", "ansible", "--host", "nobody");
    CHECK(0,
          "{\n\t\"_meta\":\t{\n\t\t\"hostvars\":\t{\n\t\t}\n\t},\n\t\"all\":\t{\n\t\t\"children\":\t["
          "\"ungrouped\"]\n\t}\n}\n",
          "", "inventory", "--format", "ansible", "none");
}

static void ssh_gets_hosts(void **state)
{
    (void)state;
    CHECK(0,
          "# Servers that setpoint manages. Use: Include FILE, in ~/.ssh/config.\n"
          "\nHost six prod/six\n    HostName 2001:db8::6\n"
          "\nHost web-1 prod/web-1\n    HostName 203.0.113.9\n",
          "", "inventory", "--format", "ssh");
    CHECK(0,
          "# Servers that setpoint manages. Use: Include FILE, in ~/.ssh/config.\n"
          "\nHost lab/six\n    HostName 10.0.0.6\n"
          "\nHost prod/six\n    HostName 2001:db8::6\n",
          "", "inventory", "--format", "ssh", "twins");
}

#define SIX_TARGET(target)                                                                                   \
    "[{\n\t\t\"targets\":\t[\"" target "\"],\n\t\t\"labels\":\t{\n\t\t\t\"setpoint_source\":\t\"prod\",\n"   \
    "\t\t\t\"setpoint_name\":\t\"six\",\n\t\t\t\"setpoint_cloud\":\t\"os\",\n"                               \
    "\t\t\t\"__meta_setpoint_phase\":\t\"stopped\",\n"                                                       \
    "\t\t\t\"__meta_setpoint_fixed_ip\":\t\"2001:db8::6\"\n\t\t}\n\t}, {\n"
#define WEB_TARGET(target)                                                                                   \
    "\t\t\"targets\":\t[\"" target "\"],\n\t\t\"labels\":\t{\n\t\t\t\"setpoint_source\":\t\"prod\",\n"       \
    "\t\t\t\"setpoint_name\":\t\"web-1\",\n\t\t\t\"setpoint_cloud\":\t\"kr-1\",\n"                           \
    "\t\t\t\"__meta_setpoint_provider\":\t\"nhn-v2\",\n\t\t\t\"__meta_setpoint_id\":\t\"s1\",\n"             \
    "\t\t\t\"__meta_setpoint_phase\":\t\"running\",\n"                                                       \
    "\t\t\t\"__meta_setpoint_server_name\":\t\"{% raw %}\",\n\t\t\t\"__meta_setpoint_flavor\":\t\"m2\",\n"   \
    "\t\t\t\"__meta_setpoint_fixed_ip\":\t\"10.0.0.4\",\n"                                                   \
    "\t\t\t\"__meta_setpoint_floating_ip\":\t\"203.0.113.9\",\n"                                             \
    "\t\t\t\"setpoint_label_tier\":\t\"db\",\n\t\t\t\"setpoint_label_a_b\":\t\"{# x #}\"\n\t\t}\n\t}]\n"

static void prometheus_gets_targets(void **state)
{
    (void)state;
    CHECK(0, SIX_TARGET("[2001:db8::6]:9100") WEB_TARGET("10.0.0.4:9100"), "", "inventory", "--format",
          "prometheus", "--port", "9100");
    CHECK(0, SIX_TARGET("[2001:db8::6]") WEB_TARGET("10.0.0.4"), "", "inventory", "--format", "prometheus");
    CHECK(0, "[]\n", "", "inventory", "--format", "prometheus", "none");
}

#define HEAD(name)                                                                                           \
    "apiVersion: setpoint/v1\nkind: Instance\nmetadata:\n  name: " name "\nspec:\n  cloud: kr1\n"
#define LEFT_OUT "setpointctl: left out: broken on kr1 (s3): it is ERROR\n"
#define DOWN     "setpointctl: cloud down cannot be looked at: no route\n"

/* Whatever a cloud holds comes back from YAML as the same text, under names that nothing has yet. */
static void adopt_writes_manifests(void **state)
{
    (void)state;
    CHECK(0,
          HEAD("db-1") "  adopt: s0\n  power: running\n---\n" //
          HEAD("web-1-33333333") "  adopt: 33333333-3333-4333-8333-333333333333\n  name: \"Web 1\"\n"
                                 "  flavor: \"yes\"\n  image: \"1e5\" # Rocky? 9\n  zone: kr-pub-a\n  "
                                 "networks:\n    - subnet: b1\n"
                                 "    - network: \"n: 1\"\n      fixedIp: \"10.0.0.9\"\n  securityGroups: "
                                 "[default, \"a, b\"]\n"
                                 "  rootDisk:\n    size: 20GiB\n    type: SSD\n    deleteOnTermination: "
                                 "false\n  volumes:\n"
                                 "    - id: v1\n  metadata:\n    \"no\": \"x\\u0085y\"\n    k: \"\\\"\\\\ "
                                 "#\"\n  power: running\n---\n" //
          HEAD("web-1-s1") "  adopt: s1\n  power: running\n---\n"
                           "# carries the mark of lab/web-1: it belongs into source lab\n" //
          HEAD("web-1") "  adopt: s4\n  securityGroups: []\n  power: stopped\n---\n"       //
          HEAD("server-s2") "  adopt: s2\n  power: running\n",
          LEFT_OUT, "adopt", "--write", "cloud:kr1");
}

static void adopt_writes_what_is_named(void **state)
{
    (void)state;
    static const char db[] = HEAD("db-1") "  adopt: s0\n  power: running\n";
    CHECK(0, db, "", "adopt", "--write", "cloud:kr1", "Db*");
    CHECK(0, db, "", "adopt", "--write", "cloud:kr1", "s0");
    CHECK(1, db, DOWN, "adopt", "--write", "Db*");
    CHECK(1, "", LEFT_OUT, "adopt", "--write", "cloud:kr1", "broken");
    CHECK(7, db, "setpointctl: no server that is not managed is called \"nobody\"\n", "adopt", "--write",
          "cloud:kr1", "Db*", "nobody");
    CHECK(7, "", "setpointctl: no cloud \"kr2\" (see: setpointctl clouds)\n", "adopt", "--write",
          "cloud:kr2");
    CHECK(64, "", "setpointctl: adopt --write takes one cloud:NAME\n", "adopt", "--write", "cloud:kr1",
          "cloud:kr2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_the_daemons),
        cmocka_unit_test(a_table_is_for_people),
        cmocka_unit_test(ansible_gets_groups_and_plain_texts),
        cmocka_unit_test(ssh_gets_hosts),
        cmocka_unit_test(prometheus_gets_targets),
        cmocka_unit_test(adopt_writes_manifests),
        cmocka_unit_test(adopt_writes_what_is_named),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, daemon_start, daemon_stop);
}
