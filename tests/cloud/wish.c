#include "wish.h"

#include "checks.h"
#include "memory.h"
#include "nova.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    COUNT_MAX_NHN = 10,
    USER_DATA_MAX = 65535,
    WINDOWS_NAME_MAX = 15,
    WINDOWS_RAM_MIN_MB = 2048,
    DISK_MAX_GB = 2000,
};

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsNull(value) ? NULL : value;
}

static bool wish_required(struct call *call, const cJSON *server)
{
    static const char *const required[] = {"name", "flavorRef"};

    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        if (!cJSON_GetObjectItemCaseSensitive(server, required[i]))
            return check_invalid(call, "server", server, "'%s' is a required property", required[i]);
    }
    return true;
}

static bool wish_known_only(struct call *call, const cJSON *server)
{
    static const char *const known[] = {"name",
                                        "flavorRef",
                                        "imageRef",
                                        "networks",
                                        "key_name",
                                        "security_groups",
                                        "availability_zone",
                                        "user_data",
                                        "metadata",
                                        "block_device_mapping_v2",
                                        "min_count",
                                        "max_count",
                                        "return_reservation_id",
                                        "OS-DCF:diskConfig",
                                        "config_drive",
                                        "adminPass",
                                        "accessIPv4",
                                        "accessIPv6",
                                        "personality",
                                        "description",
                                        "tags",
                                        "NHN-EXT-ATTR:protect"};
    const cJSON *value;

    cJSON_ArrayForEach(value, server)
    {
        bool found = false;

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || strcmp(known[i], value->string) == 0;
        if (!found)
            return check_invalid(call, "server", server,
                                 "Additional properties are not allowed ('%s' was unexpected)",
                                 value->string);
    }
    return true;
}

static bool wish_count(struct call *call, const cJSON *server, const char *key, unsigned fallback,
                       unsigned *out)
{
    const cJSON *value = member(server, key);

    *out = fallback;
    if (!value) return true;
    if (!cJSON_IsNumber(value) || value->valueint < 1)
        return check_invalid(call, key, value, "value is less than the minimum of 1");
    *out = (unsigned)value->valueint;
    return true;
}

static bool wish_counts(struct call *call, const cJSON *server, struct wish *wish)
{
    if (!wish_count(call, server, "min_count", 1, &wish->min_count) ||
        !wish_count(call, server, "max_count", wish->min_count, &wish->max_count))
        return false;
    if (wish->min_count > wish->max_count) {
        call_error(call, 400, "min_count must be <= max_count");
        return false;
    }
    if (call->cloud->options.dialect == CLOUD_NHN_V2 && wish->max_count > COUNT_MAX_NHN)
        return check_invalid(call, "max_count", member(server, "max_count"),
                             "value is greater than the maximum of 10");
    wish->reservation = cJSON_IsTrue(member(server, "return_reservation_id"));
    return true;
}

static bool wish_image(struct call *call, const cJSON *server, struct wish *wish)
{
    const cJSON *reference = member(server, "imageRef");
    const char *id = cJSON_GetStringValue(reference);

    if (!reference || (id && !*id)) return true;
    if (!id || !is_uuid(id))
        return check_invalid(call, "imageRef", reference, "'%s' is not valid under any of the given schemas",
                             id ? id : "");
    wish->image = catalogue_by_id(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, id);
    wish->image_shown = wish->image;
    if (!wish->image) call_error(call, 400, "Can not find requested image");
    return wish->image;
}

static bool wish_flavor(struct call *call, const cJSON *server, struct wish *wish)
{
    const cJSON *reference = member(server, "flavorRef");
    const char *id = cJSON_GetStringValue(reference);
    char number[32];

    if (!id) {
        snprintf(number, sizeof number, "%d", reference ? reference->valueint : 0);
        id = number;
    }
    memory_put(call->detail, sizeof call->detail, id);
    wish->flavor = catalogue_by_id(&call->cloud->catalogue, CLOUD_FLAVOR, id);
    if (!wish->flavor) call_error(call, 400, "Flavor %s could not be found.", id);
    return wish->flavor;
}

static bool wish_root_source(struct call *call, const cJSON *device, struct wish *wish)
{
    const char *source = cJSON_GetStringValue(member(device, "source_type"));
    const char *id = cJSON_GetStringValue(member(device, "uuid"));
    struct item *item;

    if (!source || !id) {
        call_error(call, 400, "Block Device Mapping is Invalid.");
        return false;
    }
    if (strcmp(source, "volume") == 0) {
        item = catalogue_by_id(&call->cloud->catalogue, CLOUD_VOLUME_ITEM, id);
        if (!item || item->holder) {
            call_error(call, 400, "Block Device Mapping is Invalid: failed to get volume %s.", id);
            return false;
        }
        wish->root_volume = item;
        return true;
    }
    item = catalogue_by_id(&call->cloud->catalogue, CLOUD_IMAGE_ITEM, id);
    if (!item) {
        call_error(call, 400, "Block Device Mapping is Invalid: failed to get image %s.", id);
        return false;
    }
    wish->image = item;
    return true;
}

static bool wish_device(struct call *call, const cJSON *device, struct wish *wish)
{
    const cJSON *keep = member(device, "delete_on_termination");
    const cJSON *boot = member(device, "boot_index");
    const cJSON *size = member(device, "volume_size");
    const char *target = cJSON_GetStringValue(member(device, "destination_type"));

    if (keep && !cJSON_IsBool(keep) && !cJSON_IsString(keep))
        return check_invalid(call, "delete_on_termination", keep, "%d is not of type 'boolean', 'string'",
                             keep->valueint);
    if (boot && (boot->valueint != 0 || (cJSON_IsString(boot) && strcmp(boot->valuestring, "0") != 0)))
        return true;
    if (size && ((!cJSON_IsNumber(size) && !cJSON_IsString(size)) ||
                 (cJSON_IsNumber(size) && (size->valueint < 1 || size->valueint > DISK_MAX_GB))))
        return check_invalid(call, "volume_size", size, "value is out of range");
    wish->boot_volume = !target || strcmp(target, "volume") == 0;
    wish->root_delete =
        cJSON_IsTrue(keep) || (cJSON_IsString(keep) && strcasecmp(keep->valuestring, "true") == 0);
    wish->root_disk_gb = cJSON_IsNumber(size) ? size->valueint : 0;
    return wish_root_source(call, device, wish);
}

static bool wish_devices(struct call *call, const cJSON *server, struct wish *wish)
{
    const cJSON *devices = member(server, "block_device_mapping_v2");
    const cJSON *device;

    if (!devices) {
        /* NHN: only flavors with a disk of their own (U2) go without. */
        if (call->cloud->options.bdm_required && wish->flavor->item.c == 0) {
            call_error(call, 400, "Missing Block Device Mapping attribute");
            return false;
        }
        if (!wish->image) call_error(call, 400, "Invalid imageRef provided.");
        return wish->image;
    }
    cJSON_ArrayForEach(device, devices)
    {
        if (!wish_device(call, device, wish)) return false;
    }
    if (wish->boot_volume && call->cloud->options.dialect == CLOUD_NHN_V2 && wish->flavor->item.c > 0) {
        call_error(call, 400, "Block Device Mapping is Invalid: U2 flavors boot from local disks.");
        return false;
    }
    return true;
}

static bool wish_windows(struct call *call, struct wish *wish)
{
    if (call->cloud->options.dialect != CLOUD_NHN_V2 || !catalogue_is_windows(wish->image)) return true;
    if (strlen(wish->name) > WINDOWS_NAME_MAX) {
        call_error(call, 400, "Windows instance name must be at most %d characters.", WINDOWS_NAME_MAX);
        return false;
    }
    if (wish->flavor->item.b < WINDOWS_RAM_MIN_MB || wish->flavor->item.c > 0) {
        call_error(call, 400, "Flavor %s does not support Windows images.", wish->flavor->item.name);
        return false;
    }
    return true;
}

static bool wish_disk(struct call *call, struct wish *wish)
{
    if (wish->boot_volume && wish->image && wish->root_disk_gb && wish->root_disk_gb < wish->image->item.a) {
        call_error(call, 400,
                   "Volume is smaller than the minimum size specified in image metadata. Volume size is %d "
                   "GB, minimum size is %d GB.",
                   wish->root_disk_gb, (int)wish->image->item.a);
        return false;
    }
    return true;
}

/* One of network/uuid, subnet (NHN), port (not simulated for creates). */
static bool wish_network(struct call *call, const cJSON *network, struct wish *wish)
{
    const struct catalogue *catalogue = &call->cloud->catalogue;
    const char *id = cJSON_GetStringValue(member(network, "uuid"));
    const char *subnet = cJSON_GetStringValue(member(network, "subnet"));
    const char *address = cJSON_GetStringValue(member(network, "fixed_ip"));
    struct item *found_subnet = NULL;
    struct item *found;

    if (member(network, "port")) {
        call_error(call, 400, "Port %s could not be found.", cJSON_GetStringValue(member(network, "port")));
        return false;
    }
    if (subnet && call->cloud->options.networks_subnet) {
        found_subnet = catalogue_by_id(catalogue, CLOUD_SUBNET, subnet);
        if (!found_subnet) {
            call_error(call, 400, "Subnet %s could not be found.", subnet);
            return false;
        }
        id = found_subnet->item.text;
    }
    found = id ? catalogue_by_id(catalogue, CLOUD_NETWORK_ITEM, id) : NULL;
    if (!found) {
        call_error(call, 400, "Network %s could not be found.", id ? id : "");
        return false;
    }
    for (size_t i = 0; !found_subnet;) {
        struct item *next = catalogue_next(catalogue, CLOUD_SUBNET, &i);

        if (!next) break;
        if (strcmp(next->item.text, found->item.id) == 0) found_subnet = next;
    }
    if (wish->nic_count == SERVER_NICS_MAX) {
        call_error(call, 400, "Too many networks.");
        return false;
    }
    wish->nics[wish->nic_count].network = found;
    wish->nics[wish->nic_count].subnet = found_subnet;
    wish->nics[wish->nic_count++].address = address;
    return true;
}

static bool wish_networks(struct call *call, const cJSON *server, struct wish *wish)
{
    const struct catalogue *catalogue = &call->cloud->catalogue;
    const cJSON *networks = member(server, "networks");
    const cJSON *network;
    size_t position = 0;

    if (networks) {
        cJSON_ArrayForEach(network, networks)
        {
            if (!wish_network(call, network, wish)) return false;
        }
        return true;
    }
    wish->nics[0].network = catalogue_next(catalogue, CLOUD_NETWORK_ITEM, &position);
    if (!wish->nics[0].network) return true;
    if (catalogue_next(catalogue, CLOUD_NETWORK_ITEM, &position)) {
        call_error(call, 409, "Multiple possible networks found, use a Network ID to be more specific.");
        return false;
    }
    position = 0;
    wish->nics[0].subnet = catalogue_next(catalogue, CLOUD_SUBNET, &position);
    wish->nic_count = 1;
    return true;
}

static bool wish_group(struct call *call, const char *name, struct wish *wish)
{
    struct item *group = catalogue_find(&call->cloud->catalogue, CLOUD_GROUP, name);

    if (!group) {
        call_error(call, 400, "Unable to find security_group with name or id '%s'", name);
        return false;
    }
    if (catalogue_named(&call->cloud->catalogue, CLOUD_GROUP, name) > 1) {
        call_error(call, 409,
                   "Multiple security_group matches found for name '%s', use an ID to be more specific.",
                   name);
        return false;
    }
    for (size_t i = 0; i < wish->group_count; i++) {
        if (wish->groups[i] == group) return true;
    }
    if (wish->group_count < SERVER_GROUPS_MAX) wish->groups[wish->group_count++] = group;
    return true;
}

static bool wish_groups(struct call *call, const cJSON *server, struct wish *wish)
{
    const cJSON *group;

    cJSON_ArrayForEach(group, member(server, "security_groups"))
    {
        const char *name = cJSON_GetStringValue(member(group, "name"));

        if (!wish_group(call, name ? name : "", wish)) return false;
    }
    return wish->group_count || wish_group(call, "default", wish);
}

static bool wish_user_data(struct call *call, const cJSON *server, struct wish *wish)
{
    const cJSON *value = member(server, "user_data");
    const char *text = cJSON_GetStringValue(value);

    if (!value) return true;
    if (!text || strlen(text) > USER_DATA_MAX)
        return check_invalid(call, "user_data", NULL, "value is too long");
    for (const char *at = text; *at; at++) {
        if (!isalnum((unsigned char)*at) && !strchr("+/=\n", *at))
            return check_invalid(call, "user_data", NULL, "value is not a 'base64'");
    }
    wish->user_data = text;
    return true;
}

static bool wish_names(struct call *call, const cJSON *server, struct wish *wish)
{
    const struct catalogue *catalogue = &call->cloud->catalogue;
    const char *zone = cJSON_GetStringValue(member(server, "availability_zone"));
    const char *keypair = cJSON_GetStringValue(member(server, "key_name"));

    if (zone) {
        wish->zone = catalogue_find(catalogue, CLOUD_ZONE, zone);
        if (!wish->zone) {
            call_error(call, 400, "The requested availability zone is not available");
            return false;
        }
    }
    if (keypair) {
        wish->keypair = catalogue_find(catalogue, CLOUD_KEYPAIR, keypair);
        if (!wish->keypair) {
            call_error(call, 400, "Invalid key_name provided.");
            return false;
        }
    }
    wish->metadata = member(server, "metadata");
    return !wish->metadata || check_metadata(call, wish->metadata, 0);
}

struct usage {
    unsigned instances;
    int64_t cores;
    int64_t ram_mb;
};

static struct usage usage_of(const struct cloud *cloud, const char *project)
{
    struct usage usage = {0};

    for (size_t i = 0; i < cloud->fleet.count; i++) {
        const struct server *server = cloud->fleet.servers[i];

        if (!server->exists || strcmp(server->project, project) != 0) continue;
        usage.instances++;
        usage.cores += server->face.flavor->item.a;
        usage.ram_mb += server->face.flavor->item.b;
    }
    return usage;
}

static bool quota_exceeded(struct call *call, const char *what, int64_t wanted, int64_t used, int64_t quota)
{
    call_error(call, nova_switch_quota(call),
               "Quota exceeded for %s: Requested %lld, but already used %lld of %lld %s", what,
               (long long)wanted, (long long)used, (long long)quota, what);
    return false;
}

bool wish_quota(struct call *call, struct wish *wish)
{
    struct cloud *cloud = call->cloud;
    const struct cloud_fault *fault = call_fault(call, CLOUD_FAULT_QUOTA);
    struct usage usage = usage_of(cloud, call->project);
    unsigned quota;

    if (fault) {
        cloud->quota_instances = (unsigned)fault->number;
        fault_used(call, fault);
    }
    quota = call->token->user->quota_instances ? call->token->user->quota_instances : cloud->quota_instances;
    if (usage.cores + wish->flavor->item.a * wish->min_count > cloud->quota_cores)
        return quota_exceeded(call, "cores", wish->flavor->item.a * wish->min_count, usage.cores,
                              cloud->quota_cores);
    if (usage.ram_mb + wish->flavor->item.b * wish->min_count > cloud->quota_ram_mb)
        return quota_exceeded(call, "ram", wish->flavor->item.b * wish->min_count, usage.ram_mb,
                              cloud->quota_ram_mb);
    if (usage.instances + wish->min_count > quota)
        return quota_exceeded(call, "instances", wish->min_count, usage.instances, quota);
    wish->count = quota - usage.instances < wish->max_count ? quota - usage.instances : wish->max_count;
    return true;
}

bool wish_read(struct call *call, const cJSON *server, struct wish *wish)
{
    bool strict = nova_switch_strict(call) || strcmp(call->version, "v2.1") == 0;

    return wish_required(call, server) && (!strict || wish_known_only(call, server)) &&
           check_name(call, member(server, "name"), wish->name) && wish_counts(call, server, wish) &&
           wish_flavor(call, server, wish) && wish_image(call, server, wish) &&
           wish_devices(call, server, wish) && wish_windows(call, wish) && wish_disk(call, wish) &&
           wish_user_data(call, server, wish) && wish_names(call, server, wish) &&
           wish_networks(call, server, wish) && wish_groups(call, server, wish) && wish_quota(call, wish);
}
