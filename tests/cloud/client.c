#include "client.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 2048 };

void client_options(struct cloud_options *options, enum cloud_dialect dialect)
{
    struct cloud_range *each;

    cloud_options_default(options, dialect);
    each = (struct cloud_range *)(void *)&options->durations;
    for (size_t i = 0; i < sizeof options->durations / sizeof *each; i++)
        each[i] = (struct cloud_range){100, 100};
    options->durations.build = (struct cloud_range){1000, 1000};
}

struct client *client_new(const struct cloud_options *options)
{
    struct client *client = memory_new(1, sizeof *client);

    client->cloud = cloud_new(options);
    client->now_ms = 1000;
    client_login(client);
    return client;
}

struct client *client_of(enum cloud_dialect dialect)
{
    struct cloud_options options;

    client_options(&options, dialect);
    return client_new(&options);
}

static void client_forget(struct client *client)
{
    cJSON_Delete(client->json);
    client->json = NULL;
    cloud_reply_release(&client->reply);
}

void client_free(struct client *client)
{
    client_forget(client);
    cloud_free(client->cloud);
    free(client);
}

int client_send(struct client *client, const char *method, const char *path, const char *body)
{
    struct cloud_header headers[] = {{"Content-Type", "application/json"}, {"X-Auth-Token", client->token}};
    struct cloud_request request = {
        .method = method,
        .base = "http://cloud.test",
        .path = path,
        .headers = headers,
        .header_count = *client->token ? 2 : 1,
        .body = body,
        .body_size = body ? strlen(body) : 0,
    };

    client_forget(client);
    cloud_handle(client->cloud, client->now_ms, &request, &client->reply);
    client->json = cJSON_Parse(client->reply.body ? client->reply.body : "");
    return client->reply.status;
}

int client_login(struct client *client)
{
    struct cloud_options options = cloud_options_of(client->cloud);
    const char *v2 =
        "{\"auth\":{\"tenantId\":\"" CLIENT_PROJECT "\",\"passwordCredentials\":{\"username\":\"demo\","
        "\"password\":\"demo-password\"}}}";
    const char *v3 =
        "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"demo\","
        "\"domain\":{\"id\":\"default\"},\"password\":\"demo-password\"}}},\"scope\":{\"project\":{"
        "\"id\":\"" CLIENT_PROJECT "\"}}}}";
    bool nhn = options.dialect == CLOUD_NHN_V2;

    client->token[0] = '\0';
    client_send(client, "POST", nhn ? "/identity/v2.0/tokens" : "/identity/v3/auth/tokens", nhn ? v2 : v3);
    memory_put(client->token, sizeof client->token,
               nhn ? client_text(client, "access.token.id")
                   : cloud_reply_header(&client->reply, "X-Subject-Token"));
    return client->reply.status;
}

int client_compute(struct client *client, const char *method, const char *body, const char *format, ...)
{
    char path[PATH_SIZE] = "/compute/v2/" CLIENT_PROJECT "/";
    size_t length = strlen(path);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(path + length, sizeof path - length, format, arguments);
    va_end(arguments);
    return client_send(client, method, path, body);
}

const char *client_item(struct client *client, enum cloud_item_kind kind, const char *name)
{
    static char ids[4][CLOUD_ID_SIZE];
    static unsigned next;
    struct cloud_item item;

    assert_true(cloud_catalogue_find(client->cloud, kind, name, &item));
    next = (next + 1) % 4;
    memory_put(ids[next], CLOUD_ID_SIZE, item.id);
    return ids[next];
}

bool client_create(struct client *client, const char *name, char *out_id)
{
    const char *image = client_item(client, CLOUD_IMAGE_ITEM, "Rocky Linux 9");
    char body[2048];

    snprintf(body, sizeof body,
             "{\"server\":{\"name\":\"%s\",\"imageRef\":\"%s\",\"flavorRef\":\"%s\",\"networks\":[{\"uuid\":"
             "\"%s\"}],"
             "\"metadata\":{\"setpoint.object\":\"prod/"
             "%s\",\"team\":\"data\"},\"block_device_mapping_v2\":[{\"uuid\":"
             "\"%s\",\"boot_index\":0,\"volume_size\":20,\"source_type\":\"image\",\"destination_type\":"
             "\"volume\","
             "\"delete_on_termination\":true}]}}",
             name, image, client_item(client, CLOUD_FLAVOR, "m2.c1m2"),
             client_item(client, CLOUD_NETWORK_ITEM, "Default Network"), name, image);
    client_compute(client, "POST", body, "servers");
    memory_put(out_id, CLOUD_ID_SIZE, client_text(client, "server.id"));
    return client->reply.status == 202;
}

void client_make(struct client *client, const char *name, char *out_id)
{
    assert_true(client_create(client, name, out_id));
    client_settle(client);
    assert_string_equal(client_state(client, out_id), "ACTIVE/");
}

int client_act(struct client *client, const char *id, const char *body)
{
    return client_compute(client, "POST", body, "servers/%s/action", id);
}

void client_wait(struct client *client, int64_t ms)
{
    client->now_ms += ms;
    cloud_advance(client->cloud, client->now_ms);
}

void client_settle(struct client *client)
{
    while (cloud_next(client->cloud) != INT64_MAX) {
        client->now_ms = cloud_next(client->cloud);
        cloud_advance(client->cloud, client->now_ms);
    }
}

const char *client_state(struct client *client, const char *id)
{
    static char state[128];
    const char *task;

    if (client_compute(client, "GET", NULL, "servers/%s", id) != 200) {
        snprintf(state, sizeof state, "%d", client->reply.status);
        return state;
    }
    task = client_text(client, "server.OS-EXT-STS:task_state");
    snprintf(state, sizeof state, "%s/%s", client_text(client, "server.status"), task ? task : "");
    return state;
}

const cJSON *client_at(const struct client *client, const char *path)
{
    const cJSON *json = client->json;

    while (json && *path) {
        size_t length = strcspn(path, ".");
        char key[128];

        memory_put(key, length + 1 < sizeof key ? length + 1 : sizeof key, path);
        json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, (int)strtol(key, NULL, 10))
                                   : cJSON_GetObjectItemCaseSensitive(json, key);
        path += length;
        path += *path == '.';
    }
    return json;
}

const char *client_text(const struct client *client, const char *path)
{
    return cJSON_GetStringValue(client_at(client, path));
}

unsigned client_fault(struct client *client, const struct cloud_fault *fault)
{
    unsigned id = cloud_fault_add(client->cloud, fault);

    assert_true(id > 0);
    return id;
}

size_t client_change(struct client *client, enum cloud_change_kind kind, const char *server, const char *key,
                     const char *text)
{
    struct cloud_change change = {.kind = kind};

    memory_put(change.server, sizeof change.server, server);
    memory_put(change.key, sizeof change.key, key);
    memory_put(change.text, sizeof change.text, text);
    return cloud_change(client->cloud, client->now_ms, &change);
}

struct cloud_record client_last_record(const struct client *client)
{
    struct cloud_record record = {.seq = 0};

    assert_true(cloud_record_at(client->cloud, cloud_record_count(client->cloud) - 1, &record));
    return record;
}

size_t client_count(struct client *client, unsigned limit)
{
    char marker[CLOUD_ID_SIZE] = "";
    size_t count = 0;
    int size;

    do {
        client_compute(client, "GET", NULL, "servers?limit=%u%s%s", limit, *marker ? "&marker=" : "", marker);
        size = cJSON_GetArraySize(client_at(client, "servers"));
        if (size)
            memory_put(marker, sizeof marker,
                       cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
                           cJSON_GetArrayItem(client_at(client, "servers"), size - 1), "id")));
        count += (size_t)size;
    } while (client_at(client, "servers_links"));
    return count;
}
