#include "tests/unit/unit.h"

#include "manifests/clouds_yaml.h"
#include "reconcile/base/cleanup.h"
#include "tests/unit/scratch.h"

static struct arena arena;
static struct clouds_yaml cloud;
static struct error err;

static bool read_cloud(const char *name)
{
    memset(&cloud, 0, sizeof cloud);
    memset(&err, 0, sizeof err);
    return clouds_yaml_read(scratch_path("clouds.yaml"), name, &arena, &cloud, &err);
}

static const char *value_named(const char *name)
{
    for (uint32_t i = 0; i < cloud.value_count; i++)
        if (strcmp(cloud.values[i].name, name) == 0) return cloud.values[i].text;
    return "(none)";
}

static int tear_down(void **state)
{
    arena_release(&arena);
    return scratch_remove(state);
}

static void test_password(void **state)
{
    (void)state;
    write_text(scratch_path("clouds.yaml"), "clouds:\n"
                                            "  one:\n"
                                            "    auth:\n"
                                            "      auth_url: https://id.example.com:5000/v3\n"
                                            "      username: u\n"
                                            "      password: 0123\n"
                                            "      project_name: pn\n"
                                            "      project_id: pid\n"
                                            "      user_domain_name: Default\n"
                                            "      project_domain_id: default\n"
                                            "    region_name: R1\n"
                                            "    interface: internalURL\n"
                                            "    cacert: /etc/ca.pem\n"
                                            "    compute_api_version: '2.1'\n");
    assert_true(read_cloud(NULL));
    assert_string_equal(cloud.form, "password");
    assert_string_equal(cloud.auth_url, "https://id.example.com:5000/v3");
    assert_string_equal(cloud.region, "R1");
    assert_string_equal(cloud.interface, "internal");
    assert_string_equal(cloud.cacert, "/etc/ca.pem");
    assert_int_equal(cloud.value_count, 5);
    assert_string_equal(value_named("project"), "pn");
    assert_string_equal(value_named("projectDomain"), "default");
    assert_string_equal(value_named("username"), "u");
    assert_string_equal(value_named("userDomain"), "Default");
    assert_string_equal(value_named("password"), "0123");
    assert_true(cloud.values[4].secret);
    assert_false(cloud.values[2].secret);
    assert_false(cloud.exposed);
    assert_int_equal(chmod(scratch_path("clouds.yaml"), 0644), 0);
    assert_true(read_cloud("one"));
    assert_true(cloud.exposed);
}

static void test_application_credential(void **state)
{
    (void)state;
    write_text(
        scratch_path("clouds.yaml"),
        "clouds: {a: {auth_type: v3applicationcredential, regions: [R9], auth: {auth_url: 'https://x', "
        "application_credential_id: i, application_credential_secret: s}}}\n");
    assert_true(read_cloud("a"));
    assert_string_equal(cloud.form, "application credential");
    assert_int_equal(cloud.value_count, 2);
    assert_string_equal(value_named("applicationCredential.id"), "i");
    assert_string_equal(value_named("applicationCredential.secret"), "s");
    assert_string_equal(cloud.region, "R9");
    assert_string_equal(cloud.interface, "public");
    assert_null(cloud.cacert);
}

static void test_tenant_password(void **state)
{
    (void)state;
    write_text(scratch_path("clouds.yaml"), "clouds: {a: {auth_type: v2password, region_name: KR1, auth: "
                                            "{auth_url: 'https://x', username: u, password: p, "
                                            "tenant_id: t}},\n         b: {identity_api_version: 2, auth: "
                                            "{auth_url: 'https://x', username: u, password: p, "
                                            "project_id: t2}}}\n");
    assert_true(read_cloud("a"));
    assert_string_equal(cloud.form, "tenant password");
    assert_string_equal(value_named("tenantId"), "t");
    assert_true(read_cloud("b"));
    assert_string_equal(cloud.form, "tenant password");
    assert_string_equal(value_named("tenantId"), "t2");
}

static void test_layers(void **state)
{
    (void)state;
    write_text(scratch_path("clouds.yaml"),
               "clouds: {a: {username: outside, auth: {auth_url: 'https://x', username: inside, "
               "project_name: p}}}\n");
    assert_int_equal(chmod(scratch_path("clouds.yaml"), 0644), 0);
    write_text(scratch_path("secure.yaml"),
               "clouds: {a: {auth: {password: hidden, project_name: q}}, other: {}}\n");
    assert_true(read_cloud("a"));
    assert_string_equal(value_named("username"), "outside");
    assert_string_equal(value_named("password"), "hidden");
    assert_string_equal(value_named("project"), "q");
    assert_false(cloud.exposed);
    assert_int_equal(chmod(scratch_path("secure.yaml"), 0644), 0);
    assert_true(read_cloud("a"));
    assert_true(cloud.exposed);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *name, *mistake;
        unsigned line, column;
    } rows[] = {
        {"a: [\n", NULL, "a value is missing between commas or brackets; write it", 2, 1},
        {"x: y\n", NULL, "no map \"clouds\" with a cloud in it; see that it is a clouds.yaml", 0, 0},
        {"clouds: {}\n", NULL, "no map \"clouds\" with a cloud in it; see that it is a clouds.yaml", 0, 0},
        {"clouds: {one: {}, two: {}}\n", NULL, "2 clouds; name one of them: one, two", 1, 9},
        {"clouds: {first: {}, two: {}}\n", "frist", "no cloud \"frist\"; did you mean \"first\"?", 1, 9},
        {"clouds: {one: {}, two: {}}\n", "three3", "no cloud \"three3\"; known: one, two", 1, 9},
        {"clouds: {one: 3}\n", "one", "cloud \"one\" is a number; it must be a map", 1, 15},
        {"clouds: {one: {profile: vexx}}\n", NULL,
         "cloud \"one\" has no auth_url; write it below auth (profiles are not read)", 1, 10},
        {"clouds: {one: {auth: {auth_url: 'https://x', username: u, project_name: p}}}\n", NULL,
         "cloud \"one\" has no password; write it below auth, here or in secure.yaml", 1, 10},
        {"clouds: {one: {auth_type: v3token, auth: {auth_url: x, token: s3cret}}}\n", NULL,
         "auth_type is \"v3token\"; supported are password, v3password, v3applicationcredential and "
         "v2password",
         1, 27},
        {"clouds: {one: {verify: false, auth: {auth_url: x, password: s3cret}}}\n", NULL,
         "certificates are always verified; remove this, and name the authority by cacert", 1, 24},
        {"clouds: {one: {auth: {auth_url: 'https://u:s3cret@x', username: u, password: s3cret}}}\n", NULL,
         "auth_url is \"https://…@x\", not a URL; it must be http(s)://host[:port][/path], without user, "
         "query "
         "or fragment",
         1, 33},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_text(scratch_path("clouds.yaml"), rows[i].text);
        assert_false(read_cloud(rows[i].name));
        assert_string_equal(err.text, rows[i].mistake);
        assert_string_equal(err.file, scratch_path("clouds.yaml"));
        assert_int_equal(err.line, rows[i].line);
        assert_int_equal(err.column, rows[i].column);
    }
    assert_int_equal(unlink(scratch_path("clouds.yaml")), 0);
    assert_false(read_cloud(NULL));
    assert_string_equal(err.text, "does not exist; create it, or correct the path");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_password), TEST(test_application_credential), TEST(test_tenant_password), TEST(test_layers),
        TEST(test_mistakes),
    };
    return UNIT_RUN(tests);
}
