#include "tests/unit/unit.h"

#include "daemon/options.h"
#include "reconcile/base/instant.h"

static bool parse(struct options *out, struct error *err, char **arguments)
{
    int count = 0;
    while (arguments[count])
        count++;
    return options_parse(count, arguments, out, err);
}
#define PARSE(out, err, ...)                                                                                 \
    parse(out, err, (char *[]){(char[]){"setpointd"}, __VA_ARGS__ __VA_OPT__(, ) NULL})

static void test_defaults(void **state)
{
    (void)state;
    struct options options;
    struct error error;
    assert_true(PARSE(&options, &error));
    assert_int_equal(options.mode, DAEMON_SERVE);
    assert_string_equal(options.config, "/etc/setpoint");
    assert_string_equal(options.state, "/var/lib/setpoint");
    assert_null(options.runtime);
    assert_false(options.init);
    assert_int_equal(options.timeout_ms, 30 * MINUTE_MS);
}

static void test_values_stand_behind_or_after_an_equals_sign(void **state)
{
    (void)state;
    struct options options;
    struct error error;
    char arguments[][24] = {"--config", "etc",    "--state=st", "--runtime",
                            "run",      "--init", "--once",     "--timeout=90s"};
    assert_true(PARSE(&options, &error, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                      arguments[5], arguments[6], arguments[7]));
    assert_string_equal(options.config, "etc");
    assert_string_equal(options.state, "st");
    assert_string_equal(options.runtime, "run");
    assert_true(options.init);
    assert_int_equal(options.mode, DAEMON_ONCE);
    assert_int_equal(options.timeout_ms, 90 * SECOND_MS);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[4];
        const char *says;
    } rows[] = {
        {{"--stat", "x"}, "unknown option --stat; did you mean --state?"},
        {{"--everything"}, "unknown option --everything (see --help)"},
        {{"web-1"}, "\"web-1\" is not an option; setpointd takes no names (see --help)"},
        {{"--config"}, "--config needs a DIR"},
        {{"--config="}, "--config needs a DIR"},
        {{"--init=yes"}, "--init takes no value"},
        {{"--once", "--check"}, "--once and --check exclude each other"},
        {{"--timeout", "5m"}, "--timeout is for --once"},
        {{"--once", "--timeout", "soon"},
         "--timeout soon is no time; write one like 90s, 30m or 2h (at most 7d)"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *arguments[6] = {(char[]){"setpointd"}};
        char copies[4][24];
        struct options options;
        struct error error;
        for (unsigned k = 0; k < 4 && rows[i].arguments[k]; k++)
            arguments[k + 1] = memcpy(copies[k], rows[i].arguments[k], strlen(rows[i].arguments[k]) + 1);
        assert_false(parse(&options, &error, arguments));
        assert_string_equal(error.text, rows[i].says);
    }
}

static void test_help_and_version_win_over_what_follows(void **state)
{
    (void)state;
    struct options options;
    struct error error;
    char help[] = "--help", version[] = "--version", wrong[] = "--wrong";
    assert_true(PARSE(&options, &error, help, wrong));
    assert_int_equal(options.mode, DAEMON_HELP);
    assert_true(PARSE(&options, &error, version, wrong));
    assert_int_equal(options.mode, DAEMON_VERSION);
}

int main(void)
{
    const struct CMUnitTest options_tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_values_stand_behind_or_after_an_equals_sign),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_help_and_version_win_over_what_follows),
    };
    return UNIT_RUN(options_tests);
}
