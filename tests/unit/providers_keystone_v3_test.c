#include "tests/unit/unit.h"

#include "providers/keystone/keystone.h"
#include "reconcile/base/cleanup.h"

static const struct keystone_hints HINTS = {.refused = "r", .url_form = "u"};

static const char *body_for(struct arena *arena, const struct credential *rows, uint32_t count)
{
    struct cloud_config cloud = {.name = "c", .auth_url = "https://id/v3"};
    struct http_request request;
    struct error err = {0};
    if (!keystone_v3_encode(&cloud, rows, count, arena, &request, &err)) return arena_text(arena, err.text);
    assert_string_equal(request.url, "https://id/v3/auth/tokens");
    return request.body;
}

static void test_password(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    const struct credential names[] = {
        {"username", "u"}, {"password", "p"}, {"project", "proj"}, {"projectDomain", "Corp"}};
    assert_string_equal(
        body_for(&arena, names, 4),
        "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"u\","
        "\"domain\":{\"id\":\"default\"},\"password\":\"p\"}}},\"scope\":{\"project\":{\"name\":\"proj\","
        "\"domain\":{\"name\":\"Corp\"}}}}}");
    const struct credential ids[] = {
        {"username", "fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1"},
        {"password", "p"},
        {"project", "198edf20d74d4323b107426354c18627"},
        {"userDomain", "ignored"}};
    assert_string_equal(
        body_for(&arena, ids, 4),
        "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"id\":"
        "\"fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1fe2ee7d1\",\"password\":\"p\"}}},"
        "\"scope\":{\"project\":{\"id\":\"198edf20d74d4323b107426354c18627\"}}}}");
    assert_string_equal(body_for(&arena, names, 2), "auth.project is missing or empty");
}

static void test_application_credential(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    const struct credential rows[] = {{"applicationCredential.id", "i"},
                                      {"applicationCredential.secret", "s"}};
    assert_string_equal(
        body_for(&arena, rows, 2),
        "{\"auth\":{\"identity\":{\"methods\":[\"application_credential\"],\"application_credential\":"
        "{\"id\":\"i\",\"secret\":\"s\"}}}}");
    assert_string_equal(body_for(&arena, rows, 1), "auth.applicationCredential.secret is missing or empty");
}

static const char TOKEN[] =
    "{\"token\":{\"expires_at\":\"2026-11-21T10:17:07.000000Z\",\"project\":{\"id\":\"t\"},\"catalog\":[{"
    "\"endpoints\":["
    "{\"interface\":\"internal\",\"region_id\":\"R\",\"url\":\"https://"
    "inner\"},{\"interface\":\"public\",\"region\":"
    "\"R\",\"url\":\"https://outer\"},{\"interface\":\"public\",\"url\":null}],\"type\":\"compute\"}]}}";

static bool decode(struct arena *arena, const char *body, const char *token, struct access *out,
                   enum reply_kind *out_kind, struct error *err)
{
    struct cloud_config cloud = {.name = "c", .interface = "public"};
    const struct http_header headers[] = {{"x-subject-token", token}};
    struct http_response response = {.status = 201,
                                     .body = body,
                                     .body_size = strlen(body),
                                     .headers = headers,
                                     .header_count = token ? 1 : 0};
    struct now now = {.wall_ms = 1000};
    return keystone_v3_decode(&cloud, &response, now, &HINTS, arena, out, out_kind, err);
}

static void test_decodes(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access access;
    struct error err = {0};
    enum reply_kind kind;
    assert_true(decode(&arena, TOKEN, "tok", &access, &kind, &err));
    assert_string_equal(access.token, "tok");
    assert_string_equal(access.fingerprint, "t");
    assert_int_equal(access.expires_wall_ms, 1795256227000);
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], "https://outer");
}

static void test_strange(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access access;
    struct error err = {0};
    enum reply_kind kind;
    assert_false(decode(&arena, TOKEN, NULL, &access, &kind, &err));
    assert_int_equal(kind, REPLY_OUTAGE);
    assert_non_null(strstr(err.text, "without a token"));
    assert_false(decode(&arena, "{}", "tok", &access, &kind, &err));
    assert_false(decode(&arena, "{\"token\":{\"user\":{}}}", "tok", &access, &kind, &err));
    assert_non_null(strstr(err.text, "without a project"));
    assert_null(strstr(err.text, "tok;"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_password),
                                       cmocka_unit_test(test_application_credential),
                                       cmocka_unit_test(test_decodes), cmocka_unit_test(test_strange)};
    return UNIT_RUN(tests);
}
