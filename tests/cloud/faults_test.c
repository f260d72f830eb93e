/* Each kind of fault: what it does, and that it is counted. */
#include "client.h"

#include <stdio.h>
#include <string.h>

struct bench {
    struct client *client;
    char id[CLOUD_ID_SIZE];
    unsigned fault;
};

static struct bench bench_new(struct cloud_fault fault)
{
    struct bench bench = {.client = client_of(CLOUD_NHN_V2)};

    client_make(bench.client, "one", bench.id);
    bench.fault = client_fault(bench.client, &fault);
    return bench;
}

static void bench_end(struct bench *bench, uint64_t changed, uint64_t mutating)
{
    struct cloud_fault_count count;
    struct cloud_fault fault;
    unsigned id;

    assert_true(cloud_fault_at(bench->client->cloud, 0, &id, &fault, &count));
    assert_int_equal(id, bench->fault);
    assert_int_equal(count.changed, changed);
    assert_int_equal(count.mutating, mutating);
    assert_int_equal(cloud_fault_total(bench->client->cloud, fault.kind).changed, changed);
    client_free(bench->client);
}

static void lost_before_has_no_effect(void **state)
{
    struct bench bench =
        bench_new((struct cloud_fault){.kind = CLOUD_FAULT_LOST_BEFORE, .operation = "os-stop"});

    (void)state;
    client_act(bench.client, bench.id, "{\"os-stop\":null}");
    assert_true(bench.client->reply.lost);
    assert_false(client_last_record(bench.client).effect);
    assert_string_equal(client_state(bench.client, bench.id), "ACTIVE/");
    bench_end(&bench, 1, 1);
}

static void lost_after_has_its_effect(void **state)
{
    struct bench bench =
        bench_new((struct cloud_fault){.kind = CLOUD_FAULT_LOST_AFTER, .operation = "os-stop", .number = 1});

    (void)state;
    client_act(bench.client, bench.id, "{\"os-stop\":null}");
    assert_true(bench.client->reply.lost);
    assert_true(bench.client->reply.hold);
    assert_true(client_last_record(bench.client).effect);
    assert_int_equal(client_last_record(bench.client).reply_status, 202);
    assert_string_equal(client_state(bench.client, bench.id), "ACTIVE/powering-off");
    bench_end(&bench, 1, 1);
}

/* A fault that answers a stop with this status, with or without the effect. */
static void check_answer(struct cloud_fault fault, int status, bool effect, const char *content_type)
{
    struct bench bench;

    snprintf(fault.operation, sizeof fault.operation, "os-stop");
    bench = bench_new(fault);
    assert_int_equal(client_act(bench.client, bench.id, "{\"os-stop\":null}"), status);
    assert_non_null(strstr(cloud_reply_header(&bench.client->reply, "Content-Type"), content_type));
    assert_int_equal(client_last_record(bench.client).effect, effect);
    assert_string_equal(client_state(bench.client, bench.id), effect ? "ACTIVE/powering-off" : "ACTIVE/");
    bench_end(&bench, 1, 1);
}

static void answers_in_place_of_the_cloud(void **state)
{
    (void)state;
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE}, 500, false, "json");
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_BEFORE, .status = 503}, 503, false, "json");
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_ERROR_AFTER}, 500, true, "json");
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_HTML_BEFORE}, 502, false, "html");
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_HTML_AFTER, .status = 504}, 504, true, "html");
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_CONFLICT}, 409, false, "json");
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_FORBIDDEN}, 403, false, "json");
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_NOT_FOUND}, 404, false, "json");
    check_answer((struct cloud_fault){.kind = CLOUD_FAULT_IGNORED}, 202, false, "json");
}

static void throttled_says_when(void **state)
{
    struct bench bench =
        bench_new((struct cloud_fault){.kind = CLOUD_FAULT_THROTTLED, .value_ms = 2500, .count = 1});
    struct cloud_fault silent = {.kind = CLOUD_FAULT_THROTTLED_SILENT};

    (void)state;
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 429);
    assert_string_equal(cloud_reply_header(&bench.client->reply, "Retry-After"), "3");
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 200);
    client_fault(bench.client, &silent);
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 429);
    assert_null(cloud_reply_header(&bench.client->reply, "Retry-After"));
    bench_end(&bench, 1, 0);
}

static void tokens_die(void **state)
{
    struct bench bench = bench_new((struct cloud_fault){.kind = CLOUD_FAULT_TOKEN_REVOKED, .count = 1});
    struct cloud_fault once = {.kind = CLOUD_FAULT_UNAUTHORIZED, .count = 1, .operation = "list"};

    (void)state;
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 401);
    assert_non_null(cloud_reply_header(&bench.client->reply, "Www-Authenticate"));
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 401);
    assert_int_equal(client_login(bench.client), 200);
    client_fault(bench.client, &once);
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 401);
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 200);
    bench_end(&bench, 1, 0);
}

static void bodies_are_spoilt(void **state)
{
    struct bench bench =
        bench_new((struct cloud_fault){.kind = CLOUD_FAULT_TRUNCATED, .count = 1, .number = 10});
    struct cloud_fault broken = {.kind = CLOUD_FAULT_BROKEN_JSON, .count = 1};
    struct cloud_fault other = {.kind = CLOUD_FAULT_OTHER_JSON, .count = 1, .number = 1};
    struct cloud_fault endless = {.kind = CLOUD_FAULT_ENDLESS, .count = 1};
    struct cloud_fault slow = {.kind = CLOUD_FAULT_SLOW, .count = 1, .value_ms = 700};
    struct cloud_fault drip = {.kind = CLOUD_FAULT_DRIP, .count = 1, .value_ms = 900};
    struct cloud_fault kill = {.kind = CLOUD_FAULT_KILL, .count = 1, .number = 42};

    (void)state;
    client_compute(bench.client, "GET", NULL, "servers");
    assert_true(bench.client->reply.truncated);
    assert_int_equal(bench.client->reply.truncate_at, 10);
    client_fault(bench.client, &broken);
    client_compute(bench.client, "GET", NULL, "servers");
    assert_false(bench.client->reply.truncated);
    assert_null(bench.client->json);
    client_fault(bench.client, &other);
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 200);
    assert_string_equal(bench.client->reply.body, "[]");
    client_fault(bench.client, &endless);
    client_fault(bench.client, &slow);
    client_fault(bench.client, &drip);
    client_fault(bench.client, &kill);
    client_compute(bench.client, "GET", NULL, "servers");
    assert_true(bench.client->reply.endless);
    assert_int_equal(bench.client->reply.delay_ms, 700);
    assert_int_equal(bench.client->reply.drip_ms, 900);
    assert_true(bench.client->reply.kill_before_reply);
    assert_int_equal(bench.client->reply.kill_pid, 42);
    assert_int_equal(client_last_record(bench.client).reply_ms,
                     client_last_record(bench.client).arrival_ms + 700);
    bench_end(&bench, 1, 0);
}

static void a_lagging_list_shows_the_past(void **state)
{
    struct bench bench = bench_new((struct cloud_fault){.kind = CLOUD_FAULT_LAGGING_LIST, .value_ms = 3000});
    char other[CLOUD_ID_SIZE];

    (void)state;
    client_wait(bench.client, 5000);
    client_act(bench.client, bench.id, "{\"os-stop\":null}");
    client_settle(bench.client);
    assert_true(client_create(bench.client, "two", other));
    client_compute(bench.client, "GET", NULL, "servers/detail");
    assert_int_equal(cJSON_GetArraySize(client_at(bench.client, "servers")), 1);
    assert_string_equal(client_text(bench.client, "servers.0.status"), "ACTIVE");
    client_wait(bench.client, 4000);
    client_compute(bench.client, "GET", NULL, "servers/detail");
    assert_int_equal(cJSON_GetArraySize(client_at(bench.client, "servers")), 2);
    assert_string_equal(client_text(bench.client, "servers.1.status"), "SHUTOFF");
    client_compute(bench.client, "DELETE", NULL, "servers/%s", bench.id);
    client_settle(bench.client);
    assert_string_equal(client_state(bench.client, bench.id), "404");
    client_compute(bench.client, "GET", NULL, "servers/detail");
    assert_int_equal(cJSON_GetArraySize(client_at(bench.client, "servers")), 2);
    bench_end(&bench, 3, 0);
}

static void a_lagging_show_shows_the_past(void **state)
{
    struct bench bench = bench_new((struct cloud_fault){.kind = CLOUD_FAULT_LAGGING_SHOW, .value_ms = 3000});

    (void)state;
    client_wait(bench.client, 5000);
    client_act(bench.client, bench.id, "{\"os-stop\":null}");
    client_settle(bench.client);
    assert_string_equal(client_state(bench.client, bench.id), "ACTIVE/");
    client_wait(bench.client, 3000);
    assert_string_equal(client_state(bench.client, bench.id), "SHUTOFF/");
    bench_end(&bench, 2, 0);
}

/* How many of 30 servers a whole list in pages of 10 yields (repetitions included). */
static size_t list_with(enum cloud_fault_kind kind, unsigned nth)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_fault fault = {.kind = kind, .nth = nth};
    size_t count;

    cloud_preload(client->cloud, client->now_ms, 30, "old");
    client_fault(client, &fault);
    count = client_count(client, 10);
    assert_true(cloud_fault_total(client->cloud, kind).changed > 0);
    client_free(client);
    return count;
}

static void pages_lie(void **state)
{
    (void)state;
    assert_int_equal(list_with(CLOUD_FAULT_PAGE_MISSING, 2), 21);
    assert_int_equal(list_with(CLOUD_FAULT_PAGE_DOUBLED, 2), 40);
    assert_int_equal(list_with(CLOUD_FAULT_PAGE_SHIFTED, 2), 29);
    assert_int_equal(list_with(CLOUD_FAULT_PAGE_CUT, 2), 15);
    assert_int_equal(list_with(CLOUD_FAULT_LIST_EMPTY, 0), 0);
    assert_int_equal(list_with(CLOUD_FAULT_LIST_FOREIGN, 0), 0);
}

static void builds_fail(void **state)
{
    struct bench bench = bench_new((struct cloud_fault){
        .kind = CLOUD_FAULT_BUILD_ERROR, .text = "No valid host was found.", .count = 1});
    struct cloud_fault endless = {.kind = CLOUD_FAULT_BUILD_ENDLESS, .count = 1};
    struct cloud_fault slow = {.kind = CLOUD_FAULT_BUILD_SLOW, .count = 1, .value_ms = 60000};
    char id[CLOUD_ID_SIZE];

    (void)state;
    assert_true(client_create(bench.client, "bad", id));
    client_settle(bench.client);
    assert_string_equal(client_state(bench.client, id), "ERROR/");
    assert_string_equal(client_text(bench.client, "server.fault.message"), "No valid host was found.");
    client_fault(bench.client, &endless);
    assert_true(client_create(bench.client, "stuck", id));
    client_settle(bench.client);
    client_wait(bench.client, 10000000);
    assert_string_equal(client_state(bench.client, id), "BUILD/spawning");
    client_fault(bench.client, &slow);
    assert_true(client_create(bench.client, "slow", id));
    client_wait(bench.client, 60000);
    assert_string_equal(client_state(bench.client, id), "BUILD/spawning");
    client_wait(bench.client, 2000);
    assert_string_equal(client_state(bench.client, id), "ACTIVE/");
    bench_end(&bench, 1, 1);
}

static void actions_fail(void **state)
{
    struct bench bench =
        bench_new((struct cloud_fault){.kind = CLOUD_FAULT_ACTION_ERROR, .operation = "os-stop"});
    struct cloud_fault endless = {.kind = CLOUD_FAULT_ACTION_ENDLESS, .operation = "reboot"};
    struct cloud_fault slow = {.kind = CLOUD_FAULT_ACTION_SLOW, .operation = "delete", .value_ms = 60000};

    (void)state;
    assert_int_equal(client_act(bench.client, bench.id, "{\"os-stop\":null}"), 202);
    client_settle(bench.client);
    assert_string_equal(client_state(bench.client, bench.id), "ERROR/");
    client_fault(bench.client, &endless);
    assert_int_equal(client_act(bench.client, bench.id, "{\"reboot\":{\"type\":\"HARD\"}}"), 202);
    client_settle(bench.client);
    client_wait(bench.client, 10000000);
    assert_string_equal(client_state(bench.client, bench.id), "ERROR/reboot_started_hard");
    client_fault(bench.client, &slow);
    assert_int_equal(client_compute(bench.client, "DELETE", NULL, "servers/%s", bench.id), 204);
    client_wait(bench.client, 30000);
    assert_string_equal(client_state(bench.client, bench.id), "ERROR/deleting");
    client_settle(bench.client);
    assert_string_equal(client_state(bench.client, bench.id), "404");
    bench_end(&bench, 1, 1);
}

static void verify_is_forgotten(void **state)
{
    struct bench bench = bench_new((struct cloud_fault){.kind = CLOUD_FAULT_VERIFY_FORGOTTEN});
    char body[128];

    (void)state;
    snprintf(body, sizeof body, "{\"resize\":{\"flavorRef\":\"%s\"}}",
             client_item(bench.client, CLOUD_FLAVOR, "m2.c2m4"));
    assert_int_equal(client_act(bench.client, bench.id, body), 202);
    client_settle(bench.client);
    client_wait(bench.client, 10000000);
    assert_string_equal(client_state(bench.client, bench.id), "VERIFY_RESIZE/");
    assert_int_equal(client_act(bench.client, bench.id, "{\"confirmResize\":null}"), 204);
    client_settle(bench.client);
    assert_string_equal(client_state(bench.client, bench.id), "ACTIVE/");
    bench_end(&bench, 1, 1);
}

static void a_ghost_appears_later(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_fault fault = {.kind = CLOUD_FAULT_GHOST, .value_ms = 45000, .status = 500, .count = 1};
    struct cloud_server server;
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_fault(client, &fault);
    assert_false(client_create(client, "one", id));
    assert_int_equal(client->reply.status, 500);
    assert_true(client_last_record(client).effect);
    client_wait(client, 44000);
    assert_int_equal(cloud_server_count(client->cloud), 0);
    client_wait(client, 1000);
    assert_true(cloud_server_by_object(client->cloud, "prod/one", &server));
    assert_string_equal(server.status, "BUILD");
    client_settle(client);
    client_make(client, "one", id);
    assert_int_equal(cloud_object_live_max(client->cloud, "prod/one"), 2);
    assert_int_equal(cloud_counters(client->cloud).object_live_max, 2);
    client_free(client);
}

static void a_ghost_that_never_came_is_freed(void **state)
{
    struct client *client = client_of(CLOUD_NHN_V2);
    struct cloud_fault fault = {.kind = CLOUD_FAULT_GHOST, .value_ms = 45000};
    char id[CLOUD_ID_SIZE];

    (void)state;
    client_fault(client, &fault);
    assert_false(client_create(client, "one", id));
    assert_true(client->reply.lost);
    client_free(client);
}

static void a_deleted_one_returns(void **state)
{
    struct bench bench = bench_new((struct cloud_fault){.kind = CLOUD_FAULT_RETURNS, .value_ms = 60000});

    (void)state;
    assert_int_equal(client_compute(bench.client, "DELETE", NULL, "servers/%s", bench.id), 204);
    client_wait(bench.client, 10000);
    assert_string_equal(client_state(bench.client, bench.id), "404");
    client_wait(bench.client, 60000);
    assert_string_equal(client_state(bench.client, bench.id), "ACTIVE/");
    assert_int_equal(cloud_server_live(bench.client->cloud), 1);
    bench_end(&bench, 1, 1);
}

static void quota_falls(void **state)
{
    struct bench bench = bench_new((struct cloud_fault){.kind = CLOUD_FAULT_QUOTA, .number = 1, .count = 1});
    char id[CLOUD_ID_SIZE];

    (void)state;
    assert_false(client_create(bench.client, "two", id));
    assert_int_equal(bench.client->reply.status, 403);
    assert_non_null(strstr(client_text(bench.client, "forbidden.message"), "Quota exceeded for instances"));
    assert_false(client_create(bench.client, "three", id));
    bench_end(&bench, 1, 1);
}

static void marks_are_spoilt(void **state)
{
    struct bench bench =
        bench_new((struct cloud_fault){.kind = CLOUD_FAULT_MARK_STRIPPED, .value_ms = 100, .count = 1});
    struct cloud_fault edited = {
        .kind = CLOUD_FAULT_MARK_EDITED, .value_ms = 100, .count = 1, .text = "setpoint.owner=other"};

    (void)state;
    client_state(bench.client, bench.id);
    assert_non_null(client_at(bench.client, "server.metadata.team"));
    client_wait(bench.client, 200);
    client_fault(bench.client, &edited);
    client_state(bench.client, bench.id);
    assert_non_null(client_at(bench.client, "server.metadata.team"));
    client_wait(bench.client, 200);
    client_compute(bench.client, "GET", NULL, "servers/%s/metadata", bench.id);
    assert_int_equal(cJSON_GetArraySize(client_at(bench.client, "metadata")), 13);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
                            client_at(bench.client, "metadata"), "setpoint.owner")),
                        "other");
    bench_end(&bench, 1, 0);
}

static void a_login_leads_to_another_project(void **state)
{
    struct bench bench = bench_new((struct cloud_fault){.kind = CLOUD_FAULT_WRONG_PROJECT, .count = 1});

    (void)state;
    assert_int_equal(client_login(bench.client), 200);
    assert_string_not_equal(client_text(bench.client, "access.token.tenant.id"), CLIENT_PROJECT);
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 400);
    assert_int_equal(client_login(bench.client), 200);
    assert_int_equal(client_compute(bench.client, "GET", NULL, "servers"), 200);
    bench_end(&bench, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_before_has_no_effect),
        cmocka_unit_test(lost_after_has_its_effect),
        cmocka_unit_test(answers_in_place_of_the_cloud),
        cmocka_unit_test(throttled_says_when),
        cmocka_unit_test(tokens_die),
        cmocka_unit_test(bodies_are_spoilt),
        cmocka_unit_test(a_lagging_list_shows_the_past),
        cmocka_unit_test(a_lagging_show_shows_the_past),
        cmocka_unit_test(pages_lie),
        cmocka_unit_test(builds_fail),
        cmocka_unit_test(actions_fail),
        cmocka_unit_test(verify_is_forgotten),
        cmocka_unit_test(a_ghost_appears_later),
        cmocka_unit_test(a_ghost_that_never_came_is_freed),
        cmocka_unit_test(a_deleted_one_returns),
        cmocka_unit_test(quota_falls),
        cmocka_unit_test(marks_are_spoilt),
        cmocka_unit_test(a_login_leads_to_another_project),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
