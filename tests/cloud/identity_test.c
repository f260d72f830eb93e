#include "client.h"

#include <stdio.h>
#include <string.h>

#define CREDENTIAL                                                                                           \
    "\"application_credential\":{\"id\":\"8c1f0b6e5d2a4f7c9e3b1a0d6f5e4c3b\",\"secret\":\"%s\"}"

static int login_v2(struct client *client, const char *user, const char *password, const char *project)
{
    char body[512];

    snprintf(
        body, sizeof body,
        "{\"auth\":{\"tenantId\":\"%s\",\"passwordCredentials\":{\"username\":\"%s\",\"password\":\"%s\"}}}",
        project, user, password);
    return client_send(client, "POST", "/identity/v2.0/tokens", body);
}

static void v2_gives_a_token_and_a_catalogue(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    const cJSON *entry;
    bool seen = false;

    (void)state;
    assert_int_equal(login_v2(client, "demo", "demo-password", CLIENT_PROJECT), 200);
    assert_true(strlen(client_text(client, "access.token.id")) > 100);
    assert_int_equal(strlen(client_text(client, "access.token.expires")), strlen("2026-01-01T00:00:00Z"));
    assert_int_equal(strlen(client_text(client, "access.token.issued_at")),
                     strlen("2026-01-01T00:00:00.000000"));
    cJSON_ArrayForEach(entry, client_at(client, "access.serviceCatalog"))
    {
        const cJSON *endpoint = cJSON_GetArrayItem(cJSON_GetObjectItem(entry, "endpoints"), 0);

        if (strcmp(cJSON_GetObjectItem(entry, "type")->valuestring, "compute") != 0) continue;
        seen = true;
        assert_string_equal(cJSON_GetObjectItem(endpoint, "publicURL")->valuestring,
                            "http://cloud.test/compute/v2/" CLIENT_PROJECT);
        assert_string_equal(cJSON_GetObjectItem(endpoint, "region")->valuestring, "KR1");
    }
    assert_true(seen);
    client_free(client);
}

static void wrong_logins_are_401(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);

    (void)state;
    assert_int_equal(login_v2(client, "demo", "wrong", CLIENT_PROJECT), 401);
    assert_int_equal(cJSON_GetNumberValue(client_at(client, "error.code")), 401);
    assert_int_equal(login_v2(client, "nobody", "demo-password", CLIENT_PROJECT), 401);
    assert_int_equal(login_v2(client, "demo", "demo-password", "4cd91abf336f4e9d8619929bb0bb4897"), 401);
    assert_int_equal(client_send(client, "POST", "/identity/v2.0/tokens", "{}"), 400);
    assert_int_equal(client_send(client, "POST", "/identity/v2.0/tokens", "{"), 400);
    assert_int_equal(client_send(client, "POST", "/identity/v3/auth/tokens", "{}"), 404);
    client_free(client);
}

static int login_v3(struct client *client, const char *inner)
{
    char body[700];

    snprintf(body, sizeof body, "{\"auth\":{%s}}", inner);
    return client_send(client, "POST", "/identity/v3/auth/tokens", body);
}

static void v3_by_password(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);

    (void)state;
    assert_int_equal(
        login_v3(client, "\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"demo\","
                         "\"domain\":{\"name\":\"Default\"},\"password\":\"demo-password\"}}},\"scope\":{"
                         "\"project\":{\"name\":\"demo\",\"domain\":{\"name\":\"Default\"}}}"),
        201);
    assert_string_equal(client_text(client, "token.project.id"), CLIENT_PROJECT);
    assert_non_null(cloud_reply_header(&client->reply, "X-Subject-Token"));
    assert_int_equal(cJSON_GetArraySize(client_at(client, "token.catalog.0.endpoints")), 3);
    assert_int_equal(
        login_v3(client, "\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"demo\","
                         "\"domain\":{\"name\":\"Elsewhere\"},\"password\":\"demo-password\"}}}"),
        401);
    client_free(client);
}

static void v3_by_application_credential(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    char inner[400];

    (void)state;
    snprintf(inner, sizeof inner, "\"identity\":{\"methods\":[\"application_credential\"]," CREDENTIAL "}",
             "demo-credential-secret");
    assert_int_equal(login_v3(client, inner), 201);
    assert_string_equal(client_text(client, "token.methods.0"), "application_credential");
    snprintf(inner, sizeof inner, "\"identity\":{\"methods\":[\"application_credential\"]," CREDENTIAL "}",
             "wrong");
    assert_int_equal(login_v3(client, inner), 401);
    snprintf(inner, sizeof inner,
             "\"identity\":{\"methods\":[\"application_credential\"]," CREDENTIAL
             "},\"scope\":{\"project\":{\"id\":\"%s\"}}",
             "demo-credential-secret", CLIENT_PROJECT);
    assert_int_equal(login_v3(client, inner), 401);
    client_free(client);
}

static void tokens_expire(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);

    (void)state;
    client_wait(client, 3599 * 1000);
    assert_int_equal(client_compute(client, "GET", NULL, "servers"), 200);
    client_wait(client, 1000);
    assert_int_equal(client_compute(client, "GET", NULL, "servers"), 401);
    assert_string_equal(client_text(client, "error.title"), "Unauthorized");
    assert_false(client_last_record(client).authorized);
    client_free(client);
}

static void revoked_tokens_live_in_the_cache(void **state)
{
    struct cloud_options options;
    struct client *client;

    (void)state;
    client_options(&options, CLOUD_NHN_V2);
    options.token_cache_ms = 300000;
    client = client_new(&options);
    assert_int_equal(client_change(client, CLOUD_CHANGE_REVOKE, "", "", ""), 1);
    assert_int_equal(client_compute(client, "GET", NULL, "servers"), 200);
    client_wait(client, 300000);
    assert_int_equal(client_compute(client, "GET", NULL, "servers"), 401);
    client_free(client);
}

static void a_new_password_ends_the_tokens(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);

    (void)state;
    assert_int_equal(client_change(client, CLOUD_CHANGE_PASSWORD, "", "demo", "new"), 1);
    assert_int_equal(client_compute(client, "GET", NULL, "servers"), 401);
    assert_int_equal(login_v2(client, "demo", "demo-password", CLIENT_PROJECT), 401);
    assert_int_equal(login_v2(client, "demo", "new", CLIENT_PROJECT), 200);
    client_free(client);
}

static void another_project_in_the_path_is_400(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);

    (void)state;
    assert_int_equal(client_send(client, "GET", "/compute/v2/4cd91abf336f4e9d8619929bb0bb4897/servers", NULL),
                     400);
    assert_int_equal(client_send(client, "GET", "/compute/v2.1/servers", NULL), 200);
    client_free(client);
}

static void regions_are_apart(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_send(client, "GET", "/region/KR2/compute/v2/" CLIENT_PROJECT "/servers", NULL),
                     200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "servers")), 0);
    client_free(client);
}

static void roots_have_documents(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);

    (void)state;
    client->token[0] = '\0';
    assert_int_equal(client_send(client, "GET", "/identity", NULL), 300);
    assert_string_equal(client_text(client, "versions.values.0.links.0.href"),
                        "http://cloud.test/identity/v3/");
    assert_int_equal(client_send(client, "GET", "/compute/", NULL), 200);
    assert_int_equal(client_send(client, "GET", "/compute/v2.1/", NULL), 200);
    assert_string_equal(client_text(client, "version.min_version"), "2.1");
    assert_int_equal(client_send(client, "GET", "/elsewhere", NULL), 404);
    assert_int_equal(client_send(client, "PATCH", "/compute/v2.1/servers", NULL), 405);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v2_gives_a_token_and_a_catalogue),
        cmocka_unit_test(wrong_logins_are_401),
        cmocka_unit_test(v3_by_password),
        cmocka_unit_test(v3_by_application_credential),
        cmocka_unit_test(tokens_expire),
        cmocka_unit_test(revoked_tokens_live_in_the_cache),
        cmocka_unit_test(a_new_password_ends_the_tokens),
        cmocka_unit_test(another_project_in_the_path_is_400),
        cmocka_unit_test(regions_are_apart),
        cmocka_unit_test(roots_have_documents),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
