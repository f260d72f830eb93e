#include "tests/unit/unit.h"

#include "reconcile/intent.h"
#include "reconcile/retry.h"
#include "tests/unit/reconcile_rig.h"

struct bench {
    struct rig rig;
    struct object *object;
    struct intent intent;
};

static void bench_open(struct bench *bench)
{
    rig_open(&bench->rig, "nhn-v2");
    bench->object = rig_object(&bench->rig, rig_spec(&bench->rig, "web"));
    bench->intent = (struct intent){.object = bench->object, .cloud = bench->rig.cloud, .kind = CALL_STOP};
}

static int64_t delay(const struct bench *bench)
{
    return bench->object->retry_ms - bench->rig.state->now.boot_ms;
}

static void refuse(struct bench *bench, enum reply_kind kind)
{
    struct reply reply = {.kind = kind, .message = "words"};
    retry_after_refusal(bench->rig.state, bench->object, &bench->intent, &reply);
}

/* Every kind has its row: the reason that is shown and the least and most that it waits. */
static void each_kind_waits_in_its_way(void **state)
{
    (void)state;
    static const struct {
        enum reply_kind kind;
        enum reason reason;
        int64_t least, most;
    } rows[] = {
        {REPLY_TRANSPORT, REASON_BACKOFF, 250, 1000},    {REPLY_AUTH, REASON_BACKOFF, 250, 1000},
        {REPLY_CONFLICT, REASON_BACKOFF, 250, 1000},     {REPLY_ABSENT, REASON_BACKOFF, 250, 1000},
        {REPLY_QUOTA, REASON_BACKOFF, 250, 1000},        {REPLY_CAPACITY, REASON_BACKOFF, 250, 1000},
        {REPLY_INVALID, REASON_REFUSED, 60000, 60000},   {REPLY_DENIED, REASON_REFUSED, 60000, 60000},
        {REPLY_THROTTLED, REASON_CLOUD_THROTTLED, 0, 0},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b);
        refuse(&b, rows[i].kind);
        assert_int_equal(b.object->retry_reason, rows[i].reason);
        assert_int_equal(b.object->retry_call, CALL_STOP);
        assert_true(delay(&b) >= rows[i].least && delay(&b) <= rows[i].most);
        assert_string_equal(b.object->retry_message, "Stop: words");
        rig_close(&b.rig);
    }
}

static void the_fifth_conflict_blocks(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    for (unsigned i = 1; i < CONFLICT_TRIES; i++) {
        refuse(&b, REPLY_CONFLICT);
        assert_int_equal(b.object->retry_reason, REASON_BACKOFF);
    }
    refuse(&b, REPLY_CONFLICT);
    assert_int_equal(b.object->retry_reason, REASON_CONFLICT);
    assert_int_equal(delay(&b), CONFLICT_RETRY_MS);
    b.intent.kind = CALL_START; /* another call begins to count anew */
    refuse(&b, REPLY_CONFLICT);
    assert_int_equal(b.object->retry_reason, REASON_BACKOFF);
    rig_close(&b.rig);
}

static void refusals_grow_to_a_quarter_of_an_hour(void **state)
{
    (void)state;
    static const int64_t waits[] = {MINUTE_MS, 4 * MINUTE_MS, 15 * MINUTE_MS, 15 * MINUTE_MS};
    struct bench b;
    bench_open(&b);
    for (unsigned i = 0; i < 4; i++) {
        refuse(&b, REPLY_INVALID);
        assert_int_equal(delay(&b), waits[i]);
    }
    rig_close(&b.rig);
}

static void a_create_without_room_holds_the_flavor_back(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.intent.kind = CALL_CREATE;
    const char *flavor = value_scalar(b.object->spec->values[FIELD_FLAVOR]);
    refuse(&b, REPLY_CAPACITY);
    struct capacity_key *key = cloud_capacity(b.rig.cloud, "", flavor, false);
    assert_non_null(key);
    int64_t first = key->delay_ms;
    refuse(&b, REPLY_QUOTA);
    assert_int_equal(key->delay_ms, 2 * first);
    for (unsigned i = 0; i < 10; i++)
        refuse(&b, REPLY_QUOTA);
    assert_int_equal(key->delay_ms, CAPACITY_PROBE_MS); /* full speed within this of room coming back */
    capacity_worked(b.rig.state, b.object);
    assert_int_equal(key->delay_ms, 0);
    assert_int_equal(key->open_until_ms, 0);
    rig_close(&b.rig);
}

static void builds_wait_longer(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct facts facts = rig_facts(&b.rig, "s1", "web", PHASE_ERROR);
    facts.fault = "No valid host was found";
    struct server *server = rig_server(&b.rig, &facts, b.object);
    retry_after_build(b.rig.state, b.object, server, false);
    assert_int_equal(b.object->retry_call, CALL_CREATE);
    assert_int_equal(b.object->retry_reason, REASON_BUILD_FAILED);
    assert_true(delay(&b) >= BUILD_RETRY_FIRST_MS / 4 && delay(&b) <= BUILD_RETRY_FIRST_MS);
    assert_string_equal(b.object->retry_message, "build failed: No valid host was found; try 2 follows");
    retry_after_build(b.rig.state, b.object, server, false); /* its Delete is tried again */
    assert_int_equal(b.object->failed_builds, 1);
    assert_int_equal(retry_build_number(b.object, server), 2);
    for (unsigned i = 0; i < 20; i++) {
        b.object->failed_server[0] = '\0'; /* another one */
        assert_int_equal(retry_build_number(b.object, server), i + 3);
        retry_after_build(b.rig.state, b.object, server, true);
    }
    assert_int_equal(b.object->failures, 0);
    assert_int_equal(b.object->retry_reason, REASON_BUILD_STUCK);
    assert_true(delay(&b) <= BUILD_RETRY_MOST_MS && delay(&b) >= BUILD_RETRY_MOST_MS / 4);
    retry_clear(b.object);
    assert_int_equal(b.object->retry_ms, 0);
    assert_int_equal(b.object->retry_call, CALL_NONE);
    b.object->ledger_dirty = false;
    retry_forgive(b.object);
    assert_int_equal(b.object->failed_builds, 0);
    assert_true(b.object->ledger_dirty);
    rig_close(&b.rig);
}

static void silence_is_an_attempt(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.intent.accepted = true;
    retry_after_silence(b.rig.state, b.object, &b.intent);
    assert_string_equal(b.object->retry_message, "Stop was accepted but changed nothing, try 2 follows");
    b.intent.accepted = false;
    retry_after_silence(b.rig.state, b.object, &b.intent);
    assert_string_equal(b.object->retry_message, "Stop got no answer and did not take effect, try 3 follows");
    assert_true(delay(&b) >= 500 && delay(&b) <= 2000);
    rig_close(&b.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_waits_in_its_way),
        cmocka_unit_test(the_fifth_conflict_blocks),
        cmocka_unit_test(refusals_grow_to_a_quarter_of_an_hour),
        cmocka_unit_test(a_create_without_room_holds_the_flavor_back),
        cmocka_unit_test(builds_wait_longer),
        cmocka_unit_test(silence_is_an_attempt),
    };
    return UNIT_RUN(tests);
}
