/* The dialect tencent-gateway as the facts describe it. */
#include "client.h"

#include "tencent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gateway {
    struct client client; /* cloud, time and the last reply */
    char authorization[256];
};

static void gateway_open(struct gateway *gateway, const char *const *turned)
{
    struct cloud_options options;

    *gateway = (struct gateway){0};
    client_options(&options, CLOUD_TENCENT_GATEWAY);
    for (; turned && *turned; turned++)
        assert_true(cloud_switch_set(&options, *turned));
    gateway->client.cloud = cloud_new(&options);
}

static void forget(struct client *client)
{
    cloud_reply_release(&client->reply);
    cJSON_Delete(client->json);
    client->json = NULL;
}

static void gateway_close(struct gateway *gateway)
{
    forget(&gateway->client);
    cloud_free(gateway->client.cloud);
}

/* The HTTP status. */
static int ask(struct gateway *gateway, const char *path, const char *body)
{
    struct client *client = &gateway->client;
    struct cloud_header header = {"Authorization", gateway->authorization};
    struct cloud_request request = {.method = "POST",
                                    .path = path,
                                    .headers = &header,
                                    .header_count = *gateway->authorization != '\0',
                                    .body = body,
                                    .body_size = strlen(body)};

    forget(client);
    cloud_handle(client->cloud, client->now_ms, &request, &client->reply);
    client->json = cJSON_Parse(client->reply.body ? client->reply.body : "");
    return client->reply.status;
}

/* The code of the envelope. */
static int asked(struct gateway *gateway, const char *action, const char *members)
{
    char path[64], body[1024];
    const cJSON *code;

    snprintf(path, sizeof path, "/v1/tencent/compute/%s", action);
    snprintf(body, sizeof body,
             "{\"Region\":\"ap-guangzhou\",\"TenantUuid\":\"system\",\"ClusterUuid\":\"c\",%s}", members);
    assert_int_equal(ask(gateway, path, body), 200);
    code = client_at(&gateway->client, "scode");
    assert_true(cJSON_IsNumber(code));
    return code->valueint;
}

static bool says(const struct gateway *gateway, const char *word)
{
    const char *desc = client_text(&gateway->client, "desc");

    return desc && strstr(desc, word);
}

static int login(struct gateway *gateway, const char *password)
{
    char digest[33], body[256];

    tencent_md5(password, digest);
    snprintf(body, sizeof body, "{\"tenant\":\"demo\",\"user\":\"demo\",\"password\":\"%s\"}", digest);
    assert_int_equal(ask(gateway, "/v1/authentication/login", body), 200);
    if (client_text(&gateway->client, "data.token"))
        snprintf(gateway->authorization, sizeof gateway->authorization, "Bearer %.200s",
                 client_text(&gateway->client, "data.token"));
    return client_at(&gateway->client, "scode")->valueint;
}

#define SERVER                                                                                               \
    "\"Placement\":{\"Zone\":\"ap-guangzhou-3\"},\"InstanceType\":\"m2.c1m2\",\"ImageId\":\"img-"            \
    "rockylinux9\""

/* Makes one and waits until it is settled; its id. */
static const char *made(struct gateway *gateway, const char *name, char id[CLOUD_ID_SIZE])
{
    char members[512];

    snprintf(members, sizeof members, SERVER ",\"InstanceName\":\"%s\"", name);
    assert_int_equal(asked(gateway, "create", members), 0);
    gateway->client.now_ms += 5000;
    assert_int_equal(asked(gateway, "list", "\"Fuzzy\":\"\""), 0);
    snprintf(id, CLOUD_ID_SIZE, "%s", client_text(&gateway->client, "data.List.0.InstanceId"));
    return id;
}

static const char *state_of(struct gateway *gateway, const char *id)
{
    static char text[128];
    char members[64];

    snprintf(members, sizeof members, "\"InstanceId\":\"%s\"", id);
    if (asked(gateway, "inspect", members) != 0) return "none";
    snprintf(text, sizeof text, "%s %s %s", client_text(&gateway->client, "data.InstanceState"),
             client_text(&gateway->client, "data.LatestOperation"),
             client_text(&gateway->client, "data.LatestOperationState"));
    return text;
}

static int act(struct gateway *gateway, const char *action, const char *id)
{
    char members[128];

    snprintf(members, sizeof members, "\"InstanceIds\":[\"%s\"]", id);
    return asked(gateway, action, members);
}

static void digests_are_those_of_the_rfc(void **state)
{
    char digest[33];

    (void)state;
    tencent_md5("", digest);
    assert_string_equal(digest, "d41d8cd98f00b204e9800998ecf8427e");
    tencent_md5("message digest", digest);
    assert_string_equal(digest, "f96b697d7cb7938d525a2f31aaf161d0");
    tencent_md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890", digest);
    assert_string_equal(digest, "57edf4a22be3c955ac49da2e2107b67a");
}

static void a_log_in_takes_the_digest(void **state)
{
    struct gateway gateway;

    (void)state;
    gateway_open(&gateway, NULL);
    assert_int_not_equal(login(&gateway, "wrong"), 0);
    assert_string_equal(gateway.authorization, "");
    assert_int_not_equal(asked(&gateway, "list", "\"PageNum\":0"), 0);
    assert_int_equal(login(&gateway, "demo-password"), 0);
    assert_int_equal(asked(&gateway, "list", "\"PageNum\":0"), 0);
    assert_int_equal(ask(&gateway, "/v1/tencent/compute/nothing", "{}"), 404);
    gateway_close(&gateway);
}

/* No id comes back; it runs before its password is set. */
static void a_create_passes_all_states(void **state)
{
    struct gateway gateway;
    char id[CLOUD_ID_SIZE];

    (void)state;
    gateway_open(&gateway, (const char *const[]){"fresh-instance=at-once", NULL});
    login(&gateway, "demo-password");
    assert_int_equal(
        asked(&gateway, "create", SERVER ",\"InstanceName\":\"one\",\"securityGroupId\":[\"sg-web\"]"), 0);
    assert_int_equal(cJSON_GetArraySize(client_at(&gateway.client, "data")), 0);
    asked(&gateway, "list", "\"PageNum\":0");
    snprintf(id, sizeof id, "%s", client_text(&gateway.client, "data.List.0.InstanceId"));
    assert_string_equal(client_text(&gateway.client, "data.List.0.SecurityGroupIds.0"), "sg-default");
    assert_string_equal(state_of(&gateway, id), "PENDING RunInstances OPERATING");
    gateway.client.now_ms += 1100;
    assert_string_equal(state_of(&gateway, id), "RUNNING ResetInstancesPassword OPERATING");
    assert_int_not_equal(act(&gateway, "turn_off", id), 0);
    assert_true(says(&gateway, "InstanceOperationInProgress"));
    gateway.client.now_ms += TENCENT_PASSWORD_MS;
    assert_string_equal(state_of(&gateway, id), "RUNNING RunInstances SUCCESS");
    gateway_close(&gateway);
}

static void what_was_accepted_shows_late(void **state)
{
    struct gateway gateway;
    char id[CLOUD_ID_SIZE];

    (void)state;
    gateway_open(&gateway, NULL);
    login(&gateway, "demo-password");
    made(&gateway, "one", id);
    assert_int_equal(act(&gateway, "turn_off", id), 0);
    assert_string_equal(state_of(&gateway, id), "RUNNING RunInstances SUCCESS");
    gateway.client.now_ms += 200; /* it took 100 */
    assert_string_equal(state_of(&gateway, id), "STOPPED StopInstances SUCCESS");
    assert_int_not_equal(act(&gateway, "turn_off", id), 0);
    assert_true(says(&gateway, "UnsupportedOperation.InstanceStateStopped"));
    assert_int_equal(act(&gateway, "turn_on", id), 0);
    gateway_close(&gateway);
}

static void a_delete_has_two_stages(void **state)
{
    struct gateway gateway;
    char id[CLOUD_ID_SIZE];

    (void)state;
    gateway_open(&gateway, NULL);
    login(&gateway, "demo-password");
    made(&gateway, "one", id);
    assert_int_equal(act(&gateway, "delete", id), 0);
    gateway.client.now_ms += 1000;
    assert_string_equal(state_of(&gateway, id), "SHUTDOWN TerminateInstances SUCCESS");
    assert_int_not_equal(act(&gateway, "turn_on", id), 0);
    assert_true(says(&gateway, "InstanceStateShutdown"));
    asked(&gateway, "list", "\"PageNum\":0");
    assert_int_equal(client_at(&gateway.client, "data.TotalCount")->valueint, 1);
    assert_int_equal(act(&gateway, "delete", id), 0);
    assert_string_equal(state_of(&gateway, id), "none");
    made(&gateway, "two", id);
    assert_int_equal(act(&gateway, "delete", id), 0);
    gateway.client.now_ms += 2 * 3600 * 1000 + 1000;
    assert_string_equal(state_of(&gateway, id), "none");
    gateway_close(&gateway);
}

static void what_fails_to_launch_takes_no_delete(void **state)
{
    struct gateway gateway;
    struct cloud_fault fault = {.kind = CLOUD_FAULT_BUILD_ERROR};
    char id[CLOUD_ID_SIZE];

    (void)state;
    gateway_open(&gateway, NULL);
    login(&gateway, "demo-password");
    cloud_fault_add(gateway.client.cloud, &fault);
    made(&gateway, "one", id);
    assert_string_equal(state_of(&gateway, id), "LAUNCH_FAILED RunInstances FAILED");
    assert_int_not_equal(act(&gateway, "delete", id), 0);
    assert_true(says(&gateway, "InstanceStateLaunchFailed"));
    gateway.client.now_ms += TENCENT_VANISH_MS;
    assert_string_equal(state_of(&gateway, id), "none");
    gateway_close(&gateway);
}

static void pages_count_either_way(void **state)
{
    static const struct {
        const char *turned;
        const char *names[3]; /* first of the pages 0, 1, 2 of two each; newest first */
    } rows[] = {
        {"page-num=index", {"five", "three", "one"}},
        {"page-num=offset", {"five", "four", "three"}},
    };
    static const char *const names[] = {"one", "two", "three", "four", "five"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gateway gateway;
        char id[CLOUD_ID_SIZE], members[64];

        gateway_open(&gateway, (const char *const[]){rows[i].turned, NULL});
        login(&gateway, "demo-password");
        for (size_t k = 0; k < 5; k++)
            made(&gateway, names[k], id);
        for (size_t page = 0; page < 3; page++) {
            snprintf(members, sizeof members, "\"PageSize\":2,\"PageNum\":%zu", page);
            assert_int_equal(asked(&gateway, "list", members), 0);
            assert_string_equal(client_text(&gateway.client, "data.List.0.InstanceName"),
                                rows[i].names[page]);
            assert_int_equal(client_at(&gateway.client, "data.TotalCount")->valueint, 5);
        }
        assert_int_not_equal(asked(&gateway, "list", "\"PageSize\":101"), 0);
        gateway_close(&gateway);
    }
}

static void groups_alone_may_blank_the_name(void **state)
{
    static const struct {
        const char *turned, *name;
    } rows[] = {{"update-name=kept", "one"}, {"update-name=blanked", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gateway gateway;
        char id[CLOUD_ID_SIZE], members[128];

        gateway_open(&gateway, (const char *const[]){rows[i].turned, NULL});
        login(&gateway, "demo-password");
        made(&gateway, "one", id);
        snprintf(members, sizeof members, "\"InstanceIds\":[\"%s\"],\"SecurityGroups\":[\"sg-db\"]", id);
        assert_int_equal(asked(&gateway, "update", members), 0);
        state_of(&gateway, id);
        assert_string_equal(client_text(&gateway.client, "data.InstanceName"), rows[i].name);
        assert_string_equal(client_text(&gateway.client, "data.SecurityGroupIds.0"), "sg-db");
        snprintf(members, sizeof members,
                 "\"InstanceIds\":[\"%s\"],\"SecurityGroups\":[\"sg-db\"],"
                 "\"InstanceName\":\"x\"",
                 id);
        assert_int_not_equal(asked(&gateway, "update", members), 0);
        gateway_close(&gateway);
    }
}

/* It is as before, and the operation has failed; a forced one succeeds. */
static void a_soft_stop_may_be_in_vain(void **state)
{
    struct gateway gateway;
    char id[CLOUD_ID_SIZE], members[128];

    (void)state;
    gateway_open(&gateway, (const char *const[]){"soft-stop=in-vain", NULL});
    login(&gateway, "demo-password");
    made(&gateway, "one", id);
    assert_int_equal(act(&gateway, "turn_off", id), 0);
    gateway.client.now_ms += 1000;
    assert_string_equal(state_of(&gateway, id), "RUNNING StopInstances FAILED");
    snprintf(members, sizeof members, "\"InstanceIds\":[\"%s\"],\"ForceStop\":true", id);
    assert_int_equal(asked(&gateway, "turn_off", members), 0);
    gateway.client.now_ms += 1000;
    assert_string_equal(state_of(&gateway, id), "STOPPED StopInstances SUCCESS");
    gateway_close(&gateway);
}

/* No document says whose sessions a log-out ends. */
static void a_log_out_ends_a_session_or_all_of_the_user(void **state)
{
    static const struct {
        const char *turned;
        bool other_lives;
    } rows[] = {{"logout-ends=token", true}, {"logout-ends=user", false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gateway gateway;
        char other[sizeof gateway.authorization];

        gateway_open(&gateway, (const char *const[]){rows[i].turned, NULL});
        assert_int_equal(login(&gateway, "demo-password"), 0);
        memcpy(other, gateway.authorization, sizeof other);
        gateway.client.now_ms += 1000;
        assert_int_equal(login(&gateway, "demo-password"), 0);
        assert_int_equal(asked(&gateway, "list", "\"Fuzzy\":\"\""), 0);
        assert_int_equal(ask(&gateway, "/v1/authentication/logout", "{}"), 200);
        assert_int_equal(client_at(&gateway.client, "scode")->valueint, 0);
        assert_int_not_equal(asked(&gateway, "list", "\"Fuzzy\":\"\""), 0);
        assert_int_equal(ask(&gateway, "/v1/authentication/logout", "{}"), 200);
        assert_int_not_equal(client_at(&gateway.client, "scode")->valueint, 0);
        memcpy(gateway.authorization, other, sizeof other);
        assert_int_equal(asked(&gateway, "list", "\"Fuzzy\":\"\"") == 0, rows[i].other_lives);
        gateway_close(&gateway);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_those_of_the_rfc),
        cmocka_unit_test(a_log_in_takes_the_digest),
        cmocka_unit_test(a_create_passes_all_states),
        cmocka_unit_test(what_was_accepted_shows_late),
        cmocka_unit_test(a_delete_has_two_stages),
        cmocka_unit_test(what_fails_to_launch_takes_no_delete),
        cmocka_unit_test(pages_count_either_way),
        cmocka_unit_test(groups_alone_may_blank_the_name),
        cmocka_unit_test(a_soft_stop_may_be_in_vain),
        cmocka_unit_test(a_log_out_ends_a_session_or_all_of_the_user),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
