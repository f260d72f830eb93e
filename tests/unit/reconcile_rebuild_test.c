#include "tests/unit/unit.h"

#include "reconcile/intent.h"
#include "reconcile/order.h"
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

static void see(struct rig *rig, enum phase phase, const char *image, int64_t later_ms)
{
    struct server *server = servers_find(&rig->cloud->servers, "s1");
    struct facts facts = rig_facts(rig, "s1", "web", phase);
    facts.values[FIELD_IMAGE] = value_of_scalar(&rig->arena, image);
    rig->state->now.boot_ms += later_ms;
    server_take_facts(&rig->cloud->servers, server, &facts, rig->state->now.boot_ms);
    server->asked_ms = rig->state->now.boot_ms;
    intent_observe(rig->state, server->owner);
}

/* Of a server that is accepted to be rebuilt from image a to b. */
static struct intent *accepted(struct rig *rig)
{
    rig_open(rig, "openstack");
    struct object *web = rig_object(rig, rig_spec(rig, "web"));
    struct facts facts = rig_facts(rig, "s1", "web", PHASE_RUNNING);
    rig_server(rig, &facts, web);
    const struct order order = {.kind = CALL_REBUILD,
                                .provider_id = "s1",
                                .argument = image_b,
                                .field = FIELD_IMAGE,
                                .destroys = true};
    const struct reply ok = {.kind = REPLY_OK, .message = "", .request_id = ""};
    intent_begin(rig->state, web, &order);
    intents_saved(rig->state, 0);
    intent_sent(rig->state, web->intent, "image");
    intent_reply(rig->state, web->intent, &ok, rig->state->now.boot_ms);
    assert_true(web->intent->grace_ms > SECOND_MS);
    return web->intent;
}

/* A cloud may show the new image before it begins: it is done when that is shown of a server that was under
   way, or has had the time to be. */
static void the_new_image_alone_does_not_end_it(void **state)
{
    (void)state;
    static const struct {
        bool was_busy, is_new, has_waited, done;
    } rows[] = {
        {false, true, false, false}, {true, true, false, true}, {false, true, true, true},
        {true, false, false, false}, {true, true, true, true},  {false, false, false, false},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        struct intent *intent = accepted(&rig);
        const struct object *web = intent->object;
        int64_t left_ms = (rows[i].has_waited ? intent->grace_ms : intent->grace_ms - 1) - 100;
        see(&rig, rows[i].was_busy ? PHASE_BUSY : PHASE_RUNNING, image_a, 100);
        see(&rig, PHASE_RUNNING, rows[i].is_new ? image_b : image_a, left_ms);
        assert_int_equal(web->intent == NULL, rows[i].done);
        rig_close(&rig);
    }
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
        cmocka_unit_test(the_new_image_alone_does_not_end_it),
        cmocka_unit_test(what_is_not_known_is_forgotten),
    };
    return UNIT_RUN(tests);
}
