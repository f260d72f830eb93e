#include "tests/unit/unit.h"

#include "manifests/explain.h"
#include "manifests/schema.h"
#include "tests/unit/manifests_support.h"

static struct error err;

/* The caller frees; NULL when the field is unknown. */
static char *explain(const char *field)
{
    struct text out;
    text_init(&out, 1 << 20);
    err = (struct error){0};
    if (explain_field(field, support_traits, &out, &err)) return text_take(&out);
    text_release(&out);
    return NULL;
}

static void test_field(void **state)
{
    (void)state;
    char *text = explain("spec.zone");
    assert_string_equal(text, "Instance, Class: spec.zone\n"
                              "  Availability zone.\n"
                              "  value      text in one line\n"
                              "  absent     not managed\n"
                              "  seen, and changed\n"
                              "    wide               when the server is read by itself; immutable\n"
                              "    narrow             refused: it has one zone: leave it out\n");
    memory_free(text);
    text = explain("spec.rootDisk.size");
    assert_non_null(strstr(text, "    wide               never: what was applied counts; immutable\n"));
    assert_non_null(strstr(text, "; use 10GiB to 50GiB\n"));
    memory_free(text);
    text = explain("spec.flavor");
    assert_non_null(strstr(text, "  absent     a mistake, unless the Class has it or a server is adopted\n"));
    assert_non_null(strstr(text, "    wide               in each poll; changed by Resize\n"));
    memory_free(text);
    text = explain("lifecycle.buildTimeout");
    assert_string_equal(text, "Instance, Class: spec.lifecycle.buildTimeout\n"
                              "  How long a build may take.\n"
                              "  value      a whole number and a unit (ms, s, m, h or d), from 1s to 1d\n"
                              "  absent     15m\n");
    memory_free(text);
    text = explain("Cloud.spec.poll");
    assert_string_equal(text, "Cloud: spec.poll\n"
                              "  How often the servers are read.\n"
                              "  value      a map\n"
                              "  keys\n"
                              "    interval           Between two looks at what changed.\n"
                              "    full               Between two complete lists; not below interval.\n");
    memory_free(text);
    text = explain("Daemon.spec.notify[].url");
    assert_non_null(strstr(text, "  value      {credential: NAME}, {file: PATH} or {plain: URL}\n"));
    memory_free(text);
    text = explain("notify.on");
    assert_non_null(strstr(text, "  value      a list of Converged, Waiting, Blocked, Failing, Brake\n"));
    assert_non_null(strstr(text, "  absent     Converged, Waiting, Blocked, Failing, Brake\n"));
    memory_free(text);
}

static void test_ways_to_name_it(void **state)
{
    static const char *const rows[][2] = {
        {"rootDisk.size", "Instance, Class: spec.rootDisk.size\n"},
        {"instance.spec.rootDisk.size", "Instance, Class: spec.rootDisk.size\n"},
        {"spec.networks[].subnet", "Instance, Class: spec.networks.subnet\n"},
        {"source.spec.mode", "Source: spec.mode\n"},
        {"mode", "Daemon: spec.mode\n"},
        {"", "Kinds of documents:\n"},
        {"class", "Class\n"},
        {"Fleet", "Fleet\n"},
        {"notify[].tls.ca", "Daemon: spec.notify.tls.ca\n"},
        {"floatingIp", "Instance, Class: spec.floatingIp\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = explain(rows[i][0]);
        if (!text || strncmp(text, rows[i][1], strlen(rows[i][1])) != 0)
            fail_msg("%s: %s", rows[i][0], text ? text : err.text);
        memory_free(text);
    }
    char *all = explain("mode");
    assert_non_null(strstr(all, "\n\nCloud: spec.mode\n"));
    assert_non_null(strstr(all, "\n\nSource: spec.mode\n"));
    memory_free(all);
}

static void test_unknown(void **state)
{
    (void)state;
    assert_null(explain("flavour"));
    assert_string_equal(err.text, "unknown field \"flavour\"; did you mean \"flavor\"?");
    assert_null(explain("spec.flavour"));
    assert_string_equal(err.text, "unknown field \"spec.flavour\"; did you mean \"spec.flavor\"?");
    assert_null(explain("Cluod"));
    assert_string_equal(err.text, "unknown field \"Cluod\"; did you mean \"Cloud\"?");
    assert_null(explain("qqqqqqq"));
    assert_string_equal(err.text, "unknown field \"qqqqqqq\"; without a field all kinds are listed");
    assert_null(explain("lavor"));
}

/* Every row can be explained by its path and its kind, and says its sentence. */
static void test_every_row(void **state)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    (void)state;
    for (unsigned i = 0; i < count; i++) {
        char *text = explain(rows[i].path);
        if (!text || !strstr(text, rows[i].doc)) fail_msg("%s", rows[i].path);
        memory_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field),
        cmocka_unit_test(test_ways_to_name_it),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_every_row),
    };
    return UNIT_RUN(tests);
}
