#include "tests/unit/unit.h"

#include <stdio.h>

#include "reconcile/marking.h"
#include "reconcile/protection.h"
#include "reconcile/tombstone.h"
#include "tests/unit/reconcile_rig.h"

/* A server with the whole mark of the object. */
static struct server *marked(struct rig *rig, struct object *object, const char *id, enum phase phase,
                             int64_t created)
{
    struct facts facts = rig_facts(rig, id, object->name, phase);
    facts.marked = facts.mark_whole = true;
    object_mark(rig->state, object, MARK_CURRENT, &facts.mark);
    facts.mark.parts = (1U << mark_key_count()) - 1;
    facts.created_wall_ms = RIG_WALL_MS + created;
    struct server *server = rig_server(rig, &facts, NULL);
    server_remark(rig->state, rig->cloud, server);
    return server;
}

static struct object *unbound(struct rig *rig)
{
    struct object *object = rig_object(rig, rig_spec(rig, "web"));
    object->cloud = rig->cloud;
    return object;
}

/* S1b: the one that is or was running, then the oldest, then the lowest id. */
static void the_best_of_several_is_bound(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = unbound(&rig);
    marked(&rig, object, "s1", PHASE_BUILDING, -9000);
    marked(&rig, object, "s2", PHASE_RUNNING, -5000);
    marked(&rig, object, "s4", PHASE_RUNNING, -6000);
    marked(&rig, object, "s3", PHASE_RUNNING, -6000);
    object_observe(rig.state, object);
    assert_string_equal(object->current, "s3");
    assert_non_null(object_surplus(object));
    rig_close(&rig);
}

static void a_server_that_was_ours_and_is_gone_is_not_bound_again(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = unbound(&rig);
    text_set_add(&object->tombstones, "1769828400000 s1");
    marked(&rig, object, "s1", PHASE_RUNNING, -9000);
    object_observe(rig.state, object);
    assert_string_equal(object->current, "");
    rig_close(&rig);
}

/* A list may lag: whether what was gone has returned is asked once, by its id. */
static void what_was_gone_and_is_listed_is_asked_for(void **state)
{
    (void)state;
    for (unsigned asked = 0; asked < 2; asked++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        struct object *object = unbound(&rig);
        text_set_add(&object->tombstones, "1769828400000 s1");
        struct server *gone = marked(&rig, object, "s1", PHASE_RUNNING, -9000);
        gone->proven_by_get = asked;
        object_observe(rig.state, object);
        bool at_once = gone->look.place != 0 && gone->look.due_ms == rig.state->now.boot_ms;
        assert_int_equal(at_once, !asked);
        rig_close(&rig);
    }
}

/* DESIGN.md section 8: ids for seven days; of attempts that came to nothing the newest. */
static void tombstones_do_not_pile_up(void **state)
{
    (void)state;
    char attempt[MARK_ATTEMPT + 1];
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = unbound(&rig);
    object_add_tombstone(rig.state, object, "s1");
    for (unsigned i = 0; i < 1000; i++) {
        rig.state->now.wall_ms += MINUTE_MS;
        snprintf(attempt, sizeof attempt, "a%07u", i);
        object_give_up(rig.state, object, attempt);
    }
    assert_int_equal(object->tombstones.count, 1 + GAVE_UP_MAX);
    assert_true(object_has_tombstone(object, "s1"));
    assert_true(object_gave_up(object, "a0000999"));
    assert_true(object_gave_up(object, "a0000984"));
    assert_false(object_gave_up(object, "a0000983"));
    rig.state->now.wall_ms += TOMBSTONE_MS + 1;
    object_add_tombstone(rig.state, object, "s2");
    assert_int_equal(object->tombstones.count, 1);
    assert_true(object_has_tombstone(object, "s2"));
    rig_close(&rig);
}

static struct server *named(struct rig *rig, const char *id, int64_t first_asked_ms, int64_t created)
{
    struct facts facts = rig_facts(rig, id, "web", PHASE_BUILDING);
    facts.created_wall_ms = RIG_WALL_MS + created;
    struct server *server = rig_server(rig, &facts, NULL);
    server->first_asked_ms = first_asked_ms;
    return server;
}

/* S1, where only the name tells: in no list begun before the send, nobody's, never ours; of several the
 * oldest. */
static void a_name_binds_what_was_not_there_before(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "tencent-gateway");
    struct object *object = unbound(&rig);
    text_set_add(&object->tombstones, "1769828400000 s2");
    named(&rig, "s1", 99, -9000);
    named(&rig, "s2", 100, -9000);
    named(&rig, "s3", 100, -9000)->gone_asked_ms = 200;
    named(&rig, "s4", 100, -9000)->binned_ms = 200;
    assert_false(object_bind_by_name(rig.state, object, "web", 100));
    assert_false(object_bind_by_name(rig.state, object, "we", 50));
    named(&rig, "s5", 100, 1000);
    named(&rig, "s6", 101, 500);
    assert_true(object_bind_by_name(rig.state, object, "web", 100));
    assert_string_equal(object->current, "s6");
    assert_true(object->created_by_us);
    assert_false(object->was_running);
    rig_close(&rig);
}

/* S2 */
static void ours_is_a_whole_mark_of_our_owner_and_cloud(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = unbound(&rig);
    struct server *server = marked(&rig, object, "s1", PHASE_RUNNING, 0);
    assert_true(server_is_marked_ours(rig.state, rig.cloud, server));
    assert_false(server_is_taken(rig.state, server));
    server->facts.mark_whole = false;
    assert_false(server_is_marked_ours(rig.state, rig.cloud, server));
    server->facts.mark_whole = true;
    text_copy(server->facts.mark.cloud, sizeof server->facts.mark.cloud, "other");
    assert_false(server_is_marked_ours(rig.state, rig.cloud, server));
    assert_false(server_is_taken(rig.state, server));
    text_copy(server->facts.mark.owner, sizeof server->facts.mark.owner, "busan-1");
    assert_true(server_is_taken(rig.state, server));
    server->facts.mark_whole = false; /* half a mark takes nothing away from anybody */
    assert_false(server_is_taken(rig.state, server));
    rig_close(&rig);
}

/* S4 */
static void absence_needs_two_lists_and_a_get(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct server server = {.missing_ms = 100};
    assert_false(server_is_absent(rig.cloud, &server));
    server.missing_again_ms = 200;
    assert_false(server_is_absent(rig.cloud, &server));
    server.gone_asked_ms = 199;
    assert_false(server_is_absent(rig.cloud, &server));
    server.gone_asked_ms = 200;
    assert_true(server_is_absent(rig.cloud, &server));
    rig_close(&rig);
}

static void never_running_needs_evidence(void **state)
{
    (void)state;
    struct object object = {.created_by_us = true};
    struct server server = {.facts = {.id = "s1", .launched = LAUNCHED_UNKNOWN}};
    assert_true(server_never_ran(&object, &server));
    object.was_running = true;
    assert_false(server_never_ran(&object, &server));
    server.facts.launched = LAUNCHED_NEVER;
    assert_true(server_never_ran(&object, &server));
    server.facts.launched = LAUNCHED_ONCE;
    object.was_running = false;
    assert_false(server_never_ran(&object, &server));
    server.facts.launched = LAUNCHED_UNKNOWN;
    object.created_by_us = false;
    assert_false(server_never_ran(&object, &server));
    text_copy(object.next, sizeof object.next, "s1"); /* a successor is ours, whoever made the other one */
    assert_true(server_never_ran(&object, &server));
    object.successor.was_running = true;
    assert_false(server_never_ran(&object, &server));
}

/* S5 */
static void protection_ends_after_prune_delay_of_a_valid_manifest(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = unbound(&rig);
    rig.source->valid = true;
    object->protect = true;
    object_observe(rig.state, object);
    assert_true(object->protect);
    assert_int_equal(protection_ends_ms(object), RIG_BOOT_MS + 30 * SECOND_MS);
    rig.source->valid = false; /* counts from the beginning when it is valid again */
    object_observe(rig.state, object);
    assert_true(protection_ends_ms(object) == NEVER_MS);
    rig.source->valid = true;
    rig.state->now.boot_ms += 60 * SECOND_MS;
    object_observe(rig.state, object);
    assert_true(object->protect);
    rig.state->now.boot_ms += 30 * SECOND_MS;
    object_observe(rig.state, object);
    assert_false(object->protect);
    rig_close(&rig);
}

static void a_right_mark_needs_no_repair(void **state)
{
    (void)state;
    struct rig rig;
    const char *value = NULL;
    rig_open(&rig, "nhn-v2");
    struct object *object = unbound(&rig);
    text_copy(object->attempt, sizeof object->attempt, "abcdefgh");
    struct server *server = marked(&rig, object, "s1", PHASE_RUNNING, 0);
    assert_null(object_mark_repair(rig.state, object, server, &rig.arena, &value));
    server->facts.mark.parts &= ~(server->facts.mark.parts & 1);
    server->facts.mark_whole = false;
    assert_string_equal(object_mark_repair(rig.state, object, server, &rig.arena, &value), "setpoint.owner");
    assert_string_equal(value, "seoul-1");
    rig_close(&rig);
}

/* Who made a server, by which attempt and with what, is told by its mark also when ledgers are lost: a mark
   that is written anew keeps it. */
static void a_description_keeps_what_was_true_at_the_create(void **state)
{
    (void)state;
    struct rig rig;
    struct mark read;
    bool is_whole;
    const char *value = NULL, *text;
    rig_open(&rig, "kakaocloud");
    struct object *object = unbound(&rig);
    text_copy(object->attempt, sizeof object->attempt, "abcdefgh");
    struct server *server = marked(&rig, object, "s1", PHASE_RUNNING, 0);
    server->facts.own_text = arena_text(&rig.arena, "by Ann");
    text_copy(server->facts.mark.writer, sizeof server->facts.mark.writer, "wxyz");
    text_copy(server->facts.mark.digest, sizeof server->facts.mark.digest, "abcd2345");
    const struct mark made = server->facts.mark;
    text_copy(object->attempt, sizeof object->attempt, "");
    object->protect = true;
    assert_string_equal(object_mark_repair(rig.state, object, server, &rig.arena, &value),
                        MARK_DESCRIPTION_KEY);
    assert_true(mark_from_description(value, &read, &is_whole, &text));
    assert_true(is_whole && read.protect);
    assert_string_equal(text, "by Ann");
    assert_string_equal(read.attempt, made.attempt);
    assert_string_equal(read.writer, made.writer);
    assert_string_equal(read.digest, made.digest);
    server->facts.own_text = NULL;
    rig_close(&rig);
}

/* One call where the provider has one that leaves other keys alone; it is done when all of them are right. */
static void keys_that_lack_are_written_together(void **state)
{
    static const struct {
        const char *provider, *key, *value;
    } rows[] = {
        {"openstack", MARK_SEVERAL_KEYS, "{\"setpoint.owner\":\"seoul-1\",\"setpoint.role\":\"current\"}"},
        {"nhn-v2", "setpoint.owner", "seoul-1"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        const char *value = NULL;
        rig_open(&rig, rows[i].provider);
        struct object *object = unbound(&rig);
        text_copy(object->attempt, sizeof object->attempt, "abcdefgh");
        struct server *server = marked(&rig, object, "s1", PHASE_RUNNING, 0);
        assert_false(object_mark_differs(rig.state, object, server, rows[i].key));
        server->facts.mark_whole = false;
        const struct mark whole = server->facts.mark;
        for (unsigned key = 0; key < mark_key_count(); key++) {
            struct mark without = whole;
            without.parts &= ~(1U << key);
            bool lacks = !mark_has(&without, "setpoint.owner") || !mark_has(&without, "setpoint.role");
            if (lacks) server->facts.mark.parts &= ~(1U << key);
        }
        assert_string_equal(object_mark_repair(rig.state, object, server, &rig.arena, &value), rows[i].key);
        assert_string_equal(value, rows[i].value);
        assert_true(object_mark_differs(rig.state, object, server, rows[i].key));
        rig_close(&rig);
    }
}

/* What was true of the server that is gone is not true of the next one. */
static void an_unbound_object_begins_anew(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = unbound(&rig);
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_ERROR);
    struct server *server = rig_server(&rig, &facts, object);
    text_copy(object->attempt, sizeof object->attempt, "abcdefgh");
    object->was_running = object->created_by_us = object->halted = true;
    object->error_seen_ms = 5;
    object->rebuilt = 7;
    object_unbind(rig.state, object, server, "deleted");
    assert_true(object->current[0] == '\0' && object->attempt[0] == '\0');
    assert_false(object->was_running || object->created_by_us || object->halted);
    assert_true(object->error_seen_ms == 0 && object->rebuilt == 0);
    assert_true(object_has_tombstone(object, "s1"));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_of_several_is_bound),
        cmocka_unit_test(a_server_that_was_ours_and_is_gone_is_not_bound_again),
        cmocka_unit_test(what_was_gone_and_is_listed_is_asked_for),
        cmocka_unit_test(an_unbound_object_begins_anew),
        cmocka_unit_test(tombstones_do_not_pile_up),
        cmocka_unit_test(a_name_binds_what_was_not_there_before),
        cmocka_unit_test(ours_is_a_whole_mark_of_our_owner_and_cloud),
        cmocka_unit_test(absence_needs_two_lists_and_a_get),
        cmocka_unit_test(never_running_needs_evidence),
        cmocka_unit_test(protection_ends_after_prune_delay_of_a_valid_manifest),
        cmocka_unit_test(a_right_mark_needs_no_repair),
        cmocka_unit_test(a_description_keeps_what_was_true_at_the_create),
        cmocka_unit_test(keys_that_lack_are_written_together),
    };
    return UNIT_RUN(tests);
}
