#include "tests/unit/unit.h"

#include "reconcile/marking.h"
#include "reconcile/view.h"
#include "tests/unit/reconcile_rig.h"

static void nothing_is_done_before_ledger_and_configuration(void **state)
{
    (void)state;
    uint8_t entropy[32] = {5};
    struct now now = {RIG_BOOT_MS, RIG_WALL_MS};
    struct effects effects;
    struct state *core = reconcile_new(entropy, now);
    effects_init(&effects);
    struct step_result result = reconcile_step(core, NULL, 0, now, &effects);
    assert_false(result.more);
    assert_true(result.wake_boot_ms == NEVER_MS);
    assert_int_equal(effects.count, 0);
    reconcile_free(core);
    effects_release(&effects);
    reconcile_free(NULL);
}

static void a_tick_without_news_changes_nothing(void **state)
{
    (void)state;
    struct rig rig;
    struct spec *specs[1];
    rig_open(&rig, "nhn-v2");
    specs[0] = rig_spec(&rig, "web");
    rig_step(&rig, rig_generation(specs, 1, "r1"), 1);
    uint64_t serial = view_serial(rig.state);
    for (unsigned i = 0; i < 5; i++) {
        rig_step(&rig, (struct event){.kind = EVENT_TICK}, 0);
        assert_null(rig_effect(&rig, EFFECT_SAVE));
        assert_null(rig_effect(&rig, EFFECT_SEND));
    }
    assert_true(view_serial(rig.state) == serial);
    rig_close(&rig);
}

/* A large fleet is taken in bites; `more` says that there is another. */
static void a_step_takes_so_many_objects(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    unsigned count = STEP_OBJECTS + 10;
    struct spec **specs = ARENA_ROW(&rig.arena, struct spec *, count);
    for (unsigned i = 0; i < count; i++)
        specs[i] = rig_spec(&rig, arena_printf(&rig.arena, "w%05u", i));
    assert_true(rig_step(&rig, rig_generation(specs, count, "r1"), 1).more);
    assert_int_equal(rig.state->dirty_count, 10);
    assert_false(rig_step(&rig, (struct event){.kind = EVENT_TICK}, 0).more);
    assert_int_equal(rig.state->dirty_count, 0);
    rig_close(&rig);
}

static uint64_t gaps_counted(const struct rig *rig)
{
    uint64_t count = 0;
    for (unsigned i = 0; i <= TALLY_BOUNDS; i++)
        count += rig->source->convergence.counts[i];
    return count;
}

/* How long objects took from the first that was amiss to Converged: each time counts once. */
static void a_gap_is_measured_when_it_is_closed(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *web = rig_object(&rig, rig_spec(&rig, "web"));
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_BUSY);
    struct server *server = rig_server(&rig, &facts, web);
    rig.source->valid = rig.source->read_once = true;
    rig.cloud->complete_count = 1;
    facts.marked = facts.mark_whole = true;
    object_mark(rig.state, web, MARK_CURRENT, &facts.mark);
    facts.mark.parts = (1U << mark_key_count()) - 1;
    rig_lists_read(&rig);
    for (unsigned i = 1; i <= 2; i++) {
        facts.phase = facts.rests = PHASE_BUSY;
        server_take_facts(&rig.cloud->servers, server, &facts, rig.state->now.boot_ms);
        state_dirty(rig.state, web);
        rig_step(&rig, (struct event){.kind = EVENT_TICK}, SECOND_MS);
        assert_int_equal(web->verdict, VERDICT_WAITING);
        assert_int_equal(gaps_counted(&rig), i - 1);
        facts.phase = facts.rests = PHASE_RUNNING;
        server_take_facts(&rig.cloud->servers, server, &facts, rig.state->now.boot_ms);
        for (unsigned k = 0; k < 3; k++) {
            state_dirty(rig.state, web);
            rig_step(&rig, (struct event){.kind = EVENT_TICK}, 5 * SECOND_MS);
            assert_int_equal(web->verdict, VERDICT_CONVERGED);
            assert_int_equal(gaps_counted(&rig), i);
            assert_true(rig.source->convergence.sum_us == (int64_t)i * 5 * SECOND_MS * 1000);
        }
    }
    rig_close(&rig);
}

/* S7: the call leaves in a later step than the one that wrote its intent, and only when that is durable. */
static void an_intent_is_saved_before_its_call_is_sent(void **state)
{
    (void)state;
    struct rig rig;
    struct spec *specs[1];
    rig_open(&rig, "nhn-v2");
    rig_lists_read(&rig);
    specs[0] = rig_spec(&rig, "web");
    rig_step(&rig, rig_generation(specs, 1, "r1"), 1);
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, rig_servers(NULL, 0)));
    const struct effect *save = rig_effect(&rig, EFFECT_SAVE);
    assert_non_null(save);
    uint64_t id = save->save.id;
    bool written = false;
    for (uint32_t i = 0; i < save->save.count; i++)
        written |= save->save.records[i].table == RECORD_INTENTS && !save->save.records[i].erase;
    assert_true(written);
    for (unsigned i = 0; i < 20; i++) {
        rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1000);
        const struct effect *sent = rig_effect(&rig, EFFECT_SEND);
        assert_true(!sent || sent->send.call->kind == CALL_LOOK);
    }
    rig_step(&rig, (struct event){.kind = EVENT_SAVED, .save = {.id = id + 1000}}, 1000); /* not its save */
    const struct effect *sent = rig_effect(&rig, EFFECT_SEND);
    assert_true(!sent || sent->send.call->kind == CALL_LOOK);
    bool create = false;
    rig_step(&rig, (struct event){.kind = EVENT_SAVED, .save = {.id = id}}, 1000);
    for (unsigned i = 0; i < 3 && !create; i++) {
        sent = rig_effect(&rig, EFFECT_SEND);
        create = sent && sent->send.call->kind == CALL_CREATE;
        if (!create) rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1000);
    }
    assert_true(create);
    rig_close(&rig);
}

/* What a name means is kept while the field is ours to keep; else the name is looked up when it is again. */
static void names_that_are_kept_keep_their_ids(void **state)
{
    (void)state;
    static const struct {
        uint32_t ignore, create_only;
        bool flavor, image;
    } rows[] = {{0, 0, true, true},
                {FIELD_BIT(FIELD_FLAVOR), 0, false, true},
                {FIELD_BIT(FIELD_IMAGE), 0, true, false},
                {0, FIELD_BIT(FIELD_FLAVOR), false, true},
                {0, FIELD_BIT(FIELD_IMAGE), true, false},
                {FIELD_BIT(FIELD_IMAGE), FIELD_BIT(FIELD_IMAGE), true, false}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        rig_lists_read(&rig);
        struct spec *spec = rig_spec(&rig, "web");
        spec->lifecycle.ignore = rows[i].ignore;
        spec->lifecycle.create_only = rows[i].create_only;
        struct object *object = rig_object(&rig, spec);
        struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
        text_copy(object->attempt, sizeof object->attempt, "abcdefgh");
        facts.marked = facts.mark_whole = true;
        object_mark(rig.state, object, MARK_CURRENT, &facts.mark);
        facts.mark.parts = (1U << mark_key_count()) - 1;
        struct server *server = rig_server(&rig, &facts, object);
        server->asked_by_get = server->fault_asked = true;
        rig.source->valid = rig.source->read_once = true;
        rig.cloud->complete_count = 1;
        rig.cloud->first_complete_ms = rig.cloud->complete_begun_ms[0] = RIG_BOOT_MS;
        state_dirty(rig.state, object);
        rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1);
        if (object->verdict != VERDICT_CONVERGED) fail_msg("row %u: %s", i, object->message);
        assert_int_equal(object->resolved[FIELD_FLAVOR].text != NULL, rows[i].flavor);
        assert_int_equal(object->resolved[FIELD_IMAGE].text != NULL, rows[i].image);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_done_before_ledger_and_configuration),
        cmocka_unit_test(a_tick_without_news_changes_nothing),
        cmocka_unit_test(a_step_takes_so_many_objects),
        cmocka_unit_test(a_gap_is_measured_when_it_is_closed),
        cmocka_unit_test(an_intent_is_saved_before_its_call_is_sent),
        cmocka_unit_test(names_that_are_kept_keep_their_ids),
    };
    return UNIT_RUN(tests);
}
