#include "tests/unit/unit.h"

#include "reconcile/base/memory.h"
#include "reconcile/intent.h"
#include "reconcile/look.h"
#include "tests/unit/reconcile_rig.h"

static struct object *wanting(struct rig *rig, struct source *source, const char *name)
{
    struct object *object = source_add(source, name, ++rig->state->object_seq);
    object->cloud = rig->cloud;
    return object;
}

/* As many saved-ahead intents as fill the room but `left`. */
static void fill(struct rig *rig, unsigned left)
{
    struct cloud *cloud = rig->cloud;
    for (unsigned i = left; i < 2 * cloud->config->in_flight; i++) {
        ROW_RESERVE(cloud->intents, cloud->intent_count, cloud->intent_room);
        struct intent *intent = NEW(struct intent);
        intent->state = INTENT_READY;
        cloud->intents[cloud->intent_count++] = intent;
    }
}

static void empty(struct rig *rig)
{
    for (uint32_t i = 0; i < rig->cloud->intent_count; i++)
        memory_free(rig->cloud->intents[i]);
    rig->cloud->intent_count = 0;
}

static void only_what_is_saved_ahead_takes_room(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    assert_true(lane_has_room(rig.cloud));
    fill(&rig, 0);
    assert_false(lane_has_room(rig.cloud));
    rig.cloud->intents[3]->state = INTENT_OPEN;
    assert_true(lane_has_room(rig.cloud));
    empty(&rig);
    rig_close(&rig);
}

static void objects_leave_a_lane_from_anywhere(void **state)
{
    (void)state;
    struct rig rig;
    struct object *objects[4];
    rig_open(&rig, "nhn-v2");
    fill(&rig, 0);
    for (unsigned i = 0; i < 4; i++) {
        objects[i] = wanting(&rig, rig.source, (const char *[]){"a", "b", "c", "d"}[i]);
        lane_wait(rig.state, objects[i], CLASS_REST);
        lane_wait(rig.state, objects[i], CLASS_REST);
    }
    lane_leave(objects[1]);
    lane_leave(objects[3]);
    lane_leave(objects[0]);
    lane_leave(objects[0]);
    empty(&rig);
    fill(&rig, 1);
    lanes_serve(rig.state, rig.cloud);
    assert_ptr_equal(rig.state->dirty_first, objects[2]);
    assert_int_equal(rig.state->dirty_count, 1);
    assert_false(objects[2]->queued);
    lane_wait(rig.state, objects[3], CLASS_REST);
    assert_true(objects[3]->queued);
    lane_leave(objects[3]);
    empty(&rig);
    rig_close(&rig);
}

/* Round robin over sources; repairs before the rest. */
static void sources_take_turns(void **state)
{
    (void)state;
    static const char *const expected[] = {"r", "a1", "b1", "a2", "b2", "a3"};
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct source *other = state_source_add(rig.state, "test");
    fill(&rig, 0);
    for (unsigned i = 0; i < 3; i++)
        lane_wait(rig.state, wanting(&rig, rig.source, (const char *[]){"a1", "a2", "a3"}[i]), CLASS_REST);
    for (unsigned i = 0; i < 2; i++)
        lane_wait(rig.state, wanting(&rig, other, (const char *[]){"b1", "b2"}[i]), CLASS_REST);
    lane_wait(rig.state, wanting(&rig, other, "r"), CLASS_REPAIR);
    empty(&rig);
    lanes_serve(rig.state, rig.cloud);
    assert_int_equal(rig.state->dirty_count, 6);
    const struct object *object = rig.state->dirty_first;
    for (unsigned i = 0; i < 6; i++, object = object->dirty_next)
        assert_string_equal(object->name, expected[i]);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_saved_ahead_takes_room),
        cmocka_unit_test(objects_leave_a_lane_from_anywhere),
        cmocka_unit_test(sources_take_turns),
    };
    return UNIT_RUN(tests);
}
