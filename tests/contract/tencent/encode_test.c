#include "tests/unit/unit.h"

#include "tests/contract/tencent/support.h"

#include "reconcile/base/cleanup.h"

/* Requests that the guide shows no example of. */

static struct value record(struct arena *arena, const char *a, const char *b, const char *c)
{
    const char **cells = ARENA_ROW(arena, const char *, 3);
    cells[0] = a;
    cells[1] = b;
    cells[2] = c;
    return (struct value){1, 3, cells};
}

static void give(struct create_order *order, enum field field, struct value value)
{
    order->given |= FIELD_BIT(field);
    order->values[field] = value;
}

static struct create_order small_order(struct arena *arena)
{
    struct create_order order = {.name = "web-1"};
    give(&order, FIELD_FLAVOR, value_of_scalar(arena, "S5.SMALL2"));
    give(&order, FIELD_IMAGE, value_of_scalar(arena, "img-1"));
    give(&order, FIELD_ZONE, value_of_scalar(arena, "ap-guangzhou-3"));
    return order;
}

static const char *created(struct arena *arena, struct create_order *order)
{
    struct call call = {.kind = CALL_CREATE, .create = order};
    return gateway_encode(arena, &call).body;
}

static const char *refused(struct arena *arena, struct create_order *order)
{
    struct call call = {.kind = CALL_CREATE, .create = order};
    return gateway_refusal(arena, &call);
}

static void test_a_small_create(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = small_order(&arena);
    assert_string_equal(
        created(&arena, &order),
        "{\"Placement\":{\"Zone\":\"ap-guangzhou-3\"},\"InstanceChargeType\":\"POSTPAID_BY_HOUR\","
        "\"InstanceType\":\"S5.SMALL2\",\"ImageId\":\"img-1\",\"InstanceCount\":1,\"InstanceName\":\"web-1\","
        "\"Region\":\"" REGION "\",\"TenantUuid\":\"" TENANT "\",\"ClusterUuid\":\"" CLUSTER "\"}");
}

static void test_network_and_disk_of_a_create(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = small_order(&arena);
    give(&order, FIELD_NETWORKS, record(&arena, "subnet", "vpc-evvn0y6d/subnet-nv3ex0mo", ""));
    give(&order, FIELD_ROOT_DISK, record(&arena, "100", "", "true"));
    const char *body = created(&arena, &order);
    assert_non_null(strstr(
        body, "\"VirtualPrivateCloud\":{\"VpcId\":\"vpc-evvn0y6d\",\"SubnetId\":\"subnet-nv3ex0mo\"}"));
    assert_non_null(strstr(body, "\"SystemDisk\":{\"DiskSize\":100}"));
}

static void test_creates_that_are_refused_here(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = small_order(&arena);
    order.name = "web-{R:3}";
    assert_non_null(strstr(refused(&arena, &order), "pattern"));
    order = small_order(&arena);
    order.given &= ~FIELD_BIT(FIELD_ZONE);
    assert_non_null(strstr(refused(&arena, &order), "zone is missing"));
    static const char *const NETWORKS[] = {"subnet-nv3ex0mo", "/subnet", "vpc/"};
    for (size_t i = 0; i < sizeof NETWORKS / sizeof NETWORKS[0]; i++) {
        order = small_order(&arena);
        give(&order, FIELD_NETWORKS, record(&arena, "subnet", NETWORKS[i], ""));
        assert_non_null(strstr(refused(&arena, &order), "one subnet"));
    }
    order = small_order(&arena);
    give(&order, FIELD_NETWORKS, record(&arena, "port", "vpc-1/subnet-1", ""));
    assert_non_null(strstr(refused(&arena, &order), "one subnet"));
    give(&order, FIELD_NETWORKS, record(&arena, "subnet", "vpc-1/subnet-1", "10.0.0.9"));
    assert_non_null(strstr(refused(&arena, &order), "fixedIp"));
    order = small_order(&arena);
    give(&order, FIELD_ROOT_DISK, record(&arena, "50", "", "false"));
    assert_non_null(strstr(refused(&arena, &order), "deleteOnTermination"));
}

/* Name and groups are never in one request: CVM takes one attribute at a time. */
static void test_groups_are_replaced_as_a_whole(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char *const CELLS[] = {"sg-a", "sg-b"};
    static const enum call_kind KINDS[] = {CALL_ADD_SECURITY_GROUP, CALL_REMOVE_SECURITY_GROUP};
    for (size_t i = 0; i < 2; i++) {
        struct call call = {
            .kind = KINDS[i], .provider_id = INSTANCE, .argument = "sg-b", .set = {2, 1, CELLS}};
        struct http_request request = gateway_encode(&arena, &call);
        assert_string_equal(request.url, BASE "/update");
        assert_non_null(strstr(request.body, "\"SecurityGroups\":[\"sg-a\",\"sg-b\"]"));
        assert_null(strstr(request.body, "InstanceName"));
        call.set = (struct value){0, 1, NULL};
        assert_non_null(strstr(gateway_refusal(&arena, &call), "at least one group"));
    }
    struct call rename = {.kind = CALL_RENAME, .provider_id = INSTANCE, .argument = "web-2"};
    assert_null(strstr(gateway_encode(&arena, &rename).body, "SecurityGroups"));
}

static void test_a_stop_that_does_not_ask(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call stop = {.kind = CALL_STOP, .provider_id = INSTANCE};
    assert_non_null(strstr(gateway_encode(&arena, &stop).body, "\"ForceStop\":false"));
    stop.argument = "HARD";
    assert_non_null(strstr(gateway_encode(&arena, &stop).body, "\"ForceStop\":true"));
}

/* SystemDisk and LoginSettings are required, also where nothing is to be said of them. */
static void test_a_reset_without_an_order(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = {.kind = CALL_REBUILD, .provider_id = INSTANCE, .argument = "img-2"};
    const char *body = gateway_encode(&arena, &call).body;
    assert_non_null(strstr(body, "\"SystemDisk\":{}"));
    assert_non_null(strstr(body, "\"LoginSettings\":{}"));
    call.argument = NULL;
    assert_non_null(strstr(gateway_refusal(&arena, &call), "without an image"));
}

/* Only calls that the gateway has; none without a server that needs one. */
static void test_calls_that_there_are_not(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    for (unsigned kind = 0; kind < CALL_LOOK; kind++) {
        struct call call = {.kind = (enum call_kind)kind, .provider_id = INSTANCE, .argument = "x"};
        if (traits_has_call(gateway_provider()->traits, call.kind)) continue;
        assert_non_null(strstr(gateway_refusal(&arena, &call), "has no call for"));
    }
    struct call stray = {.kind = CALL_START};
    assert_non_null(strstr(gateway_refusal(&arena, &stray), "without a server"));
    struct call catalogue = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE};
    assert_non_null(strstr(gateway_refusal(&arena, &catalogue), "give ids"));
    struct call page = {.kind = CALL_LOOK, .look = LOOK_LIST, .page = "marker"};
    assert_non_null(strstr(gateway_refusal(&arena, &page), "page"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_small_create),
        cmocka_unit_test(test_network_and_disk_of_a_create),
        cmocka_unit_test(test_creates_that_are_refused_here),
        cmocka_unit_test(test_groups_are_replaced_as_a_whole),
        cmocka_unit_test(test_a_stop_that_does_not_ask),
        cmocka_unit_test(test_a_reset_without_an_order),
        cmocka_unit_test(test_calls_that_there_are_not),
    };
    return UNIT_RUN(tests);
}
