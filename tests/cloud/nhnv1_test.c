/* The dialect nhn-v1: its envelope, its words for states, what it allows in which, and its switches. */
#include "buffer.h"
#include "client.h"
#include "memory.h"

#include <stdio.h>
#include <string.h>

#define BASE "/compute/v1.0/appkeys/8c1f0b6e5d2a4f7c"

enum { PATH_MAX_SIZE = 512 };

/* The code of the envelope; 0 = it worked. */
__attribute__((format(printf, 4, 5))) static int ask(struct client *client, const char *method,
                                                     const char *body, const char *format, ...)
{
    char path[PATH_MAX_SIZE] = BASE "/";
    size_t length = strlen(path);
    const cJSON *code;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(path + length, sizeof path - length, format, arguments);
    va_end(arguments);
    client_send(client, method, path, body);
    code = client_at(client, "header.resultCode");
    assert_int_equal(cJSON_IsTrue(client_at(client, "header.isSuccessful")), code && code->valueint == 0);
    return code ? code->valueint : -1000;
}

static void log_in(struct client *client)
{
    client->token[0] = '\0';
    assert_int_equal(
        ask(client, "POST", "{\"auth\":{\"username\":\"demo\",\"password\":\"demo-password\"}}", "tokens"),
        0);
    memory_put(client->token, sizeof client->token, client_text(client, "access.token.id"));
}

/* With switches "NAME=POSITION", separated by blanks. */
static struct client *start(const char *switches)
{
    struct cloud_options options;
    struct client *client;
    char word[64];

    client_options(&options, CLOUD_NHN_V1);
    while (*switches) {
        size_t length = strcspn(switches, " ");

        memory_put(word, length + 1, switches);
        assert_true(cloud_switch_set(&options, word));
        switches += length + (switches[length] == ' ');
    }
    client = client_new(&options);
    log_in(client);
    return client;
}

/* A create with `key`:`value` in place of what is usual; NULL: nothing. */
static int create(struct client *client, const char *name, const char *key, const char *value)
{
    struct buffer body = {0}, image = {0}, flavor = {0}, quoted = {0};
    int code;

    buffer_format(&quoted, "\"%s\"", name);
    buffer_format(&image, "\"%s\"", client_item(client, CLOUD_IMAGE_ITEM, "Rocky Linux 9"));
    buffer_format(&flavor, "\"%s\"", client_item(client, CLOUD_FLAVOR, "m2.c1m2"));
    const struct {
        const char *key, *value;
    } usual[] = {{"name", buffer_string(&quoted)},
                 {"image", buffer_string(&image)},
                 {"flavor", buffer_string(&flavor)},
                 {"networks", "[{\"subnetId\":\"" CLIENT_SUBNET "\"}]"},
                 {"keyName", "\"ops\""},
                 {"volume", "{\"size\":20,\"type\":null}"},
                 {"securityGroups", "[{\"name\":\"default\"}]"},
                 {"availabilityZone", "\"kr-pub-a\""},
                 {"count", NULL}};
    json_open(&body, '{');
    json_put_open(&body, "instance", '{');
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        const char *given = key && strcmp(key, usual[i].key) == 0 ? value : usual[i].value;

        if (given) json_put_raw(&body, usual[i].key, given);
    }
    json_close(&body, '}');
    json_close(&body, '}');
    code = ask(client, "POST", buffer_string(&body), "instances");
    buffer_release(&body);
    buffer_release(&image);
    buffer_release(&flavor);
    buffer_release(&quoted);
    return code;
}

static void make(struct client *client, const char *name, char *out_id)
{
    assert_int_equal(create(client, name, NULL, NULL), 0);
    memory_put(out_id, CLOUD_ID_SIZE, client_text(client, "instance.id"));
    client_settle(client);
}

static int act(struct client *client, const char *id, const char *action, const char *parameters)
{
    char body[512];

    snprintf(body, sizeof body, "{\"action\":\"%s\"%s%s%s}", action, parameters ? ",\"parameters\":{" : "",
             parameters ? parameters : "", parameters ? "}" : "");
    return ask(client, "POST", body, "instances/%s/action", id);
}

static const char *status_of_id(struct client *client, const char *id)
{
    if (ask(client, "GET", NULL, "instances-detail?id=%s", id) != 0) return "refused";
    return cJSON_GetArraySize(client_at(client, "instances")) ? client_text(client, "instances.0.status")
                                                              : "none";
}

static void test_envelope(void **state)
{
    (void)state;
    struct client *client = start("");

    assert_int_equal(ask(client, "GET", NULL, "instances"), 0);
    assert_int_equal(client->reply.status, 200);
    assert_string_equal(client_text(client, "header.resultMessage"), "SUCCESS");
    assert_int_equal(ask(client, "GET", NULL, "nothing"), 10404);
    assert_int_equal(client->reply.status, 200);
    assert_int_equal(client_last_record(client).reply_status, 404);
    assert_int_equal(ask(client, "DELETE", NULL, "flavors"), -7);
    assert_int_equal(ask(client, "POST", "not JSON", "instances"), -8);
    assert_int_equal(ask(client, "GET", NULL, "tokens?id=%s", client->token), 0);
    assert_int_equal(ask(client, "GET", NULL, "tokens?id=x"), 50404);
    client_send(client, "GET", "/compute/v1.0/appkeys/other/instances", NULL);
    assert_int_equal(client_at(client, "header.resultCode")->valueint, -3);
    client->token[0] = 'x';
    assert_int_equal(ask(client, "GET", NULL, "instances"), -3);
    assert_int_equal(client_last_record(client).reply_status, 401);
    assert_int_equal(ask(client, "POST", "{\"auth\":{\"username\":\"demo\",\"password\":\"no\"}}", "tokens"),
                     -3);
    client_free(client);
}

/* What a create wants. */
static void test_create(void **state)
{
    static const struct {
        const char *name, *key, *value;
        int code;
    } rows[] = {
        {"a", NULL, NULL, 0},
        {"abcdefghij0123456.-9", NULL, NULL, 0},
        {"abcdefghij01234567890", NULL, NULL, -4},
        {"a_b", NULL, NULL, -4},
        {"", NULL, NULL, -4},
        {"b", "image", "\"x\"", 30404},
        {"b", "image", NULL, 30404},
        {"b", "flavor", "\"x\"", 11404},
        {"b", "networks", "[]", -4},
        {"b", "networks", NULL, -4},
        {"b", "networks", "[{\"id\":\"x\"}]", 20004},
        {"b", "networks", "[{\"id\":\"5be5d2c7-3b3e-4a0e-9a86-5d1b1d3f7c01\"}]", 0},
        {"b", "keyName", NULL, -4},
        {"b", "availabilityZone", NULL, -4},
        {"b", "securityGroups", NULL, -4},
        {"b", "securityGroups", "[{\"name\":\"no\"}]", 24404},
        {"b", "volume", NULL, -4},
        {"b", "volume", "{\"size\":25}", -4},
        {"b", "volume", "{\"size\":10}", -4},
        {"b", "volume", "{\"size\":1010}", -4},
        {"b", "volume", "{\"size\":\"30\"}", -4},
        {"b", "volume", "{\"size\":30,\"type\":\"fast\"}", -4},
        {"b", "volume", "{\"size\":1000,\"type\":\"General SSD\"}", 0},
        {"b", "count", "11", -4},
        {"c", "count", "2", 0},
    };
    struct client *client = start("");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int code = create(client, rows[i].name, rows[i].key, rows[i].value);

        if (code != rows[i].code) fail_msg("row %zu: %d", i, code);
    }
    assert_string_equal(client_text(client, "instance.name"), "c-1");
    assert_string_equal(client_text(client, "instance.status"), "BUILD");
    client_free(client);
}

static void test_windows_and_u2(void **state)
{
    (void)state;
    struct client *client = start("");
    char windows[64], u2[64];

    snprintf(windows, sizeof windows, "\"%s\"", client_item(client, CLOUD_IMAGE_ITEM, "Windows 2022"));
    snprintf(u2, sizeof u2, "\"%s\"", client_item(client, CLOUD_FLAVOR, "u2.c1m2"));
    assert_int_equal(create(client, "abcdefghij123", "image", windows), -4); /* 13 characters */
    assert_int_equal(create(client, "abcdefghij12", "image", windows), -4);  /* 20 GB are too few */
    assert_int_equal(create(client, "b", "flavor", u2), -4);                 /* no volume there */
    client_free(client);
    client = start("u2-volume=ignored volume-size=optional names=unique");
    assert_int_equal(create(client, "b", "flavor", u2), 0);
    assert_int_equal(create(client, "b", NULL, NULL), 10409);
    assert_int_equal(create(client, "c", "volume", NULL), 0);
    client_free(client);
}

static void test_detail(void **state)
{
    (void)state;
    struct client *client = start("");
    char id[CLOUD_ID_SIZE];

    make(client, "web-1", id);
    assert_string_equal(status_of_id(client, id), "ACTIVE");
    assert_string_equal(client_text(client, "instances.0.flavor.name"), "m2.c1m2");
    assert_string_equal(client_text(client, "instances.0.image"),
                        client_item(client, CLOUD_IMAGE_ITEM, "Rocky Linux 9"));
    assert_string_equal(client_text(client, "instances.0.volumes.root.type"), "General HDD");
    assert_int_equal(client_at(client, "instances.0.volumes.root.size")->valueint, 20);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "instances.0.volumes.attachments")), 0);
    assert_string_equal(client_text(client, "instances.0.securityGroups.0.name"), "default");
    assert_string_equal(client_text(client, "instances.0.metadata.os_distro"), "rocky");
    assert_null(strchr(client_text(client, "instances.0.createdAt"), 'Z'));
    client_free(client);
    client = start("numbers=text times=seconds-z metadata=empty");
    make(client, "web-1", id);
    assert_string_equal(status_of_id(client, id), "ACTIVE");
    assert_string_equal(client_text(client, "instances.0.volumes.root.size"), "20");
    assert_string_equal(client_text(client, "instances.0.flavor.cpu"), "1");
    assert_non_null(strchr(client_text(client, "instances.0.createdAt"), 'Z'));
    assert_int_equal(cJSON_GetArraySize(client_at(client, "instances.0.metadata")), 0);
    client_free(client);
}

/* Each state against each operation: y accepted, - refused with 10409. */
enum { COLUMNS = 8 };
static const struct {
    const char *action, *parameters;
} columns[COLUMNS] = {{"start", NULL},
                      {"stop", NULL},
                      {"reboot", "\"type\":\"SOFT\""},
                      {"reboot", "\"type\":\"HARD\""},
                      {"resize", "flavor"},
                      {"uploadImage", "\"name\":\"snap\""},
                      {"addSecurityGroup", "\"name\":\"web\""},
                      {"delete", NULL}};
static const struct {
    enum cloud_change_kind change;
    const char *text, *status, *allowed;
} states[] = {
    /*                                              start stop soft hard resize image group delete */
    {CLOUD_CHANGE_ACTIVATE, "", "ACTIVE", "-yyyy-yy"},
    {CLOUD_CHANGE_STOP, "", "STOP", "y--yyyyy"},
    {CLOUD_CHANGE_ERROR, "", "ERROR", "-y-y---y"},
    {CLOUD_CHANGE_TASK, "powering-off", "POWERING_OFF", "-------y"},
    {CLOUD_CHANGE_TASK, "rebooting", "REBOOTING", "-------y"},
    {CLOUD_CHANGE_TASK, "resize_prep", "RESIZING", "-------y"},
    {CLOUD_CHANGE_TASK, "migrating", "MIGRATING", "-------y"},
    {CLOUD_CHANGE_PAUSE, "", "PAUSED", "-------y"},
    {CLOUD_CHANGE_SHELVE, "", "SHELVED_OFFLOADED", "-------y"},
};

static int column_ask(struct client *client, const char *id, unsigned column)
{
    char resize[128];

    if (strcmp(columns[column].action, "delete") == 0)
        return ask(client, "DELETE", NULL, "instances?id=%s", id);
    snprintf(resize, sizeof resize, "\"flavor\":\"%s\"", client_item(client, CLOUD_FLAVOR, "m2.c4m8"));
    return act(client, id, columns[column].action,
               strcmp(columns[column].action, "resize") == 0 ? resize : columns[column].parameters);
}

static void test_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        for (unsigned column = 0; column < COLUMNS; column++) {
            struct client *client = start("");
            char id[CLOUD_ID_SIZE];
            int code;

            make(client, "a", id);
            client_change(client, states[i].change, id, "", states[i].text);
            assert_string_equal(status_of_id(client, id), states[i].status);
            code = column_ask(client, id, column);
            if (code != (states[i].allowed[column] == 'y' ? 0 : 10409))
                fail_msg("%s in %s: %d", columns[column].action, states[i].status, code);
            assert_int_equal(client_last_record(client).illegal, code == 10409);
            client_free(client);
        }
    }
}

static void test_switched_states(void **state)
{
    (void)state;
    struct client *client =
        start("resize-from=stopped reboot-from=active attach-from=active foreign-states=nearest");
    char id[CLOUD_ID_SIZE];

    make(client, "a", id);
    assert_int_equal(column_ask(client, id, 4), 10409);
    client_change(client, CLOUD_CHANGE_PAUSE, id, "", "");
    assert_string_equal(status_of_id(client, id), "STOP");
    client_change(client, CLOUD_CHANGE_STOP, id, "", "");
    assert_int_equal(column_ask(client, id, 3), 10409);
    assert_int_equal(ask(client, "POST", "{\"attachment\":{\"volumeId\":\"" CLIENT_VOLUME "\"}}",
                         "instances/%s/attachments", id),
                     10409);
    assert_int_equal(column_ask(client, id, 4), 0);
    client_free(client);
    client = start("foreign-states=unknown");
    make(client, "a", id);
    client_change(client, CLOUD_CHANGE_RESCUE, id, "", "");
    assert_string_equal(status_of_id(client, id), "UNKNOWN");
    client_free(client);
}

static void test_resize(void **state)
{
    (void)state;
    struct client *client = start("");
    char id[CLOUD_ID_SIZE];

    make(client, "a", id);
    assert_int_equal(column_ask(client, id, 4), 0);
    client_wait(client, 10);
    assert_string_equal(status_of_id(client, id), "RESIZING");
    client_settle(client);
    assert_string_equal(status_of_id(client, id), "ACTIVE");
    assert_string_equal(client_text(client, "instances.0.flavor.name"), "m2.c4m8");
    assert_int_equal(column_ask(client, id, 4), 10400); /* the same again */
    client_free(client);
    client = start("resize-confirm=by-hand");
    make(client, "a", id);
    assert_int_equal(column_ask(client, id, 4), 0);
    client_settle(client);
    assert_string_equal(status_of_id(client, id), "RESIZING");
    client_free(client);
}

static void test_gone(void **state)
{
    static const struct {
        const char *switches, *status;
        int show, stop, delete_twice;
    } rows[] = {
        {"", "refused", -5, -5, 0},
        {"gone=code-10404 delete-twice=conflict", "refused", 10404, 10404, 10409},
        {"gone=empty delete-twice=gone", "none", 0, 10404, 10404},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client *client = start(rows[i].switches);
        char id[CLOUD_ID_SIZE];

        make(client, "a", id);
        assert_int_equal(ask(client, "DELETE", NULL, "instances?id=%s", id), 0);
        assert_string_equal(status_of_id(client, id), "DELETING");
        assert_int_equal(ask(client, "DELETE", NULL, "instances?id=%s", id), rows[i].delete_twice);
        client_settle(client);
        assert_string_equal(status_of_id(client, id), rows[i].status);
        assert_int_equal(ask(client, "GET", NULL, "instances-detail?id=%s", id), rows[i].show);
        assert_int_equal(act(client, id, "stop", NULL), rows[i].stop);
        assert_int_equal(ask(client, "GET", NULL, "instances-detail"), 0);
        assert_int_equal(cJSON_GetArraySize(client_at(client, "instances")), 0);
        client_free(client);
    }
}

static void test_volumes_and_addresses(void **state)
{
    (void)state;
    struct client *client = start("");
    char id[CLOUD_ID_SIZE], own[32], parameters[128];
    const char *volume = "{\"attachment\":{\"volumeId\":\"" CLIENT_VOLUME "\"}}";

    make(client, "a", id);
    assert_int_equal(ask(client, "POST", volume, "instances/%s/attachments", id), 0);
    assert_string_equal(client_text(client, "attachment.volumeId"), CLIENT_VOLUME);
    assert_int_equal(ask(client, "POST", volume, "instances/%s/attachments", id), 40400);
    assert_string_equal(status_of_id(client, id), "ACTIVE");
    assert_string_equal(client_text(client, "instances.0.volumes.attachments.0.id"), CLIENT_VOLUME);
    memory_put(own, sizeof own, client_text(client, "instances.0.addresses.0.ipAddress"));
    assert_int_equal(ask(client, "DELETE", NULL, "instances/%s/attachments?volumeId=" CLIENT_VOLUME, id), 0);
    client_settle(client);
    assert_int_equal(ask(client, "DELETE", NULL, "instances/%s/attachments?volumeId=" CLIENT_VOLUME, id),
                     40404);
    assert_int_equal(
        act(client, id, "addFloatingIp", "\"address\":\"203.0.113.10\",\"ipAddress\":\"10.9.9.9\""), -4);
    snprintf(parameters, sizeof parameters, "\"address\":\"203.0.113.10\",\"ipAddress\":\"%s\"", own);
    assert_int_equal(act(client, id, "addFloatingIp", parameters), 0);
    assert_int_equal(act(client, id, "addFloatingIp", parameters), 22409);
    assert_string_equal(status_of_id(client, id), "ACTIVE");
    assert_string_equal(client_text(client, "instances.0.addresses.0.floatingIpAddress"), "203.0.113.10");
    assert_int_equal(act(client, id, "removeFloatingIp", "\"address\":\"203.0.113.10\""), 0);
    assert_int_equal(act(client, id, "removeFloatingIp", "\"address\":\"203.0.113.10\""), 22404);
    assert_int_equal(act(client, id, "removeFloatingIp", "\"address\":\"203.0.113.99\""), 22404);
    client_free(client);
}

static void test_keypairs(void **state)
{
    (void)state;
    struct client *client = start("");

    assert_int_equal(
        ask(client, "POST", "{\"keypair\":{\"name\":\"k\",\"publicKey\":\"ssh-rsa A\"}}", "keypairs"), 0);
    assert_null(client_at(client, "keypair.privateKey"));
    assert_int_equal(ask(client, "POST", "{\"keypair\":{\"name\":\"k\"}}", "keypairs"), 13409);
    assert_int_equal(ask(client, "POST", "{\"keypair\":{\"name\":\"m\"}}", "keypairs"), 0);
    assert_non_null(client_at(client, "keypair.privateKey"));
    assert_int_equal(ask(client, "GET", NULL, "keypairs?name=k"), 0);
    assert_non_null(client_text(client, "keypairs.0.createdAt"));
    assert_string_equal(client_text(client, "keypairs.0.publicKey"), "ssh-rsa A");
    assert_int_equal(ask(client, "DELETE", NULL, "keypairs?name=k"), 0);
    assert_int_equal(ask(client, "DELETE", NULL, "keypairs?name=k"), 13404);
    client_free(client);
}

/* All pages together have each image once, however the marker is taken. */
static size_t images_counted(struct client *client)
{
    char marker[CLOUD_ID_SIZE] = "", last[CLOUD_ID_SIZE] = "";
    size_t count = 0;

    for (unsigned pages = 0; pages < 20; pages++) {
        int size;

        assert_int_equal(ask(client, "GET", NULL, "images?limit=1000%s%s", *marker ? "&marker=" : "", marker),
                         0);
        size = cJSON_GetArraySize(client_at(client, "images"));
        for (int i = 0; i < size; i++) {
            const cJSON *image = cJSON_GetArrayItem(client_at(client, "images"), i);

            memory_put(last, sizeof last,
                       cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(image, "id")));
            count += strcmp(last, marker) != 0;
        }
        if (!size || strcmp(last, marker) == 0) return count;
        memory_put(marker, sizeof marker, last);
    }
    fail();
    return 0;
}

static void test_image_pages(void **state)
{
    (void)state;
    struct client *client = start("");

    assert_int_equal(images_counted(client), 4);
    client_free(client);
    client = start("image-marker=with");
    assert_int_equal(images_counted(client), 4);
    client_free(client);
}

static void test_faults(void **state)
{
    static const struct {
        const char *switches;
        enum cloud_fault_kind kind;
        int code, http;
    } rows[] = {
        {"", CLOUD_FAULT_THROTTLED, 10429, 200},
        {"throttle=code-10413", CLOUD_FAULT_THROTTLED, 10413, 200},
        {"throttle=http-429", CLOUD_FAULT_THROTTLED, -1000, 429},
        {"", CLOUD_FAULT_ERROR_BEFORE, -1, 200},
        {"failure=code-2", CLOUD_FAULT_ERROR_BEFORE, -2, 200},
        {"failure=http-500", CLOUD_FAULT_ERROR_BEFORE, -1000, 500},
        {"", CLOUD_FAULT_TOKEN_REVOKED, -3, 200},
        {"expired-token=code-50401", CLOUD_FAULT_UNAUTHORIZED, 50401, 200},
        {"expired-token=code-10401", CLOUD_FAULT_UNAUTHORIZED, 10401, 200},
        {"expired-token=http-401", CLOUD_FAULT_UNAUTHORIZED, -1000, 401},
        {"", CLOUD_FAULT_FORBIDDEN, 10403, 200},
        {"denied-call=code-3", CLOUD_FAULT_FORBIDDEN, -3, 200},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client *client = start(rows[i].switches);
        struct cloud_fault fault = {.kind = rows[i].kind, .count = 1};
        int code;

        client_fault(client, &fault);
        code = ask(client, "GET", NULL, "instances-detail");
        if (code != rows[i].code || client->reply.status != rows[i].http)
            fail_msg("row %zu: %d, HTTP %d", i, code, client->reply.status);
        client_free(client);
    }
}

/* What a token check is for: the same words about the call and about the token. */
static void test_token_check(void **state)
{
    (void)state;
    struct client *client = start("denied-call=code-3");
    struct cloud_fault denied = {.kind = CLOUD_FAULT_FORBIDDEN, .count = 1};
    struct cloud_fault dead = {.kind = CLOUD_FAULT_TOKEN_REVOKED, .count = 1};

    client_fault(client, &denied);
    assert_int_equal(ask(client, "GET", NULL, "instances"), -3);
    assert_int_equal(ask(client, "GET", NULL, "tokens?id=%s", client->token), 0);
    assert_string_equal(client_text(client, "access.token.id"), client->token);
    assert_non_null(client_text(client, "access.token.expires"));
    client_fault(client, &dead);
    assert_int_equal(ask(client, "GET", NULL, "instances"), -3);
    assert_int_equal(ask(client, "GET", NULL, "tokens?id=%s", client->token), -3);
    client_free(client);
}

static void test_lying_lists(void **state)
{
    (void)state;
    struct client *client = start("");
    struct cloud_fault lag = {.kind = CLOUD_FAULT_LAGGING_LIST, .value_ms = 5000, .count = 1};
    struct cloud_fault empty = {.kind = CLOUD_FAULT_LIST_EMPTY, .count = 1};
    char id[CLOUD_ID_SIZE];

    client_fault(client, &lag);
    client_wait(client, 10000);
    make(client, "a", id);
    assert_int_equal(ask(client, "GET", NULL, "instances-detail"), 0);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "instances")), 0);
    client_fault(client, &empty);
    assert_int_equal(ask(client, "GET", NULL, "instances-detail"), 0);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "instances")), 0);
    assert_int_equal(ask(client, "GET", NULL, "instances-detail"), 0);
    assert_int_equal(cJSON_GetArraySize(client_at(client, "instances")), 1);
    client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_envelope),
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_windows_and_u2),
        cmocka_unit_test(test_detail),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_switched_states),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_volumes_and_addresses),
        cmocka_unit_test(test_keypairs),
        cmocka_unit_test(test_image_pages),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_token_check),
        cmocka_unit_test(test_lying_lists),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
