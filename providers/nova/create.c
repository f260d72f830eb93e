#include "providers/nova/nova.h"

#include "providers/json.h"
#include "reconcile/base/text.h"

/* One order while its body is written. */
struct writer {
    const struct nova_dialect *dialect;
    const struct create_order *order;
    struct arena *arena;
    struct text *body;
    const char *version;
};

static bool given(const struct create_order *order, enum field field)
{
    return order->given & FIELD_BIT(field);
}

static void pair_if_given(struct writer *writer, enum field field, const char *key)
{
    const char *text = given(writer->order, field) ? value_scalar(writer->order->values[field]) : "";
    if (*text) json_write_pair(writer->body, key, text);
}

static void comma(struct text *body)
{
    char last = body->bytes[body->length - 1];
    if (last != '[' && last != '{') text_add_char(body, ',');
}

/* network and port are keys of their own; with either may stand a fixed address. */
static bool write_nic(struct writer *writer, const char *kind, const char *id, const char *fixed_ip,
                      struct error *err)
{
    bool network = text_equal(kind, "network"), port = text_equal(kind, "port"),
         subnet = text_equal(kind, "subnet");
    if (!network && !port && !subnet)
        return error_set(err, ERROR_INPUT, "networks: unknown kind \"%s\"; use network, subnet or port",
                         kind);
    if (subnet && !writer->dialect->subnet_networks)
        return error_set(
            err, ERROR_INPUT,
            "networks: this cloud takes no subnet at create; give its network, or a port made on it");
    if (port && *fixed_ip)
        return error_set(err, ERROR_INPUT, "networks: a port has its address already; drop fixedIp");
    comma(writer->body);
    text_add_char(writer->body, '{');
    json_write_pair(writer->body, network ? "uuid" : kind, id);
    if (*fixed_ip) json_write_pair(writer->body, "fixed_ip", fixed_ip);
    text_add_char(writer->body, '}');
    return true;
}

static bool write_networks(struct writer *writer, struct error *err)
{
    if (!given(writer->order, FIELD_NETWORKS)) return true;
    struct value networks = writer->order->values[FIELD_NETWORKS];
    json_write_key(writer->body, "networks");
    text_add_char(writer->body, '[');
    for (unsigned i = 0; i < networks.rows; i++)
        if (!write_nic(writer, value_cell(networks, i, 0), value_cell(networks, i, 1),
                       value_cell(networks, i, 2), err))
            return false;
    text_add_char(writer->body, ']');
    return true;
}

static void write_groups(struct writer *writer)
{
    if (!given(writer->order, FIELD_SECURITY_GROUPS)) return;
    struct value groups = writer->order->values[FIELD_SECURITY_GROUPS];
    if (groups.rows == 0) return; /* Nova adds "default" either way; what is too much is removed later */
    json_write_key(writer->body, "security_groups");
    text_add_char(writer->body, '[');
    for (unsigned i = 0; i < groups.rows; i++) {
        comma(writer->body);
        text_add_char(writer->body, '{');
        json_write_pair(writer->body, "name", value_cell(groups, i, 0));
        text_add_char(writer->body, '}');
    }
    text_add_char(writer->body, ']');
}

static void write_map(struct text *body, struct value map)
{
    for (unsigned i = 0; i < map.rows; i++)
        json_write_pair(body, value_cell(map, i, 0), value_cell(map, i, 1));
}

static void write_metadata(struct writer *writer)
{
    json_write_key(writer->body, "metadata");
    text_add_char(writer->body, '{');
    if (given(writer->order, FIELD_METADATA)) write_map(writer->body, writer->order->values[FIELD_METADATA]);
    write_map(writer->body, mark_to_metadata(&writer->order->mark, writer->arena));
    text_add_char(writer->body, '}');
}

/* GiB as text, or the dialect's own when none is given. */
static const char *root_size(struct writer *writer, const char *size)
{
    if (*size || !writer->dialect->root_gib) return size;
    return arena_printf(writer->arena, "%u", writer->dialect->root_gib);
}

static void write_volume(struct writer *writer, const char *size, const char *type)
{
    json_write_pair(writer->body, "destination_type", "volume");
    if (*size) {
        json_write_key(writer->body, "volume_size");
        text_add(writer->body, size);
    }
    if (!*type) return;
    json_write_pair(writer->body, "volume_type", type);
    writer->version = writer->dialect->volume_type_version;
}

/* The root disk as a volume made from the image. delete_on_termination is always said: left out, the volume
   survives every deletion and failed build and goes on costing money. It must be a boolean, 1 is refused. */
static bool write_root_disk(struct writer *writer, struct error *err)
{
    const struct create_order *order = writer->order;
    struct value disk = order->values[FIELD_ROOT_DISK];
    bool has_disk = given(order, FIELD_ROOT_DISK) && disk.rows;
    if (!has_disk && !writer->dialect->always_mapped) return true;
    const char *size = root_size(writer, has_disk ? value_cell(disk, 0, 0) : "");
    const char *type = has_disk ? value_cell(disk, 0, 1) : "";
    bool keep = has_disk && text_equal(value_cell(disk, 0, 2), "false");
    uint64_t gib;
    if (*size && !text_to_number(size, UINT32_MAX, &gib))
        return error_set(err, ERROR_INPUT, "rootDisk.size: \"%s\" is no number of GiB", size);
    json_write_key(writer->body, "block_device_mapping_v2");
    text_add(writer->body, "[{\"boot_index\":0");
    json_write_pair(writer->body, "uuid", value_scalar(order->values[FIELD_IMAGE]));
    json_write_pair(writer->body, "source_type", "image");
    if (text_equal_nocase(type, NOVA_LOCAL_DISK))
        json_write_pair(writer->body, "destination_type", "local");
    else
        write_volume(writer, size, type);
    json_write_key(writer->body, "delete_on_termination");
    text_add(writer->body, keep ? "false}]" : "true}]");
    return true;
}

/* imageRef is sent beside a mapping too: only then does the server show its image later. */
bool create_encode(const struct nova_dialect *dialect, const struct create_order *order, struct arena *arena,
                   struct text *body, const char **out_version, struct error *err)
{
    struct writer writer = {.dialect = dialect, .order = order, .arena = arena, .body = body};
    text_add(body, "{\"server\":{");
    json_write_pair(body, "name", order->name);
    pair_if_given(&writer, FIELD_FLAVOR, "flavorRef");
    pair_if_given(&writer, FIELD_IMAGE, "imageRef");
    pair_if_given(&writer, FIELD_ZONE, "availability_zone");
    pair_if_given(&writer, FIELD_KEYPAIR, "key_name");
    pair_if_given(&writer, FIELD_USER_DATA, "user_data");
    write_groups(&writer);
    write_metadata(&writer);
    if (!write_networks(&writer, err) || !write_root_disk(&writer, err)) return false;
    /* from 2.37 on networks are required; "auto" is what leaving them out means before */
    if (writer.version && !given(order, FIELD_NETWORKS)) json_write_pair(body, "networks", "auto");
    text_add(body, "}}");
    *out_version = writer.version;
    return true;
}
