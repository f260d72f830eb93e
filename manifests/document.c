#include "manifests/document.h"

#include <stdlib.h>
#include <string.h>

#include "manifests/nearest.h"
#include "reconcile/base/memory.h"

static void unknown_kind(const struct node *kind, enum place place, struct mistakes *mistakes)
{
    struct nearest nearest = nearest_to(kind->text);
    for (unsigned i = 0; i < KIND_COUNT; i++)
        if (kind_row((enum kind)i)->place == place) nearest_offer(&nearest, kind_row((enum kind)i)->name);
    if (nearest.best)
        mistakes_add(mistakes, node_position(kind), "unknown kind \"%.80s\"; did you mean \"%s\"?",
                     kind->text, nearest.best);
    else
        mistakes_add(mistakes, node_position(kind), "unknown kind \"%.80s\"; known here: %s", kind->text,
                     place == PLACE_SOURCE ? "Instance, Class, Keypair" : "Daemon, Cloud, Source");
}

static bool kind_is_allowed(const struct node *node, enum kind kind, enum place place,
                            struct mistakes *mistakes)
{
    const struct kind_row *row = kind_row(kind);
    struct position at = node_position(node);
    if (row->place != place && place == PLACE_SOURCE)
        mistakes_add(mistakes, at,
                     "kind %s may not stand in a source; it belongs into the operator's configuration, so "
                     "that who may "
                     "commit manifests cannot redirect credentials",
                     row->name);
    else if (row->place != place)
        mistakes_add(mistakes, at,
                     "kind %s may not stand in the operator's configuration; it belongs into a source",
                     row->name);
    else if (row->unsupported)
        mistakes_add(mistakes, at, "kind %s is known, not supported by this version", row->name);
    return row->place == place && !row->unsupported;
}

static bool document_kind(const struct node *root, enum place place, struct mistakes *mistakes,
                          enum kind *out)
{
    if (root->kind != NODE_MAP) {
        mistakes_add(mistakes, node_position(root),
                     "the document is %s; it must be a map with apiVersion, kind, metadata and spec",
                     node_title(root));
        return false;
    }
    const struct node *kind = node_child(root, "kind");
    if (!kind) {
        mistakes_add(mistakes, node_position(root), "missing key \"kind\"; it must be one of %s",
                     place == PLACE_SOURCE ? "Instance, Class, Keypair" : "Daemon, Cloud, Source");
        return false;
    }
    if (kind->kind != NODE_TEXT) {
        mistakes_add(mistakes, node_position(kind), "\"kind\" is %s; it must be text", node_title(kind));
        return false;
    }
    if (!kind_from_name(kind->text, out)) {
        unknown_kind(kind, place, mistakes);
        return false;
    }
    return kind_is_allowed(kind, *out, place, mistakes);
}

bool document_open(const struct node *root, enum place place, const struct traits *const *traits,
                   struct mistakes *mistakes, struct document *out)
{
    *out = (struct document){.root = root, .name = "", .name_node = root};
    if (!document_kind(root, place, mistakes, &out->kind)) return false;
    uint32_t before = mistakes->count + mistakes->dropped;
    check_document(&(struct check){out->kind, traits, mistakes}, root);
    out->sound = mistakes->count + mistakes->dropped == before;
    const struct node *name = node_at(root, "metadata.name");
    const struct schema_row *row = schema_find(out->kind, "metadata.name");
    if (name && name->kind == NODE_TEXT && form_row(row->form)->check(name->text)) {
        out->name = name->text;
        out->name_node = name;
    }
    return true;
}

void document_row_add(struct document_row *row, const struct document *document)
{
    ROW_RESERVE(row->items, row->count, row->room);
    row->items[row->count++] = *document;
}

void document_row_release(struct document_row *row)
{
    memory_free(row->items);
    *row = (struct document_row){0};
}

static int document_compare(const void *left, const void *right)
{
    const struct document *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    if (order != 0) return order;
    order = strcmp(a->root->origin->shown, b->root->origin->shown);
    if (order != 0) return order;
    if (a->root->line != b->root->line) return a->root->line < b->root->line ? -1 : 1;
    return a->root->column < b->root->column ? -1 : a->root->column > b->root->column;
}

void document_row_sort(struct document_row *row, struct mistakes *mistakes)
{
    if (row->count) qsort(row->items, row->count, sizeof *row->items, document_compare);
    for (uint32_t i = 1; i < row->count; i++) {
        const struct document *last = &row->items[i - 1], *next = &row->items[i];
        if (!*next->name || strcmp(last->name, next->name) != 0) continue;
        struct position at = node_position(last->name_node);
        mistakes_add(mistakes, node_position(next->name_node),
                     "a second %s \"%s\"; the other is at %s:%u:%u: rename one", kind_row(next->kind)->name,
                     next->name, at.file, at.line, at.column);
    }
}

const struct document *document_row_find(const struct document_row *sorted, const char *name)
{
    uint32_t low = 0, high = sorted->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(sorted->items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sorted->count && strcmp(sorted->items[low].name, name) == 0 ? &sorted->items[low] : NULL;
}
