/* An instance as JSON. Two models: GET and the list show one, PUT answers with the other. */
#include "kakao.h"

#include "memory.h"
#include "wall.h"

#include <ctype.h>
#include <string.h>

enum { WORDS_LOWER, WORDS_CAPITAL, WORDS_UPPER, WORDS_UNKNOWN };

/* The vendor's pages spell two of Nova's tasks in their own way. */
static const char *task_word(enum task task)
{
    if (task == TASK_REBOOT_STARTED_HARD) return "rebooting_started_hard";
    if (task == TASK_REBOOT_PENDING_HARD) return "rebooting_pending_hard";
    return task_name(task);
}

static bool is_gone(const struct server *server)
{
    return !server->exists;
}

/* The switch "as-before": the list does not notice the end. */
static const char *status_word(const struct call *call, const struct server *server, const struct face *face)
{
    bool as_before = call_switch(call, KAKAO_DELETED_LISTED) == KAKAO_DELETED_AS_BEFORE;

    if (is_gone(server)) return as_before ? "active" : "deleted";
    if (face->vm == VM_BUILDING && call_switch(call, KAKAO_STATUS_WORDS) == WORDS_UNKNOWN)
        return "warming-up";
    if (face->task != TASK_NONE && !call_switch(call, KAKAO_STATUS_SOURCE)) return task_word(face->task);
    return vm_state_name(face->vm);
}

static void status_put(const struct call *call, struct buffer *out, const struct server *server,
                       const struct face *face)
{
    unsigned words = call_switch(call, KAKAO_STATUS_WORDS);
    char text[CLOUD_WORD_SIZE];

    memory_put(text, sizeof text, status_word(call, server, face));
    for (size_t i = 0; text[i]; i++) {
        if (words == WORDS_UPPER || (words == WORDS_CAPITAL && i == 0))
            text[i] = (char)toupper((unsigned char)text[i]);
    }
    json_put_text(out, "status", text);
}

/* A key without a value: null, or not there at all, or "" where the cloud is not sparing. */
static void nothing_put(const struct call *call, struct buffer *out, const char *key)
{
    if (call_switch(call, KAKAO_NULLS) != KAKAO_NULLS_ABSENT) json_put_null(out, key);
}

static void text_put(const struct call *call, struct buffer *out, const char *key, const char *text)
{
    if (text && *text)
        json_put_text(out, key, text);
    else
        nothing_put(call, out, key);
}

static void flavor_put(const struct call *call, struct buffer *out, const struct item *flavor)
{
    json_put_open(out, "flavor", '{');
    json_put_text(out, "id", flavor->item.id);
    json_put_text(out, "name", flavor->item.name);
    json_put_text(out, "group", "vm");
    json_put_int(out, "vcpus", flavor->item.a);
    json_put_bool(out, "is_burstable", false);
    nothing_put(call, out, "manufacturer");
    json_put_int(out, "memory_mb", flavor->item.b);
    json_put_int(out, "root_gb", flavor->item.c);
    json_put_raw(out, "os_distro", "[\"rocky\",\"ubuntu\"]");
    json_put_int(out, "maximum_network_interfaces", SERVER_NICS_MAX);
    nothing_put(call, out, "hw_type");
    json_close(out, '}');
}

static void image_put(const struct call *call, struct buffer *out, const struct item *image)
{
    if (!image) {
        nothing_put(call, out, "image");
        return;
    }
    json_put_open(out, "image", '{');
    json_put_text(out, "id", image->item.id);
    json_put_text(out, "name", image->item.name);
    json_put_int(out, "min_disk", image->item.a);
    json_put_text(out, "os_distro", image->distro);
    json_put_text(out, "os_type", image->item.text);
    json_close(out, '}');
}

struct item *kakao_public_ip(const struct call *call, const struct nic *nic)
{
    size_t position = 0;
    struct item *item;

    while ((item = catalogue_next(&call->cloud->catalogue, CLOUD_PUBLIC_IP, &position))) {
        if (item->holder && item->holder->exists && strcmp(item->item.text, nic->port_id) == 0) return item;
    }
    return NULL;
}

static void addresses_put(const struct call *call, struct buffer *out, const struct server *server,
                          const struct face *face)
{
    json_put_open(out, "addresses", '[');
    for (unsigned i = 0; (face->has & HAS_PORTS) && i < server->nic_count; i++) {
        const struct item *public_ip = kakao_public_ip(call, &server->nics[i]);

        json_open(out, '{');
        json_put_text(out, "private_ip", server->nics[i].address);
        json_put_text(out, "public_ip", public_ip ? public_ip->item.name : NULL);
        json_put_text(out, "network_interface_id", server->nics[i].port_id);
        json_close(out, '}');
    }
    json_close(out, ']');
}

static void volume_put(const struct call *call, struct buffer *out, const struct item *volume, bool root,
                       bool dies)
{
    char wall[WALL_SIZE];

    json_open(out, '{');
    json_put_text(out, "id", volume->item.id);
    text_put(call, out, "name", volume->item.name);
    json_put_text(out, "status", volume->pending ? "detaching" : "in_use");
    json_put_text(out, "mount_point", root ? "/dev/vda" : "/dev/vdb");
    json_put_text(out, "type", volume->item.text);
    json_put_int(out, "size", volume->item.a);
    json_put_bool(out, "is_delete_on_termination", dies);
    json_put_text(out, "created_at", call_wall(call, volume->created_ms, wall));
    json_put_bool(out, "is_root", root);
    json_close(out, '}');
}

static void volumes_put(const struct call *call, struct buffer *out, const struct server *server,
                        const struct face *face)
{
    bool root = server->root_volume && (face->has & HAS_DISK);

    json_put_open(out, "attached_volumes", '[');
    if (root) volume_put(call, out, server->root_volume, true, server->root_delete);
    for (size_t i = 0; i < face->volume_count; i++)
        volume_put(call, out, face->volumes[i], false, false);
    json_close(out, ']');
    json_put_int(out, "attached_volume_count", (int64_t)face->volume_count + root);
}

static void groups_put(struct buffer *out, const struct face *face, bool ids)
{
    json_put_open(out, "security_groups", '[');
    for (size_t i = 0; i < face->group_count; i++) {
        json_open(out, '{');
        if (ids) json_put_text(out, "id", face->groups[i]->item.id);
        json_put_text(out, "name", face->groups[i]->item.name);
        json_close(out, '}');
    }
    json_close(out, ']');
    if (ids) json_put_int(out, "security_group_count", (int64_t)face->group_count);
}

static const char *power_word(enum power power)
{
    switch (power) {
    case POWER_RUNNING: return "RUNNING";
    case POWER_PAUSED: return "PAUSED";
    case POWER_OFF: return "SHUTDOWN";
    case POWER_CRASHED: return "CRASHED";
    case POWER_SUSPENDED: return "SUSPENDED";
    case POWER_NONE: break;
    }
    return "NOSTATE";
}

static void states_put(const struct call *call, struct buffer *out, const struct server *server,
                       const struct face *face)
{
    status_put(call, out, server, face);
    json_put_text(out, "vm_state",
                  is_gone(server) ? status_word(call, server, face) : vm_state_name(face->vm));
    text_put(call, out, "task_state", is_gone(server) ? "" : task_name(face->task));
    json_put_text(out, "power_state", power_word(face->power));
}

void kakao_view(const struct call *call, struct buffer *out, const struct server *server,
                const struct face *face)
{
    char wall[WALL_SIZE];
    bool sparing = call_switch(call, KAKAO_NULLS) != KAKAO_NULLS_FEW;
    const char *description = server_metadata(face, "description");

    json_open(out, '{');
    json_put_text(out, "id", server->id);
    json_put_text(out, "name", face->name);
    if (description && !*description && !sparing)
        json_put_text(out, "description", "");
    else
        text_put(call, out, "description", description);
    flavor_put(call, out, face->flavor);
    addresses_put(call, out, server, face);
    json_put_bool(out, "is_hyper_threading", false);
    json_put_bool(out, "is_hadoop", false);
    json_put_bool(out, "is_k8se", false);
    image_put(call, out, face->image);
    states_put(call, out, server, face);
    json_put_text(out, "user_id", server->user ? server->user->id : NULL);
    json_put_text(out, "project_id", server->project);
    text_put(call, out, "key_name", server->keypair && !sparing ? server->keypair->item.name : NULL);
    text_put(call, out, "hostname", sparing ? NULL : face->name);
    text_put(call, out, "availability_zone",
             server->zone && (face->has & HAS_ZONE) ? server->zone->item.name : NULL);
    volumes_put(call, out, server, face);
    groups_put(out, face, true);
    json_put_text(out, "instance_type", "vm");
    json_put_text(out, "created_at", call_wall(call, server->created_ms, wall));
    json_put_text(out, "updated_at", call_wall(call, face->updated_ms, wall));
    json_close(out, '}');
}

void kakao_view_update(const struct call *call, struct buffer *out, const struct server *server)
{
    const struct face *face = &server->face;
    char wall[WALL_SIZE];

    json_open(out, '{');
    json_put_text(out, "id", server->id);
    json_put_text(out, "name", face->name);
    text_put(call, out, "description", server_metadata(face, "description"));
    json_put_open(out, "flavor", '{');
    json_put_int(out, "vcpus", face->flavor->item.a);
    json_put_int(out, "ram", face->flavor->item.b);
    json_put_int(out, "disk", face->flavor->item.c);
    json_put_text(out, "original_name", face->flavor->item.name);
    json_close(out, '}');
    json_put_open(out, "addresses", '[');
    for (unsigned i = 0; i < server->nic_count; i++) {
        json_open(out, '{');
        json_put_text(out, server->nics[i].network ? server->nics[i].network->item.name : "net",
                      server->nics[i].address);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_put_raw(out, "metadata", "{}");
    json_put_text(out, "vm_state", vm_state_name(face->vm));
    json_put_null(out, "terminated_at");
    json_put_open(out, "attached_volumes", '[');
    for (size_t i = 0; i < face->volume_count; i++) {
        json_open(out, '{');
        json_put_text(out, "id", face->volumes[i]->item.id);
        json_put_bool(out, "is_delete_on_termination", false);
        json_close(out, '}');
    }
    json_close(out, ']');
    groups_put(out, face, false);
    json_put_text(out, "created_at", call_wall(call, server->created_ms, wall));
    json_close(out, '}');
}
