/* Metadata, attachments, key pairs and the services beside compute. */
#include "client.h"

#include <stdio.h>
#include <string.h>

#define ATTACH "{\"volumeAttachment\":{\"volumeId\":\"" CLIENT_VOLUME "\"}}"

static void metadata_is_kept(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_compute(client, "PUT", "{\"meta\":{\"a\":\"1\"}}", "servers/%s/metadata/a", id),
                     200);
    assert_int_equal(client_compute(client, "PUT", "{\"meta\":{\"a\":\"1\"}}", "servers/%s/metadata/b", id),
                     400);
    assert_int_equal(client_compute(client, "GET", NULL, "servers/%s/metadata/a", id), 200);
    assert_string_equal(client_text(client, "meta.a"), "1");
    assert_int_equal(
        client_compute(client, "POST", "{\"metadata\":{\"b\":\"2\"}}", "servers/%s/metadata", id), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "metadata")), 4);
    assert_int_equal(client_compute(client, "PUT", "{\"metadata\":{\"c\":\"3\"}}", "servers/%s/metadata", id),
                     200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "metadata")), 1);
    assert_int_equal(client_compute(client, "DELETE", NULL, "servers/%s/metadata/c", id), 204);
    assert_int_equal(client_compute(client, "DELETE", NULL, "servers/%s/metadata/c", id), 404);
    client_free(client);
}

static void volumes_come_and_go(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_compute(client, "POST", ATTACH, "servers/%s/os-volume_attachments", id), 200);
    assert_string_equal(client_text(client, "volumeAttachment.device"), "/dev/sdb");
    assert_int_equal(client_compute(client, "POST", ATTACH, "servers/%s/os-volume_attachments", id), 400);
    assert_int_equal(client_compute(client, "GET", NULL, "servers/%s/os-volume_attachments", id), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "volumeAttachments")), 2);
    assert_int_equal(client_send(client, "GET", "/volume/v3/" CLIENT_PROJECT "/volumes/" CLIENT_VOLUME, NULL),
                     200);
    assert_string_equal(client_text(client, "volume.status"), "in-use");
    assert_int_equal(
        client_compute(client, "DELETE", NULL, "servers/%s/os-volume_attachments/" CLIENT_VOLUME, id), 202);
    client_settle(client);
    assert_int_equal(
        client_compute(client, "GET", NULL, "servers/%s/os-volume_attachments/" CLIENT_VOLUME, id), 404);
    client_free(client);
}

static void a_root_volume_stays(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];
    char root[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    client_compute(client, "GET", NULL, "servers/%s/os-volume_attachments", id);
    snprintf(root, sizeof root, "%s", client_text(client, "volumeAttachments.0.id"));
    assert_int_equal(client_compute(client, "DELETE", NULL, "servers/%s/os-volume_attachments/%s", id, root),
                     403);
    client_free(client);
}

static void groups_are_added_by_name_or_id(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_server server;
    char id[CLOUD_ID_SIZE];
    char body[128];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_act(client, id, "{\"addSecurityGroup\":{\"name\":\"web\"}}"), 202);
    assert_int_equal(client_act(client, id, "{\"addSecurityGroup\":{\"name\":\"web\"}}"), 400);
    assert_int_equal(client_act(client, id, "{\"addSecurityGroup\":{\"name\":\"nope\"}}"), 404);
    snprintf(body, sizeof body, "{\"addSecurityGroup\":{\"name\":\"%s\"}}",
             client_item(client, CLOUD_GROUP, "db"));
    assert_int_equal(client_act(client, id, body), 202);
    assert_int_equal(client_act(client, id, "{\"removeSecurityGroup\":{\"name\":\"default\"}}"), 202);
    assert_int_equal(client_act(client, id, "{\"removeSecurityGroup\":{\"name\":\"default\"}}"), 404);
    assert_true(cloud_server_by_id(client->cloud, id, &server));
    assert_int_equal(server.group_count, 2);
    client_free(client);
}

static void names_are_trimmed_and_bounded(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_compute(client, "PUT", "{\"server\":{\"name\":\"  two \"}}", "servers/%s", id),
                     200);
    assert_string_equal(client_text(client, "server.name"), "two");
    assert_null(client_at(client, "server.OS-EXT-STS:task_state"));
    assert_int_equal(client_compute(client, "PUT", "{\"server\":{\"name\":\" \"}}", "servers/%s", id), 400);
    client_free(client);
}

/* Every list of the catalogue answers with at least so many. */
static void catalogues_answer(void **state)
{
    static const struct {
        const char *path;
        const char *key;
        int least;
    } rows[] = {
        {"/compute/v2/" CLIENT_PROJECT "/flavors", "flavors", 6},
        {"/compute/v2/" CLIENT_PROJECT "/flavors/detail", "flavors", 6},
        {"/compute/v2/" CLIENT_PROJECT "/images", "images", 3},
        {"/compute/v2/" CLIENT_PROJECT "/images/detail", "images", 3},
        {"/compute/v2/" CLIENT_PROJECT "/os-availability-zone", "availabilityZoneInfo", 2},
        {"/compute/v2/" CLIENT_PROJECT "/os-keypairs", "keypairs", 1},
        {"/compute/v2/" CLIENT_PROJECT "/os-security-groups", "security_groups", 3},
        {"/compute/v2/" CLIENT_PROJECT "/extensions", "extensions", 1},
        {"/image/v2/images", "images", 3},
        {"/image/v2/images?name=Rocky%20Linux%209", "images", 1},
        {"/network/v2.0/security-groups", "security_groups", 3},
        {"/network/v2.0/networks", "networks", 2},
        {"/network/v2.0/subnets", "subnets", 2},
        {"/network/v2.0/ports", "ports", 1},
        {"/volume/v3/" CLIENT_PROJECT "/volumes", "volumes", 4},
        {"/volume/v2/" CLIENT_PROJECT "/volumes/detail", "volumes", 4},
        {"/volume/v3/" CLIENT_PROJECT "/types", "volume_types", 2},
    };
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(client_send(client, "GET", rows[i].path, NULL), 200);
        if (cJSON_GetArraySize(client_at(client, rows[i].key)) < rows[i].least)
            fail_msg("%s: %s", rows[i].path, client->reply.body);
    }
    client_free(client);
}

static void glance_pages(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    const char *next = "/v2/images?limit=2";
    char path[256];
    unsigned pages = 0;
    int count = 0;

    (void)state;
    for (; next; pages++) {
        snprintf(path, sizeof path, "/image%s", next);
        assert_int_equal(client_send(client, "GET", path, NULL), 200);
        count += cJSON_GetArraySize(client_at(client, "images"));
        next = client_text(client, "next");
    }
    assert_int_equal(count, 4);
    assert_int_equal(pages, 3);
    client_free(client);
}

static void an_image_is_saved(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    char id[CLOUD_ID_SIZE];
    char path[256];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_act(client, id, "{\"createImage\":{\"name\":\"snap\"}}"), 202);
    snprintf(path, sizeof path, "/image/v2/images/%s", client_item(client, CLOUD_IMAGE_ITEM, "snap"));
    assert_int_equal(client_send(client, "GET", path, NULL), 200);
    assert_string_equal(client_text(client, "status"), "queued");
    client_settle(client);
    client_send(client, "GET", path, NULL);
    assert_string_equal(client_text(client, "status"), "active");
    client_free(client);
}

/* The fault kills the image; the server is as it was. */
static void an_image_may_fail(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    struct cloud_fault fault = {.kind = CLOUD_FAULT_ACTION_ERROR, .operation = "createImage", .count = 1};
    char id[CLOUD_ID_SIZE];
    char path[256];

    (void)state;
    client_make(client, "one", id);
    assert_int_not_equal(cloud_fault_add(client->cloud, &fault), 0);
    assert_int_equal(client_act(client, id, "{\"createImage\":{\"name\":\"snap\"}}"), 202);
    snprintf(path, sizeof path, "/image/v2/images/%s", client_item(client, CLOUD_IMAGE_ITEM, "snap"));
    client_send(client, "GET", path, NULL);
    assert_string_equal(client_text(client, "status"), "queued");
    client_settle(client);
    client_send(client, "GET", path, NULL);
    assert_string_equal(client_text(client, "status"), "killed");
    assert_string_equal(client_state(client, id), "ACTIVE/");
    client_free(client);
}

static void a_rebuild_changes_the_image(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    struct cloud_server server;
    char id[CLOUD_ID_SIZE];
    char body[128];

    (void)state;
    client_make(client, "one", id);
    snprintf(body, sizeof body, "{\"rebuild\":{\"imageRef\":\"%s\"}}",
             client_item(client, CLOUD_IMAGE_ITEM, "Ubuntu 22.04"));
    assert_int_equal(client_act(client, id, body), 202);
    assert_string_equal(client_state(client, id), "REBUILD/rebuilding");
    client_settle(client);
    assert_string_equal(client_state(client, id), "ACTIVE/");
    assert_true(cloud_server_by_id(client->cloud, id, &server));
    assert_string_equal(server.image_id, client_item(client, CLOUD_IMAGE_ITEM, "Ubuntu 22.04"));
    client_free(client);
}

static void u2_keeps_to_itself(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];
    char body[128];

    (void)state;
    client_make(client, "one", id);
    snprintf(body, sizeof body, "{\"resize\":{\"flavorRef\":\"%s\"}}",
             client_item(client, CLOUD_FLAVOR, "u2.c2m4"));
    assert_int_equal(client_act(client, id, body), 400);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_is_kept),
        cmocka_unit_test(volumes_come_and_go),
        cmocka_unit_test(a_root_volume_stays),
        cmocka_unit_test(groups_are_added_by_name_or_id),
        cmocka_unit_test(names_are_trimmed_and_bounded),
        cmocka_unit_test(catalogues_answer),
        cmocka_unit_test(glance_pages),
        cmocka_unit_test(an_image_is_saved),
        cmocka_unit_test(an_image_may_fail),
        cmocka_unit_test(a_rebuild_changes_the_image),
        cmocka_unit_test(u2_keeps_to_itself),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
