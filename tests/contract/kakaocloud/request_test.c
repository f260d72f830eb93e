#include "tests/unit/unit.h"

#include "tests/contract/kakaocloud/support.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "reconcile/base/cleanup.h"

/* Each call as one request: method, path, body. */
struct request_case {
    const char *method, *path;
    const char *body; /* file; NULL = none */
    struct call call;
};

#define ON_INSTANCE  .provider_id = INSTANCE
#define LOOKING(how) .kind = CALL_LOOK, .look = (how)
#define BCS          "https://bcs.example/api/v1"
#define PAGE         "limit=1000&offset="

static const struct request_case CASES[] = {
    {"PUT",
     BCS "/instances/" INSTANCE,
     "update-name.json",
     {.kind = CALL_RENAME, ON_INSTANCE, .argument = "web2"}},
    {"PUT",
     BCS "/instances/" INSTANCE,
     "update-description.json",
     {.kind = CALL_SET_METADATA,
      ON_INSTANCE,
      .argument = MARK_DESCRIPTION_KEY,
      .value = "[sp1 a b c d 0 e] by Ann"}},
    {"PUT",
     BCS "/instances/" INSTANCE,
     "update-clear.json",
     {.kind = CALL_SET_METADATA, ON_INSTANCE, .argument = MARK_DESCRIPTION_KEY}},
    {"POST",
     BCS "/instances/" INSTANCE "/resize",
     "resize.json",
     {.kind = CALL_RESIZE, ON_INSTANCE, .argument = FLAVOR}},
    {"POST",
     BCS "/instances/" INSTANCE "/rebuild",
     "rebuild.json",
     {.kind = CALL_REBUILD, ON_INSTANCE, .argument = IMAGE}},
    {"POST",
     BCS "/keypairs",
     "create-keypair.json",
     {.kind = CALL_REGISTER_KEYPAIR,
      .argument = "ops",
      .value = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx ops"}},
    {"DELETE", BCS "/keypairs/ops%202026", NULL, {.kind = CALL_DELETE_KEYPAIR, .argument = "ops 2026"}},
    {"POST", BCS "/instances/" INSTANCE "/start", NULL, {.kind = CALL_START, ON_INSTANCE}},
    {"POST", BCS "/instances/" INSTANCE "/stop", NULL, {.kind = CALL_STOP, ON_INSTANCE}},
    {"POST", BCS "/instances/" INSTANCE "/shelve", NULL, {.kind = CALL_SHELVE, ON_INSTANCE}},
    {"POST", BCS "/instances/" INSTANCE "/unshelve", NULL, {.kind = CALL_UNSHELVE, ON_INSTANCE}},
    {"POST",
     BCS "/instances/" INSTANCE "/soft-reboot",
     NULL,
     {.kind = CALL_REBOOT, ON_INSTANCE, .argument = "SOFT"}},
    {"POST",
     BCS "/instances/" INSTANCE "/hard-reboot",
     NULL,
     {.kind = CALL_REBOOT, ON_INSTANCE, .argument = "HARD"}},
    {"DELETE", BCS "/instances/" INSTANCE, NULL, {.kind = CALL_DELETE, ON_INSTANCE}},
    {"POST",
     BCS "/instances/" INSTANCE "/volumes/" VOLUME,
     "attach-volume.json",
     {.kind = CALL_ATTACH_VOLUME, ON_INSTANCE, .argument = VOLUME}},
    {"DELETE",
     BCS "/instances/" INSTANCE "/volumes/" VOLUME,
     NULL,
     {.kind = CALL_DETACH_VOLUME, ON_INSTANCE, .argument = VOLUME}},
    {"POST",
     BCS "/instances/" INSTANCE "/network-interfaces/" NIC "/security-groups/" GROUP,
     NULL,
     {.kind = CALL_ADD_SECURITY_GROUP, ON_INSTANCE, .argument = "db", .value = GROUP, .nic = NIC}},
    {"DELETE",
     BCS "/instances/" INSTANCE "/network-interfaces/" NIC "/security-groups/" GROUP,
     NULL,
     {.kind = CALL_REMOVE_SECURITY_GROUP, ON_INSTANCE, .argument = "db", .value = GROUP, .nic = NIC}},
    {"PUT",
     BCS "/instances/" INSTANCE "/network-interfaces/" NIC "/public-ips/" ADDRESS,
     NULL,
     {.kind = CALL_ASSOCIATE_FLOATING_IP,
      ON_INSTANCE,
      .argument = "203.0.113.10",
      .value = ADDRESS,
      .nic = NIC}},
    {"DELETE",
     BCS "/instances/" INSTANCE "/network-interfaces/" NIC "/public-ips?is_delete=false",
     NULL,
     {.kind = CALL_RELEASE_FLOATING_IP, ON_INSTANCE, .argument = "203.0.113.10", .nic = NIC}},
    {"GET", BCS "/instances?" PAGE "0&sort_keys=created_at&sort_dirs=desc", NULL, {LOOKING(LOOK_LIST)}},
    {"GET",
     BCS "/instances?" PAGE "40&sort_keys=created_at&sort_dirs=desc",
     NULL,
     {LOOKING(LOOK_LIST), .page = "40"}},
    {"GET", BCS "/instances/" INSTANCE, NULL, {LOOKING(LOOK_SERVER), ON_INSTANCE}},
    {"GET", BCS "/flavors?" PAGE "0", NULL, {LOOKING(LOOK_CATALOGUE), .catalogue = CATALOGUE_FLAVOR}},
    {"GET",
     "https://image.example/api/v1/images?" PAGE "20",
     NULL,
     {LOOKING(LOOK_CATALOGUE), .catalogue = CATALOGUE_IMAGE, .page = "20"}},
    {"GET",
     "https://vpc.example/api/v1/subnets?" PAGE "0",
     NULL,
     {LOOKING(LOOK_CATALOGUE), .catalogue = CATALOGUE_SUBNET}},
    {"GET",
     "https://network.example/api/v1/security-groups?" PAGE "0",
     NULL,
     {LOOKING(LOOK_CATALOGUE), .catalogue = CATALOGUE_SECURITY_GROUP}},
    {"GET", BCS "/keypairs?" PAGE "0", NULL, {LOOKING(LOOK_CATALOGUE), .catalogue = CATALOGUE_KEYPAIR}},
};

static struct http_request encoded(struct arena *arena, const struct call *call)
{
    struct cloud_config cloud = the_cloud();
    struct access *access = ARENA_NEW(arena, struct access);
    *access = the_access();
    struct http_request request;
    struct error err = {0};
    if (!the_provider()->encode(&cloud, access, call, arena, &request, &err)) fail_msg("%s", err.text);
    return request;
}

static void check_body(struct arena *arena, const char *file, const struct http_request *request)
{
    cJSON *ours = cJSON_Parse(request->body), *wanted = cJSON_Parse(body_of(arena, file, NULL));
    assert_non_null(wanted);
    if (!cJSON_Compare(ours, wanted, true)) fail_msg("%s: %s", file, request->body);
    cJSON_Delete(ours);
    cJSON_Delete(wanted);
}

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct http_request request = encoded(&arena, &CASES[i].call);
        assert_string_equal(request.method, CASES[i].method);
        assert_string_equal(request.url, CASES[i].path);
        assert_string_equal(http_header_find(request.headers, request.header_count, "X-Auth-Token"),
                            "token-of-the-test");
        assert_string_equal(http_header_find(request.headers, request.header_count, "Content-Type"),
                            "application/json");
        if (CASES[i].body)
            check_body(&arena, CASES[i].body, &request);
        else
            assert_null(request.body);
    }
}

static void give(struct create_order *order, enum field field, struct value value)
{
    order->values[field] = value;
    order->given |= FIELD_BIT(field);
}

static struct value cells(struct arena *arena, unsigned rows, unsigned columns, const char *const *from)
{
    const char **copy = ARENA_ROW(arena, const char *, rows *columns);
    memcpy(copy, from, rows * columns * sizeof *copy);
    return (struct value){(uint16_t)rows, (uint16_t)columns, copy};
}

static struct create_order order_of(struct arena *arena, const char *name)
{
    struct create_order order = {.name = name};
    give(&order, FIELD_FLAVOR, value_of_scalar(arena, FLAVOR));
    give(&order, FIELD_IMAGE, value_of_scalar(arena, IMAGE));
    give(&order, FIELD_NETWORKS, cells(arena, 1, 3, (const char *[]){"subnet", SUBNET, ""}));
    text_copy(order.mark.owner, sizeof order.mark.owner, "seoul-1");
    text_copy(order.mark.cloud, sizeof order.mark.cloud, "kakao");
    text_copy(order.mark.source, sizeof order.mark.source, "prod");
    text_copy(order.mark.name, sizeof order.mark.name, name);
    text_copy(order.mark.attempt, sizeof order.mark.attempt, "abcdefgh");
    text_copy(order.mark.writer, sizeof order.mark.writer, "wxyz");
    return order;
}

/* The words of the description that are hashes: put into the file's text for @TAG and @DIGEST. */
static void fill_in(cJSON *wanted, const cJSON *ours, struct arena *arena)
{
    cJSON *instance = cJSON_GetObjectItem(wanted, "instance");
    const char *said =
        cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(ours, "instance"), "description"));
    const char *form = cJSON_GetStringValue(cJSON_GetObjectItem(instance, "description"));
    char tag[17] = "", digest[9] = "";
    assert_int_equal(sscanf(said, "[sp1 %*s %16s %*s %*s %*s %8[a-z2-7]", tag, digest), 2);
    const char *at = strstr(form, "@TAG"), *end = strstr(form, "@DIGEST");
    cJSON_ReplaceItemInObject(
        instance, "description",
        cJSON_CreateString(arena_printf(arena, "%.*s%s%.*s%s%s", (int)(at - form), form, tag,
                                        (int)(end - at - 4), at + 4, digest, end + 7)));
}

static void check_create(struct arena *arena, const char *file, const struct create_order *order)
{
    struct call call = {.kind = CALL_CREATE, .create = order};
    struct http_request request = encoded(arena, &call);
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.url, BCS "/instances");
    cJSON *ours = cJSON_Parse(request.body), *wanted = cJSON_Parse(body_of(arena, file, NULL));
    fill_in(wanted, ours, arena);
    if (!cJSON_Compare(ours, wanted, true)) fail_msg("%s: %s", file, request.body);
    cJSON_Delete(ours);
    cJSON_Delete(wanted);
}

static void test_create(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = order_of(&arena, "web1");
    check_create(&arena, "create-least.json", &order);
    order = order_of(&arena, "db-master");
    order.mark.protect = true;
    give(&order, FIELD_NETWORKS, cells(&arena, 1, 3, (const char *[]){"subnet", SUBNET, "10.0.0.17"}));
    give(&order, FIELD_ZONE, value_of_scalar(&arena, "kr-central-2-a"));
    give(&order, FIELD_KEYPAIR, value_of_scalar(&arena, "ops"));
    give(&order, FIELD_USER_DATA, value_of_scalar(&arena, "IyEvYmluL3NoCg=="));
    give(&order, FIELD_SECURITY_GROUPS, cells(&arena, 2, 1, (const char *[]){"db", "default"}));
    give(&order, FIELD_ROOT_DISK, cells(&arena, 1, 3, (const char *[]){"100", VOLUME, "false"}));
    check_create(&arena, "create-full.json", &order);
}

static void refuse(struct arena *arena, const struct call *call, const char *words)
{
    struct cloud_config cloud = the_cloud();
    struct access access = the_access();
    struct http_request request;
    struct error err = {0};
    assert_false(the_provider()->encode(&cloud, &access, call, arena, &request, &err));
    if (!strstr(err.text, words)) fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void refuse_networks(struct arena *arena, const char *kind, const char *words)
{
    struct create_order order = order_of(arena, "web1");
    give(&order, FIELD_NETWORKS, cells(arena, kind ? 1 : 0, 3, (const char *[]){kind, SUBNET, ""}));
    struct call call = {.kind = CALL_CREATE, .create = &order};
    refuse(arena, &call, words);
}

static void refuse_disk(struct arena *arena, const char *size, const char *type, const char *words)
{
    struct create_order order = order_of(arena, "web1");
    give(&order, FIELD_ROOT_DISK, cells(arena, 1, 3, (const char *[]){size, type, "true"}));
    struct call call = {.kind = CALL_CREATE, .create = &order};
    refuse(arena, &call, words);
}

/* What cannot be one request, or no request at all, says so. */
static void test_refusals(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    refuse_networks(&arena, "network", "give subnet");
    refuse_networks(&arena, "port", "give subnet");
    refuse_networks(&arena, NULL, "needs at least one subnet");
    refuse_disk(&arena, "16385", "", "between 1 and 16384");
    refuse_disk(&arena, "0", "", "between 1 and 16384");
    refuse_disk(&arena, "20", "SSD", "id of a volume type");
    refuse(&arena, &(struct call){.kind = CALL_ADD_SECURITY_GROUP, ON_INSTANCE, .argument = "db", .nic = NIC},
           "id of the group");
    refuse(&arena,
           &(struct call){.kind = CALL_ADD_SECURITY_GROUP, ON_INSTANCE, .argument = "db", .value = GROUP},
           "network interface");
    refuse(&arena, &(struct call){.kind = CALL_ASSOCIATE_FLOATING_IP, ON_INSTANCE, .nic = NIC},
           "id of the address");
    refuse(&arena,
           &(struct call){.kind = CALL_SET_METADATA, ON_INSTANCE, .argument = "team", .value = "data"},
           "no metadata");
    refuse(&arena, &(struct call){.kind = CALL_SNAPSHOT, ON_INSTANCE, .argument = "image"}, "does not exist");
    refuse(&arena, &(struct call){.kind = CALL_CONFIRM_RESIZE, ON_INSTANCE}, "does not exist");
    refuse(&arena, &(struct call){.kind = CALL_REGISTER_KEYPAIR, .argument = "ops"}, "without a public key");
    refuse(&arena, &(struct call){.kind = CALL_DELETE_KEYPAIR}, "without a name");
    refuse(&arena, &(struct call){LOOKING(LOOK_CHANGES)}, "no list of changes");
    refuse(&arena, &(struct call){LOOKING(LOOK_CATALOGUE), .catalogue = CATALOGUE_ZONE}, "give ids");
    refuse(&arena, &(struct call){LOOKING(LOOK_CATALOGUE), .catalogue = CATALOGUE_IMAGE, .variant = 1},
           "give ids");
}

static void test_every_body_has_a_case(void **state)
{
    static const char *const others[] = {"create-full.json", "create-least.json", "token.json", NULL};
    static const char *const replies[] = {"token-reply.json",
                                          "token-refused.json",
                                          "instance.json",
                                          "instances.json",
                                          "update-reply.json",
                                          "create-reply.json",
                                          "groups-reply.json",
                                          "flavors.json",
                                          "images.json",
                                          "subnets.json",
                                          "security-groups.json",
                                          "keypairs.json",
                                          "error.json",
                                          "error-absent.json",
                                          "error-validation.json",
                                          "create-keypair-reply.json",
                                          NULL};
    const char *names[sizeof CASES / sizeof CASES[0] + 8] = {NULL};
    size_t count = 0;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        if (CASES[i].body) names[count++] = CASES[i].body;
    for (size_t i = 0; others[i]; i++)
        names[count++] = others[i];
    every_body_has_a_case(names, replies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_every_body_has_a_case),
    };
    return UNIT_RUN(tests);
}
