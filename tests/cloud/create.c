/* POST /servers. */
#include "handlers.h"
#include "life.h"
#include "memory.h"
#include "wish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What NHN writes beside the user's own keys. */
static void provider_metadata(struct server *server, const struct wish *wish)
{
    const struct item *image = wish->image;
    char size[16];

    snprintf(size, sizeof size, "%d", wish->root_disk_gb ? wish->root_disk_gb : (int)wish->flavor->item.c);
    server_metadata_put(&server->face, "os_distro", image ? image->distro : "");
    server_metadata_put(&server->face, "os_version", image ? image->version : "");
    server_metadata_put(&server->face, "os_type", image ? image->item.text : "");
    server_metadata_put(&server->face, "os_architecture", "amd64");
    server_metadata_put(&server->face, "image_name", image ? image->item.name : "");
    server_metadata_put(&server->face, "login_username",
                        catalogue_is_windows(image) ? "Administrator"
                        : image                     ? image->distro
                                                    : "");
    server_metadata_put(&server->face, "volume_size", size);
    server_metadata_put(&server->face, "hypervisor_type", "qemu");
    server_metadata_put(&server->face, "monitoring_agent", "sysmon");
    server_metadata_put(&server->face, "project_domain", "NORMAL");
    server_metadata_put(&server->face, "tc_env", "sysmon");
}

static void root_volume(struct call *call, struct server *server, const struct wish *wish)
{
    struct cloud_item item = {.kind = CLOUD_VOLUME_ITEM, .a = wish->root_disk_gb ? wish->root_disk_gb : 20};

    if (!wish->boot_volume) return;
    server->root_volume = wish->root_volume;
    if (!server->root_volume && call->cloud->options.root_volumes) {
        memory_put(item.text, sizeof item.text, "General SSD");
        server->root_volume = catalogue_add(&call->cloud->catalogue, &call->cloud->dice, &item, call->now_ms);
    }
    if (!server->root_volume) return;
    server->root_volume->root = true;
    server->root_volume->holder = server;
}

static void server_fate(struct call *call, struct server *server)
{
    const struct cloud_fault *error = call_fault(call, CLOUD_FAULT_BUILD_ERROR);
    const struct cloud_fault *endless = call_fault(call, CLOUD_FAULT_BUILD_ENDLESS);

    server->no_host = server->face.flavor->item.a > HOST_VCPUS;
    if (error) {
        server->fail_message =
            memory_text(error->text[0] ? error->text : "Build of instance aborted: Failed to provision");
        server->retries = error->number > 0 ? (unsigned)error->number : 0;
        fault_used(call, error);
    }
    if (endless) {
        server->endless = true;
        fault_used(call, endless);
    }
}

static struct item *zone_drawn(struct cloud *cloud)
{
    const struct item_list *zones = &cloud->catalogue.lists[CLOUD_ZONE];

    if (!zones->count) return NULL;
    return zones->items[dice_between(&cloud->dice, 0, (int64_t)zones->count - 1)];
}

static struct server *server_wished(struct call *call, const struct wish *wish, const char *name)
{
    struct cloud *cloud = call->cloud;
    struct server *server = life_new(cloud, call->project, name, wish->flavor, wish->image);
    const cJSON *pair;

    server->user = call->token->user;
    server->region = call->region;
    server->by_request = true;
    server->image_shown = wish->image_shown;
    server->zone = wish->zone ? wish->zone : zone_drawn(cloud);
    server->zone_asked = wish->zone;
    server->face.has = server->zone_asked ? HAS_ZONE : 0;
    server->keypair = wish->keypair;
    server->boot_volume = wish->boot_volume;
    server->root_delete = wish->root_delete;
    server->root_disk_gb = wish->root_disk_gb ? wish->root_disk_gb : (int)wish->flavor->item.c;
    server->user_data = wish->user_data ? memory_text(wish->user_data) : NULL;
    for (unsigned i = 0; i < wish->nic_count; i++)
        life_plug(cloud, server, wish->nics[i].network, wish->nics[i].subnet, wish->nics[i].address);
    for (size_t i = 0; i < wish->group_count; i++)
        server_add_group(&server->face, wish->groups[i]);
    if (cloud->options.provider_metadata) provider_metadata(server, wish);
    cJSON_ArrayForEach(pair, wish->metadata)
        server_metadata_put(&server->face, pair->string, pair->valuestring);
    if (wish->description) server_metadata_put(&server->face, "description", wish->description);
    server->face.protect = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(call->body, "server"), "NHN-EXT-ATTR:protect"));
    root_volume(call, server, wish);
    server_fate(call, server);
    server_act(server, "create", call->request_id, call->now_ms);
    return server;
}

/* The request is answered as failed; what it asked for comes all the same, later. */
static void create_ghost(struct call *call, struct server *server, const struct cloud_fault *ghost)
{
    struct cloud *cloud = call->cloud;

    fault_used(call, ghost);
    MEMORY_GROW(cloud->ghosts, cloud->ghost_count, cloud->ghost_capacity);
    cloud->ghosts[cloud->ghost_count++] = server;
    agenda_add(&cloud->agenda, call->now_ms + ghost->value_ms, AGENDA_APPEAR, server, 0, NULL);
    if (ghost->status)
        call_error(call, ghost->status, "Unexpected API Error.");
    else
        call->out.lost = true;
}

static void create_reply(struct call *call, const struct server *first, const struct wish *wish)
{
    struct buffer *out = &call->body_out;
    struct buffer base = {0};

    call->status = 202;
    json_open(out, '{');
    if (wish->reservation) {
        json_put_text(out, "reservation_id", first->reservation);
        json_close(out, '}');
        return;
    }
    call_base(call, CLOUD_COMPUTE, &base);
    call_header_out(call, "Location", "%s/%s%s%s/servers/%s", buffer_string(&base),
                    *call->version ? call->version : "v2", *call->path_project ? "/" : "", call->path_project,
                    first->id);
    buffer_release(&base);
    json_put_open(out, "server", '{');
    json_put_text(out, "id", first->id);
    call_links(call, out, "servers", first->id);
    json_put_text(out, "OS-DCF:diskConfig", "MANUAL");
    json_put_open(out, "security_groups", '[');
    for (size_t i = 0; i < first->face.group_count; i++) {
        json_open(out, '{');
        json_put_text(out, "name", first->face.groups[i]->item.name);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_put_text(out, "adminPass", "k7HqLm2ZtVbn");
    json_close(out, '}');
    json_close(out, '}');
}

struct server *wish_grant(struct call *call, const struct wish *wish)
{
    const struct cloud_fault *ghost = call_fault(call, CLOUD_FAULT_GHOST);
    const struct cloud_fault *slow = call_fault(call, CLOUD_FAULT_BUILD_SLOW);
    struct server *first = NULL;
    char reservation[16] = "r-";

    dice_hex(&call->cloud->dice, reservation + 2, 8);
    call->effect = true;
    for (unsigned i = 1; i <= wish->count; i++) {
        char name[CLOUD_NAME_SIZE + 12];
        struct server *server;

        if (wish->count > 1)
            snprintf(name, sizeof name, "%s-%u", wish->name, i);
        else
            memory_put(name, sizeof name, wish->name);
        server = server_wished(call, wish, name);
        memory_put(server->reservation, sizeof server->reservation, reservation);
        first = first ? first : server;
        if (ghost) {
            create_ghost(call, server, ghost);
            continue;
        }
        life_appear(call->cloud, server);
        if (slow) {
            life_delay(call->cloud, server, slow->value_ms);
            fault_used(call, slow);
        }
    }
    memory_put(call->made_id, sizeof call->made_id, first->id);
    return ghost ? NULL : first;
}

void handle_create(struct call *call)
{
    const cJSON *server = cJSON_GetObjectItemCaseSensitive(call->body, "server");
    struct wish wish = {0};
    struct server *first;

    if (!cJSON_IsObject(server)) {
        call_error(call, 400, "'server' is a required property");
        return;
    }
    if (!wish_read(call, server, &wish)) return;
    first = wish_grant(call, &wish);
    if (first) create_reply(call, first, &wish);
}
