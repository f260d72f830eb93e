/* What Nova serves of the catalogue: flavors, images, zones, key pairs. */
#include "checks.h"
#include "handlers.h"
#include "memory.h"
#include "wall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLAVOR_EXTRA_SPECS "{\"flavor_type\":\"general\"}"

static void flavor_write(struct call *call, const struct item *flavor, bool detail)
{
    struct buffer *out = &call->body_out;

    json_open(out, '{');
    json_put_text(out, "id", flavor->item.id);
    json_put_text(out, "name", flavor->item.name);
    if (detail) {
        json_put_int(out, "ram", flavor->item.b);
        json_put_int(out, "disk", flavor->item.c);
        json_put_text(out, "swap", "");
        json_put_int(out, "OS-FLV-EXT-DATA:ephemeral", 0);
        json_put_bool(out, "OS-FLV-DISABLED:disabled", false);
        json_put_int(out, "vcpus", flavor->item.a);
        json_put_bool(out, "os-flavor-access:is_public", true);
        json_put_raw(out, "rxtx_factor", "1.0");
        if (call->cloud->options.dialect == CLOUD_NHN_V2)
            json_put_raw(out, "extra_specs", FLAVOR_EXTRA_SPECS);
    }
    call_links(call, out, "flavors", flavor->item.id);
    json_close(out, '}');
}

static int64_t query_number(const struct call *call, const char *key)
{
    const char *text = call_query(call, key);

    return text ? strtoll(text, NULL, 10) : 0;
}

static void flavors_write(struct call *call, bool detail)
{
    struct buffer *out = &call->body_out;
    const struct item *flavor;
    size_t position = 0;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "flavors", '[');
    while ((flavor = catalogue_next(&call->cloud->catalogue, CLOUD_FLAVOR, &position))) {
        if (flavor->item.c >= query_number(call, "minDisk") && flavor->item.b >= query_number(call, "minRam"))
            flavor_write(call, flavor, detail);
    }
    json_close(out, ']');
    json_close(out, '}');
}

void handle_flavors(struct call *call)
{
    flavors_write(call, false);
}

void handle_flavors_detail(struct call *call)
{
    flavors_write(call, true);
}

static const struct item *flavor_asked(struct call *call)
{
    const struct item *flavor = catalogue_by_id(&call->cloud->catalogue, CLOUD_FLAVOR, call->arguments[0]);

    if (flavor)
        call->status = 200;
    else
        call_error(call, 404, "Flavor %s could not be found.", call->arguments[0]);
    return flavor;
}

void handle_flavor(struct call *call)
{
    const struct item *flavor = flavor_asked(call);

    if (!flavor) return;
    json_open(&call->body_out, '{');
    json_key(&call->body_out, "flavor");
    flavor_write(call, flavor, true);
    json_close(&call->body_out, '}');
}

void handle_flavor_extra_specs(struct call *call)
{
    if (!flavor_asked(call)) return;
    json_open(&call->body_out, '{');
    json_put_raw(&call->body_out, "extra_specs",
                 call->cloud->options.dialect == CLOUD_NHN_V2 ? FLAVOR_EXTRA_SPECS : "{}");
    json_close(&call->body_out, '}');
}

static void image_links(struct call *call, const struct item *image)
{
    struct buffer *out = &call->body_out;
    struct buffer base = {0};

    call_links(call, out, "images", image->item.id);
    /* The third link belongs into the same array: before its closing bracket. */
    out->size--;
    call_base(call, CLOUD_IMAGE, &base);
    json_open(out, '{');
    json_put_text(out, "rel", "alternate");
    json_put_text(out, "type", "application/vnd.openstack.image");
    json_put_format(out, "href", "%s/images/%s", buffer_string(&base), image->item.id);
    json_close(out, '}');
    json_close(out, ']');
    buffer_release(&base);
}

static void image_write(struct call *call, const struct item *image, bool detail)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_open(out, '{');
    json_put_text(out, "id", image->item.id);
    json_put_text(out, "name", image->item.name);
    if (detail) {
        json_put_int(out, "minRam", image->item.b);
        json_put_int(out, "minDisk", image->item.a);
        json_put_open(out, "metadata", '{');
        json_put_text(out, "os_distro", image->distro);
        json_put_text(out, "os_version", image->version);
        if (call->cloud->options.dialect == CLOUD_NHN_V2) json_put_text(out, "os_type", image->item.text);
        json_close(out, '}');
        json_put_text(out, "created", call_wall(call, image->created_ms, wall));
        json_put_text(out, "updated", call_wall(call, image->updated_ms, wall));
        json_put_text(out, "status", image->pending ? "SAVING" : image->failed ? "ERROR" : "ACTIVE");
        json_put_int(out, "progress", image->pending ? 50 : 100);
        json_put_int(out, "OS-EXT-IMG-SIZE:size", 16);
    }
    image_links(call, image);
    json_close(out, '}');
}

static void images_write(struct call *call, bool detail)
{
    struct buffer *out = &call->body_out;
    const struct item *image;
    size_t position = 0;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "images", '[');
    while ((image = catalogue_next(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, &position)))
        image_write(call, image, detail);
    json_close(out, ']');
    json_close(out, '}');
}

void handle_images(struct call *call)
{
    images_write(call, false);
}

void handle_images_detail(struct call *call)
{
    images_write(call, true);
}

void handle_image(struct call *call)
{
    const struct item *image = catalogue_by_id(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, call->arguments[0]);

    if (!image) {
        call_error(call, 404, "Image not found.");
        return;
    }
    call->status = 200;
    json_open(&call->body_out, '{');
    json_key(&call->body_out, "image");
    image_write(call, image, true);
    json_close(&call->body_out, '}');
}

void handle_zones(struct call *call)
{
    struct buffer *out = &call->body_out;
    const struct item *zone;
    size_t position = 0;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "availabilityZoneInfo", '[');
    while ((zone = catalogue_next(&call->cloud->catalogue, CLOUD_ZONE, &position))) {
        json_open(out, '{');
        json_put_text(out, "zoneName", zone->item.name);
        json_put_raw(out, "zoneState", "{\"available\":true}");
        json_put_null(out, "hosts");
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

static void keypair_write(struct call *call, const struct item *keypair)
{
    struct buffer *out = &call->body_out;
    uint64_t hash = dice_hash(keypair->item.text);
    char print[48];

    snprintf(print, sizeof print,
             "%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x:%02x",
             (unsigned)(hash & 255), (unsigned)(hash >> 8 & 255), (unsigned)(hash >> 16 & 255),
             (unsigned)(hash >> 24 & 255), (unsigned)(hash >> 32 & 255), (unsigned)(hash >> 40 & 255),
             (unsigned)(hash >> 48 & 255), (unsigned)(hash >> 56 & 255), (unsigned)(hash >> 3 & 255),
             (unsigned)(hash >> 11 & 255), (unsigned)(hash >> 19 & 255), (unsigned)(hash >> 27 & 255),
             (unsigned)(hash >> 35 & 255), (unsigned)(hash >> 43 & 255), (unsigned)(hash >> 51 & 255),
             (unsigned)(hash >> 5 & 255));
    json_put_text(out, "name", keypair->item.name);
    json_put_text(out, "public_key", keypair->key ? keypair->key : keypair->item.text);
    json_put_text(out, "fingerprint", print);
}

void handle_keypairs(struct call *call)
{
    struct buffer *out = &call->body_out;
    const struct item *keypair;
    size_t position = 0;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "keypairs", '[');
    while ((keypair = catalogue_next(&call->cloud->catalogue, CLOUD_KEYPAIR, &position))) {
        json_open(out, '{');
        json_put_open(out, "keypair", '{');
        keypair_write(call, keypair);
        json_close(out, '}');
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

static struct item *keypair_named(struct call *call)
{
    struct item *keypair = catalogue_find(&call->cloud->catalogue, CLOUD_KEYPAIR, call->arguments[0]);

    if (!keypair)
        call_error(call, 404, "Keypair %s not found for user %s", call->arguments[0], call->token->user->id);
    return keypair;
}

void handle_keypair(struct call *call)
{
    const struct item *keypair = keypair_named(call);
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    if (!keypair) return;
    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "keypair", '{');
    keypair_write(call, keypair);
    json_put_text(out, "user_id", call->token->user->id);
    json_put_text(out, "created_at",
                  wall_text(cloud_wall(call->cloud, keypair->created_ms), WALL_MICROS, wall));
    json_put_bool(out, "deleted", false);
    json_put_null(out, "deleted_at");
    json_put_int(out, "id", 2);
    json_put_null(out, "updated_at");
    json_close(out, '}');
    json_close(out, '}');
}

void handle_keypair_create(struct call *call)
{
    const cJSON *wish = cJSON_GetObjectItemCaseSensitive(call->body, "keypair");
    const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(wish, "public_key"));
    struct cloud_item item = {.kind = CLOUD_KEYPAIR};
    struct buffer *out = &call->body_out;
    struct item *made;

    if (!check_name(call, cJSON_GetObjectItemCaseSensitive(wish, "name"), item.name)) return;
    memory_put(call->detail, sizeof call->detail, item.name);
    if (catalogue_find(&call->cloud->catalogue, CLOUD_KEYPAIR, item.name)) {
        call_error(call, 409, "Key pair '%s' already exists.", item.name);
        return;
    }
    if (key && strncmp(key, "ssh-", 4) != 0 && strncmp(key, "ecdsa-", 6) != 0) {
        call_error(call, 400, "Keypair data is invalid: failed to generate fingerprint");
        return;
    }
    memory_put(item.text, sizeof item.text, key ? key : "ssh-rsa AAAAB3NzaC1yc2E Generated-by-Nova");
    made = catalogue_add(&call->cloud->catalogue, &call->cloud->dice, &item, call->now_ms);
    made->key = key ? memory_text(key) : NULL;
    call->status = 200;
    call->effect = true;
    json_open(out, '{');
    json_put_open(out, "keypair", '{');
    if (!key)
        json_put_text(out, "private_key",
                      "-----BEGIN RSA PRIVATE KEY-----\nsimulated\n-----END RSA PRIVATE KEY-----\n");
    keypair_write(call, made);
    json_put_text(out, "user_id", call->token->user->id);
    json_close(out, '}');
    json_close(out, '}');
}

void handle_keypair_delete(struct call *call)
{
    struct item *keypair = keypair_named(call);

    if (!keypair) return;
    keypair->gone = true;
    call->effect = true;
    call->status = 202;
}
