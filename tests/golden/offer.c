#include <string.h>

#include "reconcile/base/text.h"
#include "tests/golden/world.h"

/* What the clouds of a case offer. */

static const struct catalogue_entry *standing(enum catalogue_kind kind, uint32_t *out_count)
{
    static const struct catalogue_entry flavors[] = {
        {.id = "f-small", .name = "small", .vcpus = 2, .ram_mib = 2048, .available = true},
        {.id = "f-big", .name = "big", .vcpus = 4, .ram_mib = 8192, .available = true},
        {.id = "f-own", .name = "own", .vcpus = 2, .ram_mib = 4096, .disk_gib = 100, .available = true},
        {.id = "f-tiny", .name = "tiny", .vcpus = 1, .ram_mib = 512, .available = true},
        {.id = "f-twin-a", .name = "twin", .vcpus = 1, .ram_mib = 1024, .available = true},
        {.id = "f-twin-b", .name = "twin", .vcpus = 1, .ram_mib = 1024, .available = true},
        {.id = "f-untold", .name = "untold", .available = true},
    };
    static const struct catalogue_entry images[] = {
        {.id = "i-rocky", .name = "rocky", .available = true},
        {.id = "i-debian", .name = "debian", .available = true},
        {.id = "i-large", .name = "large", .min_disk_gib = 45, .min_ram_mib = 4096, .available = true},
        {.id = "i-windows", .name = "windows", .min_disk_gib = 50, .windows = true, .available = true},
    };
    static const struct catalogue_entry networks[] = {{.id = "n-net", .name = "net", .available = true}};
    static const struct catalogue_entry subnets[] = {{.id = "n-sub", .name = "sub", .available = true}};
    static const struct catalogue_entry groups[] = {
        {.id = "00000000-0000-4000-8000-0000000000db", .name = "db", .available = true},
        {.id = "00000000-0000-4000-8000-00000000001d", .name = "old", .available = true},
    };
    static const struct catalogue_entry zones[] = {
        {.id = "zone-a", .name = "zone-a", .available = true},
        {.id = "zone-b", .name = "zone-b", .available = true},
        {.id = "zone-shut", .name = "zone-shut", .available = false},
    };
#define ROW(entries)                                                                                         \
    {                                                                                                        \
        entries, sizeof entries / sizeof *entries                                                            \
    }
    static const struct {
        const struct catalogue_entry *entries;
        uint32_t count;
    } all[CATALOGUE_KIND_COUNT] = {
        [CATALOGUE_FLAVOR] = ROW(flavors),        [CATALOGUE_IMAGE] = ROW(images),
        [CATALOGUE_NETWORK] = ROW(networks),      [CATALOGUE_SUBNET] = ROW(subnets),
        [CATALOGUE_SECURITY_GROUP] = ROW(groups), [CATALOGUE_ZONE] = ROW(zones),
    };
    *out_count = all[kind].count;
    return all[kind].entries;
}

/* A cloud whose servers show their interface tells the server that has an address; another one only the port,
   port-ID of server ID. */
static void tell_holder(const struct world *world, const char *cloud, struct catalogue_entry *entry,
                        struct arena *arena)
{
    for (uint32_t i = 0; i < world->count; i++) {
        const struct row *row = &world->rows[i];
        const char *shown = row->cells[COLUMN_FLOATING];
        if (strcmp(row->cloud, cloud) != 0 || !text_equal(shown, entry->name)) continue;
        if (row->cells[COLUMN_NIC])
            entry->holder = row->id;
        else
            entry->port = arena_printf(arena, "port-%s", row->id);
    }
}

static const struct catalogue_entry *addresses(const struct world *world, const char *cloud,
                                               struct arena *arena, uint32_t *out_count)
{
    static const char *const all[][2] = {
        {"ip-1", "203.0.113.1"}, {"ip-2", "203.0.113.2"}, {"ip-3", "203.0.113.3"}};
    *out_count = sizeof all / sizeof *all;
    struct catalogue_entry *entries = ARENA_ROW(arena, struct catalogue_entry, *out_count);
    for (uint32_t i = 0; i < *out_count; i++) {
        entries[i] = (struct catalogue_entry){.id = all[i][0], .name = all[i][1], .available = true};
        tell_holder(world, cloud, &entries[i], arena);
    }
    return entries;
}

static const struct catalogue_entry *ports(const struct world *world, const char *cloud, struct arena *arena,
                                           uint32_t *out_count)
{
    struct catalogue_entry *entries = ARENA_ROW(arena, struct catalogue_entry, world->count + 1);
    *out_count = 0;
    for (uint32_t i = 0; i < world->count; i++) {
        const struct row *row = &world->rows[i];
        if (strcmp(row->cloud, cloud) != 0) continue;
        entries[(*out_count)++] = (struct catalogue_entry){
            .id = arena_printf(arena, "port-%s", row->id), .name = row->id, .available = true};
    }
    return entries;
}

/* The images made of servers behind those that there are. */
static const struct catalogue_entry *with_images(const struct world *world, const char *cloud,
                                                 const struct catalogue_entry *fixed, struct arena *arena,
                                                 uint32_t *out_count)
{
    struct catalogue_entry *all = ARENA_ROW(arena, struct catalogue_entry, *out_count + world->image_count);
    memcpy(all, fixed, *out_count * sizeof *all);
    for (uint32_t i = 0; i < world->image_count; i++) {
        const struct image *image = &world->images[i];
        if (strcmp(image->cloud, cloud) != 0) continue;
        const char *name = arena_text(arena, image->name);
        all[(*out_count)++] =
            (struct catalogue_entry){.id = name, .name = name, .available = true, .state = image->state};
    }
    return all;
}

const struct catalogue_entry *world_catalogue(const struct world *world, const struct call *call,
                                              struct arena *arena, uint32_t *out_count)
{
    if (call->catalogue == CATALOGUE_FLOATING_IP) return addresses(world, call->cloud, arena, out_count);
    if (call->catalogue == CATALOGUE_PORT) return ports(world, call->cloud, arena, out_count);
    const struct catalogue_entry *fixed = standing(call->catalogue, out_count);
    return call->catalogue == CATALOGUE_IMAGE ? with_images(world, call->cloud, fixed, arena, out_count)
                                              : fixed;
}
