/* Every state against every operation, from the table of the facts: y allowed, - refused with 409, 4 refused
 * with 404. */
#include "client.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 14 };

static const char *const columns[COLUMNS] = {"start",   "stop",   "soft",     "hard",  "resize",
                                             "confirm", "shelve", "unshelve", "meta",  "name",
                                             "group",   "attach", "image",    "delete"};

struct row {
    const char *state;
    enum cloud_change_kind change;
    const char *text;
    const char *vanilla;
    const char *nhn;
};

static const struct row rows[] = {
    /*                                             start stop soft hard resize confirm shelve unshelve meta
       name group attach image delete */
    {"ACTIVE", CLOUD_CHANGE_ACTIVATE, "", "-yyyy-y-yyyyyy", "-yyyy-y-yyyyyy"},
    {"SHUTOFF", CLOUD_CHANGE_STOP, "", "y--yy-y-yyyyyy", "y--yy---yyyyyy"},
    {"SHELVED_OFFLOADED", CLOUD_CHANGE_SHELVE, "", "-------y-yy--y", "-------y-yy--y"},
    {"PAUSED", CLOUD_CHANGE_PAUSE, "", "---y--y-yyyyyy", "---y----yyyyyy"},
    {"SUSPENDED", CLOUD_CHANGE_SUSPEND, "", "---y--y-yyy-yy", "---y----yyy-yy"},
    {"RESCUE", CLOUD_CHANGE_RESCUE, "", "---------yy--y", "---------yy--y"},
    {"ERROR", CLOUD_CHANGE_ERROR, "", "-y-y-----yy--y", "-y-y-----yy--y"},
    {"ACTIVE powering-off", CLOUD_CHANGE_TASK, "powering-off", "--------yyy--y", "--------yyy--y"},
    {"REBOOT", CLOUD_CHANGE_TASK, "rebooting", "---y----yyy--y", "---y----yyy--y"},
    {"RESIZE", CLOUD_CHANGE_TASK, "resize_prep", "--------yyy--y", "--------yyy--y"},
};

static const char *column_body(struct client *client, unsigned column)
{
    static char body[256];
    static const char *const bodies[COLUMNS] = {
        "{\"os-start\":null}",
        "{\"os-stop\":null}",
        "{\"reboot\":{\"type\":\"SOFT\"}}",
        "{\"reboot\":{\"type\":\"HARD\"}}",
        NULL,
        "{\"confirmResize\":null}",
        "{\"shelve\":null}",
        "{\"unshelve\":null}",
        "{\"meta\":{\"k\":\"v\"}}",
        "{\"server\":{\"name\":\"new\"}}",
        "{\"addSecurityGroup\":{\"name\":\"web\"}}",
        "{\"volumeAttachment\":{\"volumeId\":\"" CLIENT_VOLUME "\"}}",
        "{\"createImage\":{\"name\":\"snap\"}}",
        "",
    };

    if (bodies[column]) return bodies[column];
    snprintf(body, sizeof body, "{\"resize\":{\"flavorRef\":\"%s\"}}",
             client_item(client, CLOUD_FLAVOR, "m2.c4m8"));
    return body;
}

static int column_send(struct client *client, const char *id, unsigned column)
{
    const char *body = column_body(client, column);

    if (strcmp(columns[column], "meta") == 0)
        return client_compute(client, "PUT", body, "servers/%s/metadata/k", id);
    if (strcmp(columns[column], "name") == 0) return client_compute(client, "PUT", body, "servers/%s", id);
    if (strcmp(columns[column], "attach") == 0)
        return client_compute(client, "POST", body, "servers/%s/os-volume_attachments", id);
    if (strcmp(columns[column], "delete") == 0)
        return client_compute(client, "DELETE", NULL, "servers/%s", id);
    return client_act(client, id, body);
}

static void check_cell(enum cloud_dialect dialect, const struct row *row, unsigned column, char expected)
{
    struct client *client = client_of(dialect);
    struct cloud_server server;
    char id[CLOUD_ID_SIZE];
    bool allowed;

    assert_int_equal(client_change(client, CLOUD_CHANGE_CREATE, "", "m2.c1m2", "one"), 1);
    assert_true(cloud_server_by_object(client->cloud, "one", &server));
    snprintf(id, sizeof id, "%s", server.id);
    assert_int_equal(client_change(client, row->change, "one", "", row->text), 1);
    column_send(client, id, column);
    allowed = client->reply.status < 300;
    if (allowed != (expected == 'y') || (!allowed && client->reply.status != 409))
        fail_msg("%s, %s: %s is answered with %d", cloud_dialect_name(dialect), row->state, columns[column],
                 client->reply.status);
    assert_int_equal(client_last_record(client).illegal, expected == '-');
    client_free(client);
}

static void check_table(enum cloud_dialect dialect)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *expected = dialect == CLOUD_NHN_V2 ? rows[i].nhn : rows[i].vanilla;

        assert_int_equal(strlen(expected), COLUMNS);
        for (unsigned column = 0; column < COLUMNS; column++)
            check_cell(dialect, &rows[i], column, expected[column]);
    }
}

static void openstack_table(void **state)
{
    (void)state;
    check_table(CLOUD_OPENSTACK);
}

static void nhn_table(void **state)
{
    (void)state;
    check_table(CLOUD_NHN_V2);
}

static void building_allows_little(void **state)
{
    static const char expected[] = "---------y4--y";

    (void)state;
    for (unsigned column = 0; column < COLUMNS; column++) {
        struct client *client = client_of(CLOUD_NHN_V2);
        char id[CLOUD_ID_SIZE];
        int status;

        assert_true(client_create(client, "one", id));
        status = column_send(client, id, column);
        if (expected[column] == 'y' ? status >= 300 : status != (expected[column] == '4' ? 404 : 409))
            fail_msg("BUILD: %s is answered with %d", columns[column], status);
        client_free(client);
    }
}

static void a_lock_stops_its_owner(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_act(client, id, "{\"lock\":null}"), 202);
    assert_int_equal(client_act(client, id, "{\"os-stop\":null}"), 409);
    assert_int_equal(client_compute(client, "DELETE", NULL, "servers/%s", id), 409);
    assert_int_equal(client_act(client, id, "{\"unlock\":null}"), 202);
    assert_int_equal(client_act(client, id, "{\"os-stop\":null}"), 202);
    client_free(client);
}

static void protection_refuses_delete(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    assert_int_equal(client_change(client, CLOUD_CHANGE_PROTECT, "one", "", ""), 1);
    assert_int_equal(client_compute(client, "DELETE", NULL, "servers/%s", id), 409);
    client_free(client);
}

static void never_launched_error_is_not_ready(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_fault fault = {.kind = CLOUD_FAULT_BUILD_ERROR};
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_fault(client, &fault);
    assert_true(client_create(client, "one", id));
    client_settle(client);
    assert_string_equal(client_state(client, id), "ERROR/");
    assert_int_equal(client_act(client, id, "{\"os-stop\":null}"), 409);
    assert_non_null(strstr(client_text(client, "conflictingRequest.message"), "is not ready"));
    assert_int_equal(client_act(client, id, "{\"reboot\":{\"type\":\"HARD\"}}"), 409);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openstack_table),           cmocka_unit_test(nhn_table),
        cmocka_unit_test(building_allows_little),    cmocka_unit_test(a_lock_stops_its_owner),
        cmocka_unit_test(protection_refuses_delete), cmocka_unit_test(never_launched_error_is_not_ready),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
