#include "view.h"

#include "floating.h"
#include "wall.h"

#include <stdio.h>
#include <string.h>

static void view_bookmark(const struct call *call, struct buffer *out, const char *key, const char *resource,
                          const char *id)
{
    struct buffer base = {0};

    call_base(call, CLOUD_COMPUTE, &base);
    json_put_open(out, key, '{');
    json_put_text(out, "id", id);
    json_put_open(out, "links", '[');
    json_open(out, '{');
    json_put_text(out, "rel", "bookmark");
    json_put_format(out, "href", "%s%s%s/%s/%s", buffer_string(&base), *call->path_project ? "/" : "",
                    call->path_project, resource, id);
    json_close(out, '}');
    json_close(out, ']');
    json_close(out, '}');
    buffer_release(&base);
}

void view_metadata(struct buffer *out, const struct face *face)
{
    json_put_open(out, "metadata", '{');
    /* A deleted server's metadata are gone with it (recorded 711). */
    for (size_t i = 0; face->vm != VM_DELETED && i < face->metadata_count; i++)
        json_put_text(out, face->metadata[i].key, face->metadata[i].value);
    json_close(out, '}');
}

static void view_address(struct buffer *out, const struct nic *nic, const char *address, const char *type,
                         bool extended)
{
    json_open(out, '{');
    json_put_int(out, "version", 4);
    json_put_text(out, "addr", address);
    if (extended) {
        json_put_text(out, "OS-EXT-IPS:type", type);
        json_put_text(out, "OS-EXT-IPS-MAC:mac_addr", nic->mac);
    }
    json_close(out, '}');
}

static void view_nic(const struct call *call, struct buffer *out, const struct nic *nic, bool extended)
{
    const struct item *floating = floating_on(&call->cloud->catalogue, nic->port_id);

    view_address(out, nic, nic->address, "fixed", extended);
    if (floating) view_address(out, nic, floating->item.name, "floating", extended);
}

/* Two ports on one network share its key. */
static bool nic_is_first(const struct server *server, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (server->nics[i].network == server->nics[n].network) return false;
    }
    return true;
}

void view_addresses(const struct call *call, struct buffer *out, const struct server *server,
                    const struct face *face, bool extended)
{
    bool shown = face->vm != VM_BUILDING && face->vm != VM_DELETED && (face->has & HAS_PORTS);

    json_put_open(out, "addresses", '{');
    for (unsigned i = 0; shown && i < server->nic_count; i++) {
        if (!nic_is_first(server, i)) continue;
        json_put_open(out, server->nics[i].network->item.name, '[');
        for (unsigned j = i; j < server->nic_count; j++) {
            if (server->nics[j].network == server->nics[i].network)
                view_nic(call, out, &server->nics[j], extended);
        }
        json_close(out, ']');
    }
    json_close(out, '}');
}

const struct item *view_volume(const struct server *server, const struct face *face, size_t position)
{
    bool root = server->root_volume && (face->has & HAS_DISK) && face->vm != VM_DELETED;

    if (root && position == 0) return server->root_volume;
    position -= root;
    return position < face->volume_count ? face->volumes[position] : NULL;
}

const char *view_device(const struct call *call, size_t position, char *out, size_t size)
{
    snprintf(out, size, "/dev/%s%c", call->cloud->options.dialect == CLOUD_NHN_V2 ? "vd" : "sd",
             (char)('a' + position % 26));
    return out;
}

static void view_groups(struct buffer *out, const struct server *server, const struct face *face)
{
    json_put_open(out, "security_groups", '[');
    for (unsigned nic = 0; nic < server->nic_count; nic++) {
        for (size_t i = 0; i < face->group_count; i++) {
            json_open(out, '{');
            json_put_text(out, "name", face->groups[i]->item.name);
            json_close(out, '}');
        }
    }
    json_close(out, ']');
}

static void view_fault(const struct call *call, struct buffer *out, const struct face *face,
                       enum view_kind kind)
{
    char wall[WALL_SIZE];

    if (!face->fault || (face->vm != VM_ERROR && face->vm != VM_DELETED)) return;
    if (kind == VIEW_DETAIL && face->fault_hidden) return;
    json_put_open(out, "fault", '{');
    json_put_int(out, "code", face->fault_code);
    json_put_text(out, "created", call_wall(call, face->fault_ms, wall));
    json_put_text(out, "message", face->fault);
    json_close(out, '}');
}

static bool view_has_progress(const struct face *face)
{
    const char *status = status_of(face->vm, face->task);

    return strcmp(status, "ACTIVE") == 0 || strcmp(status, "BUILD") == 0 || strcmp(status, "REBUILD") == 0 ||
           strcmp(status, "RESIZE") == 0 || strcmp(status, "VERIFY_RESIZE") == 0;
}

static void view_head(const struct call *call, struct buffer *out, const struct server *server,
                      const struct face *face, enum view_kind kind)
{
    char wall[WALL_SIZE];

    json_put_text(out, "id", server->id);
    json_put_text(out, "name", face->name);
    json_put_text(out, "status", status_of(face->vm, face->task));
    json_put_text(out, "tenant_id", server->project);
    json_put_text(out, "user_id", server->user ? server->user->id : "");
    view_metadata(out, face);
    json_put_text(out, "hostId", (face->has & HAS_HOST) ? server->host_id : "");
    if (server->image_shown && face->image)
        view_bookmark(call, out, "image", "images", face->image->item.id);
    else
        json_put_text(out, "image", "");
    view_bookmark(call, out, "flavor", "flavors", face->flavor->item.id);
    json_put_text(out, "created", call_wall(call, server->created_ms, wall));
    json_put_text(out, "updated", call_wall(call, face->updated_ms, wall));
    view_addresses(call, out, server, face, kind != VIEW_UPDATE);
    json_put_text(out, "accessIPv4", "");
    json_put_text(out, "accessIPv6", "");
    call_links(call, out, "servers", server->id);
    json_put_text(out, "OS-DCF:diskConfig", "MANUAL");
    view_fault(call, out, face, kind);
    if (view_has_progress(face)) json_put_int(out, "progress", 0);
}

static void view_time(const struct call *call, struct buffer *out, const char *key, int64_t at_ms)
{
    char wall[WALL_SIZE];

    json_put_text(out, key, at_ms < 0 ? NULL : wall_text(cloud_wall(call->cloud, at_ms), WALL_MICROS, wall));
}

static void view_extensions(const struct call *call, struct buffer *out, const struct server *server,
                            const struct face *face, enum view_kind kind)
{
    const struct item *volume;
    const char *task = task_name(face->task);

    json_put_text(out, "OS-EXT-AZ:availability_zone",
                  (face->has & HAS_ZONE) && server->zone ? server->zone->item.name : "");
    json_put_text(out, "config_drive", "");
    json_put_text(out, "key_name", server->keypair ? server->keypair->item.name : NULL);
    view_time(call, out, "OS-SRV-USG:launched_at", face->launched_ms);
    view_time(call, out, "OS-SRV-USG:terminated_at", face->terminated_ms);
    if ((face->has & HAS_PORTS) || (kind == VIEW_DETAIL && face->vm == VM_BUILDING))
        view_groups(out, server, face);
    json_put_text(out, "OS-EXT-STS:task_state", *task ? task : NULL);
    json_put_text(out, "OS-EXT-STS:vm_state", vm_state_name(face->vm));
    json_put_int(out, "OS-EXT-STS:power_state", face->power);
    json_put_open(out, "os-extended-volumes:volumes_attached", '[');
    for (size_t i = 0; (volume = view_volume(server, face, i)); i++) {
        json_open(out, '{');
        json_put_text(out, "id", volume->item.id);
        json_close(out, '}');
    }
    json_close(out, ']');
    if (call->cloud->options.provider_metadata) {
        json_put_int(out, "NHN-EXT-ATTR:ephemeral_disk_size", 0);
        json_put_bool(out, "NHN-EXT-ATTR:protect", face->protect);
    }
}

void view_server(const struct call *call, struct buffer *out, const struct server *server,
                 const struct face *face, enum view_kind kind)
{
    json_open(out, '{');
    if (kind == VIEW_BRIEF) {
        json_put_text(out, "id", server->id);
        json_put_text(out, "name", face->name);
        call_links(call, out, "servers", server->id);
    } else {
        view_head(call, out, server, face, kind);
    }
    if (kind == VIEW_DETAIL || kind == VIEW_SHOW) view_extensions(call, out, server, face, kind);
    json_close(out, '}');
}
