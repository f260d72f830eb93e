#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/manifests_support.h"
#include "tests/unit/scratch.h"

/* One file, read as a source with the clouds of the support file: every mistake that must come of it. The
   head of an Instance takes lines 1 to 4. */
#define HEAD "apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a}\nspec:\n"
#define GOOD "  cloud: big\n  flavor: f\n  image: i\n"

#define SIXTY "123456789012345678901234567890123456789012345678901234567890"
#define LONG  "x" SIXTY SIXTY SIXTY SIXTY "12345678901234567890123456789012345678901234567890123456789"

struct row {
    const char *text, *mistakes;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct source_config source = support_source(scratch);
        struct reading reading;
        write_text(scratch_path("m.yaml"), rows[i].text);
        bool sound = source_read(&source, &support_config, support_traits, &reading);
        char *lines = support_lines(&reading.mistakes, scratch);
        assert_true(sound == (reading.mistakes.count == 0));
        assert_true(sound == (reading.generation != NULL));
        if (strcmp(lines, rows[i].mistakes) != 0)
            fail_msg("%s\ngave\n%sinstead of\n%s", rows[i].text, lines, rows[i].mistakes);
        memory_free(lines);
        reading_release(&reading);
    }
}
#define CHECK(rows) check_rows(rows, sizeof rows / sizeof *rows)

static void test_keys(void **state)
{
    static const struct row rows[] = {
        {HEAD GOOD, ""},
        {"\xEF\xBB\xBF" HEAD GOOD, ""},
        {HEAD GOOD "  flavour: x\n", "m.yaml:8:3: unknown key \"flavour\"; did you mean \"flavor\"?\n"},
        {HEAD GOOD "  Zone: x\n", "m.yaml:8:3: unknown key \"Zone\"; did you mean \"zone\"?\n"},
        {HEAD GOOD "  onError: hold\n",
         "m.yaml:8:3: unknown key \"onError\"; did you mean \"spec.lifecycle.onError\"?\n"},
        {HEAD GOOD "  rootDisk: {speed: 1}\n",
         "m.yaml:8:14: unknown key \"speed\"; known here: size, type, deleteOnTermination\n"},
        {HEAD GOOD "  networks: [{subnets: x}]\n",
         "m.yaml:8:14: \"networks\" says nothing; give one of network, uuid, subnet, port\n"
         "m.yaml:8:15: unknown key \"subnets\"; did you mean \"subnet\"?\n"},
        {HEAD GOOD "  <<: {zone: x}\n",
         "m.yaml:8:3: unknown key \"<<\"; YAML's merge is not supported: use a Class, or write the "
         "keys out\n"},
        {HEAD GOOD "  zone: x\n  zone: y\n", "m.yaml:9:3: key \"zone\" stands twice; the other is at 8:3\n"},
        {HEAD GOOD "status: {}\n",
         "m.yaml:8:1: unknown key \"status\"; known here: apiVersion, kind, metadata, spec\n"},
        {HEAD "  flavor: f\n",
         "m.yaml:4:1: missing key \"cloud\"; write it here or in the Class\n"
         "m.yaml:4:1: missing key \"image\"; no server can be built without it: write it here or in the "
         "Class, or adopt a server that exists\n"},
        {HEAD "  cloud: big\n  adopt: 0f8b1c2a\n", ""},
        {HEAD GOOD "  metadata: {a: 5, setpoint.owner: me, d: " LONG "}\n",
         "m.yaml:8:17: \"a\" is a number; it must be text: write \"5\" in quotes\n"
         "m.yaml:8:20: metadata key \"setpoint.owner\"; keys that begin with setpoint. are the mark's: "
         "choose "
         "another\n"
         "m.yaml:8:43: \"d\" has 300 characters; at most 255 are allowed\n"},
        {"apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: " SIXTY "abcd}\nspec:\n" GOOD,
         "m.yaml:3:18: \"name\" has 64 characters; at most 63 are allowed\n"},
        {"kind: Instance\nspec: {}\n",
         "m.yaml:1:1: missing key \"apiVersion\"; it must be one of setpoint/v1\n"
         "m.yaml:1:1: missing key \"metadata\"; it must be a map\n"},
        {"apiVersion: setpoint/v1\nkind: Instance\nmetadata: {labels: {a: b}}\nspec: {}\n",
         "m.yaml:3:1: missing key \"name\"; it must be 1 to 63 of a-z, 0-9, . and -, a letter or digit at "
         "both ends\n"},
    };
    (void)state;
    CHECK(rows);
}

static void test_documents(void **state)
{
    static const struct row rows[] = {
        {"", ""},
        {"# nothing\n---\n", ""},
        {"hello\n",
         "m.yaml:1:1: the document is text; it must be a map with apiVersion, kind, metadata and spec\n"},
        {"- a\n",
         "m.yaml:1:1: the document is a list; it must be a map with apiVersion, kind, metadata and spec\n"},
        {"a: 1\n", "m.yaml:1:1: missing key \"kind\"; it must be one of Instance, Class, Keypair\n"},
        {"kind: 3\n", "m.yaml:1:7: \"kind\" is a number; it must be text\n"},
        {"kind: instance\n", "m.yaml:1:7: unknown kind \"instance\"; did you mean \"Instance\"?\n"},
        {"kind: Pod\n", "m.yaml:1:7: unknown kind \"Pod\"; known here: Instance, Class, Keypair\n"},
        {"kind: Fleet\n", "m.yaml:1:7: kind Fleet is known, not supported by this version\n"},
        {"kind: Cloud\n",
         "m.yaml:1:7: kind Cloud may not stand in a source; it belongs into the operator's configuration, so "
         "that who may commit manifests cannot redirect credentials\n"},
        {"apiVersion: v1\nkind: Instance\nmetadata: {name: a}\nspec: {cloud: big, flavor: f, image: i}\n",
         "m.yaml:1:13: \"apiVersion\" is \"v1\"; it must be one of setpoint/v1\n"},
        {HEAD GOOD "---\n" HEAD GOOD,
         "m.yaml:10:18: a second Instance \"a\"; the other is at m.yaml:3:18: rename one\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows - 1; i++)
        check_rows(&rows[i], 1);
    struct source_config source = support_source(scratch);
    struct reading reading;
    write_text(scratch_path("m.yaml"), rows[sizeof rows / sizeof *rows - 1].text);
    assert_false(source_read(&source, &support_config, support_traits, &reading));
    assert_int_equal(reading.mistakes.count, 1);
    assert_non_null(strstr(reading.mistakes.items[0].text, "m.yaml:3:18: rename one"));
    assert_int_equal(reading.mistakes.items[0].line, 11);
    reading_release(&reading);
}

static void test_types(void **state)
{
    static const struct row rows[] = {
        {HEAD GOOD "  zone: 4\n",
         "m.yaml:8:9: \"zone\" is a number; it must be text: write \"4\" in quotes\n"},
        {HEAD GOOD "  zone: \"4\"\n", ""},
        {HEAD GOOD "  zone: true\n",
         "m.yaml:8:9: \"zone\" is true or false; it must be text: write \"true\" in quotes\n"},
        {HEAD GOOD "  zone: [a]\n", "m.yaml:8:9: \"zone\" is a list; it must be text\n"},
        {HEAD GOOD "  zone: \"\"\n",
         "m.yaml:8:9: \"zone\" is an empty text; leave the key out, or write a value\n"},
        {HEAD GOOD "  zone: \"a\\nb\"\n",
         "m.yaml:8:9: \"zone\" is \"a?b\", not text; it must be text in one line\n"},
        {HEAD GOOD "  securityGroups: default\n",
         "m.yaml:8:19: \"securityGroups\" is text; it must be a list of texts\n"},
        {HEAD GOOD "  securityGroups: [a, {}]\n",
         "m.yaml:8:23: an entry of \"securityGroups\" is a map; it must be text\n"},
        {HEAD GOOD "  securityGroups: [a, b, a]\n",
         "m.yaml:8:26: \"a\" stands twice in \"securityGroups\"; remove one\n"},
        {HEAD GOOD "  networks: {subnet: a}\n",
         "m.yaml:8:13: \"networks\" is a map; it must be a list of maps\n"},
        {HEAD GOOD "  networks: [a]\n", "m.yaml:8:14: an entry of \"networks\" is text; it must be a map\n"},
        {HEAD GOOD "  networks: [{subnet: a, port: b}]\n",
         "m.yaml:8:26: \"port\" beside \"subnet\"; give one of them\n"},
        {HEAD GOOD "  networks: [{subnet: a, fixedIp: 10.0.0.300}]\n",
         "m.yaml:8:35: \"fixedIp\" is \"10.0.0.300\", not an address; it must be an IPv4 or IPv6 address\n"},
        {HEAD GOOD "  networks: [{port: a, fixedIp: 10.0.0.3}]\n",
         "m.yaml:8:33: \"fixedIp\" beside \"port\"; a port has its address: remove one\n"},
        {HEAD GOOD "  rootDisk: 20GiB\n", "m.yaml:8:13: \"rootDisk\" is text; it must be a map\n"},
        {HEAD GOOD "  rootDisk: {deleteOnTermination: yes}\n",
         "m.yaml:8:35: \"deleteOnTermination\" is \"yes\"; it must be true or false, without quotes\n"},
        {HEAD GOOD "  volumes: [{id: a}, {id: a}]\n", "m.yaml:8:27: volume \"a\" stands twice; remove one\n"},
        {HEAD GOOD "  volumes: [{}]\n",
         "m.yaml:8:13: missing key \"id\"; it must be 1 to 64 of letters, digits, . _ : and -\n"},
        {HEAD GOOD "  metadata: {a: 1, b: x, c: [y]}\n",
         "m.yaml:8:17: \"a\" is a number; it must be text: write \"1\" in quotes\n"
         "m.yaml:8:29: \"c\" is a list; it must be text\n"},
        {HEAD GOOD "  metadata: {setpoint.owner: x}\n",
         "m.yaml:8:14: metadata key \"setpoint.owner\"; keys that begin with setpoint. are the mark's: "
         "choose another\n"},
        {HEAD GOOD "  lifecycle: {ignore: [flavors, x1]}\n",
         "m.yaml:8:24: \"flavors\" is no field; did you mean \"flavor\"?\n"
         "m.yaml:8:33: \"ignore\" is \"x1\"; it must be a list of fields: name, power, flavor, image, zone, "
         "keypair, networks, "
         "securityGroups, rootDisk, volumes, userData, metadata, floatingIp\n"},
    };
    (void)state;
    CHECK(rows);
}

static void test_values(void **state)
{
    static const struct row rows[] = {
        {HEAD GOOD "  power: runing\n", "m.yaml:8:10: \"power\" is \"runing\"; did you mean \"running\"?\n"},
        {HEAD GOOD "  power: off\n",
         "m.yaml:8:10: \"power\" is \"off\"; it must be one of running, stopped, shelved\n"},
        {HEAD GOOD "  rootDisk: {size: 100}\n",
         "m.yaml:8:20: \"size\" is \"100\"; it must be a whole number and a unit (KiB, MiB, "
         "GiB or TiB), from 1GiB to 64TiB\n"},
        {HEAD GOOD "  rootDisk: {size: 65TiB}\n",
         "m.yaml:8:20: \"size\" is \"65TiB\"; it must be a whole number and a unit (KiB, "
         "MiB, GiB or TiB), from 1GiB to 64TiB\n"},
        {HEAD GOOD "  rootDisk: {size: 1536MiB}\n",
         "m.yaml:8:20: \"size\" is \"1536MiB\"; it must be whole GiB\n"},
        {HEAD GOOD "  rootDisk: {size: 2048MiB}\n", ""},
        {HEAD GOOD "  lifecycle: {buildTimeout: 15}\n",
         "m.yaml:8:29: \"buildTimeout\" is \"15\"; it must be a whole number and a "
         "unit (ms, s, m, h or d), from 1s to 1d\n"},
        {HEAD GOOD "  lifecycle: {buildTimeout: 2d}\n",
         "m.yaml:8:29: \"buildTimeout\" is \"2d\"; it must be a whole number and a "
         "unit (ms, s, m, h or d), from 1s to 1d\n"},
        {HEAD GOOD "  lifecycle: {retire: {stopFor: 24h}}\n", ""},
        {HEAD GOOD "  lifecycle: {retire: {stopFor: 400d, snapshot: 1}}\n",
         "m.yaml:8:33: \"stopFor\" is \"400d\"; it must be a whole number and a unit (ms, s, m, h or d), "
         "from 0s to 365d\n"
         "m.yaml:8:49: \"snapshot\" is a number; it must be true or false, without quotes\n"},
        {HEAD GOOD "  floatingIp: 203.0.113.7\n", ""},
        {HEAD GOOD "  floatingIp: web.example\n", "m.yaml:8:15: \"floatingIp\" is \"web.example\", not an "
                                                  "address; it must be an IPv4 or IPv6 address, or none\n"},
        {HEAD GOOD "  floatingIp: none\n", ""},
        {HEAD GOOD "  restart: {at: x}\n",
         "m.yaml:8:17: \"at\" is \"x\"; it must be a time as in RFC 3339, such as 2026-01-31T03:00:00Z\n"},
        {"apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: Db_1, was: a/b/c}\nspec:\n" GOOD,
         "m.yaml:3:18: \"name\" is \"Db_1\", not a name; it must be 1 to 63 of a-z, 0-9, . and -, a letter "
         "or digit at both "
         "ends\n"
         "m.yaml:3:29: \"was\" is \"a/b/c\", not a former name; it must be the old metadata.name, or "
         "source/name\n"},
    };
    (void)state;
    CHECK(rows);
}

static void test_references(void **state)
{
    static const struct row rows[] = {
        {HEAD GOOD "  class: base\n", "m.yaml:8:10: no Class \"base\" in this source; known: none\n"},
        {HEAD GOOD
         "  class: bse\n---\napiVersion: setpoint/v1\nkind: Class\nmetadata: {name: base}\nspec: {}\n",
         "m.yaml:8:10: no Class \"bse\" in this source; did you mean \"base\"?\n"},
        {HEAD "  cloud: bigg\n  flavor: f\n  image: i\n",
         "m.yaml:5:10: cloud \"bigg\" is not among the clouds of this source; did you mean \"big\"?\n"},
        {HEAD "  cloud: other\n  flavor: f\n  image: i\n  flavour: x\n",
         "m.yaml:5:10: cloud \"other\" is not among the clouds of this source; known: big, gone, small\n"
         "m.yaml:8:3: unknown key \"flavour\"; did you mean \"flavor\"?\n"},
        {HEAD "  cloud: gone\n  flavor: f\n  image: i\n", ""},
        {HEAD GOOD "  userData: {file: ../x}\n",
         "m.yaml:8:20: user data file \"../x\" leads out of the source's directory (or by an "
         "absolute link); keep it below\n"},
        {HEAD GOOD "  userData: {file: /etc/passwd}\n",
         "m.yaml:8:20: \"file\" is \"/etc/passwd\", not a file; it must be a path "
         "relative to this file, below the source\n"},
        {HEAD GOOD "  userData: {file: missing.sh}\n",
         "m.yaml:8:20: user data file \"missing.sh\" does not exist; create it, or correct the path\n"},
        {HEAD GOOD "  userData: {file: a, inline: b}\n",
         "m.yaml:8:23: \"inline\" beside \"file\"; give one of them\n"},
        {HEAD GOOD "  userData: {inline: \"\"}\n",
         "m.yaml:8:22: \"inline\" is an empty text; leave the key out, or write a value\n"},
    };
    (void)state;
    CHECK(rows);
}

#define SMALL "  cloud: small\n  flavor: f\n  image: i\n"

static void test_traits(void **state)
{
    static const struct row rows[] = {
        {HEAD SMALL, ""},
        {HEAD SMALL "  metadata: {a: b}\n",
         "m.yaml:8:3: \"metadata\" cannot be given on this cloud; its API has no metadata: leave it out\n"},
        {HEAD SMALL "  power: shelved\n",
         "m.yaml:8:10: \"power\" is \"shelved\", which this cloud does not have; choose another\n"},
        {HEAD SMALL "  name: 1234567890123456\n",
         "m.yaml:8:9: \"name\" is a number; it must be text: write \"1234567890123456\" in "
         "quotes\n"},
        {HEAD SMALL "  name: a234567890123456\n",
         "m.yaml:8:9: the server's name has 16 characters; this cloud allows 15\n"},
        {"apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a234567890123456}\nspec:\n" SMALL,
         "m.yaml:3:18: the server's name has 16 characters; this cloud allows 15\n"},
        {HEAD SMALL "  userData: {inline: \"123456789012345678901234567890\"}\n", ""},
        {HEAD SMALL "  userData: {inline: \"1234567890123456789012345678901\"}\n",
         "m.yaml:8:22: the user data has 44 bytes in base64; at most 40 are allowed: let it fetch the "
         "rest\n"},
        {HEAD "  class: c\n---\napiVersion: setpoint/v1\nkind: Class\nmetadata: {name: c}\nspec: {cloud: "
              "small, flavor: f, "
              "image: i, zone: z}\n",
         "m.yaml:10:43: \"zone\" cannot be given on this cloud; it has one zone: leave it out\n"},
        {HEAD SMALL "  name: \" lead\"\n", "m.yaml:8:9: \"name\" is \" lead\", not a server's name; it must "
                                           "be text in one line without a blank "
                                           "at its ends\n"},
        {HEAD SMALL "  name: \"x \"\n",
         "m.yaml:8:9: \"name\" is \"x \", not a server's name; it must be text in one line without a blank "
         "at its ends\n"},
        {HEAD SMALL "  name: a.b\n", "m.yaml:8:3: \"name\": a.b is not possible on this cloud; use letters, "
                                     "digits and \"-\"\n"},
        {"apiVersion: setpoint/v1\nkind: Instance\nmetadata: {name: a.b}\nspec:\n" SMALL,
         "m.yaml:3:18: \"name\": a.b is not possible on this cloud; use letters, digits and \"-\"\n"},
        {HEAD SMALL "  name: A-9\n", ""},
        {HEAD SMALL "  networks: [{subnet: s}, {port: p}, {network: n, fixedIp: 10.0.0.9}]\n",
         "m.yaml:8:3: \"networks\": 10.0.0.9 is not possible on this cloud; leave fixedIp out\n"
         "m.yaml:8:3: \"networks\": port is not possible on this cloud; give its subnet\n"},
        {HEAD SMALL "  securityGroups: [db, 5be5d2c7-3b3e-4a0e-9a86-5d1b1d3f7c01]\n",
         "m.yaml:8:3: \"securityGroups\": 5be5d2c7-3b3e-4a0e-9a86-5d1b1d3f7c01 is not possible on this "
         "cloud; "
         "write its name\n"},
        {HEAD SMALL "  rootDisk: {size: 50GiB}\n", ""},
        {HEAD SMALL "  rootDisk: {type: fast}\n", ""},
        {HEAD SMALL "  rootDisk: {size: 25GiB}\n",
         "m.yaml:8:3: \"rootDisk\": 25 is not possible on this cloud; use 10GiB to 50GiB\n"},
        {HEAD SMALL "  rootDisk: {size: 60GiB}\n",
         "m.yaml:8:3: \"rootDisk\": 60 is not possible on this cloud; use 10GiB to 50GiB\n"},
        {HEAD SMALL "  lifecycle: {onImmutableChange: replace, retire: {stopFor: 1h, snapshot: false}}\n",
         ""},
        {HEAD SMALL "  lifecycle: {onImmutableChange: rebuild, retire: {snapshot: true}}\n",
         "m.yaml:8:34: onImmutableChange: rebuild is not possible on this cloud; use block or replace\n"
         "m.yaml:8:62: retire.snapshot is not possible on this cloud; its API makes no images of servers: "
         "leave it out\n"},
        {HEAD SMALL "  restart: {at: 2026-01-31T03:00:00Z}\n",
         "m.yaml:8:12: restart is not possible on this cloud; its API has no reboot: leave it out\n"},
    };
    (void)state;
    CHECK(rows);
}

/* What a cloud needs for a build may come from the Class, and is not needed where a server is adopted. */
static void test_required_traits(void **state)
{
    (void)state;
    struct traits strict = support_narrow;
    strict.required = FIELD_BIT(FIELD_KEYPAIR) | FIELD_BIT(FIELD_SECURITY_GROUPS);
    struct cloud_config cloud = {.name = "small", .traits = &strict};
    struct config config = {.clouds = &cloud, .cloud_count = 1};
    struct source_config source = support_source(scratch);
    struct reading reading;
    write_text(
        scratch_path("m.yaml"),
        "{apiVersion: setpoint/v1, kind: Class, metadata: {name: c}, spec: {cloud: small, flavor: f, "
        "image: i, keypair: k}}\n"
        "---\n"
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: a}, spec: {class: c, securityGroups: "
        "[]}}\n"
        "---\n"
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: b}, spec: {cloud: small, adopt: x1}}\n"
        "---\n"
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: d}, spec: {class: c}}\n");
    assert_false(source_read(&source, &config, support_traits, &reading));
    char *lines = support_lines(&reading.mistakes, scratch);
    assert_string_equal(lines,
                        "m.yaml:7:64: missing key \"securityGroups\"; this cloud builds no server without "
                        "it: write it here or in the Class, or adopt a server that exists\n");
    memory_free(lines);
    reading_release(&reading);
}

static void test_unique_things(void **state)
{
    (void)state;
    struct source_config source = support_source(scratch);
    struct reading reading;
    write_text(
        scratch_path("m.yaml"),
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: a, was: b}, spec: {cloud: big, flavor: "
        "f, image: i}}\n"
        "---\n"
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: b, was: z}, spec: {cloud: big, flavor: "
        "f, image: i, name: a}}\n"
        "---\n"
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: c, was: z}, spec: {cloud: big, adopt: "
        "x1}}\n"
        "---\n"
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: d}, spec: {cloud: big, adopt: x1}}\n"
        "---\n"
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: e}, spec: {cloud: small, adopt: x1, "
        "name: a}}\n");
    assert_false(source_read(&source, &support_config, support_traits, &reading));
    char *lines = support_lines(&reading.mistakes, scratch);
    assert_string_equal(
        lines, "m.yaml:1:1: Instance \"a\" was \"b\", which is still defined; remove one of the two\n"
               "m.yaml:3:1: Instance \"b\" wants the server name \"a\" as \"a\" does; only one can have it\n"
               "m.yaml:5:1: Instance \"c\" wants the former name \"z\" as \"b\" does; only one can have it\n"
               "m.yaml:7:1: Instance \"d\" wants to adopt \"x1\" as \"c\" does; only one can have it\n");
    memory_free(lines);
    reading_release(&reading);
    /* two servers of one name that are there already */
    write_text(
        scratch_path("m.yaml"),
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: a}, spec: {cloud: big, adopt: x1, name: "
        "twin}}\n"
        "---\n"
        "{apiVersion: setpoint/v1, kind: Instance, metadata: {name: b}, spec: {cloud: big, adopt: x2, name: "
        "twin}}\n");
    assert_true(source_read(&source, &support_config, support_traits, &reading));
    reading_release(&reading);
}

/* A mistake in a Class is told once, however many use it; more than a hundred different ones are counted. */
static void test_mistakes_are_bounded(void **state)
{
    (void)state;
    struct source_config source = support_source(scratch);
    struct reading reading;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    text_add(&text, "{apiVersion: setpoint/v1, kind: Class, metadata: {name: c}, spec: {cloud: small, "
                    "flavor: f, image: i, zone: z}}\n");
    for (int i = 0; i < 300; i++)
        text_addf(&text,
                  "---\n{apiVersion: setpoint/v1, kind: Instance, metadata: {name: a%d}, spec: {class: c}}\n",
                  i);
    write_text(scratch_path("m.yaml"), text.bytes);
    assert_false(source_read(&source, &support_config, support_traits, &reading));
    assert_int_equal(reading.mistakes.count, 1);
    assert_int_equal(reading.mistakes.dropped, 0);
    reading_release(&reading);
    text_clear(&text);
    for (int i = 0; i < 130; i++)
        text_addf(&text, "---\nx%d\n", i);
    write_text(scratch_path("m.yaml"), text.bytes);
    assert_false(source_read(&source, &support_config, support_traits, &reading));
    assert_int_equal(reading.mistakes.count, 100);
    assert_int_equal(reading.mistakes.dropped, 30);
    reading_release(&reading);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_keys),
        TEST(test_documents),
        TEST(test_types),
        TEST(test_values),
        TEST(test_references),
        TEST(test_traits),
        TEST(test_required_traits),
        TEST(test_unique_things),
        TEST(test_mistakes_are_bounded),
    };
    return UNIT_RUN(tests);
}
