#include "tests/unit/unit.h"

#include "reconcile/budget.h"
#include "tests/unit/reconcile_rig.h"

static struct object *bound(struct rig *rig, const char *name, const char *id)
{
    struct object *object = rig_object(rig, rig_spec(rig, name));
    struct facts facts = rig_facts(rig, arena_text(&rig->arena, id), name, PHASE_RUNNING);
    rig_server(rig, &facts, object);
    object_recount(rig->state, object);
    return object;
}

static void both_budgets_must_allow(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct source_config *source = &rig.state->config->sources[0];
    struct object *object = bound(&rig, "a", "s1");
    bound(&rig, "b", "s2");
    source->destroy.max = (struct share){2, false};
    rig.state->config->destroy.max = (struct share){1, false};
    struct budget_answer answer = budget_destruction(rig.state, rig.source);
    assert_true(answer.allows);
    assert_false(answer.global);
    budget_charge(rig.state, object, 7, "s1");
    answer = budget_destruction(rig.state, rig.source);
    assert_false(answer.allows);
    assert_true(answer.global);
    assert_int_equal(answer.used, 1);
    assert_int_equal(answer.resets_ms, RIG_BOOT_MS + HOUR_MS);
    assert_true(budget_of_source(rig.state, rig.source).allows);
    budget_refund(rig.state, object, 7);
    budget_refund(rig.state, object, 7);
    assert_true(budget_destruction(rig.state, rig.source).allows);
    rig_close(&rig);
}

/* A replacement under way holds its destruction, however long it takes; deleting uses it, and no second. */
static void a_reserved_destruction_stands(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = bound(&rig, "a", "s1");
    rig.state->config->sources[0].destroy.max = (struct share){1, false};
    budget_reserve(rig.state, object, 7, "s1");
    rig.state->now.boot_ms += 3 * HOUR_MS;
    struct budget_answer answer = budget_of_source(rig.state, rig.source);
    assert_false(answer.allows);
    assert_true(answer.resets_ms == NEVER_MS);
    budget_charge(rig.state, object, 8, "s1");
    assert_true(object->reserved == 0);
    assert_int_equal(budget_of_source(rig.state, rig.source).used, 1);
    rig.state->now.boot_ms += 2 * HOUR_MS;
    assert_true(budget_of_source(rig.state, rig.source).allows);
    budget_reserve(rig.state, object, 9, "s1");
    object->ledger_dirty = false;
    budget_release(rig.state, object);
    assert_true(object->ledger_dirty);
    object->ledger_dirty = false;
    budget_release(rig.state, object); /* nothing is left to give back, or to write */
    assert_false(object->ledger_dirty);
    budget_release(rig.state, object);
    assert_true(budget_of_source(rig.state, rig.source).allows);
    rig_close(&rig);
}

/* One intent, one server: but of two servers of an object both live. */
static void a_successor_is_live(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = bound(&rig, "a", "s1");
    struct intent intent = {.kind = CALL_CREATE, .value = (char *)(uintptr_t)CREATE_OF_NEXT};
    object->intent = &intent;
    object_recount(rig.state, object);
    assert_int_equal(rig.source->live, 2);
    text_copy(object->next, sizeof object->next, "s2");
    object_recount(rig.state, object);
    assert_int_equal(rig.source->live, 2);
    object->intent = NULL;
    object->next[0] = '\0';
    object_recount(rig.state, object);
    assert_int_equal(rig.source->live, 1);
    rig_close(&rig);
}

static void zero_allows_nothing(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    bound(&rig, "a", "s1");
    rig.state->config->sources[0].destroy.max = (struct share){0, true};
    assert_false(budget_destruction(rig.state, rig.source).allows);
    rig_close(&rig);
}

/* A lost ledger: as if full, until its time has passed. */
static void a_used_up_window_is_full(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    bound(&rig, "a", "s1");
    rig.source->destroyed.used_up = true;
    rig.source->destroyed.used_up_until_ms = RIG_BOOT_MS + 10;
    struct budget_answer answer = budget_destruction(rig.state, rig.source);
    assert_false(answer.allows);
    assert_int_equal(answer.used, answer.max);
    rig.state->now.boot_ms += 10;
    assert_true(budget_destruction(rig.state, rig.source).allows);
    rig_close(&rig);
}

static void counters_follow_the_objects(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *a = bound(&rig, "a", "s1"),
                  *b = bound(&rig, "b", "7"); /* ids are the cloud's, of any length */
    assert_int_equal(rig.source->bound, 2);
    assert_int_equal(rig.source->live, 2);
    assert_int_equal(rig.cloud->bound, 2);
    assert_int_equal(rig.state->bound, 2);
    assert_int_equal(rig.source->disruptable, 0);
    a->was_converged = b->was_converged = a->slot = true;
    object_recount(rig.state, a);
    object_recount(rig.state, a);
    object_recount(rig.state, b);
    assert_int_equal(rig.source->disruptable, 2);
    assert_int_equal(rig.source->disrupting, 1);
    b->state = OBJECT_RELEASED;
    object_recount(rig.state, b);
    assert_int_equal(rig.source->bound, 1);
    b->current[0] = '\0';
    object_recount(rig.state, b);
    assert_int_equal(rig.source->live, 1);
    rig_close(&rig);
}

static void one_server_may_always_be_interrupted(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct budget_answer answer = budget_disruption(rig.source);
    assert_true(answer.allows);
    assert_int_equal(answer.max, 1);
    rig.source->disruptable = 11;
    rig.source->disrupting = 3;
    answer = budget_disruption(rig.source);
    assert_int_equal(answer.max, 3);
    assert_false(answer.allows);
    rig.source->disrupting = 0;
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_budgets_must_allow),
        cmocka_unit_test(a_reserved_destruction_stands),
        cmocka_unit_test(a_successor_is_live),
        cmocka_unit_test(zero_allows_nothing),
        cmocka_unit_test(a_used_up_window_is_full),
        cmocka_unit_test(counters_follow_the_objects),
        cmocka_unit_test(one_server_may_always_be_interrupted),
    };
    return UNIT_RUN(tests);
}
