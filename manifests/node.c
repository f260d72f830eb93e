#include <string.h>

#include "manifests/tree.h"
#include "reconcile/base/memory.h"

void documents_release(struct documents *documents)
{
    memory_free(documents->items);
    *documents = (struct documents){0};
}

struct position node_position(const struct node *node)
{
    return (struct position){node->origin->shown, node->line, node->column};
}

bool node_is_scalar(const struct node *node)
{
    return node->kind != NODE_LIST && node->kind != NODE_MAP;
}

const char *node_title(const struct node *node)
{
    switch (node->kind) {
    case NODE_NULL: return "empty";
    case NODE_BOOL: return "true or false";
    case NODE_INT:
    case NODE_FLOAT: return "a number";
    case NODE_TEXT: return "text";
    case NODE_LIST: return "a list";
    case NODE_MAP: return "a map";
    }
    return "";
}

const struct pair *node_pair(const struct node *map, const char *key)
{
    if (!map || map->kind != NODE_MAP) return NULL;
    for (uint32_t i = 0; i < map->count; i++)
        if (strcmp(map->pairs[i].key.text, key) == 0) return &map->pairs[i];
    return NULL;
}

const struct node *node_child(const struct node *map, const char *key)
{
    const struct pair *pair = node_pair(map, key);
    return pair ? &pair->value : NULL;
}

const struct node *node_at(const struct node *root, const char *path)
{
    const struct node *node = root;
    while (node && *path) {
        size_t length = strcspn(path, ".");
        const struct node *next = NULL;
        for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count && !next; i++) {
            const struct node *key = &node->pairs[i].key;
            if (strncmp(key->text, path, length) == 0 && !key->text[length]) next = &node->pairs[i].value;
        }
        node = next;
        path += length + (path[length] == '.');
    }
    return node;
}
