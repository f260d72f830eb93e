#include "tests/unit/unit.h"

#include "providers/nova/nova.h"
#include "reconcile/base/cleanup.h"

static const struct nova_dialect PLAIN = {.volume_type_version = "2.67"},
                                 MAPPED = {.subnet_networks = true, .always_mapped = true, .root_gib = 20};

static struct create_order order_of(struct arena *arena)
{
    struct create_order order = {.name = "a \"name\""};
    order.values[FIELD_IMAGE] = value_of_scalar(arena, "image-1");
    order.values[FIELD_FLAVOR] = value_of_scalar(arena, "flavor-1");
    order.given = FIELD_BIT(FIELD_IMAGE) | FIELD_BIT(FIELD_FLAVOR);
    text_copy(order.mark.owner, sizeof order.mark.owner, "o");
    return order;
}

static void give(struct arena *arena, struct create_order *order, enum field field, unsigned rows,
                 unsigned columns, const char *const *cells)
{
    struct value value = {(uint16_t)rows, (uint16_t)columns, cells};
    order->values[field] = value_copy(arena, value);
    order->given |= FIELD_BIT(field);
}

static const char *body_of(struct arena *arena, const struct nova_dialect *dialect,
                           const struct create_order *order, const char **out_version)
{
    AUTO_TEXT struct text body;
    text_init(&body, 100000);
    struct error err = {0};
    if (!create_encode(dialect, order, arena, &body, out_version, &err)) fail_msg("%s", err.text);
    return arena_text(arena, body.bytes);
}

static void check_refused(struct arena *arena, const struct nova_dialect *dialect,
                          const struct create_order *order, const char *words)
{
    AUTO_TEXT struct text body;
    text_init(&body, 100000);
    struct error err = {0};
    const char *version;
    assert_false(create_encode(dialect, order, arena, &body, &version, &err));
    if (!strstr(err.text, words)) fail_msg("%s", err.text);
}

/* The part from `key` on. */
static const char *part(const char *body, const char *key)
{
    const char *at = strstr(body, key);
    if (!at) fail_msg("no %s in %s", key, body);
    return at;
}

static void test_plain_boot(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = order_of(&arena);
    const char *version;
    const char *body = body_of(&arena, &PLAIN, &order, &version);
    assert_true(text_starts(body, "{\"server\":{\"name\":\"a \\\"name\\\"\",\"flavorRef\":\"flavor-1\","
                                  "\"imageRef\":\"image-1\",\"metadata\":{\"setpoint."));
    assert_null(strstr(body, "block_device_mapping_v2"));
    assert_null(strstr(body, "networks"));
    assert_null(strstr(body, "user_data"));
    assert_null(version);
}

static void test_fields(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = order_of(&arena);
    give(&arena, &order, FIELD_ZONE, 1, 1, (const char *[]){"zone-a"});
    give(&arena, &order, FIELD_KEYPAIR, 1, 1, (const char *[]){"ops"});
    give(&arena, &order, FIELD_USER_DATA, 1, 1, (const char *[]){"IyEvYmluL3NoCg=="});
    give(&arena, &order, FIELD_SECURITY_GROUPS, 2, 1, (const char *[]){"db", "default"});
    give(&arena, &order, FIELD_METADATA, 1, 2, (const char *[]){"team", "data"});
    give(&arena, &order, FIELD_NETWORKS, 2, 3,
         (const char *[]){"network", "n1", "10.0.0.5", "port", "p1", ""});
    const char *version;
    const char *body = body_of(&arena, &PLAIN, &order, &version);
    part(body, "\"availability_zone\":\"zone-a\",\"key_name\":\"ops\",\"user_data\":\"IyEvYmluL3NoCg==\"");
    part(body, "\"security_groups\":[{\"name\":\"db\"},{\"name\":\"default\"}]");
    part(body, "\"metadata\":{\"team\":\"data\",\"setpoint.");
    part(body, "\"networks\":[{\"uuid\":\"n1\",\"fixed_ip\":\"10.0.0.5\"},{\"port\":\"p1\"}]");
}

static void test_empty_lists(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = order_of(&arena);
    give(&arena, &order, FIELD_SECURITY_GROUPS, 0, 1, NULL);
    give(&arena, &order, FIELD_NETWORKS, 0, 3, NULL);
    give(&arena, &order, FIELD_METADATA, 0, 2, NULL);
    const char *version;
    const char *body = body_of(&arena, &PLAIN, &order, &version);
    assert_null(strstr(body, "security_groups"));
    part(body, "\"networks\":[]");
}

static void test_networks(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = order_of(&arena);
    const char *version;
    give(&arena, &order, FIELD_NETWORKS, 1, 3, (const char *[]){"subnet", "s1", "10.0.0.5"});
    part(body_of(&arena, &MAPPED, &order, &version),
         "\"networks\":[{\"subnet\":\"s1\",\"fixed_ip\":\"10.0.0.5\"}]");
    check_refused(&arena, &PLAIN, &order, "takes no subnet at create");
    give(&arena, &order, FIELD_NETWORKS, 1, 3, (const char *[]){"port", "p1", "10.0.0.5"});
    check_refused(&arena, &MAPPED, &order, "a port has its address already");
    give(&arena, &order, FIELD_NETWORKS, 1, 3, (const char *[]){"vlan", "7", ""});
    check_refused(&arena, &MAPPED, &order, "unknown kind \"vlan\"");
}

static const struct {
    bool mapped;
    const char *size, *type, *delete_on_termination; /* size NULL: no rootDisk */
    const char *mapping;                             /* behind source_type; NULL: none */
    const char *version;
} DISKS[] = {
    {false, NULL, "", "", NULL, NULL},
    {true, NULL, "", "",
     "\"destination_type\":\"volume\",\"volume_size\":20,\"delete_on_termination\":true}]", NULL},
    {true, "", "", "", "\"destination_type\":\"volume\",\"volume_size\":20,\"delete_on_termination\":true}]",
     NULL},
    {true, "100", "General SSD", "false",
     "\"destination_type\":\"volume\",\"volume_size\":100,\"volume_type\":\"General "
     "SSD\",\"delete_on_termination\":false}]",
     NULL},
    {true, "", "local", "true", "\"destination_type\":\"local\",\"delete_on_termination\":true}]", NULL},
    {false, "50", "", "true",
     "\"destination_type\":\"volume\",\"volume_size\":50,\"delete_on_termination\":true}]", NULL},
    {false, "50", "fast", "",
     "\"destination_type\":\"volume\",\"volume_size\":50,\"volume_type\":\"fast\",\"delete_on_termination\":"
     "true}]",
     "2.67"},
};

static void test_root_disks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof DISKS / sizeof DISKS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct create_order order = order_of(&arena);
        if (DISKS[i].size)
            give(&arena, &order, FIELD_ROOT_DISK, 1, 3,
                 (const char *[]){DISKS[i].size, DISKS[i].type, DISKS[i].delete_on_termination});
        const char *version;
        const char *body = body_of(&arena, DISKS[i].mapped ? &MAPPED : &PLAIN, &order, &version);
        const char *mapping =
            strstr(body, "\"block_device_mapping_v2\":[{\"boot_index\":0,\"uuid\":\"image-1\","
                         "\"source_type\":\"image\",");
        if (!mapping != !DISKS[i].mapping) fail_msg("row %zu: %s", i, body);
        if (mapping) part(mapping, DISKS[i].mapping);
        assert_true(text_equal(version, DISKS[i].version));
        if (version) part(body, "\"networks\":\"auto\"");
    }
}

static void test_bad_size(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = order_of(&arena);
    give(&arena, &order, FIELD_ROOT_DISK, 1, 3, (const char *[]){"20,\"x\":1", "", ""});
    check_refused(&arena, &MAPPED, &order, "is no number of GiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain_boot),  cmocka_unit_test(test_fields),
                                       cmocka_unit_test(test_empty_lists), cmocka_unit_test(test_networks),
                                       cmocka_unit_test(test_root_disks),  cmocka_unit_test(test_bad_size)};
    return UNIT_RUN(tests);
}
