/* Changes behind the client's back, each seen through the API or the judge's view. */
#include "client.h"

#include <stdio.h>
#include <string.h>

struct state_row {
    enum cloud_change_kind kind;
    const char *text;
    const char *state;
};

static void states_are_set(void **state)
{
    static const struct state_row rows[] = {
        {CLOUD_CHANGE_STOP, "", "SHUTOFF/"},    {CLOUD_CHANGE_START, "", "ACTIVE/"},
        {CLOUD_CHANGE_PAUSE, "", "PAUSED/"},    {CLOUD_CHANGE_SUSPEND, "", "SUSPENDED/"},
        {CLOUD_CHANGE_RESCUE, "", "RESCUE/"},   {CLOUD_CHANGE_SHELVE, "", "SHELVED_OFFLOADED/"},
        {CLOUD_CHANGE_ACTIVATE, "", "ACTIVE/"}, {CLOUD_CHANGE_TASK, "migrating", "MIGRATING/migrating"},
        {CLOUD_CHANGE_TASK, "", "ACTIVE/"},     {CLOUD_CHANGE_ERROR, "it broke", "ERROR/"},
        {CLOUD_CHANGE_DELETE, "", "404"},
    };
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(client_change(client, rows[i].kind, "prod/one", "", rows[i].text), 1);
        assert_string_equal(client_state(client, id), rows[i].state);
    }
    assert_int_equal(client_change(client, CLOUD_CHANGE_START, "one", "", ""), 0);
    client_free(client);
}

static void an_error_has_its_fault(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    client_change(client, CLOUD_CHANGE_ERROR, id, "", "it broke");
    client_state(client, id);
    assert_string_equal(client_text(client, "server.fault.message"), "it broke");
    client_change(client, CLOUD_CHANGE_ACTIVATE, id, "", "");
    client_state(client, id);
    assert_null(client_at(client, "server.fault"));
    client_free(client);
}

static void properties_are_set(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_server server;
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_change(client, CLOUD_CHANGE_RENAME, id, "", "other"), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_RESIZE, id, "", "m2.c8m16"), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_RESIZE, id, "", "no such flavor"), 0);
    assert_int_equal(client_change(client, CLOUD_CHANGE_IMAGE, id, "", "Ubuntu 22.04"), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_ADD_GROUP, id, "", "db"), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_REMOVE_GROUP, id, "", "default"), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_SET_METADATA, id, "team", "ops"), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_LOCK, id, "", ""), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_ATTACH, id, "", CLIENT_VOLUME), 1);
    assert_true(cloud_server_by_id(client->cloud, id, &server));
    assert_string_equal(server.name, "other");
    assert_string_equal(server.flavor_name, "m2.c8m16");
    assert_string_equal(server.image_id, client_item(client, CLOUD_IMAGE_ITEM, "Ubuntu 22.04"));
    assert_int_equal(server.group_count, 1);
    assert_string_equal(server.groups[0], "db");
    assert_int_equal(server.volume_count, 1);
    assert_string_equal(server.volumes[0], CLIENT_VOLUME);
    assert_true(server.locked);
    assert_int_equal(client_change(client, CLOUD_CHANGE_DETACH, id, "", CLIENT_VOLUME), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_UNLOCK, id, "", ""), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_DELETE_METADATA, id, "setpoint.*", ""), 1);
    assert_true(cloud_server_by_id(client->cloud, id, &server));
    assert_string_equal(server.object, "other");
    assert_false(server.locked);
    assert_int_equal(server.volume_count, 0);
    client_free(client);
}

static void addresses_move_by_hand(void **state)
{
    struct client *client = client_of(CLOUD_KAKAOCLOUD);
    struct cloud_server server;
    char one[CLOUD_ID_SIZE], two[CLOUD_ID_SIZE];

    (void)state;
    assert_int_equal(cloud_preload(client->cloud, client->now_ms, 2, "web"), 2);
    assert_true(cloud_server_at(client->cloud, 0, &server));
    snprintf(one, sizeof one, "%s", server.id);
    assert_string_equal(server.address, "");
    assert_true(cloud_server_at(client->cloud, 1, &server));
    snprintf(two, sizeof two, "%s", server.id);
    assert_int_equal(client_change(client, CLOUD_CHANGE_ADDRESS, one, "", "203.0.113.10"), 1);
    assert_int_equal(client_change(client, CLOUD_CHANGE_ADDRESS, one, "", "203.0.113.11"), 0);
    assert_int_equal(client_change(client, CLOUD_CHANGE_ADDRESS, two, "", "203.0.113.10"), 1);
    assert_true(cloud_server_by_id(client->cloud, one, &server));
    assert_string_equal(server.address, "");
    assert_int_equal(client_change(client, CLOUD_CHANGE_NO_ADDRESS, one, "", "203.0.113.10"), 0);
    assert_int_equal(client_change(client, CLOUD_CHANGE_NO_ADDRESS, two, "", "203.0.113.10"), 1);
    assert_true(cloud_server_by_id(client->cloud, two, &server));
    assert_string_equal(server.address, "");
    client_free(client);
}

static void globs_reach_many(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);

    (void)state;
    assert_int_equal(cloud_preload(client->cloud, client->now_ms, 20, "web"), 20);
    assert_int_equal(client_change(client, CLOUD_CHANGE_STOP, "web-1*", "", ""), 11);
    assert_int_equal(client_change(client, CLOUD_CHANGE_STOP, "", "", ""), 0);
    assert_int_equal(client_change(client, CLOUD_CHANGE_DELETE, "*", "", ""), 20);
    assert_int_equal(cloud_server_live(client->cloud), 0);
    client_free(client);
}

static void a_foreign_server_is_foreign(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_server server;

    (void)state;
    assert_int_equal(client_change(client, CLOUD_CHANGE_CREATE, "", "m2.c2m4", "db-master"), 1);
    assert_true(cloud_server_by_object(client->cloud, "db-master", &server));
    assert_false(server.by_request);
    assert_true(server.ever_running);
    assert_string_equal(server.flavor_name, "m2.c2m4");
    client_act(client, server.id, "{\"os-stop\":null}");
    assert_true(client_last_record(client).foreign);
    client_free(client);
}

static void an_image_is_released_anew(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char before[CLOUD_ID_SIZE];

    (void)state;
    snprintf(before, sizeof before, "%s", client_item(client, CLOUD_IMAGE_ITEM, "Rocky Linux 9"));
    assert_int_equal(client_change(client, CLOUD_CHANGE_IMAGE_RELEASE, "", "", "Rocky Linux 9"), 1);
    assert_string_not_equal(client_item(client, CLOUD_IMAGE_ITEM, "Rocky Linux 9"), before);
    client_free(client);
}

static void changes_are_read_from_json(void **state)
{
    static const char good[] =
        "{\"kind\":\"set-metadata\",\"server\":\"web-*\",\"key\":\"a\",\"text\":\"b\"}";
    static const char bad[] = "{\"kind\":\"explode\"}";
    struct cloud_change change;
    char why[200];

    (void)state;
    assert_true(cloud_change_parse(good, sizeof good - 1, &change, why, sizeof why));
    assert_int_equal(change.kind, CLOUD_CHANGE_SET_METADATA);
    assert_string_equal(change.server, "web-*");
    assert_false(cloud_change_parse(bad, sizeof bad - 1, &change, why, sizeof why));
    for (unsigned kind = 0; kind < CLOUD_CHANGE_KIND_COUNT; kind++)
        assert_true(cloud_change_name(kind)[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_set),
        cmocka_unit_test(an_error_has_its_fault),
        cmocka_unit_test(properties_are_set),
        cmocka_unit_test(addresses_move_by_hand),
        cmocka_unit_test(globs_reach_many),
        cmocka_unit_test(a_foreign_server_is_foreign),
        cmocka_unit_test(an_image_is_released_anew),
        cmocka_unit_test(changes_are_read_from_json),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
