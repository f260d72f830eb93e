#include "routes.h"

#include "handlers.h"

#include <string.h>

static const struct route routes[] = {
    {CLOUD_IDENTITY, "POST", "tokens", "token", ROUTE_OPEN | ROUTE_LOGIN | ROUTE_BODY, handle_token_v2},
    {CLOUD_IDENTITY, "POST", "auth/tokens", "token", ROUTE_OPEN | ROUTE_LOGIN | ROUTE_BODY, handle_token_v3},

    {CLOUD_COMPUTE, "GET", "servers", "list", 0, handle_list},
    {CLOUD_COMPUTE, "GET", "servers/detail", "list-detail", 0, handle_list_detail},
    {CLOUD_COMPUTE, "POST", "servers", "create", ROUTE_MUTATING | ROUTE_BODY, handle_create},
    {CLOUD_COMPUTE, "GET", "servers/*", "show", ROUTE_SERVER, handle_show},
    {CLOUD_COMPUTE, "PUT", "servers/*", "rename", ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY, handle_rename},
    {CLOUD_COMPUTE, "DELETE", "servers/*", "delete", ROUTE_MUTATING | ROUTE_SERVER, handle_delete},
    {CLOUD_COMPUTE, "POST", "servers/*/action", "action",
     ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY | ROUTE_ACTION, handle_action},
    {CLOUD_COMPUTE, "GET", "servers/*/metadata", "metadata-list", ROUTE_SERVER, handle_metadata_list},
    {CLOUD_COMPUTE, "POST", "servers/*/metadata", "metadata-merge",
     ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY, handle_metadata_merge},
    {CLOUD_COMPUTE, "PUT", "servers/*/metadata", "metadata-replace",
     ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY, handle_metadata_replace},
    {CLOUD_COMPUTE, "GET", "servers/*/metadata/*", "metadata-show", ROUTE_SERVER, handle_metadata_show},
    {CLOUD_COMPUTE, "PUT", "servers/*/metadata/*", "metadata-set", ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY,
     handle_metadata_set},
    {CLOUD_COMPUTE, "DELETE", "servers/*/metadata/*", "metadata-delete", ROUTE_MUTATING | ROUTE_SERVER,
     handle_metadata_delete},
    {CLOUD_COMPUTE, "GET", "servers/*/os-volume_attachments", "attachments", ROUTE_SERVER,
     handle_attachments},
    {CLOUD_COMPUTE, "POST", "servers/*/os-volume_attachments", "attach",
     ROUTE_MUTATING | ROUTE_SERVER | ROUTE_BODY, handle_attach},
    {CLOUD_COMPUTE, "GET", "servers/*/os-volume_attachments/*", "attachment", ROUTE_SERVER,
     handle_attachment},
    {CLOUD_COMPUTE, "DELETE", "servers/*/os-volume_attachments/*", "detach", ROUTE_MUTATING | ROUTE_SERVER,
     handle_detach},
    {CLOUD_COMPUTE, "GET", "servers/*/os-interface", "interfaces", ROUTE_SERVER, handle_interfaces},
    {CLOUD_COMPUTE, "GET", "servers/*/ips", "addresses", ROUTE_SERVER, handle_addresses},
    {CLOUD_COMPUTE, "GET", "servers/*/os-security-groups", "server-groups", ROUTE_SERVER,
     handle_server_groups},
    {CLOUD_COMPUTE, "GET", "servers/*/os-instance-actions", "instance-actions", ROUTE_SERVER,
     handle_instance_actions},
    {CLOUD_COMPUTE, "GET", "servers/*/os-instance-actions/*", "instance-action", ROUTE_SERVER,
     handle_instance_action},
    {CLOUD_COMPUTE, "GET", "flavors", "flavors", 0, handle_flavors},
    {CLOUD_COMPUTE, "GET", "flavors/detail", "flavors", 0, handle_flavors_detail},
    {CLOUD_COMPUTE, "GET", "flavors/*", "flavor", 0, handle_flavor},
    {CLOUD_COMPUTE, "GET", "flavors/*/os-extra_specs", "flavor", 0, handle_flavor_extra_specs},
    {CLOUD_COMPUTE, "GET", "images", "images", 0, handle_images},
    {CLOUD_COMPUTE, "GET", "images/detail", "images", 0, handle_images_detail},
    {CLOUD_COMPUTE, "GET", "images/*", "image", 0, handle_image},
    {CLOUD_COMPUTE, "GET", "os-availability-zone", "zones", 0, handle_zones},
    {CLOUD_COMPUTE, "GET", "os-keypairs", "keypairs", 0, handle_keypairs},
    {CLOUD_COMPUTE, "POST", "os-keypairs", "keypair-create", ROUTE_MUTATING | ROUTE_BODY,
     handle_keypair_create},
    {CLOUD_COMPUTE, "GET", "os-keypairs/*", "keypair", 0, handle_keypair},
    {CLOUD_COMPUTE, "DELETE", "os-keypairs/*", "keypair-delete", ROUTE_MUTATING, handle_keypair_delete},
    {CLOUD_COMPUTE, "GET", "os-security-groups", "security-groups", 0, handle_compute_groups},
    {CLOUD_COMPUTE, "GET", "limits", "limits", 0, handle_limits},
    {CLOUD_COMPUTE, "GET", "os-quota-sets/*", "quota", 0, handle_quota_set},
    {CLOUD_COMPUTE, "GET", "os-quota-sets/*/detail", "quota", 0, handle_quota_set_detail},
    {CLOUD_COMPUTE, "GET", "extensions", "extensions", 0, handle_extensions},

    {CLOUD_IMAGE, "GET", "images", "images", 0, handle_glance_images},
    {CLOUD_IMAGE, "GET", "images/*", "image", 0, handle_glance_image},

    {CLOUD_NETWORK, "GET", "security-groups", "security-groups", 0, handle_groups},
    {CLOUD_NETWORK, "GET", "networks", "networks", 0, handle_networks},
    {CLOUD_NETWORK, "GET", "subnets", "subnets", 0, handle_subnets},
    {CLOUD_NETWORK, "GET", "ports", "ports", 0, handle_ports},

    {CLOUD_VOLUME, "GET", "volumes", "volumes", 0, handle_volumes},
    {CLOUD_VOLUME, "GET", "volumes/detail", "volumes", 0, handle_volumes_detail},
    {CLOUD_VOLUME, "GET", "volumes/*", "volume", 0, handle_volume},
    {CLOUD_VOLUME, "GET", "types", "volume-types", 0, handle_volume_types},
};

static bool route_fits(const struct route *route, char *const *segments, size_t count, const char **arguments)
{
    const char *at = route->path;
    size_t argument = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(at, "/");

        if (!length) return false;
        if (length == 1 && *at == '*')
            arguments[argument++] = segments[i];
        else if (strlen(segments[i]) != length || strncmp(at, segments[i], length) != 0)
            return false;
        at += length;
        at += *at == '/';
    }
    return !*at;
}

const struct route *route_find(struct call *call, char *const *segments, size_t count, bool *out_method_wrong)
{
    const char *arguments[4] = {NULL};

    *out_method_wrong = false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (routes[i].service != call->service || !route_fits(&routes[i], segments, count, arguments))
            continue;
        if (strcmp(routes[i].method, call->request->method) != 0) {
            *out_method_wrong = true;
            continue;
        }
        *out_method_wrong = false;
        memcpy(call->arguments, arguments, sizeof arguments);
        return &routes[i];
    }
    return NULL;
}

bool route_begins(enum cloud_service service, const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        const char *path = routes[i].path;

        if (routes[i].service == service && strncmp(path, word, length) == 0 &&
            (path[length] == '/' || !path[length]))
            return true;
    }
    return false;
}
