#include "tests/unit/unit.h"

#include "tests/contract/nova/exchange.h"

#include <stdio.h>

char *contract_file(struct arena *arena, const char *name, size_t *out_size)
{
    const char *source = getenv("SETPOINT_SOURCE_DIR");
    char *path = arena_printf(arena, "%s/tests/contract/nova/%s", source ? source : ".", name);
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

/* Cuts one line off; *rest goes behind it. */
static char *line_of(char **rest)
{
    char *line = *rest, *end = strchr(line, '\n');
    *rest = end ? end + 1 : line + strlen(line);
    if (end) *end = '\0';
    size_t length = strlen(line);
    if (length && line[length - 1] == '\r') line[length - 1] = '\0';
    return line;
}

static void read_headers(char **rest, struct exchange *out)
{
    for (char *line = line_of(rest); *line; line = line_of(rest)) {
        char *colon = strstr(line, ": ");
        assert_non_null(colon);
        assert_true(out->response.header_count < HTTP_HEADERS_MAX);
        *colon = '\0';
        out->headers[out->response.header_count++] = (struct http_header){line, colon + 2};
    }
}

void exchange_read(struct arena *arena, const char *name, struct exchange *out)
{
    size_t size;
    char *text = contract_file(arena, name, &size), *end = text + size;
    char *split = strstr(text, "\n--- ");
    assert_non_null(split);
    *split = '\0';
    char *answer = split + 1;
    *out = (struct exchange){.method = line_of(&text)};
    char *blank = strchr(out->method, ' ');
    assert_non_null(blank);
    *blank = '\0';
    out->path = blank + 1;
    char *body = strstr(text, "\n\n");
    out->request_body = body ? body + 2 : "";
    line_of(&answer); /* --- N ms */
    out->response.status = (int)strtol(line_of(&answer) + strlen("HTTP/1.1 "), NULL, 10);
    read_headers(&answer, out);
    out->response.headers = out->headers;
    /* Content-Length is the original's: secrets were blacked out */
    out->response.body = answer;
    out->response.body_size = (size_t)(end - answer);
    while (out->response.body_size && answer[out->response.body_size - 1] == '\n')
        out->response.body_size--;
    answer[out->response.body_size] = '\0';
}

struct cloud_config contract_cloud(const char *provider)
{
    const struct provider *found = provider_by_name(provider);
    assert_non_null(found);
    return (struct cloud_config){.name = "test", .traits = found->traits, .interface = "public"};
}

struct access contract_access(struct arena *arena, const char *compute_url)
{
    struct access access = {.token = "token-of-the-test", .expires_wall_ms = -1, .fingerprint = "project"};
    access.endpoints[SERVICE_COMPUTE] = arena_text(arena, compute_url);
    return access;
}
