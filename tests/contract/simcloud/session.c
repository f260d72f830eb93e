#include "session.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct cloud *cloud, enum cloud_item_kind kind, const char *id, const char *name,
                const char *text, int64_t a, int64_t b, int64_t c)
{
    struct cloud_item item = {.kind = kind, .a = a, .b = b, .c = c};

    snprintf(item.id, sizeof item.id, "%s", id);
    snprintf(item.name, sizeof item.name, "%s", name);
    snprintf(item.text, sizeof item.text, "%s", text);
    if (!cloud_catalogue_add(cloud, &item)) abort();
}

static void catalogue_fill(struct cloud *cloud)
{
    add(cloud, CLOUD_FLAVOR, "0da9ecd7-1a1d-4eb7-9d9d-8a04e7b9297d", "x1.impossible", "", 5000, 1024, 20);
    add(cloud, CLOUD_FLAVOR, "22ae2cfa-2e98-4b01-9609-b565e0ad0004", "m2.c4m8", "", 4, 8192, 20);
    add(cloud, CLOUD_FLAVOR, "76c0b27b-fc8b-4b95-a228-8be555cabbea", "m2.c1m2", "", 1, 2048, 20);
    add(cloud, CLOUD_FLAVOR, "d8555d96-dbb9-4111-807d-1c5192be14c8", "m2.c2m4", "", 2, 4096, 20);
    add(cloud, CLOUD_FLAVOR, "598dcb52-cf25-4299-9cf9-0f34efe06956", "m2.c2m4b", "", 2, 4096, 20);
    add(cloud, CLOUD_IMAGE_ITEM, "b1ebd020-9c88-4c55-9d7a-6515b849e3f2", "Ubuntu Server 22.04.3 LTS", "linux",
        1, 0, 0);
    add(cloud, CLOUD_NETWORK_ITEM, "c5f27c5c-e41a-4818-9395-40df8f67fa7b", "demo-net", "", 0, 0, 0);
    add(cloud, CLOUD_SUBNET, "1c345df0-a750-4226-aeab-874850b6b9f8", "demo-subnet",
        "c5f27c5c-e41a-4818-9395-40df8f67fa7b", 10, 20, 0);
    add(cloud, CLOUD_GROUP, "2ca70338-aba0-4b23-b850-4eba23dc80d8", "default", "", 0, 0, 0);
    add(cloud, CLOUD_GROUP, "1739b4cf-c457-4bb5-bc0c-7df6dc1b6eed", "web", "", 0, 0, 0);
    add(cloud, CLOUD_ZONE, "", "kr-pub-a", "", 0, 0, 0);
    add(cloud, CLOUD_ZONE, "", "kr-pub-b", "", 0, 0, 0);
    add(cloud, CLOUD_VOLUME_ITEM, "f2cada76-8896-4f5e-a8f8-969386503654", "data-10", "__DEFAULT__", 10, 0, 0);
}

void options_fill(struct cloud_options *options, const char *project)
{
    static const char *const endpoints[CLOUD_SERVICE_COUNT] = {
        [CLOUD_IDENTITY] = "http://127.0.0.1:15000", [CLOUD_COMPUTE] = "http://127.0.0.1:18774",
        [CLOUD_IMAGE] = "http://127.0.0.1:19292",    [CLOUD_NETWORK] = "http://127.0.0.1:19696",
        [CLOUD_VOLUME] = "http://127.0.0.1:18776",
    };

    cloud_options_default(options, CLOUD_OPENSTACK);
    memcpy(options->endpoint, endpoints, sizeof endpoints);
    options->users[0].project_id = project;
    options->users[1] = (struct cloud_user){.name = "small",
                                            .password = "small-password",
                                            .project_id = SMALL,
                                            .project_name = "small",
                                            .quota_instances = 2};
    options->users[2] = (struct cloud_user){.name = "admin",
                                            .password = "admin-password",
                                            .project_id = project,
                                            .project_name = "demo",
                                            .admin = true};
    options->user_count = 3;
    options->quota_instances = 5000;
    options->quota_cores = 50000;
    options->quota_ram_mb = 100000000;
    options->token_cache_ms = 300000;
    options->token_life_ms = 12 * 3600 * 1000;
    options->empty_catalogue = true;
    options->wall_base_ms = 1795213020000;
}

int session_call(struct session *session, const char *method, const char *host, const char *path,
                 const char *token, const char *body, struct cloud_reply *out_reply)
{
    struct cloud_header headers[] = {{"Content-Type", "application/json"}, {"X-Auth-Token", token}};
    char base[128];
    struct cloud_request request = {
        .method = method,
        .base = base,
        .path = path,
        .headers = headers,
        .header_count = token ? 2 : 1,
        .body = body,
        .body_size = strlen(body),
    };

    snprintf(base, sizeof base, "http://%s", host);
    cloud_handle(session->cloud, session->now_ms, &request, out_reply);
    return out_reply->status;
}

static void session_login(struct session *session, unsigned which, const char *user, const char *project)
{
    struct cloud_reply reply;
    char body[400];

    snprintf(body, sizeof body,
             "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"%s\","
             "\"domain\":{\"id\":\"default\"},\"password\":\"%s-password\"}}},"
             "\"scope\":{\"project\":{\"id\":\"%s\"}}}}",
             user, user, project);
    session_call(session, "POST", "127.0.0.1:15000", "/v3/auth/tokens", NULL, body, &reply);
    snprintf(session->tokens[which], sizeof session->tokens[which], "%s",
             cloud_reply_header(&reply, "X-Subject-Token"));
    cloud_reply_release(&reply);
}

void session_logins(struct session *session, const char *project)
{
    session_login(session, TOKEN_DEMO, "demo", project);
    session_login(session, TOKEN_OTHER, "small", SMALL);
    session_login(session, TOKEN_ADMIN, "admin", project);
}

void session_open(struct session *session, const struct cloud_options *options,
                  const struct exchange *exchanges, size_t exchange_count)
{
    *session = (struct session){
        .cloud = cloud_new(options), .exchanges = exchanges, .exchange_count = exchange_count};
    catalogue_fill(session->cloud);
    session_logins(session, options->users[0].project_id);
}

void session_settle(struct session *session)
{
    while (cloud_next(session->cloud) != INT64_MAX) {
        session->now_ms = cloud_next(session->cloud);
        cloud_advance(session->cloud, session->now_ms);
    }
    session->now_ms += IDLE_MS;
    cloud_advance(session->cloud, session->now_ms);
}

static const char *id_find(const struct session *session, const char *recorded)
{
    for (size_t i = 0; i < session->id_count; i++) {
        if (strcmp(session->ids[i].recorded, recorded) == 0) return session->ids[i].simulated;
    }
    return NULL;
}

static void id_add(struct session *session, const char *recorded, const char *simulated)
{
    struct id_pair *pair = &session->ids[session->id_count];

    if (!recorded || !simulated || id_find(session, recorded)) return;
    if (session->id_count++ == IDS_MAX) abort();
    snprintf(pair->recorded, sizeof pair->recorded, "%s", recorded);
    snprintf(pair->simulated, sizeof pair->simulated, "%s", simulated);
}

const char *member(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

/* The object of this id that has a name; NULL if there is none below json. */
static const cJSON *object_in(const cJSON *json, const char *id)
{
    const cJSON *found = NULL;
    const cJSON *child;

    if (member(json, "id") && strcmp(member(json, "id"), id) == 0 && member(json, "name")) return json;
    cJSON_ArrayForEach(child, json)
    {
        if (!found) found = object_in(child, id);
    }
    return found;
}

static const cJSON *servers_of(const cJSON *json)
{
    const cJSON *server = cJSON_GetObjectItemCaseSensitive(json, "server");

    return server ? server : cJSON_GetObjectItemCaseSensitive(json, "servers");
}

/* The server of this id as it was first recorded with its name. */
static const cJSON *recorded_server(const struct session *session, const char *id)
{
    const cJSON *server = NULL;

    for (size_t i = 0; i < session->exchange_count && !server; i++)
        server = object_in(servers_of(session->exchanges[i].json), id);
    return server;
}

/* A server that was made before the recording began. */
static void server_make(struct session *session, const cJSON *recorded, const char *project)
{
    char *metadata = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(recorded, "metadata"));
    struct cloud_reply reply;
    char path[128];
    char body[512];
    cJSON *json;

    snprintf(path, sizeof path, "/v2/%s/servers", project);
    snprintf(
        body, sizeof body,
        "{\"server\":{\"name\":\"%s\",\"imageRef\":\"b1ebd020-9c88-4c55-9d7a-6515b849e3f2\",\"flavorRef\":"
        "\"76c0b27b-fc8b-4b95-a228-8be555cabbea\",\"networks\":[{\"uuid\":"
        "\"c5f27c5c-e41a-4818-9395-40df8f67fa7b\"}],\"metadata\":%s}}",
        member(recorded, "name"), metadata ? metadata : "{}");
    free(metadata);
    session_call(session, "POST", "127.0.0.1:18774", path, session->tokens[TOKEN_DEMO], body, &reply);
    json = cJSON_Parse(reply.body);
    id_add(session, member(recorded, "id"), member(cJSON_GetObjectItemCaseSensitive(json, "server"), "id"));
    cJSON_Delete(json);
    cloud_reply_release(&reply);
    session_settle(session);
}

const char *id_map(struct session *session, const char *recorded, const char *project)
{
    const char *known = id_find(session, recorded);
    const cJSON *object = known ? NULL : recorded_server(session, recorded);
    struct cloud_server server;

    if (!object) return known;
    if (cloud_server_by_object(session->cloud, member(object, "name"), &server))
        id_add(session, recorded, server.id);
    else
        server_make(session, object, project);
    return id_find(session, recorded);
}

static bool is_uuid_at(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i])) return false;
    }
    return true;
}

char *text_map(struct session *session, const char *text, const char *project, bool make)
{
    char *out = calloc(strlen(text) + 1, 1);
    char *to = out;

    if (!out) abort();
    while (*text) {
        char id[CLOUD_ID_SIZE] = "";
        const char *mapped = NULL;

        if (is_uuid_at(text)) {
            snprintf(id, 37, "%s", text);
            mapped = make ? id_map(session, id, project) : id_find(session, id);
        }
        if (!*id) {
            *to++ = *text++;
            continue;
        }
        memcpy(to, mapped ? mapped : id, 36);
        to += 36;
        text += 36;
    }
    return out;
}

void ids_learn(struct session *session, const cJSON *recorded, const cJSON *simulated)
{
    const cJSON *servers = cJSON_GetObjectItemCaseSensitive(simulated, "servers");
    const cJSON *each;
    const cJSON *other;

    id_add(session, member(cJSON_GetObjectItemCaseSensitive(recorded, "server"), "id"),
           member(cJSON_GetObjectItemCaseSensitive(simulated, "server"), "id"));
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(recorded, "servers"))
    {
        cJSON_ArrayForEach(other, servers)
        {
            if (member(each, "name") && member(other, "name") &&
                strcmp(member(each, "name"), member(other, "name")) == 0)
                id_add(session, member(each, "id"), member(other, "id"));
        }
    }
}
