#include "providers/keystone/keystone.h"

#include <string.h>

#include "providers/request.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

/* Service types in order of preference. */
static const struct {
    enum service service;
    const char *type;
} TYPES[] = {
    {SERVICE_COMPUTE, "compute"}, {SERVICE_IMAGE, "image"},          {SERVICE_NETWORK, "network"},
    {SERVICE_VOLUME, "volumev3"}, {SERVICE_VOLUME, "block-storage"}, {SERVICE_VOLUME, "volumev2"},
    {SERVICE_VOLUME, "volume"},   {SERVICE_IDENTITY, "identity"},
};

struct endpoint *endpoints_read(const cJSON *catalogue, unsigned urls_per_item, endpoint_add *add,
                                struct arena *arena, uint32_t *out_count)
{
    size_t room = 1;
    for (const cJSON *service = json_first(catalogue); service; service = service->next)
        room += (size_t)cJSON_GetArraySize(json_member(service, "endpoints")) * urls_per_item;
    struct endpoint *rows = ARENA_ROW(arena, struct endpoint, room);
    *out_count = 0;
    for (const cJSON *service = json_first(catalogue); service; service = service->next) {
        const char *type = json_get_text(service, "type", arena);
        const cJSON *item = type ? json_first(json_member(service, "endpoints")) : NULL;
        for (; item; item = item->next)
            add(type, item, arena, rows, out_count);
    }
    return rows;
}

static const char *wanted_interface(const struct cloud_config *cloud)
{
    return cloud->interface ? cloud->interface : "public";
}

/* "publicURL" is how v2.0 files spell "public". */
static bool is_interface(const char *wanted, const char *interface)
{
    size_t length = strlen(interface);
    return strncasecmp(wanted, interface, length) == 0 &&
           (!wanted[length] || text_equal_nocase(wanted + length, "URL"));
}

static bool fits(const struct cloud_config *cloud, const struct endpoint *row, const char *type,
                 const char *region)
{
    if (!text_equal(row->type, type) || !is_interface(wanted_interface(cloud), row->interface)) return false;
    return !region || !*row->region || text_equal_nocase(row->region, region);
}

static const char *find(const struct cloud_config *cloud, const struct endpoint *rows, uint32_t count,
                        enum service service, const char *region)
{
    for (size_t t = 0; t < sizeof TYPES / sizeof TYPES[0]; t++) {
        if (TYPES[t].service != service) continue;
        for (uint32_t i = 0; i < count; i++)
            if (fits(cloud, &rows[i], TYPES[t].type, region)) return rows[i].url;
    }
    return NULL;
}

enum { REGIONS_TEXT_MAX = 200 };

/* "KR1, KR2" of compute; returns how many. */
static unsigned list_regions(const struct cloud_config *cloud, const struct endpoint *rows, uint32_t count,
                             struct text *out)
{
    unsigned found = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool seen = !fits(cloud, &rows[i], "compute", NULL) || !*rows[i].region;
        for (uint32_t j = 0; j < i && !seen; j++)
            seen =
                fits(cloud, &rows[j], "compute", NULL) && text_equal_nocase(rows[j].region, rows[i].region);
        if (seen) continue;
        text_addf(out, "%s%s", found++ ? ", " : "", rows[i].region);
    }
    return found;
}

static bool no_compute(const struct cloud_config *cloud, const char *regions, unsigned region_count,
                       struct error *err)
{
    if (region_count == 0)
        return error_set(
            err, ERROR_INPUT,
            "cloud %s: the service catalogue has no compute endpoint for interface \"%s\"; check "
            "spec.interface and the project, or give spec.endpoint",
            cloud->name, wanted_interface(cloud));
    if (!cloud->region)
        return error_set(err, ERROR_INPUT,
                         "cloud %s: the service catalogue has several regions; give spec.region, one of %s",
                         cloud->name, regions);
    return error_set(err, ERROR_INPUT,
                     "cloud %s: region \"%s\" is not in the service catalogue; there are: %s", cloud->name,
                     cloud->region, regions);
}

static const char *overridden(const struct cloud_config *cloud, enum service service, const char *project,
                              const struct keystone_hints *hints, struct arena *arena)
{
    const char *url = cloud->endpoints[service];
    if (!url || service != SERVICE_COMPUTE || !url_is_host_only(url)) return arena_text(arena, url);
    AUTO_TEXT struct text whole;
    text_init(&whole, URL_MAX);
    url_start(&whole, url, hints->compute_path(project, arena));
    return arena_text(arena, whole.bytes);
}

/* A token goes there: what the catalogue says must be as safe as what the operator writes. */
static bool check_safe(const struct cloud_config *cloud, const char *const endpoints[SERVICE_COUNT],
                       struct error *err)
{
    for (int i = 0; i < SERVICE_COUNT; i++)
        if (endpoints[i] && i != SERVICE_IDENTITY &&
            !url_may_carry_secrets(endpoints[i], cloud->allow_plain_http))
            return error_set(
                err, ERROR_INPUT,
                "cloud %s: the %s endpoint %.200s is plain http to another host; the token would be "
                "readable on the way: give an https one in spec.endpoints, or set allowPlainHttp: true",
                cloud->name, service_name((enum service)i), endpoints[i]);
    return true;
}

bool endpoints_choose(const struct cloud_config *cloud, const struct endpoint *rows, uint32_t count,
                      const char *project, const struct keystone_hints *hints, struct arena *arena,
                      struct access *out, struct error *err)
{
    AUTO_TEXT struct text regions;
    text_init(&regions, REGIONS_TEXT_MAX);
    unsigned region_count = list_regions(cloud, rows, count, &regions);
    bool ambiguous = !cloud->region && region_count > 1;
    for (int i = 0; i < SERVICE_COUNT; i++) {
        const char **endpoint = &out->endpoints[i];
        *endpoint = overridden(cloud, (enum service)i, project, hints, arena);
        if (!*endpoint && !ambiguous) *endpoint = find(cloud, rows, count, (enum service)i, cloud->region);
    }
    if (cloud->region || region_count == 1)
        out->place = arena_text(arena, cloud->region ? cloud->region : regions.bytes);
    if (!out->endpoints[SERVICE_COMPUTE]) return no_compute(cloud, regions.bytes, region_count, err);
    return check_safe(cloud, out->endpoints, err);
}
