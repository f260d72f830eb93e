#include "tests/unit/unit.h"

#include "reconcile/budget.h"
#include "reconcile/intent.h"
#include "reconcile/retire.h"
#include "tests/unit/reconcile_rig.h"

struct bench {
    struct rig rig;
    struct object *object;
    struct server *server;
};

static void phase(struct bench *b, enum phase phase)
{
    struct facts facts = rig_facts(&b->rig, "s1", "db", phase);
    server_take_facts(&b->rig.cloud->servers, b->server, &facts, b->rig.state->now.boot_ms);
    retire_observe(b->rig.state, b->object, b->server);
}

static void open_bench(struct bench *b, struct retire_policy policy)
{
    rig_open(&b->rig, "nhn-v2");
    struct spec *spec = rig_spec(&b->rig, "db");
    spec->lifecycle.retire = policy;
    b->object = rig_object(&b->rig, spec);
    struct facts facts = rig_facts(&b->rig, "s1", "db", PHASE_RUNNING);
    b->server = rig_server(&b->rig, &facts, b->object);
    retire_observe(b->rig.state, b->object, b->server);
}

static void leaves_the_manifests(struct bench *b)
{
    b->object->spec = NULL;
    b->object->retired_ms = b->rig.state->now.boot_ms;
}

static void pass(struct bench *b, int64_t span_ms)
{
    b->rig.state->now.boot_ms += span_ms;
    b->rig.state->now.wall_ms += span_ms;
}

static void the_policy_outlives_the_manifest(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, (struct retire_policy){HOUR_MS, true});
    assert_true(retire_is_asked(&b.object->retire));
    assert_true(b.object->ledger_dirty);
    leaves_the_manifests(&b);
    retire_observe(b.rig.state, b.object, b.server);
    assert_int_equal(b.object->retire.policy.stop_for_ms, HOUR_MS);
    assert_true(b.object->retire.policy.snapshot);
    rig_close(&b.rig);
}

static void rest_is_counted_from_where_it_is_seen(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, (struct retire_policy){HOUR_MS, false});
    phase(&b, PHASE_STOPPED); /* still wanted: it is none */
    assert_int_equal(b.object->retire.rest_wall_ms, 0);
    leaves_the_manifests(&b);
    phase(&b, PHASE_RUNNING);
    assert_int_equal(b.object->retire.rest_wall_ms, 0);
    pass(&b, MINUTE_MS);
    b.object->slot = true;
    phase(&b, PHASE_STOPPED);
    assert_int_equal(b.object->retire.rest_wall_ms, RIG_WALL_MS + MINUTE_MS);
    assert_false(b.object->slot); /* it is where it shall be */
    pass(&b, HOUR_MS / 2);
    phase(&b, PHASE_STOPPED);
    assert_int_equal(b.object->retire.rest_wall_ms, RIG_WALL_MS + MINUTE_MS);
    phase(&b, PHASE_RUNNING); /* somebody started it: anew */
    assert_int_equal(b.object->retire.rest_wall_ms, 0);
    phase(&b, PHASE_STOPPED);
    pass(&b, HOUR_MS);
    phase(&b, PHASE_RUNNING); /* also when the time is over */
    assert_int_equal(b.object->retire.rest_wall_ms, 0);
    b.object->retire.policy.snapshot = true;
    phase(&b, PHASE_STOPPED);
    pass(&b, HOUR_MS);
    phase(&b, PHASE_RUNNING); /* on its way to its image it stays over */
    assert_int_not_equal(b.object->retire.rest_wall_ms, 0);
    rig_close(&b.rig);
}

/* What has begun is counted until its delete is charged, and never twice. */
static void what_has_begun_counts_as_used(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, (struct retire_policy){HOUR_MS, false});
    leaves_the_manifests(&b);
    object_recount(b.rig.state, b.object);
    assert_int_equal(b.rig.source->retiring, 0);
    assert_true(budget_retirement(b.rig.state, b.rig.source).allows);
    struct intent intent = {.object = b.object, .kind = CALL_STOP};
    b.object->intent = &intent;
    object_recount(b.rig.state, b.object);
    object_recount(b.rig.state, b.object);
    assert_int_equal(b.rig.source->retiring, 1);
    assert_int_equal(b.rig.state->retiring, 1);
    assert_int_equal(budget_retirement(b.rig.state, b.rig.source).used, 1);
    assert_false(budget_retirement(b.rig.state, b.rig.source).allows);
    assert_true(budget_destruction(b.rig.state, b.rig.source).allows);
    b.object->intent = NULL;
    phase(&b, PHASE_STOPPED);
    assert_int_equal(b.rig.source->retiring, 1);
    intent = (struct intent){.object = b.object, .kind = CALL_DELETE, .destroys = true};
    b.object->intent = &intent;
    object_recount(b.rig.state, b.object);
    assert_int_equal(b.rig.source->retiring, 0);
    assert_int_equal(b.rig.state->retiring, 0);
    b.object->intent = NULL;
    rig_close(&b.rig);
}

static void an_approval_stands_to_the_end(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, (struct retire_policy){HOUR_MS, false});
    leaves_the_manifests(&b);
    b.object->approval = (struct approval){
        .call = CALL_DELETE, .provider_id = "s2", .until_ms = b.rig.state->now.boot_ms + 15 * MINUTE_MS};
    phase(&b, PHASE_RUNNING);
    assert_false(retire_is_approved(b.object, "s1")); /* it was of another server */
    text_copy(b.object->approval.provider_id, sizeof b.object->approval.provider_id, "s1");
    phase(&b, PHASE_RUNNING);
    pass(&b, DAY_MS);
    assert_true(retire_is_approved(b.object, "s1"));
    assert_false(retire_is_approved(b.object, "s2"));
    assert_false(retire_is_approved(b.object, NULL));
    retire_end(b.object);
    assert_false(retire_is_approved(b.object, "s1"));
    assert_true(retire_is_asked(&b.object->retire)); /* the policy stays */
    rig_close(&b.rig);
}

static void an_image_of_an_earlier_time_is_none_of_the_next(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, (struct retire_policy){0, true});
    b.object->retire.image_wall_ms = RIG_WALL_MS;
    b.object->since_wall_ms = RIG_WALL_MS;
    b.object->verdict = VERDICT_PROGRESSING;
    retire_observe(b.rig.state, b.object, b.server);
    assert_int_equal(b.object->retire.image_wall_ms, RIG_WALL_MS);
    b.object->verdict = VERDICT_CONVERGED;
    retire_observe(b.rig.state, b.object, b.server);
    assert_int_equal(b.object->retire.image_wall_ms, 0);
    rig_close(&b.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_policy_outlives_the_manifest),
        cmocka_unit_test(rest_is_counted_from_where_it_is_seen),
        cmocka_unit_test(what_has_begun_counts_as_used),
        cmocka_unit_test(an_approval_stands_to_the_end),
        cmocka_unit_test(an_image_of_an_earlier_time_is_none_of_the_next),
    };
    return UNIT_RUN(tests);
}
