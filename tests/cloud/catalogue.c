#include "catalogue.h"

#include "dialect.h"
#include "dice.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct default_row {
    enum cloud_item_kind kind;
    const char *id; /* NULL: derived from kind and name */
    const char *name;
    const char *text;
    int64_t a, b, c;
    const char *distro;
    const char *version;
};

#define DEFAULT_NETWORK "5be5d2c7-3b3e-4a0e-9a86-5d1b1d3f7c01"
#define OTHER_NETWORK   "0f6a2d8e-7c54-4c7a-8f0f-2f1a7f2c9b02"

static const struct default_row default_rows[] = {
    {CLOUD_FLAVOR, NULL, "m2.c1m2", "", 1, 2048, 0, NULL, NULL},
    {CLOUD_FLAVOR, NULL, "m2.c2m4", "", 2, 4096, 0, NULL, NULL},
    {CLOUD_FLAVOR, NULL, "m2.c4m8", "", 4, 8192, 0, NULL, NULL},
    {CLOUD_FLAVOR, NULL, "m2.c8m16", "", 8, 16384, 0, NULL, NULL},
    {CLOUD_FLAVOR, NULL, "r2.c4m16", "", 4, 16384, 0, NULL, NULL},
    {CLOUD_FLAVOR, NULL, "c2.c4m4", "", 4, 4096, 0, NULL, NULL},
    {CLOUD_FLAVOR, NULL, "u2.c1m2", "", 1, 2048, 20, NULL, NULL},
    {CLOUD_FLAVOR, NULL, "u2.c2m4", "", 2, 4096, 100, NULL, NULL},
    {CLOUD_FLAVOR, NULL, "x1.impossible", "", 5000, 1024, 0, NULL, NULL},
    {CLOUD_IMAGE_ITEM, NULL, "Rocky Linux 9", "linux", 20, 1024, 0, "rocky", "9"},
    {CLOUD_IMAGE_ITEM, NULL, "Rocky Linux 9.4", "linux", 20, 1024, 0, "rocky", "9.4"},
    {CLOUD_IMAGE_ITEM, NULL, "Ubuntu 22.04", "linux", 20, 1024, 0, "ubuntu", "22.04"},
    {CLOUD_IMAGE_ITEM, NULL, "Windows 2022", "windows", 50, 2048, 0, "windows", "2022"},
    {CLOUD_NETWORK_ITEM, DEFAULT_NETWORK, "Default Network", "", 0, 0, 0, NULL, NULL},
    {CLOUD_SUBNET, "b83863ff-0355-4c73-8c10-0bdf66a69aab", "Default Subnet", DEFAULT_NETWORK, 10, 20, 0, NULL,
     NULL},
    {CLOUD_GROUP, NULL, "default", "", 0, 0, 0, "Default security group", NULL},
    {CLOUD_GROUP, NULL, "web", "", 0, 0, 0, "web servers", NULL},
    {CLOUD_GROUP, NULL, "db", "", 0, 0, 0, "data bases", NULL},
    {CLOUD_KEYPAIR, NULL, "ops",
     "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNpbXVsYXRlZC1rZXktb2Ytb3BzLTAwMDAwMDAwMDAw ops", 0, 0, 0, NULL,
     NULL},
    {CLOUD_ZONE, NULL, "kr-pub-a", "", 0, 0, 0, NULL, NULL},
    {CLOUD_ZONE, NULL, "kr-pub-b", "", 0, 0, 0, NULL, NULL},
    {CLOUD_PUBLIC_IP, NULL, "203.0.113.10", "", 0, 0, 0, NULL, NULL},
    {CLOUD_PUBLIC_IP, NULL, "203.0.113.11", "", 0, 0, 0, NULL, NULL},
    {CLOUD_VOLUME_ITEM, "a07f71dc-8151-4e7d-a0cc-cd24a3f11113", "data-1", "General SSD", 100, 0, 0, NULL,
     NULL},
    {CLOUD_VOLUME_ITEM, "b5a7c2a4-61d0-4f0c-9f3e-6f0b8d1c2e24", "data-2", "General SSD", 200, 0, 0, NULL,
     NULL},
    {CLOUD_VOLUME_ITEM, "c9e4d6b8-2f7a-4b1d-8a5c-7e1f9a3b4c35", "data-3", "General HDD", 500, 0, 0, NULL,
     NULL},
    {CLOUD_VOLUME_ITEM, "d1f3e5a7-9b2c-4d6e-8f01-23456789ab46", "data-4", "General HDD", 10, 0, 0, NULL,
     NULL},
};

static const struct default_row several_rows[] = {
    {CLOUD_NETWORK_ITEM, OTHER_NETWORK, "Private Network", "", 0, 0, 0, NULL, NULL},
    {CLOUD_SUBNET, "e2a4c6d8-1b3d-4f5a-9c7e-0123456789a1", "Private Subnet", OTHER_NETWORK, 10, 30, 0, NULL,
     NULL},
};

void catalogue_release(struct catalogue *catalogue)
{
    for (unsigned kind = 0; kind < CLOUD_ITEM_KIND_COUNT; kind++) {
        for (size_t i = 0; i < catalogue->lists[kind].count; i++) {
            free(catalogue->lists[kind].items[i]->key);
            free(catalogue->lists[kind].items[i]);
        }
        free(catalogue->lists[kind].items);
    }
    *catalogue = (struct catalogue){0};
}

struct item *catalogue_add(struct catalogue *catalogue, struct dice *dice, const struct cloud_item *item,
                           int64_t now_ms)
{
    struct item_list *list = &catalogue->lists[item->kind];
    struct item *made;

    if (list->count >= CATALOGUE_ITEMS_MAX) return NULL;
    made = memory_new(1, sizeof *made);
    made->item = *item;
    made->created_ms = now_ms;
    made->updated_ms = now_ms;
    if (!made->item.id[0]) dice_uuid(dice, made->item.id);
    MEMORY_GROW(list->items, list->count, list->capacity);
    list->items[list->count++] = made;
    return made;
}

static void catalogue_row(struct catalogue *catalogue, const struct default_row *row,
                          enum cloud_dialect dialect, int64_t now_ms)
{
    struct cloud_item item = {.kind = row->kind, .a = row->a, .b = row->b, .c = row->c};
    struct item *made;
    struct dice dice;

    memory_put(item.id, sizeof item.id, row->id);
    memory_put(item.name, sizeof item.name, row->name);
    memory_put(item.text, sizeof item.text, row->text);
    /* NHN shows no disk for flavors that boot from volumes; vanilla flavors have one. */
    if (row->kind == CLOUD_FLAVOR && !item.c && dialect == CLOUD_OPENSTACK) item.c = 20;
    dice_init(&dice, dice_hash(row->name), row->kind);
    made = catalogue_add(catalogue, &dice, &item, now_ms);
    memory_put(made->distro, sizeof made->distro, row->distro);
    memory_put(made->version, sizeof made->version, row->version);
}

static void catalogue_zones(struct catalogue *catalogue, enum cloud_dialect dialect, int64_t now_ms)
{
    const char *const *zones = dialect_of(dialect)->zones;

    for (; *zones; zones++) {
        struct default_row row = {.kind = CLOUD_ZONE, .name = *zones, .text = ""};

        catalogue_row(catalogue, &row, dialect, now_ms);
    }
}

void catalogue_defaults(struct catalogue *catalogue, enum cloud_dialect dialect, bool several_networks,
                        int64_t now_ms)
{
    bool own_zones = dialect_of(dialect)->zones;

    for (size_t i = 0; i < sizeof default_rows / sizeof *default_rows; i++) {
        if (default_rows[i].kind != CLOUD_ZONE || !own_zones)
            catalogue_row(catalogue, &default_rows[i], dialect, now_ms);
    }
    if (own_zones) catalogue_zones(catalogue, dialect, now_ms);
    for (size_t i = 0; several_networks && i < sizeof several_rows / sizeof *several_rows; i++)
        catalogue_row(catalogue, &several_rows[i], dialect, now_ms);
}

struct item *catalogue_by_id(const struct catalogue *catalogue, enum cloud_item_kind kind, const char *id)
{
    const struct item_list *list = &catalogue->lists[kind];

    for (size_t i = list->count; i-- > 0;) {
        if (!list->items[i]->gone && strcasecmp(list->items[i]->item.id, id) == 0) return list->items[i];
    }
    return NULL;
}

struct item *catalogue_find(const struct catalogue *catalogue, enum cloud_item_kind kind,
                            const char *name_or_id)
{
    const struct item_list *list = &catalogue->lists[kind];
    struct item *found = catalogue_by_id(catalogue, kind, name_or_id);

    for (size_t i = 0; !found && i < list->count; i++) {
        if (!list->items[i]->gone && strcmp(list->items[i]->item.name, name_or_id) == 0)
            found = list->items[i];
    }
    return found;
}

size_t catalogue_named(const struct catalogue *catalogue, enum cloud_item_kind kind, const char *name)
{
    const struct item_list *list = &catalogue->lists[kind];
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += !list->items[i]->gone && strcmp(list->items[i]->item.name, name) == 0;
    return count;
}

struct item *catalogue_next(const struct catalogue *catalogue, enum cloud_item_kind kind, size_t *position)
{
    const struct item_list *list = &catalogue->lists[kind];

    while (*position < list->count) {
        struct item *item = list->items[(*position)++];

        if (!item->gone) return item;
    }
    return NULL;
}

bool catalogue_is_windows(const struct item *image)
{
    return image && strcasecmp(image->item.text, "windows") == 0;
}
