/* Changes behind the client's back. */
#include "floating.h"
#include "life.h"
#include "memory.h"

#include <stdio.h>
#include <string.h>

typedef bool server_change(struct cloud *cloud, struct server *server, const struct cloud_change *change);

static bool change_delete(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    (void)change;
    life_gone(cloud, server);
    return true;
}

static bool change_error(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    life_fail(cloud, server, change->text[0] ? change->text : "The hypervisor has lost this instance.");
    return true;
}

/* One row of change_rows settles a server in a state; these are the states. */
static bool change_active(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    (void)change;
    life_settle(cloud, server, VM_ACTIVE);
    return true;
}

static bool change_stopped(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    (void)change;
    life_settle(cloud, server, VM_STOPPED);
    return true;
}

static bool change_paused(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    (void)change;
    life_settle(cloud, server, VM_PAUSED);
    return true;
}

static bool change_suspended(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    (void)change;
    life_settle(cloud, server, VM_SUSPENDED);
    return true;
}

static bool change_rescued(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    (void)change;
    life_settle(cloud, server, VM_RESCUED);
    return true;
}

static bool change_shelved(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    (void)change;
    life_settle(cloud, server, VM_SHELVED_OFFLOADED);
    return true;
}

static struct face *change_face(struct cloud *cloud, struct server *server)
{
    cloud_touch(cloud, server);
    server->face.updated_ms = cloud->now_ms;
    return &server->face;
}

static bool change_rename(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    server_rename(change_face(cloud, server), change->text);
    return true;
}

static bool change_resize(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    struct item *flavor = catalogue_find(&cloud->catalogue, CLOUD_FLAVOR, change->text);

    if (flavor) change_face(cloud, server)->flavor = flavor;
    return flavor;
}

static bool change_image(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    struct item *image = catalogue_find(&cloud->catalogue, CLOUD_IMAGE_ITEM, change->text);

    if (image) change_face(cloud, server)->image = image;
    return image;
}

/* Groups and volumes leave `updated` as it was, as Nova does. */
static bool change_add_group(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    struct item *group = catalogue_find(&cloud->catalogue, CLOUD_GROUP, change->text);

    cloud_touch(cloud, server);
    return group && server_add_group(&server->face, group);
}

static bool change_remove_group(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    struct item *group = catalogue_find(&cloud->catalogue, CLOUD_GROUP, change->text);

    cloud_touch(cloud, server);
    return group && server_remove_group(&server->face, group);
}

static bool change_set_metadata(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    server_metadata_put(change_face(cloud, server), change->key, change->text);
    return true;
}

static bool change_delete_metadata(struct cloud *cloud, struct server *server,
                                   const struct cloud_change *change)
{
    struct face *face = change_face(cloud, server);
    bool changed = false;

    for (size_t i = face->metadata_count; i-- > 0;) {
        if (glob_matches(change->key, face->metadata[i].key))
            changed |= server_metadata_remove(face, face->metadata[i].key);
    }
    return changed;
}

static bool change_lock(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    change_face(cloud, server)->locked = change->kind == CLOUD_CHANGE_LOCK;
    return true;
}

static bool change_protect(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    change_face(cloud, server)->protect = change->number >= 0;
    return true;
}

static bool change_task(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    enum task task;

    if (!task_parse(change->text, &task)) return false;
    life_stop(cloud, server);
    server->face.task = task;
    return true;
}

static bool change_attach(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    struct item *volume = catalogue_find(&cloud->catalogue, CLOUD_VOLUME_ITEM, change->text);

    if (!volume || volume->holder) return false;
    cloud_touch(cloud, server);
    volume->holder = server;
    return server_add_volume(&server->face, volume);
}

static bool change_detach(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    struct item *volume = catalogue_find(&cloud->catalogue, CLOUD_VOLUME_ITEM, change->text);

    if (!volume || volume->holder != server) return false;
    cloud_touch(cloud, server);
    volume->holder = NULL;
    return server_remove_volume(&server->face, volume);
}

static bool change_address(struct cloud *cloud, struct server *server, const struct cloud_change *change)
{
    struct item *item = catalogue_find(&cloud->catalogue, CLOUD_PUBLIC_IP, change->text);
    bool on = change->kind == CLOUD_CHANGE_ADDRESS;

    if (!item || !server->nic_count || (on ? server_address(cloud, server) != NULL : item->holder != server))
        return false;
    cloud_touch(cloud, server);
    item->holder = on ? server : NULL;
    item->updated_ms = cloud->now_ms;
    memory_put(item->item.text, sizeof item->item.text, on ? server->nics[0].port_id : "");
    return true;
}

struct change_row {
    const char *name;
    server_change *change; /* NULL: concerns no server */
};

static const struct change_row change_rows[CLOUD_CHANGE_KIND_COUNT] = {
    [CLOUD_CHANGE_DELETE] = {"delete", change_delete},
    [CLOUD_CHANGE_ERROR] = {"error", change_error},
    [CLOUD_CHANGE_START] = {"start", change_active},
    [CLOUD_CHANGE_STOP] = {"stop", change_stopped},
    [CLOUD_CHANGE_RENAME] = {"rename", change_rename},
    [CLOUD_CHANGE_RESIZE] = {"resize", change_resize},
    [CLOUD_CHANGE_IMAGE] = {"image", change_image},
    [CLOUD_CHANGE_ADD_GROUP] = {"add-group", change_add_group},
    [CLOUD_CHANGE_REMOVE_GROUP] = {"remove-group", change_remove_group},
    [CLOUD_CHANGE_SET_METADATA] = {"set-metadata", change_set_metadata},
    [CLOUD_CHANGE_DELETE_METADATA] = {"delete-metadata", change_delete_metadata},
    [CLOUD_CHANGE_LOCK] = {"lock", change_lock},
    [CLOUD_CHANGE_UNLOCK] = {"unlock", change_lock},
    [CLOUD_CHANGE_PROTECT] = {"protect", change_protect},
    [CLOUD_CHANGE_PAUSE] = {"pause", change_paused},
    [CLOUD_CHANGE_SUSPEND] = {"suspend", change_suspended},
    [CLOUD_CHANGE_RESCUE] = {"rescue", change_rescued},
    [CLOUD_CHANGE_SHELVE] = {"shelve", change_shelved},
    [CLOUD_CHANGE_ACTIVATE] = {"activate", change_active},
    [CLOUD_CHANGE_TASK] = {"task", change_task},
    [CLOUD_CHANGE_ATTACH] = {"attach", change_attach},
    [CLOUD_CHANGE_DETACH] = {"detach", change_detach},
    [CLOUD_CHANGE_ADDRESS] = {"address", change_address},
    [CLOUD_CHANGE_NO_ADDRESS] = {"no-address", change_address},
    [CLOUD_CHANGE_CREATE] = {"create", NULL},
    [CLOUD_CHANGE_QUOTA] = {"quota", NULL},
    [CLOUD_CHANGE_REVOKE] = {"revoke", NULL},
    [CLOUD_CHANGE_PASSWORD] = {"password", NULL},
    [CLOUD_CHANGE_IMAGE_RELEASE] = {"image-release", NULL},
};

const char *cloud_change_name(enum cloud_change_kind kind)
{
    return kind < CLOUD_CHANGE_KIND_COUNT ? change_rows[kind].name : "";
}

static struct server *foreign_server(struct cloud *cloud, const char *name, struct item *flavor,
                                     struct item *image)
{
    size_t position = 0;
    struct item *network = catalogue_next(&cloud->catalogue, CLOUD_NETWORK_ITEM, &position);
    struct item *group = catalogue_find(&cloud->catalogue, CLOUD_GROUP, "default");
    struct server *server = life_new(cloud, cloud->tokens.users[0].project, name, flavor, image);
    struct item *subnet;

    position = 0;
    subnet = catalogue_next(&cloud->catalogue, CLOUD_SUBNET, &position);
    server->user = &cloud->tokens.users[0];
    position = cloud->fleet.count % 2 && cloud->catalogue.lists[CLOUD_ZONE].count > 1;
    server->zone = catalogue_next(&cloud->catalogue, CLOUD_ZONE, &position);
    if (network) life_plug(cloud, server, network, subnet, NULL);
    if (group) server_add_group(&server->face, group);
    server->root_disk_gb = 20;
    server->created_ms = cloud->now_ms;
    server->face.since_ms = cloud->now_ms;
    server->face.updated_ms = cloud->now_ms;
    fleet_add(&cloud->fleet, server);
    life_settle(cloud, server, VM_ACTIVE);
    return server;
}

static struct item *some_item(struct cloud *cloud, enum cloud_item_kind kind, const char *name)
{
    size_t position = 0;

    return *name ? catalogue_find(&cloud->catalogue, kind, name)
                 : catalogue_next(&cloud->catalogue, kind, &position);
}

static size_t change_create(struct cloud *cloud, const struct cloud_change *change)
{
    struct item *flavor = some_item(cloud, CLOUD_FLAVOR, change->key);
    struct item *image = some_item(cloud, CLOUD_IMAGE_ITEM, "");

    return flavor && image && foreign_server(cloud, change->text, flavor, image);
}

size_t cloud_preload(struct cloud *cloud, int64_t now_ms, size_t count, const char *prefix)
{
    struct item *flavor = some_item(cloud, CLOUD_FLAVOR, "");
    struct item *image = some_item(cloud, CLOUD_IMAGE_ITEM, "");
    char name[CLOUD_NAME_SIZE];

    cloud_advance(cloud, now_ms);
    if (!flavor || !image || !cloud->tokens.user_count) return 0;
    for (size_t i = 1; i <= count; i++) {
        snprintf(name, sizeof name, "%s-%zu", prefix, i);
        foreign_server(cloud, name, flavor, image);
    }
    return count;
}

static size_t change_quota(struct cloud *cloud, const struct cloud_change *change)
{
    unsigned value = change->number > 0 ? (unsigned)change->number : 0;

    if (strcmp(change->key, "cores") == 0)
        cloud->quota_cores = value;
    else if (strcmp(change->key, "ram") == 0)
        cloud->quota_ram_mb = value;
    else
        cloud->quota_instances = value;
    return 1;
}

static size_t change_password(struct cloud *cloud, const struct cloud_change *change)
{
    struct user *user = tokens_user(&cloud->tokens, change->key);

    if (!user) return 0;
    memory_put(user->password, sizeof user->password, change->text);
    tokens_revoke_all(&cloud->tokens, user, cloud->now_ms);
    return 1;
}

/* The vendor publishes a new build of an image under the old name. */
static size_t change_image_release(struct cloud *cloud, const struct cloud_change *change)
{
    struct item *old = catalogue_find(&cloud->catalogue, CLOUD_IMAGE_ITEM, change->text);
    struct item *new;
    struct cloud_item item;

    if (!old) return 0;
    item = old->item;
    item.id[0] = '\0';
    new = catalogue_add(&cloud->catalogue, &cloud->dice, &item, cloud->now_ms);
    if (!new) return 0;
    memory_put(new->distro, sizeof new->distro, old->distro);
    memory_put(new->version, sizeof new->version, old->version);
    old->gone = true;
    return 1;
}

static bool change_concerns(const struct cloud_change *change, const struct server *server)
{
    if (!server->exists) return false;
    return strcmp(change->server, server->id) == 0 || glob_matches(change->server, server->face.name) ||
           glob_matches(change->server, server_object(&server->face));
}

static size_t change_servers(struct cloud *cloud, const struct cloud_change *change)
{
    size_t total = cloud->fleet.count;
    size_t count = 0;

    for (size_t i = 0; i < total; i++) {
        if (change_concerns(change, cloud->fleet.servers[i]))
            count += change_rows[change->kind].change(cloud, cloud->fleet.servers[i], change);
    }
    return count;
}

size_t cloud_change(struct cloud *cloud, int64_t now_ms, const struct cloud_change *change)
{
    cloud_advance(cloud, now_ms);
    switch ((int)change->kind) {
    case CLOUD_CHANGE_CREATE: return change_create(cloud, change);
    case CLOUD_CHANGE_QUOTA: return change_quota(cloud, change);
    case CLOUD_CHANGE_REVOKE: return tokens_revoke_all(&cloud->tokens, NULL, cloud->now_ms);
    case CLOUD_CHANGE_PASSWORD: return change_password(cloud, change);
    case CLOUD_CHANGE_IMAGE_RELEASE: return change_image_release(cloud, change);
    default: break;
    }
    /* An empty pattern would fit every server: that takes a "*". */
    return change->kind < CLOUD_CHANGE_KIND_COUNT && change->server[0] ? change_servers(cloud, change) : 0;
}
