#include "tests/unit/unit.h"

#include "reconcile/budget.h"
#include "reconcile/intent.h"
#include "reconcile/order.h"
#include "tests/unit/reconcile_rig.h"

struct bench {
    struct rig rig;
    struct object *object;
    struct server *server;
    struct facts facts;
};

static void bench_open(struct bench *b, enum phase phase)
{
    *b = (struct bench){.object = NULL};
    rig_open(&b->rig, "nhn-v2");
    b->object = rig_object(&b->rig, rig_spec(&b->rig, "web"));
    b->facts = rig_facts(&b->rig, "s1", "web", phase);
    b->server = rig_server(&b->rig, &b->facts, b->object);
    b->object->was_converged = b->object->was_running = true;
    object_recount(b->rig.state, b->object);
}

/* Sent, and answered with that kind, at the same moment. */
static struct intent *sent(struct bench *b, struct order order)
{
    intent_begin(b->rig.state, b->object, &order);
    struct intent *intent = b->object->intent;
    intent->save_id = 1;
    assert_int_equal(intent->state, INTENT_SAVING);
    intents_saved(b->rig.state, 2);
    assert_int_equal(intent->state, INTENT_SAVING);
    intents_saved(b->rig.state, 1);
    assert_int_equal(intent->state, INTENT_READY);
    intent_sent(b->rig.state, intent, "it is wanted");
    return intent;
}

static void answer(struct bench *b, enum reply_kind kind, bool not_sent)
{
    struct reply reply = {.kind = kind, .not_sent = not_sent, .message = "words", .request_id = ""};
    intent_reply(b->rig.state, b->object->intent, &reply, b->rig.state->now.boot_ms);
}

static void see(struct bench *b, enum phase phase, int64_t later_ms)
{
    b->rig.state->now.boot_ms += later_ms;
    b->facts.phase = b->facts.rests = phase;
    server_take_facts(&b->rig.cloud->servers, b->server, &b->facts, b->rig.state->now.boot_ms);
    b->server->asked_ms = b->rig.state->now.boot_ms;
    intent_observe(b->rig.state, b->object);
}

static const struct order stop = {
    .kind = CALL_STOP, .provider_id = "s1", .field = FIELD_POWER, .class = CLASS_REPAIR, .interrupts = true};
static const struct order delete = {
    .kind = CALL_DELETE, .provider_id = "s1", .field = FIELD_COUNT, .class = CLASS_DELETE, .destroys = true};

/* S12: done when it is seen, never on a 2xx. */
static void a_call_is_done_when_it_is_seen(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, PHASE_RUNNING);
    sent(&b, stop);
    answer(&b, REPLY_OK, false);
    assert_non_null(b.object->intent);
    see(&b, PHASE_RUNNING, 1000);
    see(&b, PHASE_BUSY, 1000);
    assert_true(b.object->intent->begun);
    see(&b, PHASE_STOPPED, 1000);
    assert_null(b.object->intent);
    assert_true(b.object->slot); /* until Converged again */
    rig_close(&b.rig);
}

/* Facts may refute only when they were asked after the reply and the grace. */
static void the_old_state_refutes_after_grace_only(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, PHASE_RUNNING);
    struct intent *intent = sent(&b, stop);
    answer(&b, REPLY_OK, false);
    int64_t grace = intent->grace_ms;
    assert_true(grace > 0);
    see(&b, PHASE_RUNNING, grace);
    assert_non_null(b.object->intent);
    see(&b, PHASE_RUNNING, 1);
    assert_null(b.object->intent);
    assert_int_equal(b.object->retry_call, CALL_STOP);
    assert_false(b.object->slot); /* nothing was interrupted */
    rig_close(&b.rig);
}

/* Without an answer the request itself may still be on its way. */
static void an_unanswered_call_is_given_its_time_out(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, PHASE_RUNNING);
    sent(&b, stop);
    answer(&b, REPLY_TRANSPORT, false);
    assert_true(b.object->intent->unknown);
    see(&b, PHASE_RUNNING, 30 * SECOND_MS);
    assert_non_null(b.object->intent);
    see(&b, PHASE_RUNNING, 1);
    assert_null(b.object->intent);
    rig_close(&b.rig);
}

static void past_its_deadline_it_is_stuck(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, PHASE_RUNNING);
    struct intent *intent = sent(&b, stop);
    answer(&b, REPLY_OK, false);
    see(&b, PHASE_BUSY, intent->deadline_ms);
    assert_false(intent_is_stuck(b.rig.state, intent));
    see(&b, PHASE_BUSY, 1);
    assert_true(intent_is_stuck(b.rig.state, intent));
    rig_close(&b.rig);
}

/* S3: given back only if surely not carried out. */
static void charges_follow_the_outcome(void **state)
{
    (void)state;
    static const struct {
        enum reply_kind kind;
        bool not_sent;
        unsigned used;
    } rows[] = {{REPLY_OK, false, 1},        {REPLY_TRANSPORT, false, 1}, {REPLY_OUTAGE, false, 1},
                {REPLY_TRANSPORT, true, 0},  {REPLY_CONFLICT, false, 0},  {REPLY_DENIED, false, 0},
                {REPLY_THROTTLED, false, 0}, {REPLY_AUTH, false, 0},      {REPLY_INVALID, false, 0}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b, PHASE_RUNNING);
        sent(&b, delete);
        assert_int_equal(b.rig.source->destroyed.count, 1);
        assert_int_equal(b.rig.state->destructions_in_flight, 1);
        answer(&b, rows[i].kind, rows[i].not_sent);
        assert_int_equal(b.rig.source->destroyed.count, rows[i].used);
        assert_int_equal(b.rig.state->destructions_in_flight, rows[i].used);
        rig_close(&b.rig);
    }
}

/* Whatever the cloud said, to the letter; and where it said nothing, that. */
static void a_refusal_is_told_in_the_clouds_words(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {NULL, "no words"}, {"", "no words"}, {"x", "x"}, {"two words", "two words"}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b, PHASE_RUNNING);
        sent(&b, stop);
        struct reply reply = {.kind = REPLY_CONFLICT, .message = rows[i][0], .request_id = "req-1"};
        effects_clear(&b.rig.effects);
        intent_reply(b.rig.state, b.object->intent, &reply, b.rig.state->now.boot_ms);
        const struct effect *effect = rig_effect(&b.rig, EFFECT_TELL);
        assert_non_null(effect);
        assert_string_equal(effect->tell.type, "CallRefused");
        assert_string_equal(effect->tell.request_id, "req-1");
        assert_string_equal(effect->tell.message, arena_printf(&b.rig.arena, "Stop was refused (%s): %s",
                                                               reply_kind_name(REPLY_CONFLICT), rows[i][1]));
        rig_close(&b.rig);
    }
}

static void what_was_not_sent_is_withdrawn(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, PHASE_RUNNING);
    intent_begin(b.rig.state, b.object, &delete);
    b.object->intent->save_id = 9;
    intents_save_failed(b.rig.state, 8);
    assert_non_null(b.object->intent);
    intents_save_failed(b.rig.state, 9);
    assert_null(b.object->intent);
    assert_int_equal(b.rig.source->destroyed.count, 0);
    assert_int_equal(b.rig.cloud->intent_count, 0);
    rig_close(&b.rig);
}

static void an_accepted_delete_ends_with_a_get_that_says_absent(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, PHASE_RUNNING);
    sent(&b, delete);
    answer(&b, REPLY_OK, false);
    b.server->gone_asked_ms = b.object->intent->replied_ms; /* asked before the reply */
    intent_observe(b.rig.state, b.object);
    assert_non_null(b.object->intent);
    b.server->gone_asked_ms++;
    intent_observe(b.rig.state, b.object);
    assert_null(b.object->intent);
    assert_string_equal(b.object->current, "");
    assert_int_equal(b.object->tombstones.count, 1);
    assert_null(servers_find(&b.rig.cloud->servers, "s1"));
    rig_close(&b.rig);
}

/* A doubled or late reply finds nothing that waits for it. */
static void a_second_reply_is_ignored(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, PHASE_RUNNING);
    sent(&b, stop);
    answer(&b, REPLY_OK, false);
    answer(&b, REPLY_DENIED, false);
    assert_non_null(b.object->intent);
    assert_true(b.object->intent->accepted);
    rig_close(&b.rig);
}

/* A remedy that never reached the server is none. */
static void only_refused_steps_use_up_remedies(void **state)
{
    (void)state;
    static const struct {
        enum reply_kind kind;
        unsigned remedies;
    } rows[] = {{REPLY_OK, 1},        {REPLY_INVALID, 1}, {REPLY_DENIED, 1}, {REPLY_CONFLICT, 0},
                {REPLY_THROTTLED, 0}, {REPLY_AUTH, 0},    {REPLY_ABSENT, 0}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b, PHASE_ERROR);
        sent(&b, (struct order){
                     .kind = CALL_REBOOT, .provider_id = "s1", .argument = "HARD", .field = FIELD_COUNT});
        answer(&b, rows[i].kind, false);
        assert_int_equal(b.object->remedies, rows[i].remedies);
        rig_close(&b.rig);
    }
}

/* Refused for a conflict again and again, with nothing changed: at the last try it counts as used. */
static void conflicts_without_end_use_up_a_remedy(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, PHASE_ERROR);
    for (unsigned tries = 1; tries <= CONFLICT_TRIES; tries++) {
        assert_int_equal(b.object->remedies, 0);
        sent(&b, (struct order){
                     .kind = CALL_REBOOT, .provider_id = "s1", .argument = "HARD", .field = FIELD_COUNT});
        answer(&b, REPLY_CONFLICT, false);
        assert_null(b.object->intent);
    }
    assert_int_equal(b.object->remedies, 1);
    rig_close(&b.rig);
}

/* APIs that replace the list are told what there shall be, whichever call it is. */
static void a_change_of_groups_carries_the_whole_set(void **state)
{
    (void)state;
    struct bench b;
    struct call call;
    bench_open(&b, PHASE_RUNNING);
    struct spec *spec = rig_spec(&b.rig, "web");
    rig_manage(spec, FIELD_SECURITY_GROUPS, RIG_SET(&b.rig, "db", "web"));
    b.object->spec = spec;
    struct intent *intent = sent(&b, (struct order){.kind = CALL_ADD_SECURITY_GROUP,
                                                    .provider_id = "s1",
                                                    .argument = "db",
                                                    .field = FIELD_SECURITY_GROUPS});
    assert_true(intent_call(b.rig.state, intent, &b.rig.arena, &call));
    assert_string_equal(call.argument, "db");
    assert_int_equal(call.set.rows, 2);
    assert_true(value_has(call.set, "db") && value_has(call.set, "web"));
    rig_close(&b.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_done_when_it_is_seen),
        cmocka_unit_test(the_old_state_refutes_after_grace_only),
        cmocka_unit_test(an_unanswered_call_is_given_its_time_out),
        cmocka_unit_test(past_its_deadline_it_is_stuck),
        cmocka_unit_test(charges_follow_the_outcome),
        cmocka_unit_test(a_refusal_is_told_in_the_clouds_words),
        cmocka_unit_test(what_was_not_sent_is_withdrawn),
        cmocka_unit_test(an_accepted_delete_ends_with_a_get_that_says_absent),
        cmocka_unit_test(a_second_reply_is_ignored),
        cmocka_unit_test(only_refused_steps_use_up_remedies),
        cmocka_unit_test(conflicts_without_end_use_up_a_remedy),
        cmocka_unit_test(a_change_of_groups_carries_the_whole_set),
    };
    return UNIT_RUN(tests);
}
