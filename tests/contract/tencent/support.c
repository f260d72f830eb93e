#include "tests/unit/unit.h"

#include "tests/contract/tencent/support.h"

#include <dirent.h>
#include <stdio.h>

const struct provider *gateway_provider(void)
{
    const struct provider *provider = provider_by_name("tencent-gateway");
    assert_non_null(provider);
    return provider;
}

struct cloud_config gateway_cloud(void)
{
    struct cloud_config cloud = {.name = "gz",
                                 .traits = gateway_provider()->traits,
                                 .region = REGION,
                                 .tenant_uuid = TENANT,
                                 .cluster_uuid = CLUSTER};
    cloud.endpoints[SERVICE_COMPUTE] = GATEWAY;
    return cloud;
}

static const char *bodies(char out[4096])
{
    const char *source = getenv("SETPOINT_SOURCE_DIR");
    snprintf(out, 4096, "%s/tests/contract/tencent/bodies", source ? source : ".");
    return out;
}

char *body_file(struct arena *arena, const char *name, size_t *out_size)
{
    char folder[4096];
    char *path = arena_printf(arena, "%s/%s", bodies(folder), name);
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("cannot read %s", path);
    char *bytes = arena_alloc(arena, 65536);
    *out_size = fread(bytes, 1, 65535, file);
    fclose(file);
    return bytes;
}

cJSON *body_json(struct arena *arena, const char *name)
{
    size_t size;
    cJSON *tree = cJSON_Parse(body_file(arena, name, &size));
    if (!tree) fail_msg("%s is not JSON", name);
    return tree;
}

unsigned body_count(void)
{
    char path[4096];
    unsigned count = 0;
    DIR *folder = opendir(bodies(path));
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static bool encode(struct arena *arena, const struct call *call, struct http_request *out, struct error *err)
{
    struct cloud_config cloud = gateway_cloud();
    struct access access = {.token = "Bearer token-of-the-test"};
    access.endpoints[SERVICE_COMPUTE] = BASE;
    return gateway_provider()->encode(&cloud, &access, call, arena, out, err);
}

struct http_request gateway_encode(struct arena *arena, const struct call *call)
{
    struct http_request request;
    struct error err = {0};
    if (!encode(arena, call, &request, &err)) fail_msg("%s", err.text);
    assert_string_equal(request.method, "POST");
    assert_string_equal(http_header_find(request.headers, request.header_count, "Authorization"),
                        "Bearer token-of-the-test");
    assert_string_equal(http_header_find(request.headers, request.header_count, "Content-Type"),
                        "application/json");
    return request;
}

const char *gateway_refusal(struct arena *arena, const struct call *call)
{
    struct http_request request;
    struct error err = {0};
    if (encode(arena, call, &request, &err)) fail_msg("not refused: %s", request.body);
    return arena_text(arena, err.text);
}

struct reply gateway_decode(struct arena *arena, const struct call *call, int status, const char *body)
{
    struct cloud_config cloud = gateway_cloud();
    struct http_response response = {.status = status, .body = body, .body_size = strlen(body)};
    struct reply reply;
    gateway_provider()->decode(&cloud, call, &response, arena, &reply);
    return reply;
}

struct reply gateway_data(struct arena *arena, const struct call *call, const char *data)
{
    return gateway_decode(arena, call, 200,
                          arena_printf(arena, "{\"scode\":0," ENVELOPE ",\"data\":%s}", data));
}

struct reply gateway_failure(struct arena *arena, const struct call *call, long long code, const char *desc)
{
    return gateway_decode(arena, call, 200,
                          arena_printf(arena,
                                       "{\"scode\":%lld,\"desc\":\"%s\",\"message\":\"\",\"message_cn\":\"\","
                                       "\"stack\":[\"host:a,pid:1\"],\"data\":null}",
                                       code, desc ? desc : ""));
}
