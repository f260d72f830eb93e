#include <stdio.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/notices.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/instant.h"

/* setpointctl wait: sources and lists anew first, then the daemon's counters until they say so. */

#define TIMEOUT_DEFAULT "15m"

struct waiting {
    struct run *run;
    int64_t until_ms;
    double objects, not_converged, held;
    bool ready;
};

static void filter_add(const struct run *run, struct text *path)
{
    for (unsigned i = 0; i < run->argument_count; i++)
        client_query(path, "name", run->arguments[i]);
    if (run_has(run, OPTION_SOURCE)) client_query(path, "source", run->values[OPTION_SOURCE]);
    if (run_has(run, OPTION_SELECTOR)) client_query(path, "selector", run->values[OPTION_SELECTOR]);
}

static void counters_read(struct waiting *waiting, const cJSON *json)
{
    waiting->objects = answer_number(json, "objects");
    waiting->not_converged = answer_number(json, "notConverged");
    waiting->held = answer_number(json, "held");
    waiting->ready = answer_flag(json, "ready");
}

/* Nothing to wait for is not success: a source may be invalid, or the selector wrong. */
static int counters_judge(const struct waiting *waiting)
{
    if (!waiting->ready || waiting->objects <= 0) return -1;
    if (waiting->not_converged <= 0) return CTL_DONE;
    if (waiting->held < waiting->not_converged) return -1;
    return run_fail(CTL_BLOCKED,
                    "%.0f of %.0f converged; the other %.0f wait for a person (see: setpointctl status)",
                    waiting->objects - waiting->not_converged, waiting->objects, waiting->held);
}

static int time_is_over(const struct waiting *waiting)
{
    if (client_clock_ms() < waiting->until_ms) return -1;
    if (!waiting->ready)
        return run_fail(CTL_TIMEOUT, "time-out: the daemon has not yet heard of every source and cloud "
                                     "(see: setpointctl sources, setpointctl clouds)");
    if (waiting->objects <= 0)
        return run_fail(CTL_TIMEOUT,
                        "time-out: there are no such objects to wait for (see: setpointctl sources)");
    return run_fail(CTL_TIMEOUT, "time-out: %.0f of %.0f converged (see: setpointctl status)",
                    waiting->objects - waiting->not_converged, waiting->objects);
}

static int on_counters(void *ctx, const char *text)
{
    struct waiting *waiting = ctx;
    if (text) {
        AUTO_ANSWER cJSON *json = cJSON_Parse(text);
        counters_read(waiting, json);
        int exit = counters_judge(waiting);
        if (exit >= 0) return exit;
    }
    return time_is_over(waiting);
}

static void on_gap(void *ctx, bool back)
{
    (void)ctx;
    run_fail(0, back ? "the daemon is back" : "the daemon went away; trying again");
}

/* The answer comes when sources were read and the clouds listed after that. */
static int wait_fresh(struct waiting *waiting)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    client_path(&path, "/v1/progress");
    filter_add(waiting->run, &path);
    client_query(&path, "fresh", "1");
    int64_t left_ms = instant_max(waiting->until_ms - client_clock_ms(), 1);
    return client_ask(&waiting->run->client, &path, NULL, left_ms, &reply);
}

/* By what was read before: a source that is not in order now, or a cloud that cannot be asked, leaves that
 * open. */
static int all_converged(const struct waiting *waiting)
{
    AUTO_ANSWER cJSON *notices = notices_ask(waiting->run);
    const char *unread = notices_unread(notices);
    if (unread)
        return run_fail(CTL_BLOCKED, "%.0f of %.0f converged as far as is known, but %s", waiting->objects,
                        waiting->objects, unread);
    printf("%.0f of %.0f converged\n", waiting->objects, waiting->objects);
    return CTL_DONE;
}

int run_wait(struct run *run)
{
    int64_t timeout_ms;
    const char *timeout = run->values[OPTION_TIMEOUT] ? run->values[OPTION_TIMEOUT] : TIMEOUT_DEFAULT;
    if (!duration_parse(timeout, 365 * DAY_MS, &timeout_ms) || timeout_ms <= 0)
        return run_fail(CTL_USAGE, "--timeout \"%s\": not a time like 30s, 15m or 2h", timeout);
    struct waiting waiting = {.run = run, .until_ms = client_clock_ms() + timeout_ms};
    int exit = wait_fresh(&waiting);
    if (exit) return exit;
    AUTO_TEXT struct text path = {0};
    struct client_stream stream = {.ctx = &waiting, .on_value = on_counters, .on_gap = on_gap};
    client_path(&path, "/v1/progress");
    filter_add(run, &path);
    client_query(&path, "watch", "1");
    exit = client_follow(&run->client, &path, &stream);
    return exit == CTL_DONE ? all_converged(&waiting) : exit;
}
