/* Cinder, as far as it is read. */
#include "handlers.h"
#include "wall.h"

#include <string.h>

static const char *volume_status(const struct item *volume)
{
    if (!volume->holder) return "available";
    return volume->pending ? "detaching" : "in-use";
}

static void volume_attachment(struct call *call, const struct item *volume)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_put_open(out, "attachments", '[');
    if (volume->holder) {
        json_open(out, '{');
        json_put_text(out, "id", volume->item.id);
        json_put_text(out, "attachment_id", volume->item.id);
        json_put_text(out, "volume_id", volume->item.id);
        json_put_text(out, "server_id", volume->holder->id);
        json_put_null(out, "host_name");
        json_put_text(out, "device", volume->root ? "/dev/vda" : "/dev/vdb");
        json_put_text(out, "attached_at",
                      wall_text(cloud_wall(call->cloud, volume->updated_ms), WALL_MICROS, wall));
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void volume_image(struct call *call, const struct item *image)
{
    struct buffer *out = &call->body_out;

    json_put_open(out, "volume_image_metadata", '{');
    json_put_text(out, "os_distro", image->distro);
    json_put_text(out, "os_version", image->version);
    json_put_text(out, "image_id", image->item.id);
    json_put_text(out, "image_name", image->item.name);
    json_put_text(out, "checksum", "6fcae3853a37a429a9f65b4a9f0d4c66");
    json_put_text(out, "container_format", "bare");
    json_put_text(out, "disk_format", "qcow2");
    json_put_format(out, "min_disk", "%d", (int)image->item.a);
    json_put_format(out, "min_ram", "%d", (int)image->item.b);
    json_put_text(out, "size", "16");
    json_close(out, '}');
}

static void volume_detail(struct call *call, const struct item *volume)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_put_text(out, "status", volume_status(volume));
    json_put_int(out, "size", volume->item.a);
    json_put_text(out, "availability_zone",
                  call->cloud->options.dialect == CLOUD_NHN_V2 ? "kr-pub-a" : "nova");
    json_put_text(out, "created_at",
                  wall_text(cloud_wall(call->cloud, volume->created_ms), WALL_MICROS, wall));
    json_put_text(out, "updated_at",
                  wall_text(cloud_wall(call->cloud, volume->updated_ms), WALL_MICROS, wall));
    json_put_text(out, "description", volume->root ? "" : NULL);
    json_put_text(out, "volume_type", volume->item.text);
    json_put_null(out, "snapshot_id");
    json_put_null(out, "source_volid");
    json_put_raw(out, "metadata", "{}");
    json_put_text(out, "user_id", call->token->user->id);
    json_put_text(out, "bootable", volume->root ? "true" : "false");
    json_put_bool(out, "encrypted", false);
    json_put_null(out, "replication_status");
    json_put_null(out, "consistencygroup_id");
    json_put_bool(out, "multiattach", false);
    volume_attachment(call, volume);
    json_put_text(out, "os-vol-tenant-attr:tenant_id", call->project);
    if (volume->root && volume->holder && volume->holder->face.image)
        volume_image(call, volume->holder->face.image);
}

static void volume_write(struct call *call, const struct item *volume, bool detail)
{
    struct buffer *out = &call->body_out;
    struct buffer base = {0};

    call_base(call, CLOUD_VOLUME, &base);
    json_open(out, '{');
    json_put_text(out, "id", volume->item.id);
    json_put_text(out, "name", volume->item.name);
    json_put_open(out, "links", '[');
    json_open(out, '{');
    json_put_text(out, "rel", "self");
    json_put_format(out, "href", "%s/%s/%s/volumes/%s", buffer_string(&base), call->version, call->project,
                    volume->item.id);
    json_close(out, '}');
    json_open(out, '{');
    json_put_text(out, "rel", "bookmark");
    json_put_format(out, "href", "%s/%s/volumes/%s", buffer_string(&base), call->project, volume->item.id);
    json_close(out, '}');
    json_close(out, ']');
    if (detail) volume_detail(call, volume);
    json_close(out, '}');
    buffer_release(&base);
}

static void volume_headers(struct call *call)
{
    call->status = 200;
    call_header_out(call, "Openstack-Api-Version", "volume 3.0");
    call_header_out(call, "Vary", "OpenStack-API-Version");
}

static void volumes_write(struct call *call, bool detail)
{
    struct buffer *out = &call->body_out;
    const struct item *volume;
    size_t position = 0;

    volume_headers(call);
    json_open(out, '{');
    json_put_open(out, "volumes", '[');
    while ((volume = catalogue_next(&call->cloud->catalogue, CLOUD_VOLUME_ITEM, &position)))
        volume_write(call, volume, detail);
    json_close(out, ']');
    json_close(out, '}');
}

void handle_volumes(struct call *call)
{
    volumes_write(call, false);
}

void handle_volumes_detail(struct call *call)
{
    volumes_write(call, true);
}

void handle_volume(struct call *call)
{
    const struct item *volume =
        catalogue_by_id(&call->cloud->catalogue, CLOUD_VOLUME_ITEM, call->arguments[0]);

    if (!volume) {
        call_error(call, 404, "Volume %s could not be found.", call->arguments[0]);
        return;
    }
    volume_headers(call);
    json_open(&call->body_out, '{');
    json_key(&call->body_out, "volume");
    volume_write(call, volume, true);
    json_close(&call->body_out, '}');
}

void handle_volume_types(struct call *call)
{
    volume_headers(call);
    buffer_text(
        &call->body_out,
        "{\"volume_types\":[{\"id\":\"1c3d5e7f-0a2b-4c4d-8e6f-8091a2b3c4d5\",\"name\":\"General HDD\","
        "\"is_public\":true,\"description\":null,\"extra_specs\":{}},"
        "{\"id\":\"2d4e6f80-1b3c-4d5e-9f70-91a2b3c4d5e6\",\"name\":\"General SSD\","
        "\"is_public\":true,\"description\":null,\"extra_specs\":{}}]}");
}
