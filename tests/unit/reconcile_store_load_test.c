#include "tests/unit/unit.h"

#include "reconcile/store.h"
#include "tests/unit/reconcile_rig.h"

/* Rows that are right; each test spoils one cell. The columns are record.c's. */
static const struct record good_object = {.table = RECORD_OBJECTS,
                                          .cells = {"prod",
                                                    "web",
                                                    "nhn",
                                                    "s1",
                                                    "",
                                                    "0",
                                                    "1",
                                                    "1",
                                                    "1",
                                                    "abcdefgh",
                                                    "0",
                                                    "3=0123456789abcdef ",
                                                    "2:5:small:2:f1",
                                                    "4:team",
                                                    "2:v1",
                                                    "16:1769828400000 s0",
                                                    "0",
                                                    "0",
                                                    "00000000000000000000",
                                                    "0",
                                                    "managed",
                                                    "1769828400000",
                                                    "11:203.0.113.7",
                                                    "86400000 1 1769828300000 1769828400000 0",
                                                    "00000000000000000007",
                                                    "1",
                                                    "s0"}};
static const struct record good_intent = {.table = RECORD_INTENTS,
                                          .cells = {"00000000004294967297", "nhn", "prod", "web", "Stop",
                                                    "s1", "", "", "", "", "running", "stopped", "0", "1", "0",
                                                    "1769828400000"}};
static const struct record good_charge = {
    .table = RECORD_WINDOWS,
    .cells = {"00000000004294967297", "prod", "nhn", "web", "s1", "1769828400000", "destroy"}};
#define PUBLIC_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx ops"
static const struct record good_keypair = {.table = RECORD_KEYPAIRS,
                                           .cells = {"prod", "ops", "nhn", "ops 2026", PUBLIC_KEY}};
static const struct record good_meta = {.table = RECORD_META, .cells = {"writer", "abcd"}};

static enum ledger_state load(const struct record *rows, uint32_t count)
{
    struct rig rig;
    rig_open_with(&rig, rig_traits("nhn-v2"), rig_ledger(LEDGER_LOADED, rows, count));
    enum ledger_state ledger = rig.state->ledger;
    rig_close(&rig);
    return ledger;
}

static void good_rows_load(void **state)
{
    (void)state;
    const struct record rows[] = {good_object, good_intent, good_charge, good_keypair, good_meta};
    assert_int_equal(load(rows, 5), LEDGER_LOADED);
    assert_int_equal(load(NULL, 0), LEDGER_MISSING); /* made, and nothing was ever saved in it */
}

/* The row that counts the starts was lost, what came after it was not. */
static void ids_are_never_given_out_twice(void **state)
{
    (void)state;
    static const struct record starts = {.table = RECORD_META, .cells = {"starts", "3"}};
    struct record charge = good_charge;
    charge.cells[0] = "00000000021474836481"; /* 5 << 32, and 1 */
    const struct record rows[] = {good_object, good_intent, charge, good_meta, starts};
    for (uint32_t count = 2; count <= 5; count++) {
        struct rig rig;
        rig_open_with(&rig, rig_traits("nhn-v2"), rig_ledger(LEDGER_LOADED, rows, count));
        uint64_t least = count > 2 ? (uint64_t)6 << 32 : (uint64_t)2 << 32;
        assert_true(rig.state->call_seq >= least && rig.state->call_seq < least + ((uint64_t)1 << 32));
        rig_close(&rig);
    }
}

struct hostile {
    unsigned column;
    const char *cell;
};

static void spoil(struct record row, const struct hostile *cells, unsigned count)
{
    const char *table = record_table_row(row.table)->name;
    for (unsigned i = 0; i < count; i++) {
        struct record spoilt = row;
        spoilt.cells[cells[i].column] = cells[i].cell;
        if (load(&spoilt, 1) != LEDGER_CORRUPT)
            fail_msg("%s: column %u took \"%s\"", table, cells[i].column,
                     cells[i].cell ? cells[i].cell : "NULL");
    }
}

#define LONG33              "012345678901234567890123456789012"
#define LONG65              LONG33 "01234567890123456789012345678901"
#define HOSTILE(row, cells) spoil(row, cells, sizeof(cells) / sizeof *(cells))

static void hostile_keypairs_make_the_ledger_corrupt(void **state)
{
    (void)state;
    static const struct hostile cells[] = {{0, ""},
                                           {0, LONG33},
                                           {1, ""},
                                           {1, LONG65},
                                           {2, ""},
                                           {2, LONG33},
                                           {3, NULL},
                                           {3, ""},
                                           {4, NULL},
                                           {4, ""},
                                           {4, "ssh-ed25519 AAAA"}};
    HOSTILE(good_keypair, cells);
    const struct record twice[] = {good_keypair, good_keypair};
    assert_int_equal(load(twice, 2), LEDGER_CORRUPT);
}

static void hostile_objects_make_the_ledger_corrupt(void **state)
{
    (void)state;
    static const struct hostile cells[] = {{0, ""},
                                           {0, NULL},
                                           {0, LONG33},
                                           {1, ""},
                                           {1, LONG65},
                                           {2, LONG33},
                                           {3, LONG65},
                                           {3, NULL},
                                           {4, LONG65},
                                           {4, NULL},
                                           {4, "s2"},
                                           {4, "s2 abcdefgh"},
                                           {4, "s2 abcdefgh 2 0 "},
                                           {4, "s2 abcdefgh 0 x "},
                                           {4, "s2 abcdefgh 0 4611686018427387904 "},
                                           {4, "s2 abcdefghi 0 0 "},
                                           {4, "s2 abcdefgh 0 0 3=01"},
                                           {4, " abcdefgh 0 0 "},
                                           {4, LONG65 " abcdefgh 0 0 "},
                                           {5, "yes"},
                                           {5, ""},
                                           {5, NULL},
                                           {6, "2"},
                                           {9, "123456789"},
                                           {10, "-1"},
                                           {10, "x"},
                                           {10, "4294967296"},
                                           {11, "3"},
                                           {11, "3=01"},
                                           {11, "99=0123456789abcdef "},
                                           {11, "3=0123456789ABCDEF "},
                                           {11, "=0123456789abcdef "},
                                           {11, NULL},
                                           {12, "2:5:smal"},
                                           {12, "2"},
                                           {12, "99:1:a:1:b"},
                                           {12, "2:99999:a:1:b"},
                                           {12, "2:1:a"},
                                           {12, "2:1:a:2:b"},
                                           {13, "team"},
                                           {13, NULL},
                                           {14, "9:v1"},
                                           {15, "x"},
                                           {16, "true"},
                                           {17, "2"},
                                           {18, "-1"},
                                           {18, "99999999999999999999999"},
                                           {19, "-1"},
                                           {20, "Managed"},
                                           {20, ""},
                                           {20, NULL},
                                           {21, "soon"},
                                           {23, NULL},
                                           {23, " "},
                                           {23, "86400000 1 0 0"},
                                           {23, "86400000 1 0 0 0 "},
                                           {23, "86400000 1 0 0 0 0"},
                                           {23, "86400000  1 0 0 0"},
                                           {23, "-1 1 0 0 0"},
                                           {23, "1h 1 0 0 0"},
                                           {23, "9999999999999999999999999999 1 0 0 0"},
                                           {24, ""},
                                           {24, "x"},
                                           {24, NULL},
                                           {25, ""},
                                           {25, "-1"},
                                           {25, NULL},
                                           {26, NULL}};
    HOSTILE(good_object, cells);
}

static void hostile_intents_make_the_ledger_corrupt(void **state)
{
    (void)state;
    static const struct hostile cells[] = {
        {0, ""},         {0, "x"},      {0, NULL},   {1, ""},   {1, LONG33}, {2, ""},
        {3, LONG65},     {4, "Look"},   {4, "stop"}, {4, NULL}, {5, LONG65}, {6, NULL},
        {7, NULL},       {8, LONG65},   {9, "size"}, {9, NULL}, {10, "off"}, {10, NULL},
        {11, "RUNNING"}, {12, "maybe"}, {13, ""},    {14, "2"}, {15, ""},    {15, "soon"}};
    HOSTILE(good_intent, cells);
}

static void hostile_charges_and_meta_make_the_ledger_corrupt(void **state)
{
    (void)state;
    static const struct hostile charges[] = {{0, "x"}, {0, NULL}, {1, ""},  {1, LONG33},
                                             {5, ""},  {5, "x"},  {5, NULL}};
    HOSTILE(good_charge, charges);
    static const struct record rows[] = {
        {.table = RECORD_META, .cells = {"writer", "abcde"}},
        {.table = RECORD_META, .cells = {"writer", NULL}},
        {.table = RECORD_META, .cells = {NULL, "x"}},
        {.table = RECORD_META, .cells = {"starts", "-1"}},
        {.table = RECORD_META, .cells = {"hash_key", "0123"}},
        {.table = RECORD_META, .cells = {"hash_key", "0123456789abcdeffedcba987654321Z"}},
        {.table = RECORD_META, .cells = {"pin.", "x"}},
        {.table = RECORD_META, .cells = {"pin." LONG33, "x"}},
        {.table = RECORD_META, .cells = {"pin.nhn", LONG65}},
        {.table = RECORD_META, .cells = {"pin-place." LONG33, "x"}},
        {.table = RECORD_META, .cells = {"pin-place.nhn", LONG65 LONG65 LONG65}},
        {.table = RECORD_META, .cells = {"writer-allowed.", "abcd"}},
        {.table = RECORD_META, .cells = {"writer-allowed.nhn", "abcde"}},
        {.table = RECORD_META, .cells = {"suspend.prod", ""}},
        {.table = RECORD_META, .cells = {"suspend.prod", "x s y"}},
        {.table = RECORD_META, .cells = {"suspend.prod", "0 q y"}},
        {.table = RECORD_META, .cells = {"suspend.prod", "0"}},
        {.table = RECORD_META, .cells = {"suspend.prod", "000000000000000000000000000000 s y"}},
        {.table = RECORD_META, .cells = {"suspend." LONG33 "/web", "0 s y"}},
        {.table = RECORD_META, .cells = {"suspend." LONG33, "0 s y"}},
        {.table = RECORD_META, .cells = {"suspend.cloud:" LONG33, "0 s y"}},
        {.table = RECORD_META, .cells = {"suspend.prod/" LONG65, "0 s y"}},
        {.table = RECORD_META, .cells = {"suspend.prod/", "0 s y"}},
        {.table = RECORD_META, .cells = {"suspend./web", "0 s y"}},
        {.table = RECORD_META, .cells = {"hold.prod/nhn/NoSuchReason", "12345678 12345678 1769828400000"}},
        {.table = RECORD_META, .cells = {"hold.prod/ApprovalNeeded", "12345678 12345678 1769828400000"}},
        {.table = RECORD_META, .cells = {"hold.prod/nhn/ApprovalNeeded", "12345678 1769828400000"}},
        {.table = RECORD_META, .cells = {"hold.prod/nhn/ApprovalNeeded", "12345678 12345678 soon"}},
        {.table = RECORD_SOURCES, .cells = {"", "x", "0", "0", "0"}},
        {.table = RECORD_SOURCES, .cells = {"prod", NULL, "0", "0", "0"}},
        {.table = RECORD_SOURCES, .cells = {"prod", LONG65, "0", "0", "0"}},
    };
    const struct record hold = {.table = RECORD_META,
                                .cells = {"hold.prod/nhn/ApprovalNeeded", "12345678 12345678 1769828400000"}};
    assert_int_not_equal(load(&hold, 1), LEDGER_CORRUPT);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (load(&rows[i], 1) != LEDGER_CORRUPT)
            fail_msg("%s=%s was taken", rows[i].cells[0] ? rows[i].cells[0] : "NULL",
                     rows[i].cells[1] ? rows[i].cells[1] : "NULL");
}

static void doubles_make_the_ledger_corrupt(void **state)
{
    (void)state;
    const struct record objects[] = {good_object, good_object};
    assert_int_equal(load(objects, 2), LEDGER_CORRUPT);
    const struct record intents[] = {good_object, good_intent, good_intent};
    assert_int_equal(load(intents, 3), LEDGER_CORRUPT);
}

/* The end of the first one was lost with a save that failed; the row of the next one was stored. */
static void of_two_intents_the_later_one_is_under_way(void **state)
{
    (void)state;
    struct record later = good_intent;
    later.cells[0] = "00000000004294967298";
    const struct record orders[][4] = {{good_object, good_intent, later, good_meta},
                                       {good_object, later, good_intent, good_meta}};
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig;
        unsigned erased = 0;
        rig_open_with(&rig, rig_traits("nhn-v2"), rig_ledger(LEDGER_LOADED, orders[i], 4));
        assert_int_equal(rig.state->ledger, LEDGER_LOADED);
        assert_int_equal(source_object(rig.source, "web")->intent->id, UINT64_C(4294967298));
        const struct effect *save = rig_effect(&rig, EFFECT_SAVE);
        for (uint32_t k = 0; k < save->save.count; k++) {
            const struct record *row = &save->save.records[k];
            if (row->table != RECORD_INTENTS || !row->erase) continue;
            assert_string_equal(row->cells[0], good_intent.cells[0]);
            erased++;
        }
        assert_int_equal(erased, 1);
        rig_close(&rig);
    }
}

/* The order of the rows is the storage's business. */
static void rows_may_come_in_any_order(void **state)
{
    (void)state;
    const struct record rows[] = {good_charge, good_intent, good_meta, good_object};
    struct rig rig;
    rig_open_with(&rig, rig_traits("nhn-v2"), rig_ledger(LEDGER_LOADED, rows, 4));
    assert_int_equal(rig.state->ledger, LEDGER_LOADED);
    assert_non_null(source_object(rig.source, "web")->intent);
    assert_string_equal(source_object(rig.source, "web")->current, "s1");
    rig_close(&rig);
}

/* What was destroyed in the window belongs to what the budget is a share of; once each, and not what has a
   server again. */
static void destroyed_ones_belong_to_the_base(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second; /* whose charges; NULL = none */
        uint32_t base;
    } rows[] = {
        {"web", NULL, 1}, {"gone", NULL, 2}, {"gone", "gone", 2}, {"gone", "lost", 3}, {"web", "lost", 2}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        struct record first = good_charge, second = good_charge;
        first.cells[3] = rows[i].first;
        first.cells[4] = rows[i].first;
        second.cells[0] = "00000000004294967298";
        second.cells[3] = second.cells[4] = rows[i].second;
        const struct record all[] = {good_object, good_meta, first, second};
        rig_open_with(&rig, rig_traits("nhn-v2"), rig_ledger(LEDGER_LOADED, all, rows[i].second ? 4 : 3));
        assert_int_equal(rig.state->ledger, LEDGER_LOADED);
        assert_int_equal(window_base(&rig.source->destroyed, rig.state->now.boot_ms, DAY_MS * 365),
                         rows[i].base);
        rig_close(&rig);
    }
}

/* All that is known stands in the new one. */
static void a_ledger_begun_anew_has_every_object(void **state)
{
    (void)state;
    struct rig rig;
    struct record row = good_object;
    static const char *const names[] = {"a", "b"};
    row.cells[20] = "?";
    rig_open_with(&rig, rig_traits("nhn-v2"), rig_ledger(LEDGER_LOADED, &row, 1));
    for (unsigned i = 0; i < 2; i++) {
        struct facts facts = rig_facts(&rig, names[i], names[i], PHASE_RUNNING);
        rig_server(&rig, &facts, rig_object(&rig, rig_spec(&rig, names[i])));
    }
    rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1);
    store_rebuild(rig.state);
    rig_step(&rig, (struct event){.kind = EVENT_TICK}, 1);
    const struct effect *save = rig_effect(&rig, EFFECT_SAVE);
    assert_non_null(save);
    for (unsigned k = 0; k < 2; k++) {
        uint32_t written = 0;
        for (uint32_t i = 0; i < save->save.count; i++) {
            const struct record *record = &save->save.records[i];
            written += record->table == RECORD_OBJECTS && strcmp(record->cells[1], names[k]) == 0;
        }
        assert_int_equal(written, 1);
    }
    rig_close(&rig);
}

/* Observing only: nothing is written into a ledger that cannot be read. */
static void a_corrupt_ledger_is_left_alone(void **state)
{
    (void)state;
    struct rig rig;
    struct record row = good_object;
    row.cells[20] = "?";
    rig_open_with(&rig, rig_traits("nhn-v2"), rig_ledger(LEDGER_LOADED, &row, 1));
    for (uint32_t i = 0; i < rig.effects.count; i++)
        assert_int_not_equal(rig.effects.items[i].kind, EFFECT_SAVE);
    assert_false(store_is_open(rig.state));
    store_rebuild(rig.state);
    assert_true(store_is_open(rig.state));
    assert_int_equal(rig.state->ledger, LEDGER_MISSING);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_rows_load),
        cmocka_unit_test(ids_are_never_given_out_twice),
        cmocka_unit_test(hostile_keypairs_make_the_ledger_corrupt),
        cmocka_unit_test(hostile_objects_make_the_ledger_corrupt),
        cmocka_unit_test(hostile_intents_make_the_ledger_corrupt),
        cmocka_unit_test(hostile_charges_and_meta_make_the_ledger_corrupt),
        cmocka_unit_test(doubles_make_the_ledger_corrupt),
        cmocka_unit_test(of_two_intents_the_later_one_is_under_way),
        cmocka_unit_test(rows_may_come_in_any_order),
        cmocka_unit_test(destroyed_ones_belong_to_the_base),
        cmocka_unit_test(a_ledger_begun_anew_has_every_object),
        cmocka_unit_test(a_corrupt_ledger_is_left_alone),
    };
    return UNIT_RUN(tests);
}
