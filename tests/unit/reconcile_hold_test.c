#include "tests/unit/unit.h"

#include <stdio.h>

#include "reconcile/base/hash.h"
#include "reconcile/hold.h"
#include "tests/unit/reconcile_rig.h"

static struct object *held(struct rig *rig, const char *name, const char *id, enum reason reason)
{
    struct object *object = rig_object(rig, rig_spec(rig, name));
    text_copy(object->current, sizeof object->current, id);
    object->since_wall_ms = RIG_WALL_MS;
    object->reason = reason;
    holds_note(rig->state, REASON_IN_SYNC, reason);
    return object;
}

static void hash_of(const char *set, char *out)
{
    uint8_t digest[32];
    hash_sha256(set, strlen(set), digest);
    hash_hex(digest, 4, out);
}

static void the_id_is_a_hash_of_the_sorted_set(void **state)
{
    (void)state;
    struct rig rig;
    char id[9];
    rig_open(&rig, "nhn-v2");
    held(&rig, "web-2", "s2", REASON_APPROVAL_NEEDED);
    held(&rig, "web-1", "s1", REASON_APPROVAL_NEEDED);
    holds_remember(rig.state);
    hash_of("prod/web-1 Delete s1 ApprovalNeeded\nprod/web-2 Delete s2 ApprovalNeeded\n", id);
    assert_int_equal(rig.state->hold_count, 1);
    assert_string_equal(rig.state->holds[0].id, id);
    assert_string_equal(source_object(rig.source, "web-1")->hold_id, id);
    rig_close(&rig);
}

static void reasons_make_sets_of_their_own(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    held(&rig, "web-1", "s1", REASON_APPROVAL_NEEDED);
    held(&rig, "web-2", "s2", REASON_SERVERS_VANISHED);
    struct object *other = held(&rig, "web-3", "s3", REASON_NAME_TAKEN);
    holds_remember(rig.state);
    assert_int_equal(rig.state->hold_count, 2);
    assert_string_equal(other->hold_id, "");
    assert_string_not_equal(rig.state->holds[0].id, rig.state->holds[1].id);
    assert_int_equal(rig.state->holds[1].members[0].call, CALL_NONE);
    rig_close(&rig);
}

/* Who approved a set approved every part of it, and nothing that joined it later. */
static void an_id_stands_for_what_is_left_of_its_set(void **state)
{
    (void)state;
    struct rig rig;
    char id[9], bigger[9];
    const struct hold *now = NULL;
    rig_open(&rig, "nhn-v2");
    held(&rig, "web-1", "s1", REASON_APPROVAL_NEEDED);
    struct object *leaves = held(&rig, "web-2", "s2", REASON_APPROVAL_NEEDED);
    holds_remember(rig.state);
    text_copy(id, sizeof id, rig.state->holds[0].id);
    leaves->reason = REASON_IN_SYNC;
    holds_note(rig.state, REASON_APPROVAL_NEEDED, REASON_IN_SYNC);
    holds_remember(rig.state);
    assert_non_null(hold_find(rig.state, id, &now));
    assert_int_equal(now->count, 1);
    held(&rig, "web-3", "s3", REASON_APPROVAL_NEEDED);
    holds_remember(rig.state);
    assert_null(hold_find(rig.state, id, &now));
    text_copy(bigger, sizeof bigger, rig.state->holds[0].id);
    assert_string_not_equal(bigger, id);
    assert_non_null(hold_find(rig.state, bigger, &now));
    assert_null(hold_find(rig.state, "00000000", &now));
    rig_close(&rig);
}

static unsigned told(struct rig *rig)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < rig->effects.count; i++)
        count +=
            rig->effects.items[i].kind == EFFECT_TELL && strcmp(rig->effects.items[i].tell.type, "Held") == 0;
    return count;
}

static void set_reason(struct rig *rig, struct object *object, enum reason reason)
{
    enum reason before = object->reason;
    object->reason = reason;
    holds_note(rig->state, before, reason);
    holds_remember(rig->state);
}

/* However often its members come and go: one line a minute, and the same id while it is no other set. */
static void a_set_that_flaps_is_told_once_a_minute(void **state)
{
    (void)state;
    struct rig rig;
    char id[9];
    rig_open(&rig, "nhn-v2");
    struct object *one = held(&rig, "web-1", "s1", REASON_SERVERS_VANISHED);
    struct object *two = held(&rig, "web-2", "s2", REASON_SERVERS_VANISHED);
    holds_remember(rig.state);
    text_copy(id, sizeof id, rig.state->holds[0].id);
    assert_int_equal(told(&rig), 1);
    for (unsigned i = 0; i < 5; i++) {
        set_reason(&rig, one, REASON_IN_SYNC);
        assert_string_equal(rig.state->holds[0].id, id);
        assert_string_equal(two->hold_id, id);
        set_reason(&rig, two, REASON_IN_SYNC);
        assert_int_equal(rig.state->hold_count, 0);
        set_reason(&rig, one, REASON_SERVERS_VANISHED);
        set_reason(&rig, two, REASON_SERVERS_VANISHED);
        assert_string_equal(rig.state->holds[0].id, id);
        rig.state->now.boot_ms += 5 * SECOND_MS;
    }
    assert_int_equal(told(&rig), 1);
    assert_true(holds_wake(rig.state) == rig.state->now.boot_ms + HOLD_TELL_MS - 25 * SECOND_MS);
    rig.state->now.boot_ms = holds_wake(rig.state);
    holds_remember(rig.state);
    assert_int_equal(told(&rig), 2);
    assert_true(holds_wake(rig.state) == NEVER_MS);
    rig_close(&rig);
}

/* A minute between two tellings of it is not a minute after the machine's start. */
static void a_set_is_told_at_once_when_the_machine_has_just_started(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    rig.state->now.boot_ms = 5 * SECOND_MS;
    held(&rig, "web-1", "s1", REASON_APPROVAL_NEEDED);
    holds_remember(rig.state);
    assert_int_equal(told(&rig), 1);
    rig_close(&rig);
}

static void another_server_is_another_set(void **state)
{
    (void)state;
    struct rig rig;
    char id[9];
    const struct hold *now = NULL;
    rig_open(&rig, "nhn-v2");
    struct object *object = held(&rig, "web-1", "s1", REASON_APPROVAL_NEEDED);
    holds_remember(rig.state);
    text_copy(id, sizeof id, rig.state->holds[0].id);
    text_copy(object->current, sizeof object->current, "s9");
    rig.state->holds_stale = true;
    holds_remember(rig.state);
    assert_null(hold_find(rig.state, id, &now));
    rig_close(&rig);
}

static void only_so_many_earlier_sets_are_remembered(void **state)
{
    (void)state;
    struct rig rig;
    char first[9];
    const struct hold *now = NULL;
    rig_open(&rig, "nhn-v2");
    struct object *object = held(&rig, "web-1", "s1", REASON_APPROVAL_NEEDED);
    holds_remember(rig.state);
    text_copy(first, sizeof first, rig.state->holds[0].id);
    for (unsigned i = 0; i < HOLDS_REMEMBERED; i++) {
        snprintf(object->current, sizeof object->current, "other-%u", i);
        rig.state->holds_stale = true;
        holds_remember(rig.state);
    }
    assert_int_equal(rig.state->old_hold_count, HOLDS_REMEMBERED);
    text_copy(object->current, sizeof object->current, "s1");
    object->reason = REASON_IN_SYNC;
    holds_note(rig.state, REASON_APPROVAL_NEEDED, REASON_IN_SYNC);
    holds_remember(rig.state);
    assert_int_equal(rig.state->hold_count, 0);
    assert_null(hold_find(rig.state, first, &now));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_id_is_a_hash_of_the_sorted_set),
        cmocka_unit_test(reasons_make_sets_of_their_own),
        cmocka_unit_test(an_id_stands_for_what_is_left_of_its_set),
        cmocka_unit_test(a_set_that_flaps_is_told_once_a_minute),
        cmocka_unit_test(a_set_is_told_at_once_when_the_machine_has_just_started),
        cmocka_unit_test(another_server_is_another_set),
        cmocka_unit_test(only_so_many_earlier_sets_are_remembered),
    };
    return UNIT_RUN(tests);
}
