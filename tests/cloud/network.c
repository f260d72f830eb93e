/* Neutron's lists, and the security groups as Nova shows them. */
#include "handlers.h"
#include "nova.h"
#include "wall.h"

#include <stdlib.h>
#include <string.h>

/* Neutron filters by ?name= and ?id=. */
static bool item_wanted(const struct call *call, const struct item *item)
{
    const char *name = call_query(call, "name");
    const char *id = call_query(call, "id");

    return (!name || strcmp(name, item->item.name) == 0) && (!id || strcmp(id, item->item.id) == 0);
}

static void compute_rule(struct call *call, const struct item *group, unsigned n)
{
    struct buffer *out = &call->body_out;
    char id[CLOUD_ID_SIZE];
    struct dice dice;

    dice_init(&dice, dice_hash(group->item.id), n);
    dice_uuid(&dice, id);
    json_open(out, '{');
    json_put_text(out, "id", id);
    json_put_text(out, "parent_group_id", group->item.id);
    json_put_null(out, "ip_protocol");
    json_put_null(out, "from_port");
    json_put_null(out, "to_port");
    json_put_open(out, "group", '{');
    json_put_text(out, "name", group->item.name);
    json_put_text(out, "tenant_id", call->project);
    json_close(out, '}');
    json_put_raw(out, "ip_range", "{}");
    json_close(out, '}');
}

static void compute_group(struct call *call, const struct item *group)
{
    struct buffer *out = &call->body_out;

    json_open(out, '{');
    json_put_text(out, "id", group->item.id);
    json_put_text(out, "description", group->distro);
    json_put_text(out, "name", group->item.name);
    json_put_text(out, "tenant_id", call->project);
    json_put_open(out, "rules", '[');
    if (strcmp(group->item.name, "default") == 0) {
        compute_rule(call, group, 1);
        compute_rule(call, group, 2);
    }
    json_close(out, ']');
    json_close(out, '}');
}

void handle_compute_groups(struct call *call)
{
    struct buffer *out = &call->body_out;
    const struct item *group;
    size_t position = 0;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "security_groups", '[');
    while ((group = catalogue_next(&call->cloud->catalogue, CLOUD_GROUP, &position)))
        compute_group(call, group);
    json_close(out, ']');
    json_close(out, '}');
}

void handle_server_groups(struct call *call)
{
    struct buffer *out = &call->body_out;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "security_groups", '[');
    for (size_t i = 0; i < call->server->face.group_count; i++)
        compute_group(call, call->server->face.groups[i]);
    json_close(out, ']');
    json_close(out, '}');
}

static void network_rule(struct call *call, const struct item *group, unsigned n)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];
    char id[CLOUD_ID_SIZE];
    struct dice dice;

    dice_init(&dice, dice_hash(group->item.id), 16 + n);
    dice_uuid(&dice, id);
    json_open(out, '{');
    json_put_text(out, "id", id);
    json_put_text(out, "tenant_id", call->project);
    json_put_text(out, "security_group_id", group->item.id);
    json_put_text(out, "ethertype", n % 2 ? "IPv4" : "IPv6");
    json_put_text(out, "direction", n < 2 ? "egress" : "ingress");
    json_put_null(out, "protocol");
    json_put_null(out, "port_range_min");
    json_put_null(out, "port_range_max");
    json_put_null(out, "remote_ip_prefix");
    json_put_null(out, "remote_address_group_id");
    json_put_null(out, "normalized_cidr");
    json_put_text(out, "remote_group_id", n < 2 ? NULL : group->item.id);
    json_put_int(out, "standard_attr_id", 19 + n);
    json_put_null(out, "description");
    json_put_raw(out, "tags", "[]");
    json_put_text(out, "created_at", call_wall(call, group->created_ms, wall));
    json_put_text(out, "updated_at", call_wall(call, group->updated_ms, wall));
    json_put_int(out, "revision_number", 0);
    json_put_text(out, "project_id", call->project);
    json_close(out, '}');
}

static void item_tail(struct call *call, const struct item *item)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_put_raw(out, "tags", "[]");
    json_put_text(out, "created_at", call_wall(call, item->created_ms, wall));
    json_put_text(out, "updated_at", call_wall(call, item->updated_ms, wall));
    json_put_int(out, "revision_number", 1);
    json_put_text(out, "project_id", call->project);
}

static void group_write(struct call *call, const struct item *group)
{
    struct buffer *out = &call->body_out;
    unsigned rules = strcmp(group->item.name, "default") == 0 ? 4 : 2;

    json_put_text(out, "id", group->item.id);
    json_put_text(out, "name", group->item.name);
    json_put_bool(out, "stateful", true);
    json_put_text(out, "tenant_id", call->project);
    json_put_text(out, "description", group->distro);
    json_put_bool(out, "shared", false);
    json_put_open(out, "security_group_rules", '[');
    for (unsigned n = 0; n < rules; n++)
        network_rule(call, group, n);
    json_close(out, ']');
    item_tail(call, group);
}

static void network_write(struct call *call, const struct item *network)
{
    struct buffer *out = &call->body_out;
    const struct item *subnet;
    size_t position = 0;

    json_put_text(out, "id", network->item.id);
    json_put_text(out, "name", network->item.name);
    json_put_text(out, "tenant_id", call->project);
    json_put_bool(out, "admin_state_up", true);
    json_put_int(out, "mtu", 1500);
    json_put_text(out, "status", "ACTIVE");
    json_put_open(out, "subnets", '[');
    while ((subnet = catalogue_next(&call->cloud->catalogue, CLOUD_SUBNET, &position))) {
        if (strcmp(subnet->item.text, network->item.id) == 0) json_text(out, subnet->item.id);
    }
    json_close(out, ']');
    json_put_bool(out, "shared", false);
    json_put_bool(out, "router:external", false);
    item_tail(call, network);
}

static void subnet_write(struct call *call, const struct item *subnet)
{
    struct buffer *out = &call->body_out;

    json_put_text(out, "id", subnet->item.id);
    json_put_text(out, "name", subnet->item.name);
    json_put_text(out, "tenant_id", call->project);
    json_put_text(out, "network_id", subnet->item.text);
    json_put_int(out, "ip_version", 4);
    json_put_bool(out, "enable_dhcp", true);
    json_put_format(out, "gateway_ip", "%d.%d.0.1", (int)subnet->item.a, (int)subnet->item.b);
    json_put_format(out, "cidr", "%d.%d.0.0/16", (int)subnet->item.a, (int)subnet->item.b);
    json_put_raw(out, "dns_nameservers", "[]");
    json_put_raw(out, "host_routes", "[]");
    item_tail(call, subnet);
}

void network_items(struct call *call, const char *key, enum cloud_item_kind kind,
                   void (*put)(struct call *call, const struct item *item))
{
    struct buffer *out = &call->body_out;
    const char *marker = call_query(call, "marker");
    const char *limit_text = call_query(call, "limit");
    long limit = limit_text ? strtol(limit_text, NULL, 10) : 0;
    bool begun = !marker;
    const struct item *item;
    size_t position = 0;
    long count = 0;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, key, '[');
    while ((item = catalogue_next(&call->cloud->catalogue, kind, &position)) &&
           (limit <= 0 || count < limit)) {
        if (begun && item_wanted(call, item)) {
            json_open(out, '{');
            put(call, item);
            json_close(out, '}');
            count++;
        }
        begun = begun || strcmp(marker, item->item.id) == 0;
    }
    json_close(out, ']');
    json_close(out, '}');
}

void handle_groups(struct call *call)
{
    network_items(call, "security_groups", CLOUD_GROUP, group_write);
}

/* NHN's VPC service has networks of its own names; which of the two ways an account has is not known. */
static bool is_served(struct call *call, unsigned position)
{
    bool nhn = call->cloud->options.dialect == CLOUD_NHN_V2;

    if ((nhn ? call_switch(call, NHN_NETWORKS) : 0) == position) return true;
    call_error(call, 404, "The resource could not be found.");
    return false;
}

void handle_vpcs(struct call *call)
{
    if (is_served(call, 1)) network_items(call, "vpcs", CLOUD_NETWORK_ITEM, network_write);
}

void handle_vpcsubnets(struct call *call)
{
    if (is_served(call, 1)) network_items(call, "vpcsubnets", CLOUD_SUBNET, subnet_write);
}

void handle_networks(struct call *call)
{
    if (!is_served(call, 0)) return;
    network_items(call, "networks", CLOUD_NETWORK_ITEM, network_write);
}

void handle_subnets(struct call *call)
{
    if (!is_served(call, 0)) return;
    network_items(call, "subnets", CLOUD_SUBNET, subnet_write);
}

static void port_write(struct call *call, const struct server *server, const struct nic *nic)
{
    struct buffer *out = &call->body_out;

    json_open(out, '{');
    json_put_text(out, "id", nic->port_id);
    json_put_text(out, "name", "");
    json_put_text(out, "network_id", nic->network->item.id);
    json_put_text(out, "tenant_id", server->project);
    json_put_text(out, "mac_address", nic->mac);
    json_put_bool(out, "admin_state_up", true);
    json_put_text(out, "status", "ACTIVE");
    json_put_text(out, "device_id", server->id);
    json_put_text(out, "device_owner", "compute:nova");
    json_put_open(out, "fixed_ips", '[');
    json_open(out, '{');
    json_put_text(out, "subnet_id", nic->subnet ? nic->subnet->item.id : "");
    json_put_text(out, "ip_address", nic->address);
    json_close(out, '}');
    json_close(out, ']');
    json_put_text(out, "project_id", server->project);
    json_put_open(out, "security_groups", '[');
    for (size_t i = 0; i < server->face.group_count; i++)
        json_text(out, server->face.groups[i]->item.id);
    json_close(out, ']');
    json_close(out, '}');
}

static bool port_wanted(const struct call *call, const struct server *server)
{
    const char *device = call_query(call, "device_id");

    return server->exists && (server->face.has & HAS_PORTS) && strcmp(server->project, call->project) == 0 &&
           (!device || strcmp(device, server->id) == 0);
}

static void ports_write(struct call *call, const char *marker, long limit)
{
    long count = 0;

    for (size_t i = 0; i < call->cloud->fleet.count; i++) {
        const struct server *server = call->cloud->fleet.servers[i];

        for (unsigned n = 0; port_wanted(call, server) && n < server->nic_count; n++) {
            const struct nic *nic = &server->nics[n];

            if (marker) {
                if (strcmp(marker, nic->port_id) == 0) marker = NULL;
                continue;
            }
            if (limit > 0 && count++ >= limit) return;
            port_write(call, server, nic);
        }
    }
}

void handle_ports(struct call *call)
{
    const char *limit = call_query(call, "limit");
    struct buffer *out = &call->body_out;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "ports", '[');
    ports_write(call, call_query(call, "marker"), limit ? strtol(limit, NULL, 10) : 0);
    json_close(out, ']');
    json_close(out, '}');
}
