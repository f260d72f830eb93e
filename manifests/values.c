#include <inttypes.h>
#include <string.h>

#include "manifests/instance.h"
#include "manifests/scalar.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/base64.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

static struct value set_of(struct arena *arena, const struct node *list)
{
    const char **cells = ARENA_ROW(arena, const char *, list->count);
    for (uint32_t i = 0; i < list->count; i++)
        cells[i] = list->items[i].text;
    return value_sorted(cells, list->count, 1);
}

static struct value map_of(struct arena *arena, const struct node *map)
{
    const char **cells = ARENA_ROW(arena, const char *, 2 * map->count);
    for (uint32_t i = 0; i < map->count; i++) {
        cells[2 * i] = map->pairs[i].key.text;
        cells[2 * i + 1] = map->pairs[i].value.text;
    }
    return value_sorted(cells, map->count, 2);
}

static const struct node *given(const struct node *map, const char *key)
{
    const struct node *node = node_child(map, key);
    return node && node->kind != NODE_NULL ? node : NULL;
}

static struct value networks_of(struct instance_reader *reader, const struct node *list)
{
    static const char *const keys[][2] = {
        {"network", "network"}, {"uuid", "network"}, {"subnet", "subnet"}, {"port", "port"}};
    const char **cells = ARENA_ROW(&reader->turn, const char *, 3 * list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct node *item = &list->items[i], *address = given(item, "fixedIp");
        for (unsigned j = 0; j < sizeof keys / sizeof *keys; j++) {
            const struct node *node = given(item, keys[j][0]);
            if (!node) continue;
            cells[3 * i] = keys[j][1];
            cells[3 * i + 1] = node->text;
        }
        cells[3 * i + 2] = address ? address->text : "";
        if (address && strcmp(cells[3 * i], "port") == 0)
            mistakes_add(reader->mistakes, node_position(address),
                         "\"fixedIp\" beside \"port\"; a port has its address: remove one");
    }
    return (struct value){(uint16_t)list->count, 3, cells};
}

static struct value root_disk_of(struct instance_reader *reader, const struct node *map)
{
    const char **cells = ARENA_ROW(&reader->turn, const char *, 3);
    const struct node *size = node_child(map, "size"), *type = node_child(map, "type");
    const struct node *delete = node_child(map, "deleteOnTermination");
    bool goes = true;
    int64_t bytes = 0;
    if (size) scalar_size(size->text, &bytes);
    if (bytes % (INT64_C(1) << 30) != 0)
        mistakes_add(reader->mistakes, node_position(size), "\"size\" is \"%s\"; it must be whole GiB",
                     size->text);
    if (delete) scalar_bool(delete, &goes);
    cells[0] = size ? arena_printf(&reader->turn, "%" PRId64, bytes >> 30) : "";
    cells[1] = type ? type->text : "";
    cells[2] = goes ? "true" : "false";
    return (struct value){1, 3, cells};
}

static struct value volumes_of(struct instance_reader *reader, const struct node *list)
{
    const char **cells = ARENA_ROW(&reader->turn, const char *, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct node *id = node_child(&list->items[i], "id");
        cells[i] = id->text;
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(cells[j], cells[i]) == 0)
                mistakes_add(reader->mistakes, node_position(id), "volume \"%s\" stands twice; remove one",
                             cells[i]);
    }
    return value_sorted(cells, list->count, 1);
}

static const char *encode_user_data(struct instance_reader *reader, const struct node *node,
                                    const void *bytes, size_t size)
{
    if (size == 0) {
        mistakes_add(reader->mistakes, node_position(node),
                     "the user data is empty; write it, or leave userData out");
        return NULL;
    }
    return base64_encode(&reader->turn, bytes, size);
}

static const char *read_user_data(struct instance_reader *reader, const struct node *file)
{
    AUTO_FREE char *bytes = NULL;
    size_t size;
    struct error err;
    uint8_t digest[32];
    if (!load_beside(file->origin->file, file->text, LIMIT_USER_DATA / 4 * 3, &bytes, &size, &err)) {
        mistakes_add(reader->mistakes, node_position(file), "user data file \"%.80s\" %s", file->text,
                     err.text);
        return NULL;
    }
    hash_sha256(bytes, size, digest);
    revision_add(&reader->revision, file->text, digest);
    return encode_user_data(reader, file, bytes, size);
}

/* NULL when there was a mistake. */
static const char *user_data_of(struct instance_reader *reader, const struct node *map,
                                const struct node **out_node)
{
    const struct node *file = node_child(map, "file"), *node = file ? file : node_child(map, "inline");
    *out_node = node;
    for (unsigned i = 0; i < USER_DATA_CACHE; i++)
        if (reader->cache[i].written == node->text && reader->cache[i].origin == node->origin)
            return reader->cache[i].base64;
    const char *base64 =
        file ? read_user_data(reader, file) : encode_user_data(reader, node, node->text, strlen(node->text));
    unsigned place = reader->cache_next++ % USER_DATA_CACHE;
    reader->cache[place].origin = node->origin;
    reader->cache[place].written = node->text;
    reader->cache[place].base64 = intern_text(reader->texts, base64);
    return reader->cache[place].base64;
}

static struct value user_data_value(struct instance_reader *reader, const struct node *map,
                                    const struct traits *traits)
{
    const struct node *node;
    const char *base64 = user_data_of(reader, map, &node);
    const char **cells = ARENA_ROW(&reader->turn, const char *, 1);
    size_t max = traits && traits->user_data_max ? traits->user_data_max : LIMIT_USER_DATA;
    cells[0] = base64 ? base64 : "";
    if (strlen(cells[0]) > max)
        mistakes_add(reader->mistakes, node_position(node),
                     "the user data has %zu bytes in base64; at most %zu are allowed: let it fetch the rest",
                     strlen(cells[0]), max);
    return (struct value){1, 1, cells};
}

static struct value value_of(struct instance_reader *reader, enum field field, const struct node *node,
                             const struct traits *traits)
{
    switch (field) {
    case FIELD_NAME:
    case FIELD_POWER:
    case FIELD_FLAVOR:
    case FIELD_IMAGE:
    case FIELD_ZONE:
    case FIELD_KEYPAIR:
    case FIELD_FLOATING_IP: return value_of_scalar(&reader->turn, node->text);
    case FIELD_NETWORKS: return networks_of(reader, node);
    case FIELD_SECURITY_GROUPS: return set_of(&reader->turn, node);
    case FIELD_ROOT_DISK: return root_disk_of(reader, node);
    case FIELD_VOLUMES: return volumes_of(reader, node);
    case FIELD_USER_DATA: return user_data_value(reader, node, traits);
    case FIELD_METADATA: return map_of(&reader->turn, node);
    case FIELD_COUNT: break;
    }
    UNREACHABLE();
}

static void check_metadata(struct instance_reader *reader, const struct node *map,
                           const struct traits *traits)
{
    unsigned ours = traits && traits->mark == MARK_AS_METADATA ? mark_key_count() : 0;
    if (traits && traits->metadata_keys_max && map->count + ours > traits->metadata_keys_max)
        mistakes_add(reader->mistakes, node_position(map),
                     "metadata has %u keys; %u are left beside the mark", map->count,
                     traits->metadata_keys_max > ours ? traits->metadata_keys_max - ours : 0);
}

/* What the provider's table refuses. `key` is where it is written. */
static void check_traits(struct instance_reader *reader, const struct traits *traits, enum field field,
                         const struct node *key, const struct node *node)
{
    const char *refused = traits->fields[field].refused;
    struct position at = node_position(key);
    enum phase phase;
    if (refused)
        mistakes_add(reader->mistakes, at, "\"%s\" cannot be given on this cloud; %s", key->text, refused);
    if (field == FIELD_NAME && traits->name_max && text_characters(node->text) > traits->name_max)
        mistakes_add(reader->mistakes, node_position(node),
                     "the server's name has %zu characters; this cloud allows %u",
                     text_characters(node->text), traits->name_max);
    if (field == FIELD_POWER && phase_from_name(node->text, &phase) &&
        !(traits->desired_phases & PHASE_BIT(phase)))
        mistakes_add(reader->mistakes, node_position(node),
                     "\"power\" is \"%s\", which this cloud does not have; choose another", node->text);
}

static void check_refusals(struct instance_reader *reader, const struct traits *traits, enum field field,
                           struct value value, const struct node *node)
{
    for (unsigned i = 0; i < traits->refusal_count; i++) {
        const struct refusal *refusal = &traits->refusals[i];
        for (unsigned row = 0; refusal->field == field && row < value.rows; row++)
            if (refusal_hits_row(refusal, value, row))
                mistakes_add(reader->mistakes, node_position(node),
                             "\"%s\": %.80s is not possible on this cloud; %s", field_row(field)->name,
                             value_cell(value, row, refusal->column), refusal->why);
    }
}

static void check_required(struct instance_reader *reader, const struct document *document,
                           const struct node *spec, const struct traits *traits, enum field field)
{
    const struct pair *at = node_pair(document->root, "spec");
    if (!(traits->required & FIELD_BIT(field)) || node_child(spec, "adopt")) return;
    mistakes_add(
        reader->mistakes, node_position(&at->key),
        "missing key \"%s\"; this cloud builds no server without it: write it here or in the Class, or "
        "adopt a server that exists",
        field_row(field)->name);
}

void values_build(struct instance_reader *reader, const struct document *document, const struct node *spec,
                  const struct traits *traits, struct spec *out)
{
    static const struct node running = {.text = "running", .kind = NODE_TEXT};
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        enum field field = (enum field)i;
        const struct pair *pair = node_pair(spec, field_row(field)->name);
        const struct node *node = pair ? &pair->value : NULL;
        if (pair && traits) check_traits(reader, traits, field, &pair->key, node);
        if (!node && field == FIELD_NAME) {
            node = document->name_node;
            if (traits && text_characters(node->text) > traits->name_max && traits->name_max)
                check_traits(reader, traits, field, node, node);
        }
        if (!node && field == FIELD_POWER) node = &running;
        if (!node && traits) check_required(reader, document, spec, traits, field);
        if (!node) continue;
        if (field == FIELD_METADATA) check_metadata(reader, node, traits);
        struct value value = value_of(reader, field, node, traits);
        if (traits) check_refusals(reader, traits, field, value, pair ? &pair->key : node);
        out->values[i] = intern_value(reader->texts, value);
        out->managed |= FIELD_BIT(i);
    }
}
