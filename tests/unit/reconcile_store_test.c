#include "tests/unit/unit.h"

#include <stdio.h>

#include "reconcile/budget.h"
#include "reconcile/intent.h"
#include "reconcile/order.h"
#include "reconcile/store.h"
#include "tests/unit/reconcile_rig.h"

/* All rows that the core wrote so far, as the storage would keep them; of these tests no row is written twice
   but the object's. */
static uint32_t rows_of(struct rig *rig, struct record *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->effects.count; i++) {
        const struct effect *effect = &rig->effects.items[i];
        for (uint32_t k = 0; effect->kind == EFFECT_SAVE && k < effect->save.count; k++)
            if (effect->save.records[k].table == RECORD_META) out[count++] = effect->save.records[k];
    }
    for (uint32_t i = 0; i < rig->state->record_count; i++) {
        const struct record *row = &rig->state->records[i];
        if (row->table != RECORD_EVENTS && !row->erase) out[count++] = *row;
    }
    return count;
}

static const struct record *row_find(const struct rig *rig, enum record_table table, bool erase)
{
    for (uint32_t i = 0; i < rig->state->record_count; i++)
        if (rig->state->records[i].table == table && rig->state->records[i].erase == erase)
            return &rig->state->records[i];
    return NULL;
}

static void reopen(struct rig *back, const struct record *rows, uint32_t count)
{
    rig_open_with(back, rig_traits("nhn-v2"), rig_ledger(LEDGER_LOADED, rows, count));
}

/* Without configuration nothing is decided yet: what was read is as it was written. */
static void reopen_only(struct rig *back, const struct record *rows, uint32_t count)
{
    uint8_t entropy[32] = {9};
    struct now now = {RIG_BOOT_MS, RIG_WALL_MS};
    struct event ledger = rig_ledger(LEDGER_LOADED, rows, count);
    *back = (struct rig){.state = reconcile_new(entropy, now)};
    arena_init(&back->arena);
    effects_init(&back->effects);
    reconcile_step(back->state, &ledger, 1, now, &back->effects);
    back->source = state_source(back->state, "prod");
}

static void an_object_comes_back(void **state)
{
    (void)state;
    struct rig rig, back;
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    text_copy(object->current, sizeof object->current, "s1");
    text_copy(object->next, sizeof object->next, "s2");
    object->successor = (struct successor){.attempt = "hgfedcba", .was_running = true};
    object->successor.applied_fields = FIELD_BIT(FIELD_ZONE);
    object->successor.applied[FIELD_ZONE] = 0xfedcba9876543210;
    object->reserved = 12;
    text_copy(object->cloud_name, sizeof object->cloud_name, "nhn");
    text_copy(object->attempt, sizeof object->attempt, "abcdefgh");
    object->protect = object->was_converged = object->created_by_us = object->was_running = true;
    object->slot = object->held = true;
    object->held_desire = UINT64_MAX;
    object->failures = 3;
    object->failed_builds = 2;
    text_copy(object->failed_server, sizeof object->failed_server, "s0");
    object->remedies = 1;
    object->state = OBJECT_RELEASED;
    object->applied_fields = FIELD_BIT(FIELD_IMAGE) | FIELD_BIT(FIELD_USER_DATA);
    object->applied[FIELD_IMAGE] = 0x0123456789abcdef;
    object->applied[FIELD_USER_DATA] = UINT64_MAX;
    object_resolve(object, FIELD_FLAVOR, "m2.c4m8", "f1");
    object_resolve(object, FIELD_IMAGE, "Rocky: 9 (한)", "i1");
    text_set_add(&object->metadata, "team");
    text_set_add(&object->volumes, "v1");
    text_set_add(&object->tombstones, "1769828400000 s0");
    store_object(rig.state, object);
    struct record row = *row_find(&rig, RECORD_OBJECTS, false);
    reopen_only(&back, &row, 1);
    const struct object *o = source_object(back.source, "web");
    assert_non_null(o);
    assert_string_equal(o->current, "s1");
    assert_string_equal(o->next, "s2");
    assert_memory_equal(&o->successor, &object->successor, sizeof o->successor);
    assert_true(o->reserved == 12);
    assert_string_equal(o->cloud_name, "nhn");
    assert_string_equal(o->attempt, "abcdefgh");
    assert_true(o->protect && o->was_converged && o->created_by_us && o->was_running && o->slot && o->held);
    assert_true(o->held_desire == UINT64_MAX);
    assert_int_equal(o->failures, 3);
    assert_int_equal(o->failed_builds, 2);
    assert_string_equal(o->failed_server, "s0");
    assert_int_equal(o->remedies, 1);
    assert_int_equal(o->state, OBJECT_RELEASED);
    assert_int_equal(o->applied_fields, object->applied_fields);
    assert_memory_equal(o->applied, object->applied, sizeof o->applied);
    assert_string_equal(o->resolved[FIELD_IMAGE].text, "Rocky: 9 (한)");
    assert_string_equal(o->resolved[FIELD_FLAVOR].id, "f1");
    assert_true(text_set_has(&o->metadata, "team"));
    assert_true(text_set_has(&o->volumes, "v1"));
    assert_true(text_set_has(&o->tombstones, "1769828400000 s0"));
    rig_close(&back);
    rig_close(&rig);
}

/* Of several saves under way one may fail, or end, before the others. */
static void saves_under_way_end_one_by_one(void **state)
{
    (void)state;
    for (unsigned fails = 0; fails < 2; fails++) {
        struct rig rig;
        uint64_t ids[3] = {0};
        rig_open(&rig, "nhn-v2");
        while (rig.state->saving_count > 0)
            store_saved(rig.state, rig.state->saves[0].id);
        for (unsigned i = 0; i < 3; i++) {
            store_meta(rig.state, "writer-allowed.nhn", "abcd");
            store_flush(rig.state);
            assert_int_equal(rig.state->saving_count, i + 1);
            ids[i] = rig.state->saves[i].id;
        }
        if (fails)
            store_failed(rig.state, ids[0], "full");
        else
            store_saved(rig.state, ids[0]);
        assert_int_equal(rig.state->saving_count, 2);
        assert_true(rig.state->saves[0].id == ids[1] && rig.state->saves[1].id == ids[2]);
        rig_close(&rig);
    }
}

/* What its create will be known by is written with the object before there is a server. */
static void a_successor_that_comes_is_in_the_row(void **state)
{
    (void)state;
    static const struct {
        enum call_kind kind;
        const char *value;
        bool there;
    } rows[] = {{CALL_CREATE, CREATE_OF_NEXT, true}, {CALL_CREATE, "", false}, {CALL_STOP, "", false}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        char value[32];
        struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
        struct intent intent = {.kind = rows[i].kind, .value = value, .object = object};
        text_copy(value, sizeof value, rows[i].value);
        text_copy(object->successor.attempt, sizeof object->successor.attempt, "abcdefgh");
        object->intent = &intent;
        store_object(rig.state, object);
        const struct record *row = row_find(&rig, RECORD_OBJECTS, false);
        assert_non_null(row);
        assert_string_equal(row->cells[4], rows[i].there ? "- abcdefgh 0 0 " : "");
        object->intent = NULL;
        rig_close(&rig);
    }
}

static void an_intent_comes_back_as_outcome_unknown(void **state)
{
    (void)state;
    struct rig rig, back;
    struct record rows[64];
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    rig_server(&rig, &facts, object);
    object->was_converged = true;
    intent_begin(rig.state, object,
                 &(struct order){.kind = CALL_SET_METADATA,
                                 .provider_id = "s1",
                                 .argument = "team",
                                 .value = "=data",
                                 .field = FIELD_METADATA,
                                 .class = CLASS_REST,
                                 .interrupts = true});
    uint64_t id = object->intent->id;
    reopen_only(&back, rows, rows_of(&rig, rows));
    const struct object *o = source_object(back.source, "web");
    const struct intent *intent = o->intent;
    assert_non_null(intent);
    assert_true(intent->id == id);
    assert_int_equal(intent->kind, CALL_SET_METADATA);
    assert_int_equal(intent->state, INTENT_OPEN);
    assert_true(intent->unknown);
    assert_true(intent->disrupts);
    assert_false(intent->destroys);
    assert_string_equal(intent->argument, "team");
    assert_string_equal(intent->value, "=data");
    assert_int_equal(intent->field, FIELD_METADATA);
    assert_int_equal(intent->from, PHASE_RUNNING);
    assert_true(back.state->call_seq > id); /* ids of another run are never given again */
    rig_close(&back);
    rig_close(&rig);
}

/* A value that is absent is not an empty one: the first deletes the key. */
static void no_value_and_an_empty_one_differ(void **state)
{
    (void)state;
    static const char *const values[] = {NULL, ""};
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig, back;
        struct record rows[64];
        rig_open(&rig, "nhn-v2");
        struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
        struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
        rig_server(&rig, &facts, object);
        intent_begin(rig.state, object,
                     &(struct order){.kind = CALL_SET_METADATA,
                                     .provider_id = "s1",
                                     .argument = "team",
                                     .value = values[i],
                                     .field = FIELD_METADATA});
        reopen(&back, rows, rows_of(&rig, rows));
        const struct intent *intent = source_object(back.source, "web")->intent;
        if (values[i])
            assert_string_equal(intent->value, values[i]);
        else
            assert_null(intent->value);
        rig_close(&back);
        rig_close(&rig);
    }
}

static void charges_keep_their_age_over_a_restart(void **state)
{
    (void)state;
    struct rig rig, back;
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    rig.state->now.wall_ms -= 20 * MINUTE_MS;
    budget_charge(rig.state, object, 7, "s1");
    struct record row = *row_find(&rig, RECORD_WINDOWS, false);
    reopen(&back, &row, 1);
    assert_int_equal(back.source->destroyed.count, 1);
    assert_int_equal(back.source->destroyed.charges[0].at_ms, RIG_BOOT_MS - 20 * MINUTE_MS);
    assert_int_equal(back.state->destroyed.count, 1);
    assert_int_equal(window_used(&back.source->destroyed, RIG_BOOT_MS, HOUR_MS), 1);
    rig_close(&back);
    /* a clock that went back makes it no younger than now */
    row.cells[5] = "1869828400000";
    reopen(&back, &row, 1);
    assert_int_equal(back.source->destroyed.charges[0].at_ms, RIG_BOOT_MS);
    rig_close(&back);
    rig_close(&rig);
}

/* Until it is used or given back it does not grow old; one that no object knows of does. */
static void a_reserved_destruction_comes_back(void **state)
{
    (void)state;
    struct rig rig, back;
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    text_copy(object->current, sizeof object->current, "s1");
    text_copy(object->cloud_name, sizeof object->cloud_name, "nhn");
    rig.state->now.wall_ms -= 20 * MINUTE_MS;
    budget_reserve(rig.state, object, 7, "s1");
    store_object(rig.state, object);
    const struct record rows[] = {*row_find(&rig, RECORD_WINDOWS, false),
                                  *row_find(&rig, RECORD_OBJECTS, false)};
    reopen(&back, rows, 2);
    assert_true(source_object(back.source, "web")->reserved == 7);
    assert_int_equal(window_used(&back.source->destroyed, RIG_BOOT_MS + DAY_MS, HOUR_MS), 1);
    rig_close(&back);
    reopen(&back, rows, 1);
    assert_int_equal(window_used(&back.source->destroyed, RIG_BOOT_MS, HOUR_MS), 1);
    assert_int_equal(window_used(&back.source->destroyed, RIG_BOOT_MS + DAY_MS, HOUR_MS), 0);
    rig_close(&back);
    rig_close(&rig);
}

static void meta_rows_come_back(void **state)
{
    (void)state;
    struct rig rig;
    const struct record rows[] = {
        {.table = RECORD_META, .cells = {"writer", "abcd"}},
        {.table = RECORD_META, .cells = {"starts", "41"}},
        {.table = RECORD_META, .cells = {"hash_key", "0123456789abcdeffedcba9876543210"}},
        {.table = RECORD_META, .cells = {"pin.nhn", "project-9"}},
        {.table = RECORD_META, .cells = {"writer-allowed.nhn", "wxyz"}},
        {.table = RECORD_META, .cells = {"suspend.", "0 h everything stops"}},
        {.table = RECORD_META, .cells = {"suspend.prod", "1769832000000 s night"}},
        {.table = RECORD_META, .cells = {"suspend.cloud:nhn", "0 s "}},
        {.table = RECORD_META, .cells = {"suspend.prod/web", "0 h hands off"}},
        {.table = RECORD_META, .cells = {"something-new", "of a newer program"}},
        {.table = RECORD_SOURCES, .cells = {"prod", "0011223344556677", "3", "2", "1769828400000"}},
    };
    reopen(&rig, rows, sizeof rows / sizeof *rows);
    assert_int_equal(rig.state->ledger, LEDGER_LOADED);
    assert_string_equal(rig.state->writer, "abcd");
    assert_true(rig.state->hash_key.k0 == 0x0123456789abcdef && rig.state->hash_key.k1 == 0xfedcba9876543210);
    assert_true(rig.state->call_seq >= UINT64_C(42) << 32);
    assert_string_equal(rig.cloud->pinned, "project-9");
    assert_true(rig.cloud->wrong_project);
    assert_string_equal(rig.cloud->another_allowed, "wxyz");
    assert_true(rig.state->suspended_until_ms == NEVER_MS && rig.state->suspended_hard);
    assert_string_equal(rig.state->suspended_reason, "everything stops");
    assert_int_equal(rig.source->suspended_until_ms, RIG_BOOT_MS + HOUR_MS);
    assert_false(rig.source->suspended_hard);
    assert_true(rig.cloud->suspended_until_ms == NEVER_MS);
    assert_string_equal(rig.source->revision, "0011223344556677");
    rig_close(&rig);
}

static void what_is_not_worth_a_row_is_erased(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    store_object(rig.state, object);
    assert_null(row_find(&rig, RECORD_OBJECTS, false));
    assert_null(row_find(&rig, RECORD_OBJECTS, true));
    text_copy(object->current, sizeof object->current, "s1");
    store_object(rig.state, object);
    assert_non_null(row_find(&rig, RECORD_OBJECTS, false));
    object->current[0] = '\0';
    store_object(rig.state, object);
    const struct record *erased = row_find(&rig, RECORD_OBJECTS, true);
    assert_non_null(erased);
    assert_string_equal(erased->cells[0], "prod");
    assert_string_equal(erased->cells[1], "web");
    rig_close(&rig);
}

static unsigned erased(const struct rig *rig, enum record_table table)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < rig->state->record_count; i++)
        count += rig->state->records[i].table == table && rig->state->records[i].erase;
    return count;
}

/* A key pair and an instance of one name have a row each, in tables of their own. */
static void each_erases_its_own_row(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *instance = rig_object(&rig, rig_spec(&rig, "ops"));
    struct object *keypair = source_add_keypair(
        rig.source, (struct keypair_place){.name = "ops", .cloud = "nhn", .key_name = "ops"}, 1);
    store_erase_object(rig.state, keypair);
    assert_int_equal(erased(&rig, RECORD_KEYPAIRS), 1);
    assert_int_equal(erased(&rig, RECORD_OBJECTS), 0);
    store_erase_object(rig.state, instance);
    assert_int_equal(erased(&rig, RECORD_KEYPAIRS), 1);
    assert_int_equal(erased(&rig, RECORD_OBJECTS), 1);
    rig_close(&rig);
}

/* Each log-in tells the project again; only another one is news. */
static void a_project_is_pinned_once(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    uint32_t before = rig.state->record_count;
    text_copy(rig.cloud->fingerprint, sizeof rig.cloud->fingerprint, "project-2");
    store_pin(rig.state, rig.cloud);
    assert_string_equal(rig.cloud->pinned, "project-2");
    assert_int_equal(rig.state->record_count, before + 1);
    store_pin(rig.state, rig.cloud);
    assert_int_equal(rig.state->record_count, before + 1);
    rig.cloud->fingerprint[0] = '\0'; /* not told */
    store_pin(rig.state, rig.cloud);
    assert_int_equal(rig.state->record_count, before + 1);
    assert_string_equal(rig.cloud->pinned, "project-2");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_comes_back),
        cmocka_unit_test(saves_under_way_end_one_by_one),
        cmocka_unit_test(a_successor_that_comes_is_in_the_row),
        cmocka_unit_test(an_intent_comes_back_as_outcome_unknown),
        cmocka_unit_test(no_value_and_an_empty_one_differ),
        cmocka_unit_test(charges_keep_their_age_over_a_restart),
        cmocka_unit_test(a_reserved_destruction_comes_back),
        cmocka_unit_test(meta_rows_come_back),
        cmocka_unit_test(what_is_not_worth_a_row_is_erased),
        cmocka_unit_test(each_erases_its_own_row),
        cmocka_unit_test(a_project_is_pinned_once),
    };
    return UNIT_RUN(tests);
}
