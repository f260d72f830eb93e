/* RunInstances, as the gateway passes it on: no id comes back. */
#include "tencent.h"

#include "memory.h"
#include "wish.h"

#include <stdio.h>
#include <string.h>

enum { COUNT_MAX = 100, NAME_MAX = 60, DISK_GB = 50 };

static const cJSON *inner(const struct call *call, const char *outer, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(tencent_member(call, outer), key);
}

/* "web-{R:3}" is a pattern: the number comes in its place. */
static void expand(const char *name, char *out, size_t size)
{
    const char *open = strstr(name, "{R:"), *close = open ? strchr(open, '}') : NULL;

    if (!close)
        memory_put(out, size, name);
    else
        snprintf(out, size, "%.*s%.*s%s", (int)(open - name), name, (int)(close - open - 3), open + 3,
                 close + 1);
}

static bool wish_what(struct call *call, struct wish *wish)
{
    const char *type = tencent_text(call, "InstanceType"), *image = tencent_text(call, "ImageId");
    const char *zone = cJSON_GetStringValue(inner(call, "Placement", "Zone"));
    const cJSON *disk = inner(call, "SystemDisk", "DiskSize");

    memory_put(call->detail, sizeof call->detail, type);
    wish->flavor = catalogue_find(&call->cloud->catalogue, CLOUD_FLAVOR, type);
    if (!wish->flavor)
        return tencent_refuse(call, "InvalidInstanceType.ValueNotSupported", "InstanceType `%s`", type);
    wish->image = tencent_item(call, CLOUD_IMAGE_ITEM, "img", image);
    if (!wish->image) return tencent_refuse(call, "InvalidImageId.NotFound", "ImageId `%s`", image);
    wish->zone = zone ? catalogue_find(&call->cloud->catalogue, CLOUD_ZONE, zone) : NULL;
    if (!wish->zone) return tencent_refuse(call, "InvalidZone.MismatchRegion", "Zone `%s`", zone ? zone : "");
    wish->image_shown = true;
    wish->root_disk_gb = cJSON_IsNumber(disk) ? disk->valueint : DISK_GB;
    if (wish->root_disk_gb < wish->image->item.a)
        return tencent_refuse(call, "InvalidParameterValue.Range", "DiskSize %d", wish->root_disk_gb);
    return true;
}

static bool wish_groups(struct call *call, struct wish *wish)
{
    const cJSON *groups = tencent_member(call, "SecurityGroupIds"), *each;

    cJSON_ArrayForEach(each, groups)
    {
        const char *code = cJSON_GetStringValue(each);
        struct item *group = code ? tencent_item(call, CLOUD_GROUP, "sg", code) : NULL;

        if (!group) return tencent_refuse(call, "InvalidSecurityGroupId.NotFound", "`%s`", code ? code : "");
        if (wish->group_count < SERVER_GROUPS_MAX) wish->groups[wish->group_count++] = group;
    }
    if (!wish->group_count) {
        wish->groups[0] = tencent_item(call, CLOUD_GROUP, "sg", "sg-default");
        wish->group_count = wish->groups[0] != NULL;
    }
    return true;
}

/* Missing: the default VPC. */
static bool wish_network(struct call *call, struct wish *wish)
{
    const char *vpc = cJSON_GetStringValue(inner(call, "VirtualPrivateCloud", "VpcId"));
    const char *subnet = cJSON_GetStringValue(inner(call, "VirtualPrivateCloud", "SubnetId"));
    size_t first = 0, second = 0;

    wish->nic_count = 1;
    if (!tencent_member(call, "VirtualPrivateCloud")) {
        wish->nics[0].network = catalogue_next(&call->cloud->catalogue, CLOUD_NETWORK_ITEM, &first);
        wish->nics[0].subnet = catalogue_next(&call->cloud->catalogue, CLOUD_SUBNET, &second);
        return true;
    }
    wish->nics[0].network = vpc ? tencent_item(call, CLOUD_NETWORK_ITEM, "vpc", vpc) : NULL;
    wish->nics[0].subnet = subnet ? tencent_item(call, CLOUD_SUBNET, "subnet", subnet) : NULL;
    if (wish->nics[0].network && wish->nics[0].subnet) return true;
    return tencent_refuse(call, "InvalidParameterValue.VpcIdNotFound", "`%s` `%s`", vpc ? vpc : "",
                          subnet ? subnet : "");
}

static bool wish_many(struct call *call, struct wish *wish)
{
    const cJSON *count = tencent_member(call, "InstanceCount");

    wish->min_count = cJSON_IsNumber(count) ? (unsigned)count->valueint : 1;
    if (wish->min_count < 1 || wish->min_count > COUNT_MAX)
        return tencent_refuse(call, "InvalidParameterValue.Range", "InstanceCount");
    wish->max_count = wish->min_count;
    return wish_quota(call, wish) ||
           tencent_refuse(call, "InstancesQuotaLimitExceeded", "the quota of instances is used up");
}

void tencent_create(struct call *call)
{
    static const char *const known[] = {"Placement",          "ImageId",
                                        "InstanceChargeType", "InstanceChargePrepaid",
                                        "InstanceType",       "SystemDisk",
                                        "DataDisks",          "VirtualPrivateCloud",
                                        "InternetAccessible", "InstanceCount",
                                        "InstanceName",       "SecurityGroupIds",
                                        "EnhancedService",    NULL};
    const char *name = tencent_text(call, "InstanceName");
    struct wish wish = {0};

    if (!tencent_body(call, known)) return;
    if (strlen(name) > NAME_MAX) {
        tencent_refuse(call, "InvalidInstanceName.TooLong", "InstanceName");
        return;
    }
    expand(*name ? name : "未命名", wish.name, sizeof wish.name);
    if (wish_what(call, &wish) && wish_groups(call, &wish) && wish_network(call, &wish) &&
        wish_many(call, &wish) && wish_grant(call, &wish))
        tencent_done(call);
}
