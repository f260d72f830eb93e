#include "tests/unit/unit.h"

#include "tests/contract/nhnv1/support.h"

#include <stdio.h>

static const struct auth_value AUTH[] = {{.name = "appkey", .text = "AppKey1"},
                                         {.name = "username", .text = "me@example.com"}};

const struct provider *v1_provider(void)
{
    const struct provider *found = provider_by_name("nhn-v1");
    assert_non_null(found);
    return found;
}

struct cloud_config v1_cloud(void)
{
    return (struct cloud_config){.name = "old",
                                 .traits = v1_provider()->traits,
                                 .interface = "public",
                                 .auth = AUTH,
                                 .auth_count = sizeof AUTH / sizeof AUTH[0]};
}

char *v1_file(struct arena *arena, const char *name, size_t *out_size)
{
    const char *source = getenv("SETPOINT_SOURCE_DIR");
    char *path = arena_printf(arena, "%s/tests/contract/nhnv1/bodies/%s", source ? source : ".", name);
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("cannot read %s", path);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *bytes = arena_alloc(arena, (size_t)size + 1);
    size_t got = fread(bytes, 1, (size_t)size, file);
    fclose(file);
    assert_int_equal(got, size);
    *out_size = got;
    return bytes;
}

cJSON *v1_json(struct arena *arena, const char *name)
{
    size_t size;
    cJSON *tree = cJSON_Parse(v1_file(arena, name, &size));
    if (!tree) fail_msg("%s is no JSON", name);
    return tree;
}

bool v1_try_encode(struct arena *arena, const struct call *call, struct http_request *out, struct error *err)
{
    struct cloud_config cloud = v1_cloud();
    struct access *access = ARENA_NEW(arena, struct access);
    *access = (struct access){.token = "token-of-the-test", .fingerprint = "AppKey1/user-1"};
    access->endpoints[SERVICE_COMPUTE] = V1_BASE;
    *err = (struct error){0};
    return v1_provider()->encode(&cloud, access, call, arena, out, err);
}

struct http_request v1_encode(struct arena *arena, const struct call *call)
{
    struct http_request request;
    struct error err;
    if (!v1_try_encode(arena, call, &request, &err)) fail_msg("%s", err.text);
    return request;
}

struct reply v1_decode(struct arena *arena, const struct call *call, int status, const char *body)
{
    struct cloud_config cloud = v1_cloud();
    struct http_response response = {.status = status, .body = body, .body_size = strlen(body)};
    struct reply reply;
    v1_provider()->decode(&cloud, call, &response, arena, &reply);
    return reply;
}

struct reply v1_refused(struct arena *arena, const struct call *call, int64_t code, const char *message)
{
    return v1_decode(arena, call, 200,
                     arena_printf(arena,
                                  "{\"header\":{\"isSuccessful\":false,\"resultCode\":%lld,"
                                  "\"resultMessage\":\"%s\"}}",
                                  (long long)code, message));
}
