#include "tests/unit/unit.h"

#include "providers/nova/nova.h"
#include "reconcile/base/cleanup.h"

static const struct nova_dialect DIALECT = {.volume_type_version = "2.67"};

static bool encode(struct arena *arena, const struct call *call, struct http_request *out, struct error *err)
{
    static const struct cloud_config CLOUD = {.name = "test", .traits = &nova_openstack_traits};
    struct access access = {
        .token = "secret",
        .endpoints = {[SERVICE_COMPUTE] = "https://h/v2/p/", [SERVICE_NETWORK] = "https://n"}};
    return nova_encode(&DIALECT, &CLOUD, &access, call, arena, out, err);
}

static const struct {
    struct call call;
    const char *method, *url, *body; /* body NULL = none */
} ROWS[] = {
    {{.kind = CALL_LOOK, .look = LOOK_LIST}, "GET", "https://h/v2/p/servers/detail?limit=1000", NULL},
    {{.kind = CALL_LOOK, .look = LOOK_LIST, .page = "a b"},
     "GET",
     "https://h/v2/p/servers/detail?limit=1000&marker=a%20b",
     NULL},
    {{.kind = CALL_LOOK, .look = LOOK_CHANGES, .since_wall_ms = 784111777999},
     "GET",
     "https://h/v2/p/servers/detail?changes-since=1994-11-06T08:49:37Z&limit=1000",
     NULL},
    {{.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = "i1"}, "GET", "https://h/v2/p/servers/i1", NULL},
    {{.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_ZONE},
     "GET",
     "https://h/v2/p/os-availability-zone",
     NULL},
    {{.kind = CALL_RENAME, .provider_id = "i1", .argument = "n\"2"},
     "PUT",
     "https://h/v2/p/servers/i1",
     "{\"server\":{\"name\":\"n\\\"2\"}}"},
    {{.kind = CALL_SET_METADATA, .provider_id = "i1", .argument = "team", .value = "x"},
     "PUT",
     "https://h/v2/p/servers/i1/metadata/team",
     "{\"meta\":{\"team\":\"x\"}}"},
    {{.kind = CALL_SET_METADATA,
      .provider_id = "i1",
      .argument = MARK_SEVERAL_KEYS,
      .value = "{\"setpoint.owner\":\"o\",\"setpoint.cloud\":\"a \\\"b\\\"\"}"},
     "POST",
     "https://h/v2/p/servers/i1/metadata",
     "{\"metadata\":{\"setpoint.owner\":\"o\",\"setpoint.cloud\":\"a \\\"b\\\"\"}}"},
    {{.kind = CALL_SET_METADATA, .provider_id = "i1", .argument = "team", .value = ""},
     "PUT",
     "https://h/v2/p/servers/i1/metadata/team",
     "{\"meta\":{\"team\":\"\"}}"},
    {{.kind = CALL_SET_METADATA, .provider_id = "i1", .argument = "a b"},
     "DELETE",
     "https://h/v2/p/servers/i1/metadata/a%20b",
     NULL},
    {{.kind = CALL_CONFIRM_RESIZE, .provider_id = "i1"},
     "POST",
     "https://h/v2/p/servers/i1/action",
     "{\"confirmResize\":null}"},
    {{.kind = CALL_REBOOT, .provider_id = "i1", .argument = "HARD"},
     "POST",
     "https://h/v2/p/servers/i1/action",
     "{\"reboot\":{\"type\":\"HARD\"}}"},
    {{.kind = CALL_REBUILD, .provider_id = "i1", .argument = "img"},
     "POST",
     "https://h/v2/p/servers/i1/action",
     "{\"rebuild\":{\"imageRef\":\"img\"}}"},
    {{.kind = CALL_SNAPSHOT, .provider_id = "i1", .argument = "setpoint-prod-db-20260131T030000Z"},
     "POST",
     "https://h/v2/p/servers/i1/action",
     "{\"createImage\":{\"name\":\"setpoint-prod-db-20260131T030000Z\"}}"},
    {{.kind = CALL_DETACH_VOLUME, .provider_id = "i1", .argument = "v1"},
     "DELETE",
     "https://h/v2/p/servers/i1/os-volume_attachments/v1",
     NULL},
    {{.kind = CALL_ASSOCIATE_FLOATING_IP,
      .provider_id = "i1",
      .argument = "203.0.113.7",
      .value = "f/1",
      .nic = "p1"},
     "PUT",
     "https://n/v2.0/floatingips/f%2F1",
     "{\"floatingip\":{\"port_id\":\"p1\"}}"},
    {{.kind = CALL_RELEASE_FLOATING_IP, .provider_id = "i1", .argument = "203.0.113.7", .value = "f1"},
     "PUT",
     "https://n/v2.0/floatingips/f1",
     "{\"floatingip\":{\"port_id\":null}}"},
    {{.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_FLOATING_IP},
     "GET",
     "https://n/v2.0/floatingips?limit=1000",
     NULL},
    {{.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_PORT, .page = "p9"},
     "GET",
     "https://n/v2.0/ports?limit=1000&marker=p9",
     NULL},
    {{.kind = CALL_REGISTER_KEYPAIR, .argument = "ops", .value = "ssh-ed25519 AAAA c"},
     "POST",
     "https://h/v2/p/os-keypairs",
     "{\"keypair\":{\"name\":\"ops\",\"public_key\":\"ssh-ed25519 AAAA c\"}}"},
    {{.kind = CALL_DELETE_KEYPAIR, .argument = "ops/2"},
     "DELETE",
     "https://h/v2/p/os-keypairs/ops%2F2",
     NULL},
    {{.kind = CALL_DELETE, .provider_id = "i/1"}, "DELETE", "https://h/v2/p/servers/i%2F1", NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct http_request request;
        struct error err = {0};
        if (!encode(&arena, &ROWS[i].call, &request, &err)) fail_msg("row %zu: %s", i, err.text);
        assert_string_equal(request.method, ROWS[i].method);
        assert_string_equal(request.url, ROWS[i].url);
        if (!text_equal(request.body, ROWS[i].body)) fail_msg("row %zu: %s", i, request.body);
        assert_string_equal(http_header_find(request.headers, request.header_count, "X-Auth-Token"),
                            "secret");
        assert_null(http_header_find(request.headers, request.header_count, "OpenStack-API-Version"));
    }
}

static const struct {
    struct call call;
    const char *words;
} REFUSED[] = {
    {{.kind = CALL_START}, "Start without a server"},
    {{.kind = CALL_ASSOCIATE_FLOATING_IP, .provider_id = "i1", .argument = "a", .value = "f1"},
     "AssociateFloatingIp without the ids of address and port"},
    {{.kind = CALL_RELEASE_FLOATING_IP, .provider_id = "i1", .argument = "a"},
     "ReleaseFloatingIp without the id of the address"},
    {{.kind = CALL_DELETE, .provider_id = ""}, "Delete without a server"},
    {{.kind = CALL_LOOK, .look = LOOK_SERVER}, "Look without a server"},
    {{.kind = CALL_RENAME, .provider_id = "i1"}, "Rename without a value"},
    {{.kind = CALL_DETACH_VOLUME, .provider_id = "i1", .argument = ""}, "DetachVolume without a value"},
    {{.kind = CALL_SET_METADATA, .provider_id = "i1", .value = "x"}, "SetMetadata without a value"},
    {{.kind = CALL_REGISTER_KEYPAIR, .value = "ssh-ed25519 AAAA"}, "RegisterKeypair without a value"},
    {{.kind = CALL_REGISTER_KEYPAIR, .argument = "ops"}, "RegisterKeypair without a public key"},
    {{.kind = CALL_REGISTER_KEYPAIR, .argument = "ops", .value = ""}, "RegisterKeypair without a public key"},
    {{.kind = CALL_DELETE_KEYPAIR}, "DeleteKeypair without a value"},
    {{.kind = CALL_SET_METADATA, .provider_id = "i1", .argument = MARK_SEVERAL_KEYS, .value = "{}"},
     "the keys of a mark are no object"},
    {{.kind = CALL_SET_METADATA, .provider_id = "i1", .argument = MARK_SEVERAL_KEYS, .value = "{\"a\":1}"},
     "a of a mark is no text"},
    {{.kind = CALL_SNAPSHOT, .provider_id = "i1"}, "Snapshot without a value"},
    {{.kind = CALL_REBUILD, .provider_id = "i1", .argument = ""}, "Rebuild without a value"},
};

static void test_no_network_endpoint(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const struct cloud_config CLOUD = {.name = "test", .traits = &nova_openstack_traits};
    struct access access = {.token = "secret", .endpoints = {[SERVICE_COMPUTE] = "https://h/v2/p/"}};
    struct call look = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_NETWORK};
    struct call address = {
        .kind = CALL_ASSOCIATE_FLOATING_IP, .provider_id = "i1", .argument = "a", .value = "f1", .nic = "p1"};
    struct http_request request;
    struct error err = {0};
    assert_false(nova_encode(&DIALECT, &CLOUD, &access, &look, &arena, &request, &err));
    assert_non_null(
        strstr(err.text,
               "no endpoint that lists its networks; give ids instead of names, or spec.endpoints.network"));
    err = (struct error){0};
    assert_false(nova_encode(&DIALECT, &CLOUD, &access, &address, &arena, &request, &err));
    assert_non_null(strstr(err.text, "cloud test has no network endpoint; give spec.endpoints.network"));
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct http_request request;
        struct error err = {0};
        assert_false(encode(&arena, &REFUSED[i].call, &request, &err));
        if (!strstr(err.text, REFUSED[i].words)) fail_msg("row %zu: %s", i, err.text);
    }
}

static void test_microversion(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = {.name = "n", .given = FIELD_BIT(FIELD_ROOT_DISK)};
    const char *const cells[] = {"10", "fast", "true"};
    order.values[FIELD_ROOT_DISK] = (struct value){1, 3, cells};
    struct call call = {.kind = CALL_CREATE, .create = &order};
    struct http_request request;
    struct error err = {0};
    assert_true(encode(&arena, &call, &request, &err));
    assert_string_equal(request.url, "https://h/v2/p/servers");
    assert_string_equal(http_header_find(request.headers, request.header_count, "OpenStack-API-Version"),
                        "compute 2.67");
}

static void test_no_endpoint(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = {.name = "test", .traits = &nova_openstack_traits};
    struct access access = {.token = "secret"};
    struct call call = {.kind = CALL_LOOK, .look = LOOK_LIST};
    struct http_request request;
    struct error err = {0};
    assert_false(nova_encode(&DIALECT, &cloud, &access, &call, &arena, &request, &err));
    assert_non_null(strstr(err.text, "cloud test has no compute endpoint"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_no_network_endpoint),
                                       cmocka_unit_test(test_microversion),
                                       cmocka_unit_test(test_no_endpoint)};
    return UNIT_RUN(tests);
}
