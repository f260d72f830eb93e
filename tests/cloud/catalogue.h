/* Flavors, images, networks, groups, key pairs, zones, volumes. Items stay in memory when removed, so
 * pointers to them hold. */
#ifndef SETPOINT_TESTS_CLOUD_CATALOGUE_H
#define SETPOINT_TESTS_CLOUD_CATALOGUE_H

#include "cloud.h"

struct dice;
struct server;

enum {
    CATALOGUE_ITEMS_MAX = 1000000, /* of one kind; root volumes of a large fleet count */
    HOST_VCPUS = 256,              /* no host has more: NoValidHost */
};

struct item {
    struct cloud_item item;
    bool gone;
    int64_t created_ms;
    int64_t updated_ms;
    char distro[32];       /* images: os_distro; groups: description; volumes: device */
    char version[32];      /* images: os_version */
    struct server *holder; /* volumes: whom they are attached to */
    bool root;             /* volumes: a root disk */
    char *key;             /* key pairs: the public key, own; item.text may be cut */
    bool pending;          /* images being saved, volumes on their way */
    bool failed;           /* images: killed, once they are not pending any more */
};

struct item_list {
    struct item **items;
    size_t count;
    size_t capacity;
};

struct catalogue {
    struct item_list lists[CLOUD_ITEM_KIND_COUNT];
};

void catalogue_release(struct catalogue *catalogue);
/* The data that a new cloud has; ids are the same for every seed. */
void catalogue_defaults(struct catalogue *catalogue, enum cloud_dialect dialect, bool several_networks,
                        int64_t now_ms);
/* NULL when full. An empty id is drawn. */
struct item *catalogue_add(struct catalogue *catalogue, struct dice *dice, const struct cloud_item *item,
                           int64_t now_ms);
/* By id, else by name; NULL if there is none (or it is gone). */
struct item *catalogue_find(const struct catalogue *catalogue, enum cloud_item_kind kind,
                            const char *name_or_id);
struct item *catalogue_by_id(const struct catalogue *catalogue, enum cloud_item_kind kind, const char *id);
/* How many carry this name. */
size_t catalogue_named(const struct catalogue *catalogue, enum cloud_item_kind kind, const char *name);
/* The first one that is not gone at or after *position, which is put behind it; NULL at the end. */
struct item *catalogue_next(const struct catalogue *catalogue, enum cloud_item_kind kind, size_t *position);
bool catalogue_is_windows(const struct item *image);

#endif
