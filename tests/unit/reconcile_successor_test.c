#include "tests/unit/unit.h"

#include "reconcile/budget.h"
#include "reconcile/marking.h"
#include "reconcile/successor.h"
#include "reconcile/tombstone.h"
#include "tests/unit/reconcile_rig.h"

static struct object *bound(struct rig *rig)
{
    struct object *object = rig_object(rig, rig_spec(rig, "web"));
    struct facts facts = rig_facts(rig, "s1", "web", PHASE_RUNNING);
    rig_server(rig, &facts, object)->ran = true;
    object->was_converged = true;
    text_copy(object->attempt, sizeof object->attempt, "firstone");
    object_recount(rig->state, object);
    return object;
}

/* Nobody's yet, and its mark says whose successor it is. */
static struct server *marked(struct rig *rig, struct object *object, const char *id, const char *attempt,
                             const char *writer)
{
    struct facts facts = rig_facts(rig, id, "web", PHASE_RUNNING);
    facts.marked = facts.mark_whole = true;
    object_mark(rig->state, object, MARK_NEXT, &facts.mark);
    text_copy(facts.mark.attempt, sizeof facts.mark.attempt, attempt);
    text_copy(facts.mark.writer, sizeof facts.mark.writer, writer);
    struct server *server = rig_server(rig, &facts, NULL);
    server_remark(rig->state, rig->cloud, server);
    return server;
}

static void a_successor_takes_the_place(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = bound(&rig);
    struct facts facts = rig_facts(&rig, "s2", "web", PHASE_RUNNING);
    struct server *next = rig_server(&rig, &facts, NULL);
    text_copy(object->successor.attempt, sizeof object->successor.attempt, "nextone1");
    object->successor.applied_fields = FIELD_BIT(FIELD_ZONE);
    object->successor.applied[FIELD_ZONE] = 5;
    budget_reserve(rig.state, object, 7, "s1");
    assert_null(successor_of(object));
    successor_bind(rig.state, object, next);
    assert_ptr_equal(successor_of(object), next);
    assert_string_equal(object->current, "s1");
    struct mark mark;
    object_mark(rig.state, object, MARK_NEXT, &mark);
    assert_string_equal(mark.attempt, "nextone1");
    object_mark(rig.state, object, MARK_CURRENT, &mark);
    assert_string_equal(mark.attempt, "firstone");

    object_unbind(rig.state, object, servers_find(&rig.cloud->servers, "s1"), "deleted");
    assert_string_equal(object->current, "s2");
    assert_string_equal(object->attempt, "nextone1");
    assert_true(object->next[0] == '\0' && object->created_by_us && !object->was_converged);
    assert_true(object->applied_fields == FIELD_BIT(FIELD_ZONE) && object->applied[FIELD_ZONE] == 5);
    assert_true(object->reserved == 0 && rig.source->destroyed.count == 0);
    assert_int_equal(rig.source->live, 1);
    rig_close(&rig);
}

/* How often the object was written into the ledger's next save. */
static uint32_t written(const struct rig *rig)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->state->record_count; i++)
        count += rig->state->records[i].table == RECORD_OBJECTS && !rig->state->records[i].erase;
    return count;
}

/* The ledger alone knows of it where a cloud's servers carry no mark. */
static void each_change_of_place_is_written_down(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "tencent-gateway");
    struct object *object = bound(&rig);
    struct facts facts = rig_facts(&rig, "s2", "web", PHASE_RUNNING);
    struct server *next = rig_server(&rig, &facts, NULL);
    uint32_t before = written(&rig);
    successor_bind(rig.state, object, next);
    assert_int_equal(written(&rig), before + 1);
    successor_forget(rig.state, object);
    assert_int_equal(written(&rig), before + 2);
    text_copy(object->next, sizeof object->next, "s2");
    object->current[0] = '\0';
    successor_promote(rig.state, object);
    assert_int_equal(written(&rig), before + 3);
    rig_close(&rig);
}

/* One that goes to error is one more of a storm, once; the one after it again. */
static void a_failed_successor_counts_once(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = bound(&rig);
    struct facts facts = rig_facts(&rig, "s2", "web", PHASE_RUNNING);
    struct server *next = rig_server(&rig, &facts, NULL);
    object->next_error_seen = true;
    successor_bind(rig.state, object, next);
    assert_false(object->next_error_seen);
    successor_observe(rig.state, object);
    assert_int_equal(rig.cloud->storm_count, 0);
    next->expected = false; /* seen again */
    next->facts.phase = PHASE_ERROR;
    successor_observe(rig.state, object);
    assert_true(object->next_error_seen);
    assert_int_equal(rig.cloud->storm_count, 1);
    assert_int_equal(rig.cloud->storms[0].count, 1);
    rig.cloud->storms[0].count = 0;
    successor_observe(rig.state, object);
    assert_int_equal(rig.cloud->storms[0].count, 0);
    rig_close(&rig);
}

/* That it ran once is in the ledger: after a restart it is no server that never ran. */
static void a_successor_that_ran_is_remembered(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = bound(&rig);
    struct facts facts = rig_facts(&rig, "s2", "web", PHASE_BUILDING);
    struct server *next = rig_server(&rig, &facts, NULL);
    successor_bind(rig.state, object, next);
    next->expected = next->ran = false;
    object->ledger_dirty = false;
    successor_observe(rig.state, object);
    assert_false(object->successor.was_running || object->ledger_dirty);
    next->ran = true;
    successor_observe(rig.state, object);
    assert_true(object->successor.was_running && object->ledger_dirty);
    object->ledger_dirty = false;
    successor_observe(rig.state, object);
    assert_true(object->successor.was_running);
    assert_false(object->ledger_dirty); /* written once */
    rig_close(&rig);
}

/* It began after the restart was asked for. */
static void a_promoted_one_needs_no_restart(void **state)
{
    (void)state;
    static const int64_t since[] = {RIG_WALL_MS - HOUR_MS, RIG_WALL_MS + HOUR_MS};
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        struct spec *spec = rig_spec(&rig, "web");
        spec->lifecycle.restart_wall_ms = since[i];
        struct object *object = rig_object(&rig, spec);
        text_copy(object->next, sizeof object->next, "s2");
        successor_promote(rig.state, object);
        assert_int_equal(object->restarted_wall_ms, i == 0 ? since[i] : 0);
        rig_close(&rig);
    }
}

static void one_that_goes_leaves_the_other_as_it_is(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = bound(&rig);
    struct facts facts = rig_facts(&rig, "s2", "web", PHASE_ERROR);
    struct server *next = rig_server(&rig, &facts, NULL);
    successor_bind(rig.state, object, next);
    object_unbind(rig.state, object, next, "deleted");
    assert_true(object->next[0] == '\0' && object->was_converged);
    assert_string_equal(object->current, "s1");
    assert_string_equal(object->attempt, "firstone");
    assert_true(object_has_tombstone(object, "s2"));
    rig_close(&rig);
}

/* By the create that is under way, or by a ledger that was lost; a late one of our own is surplus. */
static void marks_bind_what_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        bool coming;
        const char *attempt, *writer;
        bool binds;
    } rows[] = {{true, "nextone1", "", true},
                {true, "another1", "", false},
                {false, "nextone1", "", false},
                {false, "another1", "wxyz", true}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        struct object *object = bound(&rig);
        struct intent intent = {.kind = CALL_CREATE, .value = (char *)(uintptr_t)CREATE_OF_NEXT};
        text_copy(intent.attempt, sizeof intent.attempt, "nextone1");
        if (rows[i].coming) object->intent = &intent;
        marked(&rig, object, "s2", rows[i].attempt, rows[i].writer[0] ? rows[i].writer : rig.state->writer);
        successor_observe(rig.state, object);
        assert_string_equal(object->next, rows[i].binds ? "s2" : "");
        if (!rows[i].binds) assert_string_equal(object_surplus(object)->facts.id, "s2");
        object->intent = NULL;
        rig_close(&rig);
    }
}

/* Where marks cannot tell, nothing is taken for a successor. */
static void a_role_is_needed(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = bound(&rig);
    struct server *server = marked(&rig, object, "s2", "another1", "wxyz");
    assert_true(server_is_called_next(server));
    server->facts.mark_whole = false;
    assert_false(server_is_called_next(server));
    server->facts.mark_whole = true;
    server->facts.mark.role = MARK_CURRENT;
    successor_observe(rig.state, object);
    assert_string_equal(object->next, "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_successor_takes_the_place),
        cmocka_unit_test(each_change_of_place_is_written_down),
        cmocka_unit_test(a_failed_successor_counts_once),
        cmocka_unit_test(a_successor_that_ran_is_remembered),
        cmocka_unit_test(a_promoted_one_needs_no_restart),
        cmocka_unit_test(one_that_goes_leaves_the_other_as_it_is),
        cmocka_unit_test(marks_bind_what_was_asked_for),
        cmocka_unit_test(a_role_is_needed),
    };
    return UNIT_RUN(tests);
}
