#include "tests/unit/unit.h"

#include "tests/contract/tencent/support.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/md5.h"

/* The log-in, as the product's own documents show it. */

static const struct credential CREDENTIALS[] = {
    {"tenant", "system"}, {"username", "admin"}, {"password", "admin"}};

static bool encode(struct arena *arena, const struct cloud_config *cloud, uint32_t count,
                   struct http_request *out, struct error *err)
{
    return gateway_provider()->encode_login(cloud, CREDENTIALS, count, arena, out, err);
}

static void test_the_request(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = gateway_cloud();
    struct http_request request;
    struct error err = {0};
    assert_true(encode(&arena, &cloud, 3, &request, &err));
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.url, GATEWAY "/v1/authentication/login");
    assert_string_equal(request.body, "{\"tenant\":\"system\",\"user\":\"admin\",\"password\":"
                                      "\"21232f297a57a5a743894a0e4a801fc3\",\"is_ldap\":false}");
    assert_null(http_header_find(request.headers, request.header_count, "Authorization"));
    assert_false(encode(&arena, &cloud, 2, &request, &err));
    assert_string_equal(err.text, "auth.password is missing or empty");
}

/* "POST /v1/authentication/logout with {}", by the header of the session that it ends. */
static void test_the_log_out(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint, *auth_url, *url;
    } ROWS[] = {
        {GATEWAY, NULL, GATEWAY "/v1/authentication/logout"},
        {GATEWAY "/v1/tencent/compute/", NULL, GATEWAY "/v1/authentication/logout"},
        {GATEWAY, "https://login.example", "https://login.example/v1/authentication/logout"},
        {"http://gateway.example:8080", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = gateway_cloud();
        struct access access = {.token = "Bearer abc"};
        struct http_request request;
        struct error err = {0};
        cloud.endpoints[SERVICE_COMPUTE] = ROWS[i].endpoint;
        cloud.auth_url = ROWS[i].auth_url;
        assert_int_equal(gateway_provider()->encode_logout(&cloud, &access, &arena, &request, &err),
                         ROWS[i].url != NULL);
        if (!ROWS[i].url) continue;
        assert_string_equal(request.method, "POST");
        assert_string_equal(request.url, ROWS[i].url);
        assert_string_equal(request.body, "{}");
        assert_string_equal(http_header_find(request.headers, request.header_count, "Authorization"),
                            "Bearer abc");
    }
}

/* The compute path may be copied along, and the log-in may be elsewhere. */
static void test_where_it_goes(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint, *auth_url, *url;
    } ROWS[] = {
        {GATEWAY "/", NULL, GATEWAY "/v1/authentication/login"},
        {GATEWAY "/v1/tencent/compute/", NULL, GATEWAY "/v1/authentication/login"},
        {GATEWAY "/top/v1/tencent/compute", NULL, GATEWAY "/top/v1/authentication/login"},
        {GATEWAY, "https://login.example", "https://login.example/v1/authentication/login"},
        {"http://127.0.0.1:8080", NULL, "http://127.0.0.1:8080/v1/authentication/login"},
        {"http://gateway.example:8080", NULL, NULL},
        {NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = gateway_cloud();
        struct http_request request;
        struct error err = {0};
        cloud.endpoints[SERVICE_COMPUTE] = ROWS[i].endpoint;
        cloud.auth_url = ROWS[i].auth_url;
        assert_int_equal(encode(&arena, &cloud, 3, &request, &err), ROWS[i].url != NULL);
        if (ROWS[i].url) assert_string_equal(request.url, ROWS[i].url);
    }
}

/* {"alg":"HS256","typ":"JWT"} . {"user_name":"admin","exp":1630300000,"iat":1630000000} . a signature */
#define TOKEN                                                                                                \
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."                                                                  \
    "eyJ1c2VyX25hbWUiOiJhZG1pbiIsImV4cCI6MTYzMDMwMDAwMCwiaWF0IjoxNjMwMDAwMDAwfQ.c2lnbmF0dXJl"
#define GOOD                                                                                                 \
    "{\"status_code\":0,\"message_en\":\"success\",\"data\":{\"user_role\":\"x\",\"token\":\"" TOKEN         \
    "\",\"tenant_uuid\":\"0d7b1f8a\",\"default_cluster_uuid\":\"c\",\"ldap_enabled\":false}}"

static bool decode(struct arena *arena, const struct cloud_config *cloud, int status, const char *body,
                   struct access *out, enum reply_kind *out_kind, struct error *err)
{
    struct http_response response = {.status = status, .body = body, .body_size = strlen(body)};
    struct now now = {.wall_ms = INT64_C(1630000000000)};
    return gateway_provider()->decode_login(cloud, &response, now, arena, out, out_kind, err);
}

static void test_the_reply(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = gateway_cloud();
    struct access access;
    enum reply_kind kind;
    struct error err = {0};
    assert_true(decode(&arena, &cloud, 200, GOOD, &access, &kind, &err));
    assert_string_equal(access.token, "Bearer " TOKEN);
    assert_string_equal(access.fingerprint, "0d7b1f8a");
    assert_string_equal(access.place, REGION "/" CLUSTER);
    assert_true(access.expires_wall_ms == INT64_C(1630300000000));
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], BASE);
    static const char *const endpoints[][2] = {{GATEWAY "/", BASE},
                                               {GATEWAY "//", BASE},
                                               {GATEWAY "/top/compute", GATEWAY "/top/compute"},
                                               {GATEWAY "/top/compute/", GATEWAY "/top/compute/"}};
    for (unsigned i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
        cloud.endpoints[SERVICE_COMPUTE] = endpoints[i][0];
        assert_true(decode(&arena, &cloud, 200, GOOD, &access, &kind, &err));
        assert_string_equal(access.endpoints[SERVICE_COMPUTE], endpoints[i][1]);
    }
}

static void test_the_bare_scheme(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct auth_value scheme = {.name = "scheme", .text = "bare"};
    struct cloud_config cloud = gateway_cloud();
    cloud.auth = &scheme;
    cloud.auth_count = 1;
    struct access access;
    enum reply_kind kind;
    struct error err = {0};
    assert_true(decode(&arena, &cloud, 200, GOOD, &access, &kind, &err));
    assert_string_equal(access.token, TOKEN);
    scheme.text = "bearer";
    assert_true(decode(&arena, &cloud, 200, GOOD, &access, &kind, &err));
    assert_string_equal(access.token, "Bearer " TOKEN);
}

/* A token that is no JWT, or has no end, lasts until it is refused. */
static void test_tokens_without_an_end(void **state)
{
    (void)state;
    static const char *const TOKENS[] = {"opaque", "a.b", "a.!!.c", "a.e30.c", "a.eyJleHAiOiJ4In0.c", "."};
    for (size_t i = 0; i < sizeof TOKENS / sizeof TOKENS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = gateway_cloud();
        struct access access;
        enum reply_kind kind;
        struct error err = {0};
        const char *body = arena_printf(&arena, "{\"scode\":0,\"data\":{\"token\":\"%s\"}}", TOKENS[i]);
        assert_true(decode(&arena, &cloud, 200, body, &access, &kind, &err));
        assert_true(access.expires_wall_ms == -1);
        assert_string_equal(access.fingerprint, TENANT); /* no tenant in the reply: the one that is named */
    }
}

static const struct {
    int status;
    const char *body;
    enum reply_kind kind;
    const char *says;
} REFUSALS[] = {
    {200, "{\"scode\":10183,\"desc\":\"user not exist\"}", REPLY_AUTH, "user not exist"},
    {200, "{\"status_code\":4711,\"message_en\":\"wrong\",\"data\":null}", REPLY_AUTH, "auth.password"},
    {200, "{\"scode\":4711}", REPLY_AUTH, "code 4711"},
    {401, "", REPLY_AUTH, "auth.tenant"},
    {200, "{\"scode\":10000,\"desc\":\"Manager server error\"}", REPLY_OUTAGE, "tried again"},
    {502, "<html>", REPLY_OUTAGE, "tried again"},
    {429, "", REPLY_THROTTLED, "tried again"},
    {404, "404 page not found", REPLY_INVALID, "endpoint should be"},
    {200, "{\"scode\":0,\"data\":{}}", REPLY_OUTAGE, "without a token"},
    {200, "{\"scode\":0,\"data\":{\"token\":\"a b\"}}", REPLY_OUTAGE, "without a token"},
    {200, "{\"scode\":0,\"data\":null}", REPLY_OUTAGE, "without a token"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = gateway_cloud();
        struct access access;
        enum reply_kind kind;
        struct error err = {0};
        assert_false(decode(&arena, &cloud, REFUSALS[i].status, REFUSALS[i].body, &access, &kind, &err));
        if (kind != REFUSALS[i].kind || !strstr(err.text, REFUSALS[i].says))
            fail_msg("%s: %s, %s", REFUSALS[i].body, reply_kind_name(kind), err.text);
    }
}

static void test_no_reply(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = gateway_cloud();
    struct http_response response = {.transport = TRANSPORT_NOT_SENT, .problem = "connection refused"};
    struct access access;
    enum reply_kind kind;
    struct error err = {0};
    assert_false(
        gateway_provider()->decode_login(&cloud, &response, (struct now){0}, &arena, &access, &kind, &err));
    assert_int_equal(kind, REPLY_TRANSPORT);
    assert_non_null(strstr(err.text, "connection refused"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_request),     cmocka_unit_test(test_where_it_goes),
        cmocka_unit_test(test_the_log_out),     cmocka_unit_test(test_the_reply),
        cmocka_unit_test(test_the_bare_scheme), cmocka_unit_test(test_tokens_without_an_end),
        cmocka_unit_test(test_refusals),        cmocka_unit_test(test_no_reply),
    };
    return UNIT_RUN(tests);
}
