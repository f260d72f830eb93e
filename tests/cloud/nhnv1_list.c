/* GET /instances and /instances-detail, with and without ?id=. One list without pages, newest first. */
#include "memory.h"
#include "nhnv1.h"

#include <string.h>

static void brief_write(struct call *call, const struct server *server, const struct face *face)
{
    struct buffer *out = &call->body_out;

    json_open(out, '{');
    json_put_text(out, "id", server->id);
    json_put_text(out, "name", face->name);
    json_put_text(out, "status", v1_status(call, face));
    json_close(out, '}');
}

static void addresses_write(struct call *call, const struct server *server, const struct face *face)
{
    struct buffer *out = &call->body_out;

    json_put_open(out, "addresses", '[');
    for (unsigned i = 0; (face->has & HAS_PORTS) && i < server->nic_count; i++) {
        const struct nic *nic = &server->nics[i];
        const struct item *floating = v1_floating(call, nic);

        json_open(out, '{');
        json_put_text(out, "macAddress", nic->mac);
        json_put_text(out, "ipAddress", nic->address);
        v1_put_number(call, out, "version", 4);
        json_put_text(out, "floatingIpAddress", floating ? floating->item.name : NULL);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void flavor_write(struct call *call, const struct item *flavor)
{
    struct buffer *out = &call->body_out;

    json_put_open(out, "flavor", '{');
    json_put_text(out, "id", flavor->item.id);
    json_put_text(out, "name", flavor->item.name);
    v1_put_number(call, out, "cpu", flavor->item.a);
    v1_put_number(call, out, "ram", flavor->item.b);
    json_close(out, '}');
}

static void volumes_write(struct call *call, const struct server *server, const struct face *face)
{
    struct buffer *out = &call->body_out;

    json_put_open(out, "volumes", '{');
    json_put_open(out, "root", '{');
    v1_put_number(call, out, "size", server->root_disk_gb);
    json_put_text(out, "type", server->root_volume ? server->root_volume->item.text : "General HDD");
    json_close(out, '}');
    json_put_open(out, "attachments", '[');
    for (size_t i = 0; i < face->volume_count; i++) {
        json_open(out, '{');
        json_put_text(out, "id", face->volumes[i]->item.id);
        json_put_text(out, "name", face->volumes[i]->item.name);
        v1_put_number(call, out, "size", face->volumes[i]->item.a);
        json_put_text(out, "type", face->volumes[i]->item.text);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

static void groups_write(struct buffer *out, const struct face *face)
{
    json_put_open(out, "securityGroups", '[');
    for (size_t i = 0; i < face->group_count; i++) {
        json_open(out, '{');
        json_put_text(out, "name", face->groups[i]->item.name);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void metadata_write(struct call *call, const struct face *face)
{
    struct buffer *out = &call->body_out;

    json_put_open(out, "metadata", '{');
    for (size_t i = 0; call_switch(call, V1_METADATA) == 0 && i < face->metadata_count; i++)
        json_put_text(out, face->metadata[i].key, face->metadata[i].value);
    json_close(out, '}');
}

static void detail_write(struct call *call, const struct server *server, const struct face *face)
{
    struct buffer *out = &call->body_out;

    json_open(out, '{');
    addresses_write(call, server, face);
    json_put_text(out, "availabilityZone", server->zone ? server->zone->item.name : "");
    flavor_write(call, face->flavor);
    json_put_text(out, "status", v1_status(call, face));
    json_put_text(out, "id", server->id);
    json_put_text(out, "name", face->name);
    json_put_text(out, "image", face->image ? face->image->item.id : "");
    metadata_write(call, face);
    json_put_text(out, "keyName", server->keypair ? server->keypair->item.name : NULL);
    volumes_write(call, server, face);
    groups_write(out, face);
    v1_put_time(call, out, "launchedAt", face->launched_ms);
    v1_put_time(call, out, "createdAt", server->created_ms);
    v1_put_time(call, out, "updatedAt", face->updated_ms);
    json_close(out, '}');
}

static const struct face *face_at(const struct server *server, int64_t at_ms)
{
    if (at_ms < 0) return server->exists && server->face.vm != VM_DELETED ? &server->face : NULL;
    if (server->created_ms > at_ms || (!server->exists && server->deleted_ms <= at_ms)) return NULL;
    return server_version_at(server, at_ms);
}

struct v1_lie {
    int64_t at_ms; /* the state of then; < 0: now */
    const char *project;
    bool empty;
};

static struct v1_lie lie_of(struct call *call)
{
    const struct cloud_fault *lag = call_fault(call, CLOUD_FAULT_LAGGING_LIST);
    const struct cloud_fault *foreign = call_fault(call, CLOUD_FAULT_LIST_FOREIGN);
    const struct cloud_fault *empty = call_fault(call, CLOUD_FAULT_LIST_EMPTY);
    struct v1_lie lie = {.at_ms = -1, .project = call->project, .empty = empty};

    if (lag && call->now_ms > lag->value_ms) {
        lie.at_ms = call->now_ms - lag->value_ms;
        fault_used(call, lag);
    }
    if (foreign) {
        const struct user *stranger = tokens_stranger(&call->cloud->tokens, call->token->user);

        lie.project = stranger == call->token->user ? "" : stranger->project;
        fault_used(call, foreign);
    }
    if (empty && call->cloud->fleet.live) fault_used(call, empty);
    return lie;
}

static void list_write(struct call *call,
                       void (*put)(struct call *call, const struct server *server, const struct face *face))
{
    struct v1_lie lie = lie_of(call);
    struct buffer *out = v1_open(call);
    const struct fleet *fleet = &call->cloud->fleet;

    json_put_open(out, "instances", '[');
    for (size_t i = lie.empty ? 0 : fleet->count; i-- > 0;) {
        const struct server *server = fleet->servers[i];
        const struct face *face = face_at(server, lie.at_ms);

        if (face && strcmp(server->project, lie.project) == 0) put(call, server, face);
    }
    json_close(out, ']');
    v1_close(call);
}

void v1_list(struct call *call)
{
    list_write(call, brief_write);
}

void v1_list_detail(struct call *call)
{
    list_write(call, detail_write);
}

static void show_write(struct call *call,
                       void (*put)(struct call *call, const struct server *server, const struct face *face))
{
    const struct cloud_fault *lag = call_fault(call, CLOUD_FAULT_LAGGING_SHOW);
    const struct face *face = face_at(call->server, -1);

    if (lag && call->now_ms > lag->value_ms) {
        face = face_at(call->server, call->now_ms - lag->value_ms);
        fault_used(call, lag);
    }
    if (!face) {
        call_error(call, 404, "Instance %s could not be found.", call->server->id);
        return;
    }
    json_put_open(v1_open(call), "instances", '[');
    put(call, call->server, face);
    json_close(&call->body_out, ']');
    v1_close(call);
}

void v1_show(struct call *call)
{
    show_write(call, detail_write);
}

void v1_show_brief(struct call *call)
{
    show_write(call, brief_write);
}
