/* Volumes and ports of a server. */
#include "checks.h"
#include "handlers.h"
#include "memory.h"
#include "rules.h"
#include "view.h"

#include <string.h>
#include <strings.h>

static void attachment_write(struct call *call, const struct item *volume, size_t position, bool fresh)
{
    struct buffer *out = &call->body_out;
    char device[32];

    json_put_text(out, "id", volume->item.id);
    if (!fresh) json_put_text(out, "volumeId", volume->item.id);
    json_put_text(out, "serverId", call->server->id);
    if (fresh) json_put_text(out, "volumeId", volume->item.id);
    json_put_text(out, "device", view_device(call, position, device, sizeof device));
}

/* The device letters begin with the root disk, be it a volume or not. */
static size_t device_of(const struct server *server, size_t position)
{
    return position + (view_volume(server, &server->face, 0) != server->root_volume || !server->root_volume);
}

static const struct item *attachment_find(const struct server *server, const char *id, size_t *out_position)
{
    const struct item *volume;

    for (size_t i = 0; (volume = view_volume(server, &server->face, i)); i++) {
        if (strcasecmp(volume->item.id, id) == 0) {
            *out_position = i;
            return volume;
        }
    }
    return NULL;
}

void handle_attachments(struct call *call)
{
    struct buffer *out = &call->body_out;
    const struct item *volume;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "volumeAttachments", '[');
    for (size_t i = 0; (volume = view_volume(call->server, &call->server->face, i)); i++) {
        json_open(out, '{');
        attachment_write(call, volume, device_of(call->server, i), false);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

void handle_attachment(struct call *call)
{
    size_t position = 0;
    const struct item *volume = attachment_find(call->server, call->arguments[1], &position);

    if (!volume) {
        call_error(call, 404, "Instance %s is not attached to volume %s", call->server->id,
                   call->arguments[1]);
        return;
    }
    call->status = 200;
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, "volumeAttachment", '{');
    attachment_write(call, volume, device_of(call->server, position), false);
    json_close(&call->body_out, '}');
    json_close(&call->body_out, '}');
}

static struct item *attach_volume(struct call *call)
{
    const cJSON *wish = cJSON_GetObjectItemCaseSensitive(call->body, "volumeAttachment");
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(wish, "volumeId");
    struct item *volume;

    if (!cJSON_IsString(id) || !is_uuid(id->valuestring)) {
        check_invalid(call, "volumeId", id, "'%s' is not a 'uuid'",
                      cJSON_IsString(id) ? id->valuestring : "");
        return NULL;
    }
    memory_put(call->detail, sizeof call->detail, id->valuestring);
    volume = catalogue_by_id(&call->cloud->catalogue, CLOUD_VOLUME_ITEM, id->valuestring);
    if (!volume) call_error(call, 404, "Volume %s could not be found.", id->valuestring);
    return volume;
}

void handle_attach(struct call *call)
{
    struct item *volume = attach_volume(call);
    size_t position = 0;

    if (!volume || !rule_allows(call, call->server, RULE_ATTACH)) return;
    if (volume->holder) {
        call_error(call, 400, "Invalid volume: volume %s is already attached to instances: %s",
                   volume->item.id, volume->holder->id);
        return;
    }
    call->status = 200;
    if (!call_is_ignored(call)) {
        cloud_touch(call->cloud, call->server);
        if (!server_add_volume(&call->server->face, volume)) {
            call_error(call, 403, "Maximum number of volumes exceeded");
            return;
        }
        call->effect = true;
        volume->holder = call->server;
        volume->pending = false;
        volume->updated_ms = call->now_ms;
        server_act(call->server, "attach_volume", call->request_id, call->now_ms);
        attachment_find(call->server, volume->item.id, &position);
    }
    json_open(&call->body_out, '{');
    json_put_open(&call->body_out, "volumeAttachment", '{');
    attachment_write(call, volume, device_of(call->server, position), true);
    json_close(&call->body_out, '}');
    json_close(&call->body_out, '}');
}

void handle_detach(struct call *call)
{
    struct item *volume = catalogue_by_id(&call->cloud->catalogue, CLOUD_VOLUME_ITEM, call->arguments[1]);
    size_t position = 0;

    memory_put(call->detail, sizeof call->detail, call->arguments[1]);
    if (!volume || !attachment_find(call->server, call->arguments[1], &position)) {
        call_error(call, 404, "Instance %s is not attached to volume %s", call->server->id,
                   call->arguments[1]);
        return;
    }
    if (volume->root) {
        call_error(call, 403, "Cannot detach a root device volume");
        return;
    }
    if (!rule_allows(call, call->server, RULE_DETACH)) return;
    call->status = 202;
    server_act(call->server, "detach_volume", call->request_id, call->now_ms);
    if (call_is_ignored(call)) return;
    call->effect = true;
    volume->pending = true;
    agenda_add(&call->cloud->agenda,
               call->now_ms + dice_range(&call->cloud->dice, call->cloud->options.durations.attach),
               AGENDA_VOLUME, call->server, 0, volume->item.id);
}

void handle_interfaces(struct call *call)
{
    const struct server *server = call->server;
    struct buffer *out = &call->body_out;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "interfaceAttachments", '[');
    for (unsigned i = 0; (server->face.has & HAS_PORTS) && i < server->nic_count; i++) {
        const struct nic *nic = &server->nics[i];

        json_open(out, '{');
        json_put_text(out, "net_id", nic->network->item.id);
        json_put_text(out, "port_id", nic->port_id);
        json_put_text(out, "mac_addr", nic->mac);
        json_put_text(out, "port_state", "ACTIVE");
        json_put_open(out, "fixed_ips", '[');
        json_open(out, '{');
        json_put_text(out, "subnet_id", nic->subnet ? nic->subnet->item.id : "");
        json_put_text(out, "ip_address", nic->address);
        json_close(out, '}');
        json_close(out, ']');
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

void handle_addresses(struct call *call)
{
    call->status = 200;
    json_open(&call->body_out, '{');
    view_addresses(call, &call->body_out, call->server, &call->server->face, false);
    json_close(&call->body_out, '}');
}
