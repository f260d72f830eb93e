/* POST /instances/{id}/action, attachments, and the delete. */
#include "act.h"
#include "checks.h"
#include "memory.h"
#include "nhnv1.h"

#include <string.h>

static const char *parameter(const struct call *call, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(call->action, key));

    return text ? text : "";
}

static void bad(struct call *call, const char *what)
{
    v1_refuse(call, 400, V1_BAD_PARAMETER, "Invalid parameter: %s", what);
}

static void begin(struct call *call, enum v1_act act, const char *name, enum operation_kind kind)
{
    if (!v1_allows(call, act)) return;
    act_note(call, name);
    if (!call_is_ignored(call)) act_life(call, kind);
    v1_accept(call);
}

static void v1_start(struct call *call)
{
    begin(call, V1_START, "start", LIFE_START);
}

static void v1_stop(struct call *call)
{
    begin(call, V1_STOP, "stop", LIFE_STOP);
}

static void v1_reboot(struct call *call)
{
    const char *type = parameter(call, "type");
    bool hard = strcmp(type, "HARD") == 0;

    memory_put(call->detail, sizeof call->detail, type);
    if (!hard && strcmp(type, "SOFT") != 0)
        bad(call, "type");
    else
        begin(call, hard ? V1_REBOOT_HARD : V1_REBOOT_SOFT, "reboot",
              hard ? LIFE_REBOOT_HARD : LIFE_REBOOT_SOFT);
}

static void v1_resize(struct call *call)
{
    const char *id = parameter(call, "flavor");
    struct item *flavor = catalogue_by_id(&call->cloud->catalogue, CLOUD_FLAVOR, id);
    const struct item *old = call->server->face.flavor;

    memory_put(call->detail, sizeof call->detail, id);
    if (!flavor) {
        v1_refuse_by(call, V1_FLAVOR, 404, "Flavor %s could not be found", id);
        return;
    }
    if (!v1_allows(call, V1_RESIZE)) return;
    if (flavor == old || flavor->item.c || old->item.c) {
        v1_refuse_by(call, V1_INSTANCE, 400, "Flavor %s cannot be changed to %s", old->item.name,
                     flavor->item.name);
        return;
    }
    act_note(call, "resize");
    v1_accept(call);
    /* no host is that large: accepted, and nothing comes of it */
    if (call_is_ignored(call) || flavor->item.a > HOST_VCPUS) return;
    call->server->new_flavor = flavor;
    act_life(call, LIFE_RESIZE);
    if (call_switch(call, V1_CONFIRM) == 1) call->server->verify_forgotten = true;
}

static void v1_upload_image(struct call *call)
{
    struct cloud_item item = {.kind = CLOUD_IMAGE_ITEM, .a = call->server->root_disk_gb, .b = 1024};
    struct buffer *out;
    struct item *image;

    memory_put(item.name, sizeof item.name, parameter(call, "name"));
    memory_put(item.text, sizeof item.text, "linux");
    memory_put(call->detail, sizeof call->detail, item.name);
    if (!item.name[0]) {
        bad(call, "name");
        return;
    }
    if (!v1_allows(call, V1_UPLOAD_IMAGE)) return;
    image = catalogue_add(&call->cloud->catalogue, &call->cloud->dice, &item, call->now_ms);
    if (!image) {
        v1_refuse_by(call, V1_IMAGE, 403, "Quota exceeded for images");
        return;
    }
    act_note(call, "uploadImage");
    act_image(call, image);
    out = v1_open(call);
    json_put_open(out, "createdImage", '{');
    json_put_text(out, "id", image->item.id);
    json_put_text(out, "name", image->item.name);
    json_close(out, '}');
    v1_close(call);
}

static void v1_change_group(struct call *call, bool add)
{
    const char *name = parameter(call, "name");
    struct face *face = &call->server->face;
    struct item *group = NULL;
    size_t i = 0;

    memory_put(call->detail, sizeof call->detail, name);
    while ((group = catalogue_next(&call->cloud->catalogue, CLOUD_GROUP, &i)) &&
           strcmp(group->item.name, name) != 0)
        continue;
    if (!group) {
        v1_refuse_by(call, V1_GROUP, 404, "Security group %s could not be found", name);
        return;
    }
    if (!v1_allows(call, V1_SET_GROUP)) return;
    if (!add && !server_has_group(face, group)) {
        v1_refuse_by(call, V1_GROUP, 404, "Security group %s not associated with the instance %s", name,
                     call->server->id);
        return;
    }
    v1_accept(call);
    if (call_is_ignored(call)) return;
    cloud_touch(call->cloud, call->server);
    call->effect = add ? server_add_group(face, group) : server_remove_group(face, group);
}

static void v1_add_group(struct call *call)
{
    v1_change_group(call, true);
}

static void v1_remove_group(struct call *call)
{
    v1_change_group(call, false);
}

struct item *v1_floating(const struct call *call, const struct nic *nic)
{
    struct item *item;
    size_t i = 0;

    while ((item = catalogue_next(&call->cloud->catalogue, CLOUD_PUBLIC_IP, &i)) &&
           (!item->holder || !item->holder->exists || strcmp(item->item.text, nic->port_id) != 0))
        continue;
    return item;
}

static struct item *floating_named(struct call *call, const char *address)
{
    struct item *item;
    size_t i = 0;

    memory_put(call->detail, sizeof call->detail, address);
    while ((item = catalogue_next(&call->cloud->catalogue, CLOUD_PUBLIC_IP, &i)) &&
           strcmp(item->item.name, address) != 0)
        continue;
    if (!item) v1_refuse_by(call, V1_FLOATING_IP, 404, "Floating IP %s could not be found", address);
    return item;
}

static const struct nic *own_nic(const struct call *call, const char *address)
{
    for (unsigned i = 0; i < call->server->nic_count; i++) {
        if (strcmp(call->server->nics[i].address, address) == 0) return &call->server->nics[i];
    }
    return NULL;
}

static void v1_add_floating_ip(struct call *call)
{
    struct item *floating = floating_named(call, parameter(call, "address"));
    const struct nic *nic = own_nic(call, parameter(call, "ipAddress"));

    if (!floating) return;
    if (!nic) {
        bad(call, "ipAddress");
        return;
    }
    if (!v1_allows(call, V1_SET_FLOATING_IP)) return;
    if (floating->holder && floating->holder->exists) {
        v1_refuse_by(call, V1_FLOATING_IP, 409, "Floating IP %s is already associated", floating->item.name);
        return;
    }
    v1_accept(call);
    if (call_is_ignored(call)) return;
    call->effect = true;
    floating->holder = call->server;
    memory_put(floating->item.text, sizeof floating->item.text, nic->port_id);
}

static void v1_remove_floating_ip(struct call *call)
{
    struct item *floating = floating_named(call, parameter(call, "address"));

    if (!floating) return;
    if (floating->holder != call->server) {
        v1_refuse_by(call, V1_FLOATING_IP, 404, "Floating IP %s is not associated with instance %s",
                     floating->item.name, call->server->id);
        return;
    }
    if (!v1_allows(call, V1_SET_FLOATING_IP)) return;
    v1_accept(call);
    if (call_is_ignored(call)) return;
    call->effect = true;
    floating->holder = NULL;
    floating->item.text[0] = '\0';
}

static const struct {
    const char *word;
    void (*handle)(struct call *call);
} action_rows[] = {
    {"start", v1_start},
    {"stop", v1_stop},
    {"reboot", v1_reboot},
    {"resize", v1_resize},
    {"uploadImage", v1_upload_image},
    {"addSecurityGroup", v1_add_group},
    {"removeSecurityGroup", v1_remove_group},
    {"addFloatingIp", v1_add_floating_ip},
    {"removeFloatingIp", v1_remove_floating_ip},
};

enum { ACTION_COUNT = sizeof action_rows / sizeof *action_rows };

const char *v1_action_operation(const char *word)
{
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (strcmp(action_rows[i].word, word) == 0) return action_rows[i].word;
    }
    return "unknown-action";
}

void v1_action(struct call *call)
{
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (action_rows[i].word != call->operation) continue;
        action_rows[i].handle(call);
        return;
    }
    bad(call, "action");
}

void v1_delete(struct call *call)
{
    if (call->server->face.task == TASK_DELETING && call_switch(call, V1_DELETE_TWICE) == 1) {
        v1_refuse_by(call, V1_INSTANCE, 409, "Instance %s is being deleted", call->server->id);
        return;
    }
    if (call->server->face.task == TASK_DELETING && call_switch(call, V1_DELETE_TWICE) == 2) {
        call_error(call, 404, "Instance %s could not be found.", call->server->id);
        return;
    }
    act_delete(call);
    if (call_switch(call, V1_DELETE_REPLY) == 1)
        call->status = 200;
    else
        v1_accept(call);
}

static struct item *volume_named(struct call *call, const char *id)
{
    struct item *volume = catalogue_by_id(&call->cloud->catalogue, CLOUD_VOLUME_ITEM, id);

    memory_put(call->detail, sizeof call->detail, id);
    if (!volume) v1_refuse_by(call, V1_VOLUME, 404, "Volume %s could not be found", id);
    return volume;
}

static void attached_write(struct call *call, const struct item *volume)
{
    struct buffer *out = v1_open(call);

    json_put_open(out, "attachment", '{');
    json_put_format(out, "device", "/dev/vd%c", (char)('a' + call->server->face.volume_count % 26));
    json_put_text(out, "id", volume->item.id);
    json_put_text(out, "volumeId", volume->item.id);
    json_close(out, '}');
    v1_close(call);
}

void v1_attach(struct call *call)
{
    const cJSON *wish = cJSON_GetObjectItemCaseSensitive(call->body, "attachment");
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(wish, "volumeId"));
    struct item *volume = volume_named(call, id ? id : "");

    if (!volume || !v1_allows(call, V1_ATTACH)) return;
    if (volume->holder) {
        v1_refuse_by(call, V1_VOLUME, 400, "Volume %s is already attached to instance %s", volume->item.id,
                     volume->holder->id);
        return;
    }
    if (!call_is_ignored(call)) {
        cloud_touch(call->cloud, call->server);
        if (!server_add_volume(&call->server->face, volume)) {
            v1_refuse_by(call, V1_VOLUME, 403, "Quota exceeded for attachments");
            return;
        }
        call->effect = true;
        volume->holder = call->server;
        volume->pending = false;
    }
    attached_write(call, volume);
}

void v1_detach(struct call *call)
{
    const char *id = call_query(call, "volumeId");
    struct item *volume = volume_named(call, id ? id : "");

    if (!volume) return;
    if (volume->holder != call->server || volume->root) {
        v1_refuse_by(call, V1_VOLUME, 404, "Volume %s is not attached to instance %s", volume->item.id,
                     call->server->id);
        return;
    }
    if (!v1_allows(call, V1_DETACH)) return;
    v1_accept(call);
    if (call_is_ignored(call)) return;
    call->effect = true;
    volume->pending = true;
    agenda_add(&call->cloud->agenda,
               call->now_ms + dice_range(&call->cloud->dice, call->cloud->options.durations.attach),
               AGENDA_VOLUME, call->server, 0, volume->item.id);
}
