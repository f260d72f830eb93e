/* The dialects nhn-v2 and openstack: Keystone's and Nova's paths, errors and headers. */
#include "nova.h"

#include "floating.h"
#include "handlers.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void nova_options_nhn(struct cloud_options *options)
{
    options->regions[0] = "KR1";
    options->regions[1] = "KR2";
    options->confirm_after_ms = 2000;
    options->networks_subnet = true;
    options->bdm_required = true;
    options->provider_metadata = true;
    options->shelve_only_active = true;
    options->default_networks = true;
    options->protect_refuses = true;
    options->page_default = 100;
    options->token_life_ms = 12 * 3600 * 1000LL;
    options->long_tokens = true;
}

static void nova_options_openstack(struct cloud_options *options)
{
    options->regions[0] = "RegionOne";
    options->confirm_after_ms = -1;
    options->token_life_ms = 3600 * 1000LL;
}

static bool is_version(const char *segment)
{
    return segment[0] == 'v' && segment[1] >= '1' && segment[1] <= '9';
}

static const struct route versions_route = {CLOUD_SERVICE_NONE, "",         "",
                                            "versions",         ROUTE_OPEN, handle_versions};

static void nova_find(struct call *call)
{
    size_t at = call_find_service(call);
    bool method_wrong = false;

    if (call->service == CLOUD_SERVICE_NONE) {
        call_error(call, 404, "no service here: %s", call->request->path);
        return;
    }
    if (at < call->segment_count && is_version(call->segments[at])) call->version = call->segments[at++];
    if ((call->service == CLOUD_COMPUTE || call->service == CLOUD_VOLUME) && at < call->segment_count &&
        !route_begins(call, call->segments[at]))
        call->path_project = call->segments[at++];
    if (at == call->segment_count) {
        call->route = &versions_route;
        return;
    }
    call->route = route_find(call, call->segments + at, call->segment_count - at, &method_wrong);
    if (!call->route)
        call_error(call, method_wrong ? 405 : 404, "%s",
                   method_wrong ? "The method specified is not allowed for this resource."
                                : "The resource could not be found.");
}

static void nova_note_action(struct call *call)
{
    if (!cJSON_IsObject(call->body) || cJSON_GetArraySize(call->body) != 1) return;
    call->action = call->body->child;
    call->operation = action_operation(call->action->string);
}

static void nova_note_create(struct call *call)
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

static void nova_note(struct call *call)
{
    if (call->route->flags & ROUTE_ACTION) nova_note_action(call);
    if (call->route->flags & ROUTE_CREATE) nova_note_create(call);
    if (call->route->handle == handle_floating_ip_set) floating_note(call);
    nova_switch_note(call);
    if (nova_switch_binned(call)) call->route = nova_switch_binned(call);
}

static const char *nova_token(const struct call *call)
{
    const char *token = call_header(call, "X-Auth-Token");

    return token ? token : "";
}

static bool nova_authorize(struct call *call)
{
    if (!call_take_token(call, nova_token(call))) return false;
    if (*call->path_project && strcmp(call->path_project, call->project) != 0) {
        call_error(call, 400,
                   "Malformed request URL: URL's project_id '%s' doesn't match Context's project_id '%s'",
                   call->path_project, call->project);
        return false;
    }
    return true;
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

static void nova_error(struct call *call, int status, const char *message)
{
    call->content_type = "application/json; charset=UTF-8";
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, error_key(status), '{');
    json_put_int(&call->body_out, "code", status);
    json_put_text(&call->body_out, "message", nova_switch_text(call, message));
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

static void nova_unauthorized(struct call *call)
{
    struct buffer identity = {0};

    call_keystone_error(call, 401, "Unauthorized", "The request you have made requires authentication.");
    if (call->service != CLOUD_IDENTITY) {
        call_base(call, CLOUD_IDENTITY, &identity);
        call_header_out(call, "Www-Authenticate", "Keystone uri=\"%s/v3\"", buffer_string(&identity));
        buffer_release(&identity);
    }
}

static void nova_headers(struct call *call)
{
    /* Keystone v2.0 and the roots of the services name no request. */
    bool nameless =
        !*call->version || (call->service == CLOUD_IDENTITY && strcmp(call->version, "v2.0") == 0);

    nova_switch_reply(call);
    if (!call->status || nameless) return;
    call_header_out(call, "X-Openstack-Request-Id", "%s", call->request_id);
    if (call->service == CLOUD_COMPUTE || call->service == CLOUD_VOLUME)
        call_header_out(call, "X-Compute-Request-Id", "%s", call->request_id);
}

static void nova_strip(struct face *face)
{
    for (size_t i = face->metadata_count; i-- > 0;) {
        if (strncmp(face->metadata[i].key, "setpoint.", 9) == 0)
            server_metadata_remove(face, face->metadata[i].key);
    }
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

#define NOVA_PREFIXES                                                                                        \
    {                                                                                                        \
        [CLOUD_IDENTITY] = "identity", [CLOUD_COMPUTE] = "compute", [CLOUD_IMAGE] = "image",                 \
        [CLOUD_NETWORK] = "network", [CLOUD_VOLUME] = "volume",                                              \
    }
#define NOVA_WORDS                                                                                           \
    .prefixes = NOVA_PREFIXES, .routes = nova_routes, .find = nova_find, .note = nova_note,                  \
    .authorize = nova_authorize, .token = nova_token, .error = nova_error,                                   \
    .unauthorized = nova_unauthorized, .headers = nova_headers, .strip = nova_strip

const struct dialect dialect_nhn_v2 = {.name = "nhn-v2",
                                       .login = "/identity/v2.0",
                                       .switches = nhn_switches,
                                       .options = nova_options_nhn,
                                       NOVA_WORDS};
const struct dialect dialect_openstack = {.name = "openstack",
                                          .login = "/identity/v3",
                                          .switches = openstack_switches,
                                          .options = nova_options_openstack,
                                          NOVA_WORDS};
