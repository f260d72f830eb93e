/* Volumes, network interfaces, their security groups and public IPs. */
#include "kakao.h"

#include "act.h"
#include "checks.h"
#include "memory.h"

#include <string.h>

static struct item *named_item(struct call *call, enum cloud_item_kind kind, const char *id, const char *what)
{
    struct item *item = catalogue_by_id(&call->cloud->catalogue, kind, id);

    memory_put(call->detail, sizeof call->detail, id);
    if (!item) call_error(call, 404, "%s %s could not be found.", what, id);
    return item;
}

void kakao_attach_volume(struct call *call)
{
    struct item *volume = named_item(call, CLOUD_VOLUME_ITEM, call->arguments[1], "Volume");

    if (!volume || !kakao_allows(call, KAKAO_RULE_PARTS)) return;
    if (volume->holder) {
        call_conflict(call, "Volume %s is in use.", volume->item.id);
        return;
    }
    act_note(call, "attach_volume");
    kakao_done_with(call, "volume", volume->item.id);
    if (call_is_ignored(call)) return;
    cloud_touch(call->cloud, call->server);
    if (!server_add_volume(&call->server->face, volume)) return;
    volume->holder = call->server;
    call->effect = true;
}

void kakao_detach_volume(struct call *call)
{
    struct item *volume = named_item(call, CLOUD_VOLUME_ITEM, call->arguments[1], "Volume");
    struct cloud *cloud = call->cloud;

    if (!volume || !kakao_allows(call, KAKAO_RULE_PARTS)) return;
    if (volume->holder != call->server || volume->root) {
        call_error(call, 404, "Volume %s is not attached to instance %s.", volume->item.id, call->server->id);
        return;
    }
    act_note(call, "detach_volume");
    kakao_done_with(call, "volume", volume->item.id);
    if (call_is_ignored(call)) return;
    volume->pending = true;
    call->effect = true;
    agenda_add(&cloud->agenda, call->now_ms + dice_range(&cloud->dice, cloud->options.durations.attach),
               AGENDA_VOLUME, call->server, 0, volume->item.id);
}

void kakao_interfaces(struct call *call)
{
    struct buffer *out = &call->body_out;
    const struct server *server = call->server;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "network_interfaces", '[');
    for (unsigned i = 0; i < server->nic_count; i++) {
        json_open(out, '{');
        json_put_text(out, "id", server->nics[i].port_id);
        json_put_text(out, "mac_address", server->nics[i].mac);
        json_put_text(out, "private_ip", server->nics[i].address);
        json_put_bool(out, "is_primary", i == 0);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

/* The interface that the path names; NULL with a 404. */
static const struct nic *named_nic(struct call *call)
{
    const struct server *server = call->server;

    for (unsigned i = 0; i < server->nic_count; i++) {
        if (strcmp(server->nics[i].port_id, call->arguments[1]) == 0) return &server->nics[i];
    }
    call_error(call, 404, "Network interface %s could not be found.", call->arguments[1]);
    return NULL;
}

static void groups_reply(struct call *call)
{
    struct buffer *out = &call->body_out;

    call->status = kakao_success(call, 202);
    json_open(out, '{');
    json_put_open(out, "security_group", '{');
    json_put_open(out, "ids", '[');
    for (size_t i = 0; i < call->server->face.group_count; i++)
        json_text(out, call->server->face.groups[i]->item.id);
    json_close(out, ']');
    json_close(out, '}');
    json_close(out, '}');
}

static struct item *group_ready(struct call *call, bool wanted_there)
{
    struct item *group;

    if (!named_nic(call)) return NULL;
    group = named_item(call, CLOUD_GROUP, call->arguments[2], "Security group");
    if (!group || !kakao_allows(call, KAKAO_RULE_PARTS)) return NULL;
    memory_put(call->detail, sizeof call->detail, group->item.name);
    if (server_has_group(&call->server->face, group) != wanted_there) {
        call_conflict(call, "Security group %s is %s attached.", group->item.id,
                      wanted_there ? "not" : "already");
        return NULL;
    }
    return group;
}

void kakao_add_group(struct call *call)
{
    struct item *group = group_ready(call, false);

    if (!group) return;
    if (!call_is_ignored(call)) {
        cloud_touch(call->cloud, call->server);
        call->effect = server_add_group(&call->server->face, group);
    }
    groups_reply(call);
}

void kakao_remove_group(struct call *call)
{
    struct item *group = group_ready(call, true);

    if (!group) return;
    if (!call_is_ignored(call)) {
        cloud_touch(call->cloud, call->server);
        call->effect = server_remove_group(&call->server->face, group);
    }
    groups_reply(call);
}

void kakao_associate_ip(struct call *call)
{
    const struct nic *nic = named_nic(call);
    struct item *item = nic ? named_item(call, CLOUD_PUBLIC_IP, call->arguments[2], "Public IP") : NULL;

    if (!item || !kakao_allows(call, KAKAO_RULE_PARTS)) return;
    if ((item->holder && item->holder->exists) || kakao_public_ip(call, nic)) {
        call_conflict(call, "The public IP or the network interface is in use.");
        return;
    }
    kakao_done_with(call, "public_ip", item->item.id);
    if (call_is_ignored(call)) return;
    item->holder = call->server;
    memory_put(item->item.text, sizeof item->item.text, nic->port_id);
    call->effect = true;
}

void kakao_release_ip(struct call *call)
{
    const struct nic *nic = named_nic(call);
    const char *destroy = call_query(call, "is_delete");
    struct item *item = nic ? kakao_public_ip(call, nic) : NULL;

    if (!nic || !kakao_allows(call, KAKAO_RULE_PARTS)) return;
    if (!item) {
        call_conflict(call, "The network interface has no public IP.");
        return;
    }
    kakao_done_with(call, "public_ip", item->item.id);
    if (call_is_ignored(call)) return;
    item->holder = NULL;
    item->item.text[0] = '\0';
    item->gone = destroy && strcmp(destroy, "true") == 0;
    call->effect = true;
}
