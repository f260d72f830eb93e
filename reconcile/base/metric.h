#ifndef SETPOINT_BASE_METRIC_H
#define SETPOINT_BASE_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/tally.h"
#include "reconcile/base/text.h"

/* Metrics as Prometheus reads them: OpenMetrics 1.0, or the older text format 0.0.4, which calls the family
   of a counter by the name of its samples. Families one after the other, the samples of each together. */

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_KIND_COUNT };

struct metrics {
    struct text *out;
    bool open; /* OpenMetrics */
    const char *family;
    enum metric_kind kind;
};

struct metric_label {
    const char *name, *value; /* NULL: empty */
};
#define LABELS(...) ((const struct metric_label[]){__VA_ARGS__, {NULL, NULL}})
#define UNLABELLED  ((const struct metric_label[]){{NULL, NULL}})

/* name: of a counter without "_total"; static. help: one sentence. */
void metric_family(struct metrics *metrics, const char *name, enum metric_kind kind, const char *help);
/* One sample of the family. labels end with a row of NULL. */
void metric_number(struct metrics *metrics, const struct metric_label *labels, int64_t value);
void metric_us(struct metrics *metrics, const struct metric_label *labels, int64_t value_us); /* in seconds */
void metric_tally(struct metrics *metrics, const struct metric_label *labels, const struct tally *tally,
                  const int64_t bounds_us[TALLY_BOUNDS]);
void metrics_end(struct metrics *metrics);

#endif
