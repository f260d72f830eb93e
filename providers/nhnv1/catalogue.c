#include "providers/nhnv1/nhnv1.h"

#include <stdio.h>

#include "providers/offer.h"
#include "providers/request.h"

struct catalogue_row {
    enum catalogue_kind kind;
    const char *path;
    const char *list; /* key of the row in the reply */
    const char *id, *name;
};

/* Instance v1 has flavors, zones and key pairs; Image v1 and VPC v1 the others, below the same base. */
static const struct catalogue_row ROWS[] = {
    {CATALOGUE_FLAVOR, "/flavors", "flavors", "id", "name"},
    {CATALOGUE_IMAGE, "/images", "images", "id", "name"},
    {CATALOGUE_NETWORK, "/networks", "networks", "id", "name"},
    {CATALOGUE_SUBNET, "/subnets", "subnets", "id", "name"},
    {CATALOGUE_SECURITY_GROUP, "/security-groups", "securityGroups", "id", "name"},
    {CATALOGUE_ZONE, "/availability-zones", "zones", "zoneName", "zoneName"},
    {CATALOGUE_KEYPAIR, "/keypairs", "keypairs", "name", "name"},
};

enum { IMAGE_PAGE = 1000 };

static const struct catalogue_row *row_of(enum catalogue_kind kind)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (ROWS[i].kind == kind) return &ROWS[i];
    return NULL;
}

/* Only images come in pages. */
static void add_page(const struct call *call, struct text *url)
{
    char limit[16];
    if (call->catalogue != CATALOGUE_IMAGE) return;
    snprintf(limit, sizeof limit, "%d", IMAGE_PAGE);
    url_query(url, "limit", limit);
    if (call->page) url_query(url, "marker", call->page);
}

bool nhnv1_catalogue_encode(const struct cloud_config *cloud, const struct access *access,
                            const struct call *call, struct text *url, struct error *err)
{
    const struct catalogue_row *row = row_of(call->catalogue);
    if (!row || call->variant > 0)
        return error_set(err, ERROR_INPUT,
                         "cloud %s has no further list of its %ss; give ids instead of names", cloud->name,
                         catalogue_kind_name(call->catalogue));
    url_start(url, access->endpoints[SERVICE_COMPUTE], row->path);
    add_page(call, url);
    return true;
}

/* false: no id. */
static bool read_entry(const struct catalogue_row *row, const cJSON *item, struct arena *arena,
                       struct catalogue_entry *out)
{
    const char *id = json_get_text(item, row->id, arena);
    const char *name = json_get_text(item, row->name, arena);
    if (!id || !*id) return false;
    *out = (struct catalogue_entry){.id = id, .name = name ? name : "", .available = true};
    if (row->kind == CATALOGUE_FLAVOR) offer_read_flavor(item, out);
    if (row->kind == CATALOGUE_IMAGE) offer_read_image(item, arena, out);
    if (row->kind == CATALOGUE_KEYPAIR) {
        out->fingerprint = json_get_text(item, "fingerprint", arena);
        out->public_key = json_get_text(item, "publicKey", arena);
    }
    const cJSON *zone_state = json_member(item, "zoneState");
    if (zone_state) out->available = json_get_truth(zone_state, "available");
    return true;
}

/* Images: whether the page begins behind the marker or with it is not known, nor how many are sent when fewer
   than all are. So pages are asked for until one ends where the one before did; what came already is left
   out. */
static bool is_repeated(const struct call *call, const cJSON *list, const struct catalogue_row *row,
                        struct arena *arena)
{
    const cJSON *last = NULL;
    for (const cJSON *item = json_first(list); item; item = item->next)
        last = item;
    return last && text_equal(json_get_text(last, row->id, arena), call->page);
}

static bool read_rows(const struct call *call, const struct catalogue_row *row, const cJSON *list,
                      struct arena *arena, struct reply *out)
{
    struct catalogue_entry *entries = ARENA_ROW(arena, struct catalogue_entry, cJSON_GetArraySize(list) + 1);
    const char *last_id = NULL;
    for (const cJSON *item = json_first(list); item; item = item->next) {
        struct catalogue_entry *entry = &entries[out->entry_count];
        if (!read_entry(row, item, arena, entry)) return false;
        last_id = entry->id;
        if (call->page && text_equal(entry->id, call->page)) continue;
        out->entry_count++;
    }
    out->entries = entries;
    if (row->kind == CATALOGUE_IMAGE) out->next_page = last_id;
    return true;
}

bool nhnv1_catalogue_decode(const struct call *call, const struct http_response *response,
                            struct arena *arena, struct reply *out)
{
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const struct catalogue_row *row = row_of(call->catalogue);
    const cJSON *list = row ? json_member(tree, row->list) : NULL;
    if (!cJSON_IsArray(list)) return false;
    if (call->page && is_repeated(call, list, row, arena)) return true;
    return read_rows(call, row, list, arena, out);
}
