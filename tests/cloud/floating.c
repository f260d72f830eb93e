/* Neutron's floating IPs. */
#include "floating.h"

#include "checks.h"
#include "handlers.h"
#include "memory.h"
#include "wall.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static __attribute__((format(printf, 4, 5))) void neutron_error(struct call *call, int status,
                                                                const char *type, const char *format, ...)
{
    char message[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    call->status = status;
    call->content_type = "application/json";
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, "NeutronError", '{');
    json_put_text(&call->body_out, "type", type);
    json_put_text(&call->body_out, "message", message);
    json_put_text(&call->body_out, "detail", "");
    json_close(&call->body_out, '}');
    json_close(&call->body_out, '}');
}

static bool is_held(const struct item *item)
{
    return item->holder && item->holder->exists;
}

struct item *floating_on(struct catalogue *catalogue, const char *port_id)
{
    struct item *item;
    size_t position = 0;

    while ((item = catalogue_next(catalogue, CLOUD_PUBLIC_IP, &position)) &&
           (!is_held(item) || strcmp(item->item.text, port_id) != 0))
        continue;
    return item;
}

const struct item *server_address(struct cloud *cloud, const struct server *server)
{
    const struct item *item = NULL;

    for (unsigned i = 0; i < server->nic_count && !item && server->exists; i++)
        item = floating_on(&cloud->catalogue, server->nics[i].port_id);
    return item;
}

static const struct nic *nic_of(const struct server *server, const char *port_id)
{
    for (unsigned i = 0; i < server->nic_count; i++) {
        if (strcmp(server->nics[i].port_id, port_id) == 0) return &server->nics[i];
    }
    return NULL;
}

static struct server *server_of_port(const struct call *call, const char *port_id)
{
    for (size_t i = 0; i < call->cloud->fleet.count; i++) {
        struct server *server = call->cloud->fleet.servers[i];

        if (server->exists && (server->face.has & HAS_PORTS) &&
            (!call->project || !*call->project || strcmp(server->project, call->project) == 0) &&
            nic_of(server, port_id))
            return server;
    }
    return NULL;
}

static void port_details(struct call *call, const struct item *item, const struct nic *nic)
{
    struct buffer *out = &call->body_out;

    if (!nic) {
        json_put_null(out, "port_details");
        return;
    }
    json_put_open(out, "port_details", '{');
    json_put_text(out, "name", "");
    json_put_text(out, "network_id", nic->network->item.id);
    json_put_text(out, "mac_address", nic->mac);
    json_put_bool(out, "admin_state_up", true);
    json_put_text(out, "status", "ACTIVE");
    json_put_text(out, "device_id", item->holder->id);
    json_put_text(out, "device_owner", "compute:nova");
    json_close(out, '}');
}

static void floating_write(struct call *call, const struct item *item)
{
    const struct nic *nic = is_held(item) ? nic_of(item->holder, item->item.text) : NULL;
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_put_text(out, "id", item->item.id);
    json_put_text(out, "tenant_id", call->project);
    json_put_text(out, "floating_ip_address", item->item.name);
    json_put_text(out, "floating_network_id", "f10a7000-0000-4000-8000-0000000000e7");
    json_put_text(out, "router_id", nic ? "f10a7000-0000-4000-8000-000000000a07" : NULL);
    json_put_text(out, "port_id", nic ? nic->port_id : NULL);
    json_put_text(out, "fixed_ip_address", nic ? nic->address : NULL);
    json_put_text(out, "status", nic ? "ACTIVE" : "DOWN");
    json_put_text(out, "description", "");
    /* An extension of vanilla Neutron (fip-port-details). */
    if (call->cloud->options.dialect == CLOUD_OPENSTACK) port_details(call, item, nic);
    json_put_raw(out, "tags", "[]");
    json_put_text(out, "created_at", call_wall(call, item->created_ms, wall));
    json_put_text(out, "updated_at", call_wall(call, item->updated_ms, wall));
    json_put_int(out, "revision_number", 1);
    json_put_text(out, "project_id", call->project);
}

void handle_floating_ips(struct call *call)
{
    network_items(call, "floatingips", CLOUD_PUBLIC_IP, floating_write);
}

static void floating_reply(struct call *call, const struct item *item)
{
    call->status = 200;
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, "floatingip", '{');
    floating_write(call, item);
    json_close(&call->body_out, '}');
    json_close(&call->body_out, '}');
}

static struct item *floating_named(struct call *call)
{
    struct item *item = catalogue_by_id(&call->cloud->catalogue, CLOUD_PUBLIC_IP, call->arguments[0]);

    if (!item)
        neutron_error(call, 404, "FloatingIPNotFound", "Floating IP %s could not be found",
                      call->arguments[0]);
    return item;
}

void handle_floating_ip(struct call *call)
{
    struct item *item = floating_named(call);

    if (item) floating_reply(call, item);
}

static const cJSON *port_wished(const struct call *call)
{
    const cJSON *wish = cJSON_GetObjectItemCaseSensitive(call->body, "floatingip");

    return cJSON_GetObjectItemCaseSensitive(wish, "port_id");
}

void floating_note(struct call *call)
{
    const char *port_id = cJSON_GetStringValue(port_wished(call));
    const struct item *item = catalogue_by_id(&call->cloud->catalogue, CLOUD_PUBLIC_IP, call->arguments[0]);

    call->operation = port_id ? "associate-ip" : "release-ip";
    if (port_id)
        call->server = server_of_port(call, port_id);
    else if (item && is_held(item))
        call->server = item->holder;
}

static void floating_put(struct call *call, struct item *item, struct server *server, const char *port_id)
{
    call->effect = strcmp(is_held(item) ? item->item.text : "", port_id) != 0;
    if (server) cloud_touch(call->cloud, server);
    item->holder = server;
    item->updated_ms = call->now_ms;
    memory_put(item->item.text, sizeof item->item.text, port_id);
}

/* Whose it was, and for how long: whoever changed it could have known. */
static void note_leaving(struct call *call, const struct item *item, const char *how)
{
    snprintf(call->detail, sizeof call->detail, "%.60s %s %.60s after %lld ms", item->item.name, how,
             item->holder->id, (long long)(call->now_ms - item->updated_ms));
}

/* Neutron puts it on another port without asking whose it was; only a port that has one already refuses. */
static void floating_associate(struct call *call, struct item *item, const char *port_id)
{
    struct server *server = server_of_port(call, port_id);
    const struct item *other = floating_on(&call->cloud->catalogue, port_id);

    call->server = server;
    if (!server) {
        neutron_error(call, 404, "PortNotFound", "Port %s could not be found.", port_id);
        return;
    }
    if (other && other != item) {
        neutron_error(call, 409, "FloatingIPPortAlreadyAssociated",
                      "Cannot associate floating IP %s (%s) with port %s using fixed IP %s, as that fixed IP "
                      "already has a floating IP on external network f10a7000-0000-4000-8000-0000000000e7.",
                      item->item.name, item->item.id, port_id, nic_of(server, port_id)->address);
        return;
    }
    if (is_held(item) && item->holder != server) note_leaving(call, item, "taken from");
    if (!call_is_ignored(call)) floating_put(call, item, server, port_id);
    floating_reply(call, item);
}

void handle_floating_ip_set(struct call *call)
{
    struct item *item = floating_named(call);
    const cJSON *port = port_wished(call);

    if (!item) return;
    memory_put(call->detail, sizeof call->detail, item->item.name);
    if (!cJSON_IsString(port) && !cJSON_IsNull(port)) {
        neutron_error(call, 400, "HTTPBadRequest", "Invalid input for port_id.");
        return;
    }
    if (cJSON_IsString(port)) {
        floating_associate(call, item, port->valuestring);
        return;
    }
    if (is_held(item)) note_leaving(call, item, "taken off");
    if (!call_is_ignored(call)) floating_put(call, item, NULL, "");
    floating_reply(call, item);
}
