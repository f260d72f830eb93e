#include "tests/unit/unit.h"

#include "tests/contract/kakaocloud/support.h"

#include <cjson/cJSON.h>

#include "reconcile/base/cleanup.h"

static const struct credential CREDENTIALS[] = {
    {"applicationCredential.id", "8c1f0b6e5d2a4f7c9e3b1a0d6f5e4c3b"},
    {"applicationCredential.secret", "s3cret"},
};

static void check_url(const char *given, const char *wanted)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = the_cloud();
    struct http_request request;
    struct error err = {0};
    cloud.auth_url = given;
    if (!the_provider()->encode_login(&cloud, CREDENTIALS, 2, &arena, &request, &err))
        fail_msg("%s", err.text);
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.url, wanted);
    assert_null(http_header_find(request.headers, request.header_count, "X-Auth-Token"));
    cJSON *ours = cJSON_Parse(request.body), *wanted_body = cJSON_Parse(body_of(&arena, "token.json", NULL));
    assert_true(cJSON_Compare(ours, wanted_body, true));
    cJSON_Delete(ours);
    cJSON_Delete(wanted_body);
}

/* With or without what people copy along. */
static void test_request(void **state)
{
    (void)state;
    check_url(NULL, "https://iam.kakaocloud.com/identity/v3/auth/tokens");
    check_url("https://iam.example/", "https://iam.example/identity/v3/auth/tokens");
    check_url("https://iam.example/identity", "https://iam.example/identity/v3/auth/tokens");
    check_url("https://iam.example/identity/v3", "https://iam.example/identity/v3/auth/tokens");
    check_url("https://iam.example/identity/v3/auth/tokens", "https://iam.example/identity/v3/auth/tokens");
    check_url("http://127.0.0.1:8774/iam", "http://127.0.0.1:8774/iam/identity/v3/auth/tokens");
}

static void test_no_request_for_an_address_that_is_none(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = the_cloud();
    struct http_request request;
    struct error err = {0};
    cloud.auth_url = "iam.example";
    assert_false(the_provider()->encode_login(&cloud, CREDENTIALS, 2, &arena, &request, &err));
    assert_non_null(strstr(err.text, "url"));
}

static bool login(struct arena *arena, struct cloud_config *cloud, int status, const char *body,
                  const char *token, struct access *out, enum reply_kind *kind, struct error *err)
{
    struct http_header headers[] = {{"x-subject-token", token}};
    struct http_response response = {.status = status,
                                     .headers = headers,
                                     .header_count = token ? 1 : 0,
                                     .body = body,
                                     .body_size = strlen(body)};
    return the_provider()->decode_login(cloud, &response, (struct now){.wall_ms = 0}, arena, out, kind, err);
}

static void test_reply(void **state)
{
    static const int statuses[] = {200, 201};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = the_cloud();
        struct access access;
        enum reply_kind kind;
        struct error err = {0};
        assert_true(login(&arena, &cloud, statuses[i], body_of(&arena, "token-reply.json", NULL), "gAAAA",
                          &access, &kind, &err));
        assert_string_equal(access.token, "gAAAA");
        assert_string_equal(access.fingerprint, "198edf20d74d4323b107426354c18627");
        assert_string_equal(access.place, "kr-central-2");
        assert_int_equal(access.expires_wall_ms, 1795294800000);
        /* never what the catalogue of the machinery behind says */
        assert_string_equal(access.endpoints[SERVICE_COMPUTE],
                            "https://bcs.kr-central-2.kakaocloud.com/api/v1");
        assert_string_equal(access.endpoints[SERVICE_VPC], "https://vpc.kr-central-2.kakaocloud.com/api/v1");
        assert_string_equal(access.endpoints[SERVICE_NETWORK],
                            "https://network.kr-central-2.kakaocloud.com/api/v1");
        assert_string_equal(access.endpoints[SERVICE_IMAGE],
                            "https://image.kr-central-2.kakaocloud.com/api/v1");
    }
}

/* A session outlives the configuration by which it was begun. */
static void test_endpoints_are_copied(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = the_cloud();
    struct access access;
    enum reply_kind kind;
    struct error err = {0};
    char given[] = "https://bcs.example/api/v1";
    cloud.endpoints[SERVICE_COMPUTE] = given;
    assert_true(
        login(&arena, &cloud, 201, body_of(&arena, "token-reply.json", NULL), "t", &access, &kind, &err));
    memset(given, '?', sizeof given - 1);
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], "https://bcs.example/api/v1");
}

static void test_endpoints(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = the_cloud();
    struct access access;
    enum reply_kind kind;
    struct error err = {0};
    const char *body = body_of(&arena, "token-reply.json", NULL);
    cloud.region = "kr-south-1";
    cloud.endpoints[SERVICE_COMPUTE] = "https://bcs.example";
    cloud.endpoints[SERVICE_VPC] = "http://127.0.0.1:8774/vpc/api/v1";
    assert_true(login(&arena, &cloud, 200, body, "gAAAA", &access, &kind, &err));
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], "https://bcs.example/api/v1");
    assert_string_equal(access.endpoints[SERVICE_VPC], "http://127.0.0.1:8774/vpc/api/v1");
    assert_string_equal(access.endpoints[SERVICE_IMAGE], "https://image.kr-south-1.kakaocloud.com/api/v1");
    cloud.endpoints[SERVICE_VPC] = "http://vpc.example";
    assert_false(login(&arena, &cloud, 200, body, "gAAAA", &access, &kind, &err));
    assert_int_equal(kind, REPLY_INVALID);
    assert_non_null(strstr(err.text, "the vpc endpoint http://vpc.example/api/v1 is plain http"));
}

static void check_failure(int status, const char *body, const char *token, enum reply_kind wanted)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = the_cloud();
    struct access access;
    enum reply_kind kind;
    struct error err = {0};
    assert_false(login(&arena, &cloud, status, body, token, &access, &kind, &err));
    if (kind != wanted) fail_msg("%d %s is %s", status, body, reply_kind_name(kind));
    assert_true(*err.text);
    assert_null(strstr(err.text, "s3cret"));
}

static void test_failures(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    check_failure(401, body_of(&arena, "token-refused.json", NULL), NULL, REPLY_AUTH);
    check_failure(403, "{}", NULL, REPLY_DENIED);
    check_failure(404, "<html>", NULL, REPLY_INVALID);
    check_failure(429, "", NULL, REPLY_THROTTLED);
    check_failure(503, "", NULL, REPLY_OUTAGE);
    check_failure(200, body_of(&arena, "token-reply.json", NULL), NULL, REPLY_OUTAGE);
    check_failure(200, "{\"token\":{\"project\":{}}}", "gAAAA", REPLY_OUTAGE);
    check_failure(200, "", "gAAAA", REPLY_OUTAGE);
    check_failure(200, body_of(&arena, "token-reply.json", NULL), "two\r\nlines", REPLY_OUTAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_no_request_for_an_address_that_is_none),
        cmocka_unit_test(test_reply),
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_endpoints_are_copied),
        cmocka_unit_test(test_failures),
    };
    return UNIT_RUN(tests);
}
