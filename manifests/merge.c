#include "manifests/merge.h"

#include <string.h>

static bool is_choice(const struct schema_row *row, const char *key)
{
    const struct schema_row *child = row ? schema_child(KIND_INSTANCE, row, key) : NULL;
    return child && (child->flags & ROW_CHOICE);
}

static bool has_choice(const struct schema_row *row, const struct node *map)
{
    if (!row || !(row->flags & ROW_ONE_OF)) return false;
    for (uint32_t i = 0; i < map->count; i++)
        if (is_choice(row, map->pairs[i].key.text) && map->pairs[i].value.kind != NODE_NULL) return true;
    return false;
}

struct node merge_maps(const struct schema_row *row, const struct node *over, const struct node *under,
                       struct arena *arena)
{
    uint32_t room = over->count + (under ? under->count : 0), count = 0;
    struct pair *pairs = ARENA_ROW(arena, struct pair, room);
    bool chosen = under && has_choice(row, over);
    for (uint32_t i = 0; i < over->count; i++) {
        const struct pair *pair = &over->pairs[i];
        const struct node *inherited = under ? node_child(under, pair->key.text) : NULL;
        if (pair->value.kind == NODE_NULL) continue;
        pairs[count] = *pair;
        if (pair->value.kind == NODE_MAP) {
            const struct schema_row *child = row ? schema_child(KIND_INSTANCE, row, pair->key.text) : NULL;
            bool both = inherited && inherited->kind == NODE_MAP;
            pairs[count].value = merge_maps(child, &pair->value, both ? inherited : NULL, arena);
        }
        count++;
    }
    for (uint32_t i = 0; under && i < under->count; i++) {
        const struct pair *pair = &under->pairs[i];
        if (pair->value.kind == NODE_NULL || node_pair(over, pair->key.text)) continue;
        if (chosen && is_choice(row, pair->key.text)) continue;
        pairs[count++] = *pair;
    }
    struct node merged = *over;
    merged.pairs = pairs;
    merged.count = count;
    return merged;
}
