#include "tests/unit/unit.h"

#include "tests/contract/nova/exchange.h"

#include <cjson/cJSON.h>
#include <dirent.h>

#include "reconcile/base/cleanup.h"

/* Every body that NHN's Instance API v2 guide prints, in guide/: our requests against its requests, its
   replies through the decoders. A file that no test has read fails: test_every_file_has_a_case is the last
   one. */

static const char BASE[] = "https://kr1.example/v2/6cdebe3eb0094910bc41f1d42ebe4cb7";
#define SERVER "3a005d5b-63cf-4493-bfc6-49db990b5b50"

static char read_files[64][96];
static unsigned read_count;

static char *guide_file(struct arena *arena, const char *name, size_t *out_size)
{
    assert_true(read_count < sizeof read_files / sizeof read_files[0]);
    text_copy(read_files[read_count++], sizeof read_files[0], name);
    return contract_file(arena, arena_printf(arena, "guide/%s", name), out_size);
}

static cJSON *guide_json(struct arena *arena, const char *name)
{
    size_t size;
    cJSON *tree = cJSON_Parse(guide_file(arena, name, &size));
    assert_non_null(tree);
    return tree;
}

static struct http_request encoded(struct arena *arena, const char *provider, const struct call *call)
{
    struct cloud_config cloud = contract_cloud(provider);
    struct access *access = ARENA_NEW(arena, struct access);
    *access = contract_access(arena, BASE);
    struct http_request request;
    struct error err = {0};
    if (!provider_by_name(provider)->encode(&cloud, access, call, arena, &request, &err))
        fail_msg("%s", err.text);
    return request;
}

static const struct {
    const char *file, *method, *path;
    struct call call;
} REQUESTS[] = {
    {"06-post-os-keypairs-request.json",
     "POST",
     "/os-keypairs",
     {.kind = CALL_REGISTER_KEYPAIR,
      .argument = "keypair-d20a3d59-9433-4b79-8726-20b431d89c78",
      .value = "ssh-rsa ... Generated-by-Nova"}},
    {"13-put-servers-serverId-request.json",
     "PUT",
     "/servers/" SERVER,
     {.kind = CALL_RENAME, .provider_id = SERVER, .argument = "new-server-test"}},
    {"16-post-servers-serverId-os-volume_attachments-request.json",
     "POST",
     "/servers/" SERVER "/os-volume_attachments",
     {.kind = CALL_ATTACH_VOLUME, .provider_id = SERVER, .argument = "a07f71dc-8151-4e7d-a0cc-cd24a3f11113"}},
    {"18-post-servers-serverId-action-os-start-request.json",
     "POST",
     "/servers/" SERVER "/action",
     {.kind = CALL_START, .provider_id = SERVER}},
    {"19-post-servers-serverId-action-unshelve-request.json",
     "POST",
     "/servers/" SERVER "/action",
     {.kind = CALL_UNSHELVE, .provider_id = SERVER}},
    {"20-post-servers-serverId-action-os-stop-request.json",
     "POST",
     "/servers/" SERVER "/action",
     {.kind = CALL_STOP, .provider_id = SERVER}},
    {"21-post-servers-serverId-action-shelve-request.json",
     "POST",
     "/servers/" SERVER "/action",
     {.kind = CALL_SHELVE, .provider_id = SERVER}},
    {"22-post-servers-serverId-action-reboot-request.json",
     "POST",
     "/servers/" SERVER "/action",
     {.kind = CALL_REBOOT, .provider_id = SERVER, .argument = "SOFT"}},
    {"23-post-servers-serverId-action-resize-request.json",
     "POST",
     "/servers/" SERVER "/action",
     {.kind = CALL_RESIZE, .provider_id = SERVER, .argument = "b5f1c148-732c-417d-9d1b-1dffca105dbe"}},
    {"25-post-servers-serverId-action-addSecurityGroup-request.json",
     "POST",
     "/servers/" SERVER "/action",
     {.kind = CALL_ADD_SECURITY_GROUP, .provider_id = SERVER, .argument = "test"}},
    {"26-post-servers-serverId-action-removeSecurityGroup-request.json",
     "POST",
     "/servers/" SERVER "/action",
     {.kind = CALL_REMOVE_SECURITY_GROUP, .provider_id = SERVER, .argument = "test"}},
};

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REQUESTS / sizeof REQUESTS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct http_request request = encoded(&arena, "nhn-v2", &REQUESTS[i].call);
        assert_string_equal(request.method, REQUESTS[i].method);
        assert_string_equal(request.url, arena_printf(&arena, "%s%s", BASE, REQUESTS[i].path));
        cJSON *ours = cJSON_Parse(request.body), *theirs = guide_json(&arena, REQUESTS[i].file);
        if (!cJSON_Compare(ours, theirs, true)) fail_msg("%s: %s", REQUESTS[i].file, request.body);
        cJSON_Delete(ours);
        cJSON_Delete(theirs);
    }
}

/* The guide's example gives metadata, too, which its table says may be left out. */
static void test_image(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = {.kind = CALL_SNAPSHOT, .provider_id = SERVER, .argument = "foo-image"};
    struct http_request request = encoded(&arena, "nhn-v2", &call);
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.url, arena_printf(&arena, "%s/servers/" SERVER "/action", BASE));
    cJSON *ours = cJSON_Parse(request.body),
          *theirs = guide_json(&arena, "24-post-servers-serverId-action-createImage-request.json");
    cJSON_DeleteItemFromObjectCaseSensitive(cJSON_GetObjectItemCaseSensitive(theirs, "createImage"),
                                            "metadata");
    if (!cJSON_Compare(ours, theirs, true)) fail_msg("%s", request.body);
    cJSON_Delete(ours);
    cJSON_Delete(theirs);
}

static struct value scalar(struct arena *arena, const char *text)
{
    return value_of_scalar(arena, text);
}

static struct value row(struct arena *arena, const char *a, const char *b, const char *c)
{
    const char **cells = ARENA_ROW(arena, const char *, 3);
    cells[0] = a;
    cells[1] = b;
    cells[2] = c;
    return (struct value){1, 3, cells};
}

/* The order behind the guide's example. */
static struct create_order guide_order(struct arena *arena)
{
    struct create_order order = {.name = "DB-Master"};
    order.values[FIELD_IMAGE] = scalar(arena, "9956f822-29c9-4f81-9410-0c392d9c8c24");
    order.values[FIELD_FLAVOR] = scalar(arena, "a4b6a0f7-aeff-4d78-a8d5-7de9f007012d");
    order.values[FIELD_ZONE] = scalar(arena, "kr-pub-a");
    order.values[FIELD_KEYPAIR] = scalar(arena, "access-key");
    order.values[FIELD_SECURITY_GROUPS] = scalar(arena, "default");
    order.values[FIELD_NETWORKS] = row(arena, "subnet", "b83863ff-0355-4c73-8c10-0bdf66a69aab", "");
    order.values[FIELD_ROOT_DISK] = row(arena, "1000", "", "true");
    order.given = FIELD_BIT(FIELD_IMAGE) | FIELD_BIT(FIELD_FLAVOR) | FIELD_BIT(FIELD_ZONE) |
                  FIELD_BIT(FIELD_KEYPAIR) | FIELD_BIT(FIELD_SECURITY_GROUPS) | FIELD_BIT(FIELD_NETWORKS) |
                  FIELD_BIT(FIELD_ROOT_DISK);
    text_copy(order.mark.owner, sizeof order.mark.owner, "seoul-1");
    text_copy(order.mark.cloud, sizeof order.mark.cloud, "nhn-kr1");
    text_copy(order.mark.source, sizeof order.mark.source, "prod");
    text_copy(order.mark.name, sizeof order.mark.name, "db-master");
    text_copy(order.mark.attempt, sizeof order.mark.attempt, "abcdefgh");
    text_copy(order.mark.writer, sizeof order.mark.writer, "wxyz");
    return order;
}

/* What is known to differ: counts of one and a device name, which the guide itself does not list; a real
   boolean (1 is refused by Nova); our mark. */
static void test_create(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = guide_order(&arena);
    struct call call = {.kind = CALL_CREATE, .create = &order};
    struct http_request request = encoded(&arena, "nhn-v2", &call);
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.url, arena_printf(&arena, "%s/servers", BASE));
    cJSON *ours = cJSON_Parse(request.body), *theirs = guide_json(&arena, "11-post-servers-request.json");
    cJSON *server = cJSON_GetObjectItem(theirs, "server");
    cJSON *disk = cJSON_GetArrayItem(cJSON_GetObjectItem(server, "block_device_mapping_v2"), 0);
    cJSON_DeleteItemFromObject(server, "max_count");
    cJSON_DeleteItemFromObject(server, "min_count");
    cJSON_DeleteItemFromObject(disk, "device_name");
    cJSON_ReplaceItemInObject(disk, "delete_on_termination", cJSON_CreateTrue());
    cJSON *marks = cJSON_DetachItemFromObject(cJSON_GetObjectItem(ours, "server"), "metadata");
    if (!cJSON_Compare(ours, theirs, true)) fail_msg("%s", request.body);
    assert_int_equal(cJSON_GetArraySize(marks), mark_key_count() - 1); /* no restart was done */
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(marks, "setpoint.owner")), "seoul-1");
    cJSON_Delete(ours);
    cJSON_Delete(theirs);
    cJSON_Delete(marks);
}

static struct reply decoded(struct arena *arena, const char *name, const struct call *call, int status)
{
    size_t size;
    const char *body = guide_file(arena, name, &size);
    struct cloud_config cloud = contract_cloud("nhn-v2");
    struct http_response response = {.status = status, .body = body, .body_size = size};
    struct reply reply;
    provider_by_name("nhn-v2")->decode(&cloud, call, &response, arena, &reply);
    assert_int_equal(reply.kind, REPLY_OK);
    return reply;
}

static void check_web_server(const struct facts *facts)
{
    assert_string_equal(facts->id, "aaf2778b-ea03-4ccc-8b1b-92f4b686c3ec");
    assert_string_equal(facts->name, "Web-Server");
    assert_string_equal(facts->status, "ACTIVE");
    assert_int_equal(facts->phase, PHASE_RUNNING);
    assert_int_equal(facts->launched, LAUNCHED_ONCE);
    assert_string_equal(value_scalar(facts->values[FIELD_FLAVOR]), "35a73b57-58a7-434d-aa08-5249aaa95b3e");
    assert_string_equal(value_scalar(facts->values[FIELD_IMAGE]), "8b9f8d47-b89b-45af-b1d6-3f7ce7e06a11");
    assert_string_equal(value_scalar(facts->values[FIELD_ZONE]), "kr-pub-b");
    assert_string_equal(value_scalar(facts->values[FIELD_KEYPAIR]), "access-key");
    assert_true(value_has(facts->values[FIELD_SECURITY_GROUPS], "default"));
    assert_string_equal(value_find(facts->values[FIELD_METADATA], "os_distro"), "Windows");
    assert_int_equal(facts->values[FIELD_VOLUMES].rows, 1);
    assert_false(facts->marked);
    assert_false(facts->locked);
}

static void test_server_replies(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call list = {.kind = CALL_LOOK, .look = LOOK_LIST};
    struct reply reply = decoded(&arena, "09-get-servers-detail-reply.json", &list, 200);
    assert_int_equal(reply.server_count, 1);
    assert_string_equal(reply.next_page, reply.servers[0].id); /* no link: one more page tells */
    check_web_server(&reply.servers[0]);
    struct call show = {
        .kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = "aaf2778b-ea03-4ccc-8b1b-92f4b686c3ec"};
    reply = decoded(&arena, "10-get-servers-serverId-reply.json", &show, 200);
    assert_int_equal(reply.server_count, 1);
    check_web_server(&reply.servers[0]);
    struct call create = {.kind = CALL_CREATE};
    reply = decoded(&arena, "12-post-servers-reply.json", &create, 202);
    assert_string_equal(reply.provider_id, SERVER);
    struct call attach = {.kind = CALL_ATTACH_VOLUME, .provider_id = SERVER};
    decoded(&arena, "17-post-servers-serverId-os-volume_attachments-reply.json", &attach, 200);
}

static void test_catalogue_replies(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_FLAVOR};
    struct reply reply = decoded(&arena, "02-get-flavors-detail-reply.json", &call, 200);
    assert_int_equal(reply.entry_count, 2);
    assert_string_equal(reply.entries[0].id, "97604802-a090-43fa-a5ce-c7cfd737fbba");
    assert_string_equal(reply.entries[0].name, "x1.c32m256");
    assert_int_equal(reply.entries[0].vcpus, 32);
    assert_int_equal(reply.entries[0].ram_mib, 262144);
    call.catalogue = CATALOGUE_ZONE;
    reply = decoded(&arena, "03-get-os-availability-zone-reply.json", &call, 200);
    assert_int_equal(reply.entry_count, 2);
    assert_string_equal(reply.entries[1].name, "kr-pub-b");
    assert_true(reply.entries[1].available);
    call.catalogue = CATALOGUE_KEYPAIR;
    reply = decoded(&arena, "04-get-os-keypairs-reply.json", &call, 200);
    assert_int_equal(reply.entry_count, 1);
    assert_string_equal(reply.entries[0].name, "keypair");
    assert_string_equal(reply.entries[0].public_key, "ssh-rsa ... Generated-by-Nova");
    assert_string_equal(reply.entries[0].fingerprint, "SHA256:...");
    struct call registers = {.kind = CALL_REGISTER_KEYPAIR};
    decoded(&arena, "07-post-os-keypairs-reply.json", &registers, 200);
}

/* What the brief lists leave out stays unseen, and is no difference. */
static void test_brief_lists(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_FLAVOR};
    struct reply reply = decoded(&arena, "01-get-flavors-reply.json", &call, 200);
    assert_true(reply.entry_count > 0);
    assert_string_equal(reply.entries[0].id, "013bea75-8541-4c6f-9abe-a03fee3d74fe");
    assert_string_equal(reply.entries[0].name, "x1.c32m256");
    call = (struct call){.kind = CALL_LOOK, .look = LOOK_LIST};
    reply = decoded(&arena, "08-get-servers-reply.json", &call, 200);
    assert_int_equal(reply.server_count, 1);
    assert_string_equal(reply.servers[0].name, "Web-Server");
    assert_int_equal(reply.servers[0].phase, PHASE_UNKNOWN);
    assert_false(reply.servers[0].seen & FIELD_BIT(FIELD_FLAVOR));
}

/* An attachment is called like its volume: what the detailed list shows is all that there is to know. */
static void test_attachments(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    cJSON *all = guide_json(&arena, "14-get-servers-serverId-os-volume_attachments-reply.json");
    cJSON *one = guide_json(&arena, "15-get-servers-serverId-os-volume_attachments-volumeId-reply.json");
    cJSON *list = cJSON_GetObjectItem(all, "volumeAttachments"), *each;
    assert_int_equal(cJSON_GetArraySize(list), 2);
    cJSON_AddItemToArray(list, cJSON_Duplicate(cJSON_GetObjectItem(one, "volumeAttachment"), true));
    cJSON_ArrayForEach(each, list)
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(each, "id")),
                            cJSON_GetStringValue(cJSON_GetObjectItem(each, "volumeId")));
    cJSON_Delete(all);
    cJSON_Delete(one);
}

/* One key pair has its members where the list has them, with its public key. */
static void test_one_keypair(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    cJSON *one = guide_json(&arena, "05-get-os-keypairs-keypairName-reply.json");
    cJSON *list = guide_json(&arena, "04-get-os-keypairs-reply.json"), *member;
    cJSON *keypair = cJSON_GetObjectItem(one, "keypair");
    cJSON *first =
        cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(list, "keypairs"), 0), "keypair");
    assert_true(cJSON_GetArraySize(first) > 0);
    cJSON_ArrayForEach(member, first) assert_non_null(cJSON_GetObjectItem(keypair, member->string));
    cJSON_Delete(one);
    cJSON_Delete(list);
}

static void test_every_file_has_a_case(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    const char *source = getenv("SETPOINT_SOURCE_DIR");
    DIR *folder = opendir(arena_printf(&arena, "%s/tests/contract/nova/guide", source ? source : "."));
    assert_non_null(folder);
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        bool known = entry->d_name[0] == '.';
        for (unsigned i = 0; i < read_count; i++)
            known |= strcmp(read_files[i], entry->d_name) == 0;
        if (!known) fail_msg("no case for %s", entry->d_name);
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    assert_int_equal(count, 26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_image),
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_server_replies),
        cmocka_unit_test(test_catalogue_replies),
        cmocka_unit_test(test_brief_lists),
        cmocka_unit_test(test_attachments),
        cmocka_unit_test(test_one_keypair),
        cmocka_unit_test(test_every_file_has_a_case),
    };
    return UNIT_RUN(tests);
}
