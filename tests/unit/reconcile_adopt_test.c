#include "tests/unit/unit.h"

#include "reconcile/adopt.h"
#include "tests/unit/reconcile_rig.h"

struct bench {
    struct rig rig;
    struct object *object;
    struct server *server;
};

/* An object "web" without server, and a server of that name that nobody has. */
static void bench_open(struct bench *b)
{
    rig_open(&b->rig, "nhn-v1");
    b->rig.cloud->complete_count = 1;
    b->object = rig_object(&b->rig, rig_spec(&b->rig, "web"));
    struct facts facts = rig_facts(&b->rig, "s1", "web", PHASE_RUNNING);
    b->server = rig_server(&b->rig, &facts, NULL);
}

static uint32_t taken(struct bench *b, const char *left_wanted)
{
    AUTO_TEXT struct text left;
    text_init(&left, ADOPT_LEFT_MAX);
    bool listed;
    uint32_t count = adopt_matching(b->rig.state, b->rig.source, &listed, &left);
    const char *said = left.length > 0 ? left.bytes : "";
    if (!strstr(said, left_wanted)) fail_msg("%s", said);
    assert_true(listed == !strstr(said, "not listed"));
    return count;
}

static void the_one_of_its_name_is_taken(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    assert_int_equal(taken(&b, ""), 1);
    assert_string_equal(b.object->current, "s1");
    assert_ptr_equal(b.server->owner, b.object);
    assert_int_equal(taken(&b, ""), 0);
    rig_close(&b.rig);
}

static void two_of_a_name_are_a_persons_choice(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct facts facts = rig_facts(&b.rig, "s2", "web", PHASE_STOPPED);
    struct server *second = rig_server(&b.rig, &facts, NULL);
    assert_int_equal(taken(&b, "; 1 with several servers of that name (adopt NAME ID says which): web"), 0);
    assert_string_equal(b.object->current, "");
    second->gone_asked_ms = 1; /* no longer there */
    assert_int_equal(taken(&b, ""), 1);
    assert_string_equal(b.object->current, "s1");
    rig_close(&b.rig);
}

static void what_lies_in_a_bin_is_no_server(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.server->binned_ms = 1;
    assert_int_equal(taken(&b, "; 1 without a server of that name: web"), 0);
    rig_close(&b.rig);
}

static void what_another_has_or_wants_stays(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct object *other = rig_object(&b.rig, rig_spec(&b.rig, "other"));
    b.server->owner = other;
    text_copy(other->current, sizeof other->current, "s1");
    assert_int_equal(taken(&b, "; 1 whose server is another's: web"), 0);
    b.server->owner = NULL;
    b.server->marked = other; /* a mark tells more than a name */
    assert_int_equal(taken(&b, "; 1 whose server is another's: web"), 0);
    b.server->marked = NULL;
    b.object->spec = NULL; /* no manifest any more */
    assert_int_equal(taken(&b, ""), 0);
    assert_string_equal(b.object->current, "");
    rig_close(&b.rig);
}

static void spec_adopt_names_its_own(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    ((struct spec *)(uintptr_t)b.object->spec)->adopt = "s9";
    assert_int_equal(taken(&b, ""), 0);
    assert_string_equal(b.object->current, "");
    rig_close(&b.rig);
}

static void only_the_first_names_are_said(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.rig.cloud->complete_count = 0;
    for (unsigned i = 0; i < 6; i++)
        rig_object(&b.rig, rig_spec(&b.rig, arena_printf(&b.rig.arena, "w%u", i)));
    assert_int_equal(
        taken(&b, "; 7 whose cloud was not listed yet (say it again later): w0, w1, w2, w3, w4 …"), 0);
    rig_close(&b.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_one_of_its_name_is_taken),
        cmocka_unit_test(two_of_a_name_are_a_persons_choice),
        cmocka_unit_test(what_lies_in_a_bin_is_no_server),
        cmocka_unit_test(what_another_has_or_wants_stays),
        cmocka_unit_test(spec_adopt_names_its_own),
        cmocka_unit_test(only_the_first_names_are_said),
    };
    return UNIT_RUN(tests);
}
