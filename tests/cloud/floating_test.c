/* Neutron's floating IPs: one port each, taken from another without a question, free again with its server.
 */
#include "client.h"

#include <stdio.h>
#include <string.h>

#define FLOATING "/network/v2.0/floatingips"
#define ADDRESS  "203.0.113.10"

static const char *port_of(struct client *client, const char *server, char *out)
{
    char path[256];

    snprintf(path, sizeof path, "/network/v2.0/ports?device_id=%s", server);
    assert_int_equal(client_send(client, "GET", path, NULL), 200);
    snprintf(out, CLOUD_ID_SIZE, "%s", client_text(client, "ports.0.id"));
    return out;
}

static int put(struct client *client, const char *address_id, const char *port)
{
    char path[128], body[128];

    snprintf(path, sizeof path, FLOATING "/%s", address_id);
    snprintf(body, sizeof body,
             port ? "{\"floatingip\":{\"port_id\":\"%s\"}}" : "{\"floatingip\":{\"port_id\":null}}", port);
    return client_send(client, "PUT", path, body);
}

/* The type of the n-th address of the server, "" when it has fewer. */
static const char *type_of(struct client *client, const char *server, unsigned n, const char **out_address)
{
    static char address[64];
    static char type[16];
    char path[64];
    const char *text;

    assert_int_equal(client_compute(client, "GET", NULL, "servers/%s", server), 200);
    snprintf(path, sizeof path, "server.addresses.Default Network.%u.OS-EXT-IPS:type", n);
    text = client_text(client, path);
    snprintf(type, sizeof type, "%s", text ? text : "");
    snprintf(path, sizeof path, "server.addresses.Default Network.%u.addr", n);
    text = client_text(client, path);
    snprintf(address, sizeof address, "%s", text ? text : "");
    if (out_address) *out_address = address;
    return type;
}

static void comes_and_goes(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    char id[CLOUD_ID_SIZE], port[CLOUD_ID_SIZE], ip[CLOUD_ID_SIZE];
    const char *address;

    (void)state;
    client_make(client, "one", id);
    port_of(client, id, port);
    snprintf(ip, sizeof ip, "%s", client_item(client, CLOUD_PUBLIC_IP, ADDRESS));
    assert_string_equal(type_of(client, id, 1, NULL), "");
    assert_int_equal(put(client, ip, port), 200);
    assert_string_equal(client_text(client, "floatingip.port_id"), port);
    assert_string_equal(client_text(client, "floatingip.port_details.device_id"), id);
    assert_string_equal(client_last_record(client).server_id, id);
    assert_string_equal(client_last_record(client).operation, "associate-ip");
    assert_true(client_last_record(client).effect);
    assert_string_equal(type_of(client, id, 1, &address), "floating");
    assert_string_equal(address, ADDRESS);
    assert_int_equal(put(client, ip, NULL), 200);
    assert_null(client_text(client, "floatingip.port_id"));
    assert_string_equal(client_last_record(client).operation, "release-ip");
    assert_string_equal(client_last_record(client).server_id, id);
    assert_string_equal(type_of(client, id, 1, NULL), "");
    client_free(client);
}

static void is_never_on_two(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char one[CLOUD_ID_SIZE], two[CLOUD_ID_SIZE], first[CLOUD_ID_SIZE], second[CLOUD_ID_SIZE];
    char ip[CLOUD_ID_SIZE], other[CLOUD_ID_SIZE], taken[CLOUD_NAME_SIZE];

    (void)state;
    client_make(client, "one", one);
    client_make(client, "two", two);
    port_of(client, one, first);
    port_of(client, two, second);
    snprintf(ip, sizeof ip, "%s", client_item(client, CLOUD_PUBLIC_IP, ADDRESS));
    snprintf(other, sizeof other, "%s", client_item(client, CLOUD_PUBLIC_IP, "203.0.113.11"));
    assert_int_equal(put(client, ip, first), 200);
    assert_int_equal(put(client, ip, second), 200);
    assert_null(client_at(client, "floatingip.port_details")); /* vanilla's alone */
    snprintf(taken, sizeof taken, ADDRESS " taken from %s after ", one);
    assert_memory_equal(client_last_record(client).detail, taken, strlen(taken));
    assert_string_equal(type_of(client, one, 1, NULL), "");
    assert_string_equal(type_of(client, two, 1, NULL), "floating");
    assert_int_equal(put(client, other, second), 409);
    assert_string_equal(client_text(client, "NeutronError.type"), "FloatingIPPortAlreadyAssociated");
    assert_int_equal(put(client, other, "00000000-0000-4000-8000-000000000000"), 404);
    assert_string_equal(client_text(client, "NeutronError.type"), "PortNotFound");
    assert_int_equal(put(client, one, second), 404);
    assert_string_equal(client_text(client, "NeutronError.type"), "FloatingIPNotFound");
    assert_int_equal(client_compute(client, "DELETE", NULL, "servers/%s", two), 204);
    client_settle(client);
    assert_int_equal(client_send(client, "GET", FLOATING, NULL), 200);
    assert_string_equal(client_text(client, "floatingips.0.floating_ip_address"), ADDRESS);
    assert_null(client_text(client, "floatingips.0.port_id"));
    client_free(client);
}

static void lists_are_paged(void **state)
{
    struct client *client = client_of(CLOUD_OPENSTACK);
    char id[CLOUD_ID_SIZE], path[160];

    (void)state;
    client_make(client, "one", id);
    client_make(client, "two", id);
    assert_int_equal(client_send(client, "GET", FLOATING "?limit=1", NULL), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "floatingips")), 1);
    snprintf(path, sizeof path, FLOATING "?limit=1&marker=%s", client_text(client, "floatingips.0.id"));
    assert_int_equal(client_send(client, "GET", path, NULL), 200);
    assert_string_equal(client_text(client, "floatingips.0.floating_ip_address"), "203.0.113.11");
    assert_int_equal(client_send(client, "GET", "/network/v2.0/ports?limit=1", NULL), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "ports")), 1);
    snprintf(path, sizeof path, "/network/v2.0/ports?limit=5&marker=%s", client_text(client, "ports.0.id"));
    assert_int_equal(client_send(client, "GET", path, NULL), 200);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "ports")), 1);
    assert_string_equal(client_text(client, "ports.0.device_id"), id);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_and_goes),
        cmocka_unit_test(is_never_on_two),
        cmocka_unit_test(lists_are_paged),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
