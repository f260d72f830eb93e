#include "tests/unit/unit.h"

#include "tests/contract/nhnv1/support.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/prng.h"

/* Log-ins: what may come back, and where the token is sent. */

static const struct now NOW = {.boot_ms = 1000, .wall_ms = 1494901070000}; /* 2017-05-16T02:17:50Z */
static const struct credential CREDENTIALS[] = {
    {"appkey", "AppKey1"}, {"username", "me@example.com"}, {"password", "s3cret"}};

static const char GOOD[] =
    "{\"access\":{\"token\":{\"expires\":\"2017-05-16T03:17:50Z\",\"id\":\"gAAAAABi\",\"issued_at\":"
    "\"2017-05-16T02:17:50.166563\"},\"user\":{\"id\":\"user-1\",\"roles\":[{\"name\":\"member\"}]}}"
    "," V1_HEADER "}";

static bool login(struct arena *arena, const struct cloud_config *cloud, int status, const char *body,
                  struct access *access, enum reply_kind *kind, struct error *err)
{
    struct http_response response = {.status = status, .body = body, .body_size = strlen(body)};
    *err = (struct error){0};
    return v1_provider()->decode_login(cloud, &response, NOW, arena, access, kind, err);
}

static void test_token(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = v1_cloud();
    struct access access;
    enum reply_kind kind;
    struct error err;
    assert_true(login(&arena, &cloud, 200, GOOD, &access, &kind, &err));
    assert_int_equal(kind, REPLY_OK);
    assert_string_equal(access.token, "gAAAAABi");
    assert_int_equal(access.expires_wall_ms, 1494904670000);
    assert_string_equal(access.fingerprint, "AppKey1/user-1");
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], V1_BASE);
    assert_null(access.endpoints[SERVICE_IMAGE]);
}

/* By its code, and what a person is told to do. */
static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        enum reply_kind kind;
        const char *words;
    } ROWS[] = {
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":-3,\"resultMessage\":\"denied\"}}",
         REPLY_AUTH, "denied (code -3)); check auth.appkey"},
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":\"50401\",\"resultMessage\":\"\"}}",
         REPLY_AUTH, "the API password"},
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":-1,\"resultMessage\":\"FAIL\"}}",
         REPLY_OUTAGE, "it is tried again"},
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":50429,\"resultMessage\":\"\"}}",
         REPLY_THROTTLED, "it is tried again"},
        {502, "<html>Bad Gateway</html>", REPLY_OUTAGE, "HTTP 502 with an HTML page"},
        {404, "<html>nothing here</html>", REPLY_INVALID, "check spec.endpoint"},
        {301, "", REPLY_INVALID, "redirects"},
        {200, "<html>log in</html>", REPLY_OUTAGE, "HTML page"},
        {200, "{" V1_HEADER "}", REPLY_OUTAGE, "without a token"},
        {200, "{" V1_HEADER ",\"access\":{\"token\":{\"id\":\"\"},\"user\":{\"id\":\"u\"}}}", REPLY_OUTAGE,
         "without a token"},
        {200, "{" V1_HEADER ",\"access\":{\"token\":{\"id\":\"a\\nb\"},\"user\":{\"id\":\"u\"}}}",
         REPLY_OUTAGE, "without a token"},
        {200, "{" V1_HEADER ",\"access\":{\"token\":{\"id\":\"a\"}}}", REPLY_OUTAGE, "without a user"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = v1_cloud();
        struct access access;
        enum reply_kind kind;
        struct error err;
        assert_false(login(&arena, &cloud, ROWS[i].status, ROWS[i].body, &access, &kind, &err));
        if (kind != ROWS[i].kind) fail_msg("row %zu: %s", i, reply_kind_name(kind));
        if (!strstr(err.text, ROWS[i].words)) fail_msg("row %zu: %s", i, err.text);
        assert_null(strstr(err.text, "s3cret"));
    }
}

static void test_endpoints(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint, *wanted;
    } ROWS[] = {
        {NULL, V1_BASE},
        {"https://api-compute.nhncloudservice.com",
         "https://api-compute.nhncloudservice.com/compute/v1.0/appkeys/AppKey1"},
        {"http://127.0.0.1:8774/compute/", "http://127.0.0.1:8774/compute/v1.0/appkeys/AppKey1"},
        {"https://proxy/x/v1.0/appkeys/AppKey1", "https://proxy/x/v1.0/appkeys/AppKey1"},
        {"http://api-compute.example", NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = v1_cloud();
        cloud.endpoints[SERVICE_COMPUTE] = ROWS[i].endpoint;
        struct http_request request;
        struct access access;
        enum reply_kind kind;
        struct error err = {0};
        bool encoded = v1_provider()->encode_login(&cloud, CREDENTIALS, 3, &arena, &request, &err);
        assert_int_equal(encoded, ROWS[i].wanted != NULL);
        assert_int_equal(login(&arena, &cloud, 200, GOOD, &access, &kind, &err), encoded);
        if (!encoded) {
            assert_non_null(strstr(err.text, "must be https"));
            continue;
        }
        assert_string_equal(request.url, arena_printf(&arena, "%s/tokens", ROWS[i].wanted));
        assert_string_equal(access.endpoints[SERVICE_COMPUTE], ROWS[i].wanted);
    }
}

/* Whatever comes: a whole access, or none and a sentence. */
static void test_spoiled(void **state)
{
    (void)state;
    struct prng prng;
    const uint8_t seed[32] = "spoiled bytes of a v1 log-in";
    prng_init(&prng, seed);
    for (int i = 0; i < 1500; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = v1_cloud();
        char *body = arena_text(&arena, GOOD);
        for (uint64_t n = 1 + prng_below(&prng, 8); n > 0; n--)
            body[prng_below(&prng, sizeof GOOD - 1)] = (char)(1 + prng_below(&prng, 255));
        struct access access;
        enum reply_kind kind;
        struct error err;
        bool fine = login(&arena, &cloud, 200, body, &access, &kind, &err);
        assert_int_equal(fine, kind == REPLY_OK);
        assert_int_equal(fine, err.text[0] == '\0');
        if (fine) assert_non_null(access.endpoints[SERVICE_COMPUTE]);
    }
}

static void test_no_way_there(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = v1_cloud();
    struct http_response response = {.transport = TRANSPORT_NOT_SENT, .problem = "connection refused"};
    struct access access;
    enum reply_kind kind;
    struct error err = {0};
    assert_false(v1_provider()->decode_login(&cloud, &response, NOW, &arena, &access, &kind, &err));
    assert_int_equal(kind, REPLY_TRANSPORT);
    assert_non_null(strstr(err.text, "cannot be reached for a token: connection refused"));
}

static void test_check_request(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = v1_cloud();
    struct access access = {.token = "gAAA+/=b", .endpoints = {[SERVICE_COMPUTE] = V1_BASE}};
    struct http_request request;
    struct error err = {0};
    assert_true(v1_provider()->encode_check(&cloud, &access, &arena, &request, &err));
    assert_string_equal(request.method, "GET");
    assert_string_equal(request.url, V1_BASE "/tokens?id=gAAA%2B%2F%3Db");
    assert_string_equal(http_header_find(request.headers, request.header_count, "X-Auth-Token"), "gAAA+/=b");
    assert_null(request.body);
    access.token = arena_printf(&arena, "%4000d", 7);
    assert_false(v1_provider()->encode_check(&cloud, &access, &arena, &request, &err));
    assert_true(err.text[0]);
}

/* Only the API's own word makes a token good. */
static void test_check_replies(void **state)
{
    (void)state;
    static const struct {
        enum transport transport;
        int status;
        const char *body;
        bool good;
    } ROWS[] = {
        {TRANSPORT_DONE, 200, GOOD, true},
        {TRANSPORT_DONE, 500, GOOD, false},
        {TRANSPORT_BROKEN, 0, GOOD, false},
        {TRANSPORT_DONE, 401, "", false},
        {TRANSPORT_DONE, 200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":-3}}", false},
        {TRANSPORT_DONE, 200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":50404}}", false},
        {TRANSPORT_DONE, 200, "{" V1_HEADER "}", false},
        {TRANSPORT_DONE, 200, "{\"access\":{\"token\":{\"id\":\"another\"}}," V1_HEADER "}", false},
        {TRANSPORT_DONE, 200, "{\"access\":{\"token\":{\"id\":7}}," V1_HEADER "}", false},
        {TRANSPORT_DONE, 200, "<html>a log-in page</html>", false},
        {TRANSPORT_DONE, 200, "", false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct http_response response = {.transport = ROWS[i].transport,
                                         .status = ROWS[i].status,
                                         .body = ROWS[i].body,
                                         .body_size = strlen(ROWS[i].body)};
        if (v1_provider()->decode_check(&response, "gAAAAABi") != ROWS[i].good) fail_msg("row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token),         cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_endpoints),     cmocka_unit_test(test_spoiled),
        cmocka_unit_test(test_no_way_there),  cmocka_unit_test(test_check_request),
        cmocka_unit_test(test_check_replies),
    };
    return UNIT_RUN(tests);
}
