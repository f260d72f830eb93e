#include "client.h"

#include <string.h>

static void a_create_is_recorded(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_record record;
    char id[CLOUD_ID_SIZE];

    (void)state;
    assert_true(client_create(client, "one", id));
    record = client_last_record(client);
    assert_string_equal(record.operation, "create");
    assert_string_equal(record.method, "POST");
    assert_string_equal(record.server_id, id);
    assert_string_equal(record.server_name, "one");
    assert_string_equal(record.object, "prod/one");
    assert_string_equal(record.status_before, "");
    assert_string_equal(record.detail, client_item(client, CLOUD_FLAVOR, "m2.c1m2"));
    assert_true(record.mutating);
    assert_true(record.effect);
    assert_true(record.authorized);
    assert_false(record.illegal);
    assert_int_equal(record.reply_status, 202);
    assert_int_equal(record.repeats, 0);
    assert_true(client_create(client, "one", id));
    assert_int_equal(client_last_record(client).repeats, 1);
    client_free(client);
}

static void the_state_at_arrival_is_recorded(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_record record;
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_make(client, "one", id);
    client_act(client, id, "{\"os-stop\":null}");
    client_act(client, id, "{\"os-start\":null}");
    record = client_last_record(client);
    assert_string_equal(record.operation, "os-start");
    assert_string_equal(record.status_before, "ACTIVE");
    assert_string_equal(record.task_before, "powering-off");
    assert_true(record.illegal);
    assert_false(record.effect);
    assert_true(record.ever_running);
    assert_int_equal(record.server_age_ms, 1000);
    client_compute(client, "GET", NULL, "servers/detail?limit=7");
    record = client_last_record(client);
    assert_string_equal(record.operation, "list-detail");
    assert_string_equal(record.detail, "limit=7");
    assert_false(record.mutating);
    client_free(client);
}

static void operations_are_counted(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    const char *operation;
    uint64_t arrived;
    uint64_t effects;
    char id[CLOUD_ID_SIZE];
    bool seen = false;

    (void)state;
    client_make(client, "one", id);
    client_act(client, id, "{\"os-stop\":null}");
    client_act(client, id, "{\"os-stop\":null}");
    for (size_t i = 0; cloud_operation_at(client->cloud, i, &operation, &arrived, &effects); i++) {
        if (strcmp(operation, "os-stop") != 0) continue;
        seen = true;
        assert_int_equal(arrived, 2);
        assert_int_equal(effects, 1);
    }
    assert_true(seen);
    assert_int_equal(cloud_counters(client->cloud).mutating, 3);
    assert_int_equal(cloud_counters(client->cloud).effects, 2);
    assert_int_equal(cloud_counters(client->cloud).illegal, 1);
    assert_int_equal(cloud_counters(client->cloud).logins, 1);
    client_free(client);
}

/* A second is (t - 1000, t]: what came exactly 1000 ms before does not count. */
static void a_second_is_a_sliding_one(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);

    (void)state;
    client_wait(client, 5000);
    for (unsigned i = 0; i < 40; i++) {
        client_wait(client, 100);
        client_compute(client, "GET", NULL, "servers");
    }
    assert_int_equal(cloud_counters(client->cloud).per_second_max, 10);
    client_wait(client, 5000);
    for (unsigned i = 0; i < 25; i++)
        client_compute(client, "GET", NULL, "servers");
    assert_int_equal(cloud_counters(client->cloud).per_second_max, 25);
    client_free(client);
}

static void flights_are_counted(void **state)
{
    struct cloud_options options;
    struct client *client;

    (void)state;
    client_options(&options, CLOUD_NHN_V2);
    options.latency = (struct cloud_range){500, 500};
    client = client_new(&options);
    client_wait(client, 5000);
    for (unsigned i = 0; i < 20; i++) {
        client_wait(client, 100);
        client_compute(client, "GET", NULL, "servers");
    }
    assert_int_equal(cloud_counters(client->cloud).in_flight_max, 5);
    client_free(client);
    options.driver_reports_delivery = true;
    client = client_new(&options);
    cloud_delivered(client->cloud, client->reply.seq, client->now_ms);
    for (unsigned i = 0; i < 3; i++)
        client_compute(client, "GET", NULL, "servers");
    client_wait(client, 60000);
    client_compute(client, "GET", NULL, "servers");
    assert_int_equal(cloud_counters(client->cloud).in_flight_max, 4);
    cloud_delivered(client->cloud, client->reply.seq, client->now_ms);
    assert_int_equal(cloud_counters(client->cloud).in_flight, 3);
    client_free(client);
}

static void a_rate_limit_answers_429(void **state)
{
    struct cloud_options options;
    struct client *client;
    unsigned refused = 0;

    (void)state;
    client_options(&options, CLOUD_NHN_V2);
    options.rate_per_second = 5;
    client = client_new(&options);
    client_wait(client, 5000);
    for (unsigned i = 0; i < 8; i++)
        refused += client_compute(client, "GET", NULL, "servers") == 429;
    assert_int_equal(refused, 3);
    assert_string_equal(cloud_reply_header(&client->reply, "Retry-After"), "1");
    assert_int_equal(cloud_counters(client->cloud).throttled, 3);
    client_free(client);
}

static void two_of_one_object_are_remembered(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    char first[CLOUD_ID_SIZE];
    char second[CLOUD_ID_SIZE];
    const char *object;
    unsigned live;
    unsigned live_max;

    (void)state;
    client_make(client, "one", first);
    client_make(client, "one", second);
    client_compute(client, "DELETE", NULL, "servers/%s", second);
    client_settle(client);
    assert_true(cloud_object_at(client->cloud, 0, &object, &live, &live_max));
    assert_string_equal(object, "prod/one");
    assert_int_equal(live, 1);
    assert_int_equal(live_max, 2);
    assert_int_equal(cloud_object_live_max(client->cloud, "prod/two"), 0);
    client_free(client);
}

static void trimmed_records_are_gone_and_counters_stay(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_record record;

    (void)state;
    client_compute(client, "GET", NULL, "servers");
    assert_int_equal(cloud_record_count(client->cloud), 2);
    cloud_record_trim(client->cloud);
    assert_int_equal(cloud_record_count(client->cloud), 0);
    assert_false(cloud_record_at(client->cloud, 0, &record));
    client_compute(client, "GET", NULL, "servers");
    assert_int_equal(client_last_record(client).seq, 3);
    assert_int_equal(cloud_counters(client->cloud).requests, 3);
    client_free(client);
}

static uint64_t census_of(struct client *client, const char *wanted)
{
    const char *line;
    uint64_t count;

    for (size_t i = 0; cloud_census_at(client->cloud, i, &line, &count); i++) {
        if (strcmp(line, wanted) == 0) return count;
    }
    return 0;
}

static void what_was_served_is_counted_by_operation(void **state)
{
    struct cloud_options options;
    struct client *client;
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_options(&options, CLOUD_NHN_V2);
    options.take_census = true;
    client = client_new(&options);
    assert_int_equal(census_of(client, "POST /identity/tokens auth,tenantId,passwordCredentials -"), 1);
    client_make(client, "one", id);
    assert_int_equal(client_act(client, id, "{\"reboot\":{\"type\":\"HARD\"}}"), 202);
    assert_int_equal(client_act(client, id, "{\"os-start\":null}"), 409);
    client_compute(client, "GET", NULL, "servers/detail?limit=7&marker=%s", id);
    client_compute(client, "GET", NULL, "servers/detail?limit=8&marker=%s", id);
    assert_int_equal(census_of(client, "POST /servers/*/action reboot,type,HARD -"), 1);
    assert_int_equal(census_of(client, "POST /servers/*/action os-start -"), 0);
    assert_int_equal(census_of(client, "GET /servers/detail ?limit,?marker -"), 2);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_create_is_recorded),
        cmocka_unit_test(the_state_at_arrival_is_recorded),
        cmocka_unit_test(operations_are_counted),
        cmocka_unit_test(a_second_is_a_sliding_one),
        cmocka_unit_test(flights_are_counted),
        cmocka_unit_test(a_rate_limit_answers_429),
        cmocka_unit_test(two_of_one_object_are_remembered),
        cmocka_unit_test(what_was_served_is_counted_by_operation),
        cmocka_unit_test(trimmed_records_are_gone_and_counters_stay),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
