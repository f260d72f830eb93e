#include "tests/unit/unit.h"

#include "reconcile/view.h"
#include "tests/unit/reconcile_rig.h"

enum { OUT_MAX = 64 << 10 };

static struct now later(int64_t ms)
{
    return (struct now){RIG_BOOT_MS + ms, RIG_WALL_MS + ms};
}

static void judged(struct rig *rig, const char *name, enum verdict verdict, enum reason reason,
                   int64_t gap_since_ms)
{
    struct object *object = rig_object(rig, rig_spec(rig, name));
    object->verdict = verdict;
    object->reason = reason;
    object->gap_since_ms = gap_since_ms;
}

static void has(const struct text *out, const char *line)
{
    if (!strstr(out->bytes, line)) fail_msg("there is no %s in %s", line, out->bytes);
}

static void show(struct rig *rig, struct now now, struct text *out)
{
    struct metrics metrics = {.out = out};
    text_init(out, OUT_MAX);
    view_metrics(rig->state, now, &metrics);
}

static void objects_are_counted_and_never_named(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text out;
    rig_open(&rig, "nhn-v2");
    judged(&rig, "alpha", VERDICT_CONVERGED, REASON_IN_SYNC, 0);
    judged(&rig, "beta", VERDICT_BLOCKED, REASON_PROTECTED, RIG_BOOT_MS - 5000);
    judged(&rig, "gamma", VERDICT_WAITING, REASON_BACKOFF, RIG_BOOT_MS - 1500);
    show(&rig, later(500), &out);
    has(&out, "setpoint_objects{source=\"prod\",cloud=\"nhn\",verdict=\"Converged\"} 1\n");
    has(&out, "setpoint_objects{source=\"prod\",cloud=\"nhn\",verdict=\"Blocked\"} 1\n");
    has(&out, "setpoint_objects{source=\"prod\",cloud=\"nhn\",verdict=\"Failing\"} 0\n");
    has(&out, "setpoint_objects_held{source=\"prod\"} 1\n");
    has(&out, "setpoint_gap_age_seconds{source=\"prod\"} 5.5\n");
    assert_null(strstr(out.bytes, "alpha"));
    assert_null(strstr(out.bytes, "beta"));
    rig_close(&rig);
}

static void what_is_gone_from_the_configuration_is_not_shown(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text out;
    rig_open(&rig, "nhn-v2");
    rig.source->config = NULL;
    rig.cloud->config = NULL;
    show(&rig, later(0), &out);
    assert_null(strstr(out.bytes, "prod"));
    assert_null(strstr(out.bytes, "nhn"));
    rig_close(&rig);
}

static void brakes_and_budgets_are_told(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text out;
    rig_open(&rig, "nhn-v2");
    rig.cloud->vanish_brake = true;
    rig.state->read_only = true;
    rig.source->valid = true;
    show(&rig, later(0), &out);
    has(&out, "setpoint_cloud_brake{cloud=\"nhn\",kind=\"ServersVanished\"} 1\n");
    has(&out, "setpoint_cloud_brake{cloud=\"nhn\",kind=\"ErrorStorm\"} 0\n");
    has(&out, "setpoint_ledger_writable 0\n");
    has(&out, "setpoint_destroy_budget_left{source=\"prod\"} 1\n");
    has(&out, "setpoint_source_valid{source=\"prod\"} 1\n");
    rig_close(&rig);
}

/* Asking changes nothing: the core's own time stays. */
static void a_look_leaves_the_time_alone(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text out;
    rig_open(&rig, "nhn-v2");
    show(&rig, later(9000), &out);
    assert_int_equal(rig.state->now.boot_ms, RIG_BOOT_MS);
    has(&out, "setpoint_cloud_list_age_seconds{cloud=\"nhn\"} 9.0\n"); /* never: as old as the daemon */
    rig_close(&rig);
}

static void fresh_is_three_intervals(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text why;
    rig_open(&rig, "nhn-v2");
    text_init(&why, 1024);
    assert_false(view_is_fresh(rig.state, later(0), &why));
    assert_string_equal(why.bytes, "configuration, ledger or a source has not been read yet");
    rig.source->read_once = true;
    text_clear(&why);
    assert_false(view_is_fresh(rig.state, later(0), &why));
    assert_string_equal(why.bytes, "cloud nhn has not been seen within 3 intervals");
    rig.cloud->any_list_ms = RIG_BOOT_MS;
    text_clear(&why);
    assert_true(view_is_fresh(rig.state, later(90 * SECOND_MS), &why));
    assert_false(view_is_fresh(rig.state, later(90 * SECOND_MS + 1), &why));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_counted_and_never_named),
        cmocka_unit_test(what_is_gone_from_the_configuration_is_not_shown),
        cmocka_unit_test(brakes_and_budgets_are_told),
        cmocka_unit_test(a_look_leaves_the_time_alone),
        cmocka_unit_test(fresh_is_three_intervals),
    };
    return UNIT_RUN(tests);
}
