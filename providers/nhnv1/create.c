#include "providers/json.h"
#include "providers/nhnv1/nhnv1.h"
#include "reconcile/base/text.h"

static bool given(const struct create_order *order, enum field field)
{
    return order->given & FIELD_BIT(field);
}

static const char *scalar(const struct create_order *order, enum field field)
{
    return given(order, field) ? value_scalar(order->values[field]) : "";
}

/* All of these are required; the manifest's reader knows, a person's adopt does not. */
static bool write_scalars(const struct create_order *order, struct text *body, struct error *err)
{
    static const struct {
        enum field field;
        const char *key;
    } ROWS[] = {{FIELD_IMAGE, "image"},
                {FIELD_FLAVOR, "flavor"},
                {FIELD_ZONE, "availabilityZone"},
                {FIELD_KEYPAIR, "keyName"}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const char *text = scalar(order, ROWS[i].field);
        if (!*text)
            return error_set(err, ERROR_INPUT,
                             "this cloud builds no server without %s; give it in the manifest",
                             field_row(ROWS[i].field)->name);
        json_write_pair(body, ROWS[i].key, text);
    }
    return true;
}

static void comma(struct text *body)
{
    if (body->bytes[body->length - 1] != '[') text_add_char(body, ',');
}

static bool write_nic(const char *kind, const char *id, const char *fixed_ip, struct text *body,
                      struct error *err)
{
    bool network = text_equal(kind, "network");
    if (!network && !text_equal(kind, "subnet"))
        return error_set(err, ERROR_INPUT, "networks: this cloud takes no %s; give its network or subnet",
                         kind);
    if (*fixed_ip)
        return error_set(err, ERROR_INPUT, "networks: this cloud chooses the address itself; drop fixedIp");
    comma(body);
    text_add_char(body, '{');
    json_write_pair(body, network ? "id" : "subnetId", id);
    text_add_char(body, '}');
    return true;
}

static bool write_networks(const struct create_order *order, struct text *body, struct error *err)
{
    struct value networks = order->values[FIELD_NETWORKS];
    if (!given(order, FIELD_NETWORKS) || networks.rows == 0)
        return error_set(err, ERROR_INPUT,
                         "this cloud builds no server without networks; give them in the manifest");
    json_write_key(body, "networks");
    text_add_char(body, '[');
    for (unsigned i = 0; i < networks.rows; i++)
        if (!write_nic(value_cell(networks, i, 0), value_cell(networks, i, 1), value_cell(networks, i, 2),
                       body, err))
            return false;
    text_add_char(body, ']');
    return true;
}

/* Required too: "default" when none is given, as the console does; what is too much is removed later. */
static void write_groups(const struct create_order *order, struct text *body)
{
    struct value groups = order->values[FIELD_SECURITY_GROUPS];
    unsigned count = given(order, FIELD_SECURITY_GROUPS) ? groups.rows : 0;
    json_write_key(body, "securityGroups");
    text_add_char(body, '[');
    for (unsigned i = 0; i < count || i == 0; i++) {
        comma(body);
        text_add_char(body, '{');
        json_write_pair(body, "name", i < count ? value_cell(groups, i, 0) : "default");
        text_add_char(body, '}');
    }
    text_add_char(body, ']');
}

static bool write_volume(const char *size, const char *type, struct text *body, struct error *err)
{
    uint64_t gib = NHNV1_ROOT_GIB;
    if (*size &&
        (!text_to_number(size, NHNV1_ROOT_MOST_GIB, &gib) || gib == 0 || gib % NHNV1_ROOT_STEP_GIB != 0))
        return error_set(err, ERROR_INPUT,
                         "rootDisk.size: %s GiB; this cloud builds disks in steps of %d up to %d", size,
                         NHNV1_ROOT_STEP_GIB, NHNV1_ROOT_MOST_GIB);
    json_write_key(body, "volume");
    text_addf(body, "{\"size\":%llu", (unsigned long long)gib);
    json_write_key(body, "type");
    text_add_json(body, *type ? type : NULL); /* null: General HDD */
    text_add_char(body, '}');
    return true;
}

/* The root disk always goes with its server. A flavor with a disk of its own (u2) takes no volume. */
static bool write_root_disk(const struct create_order *order, struct text *body, struct error *err)
{
    struct value disk = order->values[FIELD_ROOT_DISK];
    bool has_disk = given(order, FIELD_ROOT_DISK) && disk.rows;
    const char *size = has_disk ? value_cell(disk, 0, 0) : "", *type = has_disk ? value_cell(disk, 0, 1) : "";
    if (has_disk && text_equal(value_cell(disk, 0, 2), "false"))
        return error_set(err, ERROR_INPUT,
                         "rootDisk.deleteOnTermination: this cloud cannot keep the disk of a deleted server");
    if (text_equal_nocase(type, NHNV1_LOCAL_DISK)) return true;
    return write_volume(size, type, body, err);
}

bool nhnv1_create_encode(const struct create_order *order, struct text *body, struct error *err)
{
    text_add(body, "{\"instance\":{");
    json_write_pair(body, "name", order->name);
    if (!write_scalars(order, body, err) || !write_networks(order, body, err)) return false;
    write_groups(order, body);
    if (!write_root_disk(order, body, err)) return false;
    text_add(body, "}}");
    return true;
}
