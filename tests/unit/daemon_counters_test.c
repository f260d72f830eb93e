#include "daemon/counters.h"

#include "reconcile/base/cleanup.h"
#include "tests/unit/unit.h"

enum { OUT_MAX = 64 << 10 };

static void send_and_answer(struct counters *counters, uint64_t id, const char *cloud, enum call_kind kind,
                            enum reply_kind answer)
{
    struct call call = {.id = id, .kind = kind};
    struct event_reply reply = {
        .call_id = id, .cloud = cloud, .sent_boot_ms = 1000, .reply = {.kind = answer}};
    counters_sent(counters, &call);
    counters_reply(counters, &reply, (struct now){.boot_ms = 1200});
}

static void show(const struct counters *counters, struct text *out)
{
    struct metrics metrics = {.out = out};
    text_init(out, OUT_MAX);
    counters_show(counters, &metrics);
}

static void calls_are_counted_by_cloud_call_and_answer(void **state)
{
    (void)state;
    AUTO_TEXT struct text out;
    struct counters *counters = counters_new();
    send_and_answer(counters, 1, "kr1", CALL_CREATE, REPLY_OK);
    send_and_answer(counters, 2, "kr1", CALL_CREATE, REPLY_OK);
    send_and_answer(counters, 3, "kr1", CALL_CREATE, REPLY_OUTAGE);
    send_and_answer(counters, 4, "kr2", CALL_LOOK, REPLY_OK);
    show(counters, &out);
    assert_non_null(strstr(out.bytes,
                           "setpoint_calls_total{cloud=\"kr1\",call=\"Create\",kind=\"ok\"} 2\n"
                           "setpoint_calls_total{cloud=\"kr1\",call=\"Create\",kind=\"outage\"} 1\n"
                           "setpoint_calls_total{cloud=\"kr2\",call=\"Look\",kind=\"ok\"} 1\n"));
    assert_non_null(strstr(
        out.bytes, "setpoint_call_seconds_bucket{cloud=\"kr1\",call=\"Create\",kind=\"ok\",le=\"0.1\"} 0\n"
                   "setpoint_call_seconds_bucket{cloud=\"kr1\",call=\"Create\",kind=\"ok\",le=\"0.5\"} 2\n"));
    assert_non_null(
        strstr(out.bytes, "setpoint_call_seconds_sum{cloud=\"kr1\",call=\"Create\",kind=\"ok\"} 0.4\n"));
    counters_free(counters);
}

static void a_reply_that_nobody_waits_for_is_not_counted(void **state)
{
    (void)state;
    AUTO_TEXT struct text out;
    struct counters *counters = counters_new();
    send_and_answer(counters, 1, "kr1", CALL_LOOK, REPLY_OK);
    struct event_reply again = {.call_id = 1, .cloud = "kr1", .reply = {.kind = REPLY_OK}};
    counters_reply(counters, &again, (struct now){0});
    show(counters, &out);
    assert_non_null(strstr(out.bytes, "kind=\"ok\"} 1\n"));
    counters_free(counters);
}

static void notifications_are_counted_by_target_and_outcome(void **state)
{
    (void)state;
    AUTO_TEXT struct text out;
    struct counters *counters = counters_new();
    counters_target(counters, "ops");
    counters_notified(counters, "duty", false);
    counters_notified(counters, "duty", false);
    counters_notified(counters, "duty", true);
    show(counters, &out);
    assert_non_null(strstr(out.bytes,
                           "setpoint_notifications_total{target=\"ops\",outcome=\"delivered\"} 0\n"
                           "setpoint_notifications_total{target=\"ops\",outcome=\"failed\"} 0\n"
                           "setpoint_notifications_total{target=\"duty\",outcome=\"delivered\"} 1\n"
                           "setpoint_notifications_total{target=\"duty\",outcome=\"failed\"} 2\n"));
    counters_free(counters);
}

static void calls_without_an_answer_are_bounded(void **state)
{
    (void)state;
    AUTO_TEXT struct text out;
    struct counters *counters = counters_new();
    struct call call = {.kind = CALL_LOOK};
    for (call.id = 1; call.id <= 10000; call.id++)
        counters_sent(counters, &call);
    send_and_answer(counters, 20000, "kr1", CALL_STOP, REPLY_OK);
    counters_lag(counters, -5);
    counters_step(counters, 250);
    show(counters, &out);
    assert_non_null(strstr(out.bytes, "call=\"Stop\",kind=\"ok\"} 1\n"));
    assert_non_null(strstr(out.bytes, "setpoint_loop_lag_seconds 0.0\n"));
    assert_non_null(strstr(out.bytes, "setpoint_step_seconds_count 1\n"));
    counters_free(counters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_counted_by_cloud_call_and_answer),
        cmocka_unit_test(a_reply_that_nobody_waits_for_is_not_counted),
        cmocka_unit_test(notifications_are_counted_by_target_and_outcome),
        cmocka_unit_test(calls_without_an_answer_are_bounded),
    };
    return UNIT_RUN(tests);
}
