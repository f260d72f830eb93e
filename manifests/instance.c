#include "manifests/instance.h"

#include <stdlib.h>
#include <string.h>

#include "manifests/fill.h"
#include "manifests/merge.h"
#include "manifests/nearest.h"
#include "reconcile/base/cleanup.h"

enum { NAMES_SHOWN = 200 /* bytes of a list of names in a mistake */ };

static const struct source_config *source_of(const struct document *document)
{
    const struct load_file *file = document->root->origin->file;
    return file->root->source;
}

static void unknown_class(struct instance_reader *reader, const struct node *class)
{
    struct nearest nearest = nearest_to(class->text);
    AUTO_TEXT struct text known;
    text_init(&known, NAMES_SHOWN);
    for (uint32_t i = 0; i < reader->classes.count; i++) {
        nearest_offer(&nearest, reader->classes.items[i].name);
        text_addf(&known, "%s%s", i ? ", " : "", reader->classes.items[i].name);
    }
    if (nearest.best)
        mistakes_add(reader->mistakes, node_position(class),
                     "no Class \"%s\" in this source; did you mean \"%s\"?", class->text, nearest.best);
    else
        mistakes_add(reader->mistakes, node_position(class), "no Class \"%s\" in this source; known: %s",
                     class->text, known.length ? known.bytes : "none");
}

/* The merged spec. False when the Class is missing, or has mistakes of its own (already told). */
static bool instance_merge(struct instance_reader *reader, const struct document *document, struct node *out)
{
    const struct schema_row *row = schema_find(KIND_INSTANCE, "spec");
    const struct node *over = node_child(document->root, "spec"), *class = node_child(over, "class");
    const struct node *under = NULL;
    if (class && class->kind == NODE_TEXT) {
        const struct document *found = document_row_find(&reader->classes, class->text);
        if (!found && reader->whole) unknown_class(reader, class);
        if (!found || !found->sound) return false;
        under = node_child(found->root, "spec");
    }
    *out = merge_maps(row, over, under, &reader->turn);
    return true;
}

static void check_complete(struct instance_reader *reader, const struct document *document,
                           const struct node *spec)
{
    const struct schema_row *top = schema_find(KIND_INSTANCE, "spec");
    const struct pair *at = node_pair(document->root, "spec");
    bool adopts = node_child(spec, "adopt");
    for (const struct schema_row *row = schema_next(KIND_INSTANCE, top, NULL); row;
         row = schema_next(KIND_INSTANCE, top, row)) {
        bool needed = (row->flags & ROW_MERGED) || ((row->flags & ROW_BUILD) && !adopts);
        if (!needed || node_child(spec, schema_key(row))) continue;
        if (row->flags & ROW_MERGED)
            mistakes_add(reader->mistakes, node_position(&at->key),
                         "missing key \"%s\"; write it here or in the Class", schema_key(row));
        else
            mistakes_add(reader->mistakes, node_position(&at->key),
                         "missing key \"%s\"; no server can be built without it: write it here or in the "
                         "Class, or adopt "
                         "a server that exists",
                         schema_key(row));
    }
}

static void cloud_mistake(struct instance_reader *reader, const struct node *cloud, const char *why,
                          struct nearest *nearest, const struct text *known)
{
    if (nearest->best)
        mistakes_add(reader->mistakes, node_position(cloud), "cloud \"%s\" is %s; did you mean \"%s\"?",
                     cloud->text, why, nearest->best);
    else
        mistakes_add(reader->mistakes, node_position(cloud), "cloud \"%s\" is %s; known: %s", cloud->text,
                     why, known->bytes);
}

/* Whether the source may use it. Which clouds are configured is no mistake of a source: that clears by
 * itself. */
static bool cloud_is_allowed(struct instance_reader *reader, const struct source_config *source,
                             const struct node *cloud)
{
    struct nearest nearest = nearest_to(cloud->text);
    AUTO_TEXT struct text known;
    text_init(&known, NAMES_SHOWN);
    bool listed = source && source->clouds;
    if (!listed && (source || !reader->config)) return true;
    uint32_t count = listed ? source->cloud_count : reader->config->cloud_count;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = listed ? source->clouds[i] : reader->config->clouds[i].name;
        if (strcmp(name, cloud->text) == 0) return true;
        nearest_offer(&nearest, name);
        text_addf(&known, "%s%s", i ? ", " : "", name);
    }
    cloud_mistake(reader, cloud, listed ? "not among the clouds of this source" : "not configured", &nearest,
                  &known);
    return false;
}

const struct cloud_config *cloud_named(struct instance_reader *reader, const struct document *document,
                                       const struct node *cloud)
{
    if (!cloud_is_allowed(reader, source_of(document), cloud) || !reader->config) return NULL;
    return config_cloud(reader->config, cloud->text);
}

static const char *text_of(struct intern *texts, const struct node *node)
{
    return node && node->kind == NODE_TEXT ? intern_text(texts, node->text) : NULL;
}

static struct value labels_of(struct instance_reader *reader, const struct node *labels)
{
    if (!labels || labels->kind != NODE_MAP) return (struct value){0, 2, NULL};
    const char **cells = ARENA_ROW(&reader->turn, const char *, 2 * labels->count);
    unsigned rows = 0;
    for (uint32_t i = 0; i < labels->count; i++) {
        if (labels->pairs[i].value.kind == NODE_NULL) continue;
        cells[2 * rows] = labels->pairs[i].key.text;
        cells[2 * rows + 1] = labels->pairs[i].value.text;
        rows++;
    }
    return intern_value(reader->texts, value_sorted(cells, rows, 2));
}

/* Slots are found by their path from the root of a document, so the merged spec gets one. */
static struct lifecycle lifecycle_of(struct instance_reader *reader, const struct node *spec)
{
    struct lifecycle lifecycle = lifecycle_default();
    struct pair pair = {.key = {.text = "spec", .kind = NODE_TEXT}, .value = *spec};
    struct node root = {.pairs = &pair, .count = 1, .kind = NODE_MAP};
    fill_slots(KIND_INSTANCE, &root, &lifecycle, &reader->turn);
    return lifecycle;
}

void instance_check_references(struct instance_reader *reader, const struct document *document)
{
    const struct node *class = node_at(document->root, "spec.class"),
                      *cloud = node_at(document->root, "spec.cloud");
    if (class && class->kind == NODE_TEXT && reader->whole &&
        !document_row_find(&reader->classes, class->text))
        unknown_class(reader, class);
    if (cloud && cloud->kind == NODE_TEXT) cloud_is_allowed(reader, source_of(document), cloud);
}

static bool spec_build(struct instance_reader *reader, const struct document *document, struct spec *out)
{
    uint32_t before = reader->mistakes->count + reader->mistakes->dropped;
    struct node spec;
    struct position at = node_position(document->root);
    if (!instance_merge(reader, document, &spec)) return false;
    const struct node *cloud = node_child(&spec, "cloud"), *root = document->root;
    struct intern *texts = reader->texts;
    *out = (struct spec){
        .name = intern_text(texts, document->name),
        .was = text_of(texts, node_at(root, "metadata.was")),
        .adopt = text_of(texts, node_child(&spec, "adopt")),
        .cloud = text_of(texts, cloud),
        .labels = labels_of(reader, node_at(root, "metadata.labels")),
        .lifecycle = lifecycle_of(reader, &spec),
        .file = intern_text(texts, at.file),
        .line = at.line,
        .column = at.column,
    };
    check_complete(reader, document, &spec);
    const struct cloud_config *config = cloud ? cloud_named(reader, document, cloud) : NULL;
    values_build(reader, document, &spec, config ? config->traits : NULL, out);
    if (config) lifecycle_check(reader, &spec, config->traits, &out->lifecycle);
    if (reader->mistakes->count + reader->mistakes->dropped != before) return false;
    out->hash = spec_hash(out);
    return true;
}

bool instance_build(struct instance_reader *reader, const struct document *document, struct spec *out)
{
    bool built = spec_build(reader, document, out);
    arena_release(&reader->turn);
    return built;
}
