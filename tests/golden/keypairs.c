#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"
#include "tests/golden/world.h"

void world_keypair(struct world *world, const char *cloud, const char *name, const char *shown)
{
    uint32_t place = 0;
    while (place < world->keypair_count && (strcmp(world->keypairs[place].cloud, cloud) != 0 ||
                                            strcmp(world->keypairs[place].name, name) != 0))
        place++;
    if (place < world->keypair_count) {
        memory_free(world->keypairs[place].shown);
        world->keypairs[place] = world->keypairs[--world->keypair_count];
    }
    if (!shown) return;
    ROW_RESERVE(world->keypairs, world->keypair_count, world->keypair_room);
    struct world_keypair *keypair = &world->keypairs[world->keypair_count++];
    *keypair = (struct world_keypair){.shown = memory_copy_text(shown)};
    text_copy(keypair->cloud, sizeof keypair->cloud, cloud);
    text_copy(keypair->name, sizeof keypair->name, name);
}

void world_release_keypairs(struct world *world)
{
    for (uint32_t i = 0; i < world->keypair_count; i++)
        memory_free(world->keypairs[i].shown);
    memory_free(world->keypairs);
}

const struct catalogue_entry *world_keypairs(const struct world *world, const char *cloud,
                                             struct arena *arena, uint32_t *out_count)
{
    struct catalogue_entry *entries = ARENA_ROW(arena, struct catalogue_entry, world->keypair_count + 1);
    *out_count = 0;
    for (uint32_t i = 0; i < world->keypair_count; i++) {
        const struct world_keypair *keypair = &world->keypairs[i];
        if (strcmp(keypair->cloud, cloud) != 0) continue;
        struct catalogue_entry *entry = &entries[(*out_count)++];
        *entry = (struct catalogue_entry){.available = true};
        entry->id = entry->name = arena_text(arena, keypair->name);
        if (strchr(keypair->shown, ' '))
            entry->public_key = arena_text(arena, keypair->shown);
        else if (strcmp(keypair->shown, "-") != 0)
            entry->fingerprint = arena_text(arena, keypair->shown);
    }
    return entries;
}
