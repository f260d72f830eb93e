#include "reconcile/base/metric.h"

#include <inttypes.h>
#include <stddef.h>

enum { SECOND_US = 1000000 };

static const char *const kinds[METRIC_KIND_COUNT] = {
    [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"};

static const char *total(const struct metrics *metrics)
{
    return metrics->kind == METRIC_COUNTER ? "_total" : "";
}

void metric_family(struct metrics *metrics, const char *name, enum metric_kind kind, const char *help)
{
    metrics->family = name;
    metrics->kind = kind;
    const char *suffix = metrics->open ? "" : total(metrics);
    text_addf(metrics->out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name, suffix,
              kinds[kind]);
}

static void value_add(struct text *out, const char *value)
{
    for (; value && *value; value++)
        if (*value == '\n')
            text_add(out, "\\n");
        else if (*value == '"' || *value == '\\')
            text_addf(out, "\\%c", *value);
        else
            text_add_char(out, *value);
}

/* bound: of a bucket; NULL = none. */
static void labels_add(struct text *out, const struct metric_label *labels, const char *bound)
{
    char before = '{';
    for (; labels->name; labels++, before = ',') {
        text_addf(out, "%c%s=\"", before, labels->name);
        value_add(out, labels->value);
        text_add_char(out, '"');
    }
    if (bound) {
        text_addf(out, "%cle=\"%s\"", before, bound);
        before = ',';
    }
    if (before == ',') text_add_char(out, '}');
}

/* At least one digit behind the point, and none that says nothing. */
static void seconds_add(struct text *out, int64_t us)
{
    unsigned digits = 6;
    int64_t part = us % SECOND_US;
    for (; digits > 1 && part % 10 == 0; digits--)
        part /= 10;
    text_addf(out, "%" PRId64 ".%0*" PRId64, us / SECOND_US, (int)digits, part);
}

static void name_add(struct metrics *metrics, const char *suffix, const struct metric_label *labels,
                     const char *bound)
{
    text_addf(metrics->out, "%s%s", metrics->family, suffix);
    labels_add(metrics->out, labels, bound);
    text_add_char(metrics->out, ' ');
}

void metric_number(struct metrics *metrics, const struct metric_label *labels, int64_t value)
{
    name_add(metrics, total(metrics), labels, NULL);
    text_addf(metrics->out, "%" PRId64 "\n", value);
}

void metric_us(struct metrics *metrics, const struct metric_label *labels, int64_t value_us)
{
    name_add(metrics, total(metrics), labels, NULL);
    seconds_add(metrics->out, value_us);
    text_add_char(metrics->out, '\n');
}

void metric_tally(struct metrics *metrics, const struct metric_label *labels, const struct tally *tally,
                  const int64_t bounds_us[TALLY_BOUNDS])
{
    enum { BOUND_SIZE = 32 };
    struct text bound;
    uint64_t count = 0;
    text_init(&bound, BOUND_SIZE);
    for (unsigned i = 0; i <= TALLY_BOUNDS; i++) {
        count += tally->counts[i];
        text_clear(&bound);
        if (i < TALLY_BOUNDS)
            seconds_add(&bound, bounds_us[i]);
        else
            text_add(&bound, "+Inf");
        name_add(metrics, "_bucket", labels, bound.bytes);
        text_addf(metrics->out, "%" PRIu64 "\n", count);
    }
    text_release(&bound);
    name_add(metrics, "_sum", labels, NULL);
    seconds_add(metrics->out, tally->sum_us);
    text_add_char(metrics->out, '\n');
    name_add(metrics, "_count", labels, NULL);
    text_addf(metrics->out, "%" PRIu64 "\n", count);
}

void metrics_end(struct metrics *metrics)
{
    if (metrics->open) text_add(metrics->out, "# EOF\n");
}
