#include "tests/unit/unit.h"

#include <stdio.h>

#include "reconcile/outbox.h"
#include "tests/unit/reconcile_rig.h"

/* Delivery of notifications: what is sent when, what is kept, what is given up. */

static void targets(struct rig *rig, unsigned count)
{
    static const char *const names[] = {"ops", "duty"};
    struct config *config = rig->state->config;
    config->targets = ARENA_ROW(&config->arena, struct notify_target, 2);
    for (config->target_count = 0; config->target_count < count; config->target_count++)
        config->targets[config->target_count] = (struct notify_target){.name = names[config->target_count]};
}

static void add(struct rig *rig, unsigned target, const char *title)
{
    outbox_add(rig->state, &rig->state->config->targets[target],
               &(struct notification){.wall_ms = rig->state->now.wall_ms, .kind = "Test", .title = title});
}

/* Lets the ledger store what this turn wrote, and sends what may go. */
static const char *sent(struct rig *rig, char *out_id, size_t size)
{
    outbox_settle(rig->state, 0);
    effects_clear(&rig->effects);
    outbox_go_on(rig->state);
    const struct effect *effect = rig_effect(rig, EFFECT_NOTIFY);
    if (!effect) return NULL;
    text_copy(out_id, size, effect->notify.id);
    return effect->notify.title;
}

static void answer(struct rig *rig, struct event_notified event)
{
    outbox_notified(rig->state, &event);
}

static void later(struct rig *rig, int64_t ms)
{
    rig->state->now.boot_ms += ms;
    rig->state->now.wall_ms += ms;
}

static void nothing_goes_before_it_is_stored(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    targets(&rig, 1);
    add(&rig, 0, "one");
    assert_int_equal(rig.state->record_count, 1);
    outbox_name(rig.state, 9);
    outbox_go_on(rig.state);
    assert_null(rig_effect(&rig, EFFECT_NOTIFY));
    outbox_settle(rig.state, 8);
    outbox_go_on(rig.state);
    assert_null(rig_effect(&rig, EFFECT_NOTIFY));
    outbox_settle(rig.state, 9);
    assert_true(outbox_wake(rig.state) <= rig.state->now.boot_ms);
    outbox_go_on(rig.state);
    assert_string_equal(rig_effect(&rig, EFFECT_NOTIFY)->notify.title, "one");
    assert_string_equal(rig_effect(&rig, EFFECT_NOTIFY)->notify.owner, "seoul-1");
    assert_true(outbox_wake(rig.state) == NEVER_MS);
    rig_close(&rig);
}

static void one_at_a_time_in_order(void **state)
{
    (void)state;
    struct rig rig;
    char id[32];
    rig_open(&rig, "nhn-v2");
    targets(&rig, 2);
    add(&rig, 0, "one");
    add(&rig, 0, "two");
    add(&rig, 1, "other");
    assert_string_equal(sent(&rig, id, sizeof id), "one");
    assert_int_equal(rig.effects.count, 2); /* to each target one */
    assert_null(sent(&rig, (char[32]){0}, 32));
    answer(&rig, (struct event_notified){.id = id, .delivered = true});
    assert_null(sent(&rig, (char[32]){0}, 32));
    later(&rig, NOTIFY_PACE_MS);
    assert_string_equal(sent(&rig, id, sizeof id), "two");
    assert_int_equal(outbox_waiting(rig.state, "ops"), 1);
    answer(&rig, (struct event_notified){.id = "unknown", .delivered = true});
    assert_int_equal(outbox_waiting(rig.state, "ops"), 1);
    rig_close(&rig);
}

static void refusals_for_what_it_says_wait_behind_the_rest(void **state)
{
    (void)state;
    struct rig rig;
    char id[32];
    rig_open(&rig, "nhn-v2");
    targets(&rig, 1);
    add(&rig, 0, "too long");
    add(&rig, 0, "short");
    assert_string_equal(sent(&rig, id, sizeof id), "too long");
    answer(&rig, (struct event_notified){.id = id, .problem = "HTTP 503"});
    later(&rig, NOTIFY_RETRY_FIRST_MS);
    assert_string_equal(sent(&rig, id, sizeof id), "too long"); /* it is the target that is down */
    answer(&rig, (struct event_notified){.id = id, .refused = true, .problem = "HTTP 413"});
    later(&rig, 2 * NOTIFY_RETRY_FIRST_MS);
    assert_string_equal(sent(&rig, id, sizeof id), "short");
    rig_close(&rig);
}

static void pauses_grow_and_end(void **state)
{
    (void)state;
    struct rig rig;
    char id[32];
    int64_t most_ms = 0;
    rig_open(&rig, "nhn-v2");
    targets(&rig, 1);
    add(&rig, 0, "one");
    for (unsigned i = 0; i < 20; i++) {
        assert_non_null(sent(&rig, id, sizeof id));
        answer(&rig, (struct event_notified){.id = id, .problem = "HTTP 500"});
        int64_t pause_ms = outbox_wake(rig.state) - rig.state->now.boot_ms;
        assert_true(pause_ms >= NOTIFY_RETRY_FIRST_MS / 4 && pause_ms <= NOTIFY_RETRY_MOST_MS);
        most_ms = instant_max(most_ms, pause_ms);
        assert_null(sent(&rig, id, sizeof id));
        later(&rig, pause_ms);
    }
    assert_true(most_ms > NOTIFY_RETRY_MOST_MS / 4);
    assert_int_equal(outbox_channel(rig.state, "ops")->failures, 20);
    assert_string_equal(outbox_channel(rig.state, "ops")->problem, "HTTP 500");
    assert_non_null(sent(&rig, id, sizeof id));
    answer(&rig, (struct event_notified){.id = id, .delivered = true});
    assert_int_equal(outbox_channel(rig.state, "ops")->failures, 0);
    assert_int_equal(outbox_waiting(rig.state, "ops"), 0);
    rig_close(&rig);
}

/* A Retry-After counts, one of days does not. */
static void a_target_may_ask_for_quiet(void **state)
{
    (void)state;
    static const struct {
        int64_t asked_ms, waits_ms;
    } rows[] = {{2 * MINUTE_MS, 2 * MINUTE_MS}, {48 * HOUR_MS, NOTIFY_QUIET_MOST_MS}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        char id[32];
        rig_open(&rig, "nhn-v2");
        targets(&rig, 1);
        add(&rig, 0, "one");
        assert_non_null(sent(&rig, id, sizeof id));
        answer(&rig, (struct event_notified){.id = id,
                                             .retry_boot_ms = rig.state->now.boot_ms + rows[i].asked_ms,
                                             .problem = "HTTP 429"});
        assert_int_equal(outbox_wake(rig.state) - rig.state->now.boot_ms, rows[i].waits_ms);
        rig_close(&rig);
    }
}

static unsigned dropped(const struct rig *rig)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < rig->effects.count; i++)
        count += rig->effects.items[i].kind == EFFECT_TELL &&
                 strcmp(rig->effects.items[i].tell.type, "NotificationDropped") == 0;
    return count;
}

static void too_many_and_too_old_are_dropped_and_said(void **state)
{
    (void)state;
    struct rig rig;
    char id[32], title[16];
    rig_open(&rig, "nhn-v2");
    targets(&rig, 1);
    for (unsigned i = 0; i <= NOTIFY_WAITING_MAX; i++) {
        snprintf(title, sizeof title, "%u", i);
        add(&rig, 0, title);
    }
    assert_int_equal(outbox_waiting(rig.state, "ops"), NOTIFY_WAITING_MAX);
    assert_int_equal(dropped(&rig), 1);
    assert_string_equal(sent(&rig, id, sizeof id), "1");
    later(&rig, NOTIFY_KEEP_MS + 1);
    answer(&rig, (struct event_notified){.id = id, .problem = "HTTP 500"});
    later(&rig, NOTIFY_RETRY_MOST_MS);
    assert_string_equal(sent(&rig, id, sizeof id), "2"); /* each is tried once at least */
    assert_int_equal(dropped(&rig), 1);
    assert_int_equal(outbox_waiting(rig.state, "ops"), NOTIFY_WAITING_MAX - 1);
    rig_close(&rig);
}

static void rows_that_are_none_make_the_ledger_corrupt(void **state)
{
    (void)state;
    static const struct {
        unsigned cell;
        const char *text;
        bool good;
    } rows[] = {{0, "ops", true},         {0, "", false},
                {1, "short", false},      {2, "x", false},
                {3, "-1", false},         {5, "2", false},
                {9, "x", false},          {12, NULL, false},
                {9, "4294967296", false}, {0, "a-name-that-is-longer-than-a-target-has", false}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        struct record record = {.table = RECORD_NOTIFICATIONS,
                                .cells = {"ops", "abcdefghijklmnopqrstuvwxyz", "7", "1769828400000",
                                          "Blocked", "0", "ErrorHold", "prod", "nhn", "3", "prod/a\nprod/b",
                                          "title", "message"}};
        record.cells[rows[i].cell] = rows[i].text;
        assert_int_equal(outbox_load(rig.state, &record), rows[i].good);
        if (rows[i].good) {
            targets(&rig, 1);
            outbox_go_on(rig.state);
            const struct notification *n = &rig_effect(&rig, EFFECT_NOTIFY)->notify;
            assert_string_equal(n->id, "abcdefghijklmnopqrstuvwxyz");
            assert_int_equal(n->count, 3);
            assert_string_equal(n->names, "prod/a\nprod/b");
            add(&rig, 0, "next");
            assert_int_equal(rig.state->outbox->postings[1]->order, 8);
        }
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_goes_before_it_is_stored),
        cmocka_unit_test(one_at_a_time_in_order),
        cmocka_unit_test(refusals_for_what_it_says_wait_behind_the_rest),
        cmocka_unit_test(pauses_grow_and_end),
        cmocka_unit_test(a_target_may_ask_for_quiet),
        cmocka_unit_test(too_many_and_too_old_are_dropped_and_said),
        cmocka_unit_test(rows_that_are_none_make_the_ledger_corrupt),
    };
    return UNIT_RUN(tests);
}
