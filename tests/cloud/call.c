#include "call.h"

#include "dialect.h"
#include "memory.h"
#include "wall.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void text_decode(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        char hex[3] = "";

        if (*from == '%' && from[1] && from[2]) {
            memcpy(hex, from + 1, 2);
            *to++ = (char)strtol(hex, NULL, 16);
            from += 2;
        } else {
            *to++ = *from == '+' ? ' ' : *from;
        }
    }
    *to = '\0';
}

static void call_parse_query(struct call *call, const char *query)
{
    char *at;

    call->query_copy = memory_text(query);
    at = call->query_copy;
    while (*at && call->query_count < CALL_QUERY_MAX) {
        char *next = at + strcspn(at, "&");
        char *value;

        if (*next) *next++ = '\0';
        value = at + strcspn(at, "=");
        if (*value) *value++ = '\0';
        text_decode(at);
        text_decode(value);
        if (*at) call->query[call->query_count++] = (struct cloud_pair){at, value};
        at = next;
    }
}

static void call_parse_path(struct call *call)
{
    const char *path = call->request->path;
    size_t length = strcspn(path, "?#");
    char *at;

    call->path_copy = memory_copy(path, length);
    call_parse_query(call, path[length] == '?' ? path + length + 1 : "");
    for (at = call->path_copy; *at && call->segment_count < CALL_SEGMENTS_MAX;) {
        char *end = at + strcspn(at, "/");
        bool more = *end;

        *end = '\0';
        if (*at) {
            text_decode(at);
            call->segments[call->segment_count++] = at;
        }
        at = end + more;
    }
}

static const char *authority_of(const char *url)
{
    const char *scheme = url ? strstr(url, "://") : NULL;

    return scheme ? scheme + 3 : url;
}

/* An endpoint of its own (host and port) says which service is meant. */
static bool call_service_by_host(struct call *call)
{
    const struct cloud_options *options = &call->cloud->options;
    const char *base = authority_of(call->request->base);

    for (unsigned service = 0; base && service < CLOUD_SERVICE_COUNT; service++) {
        const char *endpoint = authority_of(options->endpoint[service]);

        if (endpoint && strcmp(endpoint, base) == 0) {
            call->service = service;
            return true;
        }
    }
    return false;
}

/* Returns how many segments the prefix takes. */
static size_t call_service_by_prefix(struct call *call)
{
    size_t at = 0;

    if (call->segment_count >= 2 && strcmp(call->segments[0], "region") == 0) {
        for (unsigned region = 0; region < CLOUD_REGIONS_MAX && call->cloud->options.regions[region];
             region++) {
            if (strcmp(call->cloud->options.regions[region], call->segments[1]) == 0) call->region = region;
        }
        at = 2;
    }
    call->service = CLOUD_SERVICE_NONE;
    for (unsigned service = 0; at < call->segment_count && service < CLOUD_SERVICE_COUNT; service++) {
        const char *prefix = call->dialect->prefixes[service];

        if (prefix && strcmp(prefix, call->segments[at]) == 0) call->service = service;
    }
    return call->service == CLOUD_SERVICE_NONE ? at : at + 1;
}

size_t call_find_service(struct call *call)
{
    return call_service_by_host(call) ? 0 : call_service_by_prefix(call);
}

static void call_parse_body(struct call *call)
{
    const struct cloud_request *request = call->request;

    if (request->body_size && request->body_size <= CLOUD_BODY_SIZE_MAX)
        call->body = cJSON_ParseWithLengthOpts(request->body, request->body_size, NULL, false);
}

void call_parse(struct call *call)
{
    call->dialect = dialect_of(call->cloud->options.dialect);
    call->version = "";
    call->path_project = "";
    call->operation = "unknown";
    call->project = "";
    call->create_name = call->create_object = call->create_attempt = "";
    call->content_type = "application/json";
    call_parse_path(call);
    call_parse_body(call);
    call->dialect->find(call);
    if (!call->route) return;
    call->operation = call->route->operation;
    call->mutating = call->route->flags & ROUTE_MUTATING;
    call->login = call->route->flags & ROUTE_LOGIN;
    if (call->route->flags & ROUTE_SERVER)
        call->server = fleet_by_id(&call->cloud->fleet, call->arguments[0]);
    call->dialect->note(call);
}

void call_release(struct call *call)
{
    cJSON_Delete(call->body);
    free(call->path_copy);
    free(call->query_copy);
    buffer_release(&call->body_out);
    for (size_t i = 0; i < call->header_count; i++)
        free(call->headers[i].value);
}

unsigned call_switch(const struct call *call, unsigned number)
{
    call->cloud->switches_asked[number]++;
    return call->cloud->options.switches[number];
}

const char *call_query(const struct call *call, const char *key)
{
    for (size_t i = 0; i < call->query_count; i++) {
        if (strcmp(call->query[i].key, key) == 0) return call->query[i].value;
    }
    return NULL;
}

const char *call_header(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->request->header_count; i++) {
        if (strcasecmp(call->request->headers[i].name, name) == 0) return call->request->headers[i].value;
    }
    return NULL;
}

void call_header_out(struct call *call, const char *name, const char *format, ...)
{
    struct buffer value = {0};
    char text[1024];
    va_list arguments;

    if (call->header_count == CALL_HEADERS_MAX) return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buffer_text(&value, text);
    call->headers[call->header_count++] = (struct call_reply_header){name, value.data};
}

void call_error(struct call *call, int status, const char *format, ...)
{
    char message[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    call->status = status;
    buffer_clear(&call->body_out);
    call->dialect->error(call, status, message);
}

void call_unauthorized(struct call *call)
{
    call->dialect->unauthorized(call);
}

bool call_take_token(struct call *call, const char *text)
{
    call->token = text && *text ? tokens_check(&call->cloud->tokens, text, call->now_ms,
                                               call->cloud->options.token_cache_ms)
                                : NULL;
    if (!call->token) {
        call_unauthorized(call);
        return false;
    }
    call->authorized = true;
    call->project = call->token->project;
    return true;
}

void call_conflict(struct call *call, const char *format, ...)
{
    char message[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    call_error(call, 409, "%s", message);
    call->illegal = true;
}

void call_base(const struct call *call, enum cloud_service service, struct buffer *out)
{
    const struct cloud_options *options = &call->cloud->options;
    const char *base = call->request->base ? call->request->base : options->base_url;

    if (options->endpoint[service]) {
        buffer_text(out, options->endpoint[service]);
        return;
    }
    buffer_text(out, base);
    if (call->region && service != CLOUD_IDENTITY)
        buffer_format(out, "/region/%s", options->regions[call->region]);
    if (call->dialect->prefixes[service]) buffer_format(out, "/%s", call->dialect->prefixes[service]);
}

const char *call_wall(const struct call *call, int64_t at_ms, char *out)
{
    return wall_text(cloud_wall(call->cloud, at_ms), WALL_SECONDS_Z, out);
}
