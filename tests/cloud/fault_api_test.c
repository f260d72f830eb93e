/* Which requests a fault hits, and the table of faults. */
#include "client.h"

#include <stdio.h>
#include <string.h>

static unsigned hits(struct cloud_fault fault, unsigned requests)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    unsigned count = 0;

    client_fault(client, &fault);
    for (unsigned i = 0; i < requests; i++) {
        client_wait(client, 100);
        count += client_compute(client, "GET", NULL, "servers") != 200;
    }
    client_free(client);
    return count;
}

static void conditions_hold(void **state)
{
    unsigned chance = hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .permille = 300}, 1000);

    (void)state;
    assert_in_range(chance, 230, 370);
    assert_int_equal(hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .nth = 3}, 10), 1);
    assert_int_equal(hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .count = 4}, 10), 4);
    assert_int_equal(hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .from_ms = 1500}, 10), 6);
    assert_int_equal(hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .until_ms = 1500}, 10), 4);
    assert_int_equal(hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .method = "POST"}, 10), 0);
    assert_int_equal(
        hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .operation = "create|li*"}, 10), 10);
    assert_int_equal(
        hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .operation = "mutating"}, 10), 0);
    assert_int_equal(hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .operation = "reading"}, 10),
                     10);
    assert_int_equal(hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .path = "*/flavors*"}, 10),
                     0);
    assert_int_equal(hits((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .server = "one"}, 10), 0);
}

static void a_server_is_matched_by_object(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_fault fault = {.kind = CLOUD_FAULT_CONFLICT, .server = "prod/on?"};
    char one[CLOUD_ID_SIZE];
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", one);
    client_fault(client, &fault);
    assert_int_equal(client_act(client, one, "{\"os-stop\":null}"), 409);
    assert_true(client_create(client, "two", id));
    assert_false(client_create(client, "one", id));
    assert_int_equal(cloud_fault_total(client->cloud, CLOUD_FAULT_CONFLICT).mutating, 2);
    client_free(client);
}

static void table_is_bounded_and_edited(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_fault fault = {.kind = CLOUD_FAULT_SLOW};
    unsigned id = 0;

    (void)state;
    for (unsigned i = 0; i < CLOUD_FAULTS_MAX; i++)
        id = client_fault(client, &fault);
    assert_int_equal(cloud_fault_add(client->cloud, &fault), 0);
    assert_true(cloud_fault_remove(client->cloud, id));
    assert_false(cloud_fault_remove(client->cloud, id));
    cloud_fault_clear(client->cloud);
    assert_true(cloud_fault_add(client->cloud, &fault) > id);
    client_free(client);
}

static void faults_are_read_from_json(void **state)
{
    static const char good[] =
        "{\"kind\":\"lost-after\",\"operation\":\"create\",\"count\":2,\"from_ms\":5000000000}";
    static const char *const bad[] = {"[]",
                                      "{\"kind\":\"nothing\"}",
                                      "{\"operation\":\"create\"}",
                                      "{\"kind\":\"slow\",\"colour\":1}",
                                      "{\"kind\":\"slow\",\"count\":\"1\"}",
                                      "{"};
    struct cloud_fault fault;
    char why[200];

    (void)state;
    assert_true(cloud_fault_parse(good, sizeof good - 1, &fault, why, sizeof why));
    assert_int_equal(fault.kind, CLOUD_FAULT_LOST_AFTER);
    assert_string_equal(fault.operation, "create");
    assert_int_equal(fault.count, 2);
    assert_true(fault.from_ms == 5000000000);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        why[0] = '\0';
        assert_false(cloud_fault_parse(bad[i], strlen(bad[i]), &fault, why, sizeof why));
        assert_true(why[0]);
    }
    for (unsigned kind = 0; kind < CLOUD_FAULT_KIND_COUNT; kind++)
        assert_true(cloud_fault_name(kind)[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold),
        cmocka_unit_test(a_server_is_matched_by_object),
        cmocka_unit_test(table_is_bounded_and_edited),
        cmocka_unit_test(faults_are_read_from_json),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
