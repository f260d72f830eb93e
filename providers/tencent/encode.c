#include "providers/tencent/tencent.h"

#include <inttypes.h>
#include <string.h>

#include "providers/json.h"
#include "providers/request.h"
#include "reconcile/base/cleanup.h"

/* What one call becomes: its members, behind which the three come that every body has. */
struct draft {
    const struct cloud_config *cloud;
    const struct call *call;
    struct text *body;
};

static bool given(const struct create_order *order, enum field field)
{
    return order && (order->given & FIELD_BIT(field)) && order->values[field].rows;
}

static void write_number(struct text *body, const char *key, uint64_t number)
{
    json_write_key(body, key);
    text_addf(body, "%" PRIu64, number);
}

static void write_texts(struct text *body, const char *key, struct value texts)
{
    json_write_key(body, key);
    text_add_char(body, '[');
    for (unsigned i = 0; i < texts.rows; i++) {
        if (i) text_add_char(body, ',');
        text_add_json(body, value_cell(texts, i, 0));
    }
    text_add_char(body, ']');
}

/* A name with {R:x} in it is a pattern that CVM expands: the server would be called otherwise. */
static bool write_name(struct text *body, const char *name, struct error *err)
{
    if (strpbrk(name, "{}"))
        return error_set(err, ERROR_INPUT,
                         "the name \"%s\" has a brace, which this cloud takes for a pattern", name);
    json_write_pair(body, "InstanceName", name);
    return true;
}

/* columns: GiB, type, deleteOnTermination */
static bool write_system_disk(struct text *body, const struct create_order *order, struct error *err)
{
    if (!given(order, FIELD_ROOT_DISK)) return true;
    struct value disk = order->values[FIELD_ROOT_DISK];
    const char *size = value_cell(disk, 0, 0), *type = value_cell(disk, 0, 1);
    uint64_t gib = 0;
    if (*size && !text_to_number(size, UINT32_MAX, &gib))
        return error_set(err, ERROR_INPUT, "rootDisk.size: \"%s\" is no number of GiB", size);
    if (text_equal(value_cell(disk, 0, 2), "false"))
        return error_set(err, ERROR_INPUT,
                         "rootDisk.deleteOnTermination: a system disk of this cloud goes with its instance");
    json_write_key(body, "SystemDisk");
    text_add_char(body, '{');
    if (*type) json_write_pair(body, "DiskType", type);
    if (*size) write_number(body, "DiskSize", gib);
    text_add_char(body, '}');
    return true;
}

/* One network card, on a subnet that is named with its network: "vpc-evvn0y6d/subnet-nv3ex0mo". */
static bool write_network(struct text *body, struct value networks, struct arena *arena, struct error *err)
{
    const char *id = value_cell(networks, 0, 1), *slash = strchr(id, '/');
    if (networks.rows != 1 || !text_equal(value_cell(networks, 0, 0), "subnet") || !slash || slash == id ||
        !slash[1])
        return error_set(err, ERROR_INPUT,
                         "networks: this cloud takes one subnet, named with its network: {subnet: "
                         "vpc-evvn0y6d/subnet-nv3ex0mo}");
    if (*value_cell(networks, 0, 2))
        return error_set(err, ERROR_INPUT, "networks.fixedIp: this cloud gives the address by itself");
    json_write_key(body, "VirtualPrivateCloud");
    text_add_char(body, '{');
    json_write_pair(body, "VpcId", arena_bytes(arena, id, (size_t)(slash - id)));
    json_write_pair(body, "SubnetId", slash + 1);
    text_add_char(body, '}');
    return true;
}

static bool write_placement(struct text *body, const struct create_order *order, struct error *err)
{
    if (!given(order, FIELD_ZONE))
        return error_set(err, ERROR_INPUT,
                         "zone is missing; this cloud asks for one, such as ap-guangzhou-3");
    json_write_key(body, "Placement");
    text_add_char(body, '{');
    json_write_pair(body, "Zone", value_scalar(order->values[FIELD_ZONE]));
    text_add_char(body, '}');
    return true;
}

/* The charge type is "required", though the guide's own example leaves it out: said, it is the same. */
static bool write_create(struct draft *draft, struct arena *arena, struct error *err)
{
    const struct create_order *order = draft->call->create;
    struct text *body = draft->body;
    if (!write_placement(body, order, err)) return false;
    json_write_pair(body, "InstanceChargeType", "POSTPAID_BY_HOUR");
    if (given(order, FIELD_FLAVOR))
        json_write_pair(body, "InstanceType", value_scalar(order->values[FIELD_FLAVOR]));
    if (given(order, FIELD_IMAGE)) json_write_pair(body, "ImageId", value_scalar(order->values[FIELD_IMAGE]));
    write_number(body, "InstanceCount", 1);
    if (given(order, FIELD_SECURITY_GROUPS))
        write_texts(body, "SecurityGroupIds", order->values[FIELD_SECURITY_GROUPS]);
    if (given(order, FIELD_NETWORKS) && !write_network(body, order->values[FIELD_NETWORKS], arena, err))
        return false;
    return write_name(body, order->name, err) && write_system_disk(body, order, err);
}

/* The table of the guide calls the key of turn_on and turn_off InstanceId, its examples InstanceIds; so do
   delete and update, and CVM. */
static void write_ids(struct draft *draft)
{
    const char *const cells[] = {draft->call->provider_id};
    write_texts(draft->body, "InstanceIds", (struct value){1, 1, cells});
}

static bool write_ids_only(struct draft *draft, struct arena *arena, struct error *err)
{
    (void)arena;
    (void)err;
    write_ids(draft);
    return true;
}

static bool write_stop(struct draft *draft, struct arena *arena, struct error *err)
{
    (void)arena;
    (void)err;
    write_ids(draft);
    json_write_key(draft->body, "ForceStop");
    text_add(draft->body, text_equal(draft->call->argument, TENCENT_FORCE) ? "true" : "false");
    return true;
}

static bool write_rename(struct draft *draft, struct arena *arena, struct error *err)
{
    (void)arena;
    write_ids(draft);
    if (draft->call->argument && *draft->call->argument)
        return write_name(draft->body, draft->call->argument, err);
    return error_set(err, ERROR_INPUT, "%s without a name", call_name(draft->call->kind));
}

/* The whole list is replaced; the name stays out of it: CVM takes one attribute at a time. */
static bool write_groups(struct draft *draft, struct arena *arena, struct error *err)
{
    (void)arena;
    if (draft->call->set.rows == 0)
        return error_set(err, ERROR_INPUT,
                         "securityGroups: an instance of this cloud has at least one group");
    write_ids(draft);
    write_texts(draft->body, "SecurityGroups", draft->call->set);
    return true;
}

/* SystemDisk and LoginSettings are required: empty, they leave the disk's size as it is and the log-in to the
   cloud, which then makes up a password and tells the account's owner. */
static bool write_reset(struct draft *draft, struct arena *arena, struct error *err)
{
    (void)arena;
    const struct call *call = draft->call;
    if (!call->argument || !*call->argument)
        return error_set(err, ERROR_INPUT, "%s without an image", call_name(call->kind));
    json_write_pair(draft->body, "InstanceId", call->provider_id);
    json_write_pair(draft->body, "ImageId", call->argument);
    if (!given(call->create, FIELD_ROOT_DISK)) {
        json_write_key(draft->body, "SystemDisk");
        text_add(draft->body, "{}");
    }
    if (!write_system_disk(draft->body, call->create, err)) return false;
    json_write_key(draft->body, "LoginSettings");
    text_add(draft->body, "{}");
    return true;
}

static bool write_list(struct draft *draft, struct error *err)
{
    struct cursor cursor;
    if (!cursor_parse(draft->call->page, &cursor))
        return error_set(err, ERROR_INPUT, "a page that is none: %.40s", draft->call->page);
    write_number(draft->body, "PageNum", cursor.number);
    write_number(draft->body, "PageSize", draft->cloud->traits->list_page);
    json_write_pair(draft->body, "Fuzzy", "");
    return true;
}

static bool write_look(struct draft *draft, struct arena *arena, struct error *err)
{
    (void)arena;
    if (draft->call->look == LOOK_LIST) return write_list(draft, err);
    if (draft->call->look != LOOK_SERVER)
        return error_set(err, ERROR_INPUT, "this cloud lists nothing but its instances; give ids");
    json_write_pair(draft->body, "InstanceId", draft->call->provider_id);
    return true;
}

static const struct {
    enum call_kind call;
    const char *path;
    bool (*write)(struct draft *draft, struct arena *arena, struct error *err);
} ROWS[] = {
    {CALL_CREATE, "/create", write_create},
    {CALL_DELETE, "/delete", write_ids_only},
    {CALL_RENAME, "/update", write_rename},
    {CALL_ADD_SECURITY_GROUP, "/update", write_groups},
    {CALL_REMOVE_SECURITY_GROUP, "/update", write_groups},
    {CALL_REBUILD, "/reset", write_reset},
    {CALL_START, "/turn_on", write_ids_only},
    {CALL_STOP, "/turn_off", write_stop},
};

static bool write_call(struct draft *draft, struct arena *arena, const char **out_path, struct error *err)
{
    const struct call *call = draft->call;
    bool by_id = call->kind != CALL_CREATE && (call->kind != CALL_LOOK || call->look == LOOK_SERVER);
    if (by_id && (!call->provider_id || !*call->provider_id))
        return error_set(err, ERROR_INPUT, "%s without a server", call_name(call->kind));
    if (call->kind == CALL_LOOK) {
        *out_path = call->look == LOOK_LIST ? "/list" : "/inspect";
        return write_look(draft, arena, err);
    }
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (ROWS[i].call != call->kind) continue;
        *out_path = ROWS[i].path;
        return ROWS[i].write(draft, arena, err);
    }
    return error_set(err, ERROR_INPUT, "this cloud has no call for %s", call_name(call->kind));
}

static void write_common(struct draft *draft)
{
    json_write_pair(draft->body, "Region", draft->cloud->region ? draft->cloud->region : "");
    json_write_pair(draft->body, "TenantUuid", draft->cloud->tenant_uuid ? draft->cloud->tenant_uuid : "");
    json_write_pair(draft->body, "ClusterUuid", draft->cloud->cluster_uuid ? draft->cloud->cluster_uuid : "");
}

bool tencent_encode(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                    struct arena *arena, struct http_request *out, struct error *err)
{
    AUTO_TEXT struct text url, body;
    text_init(&url, URL_MAX);
    text_init(&body, REQUEST_BODY_MAX);
    struct draft draft = {.cloud = cloud, .call = call, .body = &body};
    const char *path = "";
    text_add_char(&body, '{');
    if (!write_call(&draft, arena, &path, err)) return false;
    write_common(&draft);
    text_add_char(&body, '}');
    url_start(&url, access->endpoints[SERVICE_COMPUTE], path);
    request_start(out, "POST");
    request_header(out, "Authorization", access->token);
    return request_finish(out, arena, &url, &body, err);
}
