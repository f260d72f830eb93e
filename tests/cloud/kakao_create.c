/* POST of an instance. */
#include "kakao.h"

#include "checks.h"
#include "memory.h"
#include "wish.h"

#include <ctype.h>
#include <string.h>

enum {
    NAME_MIN = 4,
    NAME_MAX = 63,
    DESCRIPTION_MAX = 100,
    USER_DATA_MAX = 16384,
    VOLUME_MAX_GB = 16384,
    WINDOWS_MAX_GB = 2048,
    COUNT_MAX = 20,
};

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsNull(value) ? NULL : value;
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* The vendor's Terraform provider keeps to these; whether the API does is a switch. */
bool kakao_name_good(struct call *call, const char *name)
{
    size_t size = strlen(name);

    if (!size || size >= CLOUD_NAME_SIZE) return kakao_invalid(call, "name", "wrong length");
    if (!call_switch(call, KAKAO_NAME_RULES)) return true;
    if (size < NAME_MIN || size > NAME_MAX)
        return kakao_invalid(call, "name", "must be %d to %d characters", NAME_MIN, NAME_MAX);
    for (size_t i = 0; i < size; i++) {
        bool sign = name[i] == '-' || name[i] == '_';

        if (!sign && !isalnum((unsigned char)name[i])) return kakao_invalid(call, "name", "wrong character");
        if (sign && (i == 0 || i + 1 == size || name[i + 1] == '-' || name[i + 1] == '_'))
            return kakao_invalid(call, "name", "wrong place of '%c'", name[i]);
    }
    return true;
}

bool kakao_description_good(struct call *call, const char *text)
{
    if (characters(text) > DESCRIPTION_MAX)
        return kakao_invalid(call, "description", "longer than %d characters", DESCRIPTION_MAX);
    if (strpbrk(text, "\n\r$^`")) return kakao_invalid(call, "description", "wrong character");
    return true;
}

static bool known_only(struct call *call, const cJSON *instance)
{
    static const char *const known[] = {"name",
                                        "description",
                                        "count",
                                        "image_id",
                                        "flavor_id",
                                        "subnets",
                                        "availability_zone",
                                        "volumes",
                                        "key_name",
                                        "security_groups",
                                        "user_data",
                                        "is_bonding",
                                        "is_disable_hyper_threading"};
    const cJSON *each;

    if (call_switch(call, KAKAO_UNKNOWN_KEYS)) return true;
    cJSON_ArrayForEach(each, instance)
    {
        size_t i = 0;

        while (i < sizeof known / sizeof *known && strcmp(known[i], each->string) != 0)
            i++;
        if (i == sizeof known / sizeof *known)
            return kakao_invalid(call, each->string, "extra fields not permitted");
    }
    return true;
}

static bool needs(struct call *call, const cJSON *instance)
{
    static const char *const keys[] = {"name",    "image_id", "flavor_id",
                                       "subnets", "volumes",  "security_groups"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!cJSON_GetObjectItemCaseSensitive(instance, keys[i]))
            return kakao_invalid(call, keys[i], "field required");
    }
    return true;
}

static bool take_text(struct call *call, const cJSON *instance, const char *key, const char **out)
{
    const cJSON *value = member(instance, key);

    *out = cJSON_GetStringValue(value);
    return !value || *out || kakao_invalid(call, key, "str type expected");
}

static struct item *by_id(struct call *call, const cJSON *object, const char *key, enum cloud_item_kind kind)
{
    const char *id = cJSON_GetStringValue(member(object, key));
    struct item *item = id && is_uuid(id) ? catalogue_by_id(&call->cloud->catalogue, kind, id) : NULL;

    if (!id || !is_uuid(id))
        kakao_invalid(call, key, "value is not a valid uuid");
    else if (!item)
        call_error(call, 404, "%s %s could not be found.", key, id);
    return item;
}

static bool wish_named(struct call *call, const cJSON *instance, struct wish *wish)
{
    const struct catalogue *catalogue = &call->cloud->catalogue;
    const char *zone;
    const char *keypair;

    if (!take_text(call, instance, "availability_zone", &zone) ||
        !take_text(call, instance, "key_name", &keypair) ||
        !take_text(call, instance, "user_data", &wish->user_data) ||
        !take_text(call, instance, "description", &wish->description))
        return false;
    wish->zone = zone ? catalogue_find(catalogue, CLOUD_ZONE, zone) : NULL;
    if (zone && !wish->zone) return kakao_invalid(call, "availability_zone", "value is not a valid zone");
    wish->keypair = keypair ? catalogue_find(catalogue, CLOUD_KEYPAIR, keypair) : NULL;
    if (keypair && !wish->keypair) {
        call_error(call, 404, "Key pair %s could not be found.", keypair);
        return false;
    }
    if (wish->user_data && strlen(wish->user_data) > USER_DATA_MAX)
        return kakao_invalid(call, "user_data", "too long");
    return !wish->description || kakao_description_good(call, wish->description);
}

static bool wish_subnet(struct call *call, const cJSON *subnet, struct wish *wish)
{
    struct item *found = by_id(call, subnet, "id", CLOUD_SUBNET);

    if (!found) return false;
    if (member(subnet, "network_interface_id"))
        return kakao_invalid(call, "network_interface_id", "is not simulated");
    if (wish->nic_count == SERVER_NICS_MAX) return kakao_invalid(call, "subnets", "too many");
    wish->nics[wish->nic_count].subnet = found;
    wish->nics[wish->nic_count].network =
        catalogue_by_id(&call->cloud->catalogue, CLOUD_NETWORK_ITEM, found->item.text);
    wish->nics[wish->nic_count++].address = cJSON_GetStringValue(member(subnet, "private_ip"));
    return true;
}

static bool wish_subnets(struct call *call, const cJSON *instance, struct wish *wish)
{
    const cJSON *subnets = member(instance, "subnets");
    const cJSON *subnet;

    if (!cJSON_IsArray(subnets) || !cJSON_GetArraySize(subnets))
        return kakao_invalid(call, "subnets", "ensure this value has at least 1 items");
    cJSON_ArrayForEach(subnet, subnets)
    {
        if (!wish_subnet(call, subnet, wish)) return false;
    }
    return true;
}

static bool wish_group(struct call *call, const char *name, struct wish *wish)
{
    struct item *group = catalogue_find(&call->cloud->catalogue, CLOUD_GROUP, name);

    /* By name, here: an id is none. */
    if (!group || strcmp(group->item.name, name) != 0) {
        call_error(call, 404, "Security group %s could not be found.", name);
        return false;
    }
    if (wish->group_count < SERVER_GROUPS_MAX) wish->groups[wish->group_count++] = group;
    return true;
}

static bool wish_groups(struct call *call, const cJSON *instance, struct wish *wish)
{
    const cJSON *group;

    cJSON_ArrayForEach(group, member(instance, "security_groups"))
    {
        const char *name = cJSON_GetStringValue(member(group, "name"));

        if (!name) return kakao_invalid(call, "security_groups", "name: field required");
        if (!wish_group(call, name, wish)) return false;
    }
    return wish->group_count || !call_switch(call, KAKAO_NO_GROUPS) || wish_group(call, "default", wish);
}

static bool wish_volumes(struct call *call, const cJSON *instance, struct wish *wish)
{
    const cJSON *root = cJSON_GetArrayItem(member(instance, "volumes"), 0);
    const cJSON *size = member(root, "size");
    const cJSON *dies = member(root, "is_delete_on_termination");
    int max = catalogue_is_windows(wish->image) ? WINDOWS_MAX_GB : VOLUME_MAX_GB;

    if (!root) return kakao_invalid(call, "volumes", "ensure this value has at least 1 items");
    if (!cJSON_IsNumber(size)) return kakao_invalid(call, "size", "value is not a valid integer");
    if (size->valueint < 1 || size->valueint > max || size->valueint < wish->image->item.a)
        return kakao_invalid(call, "size", "must be %d to %d", (int)wish->image->item.a, max);
    if (dies && !cJSON_IsBool(dies))
        return kakao_invalid(call, "is_delete_on_termination", "value could not be parsed to a boolean");
    wish->boot_volume = true;
    wish->root_disk_gb = size->valueint;
    /* The schema says false, the text says true for the first one: a careful client tells. */
    wish->root_delete = cJSON_IsTrue(dies);
    return true;
}

static bool wish_many(struct call *call, const cJSON *instance, struct wish *wish)
{
    static const int statuses[] = {403, 409, 400};
    const cJSON *count = member(instance, "count");

    wish->min_count = cJSON_IsNumber(count) && count->valueint > 0 ? (unsigned)count->valueint : 1;
    if (wish->min_count > COUNT_MAX) return kakao_invalid(call, "count", "too many");
    wish->max_count = wish->min_count;
    if (wish_quota(call, wish)) return true;
    call_error(call, statuses[call_switch(call, KAKAO_QUOTA_ERROR)], "Quota exceeded for instances");
    return false;
}

static bool wish_all(struct call *call, const cJSON *instance, struct wish *wish)
{
    const char *name = cJSON_GetStringValue(member(instance, "name"));

    if (!known_only(call, instance) || !needs(call, instance)) return false;
    if (!name) return kakao_invalid(call, "name", "str type expected");
    if (!kakao_name_good(call, name)) return false;
    memory_put(wish->name, sizeof wish->name, name);
    wish->flavor = by_id(call, instance, "flavor_id", CLOUD_FLAVOR);
    if (!wish->flavor) return false;
    memory_put(call->detail, sizeof call->detail, wish->flavor->item.id);
    wish->image = by_id(call, instance, "image_id", CLOUD_IMAGE_ITEM);
    wish->image_shown = true;
    return wish->image && wish_named(call, instance, wish) && wish_subnets(call, instance, wish) &&
           wish_groups(call, instance, wish) && wish_volumes(call, instance, wish) &&
           wish_many(call, instance, wish);
}

static void create_reply(struct call *call, const struct server *server)
{
    struct buffer *out = &call->body_out;

    call->status = kakao_success(call, 202);
    json_open(out, '{');
    json_put_open(out, "instance", '{');
    json_put_text(out, "id", server->id);
    json_put_open(out, "security_groups", '[');
    for (size_t i = 0; i < server->face.group_count; i++) {
        json_open(out, '{');
        json_put_text(out, "name", server->face.groups[i]->item.name);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_put_text(out, "admin_pass", "Tq8vKx2mWn5L");
    json_put_text(out, "disk_config", "MANUAL");
    json_close(out, '}');
    json_close(out, '}');
}

void kakao_create(struct call *call)
{
    const cJSON *instance = cJSON_GetObjectItemCaseSensitive(call->body, "instance");
    struct wish wish = {0};
    struct server *first;

    if (!cJSON_IsObject(instance)) {
        kakao_invalid(call, "instance", "field required");
        return;
    }
    if (!wish_all(call, instance, &wish)) return;
    first = wish_grant(call, &wish);
    if (first) create_reply(call, first);
}
