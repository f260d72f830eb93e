#include "tests/unit/unit.h"

#include "reconcile/find.h"
#include "tests/unit/reconcile_rig.h"

static void assert_found(struct rig *rig, const char *name, enum found found, const char *said)
{
    AUTO_TEXT struct text message;
    struct object *object = NULL;
    text_init(&message, 256);
    assert_int_equal(find_object(rig->state, name, &object, &message), found);
    if (found == FOUND)
        assert_string_equal(object->name, said);
    else
        assert_string_equal(message.bytes, said);
}

static void names_are_found_alone_or_with_their_source(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    rig_object(&rig, rig_spec(&rig, "web"));
    rig_object(&rig, rig_spec(&rig, "db-master"));
    struct source *test = state_source_add(rig.state, "test");
    source_add(test, "web", 99);
    assert_found(&rig, "db-master", FOUND, "db-master");
    assert_found(&rig, "prod/web", FOUND, "web");
    assert_found(&rig, "web", FOUND_SEVERAL, "\"web\" is in several sources; say prod/web or test/web");
    assert_found(&rig, "db-mastr", FOUND_NOTHING, "no object \"db-mastr\"; did you mean \"db-master\"?");
    assert_found(&rig, "pro/web", FOUND_NOTHING, "no object \"pro/web\"; did you mean \"web\"?");
    assert_found(&rig, "nothing-like-it", FOUND_NOTHING, "no object \"nothing-like-it\"");
    assert_found(&rig, "", FOUND_NOTHING, "no object \"\"");
    assert_found(&rig, "prod/", FOUND_NOTHING, "no object \"prod/\"");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_found_alone_or_with_their_source)};
    return UNIT_RUN(tests);
}
