#include "tests/unit/unit.h"

#include "tests/contract/nhnv1/support.h"

#include "reconcile/base/cleanup.h"

/* Orders that the guide's one example does not show, and those that this cloud cannot carry out. */

struct order_case {
    const char *nic[3], *disk[3];
    uint32_t without;   /* FIELD_BITs not given */
    const char *wanted; /* a piece of the body, or of the refusal */
    bool refused;
};

static const struct order_case CASES[] = {
    {{"network", "n1", ""}, {"20", "", "true"}, 0, "\"networks\":[{\"id\":\"n1\"}]", false},
    {{"subnet", "s1", ""}, {"20", "", "true"}, 0, "\"networks\":[{\"subnetId\":\"s1\"}]", false},
    {{"subnet", "s1", ""},
     {"1000", "General SSD", "true"},
     0,
     "{\"size\":1000,\"type\":\"General SSD\"}",
     false},
    {{"subnet", "s1", ""}, {"30", "", "true"}, 0, "{\"size\":30,\"type\":null}", false},
    {{"subnet", "s1", ""}, {"", "", "true"}, 0, "{\"size\":20,\"type\":null}", false},
    {{"subnet", "s1", ""}, {"", "", ""}, FIELD_BIT(FIELD_ROOT_DISK), "{\"size\":20,\"type\":null}", false},
    {{"subnet", "s1", ""}, {"", "Local", "true"}, 0, "\"securityGroups\":[{\"name\":\"g\"}]}}", false},
    {{"subnet", "s1", ""},
     {"20", "", "true"},
     FIELD_BIT(FIELD_SECURITY_GROUPS),
     "[{\"name\":\"default\"}]",
     false},

    {{"subnet", "s1", ""}, {"25", "", "true"}, 0, "steps of 10 up to 1000", true},
    {{"subnet", "s1", ""}, {"1010", "", "true"}, 0, "steps of 10 up to 1000", true},
    {{"subnet", "s1", ""}, {"0", "", "true"}, 0, "steps of 10 up to 1000", true},
    {{"subnet", "s1", ""}, {"x", "", "true"}, 0, "steps of 10 up to 1000", true},
    {{"subnet", "s1", ""}, {"20", "", "false"}, 0, "cannot keep the disk", true},
    {{"port", "p1", ""}, {"20", "", "true"}, 0, "takes no port", true},
    {{"subnet", "s1", "10.0.0.9"}, {"20", "", "true"}, 0, "drop fixedIp", true},
    {{"subnet", "s1", ""}, {"20", "", "true"}, FIELD_BIT(FIELD_NETWORKS), "without networks", true},
    {{"subnet", "s1", ""}, {"20", "", "true"}, FIELD_BIT(FIELD_ZONE), "without zone", true},
    {{"subnet", "s1", ""}, {"20", "", "true"}, FIELD_BIT(FIELD_KEYPAIR), "without keypair", true},
};

static struct value scalar(struct arena *arena, const char *text)
{
    return value_of_scalar(arena, text);
}

static struct create_order order_of(struct arena *arena, const struct order_case *row)
{
    struct create_order order = {.name = "web-1"};
    order.given = ((UINT32_C(1) << FIELD_COUNT) - 1) & ~row->without & ~FIELD_BIT(FIELD_USER_DATA) &
                  ~FIELD_BIT(FIELD_METADATA) & ~FIELD_BIT(FIELD_VOLUMES) & ~FIELD_BIT(FIELD_POWER);
    order.values[FIELD_IMAGE] = scalar(arena, "i");
    order.values[FIELD_FLAVOR] = scalar(arena, "f");
    order.values[FIELD_ZONE] = scalar(arena, "z");
    order.values[FIELD_KEYPAIR] = scalar(arena, "k");
    order.values[FIELD_SECURITY_GROUPS] = scalar(arena, "g");
    order.values[FIELD_NETWORKS] = (struct value){1, 3, row->nic};
    order.values[FIELD_ROOT_DISK] = (struct value){1, 3, row->disk};
    return order;
}

static void test_orders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct create_order order = order_of(&arena, &CASES[i]);
        struct call call = {.kind = CALL_CREATE, .create = &order};
        struct http_request request;
        struct error err;
        bool encoded = v1_try_encode(&arena, &call, &request, &err);
        if (encoded == CASES[i].refused) fail_msg("case %zu: %s", i, encoded ? request.body : err.text);
        const char *said = encoded ? request.body : err.text;
        if (!strstr(said, CASES[i].wanted)) fail_msg("case %zu: %s", i, said);
        if (!encoded) continue;
        cJSON *tree = cJSON_Parse(request.body);
        assert_non_null(tree);
        assert_null(cJSON_GetObjectItem(cJSON_GetObjectItem(tree, "instance"), "metadata"));
        cJSON_Delete(tree);
    }
}

static void test_what_does_not_exist_here(void **state)
{
    (void)state;
    static const struct {
        struct call call;
        const char *why;
    } ROWS[] = {
        {{.kind = CALL_RENAME, .provider_id = "a", .argument = "b"}, "Rename does not exist"},
        {{.kind = CALL_SHELVE, .provider_id = "a"}, "Shelve does not exist"},
        {{.kind = CALL_SET_METADATA, .provider_id = "a", .argument = "k", .value = "v"}, "does not exist"},
        {{.kind = CALL_CONFIRM_RESIZE, .provider_id = "a"}, "does not exist"},
        {{.kind = CALL_LOOK, .look = LOOK_CHANGES}, "lists no changes"},
        {{.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_IMAGE, .variant = 1},
         "no further list"},
        {{.kind = CALL_START}, "without a server"},
        {{.kind = CALL_RESIZE, .provider_id = "a"}, "without a value"},
        {{.kind = CALL_ASSOCIATE_FLOATING_IP, .provider_id = "a", .argument = "192.0.2.1"},
         "without an address"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct http_request request;
        struct error err;
        assert_false(v1_try_encode(&arena, &ROWS[i].call, &request, &err));
        if (!strstr(err.text, ROWS[i].why)) fail_msg("row %zu: %s", i, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_what_does_not_exist_here),
    };
    return UNIT_RUN(tests);
}
