#include "client.h"

#include <stdio.h>
#include <string.h>

/* Every state that a poller sees from now on, joined by blanks. */
static const char *states_passed(struct client *client, const char *id)
{
    static char passed[1024];
    char last[128] = "";

    passed[0] = '\0';
    for (;;) {
        const char *state = client_state(client, id);

        if (strcmp(state, last) != 0) {
            size_t length = strlen(passed);

            snprintf(last, sizeof last, "%s", state);
            snprintf(passed + length, sizeof passed - length, "%s%s", length ? " " : "", state);
        }
        if (cloud_next(client->cloud) == INT64_MAX) return passed;
        client->now_ms = cloud_next(client->cloud);
    }
}

static void build_passes_all_states(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];

    (void)state;
    assert_true(client_create(client, "one", id));
    assert_string_equal(
        states_passed(client, id),
        "BUILD/scheduling BUILD/ BUILD/networking BUILD/block_device_mapping BUILD/spawning ACTIVE/");
    assert_int_equal(client->now_ms, 2000);
    client_free(client);
}

struct passage {
    const char *action; /* NULL: resize */
    const char *states;
};

static void run_passages(enum cloud_dialect dialect, const struct passage *passages, size_t count)
{
    struct client *client = client_of(dialect);
    char id[CLOUD_ID_SIZE];
    char body[256];

    client_make(client, "one", id);
    for (size_t i = 0; i < count; i++) {
        snprintf(body, sizeof body, "{\"resize\":{\"flavorRef\":\"%s\"}}",
                 client_item(client, CLOUD_FLAVOR, "m2.c2m4"));
        client_act(client, id, passages[i].action ? passages[i].action : body);
        assert_true(client->reply.status == 202 || client->reply.status == 204);
        assert_string_equal(states_passed(client, id), passages[i].states);
    }
    client_free(client);
}

#define RESIZING                                                                                             \
    "RESIZE/resize_prep RESIZE/resize_migrating RESIZE/resize_migrated RESIZE/resize_finish VERIFY_RESIZE/"

static void nhn_actions(void **state)
{
    static const struct passage passages[] = {
        {"{\"os-stop\":null}", "ACTIVE/powering-off SHUTOFF/"},
        {NULL, RESIZING " SHUTOFF/"},
        {"{\"os-start\":null}", "SHUTOFF/powering-on ACTIVE/"},
        {"{\"reboot\":{\"type\":\"SOFT\"}}",
         "REBOOT/rebooting REBOOT/reboot_pending REBOOT/reboot_started ACTIVE/"},
        {"{\"reboot\":{\"type\":\"HARD\"}}", "HARD_REBOOT/rebooting_hard HARD_REBOOT/reboot_pending_hard "
                                             "HARD_REBOOT/reboot_started_hard ACTIVE/"},
        {"{\"shelve\":null}", "ACTIVE/shelving ACTIVE/shelving_offloading SHELVED_OFFLOADED/"},
        {"{\"unshelve\":null}", "SHELVED_OFFLOADED/unshelving SHELVED_OFFLOADED/spawning ACTIVE/"},
    };

    (void)state;
    run_passages(CLOUD_NHN_V2, passages, sizeof passages / sizeof *passages);
}

static void openstack_waits_for_confirm(void **state)
{
    static const struct passage passages[] = {
        {NULL, RESIZING},
        {"{\"confirmResize\":null}", "VERIFY_RESIZE/ ACTIVE/"},
    };

    (void)state;
    run_passages(CLOUD_OPENSTACK, passages, sizeof passages / sizeof *passages);
}

static void revert_gives_the_old_flavor_back(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    struct cloud_server server;
    char id[CLOUD_ID_SIZE];
    char body[128];

    (void)state;
    client_make(client, "one", id);
    snprintf(body, sizeof body, "{\"resize\":{\"flavorRef\":\"%s\"}}",
             client_item(client, CLOUD_FLAVOR, "m2.c4m8"));
    assert_int_equal(client_act(client, id, body), 202);
    client_settle(client);
    assert_true(cloud_server_by_id(client->cloud, id, &server));
    assert_string_equal(server.flavor_name, "m2.c4m8");
    assert_int_equal(client_act(client, id, "{\"revertResize\":null}"), 202);
    assert_string_equal(states_passed(client, id), "REVERT_RESIZE/resize_reverting ACTIVE/");
    assert_true(cloud_server_by_id(client->cloud, id, &server));
    assert_string_equal(server.flavor_name, "m2.c1m2");
    client_free(client);
}

static void delete_shows_deleted_then_nothing(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_server server;
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_compute(client, "DELETE", NULL, "servers/%s", id), 204);
    assert_string_equal(states_passed(client, id), "ACTIVE/deleting DELETED/ 404");
    assert_true(cloud_server_by_id(client->cloud, id, &server));
    assert_false(server.visible);
    assert_int_equal(cloud_server_live(client->cloud), 0);
    client_free(client);
}

static void delete_while_building_is_at_once(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];

    (void)state;
    assert_true(client_create(client, "one", id));
    assert_int_equal(client_compute(client, "DELETE", NULL, "servers/%s", id), 204);
    assert_string_equal(client_state(client, id), "404");
    client_settle(client);
    assert_string_equal(client_state(client, id), "404");
    client_free(client);
}

static void shelved_may_stay_before_it_is_offloaded(void **state)
{
    struct cloud_options options;
    struct client *client;
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_options(&options, CLOUD_OPENSTACK);
    options.offload_after_ms = 5000;
    client = client_new(&options);
    client_make(client, "one", id);
    /* Only servers that boot from an image are SHELVED first. */
    client_change(client, CLOUD_CHANGE_DELETE, "one", "", "");
    client_change(client, CLOUD_CHANGE_CREATE, "", "", "two");
    struct cloud_server server;
    assert_true(cloud_server_by_object(client->cloud, "two", &server));
    snprintf(id, sizeof id, "%s", server.id);
    assert_int_equal(client_act(client, id, "{\"shelve\":null}"), 202);
    assert_string_equal(
        states_passed(client, id),
        "ACTIVE/shelving ACTIVE/shelving_image_pending_upload ACTIVE/shelving_image_uploading SHELVED/ "
        "SHELVED/shelving_offloading SHELVED_OFFLOADED/");
    client_free(client);
}

static void too_large_a_flavor_finds_no_host(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];
    char body[128];

    (void)state;
    client_make(client, "one", id);
    snprintf(body, sizeof body, "{\"resize\":{\"flavorRef\":\"%s\"}}",
             client_item(client, CLOUD_FLAVOR, "x1.impossible"));
    assert_int_equal(client_act(client, id, body), 202);
    assert_string_equal(client_state(client, id), "ACTIVE/");
    assert_null(client_at(client, "server.fault"));
    client_free(client);
}

static void same_seed_same_bytes(void **state)
{
    struct client *a = client_of(CLOUD_NHN_V2);
    struct client *b = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(a, "one", id);
    client_make(b, "one", id);
    client_compute(a, "GET", NULL, "servers/detail");
    client_compute(b, "GET", NULL, "servers/detail");
    assert_string_equal(a->reply.body, b->reply.body);
    assert_string_equal(cloud_reply_header(&a->reply, "X-Compute-Request-Id"),
                        cloud_reply_header(&b->reply, "X-Compute-Request-Id"));
    client_free(a);
    client_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(build_passes_all_states),
        cmocka_unit_test(nhn_actions),
        cmocka_unit_test(openstack_waits_for_confirm),
        cmocka_unit_test(revert_gives_the_old_flavor_back),
        cmocka_unit_test(delete_shows_deleted_then_nothing),
        cmocka_unit_test(delete_while_building_is_at_once),
        cmocka_unit_test(shelved_may_stay_before_it_is_offloaded),
        cmocka_unit_test(too_large_a_flavor_finds_no_host),
        cmocka_unit_test(same_seed_same_bytes),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
