/* Flavors, images, subnets, security groups, key pairs, public IPs: each its service's, all by limit and
 * offset. */
#include "kakao.h"

#include "memory.h"
#include "wall.h"

#include <string.h>

typedef void item_write(struct call *call, struct buffer *out, const struct item *item);

static void rows(struct call *call, enum cloud_item_kind kind, const char *key, item_write *put)
{
    struct buffer *out = &call->body_out;
    struct kakao_window window;
    size_t position = 0;
    size_t total = 0;
    const struct item *item;

    if (!kakao_window(call, &window)) return;
    call->status = 200;
    json_open(out, '{');
    json_put_open(out, key, '[');
    while ((item = catalogue_next(&call->cloud->catalogue, kind, &position))) {
        if (total++ < window.offset || total > window.offset + window.limit) continue;
        json_open(out, '{');
        if (kind != CLOUD_KEYPAIR) json_put_text(out, "id", item->item.id);
        if (kind != CLOUD_PUBLIC_IP) json_put_text(out, "name", item->item.name);
        put(call, out, item);
        json_close(out, '}');
    }
    json_close(out, ']');
    kakao_pagination(call, &window, total);
    json_close(out, '}');
}

static void flavor_write(struct call *call, struct buffer *out, const struct item *item)
{
    (void)call;
    json_put_text(out, "instance_type", "vm");
    json_put_int(out, "vcpus", item->item.a);
    json_put_int(out, "memory_mb", item->item.b);
    json_put_text(out, "os_distro", "rocky");
    json_put_null(out, "description");
}

static void image_write(struct call *call, struct buffer *out, const struct item *item)
{
    (void)call;
    json_put_text(out, "status", item->pending ? "saving" : item->failed ? "killed" : "active");
    json_put_int(out, "min_disk", item->item.a);
    json_put_text(out, "os_type", item->item.text);
}

static void subnet_write(struct call *call, struct buffer *out, const struct item *item)
{
    (void)call;
    json_put_text(out, "vpc_id", item->item.text);
    json_put_text(out, "provisioning_status", "ACTIVE");
}

static void group_write(struct call *call, struct buffer *out, const struct item *item)
{
    (void)call;
    json_put_text(out, "description", item->distro);
}

static void keypair_write(struct call *call, struct buffer *out, const struct item *item)
{
    char wall[WALL_SIZE];

    json_put_text(out, "public_key", item->key ? item->key : item->item.text);
    json_put_text(out, "created_at", call_wall(call, item->created_ms, wall));
}

static void public_ip_write(struct call *call, struct buffer *out, const struct item *item)
{
    const struct server *holder = item->holder && item->holder->exists ? item->holder : NULL;

    (void)call;
    json_put_text(out, "public_ip", item->item.name);
    json_put_text(out, "status", holder ? "in_use" : "available");
    if (!holder) {
        json_put_null(out, "related_resource");
        return;
    }
    json_put_open(out, "related_resource", '{');
    json_put_text(out, "id", item->item.text);
    json_put_text(out, "name", holder->face.name);
    json_put_text(out, "type", "network-interface");
    json_put_text(out, "device_id", holder->id);
    json_put_text(out, "device_type", "instance");
    json_close(out, '}');
}

void kakao_flavors(struct call *call)
{
    rows(call, CLOUD_FLAVOR, "flavors", flavor_write);
}

void kakao_images(struct call *call)
{
    rows(call, CLOUD_IMAGE_ITEM, "images", image_write);
}

void kakao_subnets(struct call *call)
{
    rows(call, CLOUD_SUBNET, "subnets", subnet_write);
}

void kakao_groups(struct call *call)
{
    rows(call, CLOUD_GROUP, "security_groups", group_write);
}

void kakao_keypairs(struct call *call)
{
    rows(call, CLOUD_KEYPAIR, "keypairs", keypair_write);
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

static void keypair_answer(struct call *call, const struct item *made, bool generated)
{
    struct buffer *out = &call->body_out;

    call->status = kakao_success(call, 202);
    json_open(out, '{');
    json_put_open(out, "keypair", '{');
    json_put_text(out, "private_key",
                  generated ? "-----BEGIN RSA PRIVATE KEY-----\nsimulated\n-----END RSA PRIVATE KEY-----\n"
                            : NULL);
    json_put_text(out, "type", "ssh");
    json_put_text(out, "name", made->item.name);
    json_put_text(out, "public_key", made->key ? made->key : made->item.text);
    json_put_text(out, "fingerprint", "1e:2c:9b:56:79:4b:45:77:f9:ca:7a:98:2c:b0:d5:3c");
    json_put_text(out, "user_id", call->token->user->id);
    json_close(out, '}');
    json_close(out, '}');
}

/* Without a public key one is made, and its private half shown this once. */
void kakao_keypair_create(struct call *call)
{
    const cJSON *wish = cJSON_GetObjectItemCaseSensitive(call->body, "keypair");
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(wish, "name"));
    const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(wish, "public_key"));
    struct cloud_item item = {.kind = CLOUD_KEYPAIR};
    struct item *made;

    memory_put(call->detail, sizeof call->detail, name);
    if (!name || !*name) {
        kakao_invalid(call, "name", "field required");
        return;
    }
    if (keypair_named(call, name)) {
        call_error(call, 409, "Key pair %s already exists.", name);
        return;
    }
    memory_put(item.name, sizeof item.name, name);
    memory_put(item.text, sizeof item.text, key ? key : "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ made");
    made = catalogue_add(&call->cloud->catalogue, &call->cloud->dice, &item, call->now_ms);
    if (!made) {
        call_error(call, 403, "Quota exceeded for key pairs");
        return;
    }
    if (key) made->key = memory_text(key);
    call->effect = true;
    keypair_answer(call, made, !key);
}

void kakao_keypair_delete(struct call *call)
{
    struct item *keypair = keypair_named(call, call->arguments[0]);

    memory_put(call->detail, sizeof call->detail, call->arguments[0]);
    if (!keypair) {
        call_error(call, 404, "Key pair %s could not be found.", call->arguments[0]);
        return;
    }
    keypair->gone = true;
    call->effect = true;
    call->status = kakao_success(call, 204);
}

void kakao_public_ips(struct call *call)
{
    rows(call, CLOUD_PUBLIC_IP, "public_ips", public_ip_write);
}
