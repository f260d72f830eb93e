#include "call.h"

#include "handlers.h"
#include "memory.h"
#include "routes.h"
#include "wall.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const service_prefixes[CLOUD_SERVICE_COUNT] = {
    [CLOUD_IDENTITY] = "identity", [CLOUD_COMPUTE] = "compute", [CLOUD_IMAGE] = "image",
    [CLOUD_NETWORK] = "network",   [CLOUD_VOLUME] = "volume",
};

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
        if (strcmp(service_prefixes[service], call->segments[at]) == 0) call->service = service;
    }
    return call->service == CLOUD_SERVICE_NONE ? at : at + 1;
}

static bool is_version(const char *segment)
{
    return segment[0] == 'v' && segment[1] >= '1' && segment[1] <= '9';
}

static void call_find_route(struct call *call, size_t at)
{
    bool method_wrong = false;

    if (at < call->segment_count && is_version(call->segments[at])) call->version = call->segments[at++];
    if ((call->service == CLOUD_COMPUTE || call->service == CLOUD_VOLUME) && at < call->segment_count &&
        !route_begins(call->service, call->segments[at]))
        call->path_project = call->segments[at++];
    if (at == call->segment_count) return;
    call->route = route_find(call, call->segments + at, call->segment_count - at, &method_wrong);
    if (!call->route)
        call_error(call, method_wrong ? 405 : 404, "%s",
                   method_wrong ? "The method specified is not allowed for this resource."
                                : "The resource could not be found.");
}

static void call_parse_body(struct call *call)
{
    const struct cloud_request *request = call->request;

    if (request->body_size && request->body_size <= CLOUD_BODY_SIZE_MAX)
        call->body = cJSON_ParseWithLengthOpts(request->body, request->body_size, NULL, false);
}

static void call_find_action(struct call *call)
{
    if (!cJSON_IsObject(call->body) || cJSON_GetArraySize(call->body) != 1) return;
    call->action = call->body->child;
    call->operation = action_operation(call->action->string);
}

/* What a create is about, for faults and records. */
static void call_find_create(struct call *call)
{
    const cJSON *server = cJSON_GetObjectItemCaseSensitive(call->body, "server");
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(server, "metadata");
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(server, "name"));
    const char *object = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata, "setpoint.object"));
    const char *attempt =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata, "setpoint.attempt"));

    call->create_name = name ? name : "";
    call->create_object = object && *object ? object : call->create_name;
    call->create_attempt = attempt ? attempt : "";
}

void call_parse(struct call *call)
{
    size_t at = 0;

    call->version = "";
    call->path_project = "";
    call->operation = "unknown";
    call->project = "";
    call->create_name = call->create_object = call->create_attempt = "";
    call->content_type = "application/json";
    call_parse_path(call);
    call_parse_body(call);
    if (!call_service_by_host(call)) at = call_service_by_prefix(call);
    if (call->service == CLOUD_SERVICE_NONE) {
        call_error(call, 404, "no service here: %s", call->request->path);
        return;
    }
    call_find_route(call, at);
    if (!call->route) {
        if (!call->status) call->operation = "versions";
        return;
    }
    call->operation = call->route->operation;
    call->mutating = call->route->flags & ROUTE_MUTATING;
    call->login = call->route->flags & ROUTE_LOGIN;
    if (call->route->flags & ROUTE_ACTION) call_find_action(call);
    if (call->route->flags & ROUTE_SERVER)
        call->server = fleet_by_id(&call->cloud->fleet, call->arguments[0]);
    if (call->route->handle == handle_create) call_find_create(call);
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

static const char *error_key(int status)
{
    switch (status) {
    case 400: return "badRequest";
    case 401: return "unauthorized";
    case 403: return "forbidden";
    case 404: return "itemNotFound";
    case 405: return "badMethod";
    case 409: return "conflictingRequest";
    case 413:
    case 429: return "overLimit";
    case 415: return "badMediaType";
    case 501: return "notImplemented";
    case 503: return "serviceUnavailable";
    default: return "computeFault";
    }
}

void call_error(struct call *call, int status, const char *format, ...)
{
    char message[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    call->status = status;
    call->content_type = "application/json; charset=UTF-8";
    buffer_clear(&call->body_out);
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, error_key(status), '{');
    json_put_int(&call->body_out, "code", status);
    json_put_text(&call->body_out, "message", message);
    json_close(&call->body_out, '}');
    json_close(&call->body_out, '}');
}

void call_keystone_error(struct call *call, int status, const char *title, const char *format, ...)
{
    char message[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    call->status = status;
    call->content_type = "application/json";
    buffer_clear(&call->body_out);
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, "error", '{');
    json_put_int(&call->body_out, "code", status);
    json_put_text(&call->body_out, "message", message);
    json_put_text(&call->body_out, "title", title);
    json_close(&call->body_out, '}');
    json_close(&call->body_out, '}');
}

void call_unauthorized(struct call *call)
{
    struct buffer identity = {0};

    call_keystone_error(call, 401, "Unauthorized", "The request you have made requires authentication.");
    if (call->service != CLOUD_IDENTITY) {
        call_base(call, CLOUD_IDENTITY, &identity);
        call_header_out(call, "Www-Authenticate", "Keystone uri=\"%s/v3\"", buffer_string(&identity));
        buffer_release(&identity);
    }
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
    buffer_format(out, "/%s", service_prefixes[service]);
}

void call_links(const struct call *call, struct buffer *out, const char *resource, const char *id)
{
    struct buffer base = {0};
    const char *root;

    call_base(call, CLOUD_COMPUTE, &base);
    root = buffer_string(&base);
    json_put_open(out, "links", '[');
    json_open(out, '{');
    json_put_text(out, "rel", "self");
    json_put_format(out, "href", "%s/%s%s%s/%s/%s", root, *call->version ? call->version : "v2",
                    *call->path_project ? "/" : "", call->path_project, resource, id);
    json_close(out, '}');
    json_open(out, '{');
    json_put_text(out, "rel", "bookmark");
    json_put_format(out, "href", "%s%s%s/%s/%s", root, *call->path_project ? "/" : "", call->path_project,
                    resource, id);
    json_close(out, '}');
    json_close(out, ']');
    buffer_release(&base);
}

const char *call_wall(const struct call *call, int64_t at_ms, char *out)
{
    return wall_text(cloud_wall(call->cloud, at_ms), WALL_SECONDS_Z, out);
}
