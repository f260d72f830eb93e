#include "client.h"

#include "memory.h"

#include <stdio.h>
#include <string.h>

static struct client *with_servers(size_t count)
{
    struct client *client = client_of(CLOUD_NHN_V2);

    assert_int_equal(cloud_preload(client->cloud, client->now_ms, count, "old"), count);
    return client;
}

static size_t listed(struct client *client, const char *query)
{
    assert_int_equal(client_compute(client, "GET", NULL, "servers%s", query), 200);
    return (size_t)cJSON_GetArraySize(client_at(client, "servers"));
}

static void pages_end(void **state)
{
    struct client *client = with_servers(250);

    (void)state;
    assert_int_equal(listed(client, ""), 100);
    assert_int_equal(listed(client, "?limit=0"), 0);
    assert_int_equal(listed(client, "?limit=100000"), 250);
    assert_int_equal(client_count(client, 100), 250);
    assert_int_equal(client_count(client, 125), 250);
    assert_int_equal(client_count(client, 1), 250);
    assert_int_equal(client_compute(client, "GET", NULL, "servers?limit=-1"), 400);
    assert_int_equal(client_compute(client, "GET", NULL, "servers?limit=x"), 400);
    assert_int_equal(client_compute(client, "GET", NULL, "servers?marker=nope"), 400);
    client_free(client);
}

/* An exactly full page has a next link, the empty page after it has none (recorded on the real Nova). */
static void a_full_page_has_a_link(void **state)
{
    struct client *client = with_servers(20);
    char marker[CLOUD_ID_SIZE];

    (void)state;
    assert_int_equal(listed(client, "?limit=20"), 20);
    assert_non_null(client_at(client, "servers_links"));
    memory_put(marker, sizeof marker, client_text(client, "servers.19.id"));
    assert_int_equal(client_compute(client, "GET", NULL, "servers?limit=20&marker=%s", marker), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "servers")), 0);
    assert_null(client_at(client, "servers_links"));
    client_free(client);
}

static void the_newest_comes_first(void **state)
{
    struct client *client = with_servers(3);

    (void)state;
    assert_int_equal(listed(client, ""), 3);
    assert_string_equal(client_text(client, "servers.0.name"), "old-3");
    assert_string_equal(client_text(client, "servers.2.name"), "old-1");
    client_free(client);
}

static void a_deleted_marker_still_works(void **state)
{
    struct client *client = with_servers(3);
    char marker[CLOUD_ID_SIZE];

    (void)state;
    listed(client, "");
    memory_put(marker, sizeof marker, client_text(client, "servers.1.id"));
    assert_int_equal(client_change(client, CLOUD_CHANGE_DELETE, marker, "", ""), 1);
    assert_int_equal(client_compute(client, "GET", NULL, "servers?marker=%s", marker), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "servers")), 1);
    assert_string_equal(client_text(client, "servers.0.name"), "old-1");
    client_free(client);
}

static void filters_filter(void **state)
{
    struct client *client = with_servers(12);
    char query[128];

    (void)state;
    client_change(client, CLOUD_CHANGE_STOP, "old-5", "", "");
    client_change(client, CLOUD_CHANGE_RESIZE, "old-7", "", "m2.c4m8");
    assert_int_equal(listed(client, "?name=old-1"), 4);
    assert_int_equal(listed(client, "?name=%5Eold-1%24"), 1);
    assert_int_equal(client_compute(client, "GET", NULL, "servers?name=%%28"), 400);
    assert_int_equal(listed(client, "?status=SHUTOFF"), 1);
    assert_int_equal(listed(client, "?status=STOPPED"), 0);
    assert_int_equal(client_compute(client, "GET", NULL, "servers?status=DELETED"), 403);
    snprintf(query, sizeof query, "?flavor=%s", client_item(client, CLOUD_FLAVOR, "m2.c4m8"));
    assert_int_equal(listed(client, query), 1);
    assert_int_equal(listed(client, "?image=00000000-0000-0000-0000-000000000000"), 0);
    assert_int_equal(listed(client, "?no_such_filter=1"), 12);
    assert_int_equal(client_compute(client, "GET", NULL, "servers?all_tenants=1"), 403);
    client_free(client);
}

static void changes_since_lists_deleted_ones(void **state)
{
    struct client *client = with_servers(3);

    (void)state;
    client_wait(client, 60000);
    client_change(client, CLOUD_CHANGE_DELETE, "old-2", "", "");
    client_change(client, CLOUD_CHANGE_RENAME, "old-3", "", "renamed");
    client_change(client, CLOUD_CHANGE_ADD_GROUP, "old-1", "", "web");
    assert_int_equal(client_compute(client, "GET", NULL, "servers/detail?changes-since=2026-01-01T00:01:00"),
                     200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "servers")), 2);
    assert_string_equal(client_text(client, "servers.0.name"), "renamed");
    assert_string_equal(client_text(client, "servers.1.status"), "DELETED");
    assert_int_equal(listed(client, ""), 2);
    client_free(client);
}

static void other_projects_are_not_seen(void **state)
{
    struct client *client = with_servers(3);
    struct cloud_server server;

    (void)state;
    assert_true(cloud_server_at(client->cloud, 0, &server));
    assert_string_equal(server.project, CLIENT_PROJECT);
    assert_int_equal(
        client_send(client, "POST", "/identity/v2.0/tokens",
                    "{\"auth\":{\"tenantId\":\"4cd91abf336f4e9d8619929bb0bb4897\",\"passwordCredentials\":"
                    "{\"username\":\"other\",\"password\":\"other-password\"}}}"),
        200);
    memory_put(client->token, sizeof client->token, client_text(client, "access.token.id"));
    assert_int_equal(client_send(client, "GET", "/compute/v2/4cd91abf336f4e9d8619929bb0bb4897/servers", NULL),
                     200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "servers")), 0);
    client_free(client);
}

/* A hundred thousand are paged through in full; what this takes is the time-out's affair. */
static void a_hundred_thousand(void **state)
{
    struct client *client = with_servers(100000);

    (void)state;
    assert_int_equal(cloud_server_live(client->cloud), 100000);
    assert_int_equal(client_count(client, 1000), 100000);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_end),
        cmocka_unit_test(a_full_page_has_a_link),
        cmocka_unit_test(the_newest_comes_first),
        cmocka_unit_test(a_deleted_marker_still_works),
        cmocka_unit_test(filters_filter),
        cmocka_unit_test(changes_since_lists_deleted_ones),
        cmocka_unit_test(other_projects_are_not_seen),
        cmocka_unit_test(a_hundred_thousand),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
