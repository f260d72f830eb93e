#include "providers/kakaocloud/kakaocloud.h"

#include "providers/offer.h"
#include "providers/request.h"

struct catalogue_row {
    enum catalogue_kind kind;
    enum service service;
    const char *path;
    const char *list; /* key of the row in the reply */
    const char *id;   /* key pairs are known by name */
    const char *name;
};

/* Zones are three fixed words, and networks are given by their subnets: neither is listed. */
static const struct catalogue_row ROWS[] = {
    {CATALOGUE_FLAVOR, SERVICE_COMPUTE, "/flavors", "flavors", "id", "name"},
    {CATALOGUE_IMAGE, SERVICE_IMAGE, "/images", "images", "id", "name"},
    {CATALOGUE_SUBNET, SERVICE_VPC, "/subnets", "subnets", "id", "name"},
    {CATALOGUE_SECURITY_GROUP, SERVICE_NETWORK, "/security-groups", "security_groups", "id", "name"},
    {CATALOGUE_KEYPAIR, SERVICE_COMPUTE, "/keypairs", "keypairs", "name", "name"},
    {CATALOGUE_FLOATING_IP, SERVICE_NETWORK, "/public-ips", "public_ips", "id", "public_ip"},
};

enum { NUMBER_MAX = INT32_MAX };

static const struct catalogue_row *row_of(enum catalogue_kind kind)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (ROWS[i].kind == kind) return &ROWS[i];
    return NULL;
}

bool kakao_catalogue_encode(const struct cloud_config *cloud, const struct access *access,
                            const struct call *call, struct text *url, struct error *err)
{
    const struct catalogue_row *row = call->variant == 0 ? row_of(call->catalogue) : NULL;
    const char *base = row ? access->endpoints[row->service] : NULL;
    if (!base)
        return error_set(err, ERROR_INPUT, "cloud %s has no %s list of %ss; give ids instead of names",
                         cloud->name, call->variant ? "other" : "", catalogue_kind_name(call->catalogue));
    url_start(url, base, row->path);
    kakao_page_query(url, call->page);
    return true;
}

/* {"related_resource": {"id": …, "device_id": …}}: the interface and the instance behind it; null, absent or
   empty when nobody has it. Of one that is in use by something that is not told only that is known. */
static void read_holder(const cJSON *item, struct arena *arena, struct catalogue_entry *out)
{
    const cJSON *related = json_member(item, "related_resource");
    const char *status = json_get_text(item, "status", arena);
    out->holder = json_get_text(related, "device_id", arena);
    out->port = json_get_text(related, "id", arena);
    bool told = (out->holder && *out->holder) || (out->port && *out->port);
    bool used = status && !text_equal_nocase(status, "available");
    if (used && !told) out->port = "another resource";
}

/* false: no id. */
static bool read_entry(const struct catalogue_row *row, const cJSON *item, struct arena *arena,
                       struct catalogue_entry *out)
{
    const char *id = json_get_text(item, row->id, arena), *name = json_get_text(item, row->name, arena);
    if (!id || !*id) return false;
    *out = (struct catalogue_entry){.id = id, .name = name ? name : "", .available = true};
    if (row->kind == CATALOGUE_FLAVOR) offer_read_flavor(item, out);
    if (row->kind == CATALOGUE_IMAGE) offer_read_image(item, arena, out);
    if (row->kind == CATALOGUE_FLOATING_IP) read_holder(item, arena, out);
    if (row->kind == CATALOGUE_KEYPAIR) {
        out->fingerprint = json_get_text(item, "fingerprint", arena);
        out->public_key = json_get_text(item, "public_key", arena);
    }
    return true;
}

static bool read_rows(const struct catalogue_row *row, const cJSON *list, struct arena *arena,
                      struct reply *out)
{
    struct catalogue_entry *entries = ARENA_ROW(arena, struct catalogue_entry, cJSON_GetArraySize(list) + 1);
    for (const cJSON *item = json_first(list); item; item = item->next) {
        if (!read_entry(row, item, arena, &entries[out->entry_count])) return false;
        out->entry_count++;
    }
    out->entries = entries;
    return true;
}

bool kakao_catalogue_decode(const struct call *call, const struct http_response *response,
                            struct arena *arena, struct reply *out)
{
    AUTO_JSON cJSON *tree = json_parse(response->body, response->body_size);
    const struct catalogue_row *row = row_of(call->catalogue);
    const cJSON *list = row ? json_member(tree, row->list) : NULL;
    if (!cJSON_IsArray(list) || !read_rows(row, list, arena, out)) return false;
    const cJSON *told = json_member(tree, "pagination");
    struct kakao_page page = {.total = json_get_number(told, "total", NUMBER_MAX, -1),
                              .offset = json_get_number(told, "offset", NUMBER_MAX, -1),
                              .limit = json_get_number(told, "limit", NUMBER_MAX, -1)};
    return kakao_page_next(call, &page, (uint32_t)cJSON_GetArraySize(list), arena, &out->next_page);
}
