#include "daemon/counters.h"

#include "reconcile/base/limits.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

enum { PENDING_MAX = 4096 /* a call that is never answered gives way in the end */ };

struct row {
    char cloud[LIMIT_DOCUMENT_NAME + 1];
    enum call_kind call;
    const char *kind; /* of reply; static */
    uint64_t count;
    struct tally took;
};

struct pending {
    uint64_t id;
    enum call_kind call;
};

struct target {
    char name[LIMIT_DOCUMENT_NAME + 1];
    uint64_t delivered, failed;
};

struct counters {
    struct row *rows;
    uint32_t row_count, row_room;
    struct pending pending[PENDING_MAX]; /* oldest first */
    uint32_t pending_count;
    struct target *targets;
    uint32_t target_count, target_room;
    struct tally steps;
    int64_t late_us;
};

struct counters *counters_new(void)
{
    return NEW(struct counters);
}

void counters_free(struct counters *counters)
{
    if (!counters) return;
    memory_free(counters->rows);
    memory_free(counters->targets);
    memory_free(counters);
}

static void pending_drop(struct counters *counters, uint32_t place)
{
    counters->pending_count--;
    for (uint32_t i = place; i < counters->pending_count; i++)
        counters->pending[i] = counters->pending[i + 1];
}

void counters_sent(struct counters *counters, const struct call *call)
{
    if (counters->pending_count == PENDING_MAX) pending_drop(counters, 0);
    counters->pending[counters->pending_count++] = (struct pending){call->id, call->kind};
}

static struct row *row_of(struct counters *counters, const char *cloud, enum call_kind call, const char *kind)
{
    for (uint32_t i = 0; i < counters->row_count; i++) {
        struct row *row = &counters->rows[i];
        if (row->call == call && text_equal(row->kind, kind) && text_equal(row->cloud, cloud)) return row;
    }
    ROW_RESERVE(counters->rows, counters->row_count, counters->row_room);
    struct row *row = &counters->rows[counters->row_count++];
    *row = (struct row){.call = call, .kind = kind};
    text_copy(row->cloud, sizeof row->cloud, cloud);
    return row;
}

void counters_reply(struct counters *counters, const struct event_reply *reply, struct now now)
{
    for (uint32_t i = 0; i < counters->pending_count; i++) {
        if (counters->pending[i].id != reply->call_id) continue;
        struct row *row =
            row_of(counters, reply->cloud, counters->pending[i].call, reply_kind_name(reply->reply.kind));
        row->count++;
        if (reply->sent_boot_ms > 0)
            tally_add(&row->took, tally_quick_us, (now.boot_ms - reply->sent_boot_ms) * 1000);
        pending_drop(counters, i);
        return;
    }
}

static struct target *target_of(struct counters *counters, const char *name)
{
    for (uint32_t i = 0; i < counters->target_count; i++)
        if (text_equal(counters->targets[i].name, name)) return &counters->targets[i];
    ROW_RESERVE(counters->targets, counters->target_count, counters->target_room);
    struct target *target = &counters->targets[counters->target_count++];
    *target = (struct target){.delivered = 0};
    text_copy(target->name, sizeof target->name, name);
    return target;
}

void counters_target(struct counters *counters, const char *target)
{
    target_of(counters, target);
}

void counters_notified(struct counters *counters, const char *target, bool delivered)
{
    struct target *counted = target_of(counters, target);
    *(delivered ? &counted->delivered : &counted->failed) += 1;
}

void counters_step(struct counters *counters, int64_t took_us)
{
    tally_add(&counters->steps, tally_quick_us, took_us);
}

void counters_lag(struct counters *counters, int64_t late_us)
{
    counters->late_us = late_us > 0 ? late_us : 0;
}

static void show_calls(const struct counters *counters, struct metrics *out)
{
    metric_family(out, "setpoint_calls", METRIC_COUNTER, "Requests to clouds, by what was answered.");
    for (uint32_t i = 0; i < counters->row_count; i++) {
        const struct row *row = &counters->rows[i];
        metric_number(out, LABELS({"cloud", row->cloud}, {"call", call_name(row->call)}, {"kind", row->kind}),
                      (int64_t)row->count);
    }
    metric_family(out, "setpoint_call_seconds", METRIC_HISTOGRAM, "From a request to its answer.");
    for (uint32_t i = 0; i < counters->row_count; i++) {
        const struct row *row = &counters->rows[i];
        metric_tally(out, LABELS({"cloud", row->cloud}, {"call", call_name(row->call)}, {"kind", row->kind}),
                     &row->took, tally_quick_us);
    }
}

static void show_targets(const struct counters *counters, struct metrics *out)
{
    metric_family(out, "setpoint_notifications", METRIC_COUNTER,
                  "Attempts to deliver a notification, by what came of them.");
    for (uint32_t i = 0; i < counters->target_count; i++) {
        const struct target *target = &counters->targets[i];
        metric_number(out, LABELS({"target", target->name}, {"outcome", "delivered"}),
                      (int64_t)target->delivered);
        metric_number(out, LABELS({"target", target->name}, {"outcome", "failed"}), (int64_t)target->failed);
    }
}

void counters_show(const struct counters *counters, struct metrics *out)
{
    show_calls(counters, out);
    show_targets(counters, out);
    metric_family(out, "setpoint_step_seconds", METRIC_HISTOGRAM, "One step of the core with its effects.");
    metric_tally(out, UNLABELLED, &counters->steps, tally_quick_us);
    metric_family(out, "setpoint_loop_lag_seconds", METRIC_GAUGE,
                  "How much later than due the loop came to its last tick.");
    metric_us(out, UNLABELLED, counters->late_us);
}
