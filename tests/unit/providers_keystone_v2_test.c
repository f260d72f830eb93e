#include "tests/unit/unit.h"

#include "providers/keystone/keystone.h"
#include "reconcile/base/cleanup.h"

static const struct keystone_hints HINTS = {.refused = "r", .url_form = "u"};
static const struct now NOW = {.wall_ms = 1000};

static bool decode(struct arena *arena, const char *body, struct access *out, enum reply_kind *out_kind,
                   struct error *err)
{
    struct cloud_config cloud = {.name = "c", .region = "KR1"};
    struct http_response response = {.status = 200, .body = body, .body_size = strlen(body)};
    return keystone_v2_decode(&cloud, &response, NOW, &HINTS, arena, out, out_kind, err);
}

/* The catalogue's form in NHN's guide: public URLs only, several regions. */
#define CATALOGUE                                                                                            \
    "\"serviceCatalog\":[{\"type\":\"compute\",\"endpoints\":[{\"region\":\"KR2\",\"publicURL\":\"https://"  \
    "kr2/v2/t\"},"                                                                                           \
    "{\"region\":\"KR1\",\"publicURL\":\"https://kr1/v2/"                                                    \
    "t\"}]},{\"endpoints\":[{\"region\":\"KR1\",\"publicURL\":"                                              \
    "\"https://image\"}],\"type\":\"image\"},{\"type\":\"nasv1\",\"endpoints\":[]}]"

static void test_decodes(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access access;
    struct error err = {0};
    enum reply_kind kind;
    assert_true(
        decode(&arena,
               "{\"access\":{\"token\":{\"id\":\"tok\",\"expires\":\"2026-11-21T10:17:07Z\",\"tenant\":"
               "{\"id\":\"t\"}}," CATALOGUE "}}",
               &access, &kind, &err));
    assert_int_equal(kind, REPLY_OK);
    assert_string_equal(access.token, "tok");
    assert_string_equal(access.fingerprint, "t");
    assert_int_equal(access.expires_wall_ms, 1795256227000);
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], "https://kr1/v2/t");
    assert_string_equal(access.endpoints[SERVICE_IMAGE], "https://image");
}

static void test_strange(void **state)
{
    (void)state;
    static const struct {
        const char *body, *words;
    } ROWS[] = {
        {"<html>", "with HTTP 200 with an HTML page; check auth.url"},
        {"{}", "with HTTP 200 without a token; check auth.url"},
        {"{\"access\":{\"token\":{\"id\":7}}}", "without a token"},
        {"{\"access\":{\"token\":{\"id\":\"a\\nb\",\"tenant\":{\"id\":\"t\"}}}}", "without a token"},
        {"{\"access\":{\"token\":{\"id\":\"tok\"}," CATALOGUE "}}", "without a tenant"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct access access;
        struct error err = {0};
        enum reply_kind kind;
        assert_false(decode(&arena, ROWS[i].body, &access, &kind, &err));
        assert_int_equal(kind, REPLY_OUTAGE);
        if (!strstr(err.text, ROWS[i].words)) fail_msg("%s", err.text);
        assert_null(strstr(err.text, "tok\""));
    }
}

static void test_no_catalogue(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access access;
    struct error err = {0};
    enum reply_kind kind;
    assert_false(decode(&arena, "{\"access\":{\"token\":{\"id\":\"tok\",\"tenant\":{\"id\":\"t\"}}}}",
                        &access, &kind, &err));
    assert_int_equal(kind, REPLY_INVALID);
    assert_non_null(strstr(err.text, "no compute endpoint"));
}

static void test_encodes(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct cloud_config cloud = {.name = "c"};
    const struct credential rows[] = {{"tenantId", "t"}, {"username", "u@x"}, {"password", "p\"\\"}};
    struct http_request request;
    struct error err = {0};
    assert_true(keystone_v2_encode(&cloud, rows, 3, "https://id", &arena, &request, &err));
    assert_string_equal(request.url, "https://id/v2.0/tokens");
    assert_string_equal(request.body,
                        "{\"auth\":{\"tenantId\":\"t\",\"passwordCredentials\":{\"username\":\"u@x\","
                        "\"password\":\"p\\\"\\\\\"}}}");
    assert_false(keystone_v2_encode(&cloud, rows, 2, "https://id", &arena, &request, &err));
    assert_string_equal(err.text, "auth.password is missing or empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_decodes), cmocka_unit_test(test_strange),
                                       cmocka_unit_test(test_no_catalogue), cmocka_unit_test(test_encodes)};
    return UNIT_RUN(tests);
}
