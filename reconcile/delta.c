#include "reconcile/delta.h"

#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/catalogue.h"
#include "reconcile/cloud.h"

struct size {
    uint32_t vcpus, ram_mib;
};

struct sized {
    const struct cloud *cloud;
    char *flavor;
    struct size size;
};

static bool is_told(struct size size)
{
    return size.vcpus > 0 && size.ram_mib > 0;
}

/* By id, else by name: what a manifest wants may never have been resolved. */
static struct size listed_size(const struct cloud *cloud, const char *flavor)
{
    const struct catalogue *catalogue = &cloud->catalogues[CATALOGUE_FLAVOR];
    const struct catalogue_entry *entry = catalogue_entry(cloud, CATALOGUE_FLAVOR, flavor);
    for (uint32_t i = 0; !entry && i < catalogue->count; i++)
        if (strcmp(catalogue->entries[i].name, flavor) == 0) entry = &catalogue->entries[i];
    return entry ? (struct size){entry->vcpus, entry->ram_mib} : (struct size){0};
}

static const char *seen_flavor(const struct server *server)
{
    return server->facts.seen & FIELD_BIT(FIELD_FLAVOR) ? value_scalar(server->facts.values[FIELD_FLAVOR])
                                                        : "";
}

static struct size size_of_another(const struct cloud *cloud, const char *flavor)
{
    for (uint32_t i = 0; i < cloud->servers.count; i++) {
        const struct server *server = cloud->servers.by_id[i];
        struct size size = {server->facts.vcpus, server->facts.ram_mib};
        if (is_told(size) && strcmp(seen_flavor(server), flavor) == 0) return size;
    }
    return (struct size){0};
}

/* Looked up once: behind it are all servers of the cloud. */
static struct size size_of(struct delta *delta, const struct cloud *cloud, const char *flavor)
{
    for (uint32_t i = 0; i < delta->sized_count; i++)
        if (delta->sized[i].cloud == cloud && strcmp(delta->sized[i].flavor, flavor) == 0)
            return delta->sized[i].size;
    struct size size = listed_size(cloud, flavor);
    if (!is_told(size)) size = size_of_another(cloud, flavor);
    ROW_RESERVE(delta->sized, delta->sized_count, delta->sized_room);
    delta->sized[delta->sized_count++] = (struct sized){cloud, memory_copy_text(flavor), size};
    return size;
}

static void add_flavor(struct delta *delta, const struct cloud *cloud, const char *flavor, int sign)
{
    struct size size = size_of(delta, cloud, flavor);
    if (!is_told(size)) {
        bool told = flavor[0] != '\0';
        text_set_add(&delta->unsized, told ? catalogue_name(cloud, CATALOGUE_FLAVOR, flavor) : "(not told)");
        return;
    }
    delta->vcpus += sign * (int64_t)size.vcpus;
    delta->ram_mib += sign * (int64_t)size.ram_mib;
}

static const char *wanted_flavor(const struct object *object)
{
    const struct resolved *resolved = &object->resolved[FIELD_FLAVOR];
    const char *text = object->spec ? value_scalar(object->spec->values[FIELD_FLAVOR]) : NULL;
    if (!text) return "";
    return resolved->text && strcmp(resolved->text, text) == 0 ? resolved->id : text;
}

void delta_count(struct delta *delta, const struct object *object, const struct step_call *call,
                 const struct server *server)
{
    if (call->kind == CALL_CREATE) {
        delta->instances++;
        add_flavor(delta, object->cloud, wanted_flavor(object), 1);
    } else if (call->kind == CALL_DELETE) {
        delta->instances--;
        add_flavor(delta, object->cloud, server ? seen_flavor(server) : "", -1);
    } else if (call->kind == CALL_RESIZE) {
        add_flavor(delta, object->cloud, server ? seen_flavor(server) : "", -1);
        add_flavor(delta, object->cloud, call->argument, 1);
    }
}

void delta_json(const struct delta *delta, struct text *out)
{
    text_addf(out, "\"delta\":{\"instances\":%lld,\"vcpus\":%lld,\"ramMiB\":%lld,\"unknownFlavors\":[",
              (long long)delta->instances, (long long)delta->vcpus, (long long)delta->ram_mib);
    for (uint32_t i = 0; i < delta->unsized.count; i++) {
        if (i > 0) text_add_char(out, ',');
        text_add_json(out, delta->unsized.items[i]);
    }
    text_add(out, "]}");
}

void delta_release(struct delta *delta)
{
    text_set_release(&delta->unsized);
    for (uint32_t i = 0; i < delta->sized_count; i++)
        memory_free(delta->sized[i].flavor);
    memory_free(delta->sized);
}
