#include "tests/unit/unit.h"

#include "reconcile/marking.h"
#include "reconcile/order.h"
#include "tests/unit/reconcile_rig.h"

/* One converged object; each test changes what is observed or wanted and asks what is decided. The golden
   cases show whole stories; here are the single judgements. */
struct bench {
    struct rig rig;
    struct spec *spec;
    struct object *object;
    struct server *server;
    struct decision decision;
};

static void bench_open(struct bench *b)
{
    *b = (struct bench){.spec = NULL};
    rig_open(&b->rig, "nhn-v2");
    b->spec = rig_spec(&b->rig, "web");
    b->object = rig_object(&b->rig, b->spec);
    struct facts facts = rig_facts(&b->rig, "s1", "web", PHASE_RUNNING);
    text_copy(b->object->attempt, sizeof b->object->attempt, "abcdefgh");
    facts.marked = facts.mark_whole = true;
    object_mark(b->rig.state, b->object, MARK_CURRENT, &facts.mark);
    facts.mark.parts = (1U << mark_key_count()) - 1;
    b->server = rig_server(&b->rig, &facts, b->object);
    b->server->asked_by_get = b->server->fault_asked = true;
    b->object->was_converged = b->object->was_running = true;
    b->rig.source->valid = b->rig.source->read_once = true;
    b->rig.cloud->complete_count = 1;
    b->rig.cloud->first_complete_ms = b->rig.cloud->complete_begun_ms[0] = RIG_BOOT_MS;
}

static const char *decide(struct bench *b)
{
    object_decide(b->rig.state, b->object, &b->rig.arena, &b->decision);
    return reason_row(b->decision.reason)->word;
}

static void phases_lead_to_their_calls(void **state)
{
    (void)state;
    static const struct {
        enum phase phase;
        const char *power, *reason;
        enum call_kind call;
    } rows[] = {
        {PHASE_RUNNING, "running", "InSync", CALL_NONE},
        {PHASE_STOPPED, "stopped", "InSync", CALL_NONE},
        {PHASE_SHELVED, "shelved", "InSync", CALL_NONE},
        {PHASE_RUNNING, "stopped", "CallQueued", CALL_STOP},
        {PHASE_RUNNING, "shelved", "CallQueued", CALL_SHELVE},
        {PHASE_STOPPED, "running", "CallQueued", CALL_START},
        {PHASE_STOPPED, "shelved", "CallQueued", CALL_START},
        {PHASE_SHELVED, "running", "CallQueued", CALL_UNSHELVE},
        {PHASE_SHELVED, "stopped", "CallQueued", CALL_UNSHELVE},
        {PHASE_BUSY, "running", "Transitional", CALL_NONE},
        {PHASE_DELETING, "running", "Transitional", CALL_NONE},
        {PHASE_UNKNOWN, "running", "Transitional", CALL_NONE},
        {PHASE_PAUSED, "running", "OperatorState", CALL_NONE},
        {PHASE_SUSPENDED, "running", "OperatorState", CALL_NONE},
        {PHASE_RESCUED, "stopped", "OperatorState", CALL_NONE},
        {PHASE_ERROR, "running", "Repairing", CALL_REBOOT},
        {PHASE_BUILDING, "running", "Building", CALL_NONE},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b);
        b.server->facts.phase = b.server->facts.rests = rows[i].phase;
        rig_manage(b.spec, FIELD_POWER, value_of_scalar(&b.rig.arena, rows[i].power));
        assert_string_equal(decide(&b), rows[i].reason);
        assert_int_equal(b.decision.order.kind, rows[i].call);
        rig_close(&b.rig);
    }
}

/* S10: whatever is decided has a finite next try, or a person to wait for, or is Converged. */
static void every_judgement_has_a_next_try(void **state)
{
    (void)state;
    static const char *const powers[] = {"running", "stopped", "shelved"};
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        for (unsigned power = 0; power < 3; power++)
            for (unsigned change = 0; change < 8; change++) {
                struct bench b;
                bench_open(&b);
                b.server->facts.phase = b.server->facts.rests = (enum phase)phase;
                b.server->facts.locked = (change & 1) != 0;
                if (change & 2)
                    b.server->facts.values[FIELD_FLAVOR] =
                        value_of_scalar(&b.rig.arena, "00000000-0000-4000-8000-0000000000f9");
                if (change & 4) b.object->was_running = !(b.object->created_by_us = true);
                rig_manage(b.spec, FIELD_POWER, value_of_scalar(&b.rig.arena, powers[power]));
                decide(&b);
                const struct reason_row *row = reason_row(b.decision.reason);
                bool ends = b.decision.next_ms > RIG_BOOT_MS && b.decision.next_ms < NEVER_MS;
                if (!ends && !row->person && row->verdict != VERDICT_CONVERGED)
                    fail_msg("%s wanting %s: %s has no next try", phase_name((enum phase)phase),
                             powers[power], row->word);
                rig_close(&b.rig);
            }
}

static void remedies_follow_one_another(void **state)
{
    (void)state;
    static const struct {
        uint32_t remedies;
        enum call_kind call;
        const char *reason;
    } rows[] = {{0, CALL_REBOOT, "Repairing"}, {1, CALL_STOP, "Repairing"}, {2, CALL_NONE, "ErrorHold"}};
    for (unsigned i = 0; i < 3; i++) {
        struct bench b;
        bench_open(&b);
        b.server->facts.phase = PHASE_ERROR;
        b.object->remedies = rows[i].remedies;
        assert_string_equal(decide(&b), rows[i].reason);
        assert_int_equal(b.decision.order.kind, rows[i].call);
        rig_close(&b.rig);
    }
}

static void the_fault_is_read_before_anything_is_done(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.server->facts.phase = PHASE_ERROR;
    b.server->fault_asked = false;
    assert_string_equal(decide(&b), "Transitional");
    assert_int_equal(b.decision.order.kind, CALL_NONE);
    rig_close(&b.rig);
}

static void what_left_the_manifests_goes_step_by_step(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.object->spec = NULL;
    b.object->retired_ms = RIG_BOOT_MS;
    assert_string_equal(decide(&b), "PruneDelay");
    b.rig.state->now.boot_ms += 30 * SECOND_MS;
    assert_string_equal(decide(&b), "Deleting");
    assert_int_equal(b.decision.order.kind, CALL_DELETE);
    assert_true(b.decision.order.destroys);
    b.object->protect = true;
    assert_string_equal(decide(&b), "Protected");
    b.rig.source->valid = false;
    assert_string_equal(decide(&b), "SourceInvalid");
    b.rig.source->read_once = false;
    assert_string_equal(decide(&b), "NotSeenYet");
    rig_close(&b.rig);
}

/* What an old ledger speaks of is not deleted before it was seen; what is gone needs no proof to be deleted.
 */
static void what_left_the_manifests_is_seen_before_it_goes(void **state)
{
    (void)state;
    static const struct {
        bool expected, missing, suspect, binned;
        const char *reason;
        enum call_kind call;
    } rows[] = {{false, false, false, false, "Deleting", CALL_DELETE},
                {true, false, false, false, "NotSeenYet", CALL_NONE},
                {true, true, false, false, "AbsenceUnproven", CALL_NONE},
                {false, false, true, false, "Deleting", CALL_DELETE},
                {false, true, false, false, "Deleting", CALL_DELETE},
                {false, false, true, true, "Deleting", CALL_DELETE},
                {true, false, false, true, "Deleting", CALL_DELETE}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b);
        b.object->spec = NULL;
        b.object->retired_ms = RIG_BOOT_MS - MINUTE_MS;
        b.server->expected = rows[i].expected;
        b.server->missing_ms = rows[i].missing ? RIG_BOOT_MS : 0;
        b.server->suspect = rows[i].suspect;
        b.server->binned_ms = rows[i].binned ? RIG_BOOT_MS : 0;
        if (strcmp(decide(&b), rows[i].reason) != 0 || b.decision.order.kind != rows[i].call)
            fail_msg("row %u: %s, %u", i, decide(&b), b.decision.order.kind);
        rig_close(&b.rig);
    }
}

static void a_create_carries_what_follows_it(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    rig_lists_read(&b.rig);
    b.server->owner = NULL;
    b.object->current[0] = '\0';
    b.server->facts.marked = false;
    assert_string_equal(decide(&b), "NameTaken");
    rig_manage(b.spec, FIELD_NAME, value_of_scalar(&b.rig.arena, "free"));
    rig_manage(b.spec, FIELD_POWER, value_of_scalar(&b.rig.arena, "stopped"));
    rig_manage(b.spec, FIELD_VOLUMES, RIG_SET(&b.rig, "v1"));
    assert_string_equal(decide(&b), "CallQueued");
    assert_string_equal(rig_calls(&b.rig, b.decision.route.calls, b.decision.route.count),
                        "Create,AttachVolume,Stop");
    rig_close(&b.rig);
}

/* spec.adopt is how it began; another id in it is a wish that nobody can fulfil while the first is bound. */
/* Whoever has no group left cannot be reached. */
static void the_last_group_goes_as_an_interruption(void **state)
{
    (void)state;
    for (unsigned more = 0; more < 2; more++) {
        struct bench b;
        bench_open(&b);
        b.rig.cloud->catalogues[CATALOGUE_SECURITY_GROUP].read_ms = b.rig.state->now.boot_ms;
        rig_manage(b.spec, FIELD_SECURITY_GROUPS,
                   more ? RIG_SET(&b.rig, "default") : (struct value){0, 1, NULL});
        b.server->facts.values[FIELD_SECURITY_GROUPS] =
            more ? RIG_SET(&b.rig, "db", "default") : RIG_SET(&b.rig, "default");
        decide(&b);
        assert_int_equal(b.decision.order.kind, CALL_REMOVE_SECURITY_GROUP);
        assert_int_equal(b.decision.order.interrupts, !more);
        rig_close(&b.rig);
    }
}

static void another_id_to_adopt_is_shown(void **state)
{
    (void)state;
    static const struct {
        const char *adopt;
        bool created_by_us;
        const char *reason;
    } rows[] = {{NULL, false, "InSync"},
                {"s1", false, "InSync"},
                {"s9", false, "ImmutableChange"},
                {"s9", true, "InSync"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b);
        b.spec->adopt = rows[i].adopt;
        b.object->created_by_us = rows[i].created_by_us;
        assert_string_equal(decide(&b), rows[i].reason);
        rig_close(&b.rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phases_lead_to_their_calls),
        cmocka_unit_test(every_judgement_has_a_next_try),
        cmocka_unit_test(remedies_follow_one_another),
        cmocka_unit_test(the_fault_is_read_before_anything_is_done),
        cmocka_unit_test(what_left_the_manifests_goes_step_by_step),
        cmocka_unit_test(what_left_the_manifests_is_seen_before_it_goes),
        cmocka_unit_test(the_last_group_goes_as_an_interruption),
        cmocka_unit_test(another_id_to_adopt_is_shown),
        cmocka_unit_test(a_create_carries_what_follows_it),
    };
    return UNIT_RUN(tests);
}
