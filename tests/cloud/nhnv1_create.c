/* POST /instances. */
#include "life.h"
#include "memory.h"
#include "nhnv1.h"
#include "wish.h"

#include <ctype.h>
#include <string.h>

enum {
    NAME_MAX_LINUX = 20,
    NAME_MAX_WINDOWS = 12,
    COUNT_MAX = 10,
    DISK_MAX_GB = 1000,
    DISK_STEP_GB = 10,
};

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsNull(value) ? NULL : value;
}

static const char *text_of(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(member(object, key));

    return text ? text : "";
}

static bool bad(struct call *call, const char *what)
{
    return v1_refuse(call, 400, V1_BAD_PARAMETER, "Invalid parameter: %s", what);
}

static bool name_is_used(const struct call *call, const char *name)
{
    const struct fleet *fleet = &call->cloud->fleet;

    for (size_t i = 0; i < fleet->count; i++) {
        const struct server *server = fleet->servers[i];

        if (server->exists && strcmp(server->project, call->project) == 0 &&
            strcmp(server->face.name, name) == 0)
            return true;
    }
    return false;
}

static bool want_name(struct call *call, const cJSON *instance, struct wish *wish)
{
    const char *name = text_of(instance, "name");
    size_t max = catalogue_is_windows(wish->image) ? NAME_MAX_WINDOWS : NAME_MAX_LINUX;

    if (!*name || strlen(name) > max) return bad(call, "name");
    for (const char *at = name; *at; at++) {
        if (!isalnum((unsigned char)*at) && *at != '-' && *at != '.') return bad(call, "name");
    }
    if (call_switch(call, V1_NAMES) == 1 && name_is_used(call, name))
        return v1_refuse_by(call, V1_INSTANCE, 409, "Instance name %s is already in use", name);
    memory_put(wish->name, sizeof wish->name, name);
    return true;
}

static bool want_names(struct call *call, const cJSON *instance, struct wish *wish)
{
    const struct catalogue *catalogue = &call->cloud->catalogue;
    const char *flavor = text_of(instance, "flavor");

    memory_put(call->detail, sizeof call->detail, flavor);
    wish->image = catalogue_by_id(catalogue, CLOUD_IMAGE_ITEM, text_of(instance, "image"));
    wish->image_shown = true;
    if (!wish->image || wish->image->pending || wish->image->failed)
        return v1_refuse_by(call, V1_IMAGE, 404, "Image %s could not be found", text_of(instance, "image"));
    wish->flavor = catalogue_by_id(catalogue, CLOUD_FLAVOR, flavor);
    if (!wish->flavor) return v1_refuse_by(call, V1_FLAVOR, 404, "Flavor %s could not be found", flavor);
    wish->zone = catalogue_find(catalogue, CLOUD_ZONE, text_of(instance, "availabilityZone"));
    if (!wish->zone) return bad(call, "availabilityZone");
    wish->keypair = catalogue_find(catalogue, CLOUD_KEYPAIR, text_of(instance, "keyName"));
    return wish->keypair || bad(call, "keyName");
}

static bool want_network(struct call *call, const cJSON *network, struct wish *wish)
{
    const struct catalogue *catalogue = &call->cloud->catalogue;
    const char *id = text_of(network, "id");
    struct item *subnet = catalogue_by_id(catalogue, CLOUD_SUBNET, text_of(network, "subnetId"));
    struct item *item = catalogue_by_id(catalogue, CLOUD_NETWORK_ITEM, subnet ? subnet->item.text : id);

    if (!item || wish->nic_count == SERVER_NICS_MAX)
        return v1_refuse(call, 400, 20004, "Network is not accessible or does not exist");
    for (size_t i = 0; !subnet;) {
        struct item *next = catalogue_next(catalogue, CLOUD_SUBNET, &i);

        if (!next) break;
        if (strcmp(next->item.text, item->item.id) == 0) subnet = next;
    }
    wish->nics[wish->nic_count].network = item;
    wish->nics[wish->nic_count++].subnet = subnet;
    return true;
}

static bool want_networks(struct call *call, const cJSON *instance, struct wish *wish)
{
    const cJSON *network;

    cJSON_ArrayForEach(network, member(instance, "networks"))
    {
        if (!want_network(call, network, wish)) return false;
    }
    return wish->nic_count || bad(call, "networks");
}

static bool want_groups(struct call *call, const cJSON *instance, struct wish *wish)
{
    const cJSON *group;

    cJSON_ArrayForEach(group, member(instance, "securityGroups"))
    {
        struct item *item = NULL;
        size_t i = 0;

        /* by name only */
        while ((item = catalogue_next(&call->cloud->catalogue, CLOUD_GROUP, &i)) &&
               strcmp(item->item.name, text_of(group, "name")) != 0)
            continue;
        if (!item)
            return v1_refuse_by(call, V1_GROUP, 404, "Security group %s could not be found",
                                text_of(group, "name"));
        if (wish->group_count < SERVER_GROUPS_MAX) wish->groups[wish->group_count++] = item;
    }
    return wish->group_count || bad(call, "securityGroups");
}

/* c2, m2, r2 and t2: a volume, in steps of 10 GB from the image's minimum. u2 has a disk of its own. */
static bool want_volume(struct call *call, const cJSON *instance, struct wish *wish)
{
    const cJSON *volume = member(instance, "volume"), *size = member(volume, "size");
    const char *type = text_of(volume, "type");
    int minimum = wish->image ? (int)wish->image->item.a : 0;

    if (wish->flavor->item.c > 0)
        return !volume || call_switch(call, V1_U2_VOLUME) == 1 || bad(call, "volume");
    wish->boot_volume = wish->root_delete = true;
    wish->root_disk_gb = cJSON_IsNumber(size) ? size->valueint : 0;
    if (!size && call_switch(call, V1_VOLUME_SIZE) == 1) wish->root_disk_gb = minimum;
    if (wish->root_disk_gb < minimum || wish->root_disk_gb > DISK_MAX_GB ||
        wish->root_disk_gb % DISK_STEP_GB != 0 || wish->root_disk_gb == 0)
        return bad(call, "volume.size");
    return !*type || strcmp(type, "General HDD") == 0 || strcmp(type, "General SSD") == 0 ||
           bad(call, "volume.type");
}

static bool want_count(struct call *call, const cJSON *instance, struct wish *wish)
{
    const cJSON *count = member(instance, "count");

    wish->min_count = wish->max_count = count ? (unsigned)count->valueint : 1;
    if (count && (!cJSON_IsNumber(count) || count->valueint < 1 || count->valueint > COUNT_MAX))
        return bad(call, "count");
    return true;
}

static bool want_all(struct call *call, const cJSON *instance, struct wish *wish)
{
    return want_names(call, instance, wish) && want_name(call, instance, wish) &&
           want_networks(call, instance, wish) && want_groups(call, instance, wish) &&
           want_volume(call, instance, wish) && want_count(call, instance, wish) && wish_quota(call, wish);
}

/* The others of a count are called NAME-2 … or NAME2 …; how is not documented. */
static void rename_joined(struct call *call, const struct server *first, const struct wish *wish)
{
    struct fleet *fleet = &call->cloud->fleet;

    for (unsigned i = 0; wish->count > 1 && call_switch(call, V1_COUNT_NAMES) == 1 && i < wish->count; i++) {
        char name[CLOUD_NAME_SIZE + 12];
        struct buffer text = {0};

        buffer_format(&text, "%s%u", wish->name, i + 1);
        memory_put(name, sizeof name, buffer_string(&text));
        buffer_release(&text);
        server_rename(&fleet->servers[first->position + i]->face, name);
    }
}

void v1_create(struct call *call)
{
    const cJSON *instance = member(call->body, "instance");
    const char *type = text_of(member(instance, "volume"), "type");
    struct wish wish = {0};
    struct server *first;
    struct buffer *out;

    if (!cJSON_IsObject(instance)) {
        bad(call, "instance");
        return;
    }
    if (!want_all(call, instance, &wish)) return;
    first = wish_grant(call, &wish);
    if (!first) return;
    if (first->root_volume)
        memory_put(first->root_volume->item.text, sizeof first->root_volume->item.text,
                   *type ? type : "General HDD");
    rename_joined(call, first, &wish);
    out = v1_open(call);
    json_put_open(out, "instance", '{');
    json_put_text(out, "id", first->id);
    json_put_text(out, "name", first->face.name);
    json_put_text(out, "status", v1_status(call, &first->face));
    json_close(out, '}');
    v1_close(call);
}
