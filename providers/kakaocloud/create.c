#include "providers/kakaocloud/kakaocloud.h"

#include "providers/json.h"
#include "reconcile/base/text.h"

static const char *given(const struct create_order *order, enum field field)
{
    return order->given & FIELD_BIT(field) ? value_scalar(order->values[field]) : "";
}

static void pair_if_given(struct text *body, const struct create_order *order, enum field field,
                          const char *key)
{
    const char *text = given(order, field);
    if (*text) json_write_pair(body, key, text);
}

static bool write_subnet(struct text *body, const char *kind, const char *id, const char *fixed_ip,
                         struct error *err)
{
    if (text_equal(kind, "port"))
        return error_set(err, ERROR_INPUT,
                         "networks: this cloud wants the subnet beside a port; give subnet, with fixedIp "
                         "for a certain address");
    if (!text_equal(kind, "subnet"))
        return error_set(err, ERROR_INPUT,
                         "networks: this cloud takes subnets only; give subnet in place of %s", kind);
    text_add_char(body, '{');
    json_write_pair(body, "id", id);
    if (*fixed_ip) json_write_pair(body, "private_ip", fixed_ip);
    text_add_char(body, '}');
    return true;
}

static bool write_subnets(struct text *body, const struct create_order *order, struct error *err)
{
    struct value networks = {0};
    if (order->given & FIELD_BIT(FIELD_NETWORKS)) networks = order->values[FIELD_NETWORKS];
    if (networks.rows == 0)
        return error_set(err, ERROR_INPUT, "networks is missing: this cloud needs at least one subnet");
    json_write_key(body, "subnets");
    text_add_char(body, '[');
    for (unsigned i = 0; i < networks.rows; i++) {
        if (i) text_add_char(body, ',');
        if (!write_subnet(body, value_cell(networks, i, 0), value_cell(networks, i, 1),
                          value_cell(networks, i, 2), err))
            return false;
    }
    text_add_char(body, ']');
    return true;
}

/* By name, unlike everywhere else. The vendor's own client writes null for none. */
static void write_groups(struct text *body, const struct create_order *order)
{
    struct value groups = {0};
    if (order->given & FIELD_BIT(FIELD_SECURITY_GROUPS)) groups = order->values[FIELD_SECURITY_GROUPS];
    json_write_key(body, "security_groups");
    if (groups.rows == 0) {
        text_add(body, "null");
        return;
    }
    for (unsigned i = 0; i < groups.rows; i++) {
        text_add(body, i ? ",{" : "[{");
        json_write_pair(body, "name", value_cell(groups, i, 0));
        text_add_char(body, '}');
    }
    text_add_char(body, ']');
}

/* is_delete_on_termination is always said: the documents contradict each other about its default. */
static bool write_root(struct text *body, const struct create_order *order, struct error *err)
{
    struct value disk = {0};
    if (order->given & FIELD_BIT(FIELD_ROOT_DISK)) disk = order->values[FIELD_ROOT_DISK];
    const char *size = disk.rows ? value_cell(disk, 0, 0) : "",
               *type = disk.rows ? value_cell(disk, 0, 1) : "";
    bool keep = disk.rows && text_equal(value_cell(disk, 0, 2), "false");
    uint64_t gib = KAKAO_ROOT_GIB;
    if (*size && (!text_to_number(size, KAKAO_ROOT_MOST_GIB, &gib) || gib == 0))
        return error_set(err, ERROR_INPUT, "rootDisk.size: \"%s\" is not between 1 and %d GiB", size,
                         KAKAO_ROOT_MOST_GIB);
    if (*type && !text_is_uuid(type))
        return error_set(err, ERROR_INPUT,
                         "rootDisk.type: this cloud takes the id of a volume type, not a name (\"%s\")",
                         type);
    json_write_key(body, "volumes");
    text_addf(body, "[{\"size\":%u", (unsigned)gib);
    json_write_pair(body, "source_type", "image");
    json_write_pair(body, "uuid", given(order, FIELD_IMAGE));
    if (*type) json_write_pair(body, "type_id", type);
    json_write_key(body, "is_delete_on_termination");
    text_add(body, keep ? "false}]" : "true}]");
    return true;
}

bool kakao_create_encode(const struct create_order *order, struct arena *arena, struct text *body,
                         struct error *err)
{
    text_add(body, "{\"instance\":{");
    json_write_pair(body, "name", order->name);
    json_write_pair(body, "description", mark_to_description(&order->mark, "", arena));
    pair_if_given(body, order, FIELD_FLAVOR, "flavor_id");
    pair_if_given(body, order, FIELD_IMAGE, "image_id");
    pair_if_given(body, order, FIELD_ZONE, "availability_zone");
    pair_if_given(body, order, FIELD_KEYPAIR, "key_name");
    pair_if_given(body, order, FIELD_USER_DATA, "user_data");
    write_groups(body, order);
    if (!write_subnets(body, order, err) || !write_root(body, order, err)) return false;
    text_add(body, "}}");
    return true;
}
