#include "tests/unit/unit.h"

#include "reconcile/names.h"
#include "tests/unit/reconcile_rig.h"

static struct object *other_source(struct rig *rig, struct spec *spec)
{
    struct source *prod = rig->source;
    rig->source = state_source_add(rig->state, "test");
    struct object *object = rig_object(rig, spec);
    rig->source = prod;
    return object;
}

static void a_rival_is_of_another_source_on_the_same_cloud(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *web = rig_object(&rig, rig_spec(&rig, "web"));
    rig_object(&rig, rig_spec(&rig, "db"));
    assert_null(names_rival(rig.state, web, "web"));
    struct spec *elsewhere = rig_spec(&rig, "web");
    elsewhere->cloud = "os";
    other_source(&rig, elsewhere);
    names_touch(rig.state);
    assert_null(names_rival(rig.state, web, "web"));
    struct spec *same = rig_spec(&rig, "www");
    rig_manage(same, FIELD_NAME, value_of_scalar(&rig.arena, "web"));
    struct object *rival = other_source(&rig, same);
    names_touch(rig.state);
    assert_ptr_equal(names_rival(rig.state, web, "web"), rival);
    assert_ptr_equal(names_rival(rig.state, rival, "web"), web);
    assert_null(names_rival(rig.state, web, "we"));
    rival->state = OBJECT_RELEASED;
    assert_null(names_rival(rig.state, web, "web"));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_rival_is_of_another_source_on_the_same_cloud)};
    return UNIT_RUN(tests);
}
