#include "tests/unit/unit.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_done_before_ledger_and_configuration),
        cmocka_unit_test(a_tick_without_news_changes_nothing),
        cmocka_unit_test(a_step_takes_so_many_objects),
        cmocka_unit_test(an_intent_is_saved_before_its_call_is_sent),
    };
    return UNIT_RUN(tests);
}
