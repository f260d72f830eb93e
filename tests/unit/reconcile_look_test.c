#include "tests/unit/unit.h"

#include "reconcile/look.h"
#include "tests/unit/reconcile_rig.h"

static struct server *busy(struct rig *rig, const char *id, const char *name)
{
    struct facts facts = rig_facts(rig, arena_text(&rig->arena, id), name, PHASE_BUSY);
    return rig_server(rig, &facts, rig_object(rig, rig_spec(rig, name)));
}

static bool next_get(struct rig *rig, struct call *call)
{
    return look_next(rig->state, rig->cloud, LOOK_CLASS_OPEN, call, &rig->arena);
}

static void an_open_server_is_read_ever_more_seldom(void **state)
{
    (void)state;
    static const int64_t waits[] = {1500, 2250, 3375, 5062, 7593, 11389, 17083, 25624, 30000, 30000};
    struct rig rig;
    struct call call;
    rig_open(&rig, "nhn-v2");
    struct server *server = busy(&rig, "s1", "web");
    look_soon(rig.state, rig.cloud, "s1", LOOK_FIRST_MS);
    assert_false(next_get(&rig, &call));
    assert_int_equal(server->look.due_ms, RIG_BOOT_MS + LOOK_FIRST_MS);
    for (unsigned i = 0; i < sizeof waits / sizeof *waits; i++) {
        rig.state->now.boot_ms = server->look.due_ms;
        assert_true(next_get(&rig, &call));
        assert_string_equal(call.provider_id, "s1");
        assert_int_equal(call.look, LOOK_SERVER);
        struct flight flight = {.look = LOOK_SERVER, .provider_id = "s1"};
        struct facts facts = rig_facts(&rig, "s1", "web", PHASE_BUSY);
        struct reply reply = rig_servers(&facts, 1);
        look_reply(rig.state, rig.cloud, &flight, &reply, rig.state->now.boot_ms);
        assert_int_equal(server->look.due_ms - rig.state->now.boot_ms, waits[i]);
    }
    rig_close(&rig);
}

static void an_earlier_look_is_not_put_off(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct server *server = busy(&rig, "s1", "web");
    look_soon(rig.state, rig.cloud, "s1", 1000);
    look_soon(rig.state, rig.cloud, "s1", 5000);
    assert_int_equal(server->look.due_ms, RIG_BOOT_MS + 1000);
    look_soon(rig.state, rig.cloud, "s1", 0);
    assert_int_equal(server->look.due_ms, RIG_BOOT_MS);
    look_soon(rig.state, rig.cloud, "", 0);
    look_soon(rig.state, rig.cloud, "nobody", 0);
    assert_int_equal(rig.cloud->looks.count, 1);
    rig_close(&rig);
}

/* Which is asked for at once, but not within a second of the last one. */
static void many_open_servers_are_read_by_one_list(void **state)
{
    (void)state;
    struct rig rig;
    struct call call;
    rig_open(&rig, "nhn-v2");
    rig.state->now.boot_ms += MINUTE_MS;
    for (unsigned i = 0; i <= LOOK_GETS_MAX; i++) {
        const char *name = arena_printf(&rig.arena, "w%02u", i);
        busy(&rig, name, name);
        look_soon(rig.state, rig.cloud, name, 0);
    }
    rig.cloud->list_due_ms = NEVER_MS;
    assert_false(next_get(&rig, &call));
    assert_true(rig.cloud->list_due_ms == rig.state->now.boot_ms);
    assert_int_equal(rig.cloud->looks.count, LOOK_GETS_MAX + 1);
    rig.state->now.boot_ms += 2 * LOOK_FIRST_MS;
    rig.cloud->list_due_ms = NEVER_MS;
    rig.cloud->listing.begun_ms = rig.state->now.boot_ms - 300;
    assert_false(next_get(&rig, &call));
    assert_true(rig.cloud->list_due_ms == rig.state->now.boot_ms - 300 + LOOK_FIRST_MS);
    rig_close(&rig);
}

/* As many as may be read one by one are. */
static void a_few_open_servers_are_read_one_by_one(void **state)
{
    (void)state;
    struct rig rig;
    struct call call;
    rig_open(&rig, "nhn-v2");
    for (unsigned i = 0; i < LOOK_GETS_MAX; i++) {
        const char *name = arena_printf(&rig.arena, "w%02u", i);
        busy(&rig, name, name);
        look_soon(rig.state, rig.cloud, name, 0);
    }
    for (unsigned i = 0; i < LOOK_GETS_MAX; i++) {
        assert_true(next_get(&rig, &call));
        assert_true(servers_find(&rig.cloud->servers, call.provider_id)->look_in_flight);
    }
    assert_false(next_get(&rig, &call));
    rig_close(&rig);
}

/* However many are open: that a server is gone, and why one is in error, no list tells. */
static void what_no_list_tells_is_asked_for(void **state)
{
    (void)state;
    for (unsigned why = 0; why < 5; why++) {
        struct rig rig;
        struct call call;
        rig_open(&rig, "nhn-v2");
        for (unsigned i = 0; i < LOOK_GETS_MAX; i++) {
            const char *name = arena_printf(&rig.arena, "w%02u", i);
            busy(&rig, name, name);
            look_soon(rig.state, rig.cloud, name, 0);
        }
        struct server *last = busy(&rig, "last", "last");
        last->suspect = why == 0;
        last->missing_ms = why == 1 ? RIG_BOOT_MS : 0;
        last->missing_again_ms = why == 2 ? RIG_BOOT_MS : 0;
        if (why == 3) last->facts.phase = last->facts.rests = PHASE_ERROR;
        look_soon(rig.state, rig.cloud, "last", 0);
        assert_int_equal(next_get(&rig, &call), why < 4);
        if (why < 4) assert_string_equal(call.provider_id, "last");
        rig_close(&rig);
    }
}

static bool next_list(struct rig *rig, int64_t at_ms)
{
    struct call call;
    rig->state->now.boot_ms = at_ms;
    rig->cloud->listing.in_flight = false;
    return look_next(rig->state, rig->cloud, LOOK_CLASS_POLL, &call, &rig->arena) && call.look == LOOK_LIST;
}

/* When its interval is over, or when one is wanted; after a failure not before its delay is over. */
static void a_list_is_asked_for_in_its_time(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct cloud *cloud = rig.cloud;
    int64_t now = rig.state->now.boot_ms;
    cloud->listing = (struct listing){.running = false};
    cloud->list_due_ms = now + 1000;
    assert_false(next_list(&rig, now + 999));
    assert_true(next_list(&rig, now + 1000));
    uint64_t serial = cloud->list_serial;
    assert_true(cloud->list_due_ms == now + 1000 + cloud_interval_ms(cloud));
    assert_true(next_list(&rig, now + HOUR_MS)); /* its next page, though another list is due */
    assert_true(cloud->list_serial == serial);
    cloud->listing.running = false;
    now += 2 * HOUR_MS;
    cloud->list_due_ms = now + HOUR_MS;
    cloud->full_wanted_ms = now + 500;
    assert_false(next_list(&rig, now + 499));
    assert_true(next_list(&rig, now + 500));
    assert_int_equal(cloud->full_wanted_ms, 0);
    cloud->listing.running = false;
    cloud->list_failures = 1;
    cloud->full_wanted_ms = now;
    cloud->list_due_ms = now + 2000;
    assert_false(next_list(&rig, now + 1999));
    assert_true(next_list(&rig, now + 2000));
    rig_close(&rig);
}

/* What changed is asked for only where the API can tell, behind a whole list, until the next one is due. */
static void which_list_is_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *provider;
        bool has_list, is_due, wanted, whole;
    } rows[] = {
        {"nhn-v2", true, false, false, false}, {"nhn-v2", false, false, false, true},
        {"nhn-v2", true, true, false, true},   {"nhn-v2", true, false, true, true},
        {"nhn-v1", true, false, false, true},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        struct call call;
        rig_open(&rig, rows[i].provider);
        int64_t now = rig.state->now.boot_ms;
        rig.cloud->listing = (struct listing){.running = false};
        rig.cloud->list_due_ms = now;
        rig.cloud->complete_count = rows[i].has_list;
        rig.cloud->full_due_ms = rows[i].is_due ? now : now + 1;
        rig.cloud->full_wanted_ms = rows[i].wanted ? now : 0;
        rig.cloud->changes_since_wall_ms = RIG_WALL_MS - HOUR_MS;
        assert_true(look_next(rig.state, rig.cloud, LOOK_CLASS_POLL, &call, &rig.arena));
        assert_int_equal(call.look, rows[i].whole ? LOOK_LIST : LOOK_CHANGES);
        assert_true(call.since_wall_ms == (rows[i].whole ? 0 : RIG_WALL_MS - HOUR_MS));
        rig_close(&rig);
    }
}

static void steps(struct rig *rig, int64_t duration_ms)
{
    for (int64_t passed = 0; passed < duration_ms && rig->cloud->flight_count == 0; passed += 200)
        rig_step(rig, (struct event){.kind = EVENT_TICK}, 200);
}

/* S4: pages, totals, and a list that shifted while it was read. */
static void a_list_is_complete_when_it_adds_up(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts facts[] = {rig_facts(&rig, "s1", "a", PHASE_RUNNING),
                            rig_facts(&rig, "s2", "b", PHASE_RUNNING)};
    struct reply page = rig_servers(facts, 1);
    page.next_page = "marker-1";
    page.total = 2;
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, page));
    assert_int_equal(rig.cloud->complete_count, 0);
    steps(&rig, 2000);
    struct reply last = rig_servers(facts + 1, 1);
    last.total = 3; /* one more than there was at first */
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, last));
    assert_int_equal(rig.cloud->complete_count, 0);
    assert_int_equal(rig.cloud->list_failures, 1);
    steps(&rig, 5000);
    struct reply doubled = rig_servers((struct facts[]){facts[0], facts[0]}, 2);
    doubled.total = 2;
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, doubled));
    assert_int_equal(rig.cloud->complete_count, 0);
    steps(&rig, 10000);
    struct reply whole = rig_servers(facts, 2);
    whole.total = 2;
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, whole));
    assert_int_equal(rig.cloud->complete_count, 1);
    assert_int_equal(rig.cloud->list_failures, 0);
    rig_close(&rig);
}

/* Whether the total counts them is not told by all clouds. */
static void rows_that_say_deleted_may_be_in_the_total_or_not(void **state)
{
    (void)state;
    for (int64_t total = 1; total <= 2; total++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        struct facts facts[] = {rig_facts(&rig, "s1", "a", PHASE_RUNNING),
                                rig_facts(&rig, "s2", "b", PHASE_GONE)};
        struct reply page = rig_servers(facts, 2);
        page.total = total;
        assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, page));
        assert_int_equal(rig.cloud->complete_count, 1);
        rig_close(&rig);
    }
}

static bool list_ends(struct rig *rig, enum reply_kind kind)
{
    struct reply reply = {.kind = kind, .message = "words", .date_wall_ms = -1, .total = -1};
    rig_step(rig, (struct event){.kind = EVENT_TICK}, HOUR_MS);
    assert_true(rig_reply(rig, CALL_LOOK, LOOK_LIST, reply));
    return cloud_list_fails(rig->cloud);
}

/* A wrong address refuses one after the other; an outage between them is another trouble. */
static void refusals_in_a_row_mean_that_the_list_fails(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    rig.cloud->complete_done_ms = rig.state->now.boot_ms;
    rig.cloud->full_due_ms = NEVER_MS; /* the list that is known is no matter here */
    for (unsigned i = 1; i < BREAKER_FAILURES; i++)
        assert_false(list_ends(&rig, REPLY_ABSENT));
    assert_false(list_ends(&rig, REPLY_OUTAGE));
    for (unsigned i = 1; i < BREAKER_FAILURES; i++)
        assert_false(list_ends(&rig, REPLY_INVALID));
    assert_true(list_ends(&rig, REPLY_DENIED));
    assert_false(list_ends(&rig, REPLY_THROTTLED));
    rig_close(&rig);
}

/* A marker that went away while the list was read: once more from the first page, at once. */
static void a_marker_that_is_gone_begins_anew(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts facts = rig_facts(&rig, "s1", "a", PHASE_RUNNING);
    struct reply page = rig_servers(&facts, 1), gone = {.kind = REPLY_INVALID, .message = "marker not found"};
    page.next_page = "s1";
    gone.date_wall_ms = gone.total = -1;
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, page));
    steps(&rig, 2000);
    assert_true(rig_reply(&rig, CALL_LOOK, LOOK_LIST, gone));
    assert_true(rig.cloud->list_due_ms <= rig.state->now.boot_ms);
    steps(&rig, 1000);
    assert_int_equal(rig.cloud->flight_count, 1);
    assert_string_equal(rig.cloud->listing.page, "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_server_is_read_ever_more_seldom),
        cmocka_unit_test(an_earlier_look_is_not_put_off),
        cmocka_unit_test(many_open_servers_are_read_by_one_list),
        cmocka_unit_test(a_few_open_servers_are_read_one_by_one),
        cmocka_unit_test(what_no_list_tells_is_asked_for),
        cmocka_unit_test(a_list_is_asked_for_in_its_time),
        cmocka_unit_test(which_list_is_asked_for),
        cmocka_unit_test(a_list_is_complete_when_it_adds_up),
        cmocka_unit_test(rows_that_say_deleted_may_be_in_the_total_or_not),
        cmocka_unit_test(refusals_in_a_row_mean_that_the_list_fails),
        cmocka_unit_test(a_marker_that_is_gone_begins_anew),
    };
    return UNIT_RUN(tests);
}
