#include "tests/unit/unit.h"

#include "providers/seen.h"
#include "reconcile/base/cleanup.h"

static void test_scalars(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts = {0};
    see_text(&facts, FIELD_ZONE, NULL, &arena);
    see_text(&facts, FIELD_ZONE, "", &arena);
    assert_int_equal(facts.seen, 0);
    see_text(&facts, FIELD_ZONE, "a", &arena);
    see_scalar(&facts, FIELD_KEYPAIR, "", &arena);
    assert_int_equal(facts.seen, FIELD_BIT(FIELD_ZONE) | FIELD_BIT(FIELD_KEYPAIR));
    assert_string_equal(value_scalar(facts.values[FIELD_ZONE]), "a");
    assert_int_equal(facts.values[FIELD_KEYPAIR].rows, 1);
}

static struct facts set_of(struct arena *arena, const char *json)
{
    struct facts facts = {0};
    struct scan scan;
    scan_init(&scan, json, strlen(json));
    see_set(&facts, FIELD_SECURITY_GROUPS, &scan, "name", arena);
    assert_true(scan_finish(&scan));
    return facts;
}

static void test_sets(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts = set_of(
        &arena, "[{\"name\":\"b\",\"id\":1},\"a\",{\"name\":\"b\"},{\"id\":2},null,\"\",{\"name\":7}]");
    assert_int_equal(facts.seen, FIELD_BIT(FIELD_SECURITY_GROUPS));
    struct value set = facts.values[FIELD_SECURITY_GROUPS];
    assert_int_equal(set.rows, 3);
    assert_string_equal(value_cell(set, 0, 0), "7");
    assert_string_equal(value_cell(set, 2, 0), "b");
    assert_int_equal(set_of(&arena, "[]").values[FIELD_SECURITY_GROUPS].rows, 0);
    assert_int_equal(set_of(&arena, "[]").seen, FIELD_BIT(FIELD_SECURITY_GROUPS));
    assert_int_equal(set_of(&arena, "null").seen, 0);
    assert_int_equal(set_of(&arena, "{\"name\":\"a\"}").seen, 0);
}

/* Beyond the limit nothing is said at all. */
static void test_too_many(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cells cells = {0};
    struct facts facts = {0};
    for (int i = 0; i < CELLS_MAX; i++)
        cells_add(&cells, &arena, arena_printf(&arena, "%d", i));
    see_cells(&facts, FIELD_VOLUMES, &cells, 1);
    assert_int_equal(facts.values[FIELD_VOLUMES].rows, CELLS_MAX);
    cells_add(&cells, &arena, "more");
    facts = (struct facts){0};
    see_cells(&facts, FIELD_VOLUMES, &cells, 1);
    see_addresses(&facts, &cells, &arena);
    assert_int_equal(facts.seen, 0);
    assert_false(facts.addresses_seen);
}

static void test_addresses(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cells cells = {0};
    struct facts facts = {0};
    cells_add_address(&cells, &arena, "203.0.113.7", true, NULL);
    cells_add_address(&cells, &arena, "10.0.0.5", false, "lan");
    cells_add_address(&cells, &arena, "fe80::1", false, NULL);
    cells_add_address(&cells, &arena, "host.example; rm", false, NULL);
    cells_add_address(&cells, &arena, NULL, false, NULL);
    see_addresses(&facts, &cells, &arena);
    assert_true(facts.addresses_seen);
    assert_int_equal(facts.addresses.rows, 3);
    assert_string_equal(value_cell(facts.addresses, 0, 0), "10.0.0.5");
    assert_string_equal(value_cell(facts.addresses, 0, 1), "fixed");
    assert_string_equal(value_cell(facts.addresses, 0, 2), "lan");
    assert_string_equal(value_cell(facts.addresses, 1, 1), "floating");
    assert_int_equal(facts.seen, FIELD_BIT(FIELD_FLOATING_IP));
    assert_int_equal(facts.values[FIELD_FLOATING_IP].rows, 1);
    assert_string_equal(value_scalar(facts.values[FIELD_FLOATING_IP]), "203.0.113.7");
    cells = (struct cells){0}; /* none is a value, too */
    see_addresses(&facts, &cells, &arena);
    assert_int_equal(facts.values[FIELD_FLOATING_IP].rows, 1);
    assert_string_equal(value_scalar(facts.values[FIELD_FLOATING_IP]), "none");
}

static void test_rows(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts_row row = {0};
    enum { MANY = 1000 };
    for (int i = 0; i < MANY; i++) {
        facts_row_next(&row, &arena)->id = arena_printf(&arena, "s%d", i);
        row.count++;
    }
    assert_int_equal(row.count, MANY);
    assert_string_equal(row.servers[0].id, "s0");
    assert_string_equal(row.servers[MANY - 1].id, "s999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),   cmocka_unit_test(test_sets), cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_rows),
    };
    return UNIT_RUN(tests);
}
