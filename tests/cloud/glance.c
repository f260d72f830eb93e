/* Glance's image list, with its own way of paging. */
#include "handlers.h"
#include "wall.h"

#include <stdlib.h>
#include <string.h>

enum { GLANCE_LIMIT = 25 };

static const char *image_status(const struct item *image)
{
    return image->pending ? "queued" : image->failed ? "killed" : "active";
}

static void glance_write(struct call *call, const struct item *image)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_open(out, '{');
    json_put_text(out, "os_distro", image->distro);
    json_put_text(out, "os_version", image->version);
    if (call->cloud->options.dialect == CLOUD_NHN_V2) json_put_text(out, "os_type", image->item.text);
    json_put_text(out, "name", image->item.name);
    json_put_text(out, "disk_format", "qcow2");
    json_put_text(out, "container_format", "bare");
    json_put_text(out, "visibility", "public");
    json_put_int(out, "size", 16);
    json_put_null(out, "virtual_size");
    json_put_text(out, "status", image_status(image));
    json_put_text(out, "checksum", "6fcae3853a37a429a9f65b4a9f0d4c66");
    json_put_bool(out, "protected", false);
    json_put_int(out, "min_ram", image->item.b);
    json_put_int(out, "min_disk", image->item.a);
    json_put_text(out, "owner", call->project);
    json_put_bool(out, "os_hidden", false);
    json_put_text(out, "os_hash_algo", "sha512");
    json_put_text(out, "os_hash_value", "414034ec75e817e0e503e162cb8c4efe9c9f650034e8b39a8d18c5e080bafd5e");
    json_put_text(out, "id", image->item.id);
    json_put_text(out, "created_at", call_wall(call, image->created_ms, wall));
    json_put_text(out, "updated_at", call_wall(call, image->updated_ms, wall));
    json_put_raw(out, "tags", "[]");
    json_put_format(out, "self", "/v2/images/%s", image->item.id);
    json_put_format(out, "file", "/v2/images/%s/file", image->item.id);
    json_put_text(out, "schema", "/v2/schemas/image");
    json_close(out, '}');
}

static bool glance_wanted(const struct call *call, const struct item *image)
{
    const char *name = call_query(call, "name");
    const char *status = call_query(call, "status");

    return (!name || strcmp(name, image->item.name) == 0) &&
           (!status || strcmp(status, image_status(image)) == 0);
}

void handle_glance_images(struct call *call)
{
    const char *marker = call_query(call, "marker");
    const char *limit_text = call_query(call, "limit");
    long limit = limit_text ? strtol(limit_text, NULL, 10) : GLANCE_LIMIT;
    struct buffer *out = &call->body_out;
    const struct item *last = NULL;
    const struct item *image;
    bool begun = !marker;
    size_t position = 0;
    long count = 0;

    if (limit < 0) {
        call_error(call, 400, "limit param must be positive");
        return;
    }
    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "images", '[');
    while (count < limit && (image = catalogue_next(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, &position))) {
        if (begun && glance_wanted(call, image)) {
            glance_write(call, image);
            last = image;
            count++;
        }
        begun = begun || strcmp(marker, image->item.id) == 0;
    }
    json_close(out, ']');
    json_put_text(out, "first", "/v2/images");
    /* Glance: a full page has a next link, even if nothing follows. */
    if (last && count == limit)
        json_put_format(out, "next", "/v2/images?limit=%ld&marker=%s", limit, last->item.id);
    json_put_text(out, "schema", "/v2/schemas/images");
    json_close(out, '}');
}

void handle_glance_image(struct call *call)
{
    const struct item *image = catalogue_by_id(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, call->arguments[0]);

    if (!image) {
        call_error(call, 404, "No image found with ID %s", call->arguments[0]);
        return;
    }
    call->status = 200;
    glance_write(call, image);
}
