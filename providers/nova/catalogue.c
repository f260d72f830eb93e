#include "providers/nova/nova.h"

#include <stdio.h>

#include "providers/offer.h"
#include "providers/page.h"
#include "providers/request.h"

/* Whose networks a row lists. */
enum networking { EVERYWHERE, VPC_ONLY };

struct catalogue_row {
    enum catalogue_kind kind;
    enum service service;
    enum networking networking;
    const char *version; /* put behind an endpoint without one; NULL = the endpoint has it */
    const char *path;
    const char *list;    /* key of the row in the reply */
    const char *wrapper; /* each item is {"wrapper": {…}}; NULL */
    const char *id, *name;
    bool paged; /* takes limit and marker */
};

/* Several rows of one kind are tried in this order (call.variant) where the one before is not served: images
   and groups have a proxy in Nova's base version (gone from 2.36 on, which is never asked for here); NHN's
   VPC guide lists networks of its own, but whether Neutron's are served beside them is not known. */
static const struct catalogue_row ROWS[] = {
    {CATALOGUE_FLAVOR, SERVICE_COMPUTE, EVERYWHERE, NULL, "/flavors/detail", "flavors", NULL, "id", "name",
     true},
    {CATALOGUE_IMAGE, SERVICE_IMAGE, EVERYWHERE, "v2", "/images", "images", NULL, "id", "name", true},
    {CATALOGUE_IMAGE, SERVICE_COMPUTE, EVERYWHERE, NULL, "/images/detail", "images", NULL, "id", "name",
     true},
    {CATALOGUE_NETWORK, SERVICE_NETWORK, VPC_ONLY, "v2.0", "/vpcs", "vpcs", NULL, "id", "name", false},
    {CATALOGUE_NETWORK, SERVICE_NETWORK, EVERYWHERE, "v2.0", "/networks", "networks", NULL, "id", "name",
     true},
    {CATALOGUE_SUBNET, SERVICE_NETWORK, VPC_ONLY, "v2.0", "/vpcsubnets", "vpcsubnets", NULL, "id", "name",
     false},
    {CATALOGUE_SUBNET, SERVICE_NETWORK, EVERYWHERE, "v2.0", "/subnets", "subnets", NULL, "id", "name", true},
    {CATALOGUE_SECURITY_GROUP, SERVICE_NETWORK, EVERYWHERE, "v2.0", "/security-groups", "security_groups",
     NULL, "id", "name", true},
    {CATALOGUE_SECURITY_GROUP, SERVICE_COMPUTE, EVERYWHERE, NULL, "/os-security-groups", "security_groups",
     NULL, "id", "name", true},
    {CATALOGUE_ZONE, SERVICE_COMPUTE, EVERYWHERE, NULL, "/os-availability-zone", "availabilityZoneInfo", NULL,
     "zoneName", "zoneName", false},
    {CATALOGUE_KEYPAIR, SERVICE_COMPUTE, EVERYWHERE, NULL, "/os-keypairs", "keypairs", "keypair", "name",
     "name", false},
    {CATALOGUE_FLOATING_IP, SERVICE_NETWORK, EVERYWHERE, "v2.0", "/floatingips", "floatingips", NULL, "id",
     "floating_ip_address", true},
    {CATALOGUE_PORT, SERVICE_NETWORK, EVERYWHERE, "v2.0", "/ports", "ports", NULL, "id", "device_id", true},
};

enum { ROW_COUNT = sizeof ROWS / sizeof ROWS[0] };

/* NULL: this cloud has no (further) endpoint that lists them. */
static const struct catalogue_row *row_to_ask(const struct nova_dialect *dialect, const struct access *access,
                                              enum catalogue_kind kind, unsigned variant)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct catalogue_row *row = &ROWS[i];
        bool here = row->networking == EVERYWHERE || dialect->vpc_networks;
        if (row->kind == kind && here && access->endpoints[row->service] && variant-- == 0) return row;
    }
    return NULL;
}

/* By what the reply holds: the decoder does not know which row was asked. */
static const struct catalogue_row *row_of_reply(enum catalogue_kind kind, const cJSON *tree)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (ROWS[i].kind == kind && cJSON_IsArray(json_member(tree, ROWS[i].list))) return &ROWS[i];
    return NULL;
}

/* Everything that compute does not list itself is networking. */
static bool no_endpoint(const struct cloud_config *cloud, enum catalogue_kind kind, struct error *err)
{
    return error_set(
        err, ERROR_INPUT,
        "cloud %s has no endpoint that lists its %ss; give ids instead of names, or spec.endpoints.network",
        cloud->name, catalogue_kind_name(kind));
}

bool catalogue_encode(const struct nova_dialect *dialect, const struct cloud_config *cloud,
                      const struct access *access, const struct call *call, struct text *url,
                      struct error *err)
{
    const struct catalogue_row *row = row_to_ask(dialect, access, call->catalogue, call->variant);
    if (!row) return no_endpoint(cloud, call->catalogue, err);
    if (row->version)
        url_start_versioned(url, access->endpoints[row->service], row->version, row->path);
    else
        url_start(url, access->endpoints[row->service], row->path);
    if (!row->paged) return true;
    char limit[16];
    snprintf(limit, sizeof limit, "%u", cloud->traits->list_page);
    url_query(url, "limit", limit);
    if (call->page) url_query(url, "marker", call->page);
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
        out->public_key = json_get_text(item, "public_key", arena);
    }
    const cJSON *zone_state = json_member(item, "zoneState");
    if (zone_state) out->available = json_get_truth(zone_state, "available");
    if (row->kind != CATALOGUE_FLOATING_IP) return true;
    out->holder = json_get_text(json_member(item, "port_details"), "device_id", arena);
    out->port = json_get_text(item, "port_id", arena);
    return true;
}

/* The link to the next page; NULL: there is none. Compute and network: {"flavors_links": [{"rel": "next",
   "href"}]}; image: {"next": "/v2/images?marker=…"}. */
static const char *next_link(const cJSON *tree, const struct catalogue_row *row, struct arena *arena)
{
    const char *next = cJSON_GetStringValue(json_member(tree, "next"));
    const cJSON *link = json_first(json_member(tree, arena_printf(arena, "%s_links", row->list)));
    for (; link && !next; link = link->next)
        if (text_equal(json_get_text(link, "rel", arena), "next"))
            next = cJSON_GetStringValue(json_member(link, "href"));
    return next;
}

static bool read_rows(const struct catalogue_row *row, const cJSON *list, struct arena *arena,
                      struct reply *out, const char **out_last_id)
{
    struct catalogue_entry *entries = ARENA_ROW(arena, struct catalogue_entry, cJSON_GetArraySize(list) + 1);
    for (const cJSON *item = json_first(list); item; item = item->next) {
        const cJSON *inner = row->wrapper ? json_member(item, row->wrapper) : item;
        struct catalogue_entry *entry = &entries[out->entry_count];
        if (!read_entry(row, inner, arena, entry)) return false;
        *out_last_id = entry->id;
        out->entry_count++;
    }
    out->entries = entries;
    return true;
}

bool catalogue_decode(const struct call *call, const struct http_response *response, unsigned page_size,
                      struct arena *arena, struct reply *out)
{
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const struct catalogue_row *row = row_of_reply(call->catalogue, tree);
    if (!row) return false;
    const cJSON *list = json_member(tree, row->list);
    const char *last_id = NULL;
    if (!read_rows(row, list, arena, out, &last_id)) return false;
    const char *link = next_link(tree, row, arena);
    bool full = row->paged && (unsigned)cJSON_GetArraySize(list) >= page_size;
    out->next_page = link ? page_marker(link, arena) : full ? last_id : NULL;
    return !link || out->next_page;
}
