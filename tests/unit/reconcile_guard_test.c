#include "tests/unit/unit.h"

#include "reconcile/budget.h"
#include "reconcile/intent.h"
#include "reconcile/order.h"
#include "tests/unit/reconcile_rig.h"

/* An object that may do anything: each test takes one thing away. */
struct bench {
    struct rig rig;
    struct object *object;
    struct server *server;
    struct decision decision;
};

static void bench_open(struct bench *b)
{
    *b = (struct bench){.object = NULL};
    rig_open(&b->rig, "nhn-v2");
    b->object = rig_object(&b->rig, rig_spec(&b->rig, "web"));
    struct facts facts = rig_facts(&b->rig, "s1", "web", PHASE_RUNNING);
    b->server = rig_server(&b->rig, &facts, b->object);
    b->object->was_converged = b->object->was_running = true;
    b->rig.source->valid = b->rig.source->read_once = true;
    object_recount(b->rig.state, b->object);
}

static bool ask(struct bench *b, struct order order)
{
    if (order.kind != CALL_CREATE) order.provider_id = "s1";
    order.field = FIELD_COUNT;
    return guards_allow(b->rig.state, b->object, &order, NULL, &b->decision);
}

static const struct order stop = {.kind = CALL_STOP, .interrupts = true};
static const struct order delete = {.kind = CALL_DELETE, .destroys = true};
static const struct order create = {.kind = CALL_CREATE};
static const struct order reboot = {.kind = CALL_REBOOT, .argument = "HARD", .remedy = true};
static const struct order tag = {.kind = CALL_SET_METADATA, .argument = "team", .value = "data"};

static void all_is_allowed(void **state)
{
    (void)state;
    const struct order orders[] = {stop, delete, create, reboot, tag};
    for (unsigned i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct bench b;
        bench_open(&b);
        assert_true(ask(&b, orders[i]));
        rig_close(&b.rig);
    }
}

static void ledger_read_only(struct bench *b)
{
    b->rig.state->read_only = true;
}
static void taken(struct bench *b)
{
    b->server->facts.marked = b->server->facts.mark_whole = true;
    text_copy(b->server->facts.mark.owner, sizeof b->server->facts.mark.owner, "busan-1");
}
static void not_bound(struct bench *b)
{
    b->server->owner = NULL;
}
static void stopped(struct bench *b)
{
    b->server->facts.phase = PHASE_STOPPED;
}
static void observing_daemon(struct bench *b)
{
    b->rig.state->config->mode = MODE_OBSERVE;
}
static void observing_cloud(struct bench *b)
{
    b->rig.state->config->clouds[0].mode = MODE_OBSERVE;
}
static void observing_source(struct bench *b)
{
    b->rig.state->config->sources[0].mode = MODE_OBSERVE;
}
static void suspended_all(struct bench *b)
{
    b->rig.state->suspended_until_ms = NEVER_MS;
}
static void suspended_cloud(struct bench *b)
{
    b->rig.cloud->suspended_until_ms = NEVER_MS;
}
static void suspended_source(struct bench *b)
{
    b->rig.source->suspended_until_ms = NEVER_MS;
}
static void suspended_object(struct bench *b)
{
    b->object->suspended_until_ms = NEVER_MS;
}
static void source_invalid(struct bench *b)
{
    b->rig.source->valid = false;
}
static void protected(struct bench *b)
{
    b->object->protect = true;
}
static void vanished(struct bench *b)
{
    b->rig.cloud->vanish_brake = true;
}
static void cold(struct bench *b)
{
    b->rig.state->cold = true;
}
static void quarantined(struct bench *b)
{
    b->object->quarantined_until_ms = NEVER_MS;
}
static void backing_off(struct bench *b)
{
    b->object->retry_call = CALL_STOP;
    b->object->retry_ms = RIG_BOOT_MS + 10;
    b->object->retry_reason = REASON_REFUSED;
}
static void storm(struct bench *b)
{
    struct cloud *cloud = b->rig.cloud;
    ROW_RESERVE(cloud->storms, cloud->storm_count, cloud->storm_room);
    cloud->storms[cloud->storm_count++] = (struct storm){.rages = true, .until_ms = RIG_BOOT_MS + 10};
}
static void no_room(struct bench *b)
{
    struct capacity_key *key =
        cloud_capacity(b->rig.cloud, "", value_scalar(b->object->spec->values[FIELD_FLAVOR]), true);
    key->delay_ms = 10;
    key->open_until_ms = RIG_BOOT_MS + 10;
}
static void full(struct bench *b)
{
    b->rig.state->config->sources[0].max_instances = 1;
}
static void budget_zero(struct bench *b)
{
    b->rig.state->config->sources[0].destroy.max = (struct share){0, false};
}
static void disrupting(struct bench *b)
{
    b->rig.source->disrupting = 1;
}
static void halted(struct bench *b)
{
    b->rig.source->halted = HALT_FAILURES;
}
static void throttled(struct bench *b)
{
    b->rig.cloud->throttled_until_ms = RIG_BOOT_MS + 10;
}

static void each_guard_says_its_reason(void **state)
{
    (void)state;
    static const struct {
        void (*take)(struct bench *b);
        const struct order *order;
        enum reason reason;
    } rows[] = {
        {ledger_read_only, &tag, REASON_LEDGER_READ_ONLY},
        {taken, &tag, REASON_TAKEN_OVER},
        {not_bound, &tag, REASON_TAKEN_OVER},
        {stopped, &stop, REASON_NO_ROUTE},
        {observing_daemon, &tag, REASON_OBSERVE_MODE},
        {observing_cloud, &tag, REASON_OBSERVE_MODE},
        {observing_source, &tag, REASON_OBSERVE_MODE},
        {suspended_all, &tag, REASON_SUSPENDED},
        {suspended_cloud, &tag, REASON_SUSPENDED},
        {suspended_source, &tag, REASON_SUSPENDED},
        {suspended_object, &tag, REASON_SUSPENDED},
        {source_invalid, &delete, REASON_SOURCE_INVALID},
        {protected, &delete, REASON_PROTECTED},
        {vanished, &create, REASON_SERVERS_VANISHED},
        {vanished, &delete, REASON_SERVERS_VANISHED},
        {cold, &create, REASON_COLD_START},
        {quarantined, &tag, REASON_QUARANTINED},
        {backing_off, &stop, REASON_REFUSED},
        {storm, &reboot, REASON_ERROR_STORM},
        {no_room, &create, REASON_CAPACITY},
        {full, &create, REASON_TOO_MANY_INSTANCES},
        {budget_zero, &delete, REASON_APPROVAL_NEEDED},
        {disrupting, &stop, REASON_DISRUPTION_LIMIT},
        {halted, &stop, REASON_DISRUPTION_HALTED},
        {throttled, &tag, REASON_CLOUD_THROTTLED},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b);
        rows[i].take(&b);
        if (ask(&b, *rows[i].order)) fail_msg("row %u was allowed", i);
        assert_string_equal(reason_row(b.decision.reason)->word, reason_row(rows[i].reason)->word);
        assert_true(b.decision.next_ms > RIG_BOOT_MS);
        assert_true(b.decision.next_ms < NEVER_MS || reason_row(rows[i].reason)->person ||
                    rows[i].reason == REASON_QUARANTINED);
        rig_close(&b.rig);
    }
}

static void a_suspension_is_told_with_its_reason(void **state)
{
    (void)state;
    static const char *const whats[] = {"everything", "the cloud", "the source", "the object"};
    static void (*const takes[])(struct bench * b) = {suspended_all, suspended_cloud, suspended_source,
                                                      suspended_object};
    static const char *const reasons[] = {"", "x", "an audit"};
    for (unsigned i = 0; i < 12; i++) {
        struct bench b;
        bench_open(&b);
        const char *what = whats[i / 3], *reason = reasons[i % 3];
        char *places[] = {b.rig.state->suspended_reason, b.rig.cloud->suspended_reason,
                          b.rig.source->suspended_reason, b.object->suspended_reason};
        takes[i / 3](&b);
        text_copy(places[i / 3], sizeof b.object->suspended_reason, reason);
        assert_false(ask(&b, tag));
        assert_string_equal(b.decision.message,
                            arena_printf(&b.rig.arena, "%s is suspended%s%s (setpointctl resume)", what,
                                         reason[0] ? ": " : "", reason));
        rig_close(&b.rig);
    }
}

/* What a guard is not about goes on: repairs of a broken source, changes during a storm or a brake. */
static void a_guard_stops_nothing_else(void **state)
{
    (void)state;
    static const struct {
        void (*take)(struct bench *b);
        const struct order *order;
    } rows[] = {{source_invalid, &stop}, {protected, &stop},   {vanished, &stop},  {cold, &stop},
                {backing_off, &tag},     {storm, &stop},       {storm, &create},   {no_room, &stop},
                {full, &stop},           {budget_zero, &stop}, {disrupting, &tag}, {disrupting, &delete},
                {halted, &tag}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b);
        rows[i].take(&b);
        if (!ask(&b, *rows[i].order)) fail_msg("row %u: %s", i, b.decision.message);
        rig_close(&b.rig);
    }
}

static void a_person_may_pass_some_guards(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    budget_zero(&b);
    b.object->approval = (struct approval){.call = CALL_DELETE,
                                           .provider_id = "s1",
                                           .desire = b.object->spec->hash,
                                           .until_ms = RIG_BOOT_MS + 1};
    assert_true(ask(&b, delete));
    b.object->approval.until_ms = RIG_BOOT_MS; /* it has stood long enough */
    assert_false(ask(&b, delete));
    b.object->approval.until_ms = RIG_BOOT_MS + 1;
    b.object->approval.desire++; /* another wish */
    assert_false(ask(&b, delete));
    b.object->approval.desire--;
    text_copy(b.object->approval.provider_id, LIMIT_ID, "s2");
    assert_false(ask(&b, delete));
    b.object->try_once = true;
    backing_off(&b);
    halted(&b);
    assert_true(ask(&b, stop));
    rig_close(&b.rig);
}

/* What was never Converged, or does not run, interrupts nobody. */
static void remedies_and_first_stops_are_free(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    disrupting(&b);
    assert_false(ask(&b, stop));
    b.object->slot = true; /* it holds the slot itself */
    assert_true(ask(&b, stop));
    b.object->slot = false;
    b.object->was_converged = false;
    assert_true(ask(&b, stop));
    rig_close(&b.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_allowed),
        cmocka_unit_test(each_guard_says_its_reason),
        cmocka_unit_test(a_suspension_is_told_with_its_reason),
        cmocka_unit_test(a_guard_stops_nothing_else),
        cmocka_unit_test(a_person_may_pass_some_guards),
        cmocka_unit_test(remedies_and_first_stops_are_free),
    };
    return UNIT_RUN(tests);
}
