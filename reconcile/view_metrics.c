#include "reconcile/base/cleanup.h"
#include "reconcile/budget.h"
#include "reconcile/outbox.h"
#include "reconcile/storm.h"
#include "reconcile/view_text.h"

/* What the state is like, as gauges: by source, cloud and verdict, never by object. */

enum { US = 1000 };

/* Objects of one source, by cloud (the last row: clouds that are not known) and verdict. */
struct tallied {
    uint32_t counts[VERDICT_COUNT];
};

static uint32_t cloud_place(const struct state *state, const struct object *object)
{
    for (uint32_t i = 0; i < state->cloud_count; i++)
        if (state->clouds[i] == object->cloud) return i;
    return state->cloud_count;
}

static struct tallied *source_tally(const struct state *state, const struct source *source,
                                    struct arena *arena)
{
    struct tallied *rows = ARENA_ROW(arena, struct tallied, state->cloud_count + 1);
    for (uint32_t i = 0; i < source->object_count; i++) {
        const struct object *object = source->objects[i];
        if (view_shows(object)) rows[cloud_place(state, object)].counts[object->verdict]++;
    }
    return rows;
}

static void objects_of_source(const struct state *state, const struct source *source, struct metrics *out)
{
    AUTO_ARENA struct arena arena = {0};
    struct tallied *rows = source_tally(state, source, &arena);
    for (uint32_t i = 0; i <= state->cloud_count; i++) {
        const char *cloud = i < state->cloud_count ? state->clouds[i]->name : "";
        bool used = i < state->cloud_count && state->clouds[i]->config && source_may_use(source, cloud);
        for (unsigned k = 0; k < VERDICT_COUNT; k++)
            used |= rows[i].counts[k] > 0;
        for (unsigned k = 0; used && k < VERDICT_COUNT; k++)
            metric_number(out,
                          LABELS({"source", source->name}, {"cloud", cloud},
                                 {"verdict", verdict_name((enum verdict)k)}),
                          rows[i].counts[k]);
    }
}

static void objects_held(const struct state *state, const struct source *source, struct metrics *out)
{
    uint32_t held = 0;
    (void)state;
    for (uint32_t i = 0; i < source->object_count; i++) {
        const struct object *object = source->objects[i];
        held += view_shows(object) && reason_row(object->reason)->person;
    }
    metric_number(out, LABELS({"source", source->name}), held);
}

static void gap_age(const struct state *state, const struct source *source, struct metrics *out)
{
    int64_t oldest_ms = 0;
    for (uint32_t i = 0; i < source->object_count; i++) {
        const struct object *object = source->objects[i];
        if (object->gap_since_ms > 0 && view_shows(object))
            oldest_ms = instant_max(oldest_ms, state->now.boot_ms - object->gap_since_ms);
    }
    metric_us(out, LABELS({"source", source->name}), oldest_ms * US);
}

static void convergence(const struct state *state, const struct source *source, struct metrics *out)
{
    (void)state;
    metric_tally(out, LABELS({"source", source->name}), &source->convergence, tally_slow_us);
}

/* Asking renews the window's own figures, as `sources` does. */
static void budget_left(const struct state *state, const struct source *source, struct metrics *out)
{
    struct budget_answer budget =
        budget_of_source((struct state *)(uintptr_t)state, (struct source *)(uintptr_t)source);
    metric_number(out, LABELS({"source", source->name}),
                  budget.used < budget.max ? budget.max - budget.used : 0);
}

static void source_valid(const struct state *state, const struct source *source, struct metrics *out)
{
    (void)state;
    metric_number(out, LABELS({"source", source->name}), source->valid);
}

typedef void of_source(const struct state *state, const struct source *source, struct metrics *out);

static const struct {
    const char *name;
    enum metric_kind kind;
    const char *help;
    of_source *show;
} source_rows[] = {
    {"setpoint_objects", METRIC_GAUGE, "Objects by verdict.", objects_of_source},
    {"setpoint_objects_held", METRIC_GAUGE, "Objects that only a person lets go on.", objects_held},
    {"setpoint_gap_age_seconds", METRIC_GAUGE,
     "How long the object that waits longest has not been as described; 0: all are.", gap_age},
    {"setpoint_convergence_seconds", METRIC_HISTOGRAM,
     "From the moment an object was not as described until it was.", convergence},
    {"setpoint_destroy_budget_left", METRIC_GAUGE,
     "Destructions that the source may still do within its window.", budget_left},
    {"setpoint_source_valid", METRIC_GAUGE, "1: the newest reading of the source is in force.", source_valid},
};

static void metrics_of_sources(const struct state *state, struct metrics *out)
{
    for (size_t row = 0; row < sizeof source_rows / sizeof *source_rows; row++) {
        metric_family(out, source_rows[row].name, source_rows[row].kind, source_rows[row].help);
        for (uint32_t i = 0; i < state->source_count; i++)
            if (state->sources[i]->config) source_rows[row].show(state, state->sources[i], out);
    }
}

/* Never listed: as old as the daemon. */
static int64_t age_ms(const struct state *state, int64_t at_ms)
{
    return state->now.boot_ms - (at_ms > 0 ? at_ms : state->started.boot_ms);
}

static int64_t list_age_us(const struct state *state, const struct cloud *cloud)
{
    return age_ms(state, cloud->any_list_ms) * US;
}

static int64_t full_list_age_us(const struct state *state, const struct cloud *cloud)
{
    return age_ms(state, cloud->complete_done_ms) * US;
}

static int64_t servers(const struct state *state, const struct cloud *cloud)
{
    (void)state;
    return cloud->servers.count;
}

static int64_t in_flight(const struct state *state, const struct cloud *cloud)
{
    (void)state;
    return cloud->flight_count;
}

static int64_t usable(const struct state *state, const struct cloud *cloud)
{
    char why[CLOUD_MESSAGE];
    (void)state;
    return !cloud_problem(cloud, why, sizeof why) && cloud_has_list(cloud);
}

static const struct {
    const char *name, *help;
    int64_t (*value)(const struct state *state, const struct cloud *cloud);
    bool is_time;
} cloud_rows[] = {
    {"setpoint_cloud_usable", "1: the cloud can be worked with.", usable, false},
    {"setpoint_cloud_list_age_seconds", "Since the newest list of servers, of either kind.", list_age_us,
     true},
    {"setpoint_cloud_full_list_age_seconds", "Since the newest complete list of servers.", full_list_age_us,
     true},
    {"setpoint_cloud_servers", "Servers that are known there, of whomever.", servers, false},
    {"setpoint_cloud_in_flight", "Calls that have no reply yet.", in_flight, false},
};

static void metrics_of_clouds(const struct state *state, struct metrics *out)
{
    for (size_t row = 0; row < sizeof cloud_rows / sizeof *cloud_rows; row++) {
        metric_family(out, cloud_rows[row].name, METRIC_GAUGE, cloud_rows[row].help);
        for (uint32_t i = 0; i < state->cloud_count; i++) {
            const struct cloud *cloud = state->clouds[i];
            if (!cloud->config) continue;
            (cloud_rows[row].is_time ? metric_us : metric_number)(out, LABELS({"cloud", cloud->name}),
                                                                  cloud_rows[row].value(state, cloud));
        }
    }
    metric_family(out, "setpoint_cloud_brake", METRIC_GAUGE, "1: the brake holds there.");
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        const struct cloud *cloud = state->clouds[i];
        if (!cloud->config) continue;
        const struct {
            enum reason reason;
            bool holds;
        } brakes[] = {{REASON_SERVERS_VANISHED, cloud->vanish_brake},
                      {REASON_ERROR_STORM, storm_rages(cloud)},
                      {REASON_ANOTHER_DAEMON, cloud->another_daemon}};
        for (size_t k = 0; k < sizeof brakes / sizeof *brakes; k++)
            metric_number(out, LABELS({"cloud", cloud->name}, {"kind", reason_row(brakes[k].reason)->word}),
                          brakes[k].holds);
    }
}

static void metrics_of_targets(const struct state *state, struct metrics *out)
{
    uint32_t count = state->config ? state->config->target_count : 0;
    metric_family(out, "setpoint_notifications_waiting", METRIC_GAUGE,
                  "Notifications that the target has not taken yet.");
    for (uint32_t i = 0; i < count; i++) {
        const char *name = state->config->targets[i].name;
        metric_number(out, LABELS({"target", name}), outbox_waiting(state, name));
    }
    metric_family(out, "setpoint_notifications_failures", METRIC_GAUGE,
                  "Deliveries to the target that failed in a row; 0: it takes them.");
    for (uint32_t i = 0; i < count; i++) {
        const char *name = state->config->targets[i].name;
        const struct channel *channel = outbox_channel(state, name);
        metric_number(out, LABELS({"target", name}), channel ? channel->failures : 0);
    }
}

static void metrics_of_daemon(const struct state *state, struct metrics *out)
{
    const struct {
        const char *name, *help;
        int64_t value;
    } rows[] = {
        {"setpoint_ready", "1: configuration, ledger and every source have been read.", view_is_ready(state)},
        {"setpoint_enforcing", "1: the Daemon's mode is enforce, and the ledger is sound.",
         text_equal(view_mode(state), "enforce")},
        {"setpoint_holds", "Holds that wait for approve.", state->hold_count},
        {"setpoint_ledger_writable", "1: what is decided can be stored.", !state->read_only},
        {"setpoint_global_destroy_budget_left", "Destructions that all sources together may still do.",
         (int64_t)budget_left_of_daemon((struct state *)(uintptr_t)state)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        metric_family(out, rows[i].name, METRIC_GAUGE, rows[i].help);
        metric_number(out, UNLABELLED, rows[i].value);
    }
}

void view_metrics(struct state *state, struct now now, struct metrics *out)
{
    struct now before = state->now;
    state->now = now;
    metrics_of_daemon(state, out);
    metrics_of_sources(state, out);
    metrics_of_clouds(state, out);
    metrics_of_targets(state, out);
    state->now = before;
}

bool view_is_fresh(const struct state *state, struct now now, struct text *out_why)
{
    if (!view_is_ready(state)) {
        text_add(out_why, "configuration, ledger or a source has not been read yet");
        return false;
    }
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        const struct cloud *cloud = state->clouds[i];
        if (!cloud->config) continue;
        bool seen = cloud->any_list_ms > 0 &&
                    now.boot_ms - cloud->any_list_ms <= FRESH_INTERVALS * cloud_interval_ms(cloud);
        if (!seen)
            text_addf(out_why, "%scloud %s has not been seen within %d intervals",
                      out_why->length > 0 ? "; " : "", cloud->name, FRESH_INTERVALS);
    }
    return out_why->length == 0;
}
