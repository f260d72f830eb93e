#include "daemon/monitor.h"

#include "daemon/clock.h"
#include "daemon/counters.h"
#include "daemon/log.h"
#include "reconcile/view.h"

void monitor_init(struct monitor *monitor, uv_loop_t *loop, struct turn *turn, const struct ledger *ledger,
                  struct now started)
{
    *monitor = (struct monitor){.loop = loop, .turn = turn, .ledger = ledger, .started = started};
}

static void show_daemon(const struct monitor *monitor, struct metrics *out)
{
    metric_family(out, "setpoint_build_info", METRIC_GAUGE, "The version that runs.");
    metric_number(out, LABELS({"version", PACKAGE_VERSION}), 1);
    metric_family(out, "setpoint_start_time_seconds", METRIC_GAUGE, "When it was started, in Unix time.");
    metric_us(out, UNLABELLED, monitor->started.wall_ms * 1000);
}

static void show_ledger(const struct monitor *monitor, struct metrics *out)
{
    struct ledger_figures figures = ledger_figures(monitor->ledger);
    metric_family(out, "setpoint_ledger_commit_seconds", METRIC_HISTOGRAM,
                  "One transaction of the ledger with its sync.");
    metric_tally(out, UNLABELLED, &figures.commit, tally_quick_us);
    metric_family(out, "setpoint_ledger_rows", METRIC_COUNTER, "Rows stored in the ledger.");
    metric_number(out, UNLABELLED, (int64_t)figures.rows);
    metric_family(out, "setpoint_ledger_failures", METRIC_COUNTER, "Saves that were not stored.");
    metric_number(out, UNLABELLED, (int64_t)figures.failures);
    metric_family(out, "setpoint_ledger_waiting", METRIC_GAUGE, "Jobs that the ledger has not done yet.");
    metric_number(out, UNLABELLED, figures.waiting);
}

static void monitor_metrics(void *ctx, struct metrics *out)
{
    struct monitor *monitor = ctx;
    show_daemon(monitor, out);
    counters_show(turn_counters(monitor->turn), out);
    show_ledger(monitor, out);
    view_metrics(turn_state(monitor->turn), clock_now(), out);
}

static bool monitor_fresh(void *ctx, struct text *out_why)
{
    struct monitor *monitor = ctx;
    return view_is_fresh(turn_state(monitor->turn), clock_now(), out_why);
}

void monitor_config(struct monitor *monitor, const char *address)
{
    struct exporter_host host = {.ctx = monitor, .metrics = monitor_metrics, .fresh = monitor_fresh};
    struct error error = {0};
    if (monitor->exporter && text_equal(exporter_address(monitor->exporter), address)) return;
    monitor_close(monitor);
    if (!address) return;
    monitor->exporter = exporter_new(monitor->loop, address, &host, &error);
    if (monitor->exporter)
        log_write(LOG_LEVEL_NOTICE, &(struct log_fields){.type = "MetricsOpen"},
                  "metrics are on http://%s/metrics", address);
    else
        log_write(LOG_LEVEL_ERROR, &(struct log_fields){.type = "MetricsClosed"},
                  "%s; there are no metrics until another address is given, or this one is free and "
                  "setpointctl reload is called",
                  error.text);
}

void monitor_close(struct monitor *monitor)
{
    exporter_close(monitor->exporter);
    monitor->exporter = NULL;
}
