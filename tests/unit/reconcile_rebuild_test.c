#include "tests/unit/unit.h"

#include "reconcile/intent.h"
#include "reconcile/rebuild.h"
#include "tests/unit/reconcile_rig.h"

static char image_a[] = "00000000-0000-4000-8000-000000000001";
static char image_b[] = "00000000-0000-4000-8000-000000000002";

static uint64_t begun(struct object *object, const char *server, char *image)
{
    struct intent intent = {.object = object, .argument = image};
    text_copy(intent.provider_id, sizeof intent.provider_id, server);
    uint64_t before = object->rebuilt;
    rebuild_begin(object, &intent);
    assert_int_equal(intent.rebuilt_before, before);
    return object->rebuilt;
}

static void a_value_is_one_image_on_one_server(void **state)
{
    (void)state;
    struct object object = {0};
    uint64_t value = begun(&object, "s1", image_a);
    assert_int_not_equal(value, 0);
    assert_int_not_equal(value, REBUILT_UNKNOWN);
    assert_int_not_equal(begun(&object, "s1", image_b), value);
    assert_int_not_equal(begun(&object, "s2", image_a), value);
    assert_int_equal(begun(&object, "s1", image_a), value);
}

static void it_is_closed_by_the_image_that_is_seen(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "openstack");
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    struct intent intent = {.kind = CALL_REBUILD, .argument = image_a};
    assert_true(rebuild_is_seen(&intent, &facts));
    facts.values[FIELD_IMAGE] = value_of_scalar(&rig.arena, image_b);
    assert_false(rebuild_is_seen(&intent, &facts));
    facts.values[FIELD_IMAGE] = value_of_scalar(&rig.arena, image_a);
    facts.seen &= ~FIELD_BIT(FIELD_IMAGE);
    assert_false(rebuild_is_seen(&intent, &facts));
    rig_close(&rig);
}

/* A lost ledger may have known of one; being Converged once, or another manifest, says that it does not
   matter. What is known stays. */
static void what_is_not_known_is_forgotten(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "openstack");
    struct object *web = rig_object(&rig, rig_spec(&rig, "web"));
    web->rebuilt = REBUILT_UNKNOWN;
    web->since_wall_ms = RIG_WALL_MS;
    web->verdict = VERDICT_BLOCKED;
    rebuild_observe(web);
    assert_int_equal(web->rebuilt, REBUILT_UNKNOWN);
    web->verdict = VERDICT_CONVERGED;
    web->ledger_dirty = false;
    rebuild_observe(web);
    assert_int_equal(web->rebuilt, 0);
    assert_true(web->ledger_dirty);
    web->rebuilt = REBUILT_UNKNOWN;
    rebuild_forget(web);
    assert_int_equal(web->rebuilt, 0);
    web->rebuilt = 7;
    rebuild_forget(web);
    rebuild_observe(web);
    assert_int_equal(web->rebuilt, 7);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_one_image_on_one_server),
        cmocka_unit_test(it_is_closed_by_the_image_that_is_seen),
        cmocka_unit_test(what_is_not_known_is_forgotten),
    };
    return UNIT_RUN(tests);
}
