#include "tests/unit/unit.h"

#include "reconcile/absorb.h"
#include "reconcile/brake.h"
#include "reconcile/observe.h"
#include "tests/unit/reconcile_rig.h"

static struct server *server_of(struct rig *rig, const char *id)
{
    return servers_find(&rig->cloud->servers, id);
}

/* The later question wins; a GET beats a list of the same age. */
static void older_facts_do_not_replace_newer_ones(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts running = rig_facts(&rig, "s1", "web", PHASE_RUNNING), stopped = running;
    stopped.phase = stopped.rests = PHASE_STOPPED;
    absorb_facts(rig.state, rig.cloud, &running, 100, 0, false);
    absorb_facts(rig.state, rig.cloud, &stopped, 99, 0, true);
    assert_int_equal(server_of(&rig, "s1")->facts.phase, PHASE_RUNNING);
    absorb_facts(rig.state, rig.cloud, &stopped, 100, 0, true);
    assert_int_equal(server_of(&rig, "s1")->facts.phase, PHASE_STOPPED);
    absorb_facts(rig.state, rig.cloud, &running, 100, 0, false);
    assert_int_equal(server_of(&rig, "s1")->facts.phase, PHASE_STOPPED);
    absorb_facts(rig.state, rig.cloud, &running, 101, 0, false);
    assert_int_equal(server_of(&rig, "s1")->facts.phase, PHASE_RUNNING);
    rig_close(&rig);
}

/* Two questions may overtake each other; that it ran once stays true whichever is older. */
static void an_older_reply_still_proves_that_it_ran(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    struct facts running = rig_facts(&rig, "s1", "web", PHASE_RUNNING), building = running;
    building.phase = building.rests = PHASE_BUILDING;
    building.launched = LAUNCHED_NEVER;
    absorb_facts(rig.state, rig.cloud, &building, 101, 0, false);
    assert_true(server_never_ran(object, server_of(&rig, "s1")));
    absorb_facts(rig.state, rig.cloud, &running, 100, 0, true);
    assert_int_equal(server_of(&rig, "s1")->facts.phase, PHASE_BUILDING);
    assert_false(server_never_ran(object, server_of(&rig, "s1")));
    rig_close(&rig);
}

static void a_server_counts_once_per_list(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    assert_true(absorb_facts(rig.state, rig.cloud, &facts, 100, 7, false));
    assert_false(absorb_facts(rig.state, rig.cloud, &facts, 100, 7, false));
    assert_true(absorb_facts(rig.state, rig.cloud, &facts, 101, 8, false));
    assert_false(absorb_facts(rig.state, rig.cloud, &facts, 102, 0, false));
    rig_close(&rig);
}

/* A row that says deleted is one of those that the list's total counts. In a recycle bin it says so until it
   is seen alive again. */
static void a_deleted_row_counts_and_tells_of_the_bin(void **state)
{
    (void)state;
    static const char *const providers[] = {"nhn-v2", "tencent-gateway"};
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig;
        rig_open(&rig, providers[i]);
        struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING), gone = facts;
        gone.phase = PHASE_GONE;
        assert_true(absorb_facts(rig.state, rig.cloud, &facts, 100, 7, false));
        assert_true(absorb_facts(rig.state, rig.cloud, &gone, 200, 8, false));
        assert_int_equal(server_of(&rig, "s1")->binned_ms, i == 1 ? 200 : 0);
        assert_true(absorb_facts(rig.state, rig.cloud, &facts, 150, 8, false)); /* asked before that */
        assert_int_equal(server_of(&rig, "s1")->binned_ms, i == 1 ? 200 : 0);
        absorb_facts(rig.state, rig.cloud, &facts, 300, 9, false);
        assert_int_equal(server_of(&rig, "s1")->binned_ms, 0);
        rig_close(&rig);
    }
}

/* What comes from outside is checked: no id, or one that no provider has. */
static void rows_without_a_sound_id_are_dropped(void **state)
{
    (void)state;
    struct rig rig;
    char endless[LIMIT_ID + 2];
    memset(endless, 'x', sizeof endless);
    endless[LIMIT_ID + 1] = '\0';
    const char *const ids[] = {NULL, "", endless};
    rig_open(&rig, "nhn-v2");
    for (unsigned i = 0; i < 3; i++) {
        struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
        facts.id = ids[i];
        assert_false(absorb_facts(rig.state, rig.cloud, &facts, 100, 7, false));
    }
    assert_int_equal(rig.cloud->servers.count, 0);
    rig_close(&rig);
}

/* S4: no sign of life, but a suspicion. */
static void a_deleted_row_is_a_suspicion(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    struct server *server = rig_server(&rig, &facts, rig_object(&rig, rig_spec(&rig, "web")));
    int64_t life = server->life_ms;
    facts.phase = PHASE_GONE;
    rig.cloud->full_wanted_ms = 0;
    absorb_facts(rig.state, rig.cloud, &facts, life + 100, 0, false);
    assert_true(server->suspect);
    assert_int_equal(server->life_ms, life);
    assert_int_equal(server->facts.phase, PHASE_RUNNING);
    assert_true(rig.cloud->full_wanted_ms > 0);
    facts.phase = PHASE_RUNNING;
    absorb_facts(rig.state, rig.cloud, &facts, life + 200, 0, false);
    assert_false(server->suspect);
    rig_close(&rig);
}

static void a_get_that_says_absent_is_outlived_by_a_later_sighting(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    struct server *server = rig_server(&rig, &facts, rig_object(&rig, rig_spec(&rig, "web")));
    absorb_absence(rig.state, rig.cloud, server, server->life_ms - 1); /* asked before it was seen */
    assert_int_equal(server->gone_asked_ms, 0);
    absorb_absence(rig.state, rig.cloud, server, server->life_ms + 10);
    assert_int_equal(server->gone_asked_ms, RIG_BOOT_MS + 10);
    absorb_facts(rig.state, rig.cloud, &facts, RIG_BOOT_MS + 20, 0, false);
    assert_int_equal(server->gone_asked_ms, 0);
    rig_close(&rig);
}

/* Ids across callbacks: a late reply for an unknown id is dropped. */
static void a_reply_that_nobody_waits_for_changes_nothing(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    struct event event = {.kind = EVENT_REPLY, .reply = {999999, "nhn", RIG_BOOT_MS, rig_servers(&facts, 1)}};
    rig_step(&rig, event, 1);
    assert_int_equal(rig.cloud->servers.count, 0);
    event.reply.cloud = "nowhere";
    rig_step(&rig, event, 1);
    rig_close(&rig);
}

static void throttling_halves_the_pace_and_it_recovers_slowly(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    assert_int_equal(rig.cloud->pace_percent, 95);
    struct reply slow = {.kind = REPLY_THROTTLED, .retry_after_ms = 5000, .date_wall_ms = -1, .total = -1};
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, slow));
    assert_int_equal(rig.cloud->pace_percent, 47);
    assert_int_equal(rig.cloud->throttled_until_ms, rig.state->now.boot_ms + 5000);
    for (unsigned i = 0; i < 20 && rig.cloud->pace_percent < 95; i++) {
        for (unsigned k = 0; k < 200 && rig.cloud->flight_count == 0; k++)
            rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1000);
        assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, rig_servers(NULL, 0)));
        assert_true(rig.cloud->pace_percent <= 47 + 2 * (i + 1));
    }
    assert_true(rig.cloud->pace_percent > 80);
    for (unsigned k = 0; k < 200 && rig.cloud->flight_count == 0; k++)
        rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1000);
    struct reply busy = {.kind = REPLY_OUTAGE, .retry_after_ms = 7000, .date_wall_ms = -1, .total = -1};
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, busy));
    assert_int_equal(rig.cloud->throttled_until_ms, rig.state->now.boot_ms + 7000);
    rig_close(&rig);
}

static void answer(struct rig *rig, enum reply_kind kind, const char *message, uint64_t call_id,
                   int64_t sent_ms, int64_t later_ms)
{
    struct reply reply = {.kind = kind, .message = message, .date_wall_ms = -1, .total = -1};
    struct event event = {.kind = EVENT_REPLY, .reply = {call_id, "nhn", sent_ms, reply}};
    rig->cloud->flights[rig->cloud->flight_count++] =
        (struct flight){.call_id = call_id, .kind = CALL_STOP, .sent_ms = sent_ms};
    rig_step(rig, event, later_ms);
}

static void outage(struct rig *rig, uint64_t call_id, int64_t sent_ms, int64_t later_ms)
{
    answer(rig, REPLY_TRANSPORT, "timed out", call_id, sent_ms, later_ms);
}

/* Twenty requests that were under way together end together: that is one outage, looked at again soon. A
   request that left since then and failed too makes the pause longer. */
static void requests_that_fail_together_are_one_outage(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    rig.cloud->flight_count = 0;
    int64_t sent_ms = rig.state->now.boot_ms;
    for (unsigned i = 0; i < 20; i++)
        outage(&rig, 1000 + i, sent_ms, 1);
    assert_true(rig.cloud->outages >= BREAKER_FAILURES);
    assert_int_equal(rig.cloud->breaker_delay_ms, BREAKER_FIRST_MS);
    assert_true(rig.cloud->breaker_until_ms <= rig.state->now.boot_ms + BREAKER_FIRST_MS);
    int64_t probe_ms = rig.state->now.boot_ms + 2 * BREAKER_FIRST_MS;
    outage(&rig, 2000, probe_ms, 3 * BREAKER_FIRST_MS);
    assert_int_equal(rig.cloud->breaker_delay_ms, 2 * BREAKER_FIRST_MS);
    assert_int_equal(rig.cloud->breaker_until_ms, rig.state->now.boot_ms + 2 * BREAKER_FIRST_MS);
    rig_close(&rig);
}

static bool told(const struct rig *rig, const char *type)
{
    for (uint32_t i = 0; i < rig->effects.count; i++)
        if (rig->effects.items[i].kind == EFFECT_TELL && strcmp(rig->effects.items[i].tell.type, type) == 0)
            return true;
    return false;
}

/* What never was an outage does not end, one that goes on does not begin again, and after one it takes as
   many failures as before. */
static void an_outage_begins_and_ends_once(void **state)
{
    (void)state;
    static const struct {
        bool fails, begins, ends;
    } rows[] = {{true, false, false}, {true, false, false}, {false, false, false}, {false, false, false},
                {true, false, false}, {true, false, false}, {true, true, false},   {true, false, false},
                {false, false, true}, {true, false, false}, {true, false, false},  {true, true, false}};
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        rig.cloud->flight_count = 0;
        answer(&rig, rows[i].fails ? REPLY_TRANSPORT : REPLY_INVALID, "x", 1000 + i, rig.state->now.boot_ms,
               1);
        assert_int_equal(told(&rig, "CloudOutage"), rows[i].begins);
        assert_int_equal(told(&rig, "CloudBack"), rows[i].ends);
    }
    assert_string_equal(rig.cloud->breaker_message, "x"); /* the cloud's word, however short */
    rig_close(&rig);
}

/* A list says that it went to error, a GET says why: that is news though nothing else of it changed. */
static void why_a_server_failed_is_news_once(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    struct server *server = rig_server(&rig, &facts, object);
    int64_t at = server->asked_ms;
    absorb_facts(rig.state, rig.cloud, &facts, at + 1, 0, true);
    facts.phase = facts.rests = PHASE_ERROR;
    absorb_facts(rig.state, rig.cloud, &facts, at + 2, 7, false);
    for (unsigned i = 0; i < 2; i++) {
        rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1);
        assert_false(object->dirty);
        absorb_facts(rig.state, rig.cloud, &facts, at + 3 + i, 0, true);
        assert_int_equal(object->dirty, i == 0);
    }
    rig_close(&rig);
}

/* Its object may have waited for that alone; nothing else of the server changed. */
static void an_object_is_looked_at_when_its_vanished_server_is_back(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    struct server *server = rig_server(&rig, &facts, object);
    absorb_facts(rig.state, rig.cloud, &facts, server->asked_ms + 1, 7, false);
    rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1000);
    brake_vanished(rig.state, rig.cloud, server);
    assert_false(object->dirty);
    absorb_facts(rig.state, rig.cloud, &facts, rig.state->now.boot_ms, 8, false);
    assert_int_equal(server->vanished_ms, 0);
    assert_true(object->dirty);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(older_facts_do_not_replace_newer_ones),
        cmocka_unit_test(an_older_reply_still_proves_that_it_ran),
        cmocka_unit_test(a_server_counts_once_per_list),
        cmocka_unit_test(a_deleted_row_counts_and_tells_of_the_bin),
        cmocka_unit_test(rows_without_a_sound_id_are_dropped),
        cmocka_unit_test(a_deleted_row_is_a_suspicion),
        cmocka_unit_test(a_get_that_says_absent_is_outlived_by_a_later_sighting),
        cmocka_unit_test(a_reply_that_nobody_waits_for_changes_nothing),
        cmocka_unit_test(requests_that_fail_together_are_one_outage),
        cmocka_unit_test(an_outage_begins_and_ends_once),
        cmocka_unit_test(why_a_server_failed_is_news_once),
        cmocka_unit_test(an_object_is_looked_at_when_its_vanished_server_is_back),
        cmocka_unit_test(throttling_halves_the_pace_and_it_recovers_slowly),
    };
    return UNIT_RUN(tests);
}
