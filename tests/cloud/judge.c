/* What the judge may see. */
#include "floating.h"
#include "memory.h"
#include "state.h"

#include <string.h>

static size_t view_volumes(struct cloud *cloud, const struct server *server)
{
    for (size_t i = 0; i < server->face.volume_count; i++)
        cloud->view_volumes[i] = server->face.volumes[i]->item.id;
    return server->face.volume_count;
}

static size_t view_groups(struct cloud *cloud, const struct server *server)
{
    for (size_t i = 0; i < server->face.group_count; i++)
        cloud->view_groups[i] = server->face.groups[i]->item.name;
    return server->face.group_count;
}

static void view_state(const struct server *server, struct cloud_server *out)
{
    const struct face *face = &server->face;

    out->status = server->exists ? server_status(server) : "DELETED";
    out->vm_state = vm_state_name(face->vm);
    out->task = task_name(face->task);
    out->power_state = (int)face->power;
    out->fault = face->fault && face->vm == VM_ERROR ? face->fault : "";
    out->created_ms = server->created_ms;
    out->updated_ms = face->updated_ms;
    out->launched_ms = server->first_running_ms;
    out->deleted_ms = server->deleted_ms;
    out->running_ms = server->running_ms;
    out->ever_running = server->first_running_ms >= 0;
    out->by_request = server->by_request;
    out->locked = face->locked;
    out->protect = face->protect;
    out->visible = server->exists;
}

static void view_fill(struct cloud *cloud, const struct server *server, struct cloud_server *out)
{
    const struct face *face = &server->face;
    const struct item *address = server_address(cloud, server);

    *out = (struct cloud_server){
        .position = server->position,
        .id = server->id,
        .name = face->name,
        .object = server_object(face),
        .project = server->project,
        .flavor_id = face->flavor->item.id,
        .flavor_name = face->flavor->item.name,
        .image_id = face->image ? face->image->item.id : "",
        .zone = server->zone ? server->zone->item.name : "",
        .keypair = server->keypair ? server->keypair->item.name : "",
        .network_id = server->nic_count ? server->nics[0].network->item.id : "",
        .subnet_id = server->nic_count && server->nics[0].subnet ? server->nics[0].subnet->item.id : "",
        .user_data = server->user_data ? server->user_data : "",
        .metadata = face->metadata,
        .metadata_count = face->metadata_count,
        .groups = cloud->view_groups,
        .group_count = view_groups(cloud, server),
        .volumes = cloud->view_volumes,
        .volume_count = view_volumes(cloud, server),
        .root_disk_gb = server->root_disk_gb,
        .root_on_volume = server->boot_volume,
        .root_delete = server->root_delete,
    };
    view_state(server, out);
    out->address = address ? address->item.name : "";
}

size_t cloud_server_count(const struct cloud *cloud)
{
    return cloud->fleet.count;
}

size_t cloud_server_live(const struct cloud *cloud)
{
    return cloud->fleet.live;
}

bool cloud_server_at(struct cloud *cloud, size_t position, struct cloud_server *out_server)
{
    if (position >= cloud->fleet.count) return false;
    view_fill(cloud, cloud->fleet.servers[position], out_server);
    return true;
}

bool cloud_server_by_id(struct cloud *cloud, const char *id, struct cloud_server *out_server)
{
    const struct server *server = fleet_by_id(&cloud->fleet, id);

    if (server) view_fill(cloud, server, out_server);
    return server;
}

bool cloud_server_by_object(struct cloud *cloud, const char *object, struct cloud_server *out_server)
{
    for (size_t i = cloud->fleet.count; i-- > 0;) {
        const struct server *server = cloud->fleet.servers[i];

        if (!server->exists ||
            (strcmp(server_object(&server->face), object) != 0 && strcmp(server->face.name, object) != 0))
            continue;
        view_fill(cloud, server, out_server);
        return true;
    }
    return false;
}

size_t cloud_record_count(const struct cloud *cloud)
{
    return cloud->records.count;
}

bool cloud_record_at(const struct cloud *cloud, size_t position, struct cloud_record *out_record)
{
    if (position >= cloud->records.count) return false;
    *out_record = cloud->records.records[position];
    return true;
}

void cloud_record_trim(struct cloud *cloud)
{
    records_trim(&cloud->records);
}

struct cloud_counters cloud_counters(const struct cloud *cloud)
{
    struct cloud_counters counters = cloud->records.counters;

    counters.live_max = cloud->fleet.live_max;
    counters.object_live_max = cloud->fleet.object_live_max;
    counters.created = cloud->fleet.created;
    counters.deleted = cloud->fleet.deleted;
    return counters;
}

bool cloud_operation_at(const struct cloud *cloud, size_t position, const char **out_operation,
                        uint64_t *out_arrived, uint64_t *out_effects)
{
    const struct records_operation *operation = &cloud->records.operations[position];

    if (position >= cloud->records.operation_count) return false;
    *out_operation = operation->name;
    *out_arrived = operation->arrived;
    *out_effects = operation->effects;
    return true;
}

unsigned cloud_object_live_max(const struct cloud *cloud, const char *object)
{
    size_t position;

    return index_get(&cloud->fleet.by_object, object, &position) ? cloud->fleet.objects[position]->live_max
                                                                 : 0;
}

bool cloud_object_at(const struct cloud *cloud, size_t position, const char **out_object, unsigned *out_live,
                     unsigned *out_live_max)
{
    if (position >= cloud->fleet.object_count) return false;
    *out_object = cloud->fleet.objects[position]->name;
    *out_live = cloud->fleet.objects[position]->live;
    *out_live_max = cloud->fleet.objects[position]->live_max;
    return true;
}

bool cloud_catalogue_add(struct cloud *cloud, struct cloud_item *item)
{
    struct item *made = catalogue_add(&cloud->catalogue, &cloud->dice, item, cloud->now_ms);

    if (made) memory_put(item->id, sizeof item->id, made->item.id);
    return made;
}

bool cloud_catalogue_remove(struct cloud *cloud, enum cloud_item_kind kind, const char *name_or_id)
{
    struct item *item = catalogue_find(&cloud->catalogue, kind, name_or_id);

    if (item) item->gone = true;
    return item;
}

static bool item_told(const struct item *item, struct cloud_item *out_item)
{
    if (!item) return false;
    *out_item = item->item;
    if (item->item.kind == CLOUD_IMAGE_ITEM) out_item->c = item->pending ? 1 : item->failed ? 2 : 0;
    return true;
}

bool cloud_catalogue_find(const struct cloud *cloud, enum cloud_item_kind kind, const char *name_or_id,
                          struct cloud_item *out_item)
{
    const struct item *item = catalogue_find(&cloud->catalogue, kind, name_or_id);

    return item_told(item, out_item);
}

bool cloud_catalogue_at(const struct cloud *cloud, enum cloud_item_kind kind, size_t position,
                        struct cloud_item *out_item)
{
    const struct item *item = NULL;
    size_t at = 0;

    do {
        item = catalogue_next(&cloud->catalogue, kind, &at);
    } while (item && position--);
    return item_told(item, out_item);
}

const char *cloud_region(const struct cloud *cloud)
{
    return cloud->options.regions[0] ? cloud->options.regions[0] : "";
}

const char *cloud_project(const struct cloud *cloud)
{
    return cloud->tokens.user_count ? cloud->tokens.users[0].project : "";
}

struct cloud_options cloud_options_of(const struct cloud *cloud)
{
    return cloud->options;
}

int64_t cloud_now(const struct cloud *cloud)
{
    return cloud->now_ms;
}
