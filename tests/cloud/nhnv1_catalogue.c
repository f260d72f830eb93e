/* Zones, flavors and key pairs of Instance v1, images of Image v1, networks of VPC v1. */
#include "memory.h"
#include "nhnv1.h"

#include <stdlib.h>
#include <string.h>

static void each(struct call *call, const char *key, enum cloud_item_kind kind,
                 void (*put)(struct call *call, const struct item *item))
{
    struct buffer *out = v1_open(call);
    const struct item *item;
    size_t position = 0;

    json_put_open(out, key, '[');
    while ((item = catalogue_next(&call->cloud->catalogue, kind, &position))) {
        json_open(out, '{');
        put(call, item);
        json_close(out, '}');
    }
    json_close(out, ']');
    v1_close(call);
}

static void zone_write(struct call *call, const struct item *zone)
{
    json_put_text(&call->body_out, "zoneName", zone->item.name);
    json_put_open(&call->body_out, "zoneState", '{');
    v1_put_truth(call, &call->body_out, "available", true);
    json_close(&call->body_out, '}');
}

void v1_zones(struct call *call)
{
    each(call, "zones", CLOUD_ZONE, zone_write);
}

static const char *flavor_type(const char *name)
{
    return name[0] == 'c' ? "compute" : name[0] == 'r' ? "memory" : "general";
}

/* volumeSize: only where the disk's size is fixed (u2). */
static void flavor_write(struct call *call, const struct item *flavor)
{
    struct buffer *out = &call->body_out;

    v1_put_truth(call, out, "disabled", false);
    v1_put_number(call, out, "ephemeral", 0);
    json_put_text(out, "type", flavor_type(flavor->item.name));
    if (flavor->item.c) v1_put_number(call, out, "volumeSize", flavor->item.c);
    if (call_switch(call, V1_MAX_VOLUME) == 1) v1_put_number(call, out, "maxVolumeSize", 1000);
    json_put_text(out, "id", flavor->item.id);
    json_put_text(out, "name", flavor->item.name);
    v1_put_truth(call, out, "isPublic", true);
    v1_put_number(call, out, "ram", flavor->item.b);
    v1_put_number(call, out, "vcpus", flavor->item.a);
}

void v1_flavors(struct call *call)
{
    each(call, "flavors", CLOUD_FLAVOR, flavor_write);
}

static void keypair_write(struct call *call, const struct item *keypair)
{
    struct buffer *out = &call->body_out;

    json_put_text(out, "name", keypair->item.name);
    json_put_text(out, "publicKey", keypair->key ? keypair->key : keypair->item.text);
    json_put_text(out, "fingerprint", "1e:2c:9b:56:79:4b:45:77:f9:ca:7a:98:2c:b0:d5:3c");
}

void v1_keypairs(struct call *call)
{
    each(call, "keypairs", CLOUD_KEYPAIR, keypair_write);
}

static struct item *keypair_named(struct call *call, const char *name)
{
    struct item *item;
    size_t position = 0;

    while ((item = catalogue_next(&call->cloud->catalogue, CLOUD_KEYPAIR, &position)) &&
           strcmp(item->item.name, name) != 0)
        continue;
    return item;
}

static struct item *keypair_asked(struct call *call)
{
    struct item *keypair = keypair_named(call, call->arguments[0]);

    memory_put(call->detail, sizeof call->detail, call->arguments[0]);
    if (!keypair) v1_refuse_by(call, V1_KEYPAIR, 404, "Keypair %s could not be found", call->arguments[0]);
    return keypair;
}

void v1_keypair(struct call *call)
{
    const struct item *keypair = keypair_asked(call);
    struct buffer *out = &call->body_out;

    if (!keypair) return;
    json_put_open(v1_open(call), "keypairs", '[');
    json_open(out, '{');
    keypair_write(call, keypair);
    v1_put_time(call, out, "createdAt", keypair->created_ms);
    json_close(out, '}');
    json_close(out, ']');
    v1_close(call);
}

/* Without a public key one is made, and its private half shown this once. */
void v1_keypair_create(struct call *call)
{
    const cJSON *wish = cJSON_GetObjectItemCaseSensitive(call->body, "keypair");
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(wish, "name"));
    const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(wish, "publicKey"));
    struct cloud_item item = {.kind = CLOUD_KEYPAIR};
    struct buffer *out = &call->body_out;
    struct item *keypair;

    memory_put(call->detail, sizeof call->detail, name);
    if (!name || !*name) {
        v1_refuse(call, 400, V1_BAD_PARAMETER, "Invalid parameter: name");
        return;
    }
    if (keypair_named(call, name)) {
        v1_refuse_by(call, V1_KEYPAIR, 409, "Keypair %s already exists", name);
        return;
    }
    memory_put(item.name, sizeof item.name, name);
    memory_put(item.text, sizeof item.text, key ? key : "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ made");
    keypair = catalogue_add(&call->cloud->catalogue, &call->cloud->dice, &item, call->now_ms);
    if (!keypair) {
        v1_refuse_by(call, V1_KEYPAIR, 403, "Quota exceeded for keypairs");
        return;
    }
    if (key) keypair->key = memory_text(key);
    call->effect = true;
    json_put_open(v1_open(call), "keypair", '{');
    keypair_write(call, keypair);
    if (!key)
        json_put_text(out, "privateKey",
                      "-----BEGIN RSA PRIVATE KEY-----\nsimulated\n-----END RSA PRIVATE KEY-----\n");
    json_close(out, '}');
    v1_close(call);
}

void v1_keypair_delete(struct call *call)
{
    struct item *keypair = keypair_asked(call);

    if (!keypair) return;
    keypair->gone = true;
    call->effect = true;
    v1_accept(call);
}

static void image_write(struct call *call, const struct item *image)
{
    struct buffer *out = &call->body_out;

    v1_put_time(call, out, "createdAt", image->created_ms);
    json_put_text(out, "diskFormat", "qcow2");
    json_put_text(out, "id", image->item.id);
    v1_put_truth(call, out, "isPublic", true);
    v1_put_number(call, out, "minDisk", image->item.a);
    v1_put_number(call, out, "minRam", image->item.b);
    json_put_text(out, "name", image->item.name);
    json_put_open(out, "properties", '{');
    json_put_text(out, "os_distro", image->distro);
    json_put_text(out, "os_type", image->item.text);
    json_close(out, '}');
    v1_put_truth(call, out, "protected", false);
    v1_put_number(call, out, "size", 16);
    json_put_text(out, "status", image->pending ? "saving" : image->failed ? "killed" : "active");
    v1_put_time(call, out, "updatedAt", image->updated_ms);
}

enum { IMAGE_PAGE = 2 /* fewer than there are: whoever takes the first page for all misses some */ };

/* The guide's marker: "from the image specified as marker". */
void v1_images(struct call *call)
{
    const char *marker = call_query(call, "marker");
    unsigned how = call_switch(call, V1_IMAGE_MARKER);
    struct buffer *out = v1_open(call);
    const struct item *image;
    size_t position = 0, limit = how == 2 ? SIZE_MAX : IMAGE_PAGE + (how == 1);
    bool begun = !marker || how == 2;

    json_put_open(out, "images", '[');
    while (limit && (image = catalogue_next(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, &position))) {
        bool at_marker = marker && strcmp(marker, image->item.id) == 0;

        if (begun || (at_marker && how == 1)) {
            json_open(out, '{');
            image_write(call, image);
            json_close(out, '}');
            limit--;
        }
        begun = begun || at_marker;
    }
    json_close(out, ']');
    v1_close(call);
}

static void network_write(struct call *call, const struct item *network)
{
    struct buffer *out = &call->body_out;
    const struct item *subnet;
    size_t position = 0;

    v1_put_truth(call, out, "adminStateUp", true);
    json_put_text(out, "id", network->item.id);
    json_put_text(out, "name", network->item.name);
    v1_put_truth(call, out, "router:external", false);
    json_put_text(out, "status", "ACTIVE");
    json_put_open(out, "subnets", '[');
    while ((subnet = catalogue_next(&call->cloud->catalogue, CLOUD_SUBNET, &position))) {
        if (strcmp(subnet->item.text, network->item.id) == 0) json_text(out, subnet->item.id);
    }
    json_close(out, ']');
}

void v1_networks(struct call *call)
{
    each(call, "networks", CLOUD_NETWORK_ITEM, network_write);
}

static void subnet_write(struct call *call, const struct item *subnet)
{
    struct buffer *out = &call->body_out;

    json_put_text(out, "cidr", "10.20.0.0/16");
    v1_put_truth(call, out, "enableDhcp", true);
    json_put_text(out, "gatewayIp", "10.20.0.1");
    json_put_raw(out, "hostRoutes", "[]");
    json_put_text(out, "id", subnet->item.id);
    v1_put_number(call, out, "ipVersion", 4);
    json_put_text(out, "name", subnet->item.name);
    json_put_text(out, "networkId", subnet->item.text);
}

void v1_subnets(struct call *call)
{
    each(call, "subnets", CLOUD_SUBNET, subnet_write);
}

static void group_write(struct call *call, const struct item *group)
{
    json_put_text(&call->body_out, "description", group->distro);
    json_put_text(&call->body_out, "id", group->item.id);
    json_put_text(&call->body_out, "name", group->item.name);
    json_put_raw(&call->body_out, "securityGroupRules", "[]");
}

void v1_groups(struct call *call)
{
    each(call, "securityGroups", CLOUD_GROUP, group_write);
}
