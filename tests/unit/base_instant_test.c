#include "tests/unit/unit.h"

#include <stdio.h>
#include <time.h>

#include "reconcile/base/instant.h"

static void test_after_saturates(void **state)
{
    (void)state;
    assert_int_equal(instant_after(5, 7), 12);
    assert_int_equal(instant_after(5, -7), -2);
    assert_int_equal(instant_after(NEVER_MS, -1), NEVER_MS);
    assert_int_equal(instant_after(5, NEVER_MS), NEVER_MS);
    assert_int_equal(instant_after(NEVER_MS - 1, 10), NEVER_MS);
    assert_int_equal(instant_after(INT64_MIN + 1, -10), INT64_MIN);
    assert_int_equal(instant_min(3, -4), -4);
    assert_int_equal(instant_max(3, -4), 3);
}

static void test_duration_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"500ms", 500},       {"0s", 0},          {"30s", 30000}, {"15m", 900000}, {"24h", DAY_MS},
                {"90d", 90 * DAY_MS}, {"007m", 7 * 60000}};
    static const char *const bad[] = {"",
                                      "s",
                                      "5",
                                      "-5s",
                                      "+5s",
                                      " 5s",
                                      "5s ",
                                      "5 s",
                                      "1.5h",
                                      "1h5m",
                                      "5S",
                                      "5min",
                                      "5w",
                                      "9223372036854775808ms",
                                      "99999999999999999d",
                                      "400d"};
    int64_t ms = -1;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(duration_parse(good[i].text, 365 * DAY_MS, &ms));
        assert_int_equal(ms, good[i].ms);
    }
    ms = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(duration_parse(bad[i], 365 * DAY_MS, &ms));
    assert_false(duration_parse(NULL, DAY_MS, &ms));
    assert_false(duration_parse("61s", MINUTE_MS, &ms));
    assert_int_equal(ms, 77);
    assert_true(duration_parse("60s", MINUTE_MS, &ms));
    assert_int_equal(ms, MINUTE_MS);
}

static void test_duration_show(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {-5, "0:00"},
        {0, "0:00"},
        {5999, "0:05"},
        {12 * MINUTE_MS + 30 * SECOND_MS, "12:30"},
        {HOUR_MS - 1, "59:59"},
        {HOUR_MS, "1h 00m"},
        {3 * HOUR_MS + 5 * MINUTE_MS, "3h 05m"},
        {DAY_MS - 1, "23h 59m"},
        {2 * DAY_MS + 4 * HOUR_MS + 59 * MINUTE_MS, "2d 4h"},
        {NEVER_MS, "never"},
    };
    char shown[16];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        duration_show(rows[i].ms, shown, sizeof shown);
        assert_string_equal(shown, rows[i].text);
    }
}

static const struct {
    const char *text;
    int64_t seconds;
} known_dates[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1972-02-29T23:59:59Z", 68255999},
    {"2000-02-29T00:00:00Z", 951782400},
    {"2000-03-01T00:00:00Z", 951868800},
    {"2001-09-09T01:46:40Z", 1000000000},
    {"2024-02-29T12:34:56Z", 1709210096},
    {"2026-01-31T03:00:00Z", 1769828400},
    {"2038-01-19T03:14:08Z", INT64_C(2147483648)},
    {"2100-03-01T00:00:00Z", INT64_C(4107542400)},
    {"9999-12-31T23:59:59Z", INT64_C(253402300799)},
};

static void test_known_dates_both_ways(void **state)
{
    (void)state;
    char shown[21];
    int64_t wall_ms;
    for (size_t i = 0; i < sizeof known_dates / sizeof *known_dates; i++) {
        assert_true(instant_parse(known_dates[i].text, &wall_ms));
        assert_int_equal(wall_ms, known_dates[i].seconds * 1000);
        instant_format(wall_ms + 999, shown, sizeof shown);
        assert_string_equal(shown, known_dates[i].text);
    }
}

/* Every day from 1970 to 2400 and some seconds of it against the C library. */
static void test_against_libc(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 157000; day++) {
        time_t seconds = (time_t)(day * 86400 + day * 7919 % 86400);
        struct tm parts;
        char expected[32], shown[21];
        int64_t wall_ms;
        gmtime_r(&seconds, &parts);
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &parts);
        instant_format((int64_t)seconds * 1000, shown, sizeof shown);
        assert_string_equal(shown, expected);
        assert_true(instant_parse(shown, &wall_ms));
        assert_int_equal(wall_ms, (int64_t)seconds * 1000);
    }
}

static void test_format_refuses_what_has_no_form(void **state)
{
    (void)state;
    char shown[21] = "old";
    instant_format(-1, shown, sizeof shown);
    assert_string_equal(shown, "");
    instant_format(INT64_C(253402300800000), shown, sizeof shown);
    assert_string_equal(shown, "");
    instant_format(NEVER_MS, shown, sizeof shown);
    assert_string_equal(shown, "");
}

static void test_parse_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"2026-01-31T03:00:00", INT64_C(1769828400000)},
        {"2026-01-31T03:00:00.5Z", INT64_C(1769828400500)},
        {"2026-01-31T03:00:00.123987", INT64_C(1769828400123)},
        {"2026-01-31T12:00:00+09:00", INT64_C(1769828400000)},
        {"2026-01-30T21:30:00.250-05:30", INT64_C(1769828400250)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
        {"1969-12-31T23:59:59.999Z", -1},
        {"0001-01-01T00:00:00Z", INT64_C(-62135596800000)},
    };
    static const char *const bad[] = {
        "",
        "2026-01-31",
        "2026-01-31 03:00:00Z",
        "2026-1-31T03:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-13-10T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T03:60:00Z",
        "2026-01-31T03:00:61Z",
        "2026-01-31T03:00:00.Z",
        "2026-01-31T03:00:00z",
        "2026-01-31T03:00:00ZZ",
        "2026-01-31T03:00:00+9:00",
        "2026-01-31T03:00:00+0900",
        "2026-01-31T03:00:00+24:00",
        "2026-01-31T03:00",
        "-026-01-31T03:00:00Z",
    };
    int64_t wall_ms;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(instant_parse(good[i].text, &wall_ms));
        assert_int_equal(wall_ms, good[i].ms);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(instant_parse(bad[i], &wall_ms));
    assert_false(instant_parse(NULL, &wall_ms));
}

int main(void)
{
    const struct CMUnitTest instant_tests[] = {
        cmocka_unit_test(test_after_saturates), cmocka_unit_test(test_duration_parse),
        cmocka_unit_test(test_duration_show),   cmocka_unit_test(test_known_dates_both_ways),
        cmocka_unit_test(test_against_libc),    cmocka_unit_test(test_format_refuses_what_has_no_form),
        cmocka_unit_test(test_parse_forms),
    };
    return UNIT_RUN(instant_tests);
}
