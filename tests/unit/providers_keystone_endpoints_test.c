#include "tests/unit/unit.h"

#include "providers/keystone/keystone.h"
#include "reconcile/base/cleanup.h"

static const struct endpoint ROWS[] = {
    {"compute", "KR1", "public", "https://kr1.example/v2/p"},
    {"compute", "KR1", "internal", "https://inner.example/v2/p"},
    {"compute", "KR2", "public", "https://kr2.example/v2/p"},
    {"image", "KR1", "public", "https://image-kr1.example"},
    {"image", "KR2", "public", "https://image-kr2.example"},
    {"network", "", "public", "https://network.example"},
    {"volumev2", "KR1", "public", "https://volume2.example"},
    {"volumev3", "KR1", "public", "https://volume3.example"},
    {"volume", "KR2", "public", "https://volume1.example"},
};
enum { ROW_COUNT = sizeof ROWS / sizeof ROWS[0] };

static const char *compute_path(const char *project, struct arena *arena)
{
    return arena_printf(arena, "/vX/%s", project);
}

static bool choose(struct arena *arena, const struct cloud_config *cloud, uint32_t count, struct access *out,
                   struct error *err)
{
    static const struct keystone_hints HINTS = {
        .refused = "r", .url_form = "u", .compute_path = compute_path};
    return endpoints_choose(cloud, ROWS, count, "p1", &HINTS, arena, out, err);
}

static void test_region_and_interface(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access out = {0};
    struct error err = {0};
    struct cloud_config cloud = {.name = "c", .region = "kr1"};
    assert_true(choose(&arena, &cloud, ROW_COUNT, &out, &err));
    assert_string_equal(out.endpoints[SERVICE_COMPUTE], "https://kr1.example/v2/p");
    assert_string_equal(out.endpoints[SERVICE_IMAGE], "https://image-kr1.example");
    assert_string_equal(out.place, "kr1");
    assert_string_equal(out.endpoints[SERVICE_NETWORK], "https://network.example");
    assert_string_equal(out.endpoints[SERVICE_VOLUME], "https://volume3.example");
    assert_null(out.endpoints[SERVICE_IDENTITY]);
    cloud.region = "KR2";
    cloud.interface = "publicURL";
    assert_true(choose(&arena, &cloud, ROW_COUNT, &out, &err));
    assert_string_equal(out.endpoints[SERVICE_COMPUTE], "https://kr2.example/v2/p");
    assert_string_equal(out.endpoints[SERVICE_VOLUME], "https://volume1.example");
    cloud.region = "KR1";
    cloud.interface = "internal";
    assert_true(choose(&arena, &cloud, ROW_COUNT, &out, &err));
    assert_string_equal(out.endpoints[SERVICE_COMPUTE], "https://inner.example/v2/p");
    assert_null(out.endpoints[SERVICE_IMAGE]);
}

static void test_no_region(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access out = {0};
    struct error err = {0};
    struct cloud_config cloud = {.name = "c"};
    assert_true(choose(&arena, &cloud, 2, &out, &err));
    assert_string_equal(out.endpoints[SERVICE_COMPUTE], "https://kr1.example/v2/p");
    assert_string_equal(out.place, "KR1"); /* the only one */
    assert_false(choose(&arena, &cloud, ROW_COUNT, &out, &err));
    assert_string_equal(
        err.text, "cloud c: the service catalogue has several regions; give spec.region, one of KR1, KR2");
}

static void test_not_there(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access out = {0};
    struct error err = {0};
    struct cloud_config cloud = {.name = "c", .region = "JP1"};
    assert_false(choose(&arena, &cloud, ROW_COUNT, &out, &err));
    assert_string_equal(err.text,
                        "cloud c: region \"JP1\" is not in the service catalogue; there are: KR1, KR2");
    cloud.interface = "admin";
    assert_false(choose(&arena, &cloud, ROW_COUNT, &out, &err));
    assert_non_null(strstr(err.text, "no compute endpoint for interface \"admin\""));
}

/* A session outlives the configuration by which it was begun. */
static void test_overrides_are_copied(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access out = {0};
    struct error err = {0};
    char compute[] = "https://compute.example/own/path", image[] = "https://image.example";
    struct cloud_config cloud = {.name = "c", .region = "KR1"};
    cloud.endpoints[SERVICE_COMPUTE] = compute;
    cloud.endpoints[SERVICE_IMAGE] = image;
    assert_true(choose(&arena, &cloud, ROW_COUNT, &out, &err));
    memset(compute, '?', sizeof compute - 1);
    memset(image, '?', sizeof image - 1);
    assert_string_equal(out.endpoints[SERVICE_COMPUTE], "https://compute.example/own/path");
    assert_string_equal(out.endpoints[SERVICE_IMAGE], "https://image.example");
}

static void test_overrides(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access out = {0};
    struct error err = {0};
    struct cloud_config cloud = {.name = "c", .region = "KR1"};
    cloud.endpoints[SERVICE_COMPUTE] = "https://mine.example";
    cloud.endpoints[SERVICE_IMAGE] = "https://mine.example/image";
    assert_true(choose(&arena, &cloud, 0, &out, &err));
    assert_string_equal(out.place, "KR1");
    assert_string_equal(out.endpoints[SERVICE_COMPUTE], "https://mine.example/vX/p1");
    assert_string_equal(out.endpoints[SERVICE_IMAGE], "https://mine.example/image");
    assert_null(out.endpoints[SERVICE_NETWORK]);
    struct access unnamed = {0};
    cloud.region = NULL;
    assert_true(choose(&arena, &cloud, 0, &unnamed, &err));
    assert_null(unnamed.place);
}

static void test_plain_http(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct access out = {0};
    struct error err = {0};
    struct cloud_config cloud = {.name = "c", .region = "KR1"};
    cloud.endpoints[SERVICE_NETWORK] = "http://network.example:9696";
    assert_false(choose(&arena, &cloud, ROW_COUNT, &out, &err));
    assert_non_null(strstr(err.text, "the network endpoint http://network.example:9696 is plain http"));
    cloud.allow_plain_http = true;
    assert_true(choose(&arena, &cloud, ROW_COUNT, &out, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_region_and_interface),
                                       cmocka_unit_test(test_no_region),
                                       cmocka_unit_test(test_not_there),
                                       cmocka_unit_test(test_overrides),
                                       cmocka_unit_test(test_overrides_are_copied),
                                       cmocka_unit_test(test_plain_http)};
    return UNIT_RUN(tests);
}
