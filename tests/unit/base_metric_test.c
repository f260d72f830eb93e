#include "reconcile/base/metric.h"

#include "reconcile/base/cleanup.h"
#include "tests/unit/unit.h"

enum { OUT_MAX = 8192 };

static const char *shown(struct text *out, bool open)
{
    struct metrics metrics = {.out = out, .open = open};
    text_init(out, OUT_MAX);
    metric_family(&metrics, "calls", METRIC_COUNTER, "Calls sent.");
    metric_number(&metrics, LABELS({"cloud", "a\"b\\c\nd"}, {"kind", NULL}), 7);
    metric_family(&metrics, "age_seconds", METRIC_GAUGE, "Age.");
    metric_us(&metrics, UNLABELLED, 1500000);
    metric_us(&metrics, UNLABELLED, 2000000);
    metric_us(&metrics, UNLABELLED, 1);
    metrics_end(&metrics);
    return out->bytes;
}

static void a_counter_is_named_as_the_format_wants(void **state)
{
    (void)state;
    AUTO_TEXT struct text out;
    assert_string_equal(shown(&out, true), "# HELP calls Calls sent.\n# TYPE calls counter\n"
                                           "calls_total{cloud=\"a\\\"b\\\\c\\nd\",kind=\"\"} 7\n"
                                           "# HELP age_seconds Age.\n# TYPE age_seconds gauge\n"
                                           "age_seconds 1.5\nage_seconds 2.0\nage_seconds 0.000001\n# EOF\n");
    text_release(&out);
    assert_string_equal(shown(&out, false), "# HELP calls_total Calls sent.\n# TYPE calls_total counter\n"
                                            "calls_total{cloud=\"a\\\"b\\\\c\\nd\",kind=\"\"} 7\n"
                                            "# HELP age_seconds Age.\n# TYPE age_seconds gauge\n"
                                            "age_seconds 1.5\nage_seconds 2.0\nage_seconds 0.000001\n");
}

static void buckets_add_up(void **state)
{
    (void)state;
    AUTO_TEXT struct text out;
    struct metrics metrics = {.out = &out, .open = true};
    struct tally tally = {0}, more = {0};
    text_init(&out, OUT_MAX);
    tally_add(&tally, tally_slow_us, -5);
    tally_add(&tally, tally_slow_us, 1000000); /* a bound belongs to its bucket */
    tally_add(&more, tally_slow_us, 1000001);
    tally_add(&more, tally_slow_us, INT64_C(90000) * 1000000);
    tally_merge(&tally, &more);
    metric_family(&metrics, "t", METRIC_HISTOGRAM, "T.");
    metric_tally(&metrics, LABELS({"source", "prod"}), &tally, tally_slow_us);
    assert_non_null(strstr(out.bytes, "t_bucket{source=\"prod\",le=\"1.0\"} 2\n"
                                      "t_bucket{source=\"prod\",le=\"5.0\"} 3\n"));
    assert_non_null(strstr(out.bytes, "t_bucket{source=\"prod\",le=\"86400.0\"} 3\n"
                                      "t_bucket{source=\"prod\",le=\"+Inf\"} 4\n"
                                      "t_sum{source=\"prod\"} 90002.000001\n"
                                      "t_count{source=\"prod\"} 4\n"));
    metric_tally(&metrics, UNLABELLED, &more, tally_quick_us);
    assert_non_null(strstr(out.bytes, "t_bucket{le=\"0.0001\"} 0\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_is_named_as_the_format_wants),
        cmocka_unit_test(buckets_add_up),
    };
    return UNIT_RUN(tests);
}
