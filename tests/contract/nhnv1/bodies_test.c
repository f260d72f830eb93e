#include "tests/unit/unit.h"

#include "tests/contract/nhnv1/support.h"

#include <dirent.h>

#include "reconcile/base/cleanup.h"

/* Every body that the guide prints, in bodies/: our requests against its requests, its replies through the
   decoders. Placeholders such as "{Instance ID}" are taken as the values they stand for. A file without a row
   fails. */

struct body_case {
    const char *file;
    void (*check)(struct arena *arena, const struct body_case *row);
    struct call call;
    const char *method, *path; /* requests: behind the base */
};

static void check_same(const char *file, const char *ours, const char *theirs)
{
    cJSON *a = cJSON_Parse(ours), *b = cJSON_Parse(theirs);
    assert_non_null(b);
    if (!cJSON_Compare(a, b, true)) fail_msg("%s: %s", file, ours ? ours : "no body");
    cJSON_Delete(a);
    cJSON_Delete(b);
}

static const char *header_of(const struct http_request *request, const char *name)
{
    const char *value = http_header_find(request->headers, request->header_count, name);
    return value ? value : "";
}

static void check_request(struct arena *arena, const struct body_case *row)
{
    size_t size;
    struct http_request request = v1_encode(arena, &row->call);
    assert_string_equal(request.method, row->method);
    assert_string_equal(request.url, arena_printf(arena, V1_BASE "%s", row->path));
    assert_string_equal(header_of(&request, "X-Auth-Token"), "token-of-the-test");
    assert_string_equal(header_of(&request, "Content-Type"), "application/json;charset=UTF-8");
    check_same(row->file, request.body, v1_file(arena, row->file, &size));
}

/* What all actions have in common: the word, and parameters where it takes any. */
static void check_template(struct arena *arena, const struct body_case *row)
{
    cJSON *template = v1_json(arena, row->file);
    assert_int_equal(cJSON_GetArraySize(template), 2);
    struct http_request request = v1_encode(arena, &row->call);
    cJSON *ours = cJSON_Parse(request.body), *member;
    cJSON_ArrayForEach(member, ours)
    {
        cJSON *known = cJSON_GetObjectItemCaseSensitive(template, member->string);
        assert_non_null(known);
        assert_int_equal(member->type, known->type);
    }
    cJSON_Delete(ours);
    cJSON_Delete(template);
}

static const struct credential CREDENTIALS[] = {
    {"appkey", "AppKey1"}, {"username", "{TOAST ID}"}, {"password", "{API Password}"}};

static void check_login_request(struct arena *arena, const struct body_case *row)
{
    size_t size;
    struct cloud_config cloud = v1_cloud();
    struct http_request request;
    struct error err = {0};
    if (!v1_provider()->encode_login(&cloud, CREDENTIALS, 3, arena, &request, &err)) fail_msg("%s", err.text);
    assert_string_equal(request.method, row->method);
    assert_string_equal(request.url, arena_printf(arena, V1_BASE "%s", row->path));
    check_same(row->file, request.body, v1_file(arena, row->file, &size));
}

/* The guide's text with `word` in the place of a placeholder. */
static const char *filled(struct arena *arena, const char *text, const char *placeholder, const char *word)
{
    const char *at = strstr(text, placeholder);
    assert_non_null(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, word, at + strlen(placeholder));
}

static void check_login_reply(struct arena *arena, const struct body_case *row)
{
    size_t size;
    const char *body = v1_file(arena, row->file, &size);
    body = filled(arena, body, "{Token ID}", "9b0a8f6e4dd74bc9a3ee6d0c64bb2f0b");
    body = filled(arena, body, "{Expires}", "2017-05-16T03:17:50Z");
    struct cloud_config cloud = v1_cloud();
    struct http_response response = {.status = 200, .body = body, .body_size = strlen(body)};
    struct now now = {.boot_ms = 0, .wall_ms = 1494901070000};
    struct access access;
    struct error err = {0};
    enum reply_kind kind;
    if (!v1_provider()->decode_login(&cloud, &response, now, arena, &access, &kind, &err))
        fail_msg("%s", err.text);
    assert_string_equal(access.token, "9b0a8f6e4dd74bc9a3ee6d0c64bb2f0b");
    assert_int_equal(access.expires_wall_ms, 1494904670000);
    assert_string_equal(access.fingerprint, "AppKey1/{User ID}");
    assert_string_equal(access.endpoints[SERVICE_COMPUTE], V1_BASE);
}

/* "Same reply", to the check of a token: good is the one that it names. */
static void check_token_reply(struct arena *arena, const struct body_case *row)
{
    static const char token[] = "9b0a8f6e4dd74bc9a3ee6d0c64bb2f0b";
    size_t size;
    const char *body = filled(arena, v1_file(arena, row->file, &size), "{Token ID}", token);
    struct http_response response = {.status = 200, .body = body, .body_size = strlen(body)};
    assert_true(v1_provider()->decode_check(&response, token));
    assert_false(v1_provider()->decode_check(&response, "another"));
    check_login_reply(arena, row);
}

static struct reply decoded(struct arena *arena, const struct body_case *row)
{
    size_t size;
    struct reply reply = v1_decode(arena, &row->call, 200, v1_file(arena, row->file, &size));
    if (reply.kind != REPLY_OK) fail_msg("%s: %s: %s", row->file, reply_kind_name(reply.kind), reply.message);
    return reply;
}

static void check_accepted(struct arena *arena, const struct body_case *row)
{
    struct reply reply = decoded(arena, row);
    assert_int_equal(reply.server_count, 0);
    assert_null(reply.provider_id);
}

static void check_created(struct arena *arena, const struct body_case *row)
{
    assert_string_equal(decoded(arena, row).provider_id, "{Instance ID}");
}

static void check_brief(struct arena *arena, const struct body_case *row)
{
    struct reply reply = decoded(arena, row);
    assert_int_equal(reply.server_count, 1);
    assert_string_equal(reply.servers[0].id, "{Instance ID}");
    assert_string_equal(reply.servers[0].name, "{Instance Name}");
    assert_string_equal(reply.servers[0].status, "{Instance Status}");
    assert_int_equal(reply.servers[0].phase, PHASE_UNKNOWN);
}

static const char *seen_text(const struct facts *facts, enum field field)
{
    assert_true(facts->seen & FIELD_BIT(field));
    return value_scalar(facts->values[field]);
}

static void check_detail(struct arena *arena, const struct body_case *row)
{
    struct reply reply = decoded(arena, row);
    assert_int_equal(reply.server_count, 1);
    const struct facts *facts = &reply.servers[0];
    assert_string_equal(facts->id, "{Instance ID}");
    assert_string_equal(seen_text(facts, FIELD_NAME), "{Instance Name}");
    assert_string_equal(seen_text(facts, FIELD_FLAVOR), "{Flavor ID}");
    assert_string_equal(seen_text(facts, FIELD_IMAGE), "{Image ID}");
    assert_string_equal(seen_text(facts, FIELD_ZONE), "{Zone Name}");
    assert_string_equal(seen_text(facts, FIELD_KEYPAIR), "{PEM Key Name}");
    assert_string_equal(seen_text(facts, FIELD_SECURITY_GROUPS), "{Security Group Name}");
    assert_string_equal(seen_text(facts, FIELD_VOLUMES), "{Attached Volume ID}");
    assert_string_equal(value_find(facts->values[FIELD_METADATA], "{key}"), "{value}");
    assert_int_equal(facts->phase, PHASE_UNKNOWN);
    assert_int_equal(facts->created_wall_ms, -1);
    assert_true(facts->addresses_seen);
    assert_string_equal(facts->nic, "{IP Address}");
    assert_false(facts->marked);
    assert_null(reply.next_page);
}

static void check_catalogue(struct arena *arena, const struct body_case *row)
{
    struct reply reply = decoded(arena, row);
    assert_int_equal(reply.entry_count, 1);
    assert_string_equal(reply.entries[0].id, row->path);
    assert_string_equal(reply.entries[0].name, row->method);
    assert_null(reply.next_page);
}

static void check_keypairs(struct arena *arena, const struct body_case *row)
{
    check_catalogue(arena, row);
    struct reply reply = decoded(arena, row);
    assert_string_equal(reply.entries[0].public_key, "{Public Key Value}");
    assert_string_equal(reply.entries[0].fingerprint, "{Fingerprint Value}");
}

/* The guide prints a comma too many; without it, what it asks for is what we send: one of network and subnet,
   no count (one server per request), and a number as a number. */
static void check_create_request(struct arena *arena, const struct body_case *row)
{
    size_t size;
    char *text = v1_file(arena, row->file, &size), *comma = strstr(text, "{Volume Type}\",");
    assert_null(cJSON_Parse(text));
    assert_non_null(comma);
    comma[strlen("{Volume Type}\"")] = ' ';
    struct http_request request = v1_encode(arena, &row->call);
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.url, V1_BASE "/instances");
    cJSON *theirs = cJSON_Parse(text), *ours = cJSON_Parse(request.body);
    cJSON *instance = cJSON_GetObjectItem(theirs, "instance");
    cJSON_DeleteItemFromObject(instance, "count");
    cJSON_DeleteItemFromObject(cJSON_GetArrayItem(cJSON_GetObjectItem(instance, "networks"), 0), "id");
    cJSON_ReplaceItemInObject(cJSON_GetObjectItem(instance, "volume"), "size", cJSON_CreateNumber(50));
    if (!cJSON_Compare(ours, theirs, true)) fail_msg("%s", request.body);
    cJSON_Delete(ours);
    cJSON_Delete(theirs);
}

static const char *const NIC[] = {"subnet", "{Subnet ID}", ""},
                         *const DISK[] = {"50", "{Volume Type}", "true"}, *const IMAGE[] = {"{Image ID}"},
                         *const FLAVOR[] = {"{Flavor ID}"}, *const ZONE[] = {"{Availability Zone}"},
                         *const KEY[] = {"{Key Name}"}, *const GROUP[] = {"{Security Group Name}"};
static const struct create_order ORDER = {
    .name = "{Instance Name}",
    .given = FIELD_BIT(FIELD_IMAGE) | FIELD_BIT(FIELD_FLAVOR) | FIELD_BIT(FIELD_ZONE) |
             FIELD_BIT(FIELD_KEYPAIR) | FIELD_BIT(FIELD_NETWORKS) | FIELD_BIT(FIELD_SECURITY_GROUPS) |
             FIELD_BIT(FIELD_ROOT_DISK),
    .values = {[FIELD_IMAGE] = {1, 1, IMAGE},
               [FIELD_FLAVOR] = {1, 1, FLAVOR},
               [FIELD_ZONE] = {1, 1, ZONE},
               [FIELD_KEYPAIR] = {1, 1, KEY},
               [FIELD_NETWORKS] = {1, 3, NIC},
               [FIELD_SECURITY_GROUPS] = {1, 1, GROUP},
               [FIELD_ROOT_DISK] = {1, 3, DISK}}};

#define ON(call_kind)                                                                                        \
    {                                                                                                        \
        .kind = (call_kind), .provider_id = V1_SERVER                                                        \
    }
#define WITH(call_kind, a)                                                                                   \
    {                                                                                                        \
        .kind = (call_kind), .provider_id = V1_SERVER, .argument = (a)                                       \
    }
#define CATALOGUE(c)                                                                                         \
    {                                                                                                        \
        .kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = (c)                                          \
    }
#define ACTION  "POST", "/instances/" V1_SERVER "/action"
#define NOTHING NULL, NULL

static const struct body_case CASES[] = {
    {"01-envelope-reply.json", check_accepted, ON(CALL_START), NOTHING},
    {"02-post-tokens-request.json", check_login_request, {0}, "POST", "/tokens"},
    {"03-post-tokens-reply.json", check_login_reply, {0}, NOTHING},
    {"04-get-tokens-reply.json", check_token_reply, {0}, NOTHING},
    {"05-get-availability-zones-reply.json", check_catalogue, CATALOGUE(CATALOGUE_ZONE), "{Zone Name}",
     "{Zone Name}"},
    {"06-get-instances-reply.json", check_brief, {.kind = CALL_LOOK, .look = LOOK_LIST}, NOTHING},
    {"07-get-instances-detail-reply.json", check_detail, {.kind = CALL_LOOK, .look = LOOK_LIST}, NOTHING},
    {"08-post-instances-request.not-json.txt",
     check_create_request,
     {.kind = CALL_CREATE, .create = &ORDER},
     NOTHING},
    {"09-post-instances-reply.json", check_created, {.kind = CALL_CREATE}, NOTHING},
    {"10-post-instances-instanceId-attachments-request.json", check_request,
     WITH(CALL_ATTACH_VOLUME, "{Volume ID}"), "POST", "/instances/" V1_SERVER "/attachments"},
    {"11-post-instances-instanceId-attachments-reply.json", check_accepted, ON(CALL_ATTACH_VOLUME), NOTHING},
    {"12-delete-instances-instanceId-attachments-reply.json", check_accepted, ON(CALL_DETACH_VOLUME),
     NOTHING},
    {"13-post-instances-instanceId-action-template-request.json", check_template, WITH(CALL_REBOOT, "SOFT"),
     ACTION},
    {"14-post-instances-instanceId-action-start-request.json", check_request, ON(CALL_START), ACTION},
    {"15-post-instances-instanceId-action-start-reply.json", check_accepted, ON(CALL_START), NOTHING},
    {"16-post-instances-instanceId-action-stop-request.json", check_request, ON(CALL_STOP), ACTION},
    {"17-post-instances-instanceId-action-stop-reply.json", check_accepted, ON(CALL_STOP), NOTHING},
    {"18-post-instances-instanceId-action-reboot-request.json", check_request,
     WITH(CALL_REBOOT, "{Reboot Type}"), ACTION},
    {"19-post-instances-instanceId-action-reboot-reply.json", check_accepted, ON(CALL_REBOOT), NOTHING},
    {"20-post-instances-instanceId-action-resize-request.json", check_request,
     WITH(CALL_RESIZE, "{Flavor ID}"), ACTION},
    {"21-post-instances-instanceId-action-resize-reply.json", check_accepted, ON(CALL_RESIZE), NOTHING},
    {"22-post-instances-instanceId-action-uploadImage-request.json", check_request,
     WITH(CALL_SNAPSHOT, "{Image Name}"), ACTION},
    {"23-post-instances-instanceId-action-uploadImage-reply.json", check_accepted, ON(CALL_SNAPSHOT),
     NOTHING},
    {"24-post-instances-instanceId-action-addFloatingIp-request.json",
     check_request,
     {.kind = CALL_ASSOCIATE_FLOATING_IP,
      .provider_id = V1_SERVER,
      .argument = "{Floating IP Address}",
      .nic = "{IP Address of the instance}"},
     ACTION},
    {"25-post-instances-instanceId-action-addFloatingIp-reply.json", check_accepted,
     ON(CALL_ASSOCIATE_FLOATING_IP), NOTHING},
    {"26-post-instances-instanceId-action-removeFloatingIp-request.json", check_request,
     WITH(CALL_RELEASE_FLOATING_IP, "{Floating IP Address}"), ACTION},
    {"27-post-instances-instanceId-action-removeFloatingIp-reply.json", check_accepted,
     ON(CALL_RELEASE_FLOATING_IP), NOTHING},
    {"28-post-instances-instanceId-action-addSecurityGroup-request.json", check_request,
     WITH(CALL_ADD_SECURITY_GROUP, "{Security Group Name}"), ACTION},
    {"29-post-instances-instanceId-action-addSecurityGroup-reply.json", check_accepted,
     ON(CALL_ADD_SECURITY_GROUP), NOTHING},
    {"30-post-instances-instanceId-action-removeSecurityGroup-request.json", check_request,
     WITH(CALL_REMOVE_SECURITY_GROUP, "{Security Group Name}"), ACTION},
    {"31-post-instances-instanceId-action-removeSecurityGroup-reply.json", check_accepted,
     ON(CALL_REMOVE_SECURITY_GROUP), NOTHING},
    {"32-get-flavors-reply.json", check_catalogue, CATALOGUE(CATALOGUE_FLAVOR), "{Flavor Name}",
     "{Flavor ID}"},
    {"33-get-keypairs-reply.json", check_keypairs, CATALOGUE(CATALOGUE_KEYPAIR), "{Keypair Name}",
     "{Keypair Name}"},
    {"34-post-keypairs-request.json",
     check_request,
     {.kind = CALL_REGISTER_KEYPAIR, .argument = "{Keypair Name}", .value = "{Public Key Value}"},
     "POST",
     "/keypairs"},
    {"35-post-keypairs-reply.json", check_accepted, {.kind = CALL_REGISTER_KEYPAIR}, NOTHING},
    {"36-delete-keypairs-reply.json", check_accepted, {.kind = CALL_DELETE_KEYPAIR}, NOTHING},
};

enum { CASE_COUNT = sizeof CASES / sizeof CASES[0] };

static void test_every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        CASES[i].check(&arena, &CASES[i]);
    }
}

static bool has_case(const char *file)
{
    for (size_t i = 0; i < CASE_COUNT; i++)
        if (strcmp(CASES[i].file, file) == 0) return true;
    return false;
}

static void test_every_file_has_a_case(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    const char *source = getenv("SETPOINT_SOURCE_DIR");
    DIR *folder = opendir(arena_printf(&arena, "%s/tests/contract/nhnv1/bodies", source ? source : "."));
    assert_non_null(folder);
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        if (!has_case(entry->d_name)) fail_msg("no case for %s", entry->d_name);
        count++;
    }
    closedir(folder);
    assert_int_equal(count, CASE_COUNT);
}

/* Requests without a body: nothing is printed of them but the line. */
static void test_lines(void **state)
{
    (void)state;
    static const struct {
        struct call call;
        const char *method, *path;
    } ROWS[] = {
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, "GET", "/instances-detail"},
        {{.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = V1_SERVER},
         "GET",
         "/instances-detail?id=" V1_SERVER},
        {ON(CALL_DELETE), "DELETE", "/instances?id=" V1_SERVER},
        {WITH(CALL_DETACH_VOLUME, "v 1"), "DELETE", "/instances/" V1_SERVER "/attachments?volumeId=v%201"},
        {{.kind = CALL_DELETE_KEYPAIR, .argument = "k 1"}, "DELETE", "/keypairs?name=k%201"},
        {CATALOGUE(CATALOGUE_FLAVOR), "GET", "/flavors"},
        {CATALOGUE(CATALOGUE_ZONE), "GET", "/availability-zones"},
        {CATALOGUE(CATALOGUE_KEYPAIR), "GET", "/keypairs"},
        {CATALOGUE(CATALOGUE_NETWORK), "GET", "/networks"},
        {CATALOGUE(CATALOGUE_SUBNET), "GET", "/subnets"},
        {CATALOGUE(CATALOGUE_SECURITY_GROUP), "GET", "/security-groups"},
        {CATALOGUE(CATALOGUE_IMAGE), "GET", "/images?limit=1000"},
        {{.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_IMAGE, .page = "i1"},
         "GET",
         "/images?limit=1000&marker=i1"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct http_request request = v1_encode(&arena, &ROWS[i].call);
        assert_string_equal(request.method, ROWS[i].method);
        assert_string_equal(request.url, arena_printf(&arena, V1_BASE "%s", ROWS[i].path));
        assert_null(request.body);
        assert_string_equal(header_of(&request, "X-Auth-Token"), "token-of-the-test");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_case),
        cmocka_unit_test(test_every_file_has_a_case),
        cmocka_unit_test(test_lines),
    };
    return UNIT_RUN(tests);
}
