#include "tests/unit/unit.h"

#include "reconcile/intent.h"
#include "reconcile/look.h"
#include "reconcile/order.h"
#include "reconcile/send.h"
#include "tests/unit/reconcile_rig.h"

enum { SENT_MAX = 4000 };

/* Permits stand for any request: they take their slots as all do. */
static unsigned send_for(struct rig *rig, uint32_t rate, int64_t duration_ms, unsigned step_ms,
                         int64_t *sent_ms)
{
    unsigned count = 0, seed = 11;
    rig->state->config->clouds[0].requests_per_second = rate;
    rig->cloud->session = SESSION_NONE;
    int64_t end = rig->state->now.boot_ms + duration_ms;
    while (rig->state->now.boot_ms < end) {
        seed = seed * 1664525 + 1013904223;
        rig->state->now.boot_ms += 1 + (seed >> 16) % step_ms;
        effects_clear(&rig->effects);
        rig->cloud->session_wants = 1000000;
        rig->cloud->permits_out = 0; /* the session told how its requests ended */
        cloud_send(rig->state, rig->cloud);
        for (uint32_t i = 0; i < rig->effects.count && count < SENT_MAX; i++)
            sent_ms[count++] = rig->state->now.boot_ms;
    }
    return count;
}

/* S9: never more than the rate in any second, never a burst, and not far under it. */
static void no_second_holds_more_than_the_rate(void **state)
{
    (void)state;
    static const uint32_t rates[] = {1, 3, 10, 50, 100};
    static int64_t sent[SENT_MAX];
    for (unsigned i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        unsigned count = send_for(&rig, rates[i], 20 * SECOND_MS, 4, sent);
        for (unsigned k = 0, first = 0; k < count; k++) {
            while (sent[k] - sent[first] >= SECOND_MS)
                first++;
            assert_true(k - first + 1 <= rates[i]);
        }
        if (count < rates[i] * 20 * 80 / 100) fail_msg("%u at rate %u", count, rates[i]);
        rig_close(&rig);
    }
}

/* A pause is not caught up with a burst. */
static void a_slot_that_nobody_took_is_lost(void **state)
{
    (void)state;
    struct rig rig;
    static int64_t sent[SENT_MAX];
    rig_open(&rig, "nhn-v2");
    send_for(&rig, 10, SECOND_MS, 4, sent);
    rig.state->now.boot_ms += HOUR_MS;
    int64_t from = rig.state->now.boot_ms;
    unsigned count = send_for(&rig, 10, 300, 1, sent);
    assert_true(count <= 3 + 1);
    assert_true(sent[0] >= from);
    rig_close(&rig);
}

static void a_throttled_pace_is_slower(void **state)
{
    (void)state;
    struct rig rig;
    static int64_t sent[SENT_MAX];
    rig_open(&rig, "nhn-v2");
    rig.cloud->pace_percent = 47;
    unsigned count = send_for(&rig, 10, 20 * SECOND_MS, 4, sent);
    assert_true(count <= 20 * 5);
    rig_close(&rig);
}

static void nothing_is_sent_before_retry_after(void **state)
{
    (void)state;
    struct rig rig;
    static int64_t sent[SENT_MAX];
    rig_open(&rig, "nhn-v2");
    rig.cloud->throttled_until_ms = RIG_BOOT_MS + 5 * SECOND_MS;
    rig.cloud->session_wants = 1;
    assert_int_equal(cloud_send_wake(rig.state, rig.cloud), rig.cloud->throttled_until_ms);
    send_for(&rig, 10, 8 * SECOND_MS, 4, sent);
    assert_true(sent[0] >= RIG_BOOT_MS + 5 * SECOND_MS);
    rig_close(&rig);
}

static void requests_in_flight_are_limited(void **state)
{
    (void)state;
    struct rig rig;
    static int64_t sent[SENT_MAX];
    rig_open(&rig, "nhn-v2");
    rig.state->config->clouds[0].in_flight = 3;
    rig.cloud->flight_count = 3;
    assert_int_equal(send_for(&rig, 10, 2 * SECOND_MS, 4, sent), 0);
    assert_true(cloud_send_wake(rig.state, rig.cloud) == NEVER_MS); /* a reply is an event */
    rig.cloud->flight_count = 2;
    assert_true(send_for(&rig, 10, 2 * SECOND_MS, 4, sent) > 0);
    rig.cloud->flight_count = 0;
    rig_close(&rig);
}

static void an_open_breaker_lets_one_through(void **state)
{
    (void)state;
    struct rig rig;
    static int64_t sent[SENT_MAX];
    rig_open(&rig, "nhn-v2");
    rig.cloud->outages = BREAKER_FAILURES;
    rig.cloud->breaker_until_ms = RIG_BOOT_MS + 3 * SECOND_MS;
    rig.cloud->flight_count = 0;
    send_for(&rig, 10, 5 * SECOND_MS, 4, sent);
    assert_true(sent[0] >= RIG_BOOT_MS + 3 * SECOND_MS);
    rig.cloud->flight_count = 1;
    assert_int_equal(send_for(&rig, 10, SECOND_MS, 4, sent), 0);
    rig.cloud->flight_count = 0;
    rig_close(&rig);
}

/* A call that is ready waits for the breaker: it keeps nobody from probing with a look that is due. */
static void an_open_breaker_is_probed_by_a_look_though_calls_are_ready(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts stopped = rig_facts(&rig, "s1", "web", PHASE_STOPPED);
    struct facts busy = rig_facts(&rig, "s2", "db", PHASE_BUSY);
    struct object *web = rig_object(&rig, rig_spec(&rig, "web"));
    rig_server(&rig, &stopped, web);
    rig_server(&rig, &busy, rig_object(&rig, rig_spec(&rig, "db")));
    intent_begin(rig.state, web,
                 &(struct order){.kind = CALL_START, .provider_id = "s1", .field = FIELD_POWER});
    intents_saved(rig.state, 0);
    assert_int_equal(web->intent->state, INTENT_READY);
    look_soon(rig.state, rig.cloud, "s2", 0);
    rig.cloud->flight_count = 0;
    rig.cloud->listing = (struct listing){.running = false};
    rig.cloud->list_due_ms = NEVER_MS;
    rig.cloud->outages = BREAKER_FAILURES;
    rig.cloud->breaker_until_ms = rig.state->now.boot_ms += SECOND_MS;
    effects_clear(&rig.effects);
    cloud_send(rig.state, rig.cloud);
    assert_int_equal(rig.effects.count, 1);
    const struct effect *sent = rig_effect(&rig, EFFECT_SEND);
    assert_non_null(sent);
    assert_int_equal(sent->send.call->look, LOOK_SERVER);
    assert_string_equal(sent->send.call->provider_id, "s2");
    rig.cloud->flight_count = 0;
    rig.state->now.boot_ms += SECOND_MS; /* no look is due */
    effects_clear(&rig.effects);
    cloud_send(rig.state, rig.cloud);
    assert_int_equal(rig.effects.count, 0);
    assert_int_equal(web->intent->state, INTENT_READY);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_second_holds_more_than_the_rate),
        cmocka_unit_test(a_slot_that_nobody_took_is_lost),
        cmocka_unit_test(a_throttled_pace_is_slower),
        cmocka_unit_test(nothing_is_sent_before_retry_after),
        cmocka_unit_test(requests_in_flight_are_limited),
        cmocka_unit_test(an_open_breaker_lets_one_through),
        cmocka_unit_test(an_open_breaker_is_probed_by_a_look_though_calls_are_ready),
    };
    return UNIT_RUN(tests);
}
