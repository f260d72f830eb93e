#include "tests/unit/unit.h"

#include "tests/contract/nova/exchange.h"

#include <cjson/cJSON.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/prng.h"

/* Log-ins as a real Keystone answered them. */

static const struct now NOW = {.boot_ms = 1000, .wall_ms = 1795212000000};
#define PROJECT "198edf20d74d4323b107426354c18627"

static bool login(struct arena *arena, const char *provider, const struct cloud_config *cloud,
                  const char *file, struct access *out, enum reply_kind *out_kind, struct error *err)
{
    struct exchange exchange;
    exchange_read(arena, arena_printf(arena, "recorded/%s", file), &exchange);
    return provider_by_name(provider)->decode_login(cloud, &exchange.response, NOW, arena, out, out_kind,
                                                    err);
}

static void check_access(const struct access *access)
{
    assert_string_equal(access->fingerprint, PROJECT);
    assert_true(strlen(access->token) > 100);
    assert_int_equal(access->expires_wall_ms, 1795256227000); /* 2026-11-21T10:17:07Z */
    assert_string_equal(access->endpoints[SERVICE_COMPUTE], "http://127.0.0.1:18774/v2/" PROJECT);
    assert_string_equal(access->endpoints[SERVICE_IMAGE], "http://127.0.0.1:19292");
    assert_string_equal(access->endpoints[SERVICE_NETWORK], "http://127.0.0.1:19696");
    assert_string_equal(access->endpoints[SERVICE_VOLUME], "http://127.0.0.1:18776/v3/" PROJECT);
    assert_string_equal(access->endpoints[SERVICE_IDENTITY], "http://127.0.0.1:15000/v3");
}

static void test_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *file;
    } ROWS[] = {{"nhn-v2", "001-v2-tokens.http"}, {"openstack", "003-v3-auth-tokens.http"}};
    for (size_t i = 0; i < 2; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = contract_cloud(ROWS[i].provider);
        struct access access;
        struct error err = {0};
        enum reply_kind kind;
        if (!login(&arena, ROWS[i].provider, &cloud, ROWS[i].file, &access, &kind, &err))
            fail_msg("%s", err.text);
        assert_int_equal(kind, REPLY_OK);
        check_access(&access);
        cloud.region = "regionone";
        assert_true(login(&arena, ROWS[i].provider, &cloud, ROWS[i].file, &access, &kind, &err));
        check_access(&access);
    }
}

static void test_region_not_there(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = contract_cloud("openstack");
    cloud.region = "KR1";
    struct access access;
    struct error err = {0};
    enum reply_kind kind;
    assert_false(login(&arena, "openstack", &cloud, "003-v3-auth-tokens.http", &access, &kind, &err));
    assert_int_equal(kind, REPLY_INVALID);
    assert_string_equal(err.text,
                        "cloud test: region \"KR1\" is not in the service catalogue; there are: RegionOne");
}

static void test_override(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access access;
    struct error err = {0};
    enum reply_kind kind;
    struct cloud_config cloud = contract_cloud("nhn-v2");
    cloud.endpoints[SERVICE_COMPUTE] = "https://kr1.example/";
    assert_true(login(&arena, "nhn-v2", &cloud, "001-v2-tokens.http", &access, &kind, &err));
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], "https://kr1.example/v2/" PROJECT);
    cloud.endpoints[SERVICE_COMPUTE] = "https://kr1.example/v9/x";
    cloud.region = "nowhere"; /* not needed when compute is given */
    assert_true(login(&arena, "nhn-v2", &cloud, "001-v2-tokens.http", &access, &kind, &err));
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], "https://kr1.example/v9/x");
    assert_null(access.endpoints[SERVICE_IMAGE]);
    cloud = contract_cloud("openstack");
    cloud.endpoints[SERVICE_COMPUTE] = "https://nova.example:8774";
    assert_true(login(&arena, "openstack", &cloud, "003-v3-auth-tokens.http", &access, &kind, &err));
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], "https://nova.example:8774/v2.1");
}

static void test_wrong_password(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = contract_cloud("nhn-v2");
    struct access access;
    struct error err = {0};
    enum reply_kind kind;
    assert_false(login(&arena, "nhn-v2", &cloud, "002-v2-tokens-bad-password.http", &access, &kind, &err));
    assert_int_equal(kind, REPLY_AUTH);
    assert_non_null(strstr(err.text, "The request you have made requires authentication."));
    assert_non_null(strstr(err.text, "API password set in the console"));
    assert_null(access.token);
}

enum { ROUNDS = 1500, SPOILED_MAX = 8 };

/* Whatever comes: a whole access, or none and a sentence. */
static void check_spoiled(const char *provider, const char *file, struct prng *prng)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct exchange exchange;
    exchange_read(&arena, arena_printf(&arena, "recorded/%s", file), &exchange);
    struct cloud_config cloud = contract_cloud(provider);
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_ARENA struct arena scratch;
        arena_init(&scratch);
        struct http_response response = exchange.response;
        char *body = arena_bytes(&scratch, response.body, response.body_size);
        for (uint64_t n = 1 + prng_below(prng, SPOILED_MAX); n > 0; n--)
            body[prng_below(prng, response.body_size)] = (char)prng_below(prng, 256);
        response.body = body;
        struct access access;
        struct error err = {0};
        enum reply_kind kind;
        bool fine =
            provider_by_name(provider)->decode_login(&cloud, &response, NOW, &scratch, &access, &kind, &err);
        assert_int_equal(fine, kind == REPLY_OK);
        assert_int_equal(fine, err.text[0] == '\0');
        if (fine) assert_non_null(access.endpoints[SERVICE_COMPUTE]);
    }
}

static void test_spoiled(void **state)
{
    (void)state;
    struct prng prng;
    const uint8_t seed[32] = "spoiled bytes of a log-in";
    prng_init(&prng, seed);
    check_spoiled("nhn-v2", "001-v2-tokens.http", &prng);
    check_spoiled("openstack", "003-v3-auth-tokens.http", &prng);
}

static void check_body(const struct http_request *request, const char *expected)
{
    cJSON *ours = cJSON_Parse(request->body), *theirs = cJSON_Parse(expected);
    assert_non_null(theirs);
    if (!cJSON_Compare(ours, theirs, true)) fail_msg("%s", request->body);
    cJSON_Delete(ours);
    cJSON_Delete(theirs);
}

static void test_requests(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct exchange v2, v3;
    exchange_read(&arena, "recorded/001-v2-tokens.http", &v2);
    exchange_read(&arena, "recorded/003-v3-auth-tokens.http", &v3);
    struct http_request request;
    struct error err = {0};
    struct cloud_config cloud = contract_cloud("nhn-v2");
    const struct credential tenant[] = {
        {"tenantId", PROJECT}, {"username", "demo"}, {"password", "demo-password"}};
    assert_true(provider_by_name("nhn-v2")->encode_login(&cloud, tenant, 3, &arena, &request, &err));
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.url, "https://api-identity-infrastructure.nhncloudservice.com/v2.0/tokens");
    check_body(&request, v2.request_body);
    cloud = contract_cloud("openstack");
    cloud.auth_url = "http://127.0.0.1:15000/v3/";
    const struct credential project[] = {
        {"project", PROJECT}, {"username", "demo"}, {"password", "demo-password"}};
    assert_true(provider_by_name("openstack")->encode_login(&cloud, project, 3, &arena, &request, &err));
    assert_string_equal(request.url, "http://127.0.0.1:15000/v3/auth/tokens");
    check_body(&request, v3.request_body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),   cmocka_unit_test(test_region_not_there),
        cmocka_unit_test(test_override), cmocka_unit_test(test_wrong_password),
        cmocka_unit_test(test_requests), cmocka_unit_test(test_spoiled),
    };
    return UNIT_RUN(tests);
}
