/* The dialect kakaocloud, from the table of the facts: state against action, shapes, and the quirks. */
#include "client.h"

#include <stdio.h>
#include <string.h>

#define FLAVOR_SMALL "m2.c1m2"

static int login(struct client *client)
{
    int status = client_send(client, "POST", "/iam/identity/v3/auth/tokens",
                             "{\"auth\":{\"identity\":{\"methods\":[\"application_credential\"],"
                             "\"application_credential\":{\"id\":\"8c1f0b6e5d2a4f7c9e3b1a0d6f5e4c3b\","
                             "\"secret\":\"demo-credential-secret\"}}}}");
    const char *token = cloud_reply_header(&client->reply, "X-Subject-Token");

    if (token) snprintf(client->token, sizeof client->token, "%s", token);
    return status;
}

static struct client *kakao(const char *with)
{
    struct cloud_options options;
    struct client *client;

    client_options(&options, CLOUD_KAKAOCLOUD);
    if (with) assert_true(cloud_switch_set(&options, with));
    client = client_new(&options);
    assert_int_equal(login(client), 201);
    return client;
}

static int bcs(struct client *client, const char *method, const char *body, const char *id, const char *tail)
{
    char path[512];

    snprintf(path, sizeof path, "/bcs/api/v1/instances%s%s%s", *id ? "/" : "", id, tail);
    return client_send(client, method, path, body);
}

static const char *create_body(struct client *client, const char *name, const char *more)
{
    static char body[1024];
    char flavor[CLOUD_ID_SIZE];

    snprintf(flavor, sizeof flavor, "%s", client_item(client, CLOUD_FLAVOR, FLAVOR_SMALL));
    snprintf(body, sizeof body,
             "{\"instance\":{\"name\":\"%s\",\"flavor_id\":\"%s\",\"image_id\":\"%s\",\"subnets\":[{\"id\":"
             "\"%s\"}],"
             "\"volumes\":[{\"size\":20,\"is_delete_on_termination\":true}],\"security_groups\":null%s}}",
             name, flavor, client_item(client, CLOUD_IMAGE_ITEM, "Rocky Linux 9"), CLIENT_SUBNET, more);
    return body;
}

static void make(struct client *client, const char *name, char *out_id)
{
    assert_int_equal(bcs(client, "POST", create_body(client, name, ""), "", ""), 200);
    snprintf(out_id, CLOUD_ID_SIZE, "%s", client_text(client, "instance.id"));
    client_wait(client, 60000);
}

static const char *status_now(struct client *client, const char *id)
{
    return bcs(client, "GET", NULL, id, "") == 200 ? client_text(client, "instance.status") : "404";
}

/* y taken, - refused with 409. */
static const struct {
    const char *state;
    enum cloud_change_kind change;
    const char *text;
    const char *expected; /* start stop soft hard shelve unshelve resize rebuild delete */
} rules[] = {
    {"active", CLOUD_CHANGE_ACTIVATE, "", "-yyyy--yy"},
    {"stopped", CLOUD_CHANGE_STOP, "", "y--y--yyy"},
    {"shelved_offloaded", CLOUD_CHANGE_SHELVE, "", "-----y--y"},
    {"error", CLOUD_CHANGE_ERROR, "", "--------y"},
    {"paused", CLOUD_CHANGE_PAUSE, "", "--------y"},
    {"powering-off", CLOUD_CHANGE_TASK, "powering-off", "--------y"},
};

static const char *const actions[] = {
    "/start", "/stop", "/soft-reboot", "/hard-reboot", "/shelve", "/unshelve", "/resize", "/rebuild", ""};

static const char *action_body(struct client *client, const char *tail)
{
    static char body[128];
    bool resize = strcmp(tail, "/resize") == 0;

    if (!resize && strcmp(tail, "/rebuild") != 0) return NULL;
    snprintf(body, sizeof body,
             resize ? "{\"flavor\":{\"id\":\"%s\"}}" : "{\"rebuild\":{\"image_id\":\"%s\"}}",
             resize ? client_item(client, CLOUD_FLAVOR, "m2.c2m4")
                    : client_item(client, CLOUD_IMAGE_ITEM, "Ubuntu 22.04"));
    return body;
}

static void check_rule(size_t row, size_t column, const char *with, int refusal)
{
    struct client *client = kakao(with);
    bool taken = rules[row].expected[column] == 'y';
    char id[CLOUD_ID_SIZE];
    int status;

    make(client, "web1", id);
    client_change(client, rules[row].change, "web1", "", rules[row].text);
    assert_string_equal(status_now(client, id), rules[row].state);
    status = bcs(client, *actions[column] ? "POST" : "DELETE", action_body(client, actions[column]), id,
                 actions[column]);
    if (status != (taken ? 200 : refusal))
        fail_msg("%s%s is answered with %d", rules[row].state, actions[column], status);
    if (!taken) assert_true(client_last_record(client).illegal);
    client_free(client);
}

static void test_rules(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof rules / sizeof *rules; row++) {
        for (size_t column = 0; column < sizeof actions / sizeof *actions; column++) {
            check_rule(row, column, NULL, 409);
            check_rule(row, column, "wrong-state=400", 400);
        }
    }
}

static void test_create(void **state)
{
    static const char *const missing[] = {"name",    "image_id", "flavor_id",
                                          "subnets", "volumes",  "security_groups"};
    struct client *client = kakao(NULL);
    char id[CLOUD_ID_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        cJSON *body = cJSON_Parse(create_body(client, "web1", ""));
        char *text;

        cJSON_DeleteItemFromObject(cJSON_GetObjectItem(body, "instance"), missing[i]);
        text = cJSON_PrintUnformatted(body);
        assert_int_equal(bcs(client, "POST", text, "", ""), 400);
        cJSON_free(text);
        cJSON_Delete(body);
    }
    assert_int_equal(bcs(client, "POST", create_body(client, "web1", ",\"metadata\":{}"), "", ""), 400);
    assert_int_equal(bcs(client, "POST", create_body(client, "web1", ""), "", ""), 200);
    assert_non_null(client_text(client, "instance.admin_pass"));
    assert_null(client_at(client, "instance.status"));
    assert_null(client_at(client, "instance.name"));
    snprintf(id, sizeof id, "%s", client_text(client, "instance.id"));
    /* not there yet, to GET and to the list; then building, then active */
    assert_string_equal(status_now(client, id), "404");
    assert_int_equal(bcs(client, "GET", NULL, "", ""), 200);
    assert_int_equal(client_at(client, "pagination.total")->valueint, 0);
    client_wait(client, 60000);
    assert_string_equal(status_now(client, id), "active");
    /* the same name again is another one; of many the reply names one */
    assert_int_equal(bcs(client, "POST", create_body(client, "web1", ",\"count\":3"), "", ""), 200);
    assert_int_equal(cloud_server_live(client->cloud), 4);
    client_free(client);
}

/* By name at create, by id afterwards. */
static void test_groups(void **state)
{
    struct client *client = kakao(NULL);
    char id[CLOUD_ID_SIZE];
    char body[2048];
    char tail[256];
    char nic[CLOUD_ID_SIZE];
    char web[CLOUD_ID_SIZE];

    (void)state;
    snprintf(web, sizeof web, "%s", client_item(client, CLOUD_GROUP, "web"));
    make(client, "web1", id);
    assert_int_equal(bcs(client, "GET", NULL, id, ""), 200);
    snprintf(nic, sizeof nic, "%s", client_text(client, "instance.addresses.0.network_interface_id"));
    snprintf(tail, sizeof tail, "/network-interfaces/%s/security-groups/%s", nic, web);
    assert_int_equal(bcs(client, "POST", NULL, id, tail), 200);
    assert_string_equal(client_text(client, "security_group.ids.0"), web);
    assert_int_equal(bcs(client, "POST", NULL, id, tail), 409);
    assert_int_equal(bcs(client, "DELETE", NULL, id, tail), 200);
    assert_int_equal(bcs(client, "DELETE", NULL, id, tail), 409);
    snprintf(tail, sizeof tail, "/network-interfaces/%s/security-groups/web", nic);
    assert_int_equal(bcs(client, "POST", NULL, id, tail), 404);
    snprintf(tail, sizeof tail, "/network-interfaces/%s/security-groups/%s", web, web);
    assert_int_equal(bcs(client, "POST", NULL, id, tail), 404);
    snprintf(body, sizeof body, "%s", create_body(client, "web2", ""));
    {
        cJSON *tree = cJSON_Parse(body);
        cJSON *instance = cJSON_GetObjectItem(tree, "instance");
        char *text;
        char group[128];

        snprintf(group, sizeof group, "[{\"name\":\"%s\"}]", web); /* an id is no name */
        cJSON_ReplaceItemInObject(instance, "security_groups", cJSON_Parse(group));
        text = cJSON_PrintUnformatted(tree);
        assert_int_equal(bcs(client, "POST", text, "", ""), 404);
        cJSON_free(text);
        cJSON_Delete(tree);
    }
    client_free(client);
}

static void test_list(void **state)
{
    struct client *client = kakao(NULL);

    (void)state;
    cloud_preload(client->cloud, client->now_ms, 25, "load");
    assert_int_equal(bcs(client, "GET", NULL, "", ""), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "instances")), 20); /* the default limit */
    assert_int_equal(client_at(client, "pagination.total")->valueint, 25);
    assert_int_equal(client_at(client, "pagination.limit")->valueint, 20);
    assert_string_equal(client_text(client, "instances.0.name"), "load-25"); /* newest first */
    assert_int_equal(bcs(client, "GET", NULL, "", "?limit=1000&offset=20"), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "instances")), 5);
    assert_string_equal(client_text(client, "instances.0.name"), "load-5");
    assert_int_equal(bcs(client, "GET", NULL, "", "?limit=1000&sort_dirs=asc"), 200);
    assert_string_equal(client_text(client, "instances.0.name"), "load-1");
    assert_int_equal(bcs(client, "GET", NULL, "", "?name=ad-2"), 200); /* a part of the name */
    assert_int_equal(client_at(client, "pagination.total")->valueint, 7);
    assert_int_equal(bcs(client, "GET", NULL, "", "?limit=many"), 400);
    client_free(client);
}

/* What is deleted stays in the list for a while; GET says 404 at once. */
static void test_delete(void **state)
{
    struct client *client = kakao(NULL);
    char id[CLOUD_ID_SIZE];

    (void)state;
    make(client, "web1", id);
    assert_int_equal(bcs(client, "DELETE", NULL, id, ""), 200);
    client_wait(client, 1000);
    assert_string_equal(status_now(client, id), "404");
    assert_int_equal(bcs(client, "GET", NULL, "", ""), 200);
    assert_string_equal(client_text(client, "instances.0.status"), "deleted");
    client_wait(client, 10000);
    assert_int_equal(bcs(client, "GET", NULL, "", ""), 200);
    assert_int_equal(client_at(client, "pagination.total")->valueint, 0);
    assert_int_equal(bcs(client, "DELETE", NULL, id, ""), 404);
    client_free(client);
}

/* PUT: only what is given changes; its reply is another model. */
static void test_update(void **state)
{
    struct client *client = kakao(NULL);
    char id[CLOUD_ID_SIZE];

    (void)state;
    make(client, "web1", id);
    assert_int_equal(bcs(client, "PUT", "{\"instance\":{\"description\":\"by Ann\"}}", id, ""), 200);
    assert_null(client_at(client, "instance.status"));
    assert_null(client_at(client, "instance.flavor.id"));
    assert_non_null(client_at(client, "instance.flavor.original_name"));
    assert_int_equal(bcs(client, "PUT", "{\"instance\":{\"name\":\"web2\"}}", id, ""), 200);
    assert_int_equal(bcs(client, "GET", NULL, id, ""), 200);
    assert_string_equal(client_text(client, "instance.description"), "by Ann");
    assert_string_equal(client_text(client, "instance.name"), "web2");
    assert_int_equal(bcs(client, "PUT", "{\"instance\":{\"description\":null}}", id, ""), 200);
    assert_int_equal(bcs(client, "GET", NULL, id, ""), 200);
    assert_string_equal(client_text(client, "instance.description"), "");
    assert_int_equal(bcs(client, "PUT", "{\"instance\":{\"description\":\"two\\nlines\"}}", id, ""), 400);
    assert_int_equal(bcs(client, "PUT", "{}", id, ""), 400);
    client_free(client);
}

/* "stopped" before, for a moment after, and in the end. */
static void test_resize(void **state)
{
    struct client *client = kakao(NULL);
    char id[CLOUD_ID_SIZE];
    bool passed = false;

    (void)state;
    make(client, "web1", id);
    client_change(client, CLOUD_CHANGE_STOP, "web1", "", "");
    assert_int_equal(bcs(client, "POST", action_body(client, "/resize"), id, "/resize"), 200);
    assert_string_equal(status_now(client, id), "stopped");
    assert_string_equal(client_text(client, "instance.flavor.name"), FLAVOR_SMALL);
    for (unsigned i = 0; i < 20; i++) {
        client_wait(client, 10);
        passed = passed || strncmp(status_now(client, id), "resize_", 7) == 0;
    }
    assert_true(passed);
    client_wait(client, 10000);
    assert_string_equal(status_now(client, id), "stopped");
    assert_string_equal(client_text(client, "instance.flavor.name"), "m2.c2m4");
    client_free(client);
}

static void test_keypairs(void **state)
{
    struct client *client = kakao(NULL);
    static const char path[] = "/bcs/api/v1/keypairs";

    (void)state;
    assert_int_equal(
        client_send(client, "POST", path, "{\"keypair\":{\"name\":\"k\",\"public_key\":\"ssh-rsa A\"}}"),
        200);
    assert_true(cJSON_IsNull(client_at(client, "keypair.private_key")));
    assert_string_equal(client_text(client, "keypair.public_key"), "ssh-rsa A");
    assert_int_equal(client_send(client, "POST", path, "{\"keypair\":{\"name\":\"k\"}}"), 409);
    assert_int_equal(client_send(client, "POST", path, "{\"keypair\":{}}"), 400);
    assert_int_equal(client_send(client, "POST", path, "{\"keypair\":{\"name\":\"m\"}}"), 200);
    assert_non_null(client_text(client, "keypair.private_key"));
    assert_int_equal(client_send(client, "DELETE", "/bcs/api/v1/keypairs/k", NULL), 200);
    assert_int_equal(client_send(client, "DELETE", "/bcs/api/v1/keypairs/k", NULL), 404);
    client_free(client);
}

/* code is a number at IAM and a text elsewhere; a path that nobody has is the framework's. */
static void test_errors(void **state)
{
    struct client *client = kakao(NULL);

    (void)state;
    assert_int_equal(client_send(client, "POST", "/iam/identity/v3/auth/tokens", "{\"auth\":{}}"), 401);
    assert_true(cJSON_IsNumber(client_at(client, "error.code")));
    assert_non_null(client_text(client, "error.title"));
    assert_int_equal(bcs(client, "GET", NULL, "nobody", ""), 404);
    assert_true(cJSON_IsString(client_at(client, "error.code")));
    assert_int_equal(client_send(client, "GET", "/bcs/api/v1/nothing", NULL), 404);
    assert_string_equal(client_text(client, "detail"), "Not Found");
    assert_int_equal(client_send(client, "PATCH", "/bcs/api/v1/instances", "{}"), 405);
    client_change(client, CLOUD_CHANGE_REVOKE, "", "", "");
    assert_int_equal(bcs(client, "GET", NULL, "", ""), 401);
    assert_int_equal(login(client), 201);
    assert_int_equal(bcs(client, "GET", NULL, "", ""), 200);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),  cmocka_unit_test(test_create), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_list),   cmocka_unit_test(test_delete), cmocka_unit_test(test_update),
        cmocka_unit_test(test_resize), cmocka_unit_test(test_errors), cmocka_unit_test(test_keypairs),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
