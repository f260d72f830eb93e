#include "tests/unit/unit.h"

#include "tests/contract/kakaocloud/support.h"

#include <dirent.h>
#include <stdio.h>

static const char *folder(struct arena *arena)
{
    const char *source = getenv("SETPOINT_SOURCE_DIR");
    return arena_printf(arena, "%s/tests/contract/kakaocloud/bodies", source ? source : ".");
}

const char *body_of(struct arena *arena, const char *name, size_t *out_size)
{
    enum { SIZE_MAX_HERE = 65536 };
    const char *path = arena_printf(arena, "%s/%s", folder(arena), name);
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("cannot read %s", path);
    char *bytes = arena_alloc(arena, SIZE_MAX_HERE);
    size_t size = fread(bytes, 1, SIZE_MAX_HERE - 1, file);
    fclose(file);
    bytes[size] = '\0';
    if (out_size) *out_size = size;
    return bytes;
}

static bool is_in(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

void every_body_has_a_case(const char *const *names, const char *const *others)
{
    struct arena arena;
    arena_init(&arena);
    DIR *all = opendir(folder(&arena));
    struct dirent *entry;
    assert_non_null(all);
    while ((entry = readdir(all)))
        if (entry->d_name[0] != '.' && !is_in(names, entry->d_name) && !is_in(others, entry->d_name))
            fail_msg("bodies/%s has no case", entry->d_name);
    closedir(all);
    arena_release(&arena);
}

const struct provider *the_provider(void)
{
    const struct provider *found = provider_by_name("kakaocloud");
    assert_non_null(found);
    return found;
}

struct cloud_config the_cloud(void)
{
    return (struct cloud_config){.name = "test", .traits = the_provider()->traits, .interface = "public"};
}

struct access the_access(void)
{
    struct access access = {.token = "token-of-the-test", .expires_wall_ms = -1, .fingerprint = "project"};
    access.endpoints[SERVICE_COMPUTE] = "https://bcs.example/api/v1";
    access.endpoints[SERVICE_IMAGE] = "https://image.example/api/v1";
    access.endpoints[SERVICE_NETWORK] = "https://network.example/api/v1";
    access.endpoints[SERVICE_VPC] = "https://vpc.example/api/v1";
    return access;
}

struct reply decoded(struct arena *arena, const struct call *call, int status, const char *body)
{
    struct cloud_config cloud = the_cloud();
    struct http_response response = {.status = status, .body = body, .body_size = strlen(body)};
    struct reply reply;
    the_provider()->decode(&cloud, call, &response, arena, &reply);
    return reply;
}
