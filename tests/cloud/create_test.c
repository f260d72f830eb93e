#include "client.h"

#include <stdio.h>
#include <string.h>

/* A create whose body is the good one with these members set instead (NULL text: taken away). */
struct variation {
    const char *key;
    const char *json;
    int status;
    const char *message;
};

static char *create_body(struct client *client, const struct variation *variation)
{
    const char *image = client_item(client, CLOUD_IMAGE_ITEM, "Rocky Linux 9");
    char text[1024];
    cJSON *root;
    cJSON *server;
    char *printed;

    snprintf(
        text, sizeof text,
        "{\"server\":{\"name\":\"one\",\"imageRef\":\"%s\",\"flavorRef\":\"%s\",\"networks\":[{\"subnet\":"
        "\"" CLIENT_SUBNET
        "\"}],\"key_name\":\"ops\",\"block_device_mapping_v2\":[{\"uuid\":\"%s\",\"boot_index\":0,"
        "\"volume_size\":20,\"source_type\":\"image\",\"destination_type\":\"volume\"}]}}",
        image, client_item(client, CLOUD_FLAVOR, "m2.c1m2"), image);
    root = cJSON_Parse(text);
    server = cJSON_GetObjectItem(root, "server");
    if (variation->key) {
        cJSON_DeleteItemFromObject(server, variation->key);
        if (variation->json) cJSON_AddItemToObject(server, variation->key, cJSON_Parse(variation->json));
    }
    printed = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return printed;
}

static void check_variation(struct client *client, const struct variation *variation)
{
    char *body = create_body(client, variation);
    const cJSON *error;

    client_compute(client, "POST", body, "servers");
    error = client->json ? client->json->child : NULL;
    if (client->reply.status != variation->status ||
        (variation->message &&
         !strstr(cJSON_GetStringValue(cJSON_GetObjectItem(error, "message")), variation->message)))
        fail_msg("%s = %s: %d %s", variation->key, variation->json ? variation->json : "(none)",
                 client->reply.status, client->reply.body);
    cJSON_free(body);
}

/* Nova's schema counts characters, not bytes. */
#define FIVE(text) text text text text text
#define HANGUL_17  FIVE("가나다") "라마"
#define HANGUL_255 FIVE(HANGUL_17 HANGUL_17 HANGUL_17)

static void bodies_are_checked(void **state)
{
    static const struct variation variations[] = {
        {NULL, NULL, 202, NULL},
        {"name", NULL, 400, "'name' is a required property"},
        {"name", "\"\"", 400, "too short"},
        {"name", "7", 400, "not of type 'string'"},
        {"flavorRef", NULL, 400, "'flavorRef' is a required property"},
        {"flavorRef", "\"nope\"", 400, "Flavor nope could not be found."},
        {"imageRef", "\"nope\"", 400, "imageRef"},
        {"imageRef", "\"00000000-0000-0000-0000-000000000000\"", 400, "Can not find requested image"},
        {"imageRef", NULL, 202, NULL},
        {"key_name", "\"nope\"", 400, "Invalid key_name"},
        {"availability_zone", "\"mars\"", 400, "availability zone"},
        {"availability_zone", "\"kr-pub-b\"", 202, NULL},
        {"security_groups", "[{\"name\":\"nope\"}]", 400, "Unable to find security_group"},
        {"networks", "[{\"uuid\":\"00000000-0000-0000-0000-000000000000\"}]", 400, "Network"},
        {"networks", "[{\"subnet\":\"00000000-0000-0000-0000-000000000000\"}]", 400, "Subnet"},
        {"networks", NULL, 409, "Multiple possible networks"},
        {"user_data", "\"!!!\"", 400, "base64"},
        {"user_data", "\"IyEvYmluL3NoCg==\"", 202, NULL},
        {"metadata", "{\"a/b\":\"1\"}", 400, "does not match"},
        {"metadata", "{\"a\":1}", 400, "not of type 'string'"},
        {"metadata", "{\"a\":\"" HANGUL_255 "\"}", 202, NULL},
        {"metadata", "{\"a\":\"" HANGUL_255 "x\"}", 400, "too long"},
        {"min_count", "3", 202, NULL},
        {"max_count", "11", 400, "max_count"},
        {"block_device_mapping_v2", NULL, 400, "Missing Block Device Mapping attribute"},
        {"block_device_mapping_v2",
         "[{\"source_type\":\"volume\",\"destination_type\":\"volume\",\"boot_index\":0,\"uuid\":"
         "\"" CLIENT_VOLUME "\"}]",
         202, NULL},
        {"block_device_mapping_v2",
         "[{\"source_type\":\"image\",\"destination_type\":\"volume\",\"boot_index\":0,\"uuid\":\"nope\"}]",
         400, "failed to get image"},
        {"no_such_property", "1", 202, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof variations / sizeof *variations; i++) {
        struct client *client = client_of(CLOUD_NHN_V2);

        check_variation(client, &variations[i]);
        client_free(client);
    }
}

static void strict_bodies_know_all_properties(void **state)
{
    struct cloud_options options;
    struct client *client;
    struct variation unknown = {"no_such_property", "1", 400, "Additional properties are not allowed"};

    (void)state;
    client_options(&options, CLOUD_NHN_V2);
    options.strict_body = true;
    client = client_new(&options);
    check_variation(client, &unknown);
    client_free(client);
}

static void windows_has_its_rules(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char device[300];
    struct variation devices = {"block_device_mapping_v2", device, 400, "minimum size"};

    (void)state;
    snprintf(device, sizeof device,
             "[{\"uuid\":\"%s\",\"boot_index\":0,\"volume_size\":20,\"source_type\":\"image\",\"destination_"
             "type\":"
             "\"volume\"}]",
             client_item(client, CLOUD_IMAGE_ITEM, "Windows 2022"));
    check_variation(client, &devices);
    client_free(client);
}

static void what_was_asked_is_what_is(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct variation groups = {"security_groups", "[{\"name\":\"web\"},{\"name\":\"db\"}]", 202, NULL};
    struct cloud_server server;

    (void)state;
    check_variation(client, &groups);
    client_settle(client);
    assert_true(cloud_server_by_object(client->cloud, "one", &server));
    assert_string_equal(server.flavor_name, "m2.c1m2");
    assert_string_equal(server.subnet_id, CLIENT_SUBNET);
    assert_string_equal(server.keypair, "ops");
    assert_int_equal(server.group_count, 2);
    assert_string_equal(server.groups[1], "db");
    assert_true(server.root_on_volume);
    assert_false(server.root_delete);
    assert_true(server.by_request);
    client_compute(client, "GET", NULL, "servers/%s", server.id);
    assert_string_equal(client_text(client, "server.metadata.os_distro"), "rocky");
    assert_non_null(client_at(client, "server.addresses.Default Network"));
    client_free(client);
}

static void a_root_volume_may_outlive_its_server(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct variation good = {NULL, NULL, 202, NULL};
    struct cloud_server server;
    struct cloud_item item;
    size_t before = 0;
    size_t after = 0;
    char id[CLOUD_ID_SIZE];

    (void)state;
    while (cloud_catalogue_at(client->cloud, CLOUD_VOLUME_ITEM, before, &item))
        before++;
    check_variation(client, &good);
    client_settle(client);
    assert_true(cloud_server_by_object(client->cloud, "one", &server));
    client_compute(client, "DELETE", NULL, "servers/%s", server.id);
    client_settle(client);
    client_make(client, "two", id); /* this one says delete_on_termination */
    client_compute(client, "DELETE", NULL, "servers/%s", id);
    client_settle(client);
    while (cloud_catalogue_at(client->cloud, CLOUD_VOLUME_ITEM, after, &item))
        after++;
    assert_int_equal(after, before + 1);
    client_free(client);
}

static void quotas_hold(void **state)
{
    struct cloud_options options;
    struct client *client;
    struct variation four = {"min_count", "4", 403,
                             "Quota exceeded for instances: Requested 4, but already used 0 of 3"};
    struct variation some = {"max_count", "5", 202, NULL};
    struct variation one = {NULL, NULL, 403, "already used 3 of 3"};

    (void)state;
    client_options(&options, CLOUD_NHN_V2);
    options.quota_instances = 3;
    client = client_new(&options);
    check_variation(client, &four);
    check_variation(client, &some);
    assert_int_equal(cloud_server_live(client->cloud), 3);
    check_variation(client, &one);
    client_free(client);
    client_options(&options, CLOUD_NHN_V2);
    options.quota_cores = 1;
    client = client_new(&options);
    one.status = 202;
    one.message = NULL;
    check_variation(client, &one);
    one.status = 403;
    one.message = "Quota exceeded for cores";
    check_variation(client, &one);
    client_free(client);
}

static void a_body_that_is_too_large_is_413(void **state)
{
    static char body[CLOUD_BODY_SIZE_MAX + 2];
    struct client *client = client_of(CLOUD_NHN_V2);

    (void)state;
    memset(body, ' ', sizeof body - 1);
    assert_int_equal(client_compute(client, "POST", body, "servers"), 413);
    assert_non_null(client_at(client, "overLimit"));
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_checked),
        cmocka_unit_test(strict_bodies_know_all_properties),
        cmocka_unit_test(windows_has_its_rules),
        cmocka_unit_test(what_was_asked_is_what_is),
        cmocka_unit_test(a_root_volume_may_outlive_its_server),
        cmocka_unit_test(quotas_hold),
        cmocka_unit_test(a_body_that_is_too_large_is_413),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
