#include "tests/unit/unit.h"

#include "reconcile/swap.h"
#include "tests/unit/reconcile_rig.h"

static struct object *object_of(struct rig *rig, const char *name)
{
    return source_object(rig->source, name);
}

static void what_is_equal_is_not_looked_at(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct spec *specs[] = {rig_spec(&rig, "a"), rig_spec(&rig, "b")};
    rig_step(&rig, rig_generation(specs, 2, "r1"), 1);
    assert_int_equal(rig.source->object_count, 2);
    uint64_t serial = rig.state->serial;
    const struct spec *before = object_of(&rig, "a")->spec;
    rig_step(&rig, rig_generation(specs, 2, "r2"), 1);
    assert_ptr_not_equal(object_of(&rig, "a")->spec, before); /* the old generation is gone */
    assert_true(rig.state->serial == serial);
    assert_string_equal(rig.source->revision, "r2");
    rig_close(&rig);
}

static void what_leaves_retires_and_may_come_back(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct spec *specs[] = {rig_spec(&rig, "a"), rig_spec(&rig, "b")};
    rig_step(&rig, rig_generation(specs, 2, "r1"), 1);
    text_copy(object_of(&rig, "b")->current, LIMIT_ID, "s2");
    rig_step(&rig, rig_generation(specs, 1, "r2"), 1);
    assert_null(object_of(&rig, "b")->spec);
    assert_true(object_of(&rig, "b")->retired_ms > 0);
    rig_step(&rig, rig_generation(specs, 2, "r3"), 1);
    assert_non_null(object_of(&rig, "b")->spec);
    assert_int_equal(object_of(&rig, "b")->retired_ms, 0);
    rig_close(&rig);
}

/* `sources` tells since when a source is as it is: another reading of the same kind is no news. */
static void a_source_is_in_order_or_not_since(void **state)
{
    (void)state;
    struct rig rig;
    const struct error mistake = {.kind = ERROR_INPUT, .text = "unknown key", .file = "web.yaml", .line = 7};
    const struct event fault = {.kind = EVENT_SOURCE_FAULT, .source_fault = {"prod", &mistake, 1, false}};
    rig_open(&rig, "nhn-v2");
    struct spec *specs[] = {rig_spec(&rig, "a"), rig_spec(&rig, "b")};
    rig_step(&rig, rig_generation(specs, 1, "r1"), 1);
    int64_t valid = rig.source->since_wall_ms;
    rig_step(&rig, rig_generation(specs, 2, "r2"), MINUTE_MS);
    assert_true(rig.source->since_wall_ms == valid);
    rig_step(&rig, fault, MINUTE_MS);
    int64_t invalid = valid + 2 * MINUTE_MS;
    assert_true(rig.source->since_wall_ms == invalid);
    rig_step(&rig, fault, MINUTE_MS);
    assert_true(rig.source->since_wall_ms == invalid);
    rig_step(&rig, rig_generation(specs, 2, "r2"), MINUTE_MS);
    assert_true(rig.source->since_wall_ms == invalid + 2 * MINUTE_MS);
    rig_close(&rig);
}

/* S6: the set last accepted stays in force. */
static void a_fault_changes_no_desire(void **state)
{
    (void)state;
    struct rig rig;
    const struct error mistake = {
        .kind = ERROR_INPUT, .text = "unknown key", .file = "web.yaml", .line = 7, .column = 5};
    rig_open(&rig, "nhn-v2");
    struct spec *specs[] = {rig_spec(&rig, "a")};
    rig_step(&rig, rig_generation(specs, 1, "r1"), 1);
    struct event fault = {.kind = EVENT_SOURCE_FAULT, .source_fault = {"prod", &mistake, 1, false}};
    rig_step(&rig, fault, 1);
    assert_false(rig.source->valid);
    assert_non_null(object_of(&rig, "a")->spec);
    assert_int_equal(rig.source->mistake_count, 1);
    assert_int_equal(rig.source->mistakes[0].line, 7);
    assert_string_equal(rig.source->revision, "r1");
    rig_step(&rig, rig_generation(specs, 1, "r1"), 1);
    assert_true(rig.source->valid);
    assert_int_equal(rig.source->mistake_count, 0);
    rig_close(&rig);
}

static void empty_with_something_bound_waits(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct spec *specs[] = {rig_spec(&rig, "a")};
    rig_step(&rig, rig_generation(NULL, 0, "r0"), 1); /* nothing bound: simply 0 objects */
    assert_null(rig.source->empty);
    rig_step(&rig, rig_generation(specs, 1, "r1"), 1);
    text_copy(object_of(&rig, "a")->current, LIMIT_ID, "s1");
    rig_step(&rig, rig_generation(NULL, 0, "r2"), 1);
    assert_non_null(rig.source->empty);
    assert_non_null(object_of(&rig, "a")->spec);
    rig_step(&rig, rig_generation(specs, 1, "r3"), 1);
    assert_null(rig.source->empty);
    rig_close(&rig);
}

/* A source whose document is gone lets go of what it wanted, and of what it did not want any more. */
static void a_released_source_wants_nothing(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct spec *specs[] = {rig_spec(&rig, "a"), rig_spec(&rig, "b")};
    rig_step(&rig, rig_generation(specs, 2, "r1"), 1);
    text_copy(object_of(&rig, "b")->current, LIMIT_ID, "s2");
    rig_step(&rig, rig_generation(specs, 1, "r2"), 1);
    assert_true(object_of(&rig, "b")->retired_ms > 0);
    swap_release(rig.state, rig.source);
    assert_null(rig.source->generation);
    assert_string_equal(rig.source->revision, "");
    assert_false(rig.source->read_once || rig.source->valid || rig.source->missing);
    for (uint32_t i = 0; i < rig.source->object_count; i++) {
        const struct object *object = rig.source->objects[i];
        assert_null(object->spec);
        assert_int_equal(object->retired_ms, 0);
        assert_true(object->dirty && !object->queued);
    }
    assert_true(rig.state->holds_stale);
    rig_close(&rig);
}

static void was_moves_the_entry(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct spec *old = rig_spec(&rig, "old"), *fresh = rig_spec(&rig, "fresh");
    rig_step(&rig, rig_generation(&old, 1, "r1"), 1);
    struct object *was = object_of(&rig, "old");
    text_copy(was->current, sizeof was->current, "s1");
    text_copy(was->cloud_name, sizeof was->cloud_name, "nhn");
    was->protect = was->was_converged = true;
    object_resolve(was, FIELD_FLAVOR, "small", "f1");
    text_set_add(&was->metadata, "team");
    fresh->was = "prod/old";
    rig_step(&rig, rig_generation(&fresh, 1, "r2"), 1);
    struct object *now = object_of(&rig, "fresh");
    assert_string_equal(now->current, "s1");
    assert_true(now->protect && now->was_converged);
    assert_string_equal(now->resolved[FIELD_FLAVOR].id, "f1");
    assert_true(text_set_has(&now->metadata, "team"));
    struct object *left = object_of(&rig, "old");
    assert_true(!left || left->current[0] == '\0');
    assert_true(!left || !(left->protect || left->slot || left->reserved != 0));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_equal_is_not_looked_at),
        cmocka_unit_test(what_leaves_retires_and_may_come_back),
        cmocka_unit_test(a_source_is_in_order_or_not_since),
        cmocka_unit_test(a_fault_changes_no_desire),
        cmocka_unit_test(empty_with_something_bound_waits),
        cmocka_unit_test(a_released_source_wants_nothing),
        cmocka_unit_test(was_moves_the_entry),
    };
    return UNIT_RUN(tests);
}
