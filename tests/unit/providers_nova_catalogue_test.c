#include "tests/unit/unit.h"

#include "providers/nova/nova.h"
#include "providers/request.h"
#include "reconcile/base/cleanup.h"

static const struct {
    enum catalogue_kind kind;
    bool vpc;
    bool others; /* image and network endpoints are there */
    const char *page, *url;
    unsigned variant;
} URLS[] = {
    {CATALOGUE_FLAVOR, false, false, NULL, "https://c/v2/p/flavors/detail?limit=1000", 0},
    {CATALOGUE_FLAVOR, false, true, "f9", "https://c/v2/p/flavors/detail?limit=1000&marker=f9", 0},
    {CATALOGUE_IMAGE, false, false, NULL, "https://c/v2/p/images/detail?limit=1000", 0},
    {CATALOGUE_IMAGE, false, true, NULL, "https://i/v2/images?limit=1000", 0},
    {CATALOGUE_NETWORK, false, true, NULL, "https://n/net/v2.0/networks?limit=1000", 0},
    {CATALOGUE_SUBNET, false, true, NULL, "https://n/net/v2.0/subnets?limit=1000", 0},
    {CATALOGUE_SECURITY_GROUP, false, true, NULL, "https://n/net/v2.0/security-groups?limit=1000", 0},
    {CATALOGUE_SECURITY_GROUP, false, false, NULL, "https://c/v2/p/os-security-groups?limit=1000", 0},
    {CATALOGUE_NETWORK, true, true, NULL, "https://n/net/v2.0/vpcs", 0},
    {CATALOGUE_SUBNET, true, true, NULL, "https://n/net/v2.0/vpcsubnets", 0},
    {CATALOGUE_SECURITY_GROUP, true, true, NULL, "https://n/net/v2.0/security-groups?limit=1000", 0},
    {CATALOGUE_NETWORK, true, true, NULL, "https://n/net/v2.0/networks?limit=1000", 1},
    {CATALOGUE_SUBNET, true, true, NULL, "https://n/net/v2.0/subnets?limit=1000", 1},
    {CATALOGUE_IMAGE, false, true, NULL, "https://c/v2/p/images/detail?limit=1000", 1},
    {CATALOGUE_ZONE, false, true, NULL, "https://c/v2/p/os-availability-zone", 0},
    {CATALOGUE_KEYPAIR, false, true, NULL, "https://c/v2/p/os-keypairs", 0},
};

static void test_urls(void **state)
{
    (void)state;
    struct cloud_config cloud = {.name = "test", .traits = &nova_openstack_traits};
    for (size_t i = 0; i < sizeof URLS / sizeof URLS[0]; i++) {
        AUTO_TEXT struct text url;
        text_init(&url, URL_MAX);
        struct access access = {.endpoints = {[SERVICE_COMPUTE] = "https://c/v2/p"}};
        if (URLS[i].others) access.endpoints[SERVICE_IMAGE] = "https://i";
        if (URLS[i].others) access.endpoints[SERVICE_NETWORK] = "https://n/net/";
        struct call call = {.kind = CALL_LOOK,
                            .look = LOOK_CATALOGUE,
                            .catalogue = URLS[i].kind,
                            .variant = URLS[i].variant,
                            .page = URLS[i].page};
        struct error err = {0};
        struct nova_dialect dialect = {.vpc_networks = URLS[i].vpc};
        if (!catalogue_encode(&dialect, &cloud, &access, &call, &url, &err))
            fail_msg("row %zu: %s", i, err.text);
        assert_string_equal(url.bytes, URLS[i].url);
    }
}

static bool decode(struct arena *arena, enum catalogue_kind kind, const char *body, unsigned page,
                   struct reply *out)
{
    *out = (struct reply){.message = ""};
    struct call call = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = kind};
    struct http_response response = {.status = 200, .body = body, .body_size = strlen(body)};
    return catalogue_decode(&call, &response, page, arena, out);
}

static void test_pages(void **state)
{
    (void)state;
    static const struct {
        enum catalogue_kind kind;
        const char *body, *next;
        unsigned page;
    } ROWS[] = {
        {CATALOGUE_IMAGE, "{\"images\":[{\"id\":\"a\"}],\"next\":\"/v2/images?limit=1&marker=a\"}", "a",
         1000},
        {CATALOGUE_FLAVOR,
         "{\"flavors\":[{\"id\":\"a\"}],\"flavors_links\":[{\"rel\":\"next\",\"href\":\"x?marker=z\"}]}", "z",
         1000},
        {CATALOGUE_NETWORK,
         "{\"networks\":[{\"id\":\"a\"}],\"networks_links\":[{\"rel\":\"previous\",\"href\":\"x?marker=z\"}]"
         "}",
         NULL, 1000},
        {CATALOGUE_SUBNET, "{\"subnets\":[{\"id\":\"a\"},{\"id\":\"b\"}]}", "b", 2},
        {CATALOGUE_SUBNET, "{\"subnets\":[{\"id\":\"a\"}]}", NULL, 2},
        {CATALOGUE_SUBNET, "{\"subnets\":[]}", NULL, 2},
        {CATALOGUE_NETWORK, "{\"vpcs\":[{\"id\":\"a\"},{\"id\":\"b\"}]}", NULL, 2},
        {CATALOGUE_SUBNET, "{\"vpcsubnets\":[{\"id\":\"a\"},{\"id\":\"b\"}]}", NULL, 2},
        {CATALOGUE_KEYPAIR, "{\"keypairs\":[{\"keypair\":{\"name\":\"k\"}}]}", NULL, 1},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply;
        assert_true(decode(&arena, ROWS[i].kind, ROWS[i].body, ROWS[i].page, &reply));
        if (!text_equal(reply.next_page, ROWS[i].next)) fail_msg("row %zu: %s", i, reply.next_page);
    }
}

static void test_images_that_cannot_boot(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply reply;
    assert_true(decode(&arena, CATALOGUE_IMAGE,
                       "{\"images\":[{\"id\":\"a\",\"name\":\"x\",\"status\":\"ACTIVE\"},"
                       "{\"id\":\"b\",\"name\":\"x\",\"status\":\"queued\"},"
                       "{\"id\":\"d\",\"name\":\"x\",\"status\":\"Killed\"},{\"id\":\"c\",\"name\":null}]}",
                       4, &reply));
    assert_int_equal(reply.entry_count, 4);
    assert_int_equal(reply.entries[0].state, ENTRY_USABLE);
    assert_int_equal(reply.entries[1].state, ENTRY_COMING);
    assert_int_equal(reply.entries[2].state, ENTRY_BROKEN);
    assert_int_equal(reply.entries[3].state, ENTRY_USABLE);
    assert_string_equal(reply.entries[3].name, "");
    assert_string_equal(reply.next_page, "c");
}

static void test_zones(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply reply;
    assert_true(decode(&arena, CATALOGUE_ZONE,
                       "{\"availabilityZoneInfo\":[{\"zoneName\":\"a\",\"zoneState\":{\"available\":false}},"
                       "{\"zoneName\":\"b\"}]}",
                       1000, &reply));
    assert_false(reply.entries[0].available);
    assert_true(reply.entries[1].available);
}

static void test_strange(void **state)
{
    (void)state;
    static const char *const BODIES[] = {
        "",
        "[]",
        "{\"flavors\":{}}",
        "{\"flavor\":[]}",
        "{\"flavors\":[{\"name\":\"x\"}]}",
        "{\"flavors\":[7]}",
        "{\"flavors\":[{\"id\":\"a\"}],\"flavors_links\":[{\"rel\":\"next\",\"href\":\"x\"}]}",
        "{\"flavors\":[{\"id\":\"\"}]}"};
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply;
        assert_false(decode(&arena, CATALOGUE_FLAVOR, BODIES[i], 1000, &reply));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_urls), cmocka_unit_test(test_pages),
                                       cmocka_unit_test(test_images_that_cannot_boot),
                                       cmocka_unit_test(test_zones), cmocka_unit_test(test_strange)};
    return UNIT_RUN(tests);
}
