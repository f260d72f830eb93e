#include <stdlib.h>
#include <string.h>

#include "manifests/instance.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/public_key.h"

enum { KEY_FILE_MAX = 64 << 10 /* far above every key, so that a private one is told what it is */ };

/* The rows that grow, before they are sorted into the generation. */
struct rows {
    struct keypair_spec *items;
    uint32_t count, room;
};

/* NULL when there was a mistake. Of what a file holds nothing is repeated. */
static const char *file_text(struct instance_reader *reader, const struct node *file)
{
    AUTO_FREE char *bytes = NULL;
    size_t size;
    struct error err;
    uint8_t digest[32];
    if (!load_beside(file->origin->file, file->text, KEY_FILE_MAX, &bytes, &size, &err)) {
        mistakes_add(reader->mistakes, node_position(file), "public key file \"%.80s\" %s", file->text,
                     err.text);
        return NULL;
    }
    hash_sha256(bytes, size, digest);
    revision_add(&reader->revision, file->text, digest);
    if (!memchr(bytes, '\0', size)) return arena_bytes(&reader->turn, bytes, size);
    mistakes_add(reader->mistakes, node_position(file),
                 "public key file \"%.80s\" is no text; give the .pub file of an SSH key", file->text);
    return NULL;
}

static const char *key_of(struct instance_reader *reader, const struct node *map)
{
    const struct node *file = node_child(map, "file"), *node = file ? file : node_child(map, "inline");
    const char *text = file ? file_text(reader, file) : node->text, *line;
    struct error err;
    if (!text) return NULL;
    if (public_key_parse(text, &reader->turn, &line, &err)) return intern_text(reader->texts, line);
    if (file)
        mistakes_add(reader->mistakes, node_position(node), "file \"%.80s\": %s", node->text, err.text);
    else
        mistakes_add(reader->mistakes, node_position(node), "\"inline\": %s", err.text);
    return NULL;
}

/* What the provider's table refuses. `name` is where it is written. */
static void check_traits(struct instance_reader *reader, const struct cloud_config *cloud,
                         const struct node *entry, const struct node *name)
{
    const struct traits *traits = cloud->traits;
    const char *marks = traits->keypair.characters;
    if (!traits_has_keypairs(traits)) {
        mistakes_add(
            reader->mistakes, node_position(entry),
            "cloud \"%s\" (%s) has no operation that registers a key pair; take it out of \"clouds\"",
            entry->text, traits->provider);
        return;
    }
    if (traits->keypair.name_max && strlen(name->text) > traits->keypair.name_max)
        mistakes_add(
            reader->mistakes, node_position(name),
            "the key pair's name has %zu characters; cloud \"%s\" allows %u: give a shorter spec.name",
            strlen(name->text), entry->text, traits->keypair.name_max);
    if (marks && refusal_hits(&(struct refusal){.characters = marks}, name->text))
        mistakes_add(reader->mistakes, node_position(name),
                     "the key pair's name is \"%.80s\"; cloud \"%s\" allows letters, digits and \"%s\": give "
                     "another spec.name",
                     name->text, entry->text, marks);
}

static void build(struct instance_reader *reader, const struct document *document, struct rows *rows)
{
    const struct node *root = document->root, *clouds = node_at(root, "spec.clouds");
    const struct node *name = node_at(root, "spec.name");
    const char *key = key_of(reader, node_at(root, "spec.publicKey"));
    struct position at = node_position(root);
    if (!name) name = document->name_node;
    for (uint32_t i = 0; i < clouds->count; i++) {
        const struct cloud_config *cloud = cloud_named(reader, document, &clouds->items[i]);
        if (cloud) check_traits(reader, cloud, &clouds->items[i], name);
        if (!key) continue;
        ROW_RESERVE(rows->items, rows->count, rows->room);
        rows->items[rows->count++] = (struct keypair_spec){
            .name = intern_text(reader->texts, document->name),
            .cloud = intern_text(reader->texts, clouds->items[i].text),
            .key_name = intern_text(reader->texts, name->text),
            .public_key = key,
            .file = intern_text(reader->texts, at.file),
            .line = at.line,
            .column = at.column,
        };
    }
}

static int compare(const void *left, const void *right)
{
    return keypair_spec_compare(left, right);
}

/* By what stands on the cloud; documents of one name are told already. */
static int compare_place(const void *left, const void *right)
{
    const struct keypair_spec *a = left, *b = right;
    int order = strcmp(a->cloud, b->cloud);
    if (order == 0) order = strcmp(a->key_name, b->key_name);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static void check_unique(struct rows *rows, struct mistakes *mistakes)
{
    if (rows->count) qsort(rows->items, rows->count, sizeof *rows->items, compare_place);
    for (uint32_t i = 1; i < rows->count; i++) {
        const struct keypair_spec *a = &rows->items[i - 1], *b = &rows->items[i];
        if (strcmp(a->cloud, b->cloud) != 0 || strcmp(a->key_name, b->key_name) != 0) continue;
        if (strcmp(a->name, b->name) == 0) continue;
        mistakes_add(
            mistakes, (struct position){b->file, b->line, b->column},
            "Keypair \"%s\" wants the name \"%s\" on cloud \"%s\" as \"%s\" does; only one can have it",
            b->name, b->key_name, b->cloud, a->name);
    }
}

static void check_number(const struct rows *rows, struct mistakes *mistakes)
{
    if (rows->count <= LIMIT_KEYPAIRS) return;
    const struct keypair_spec *over = &rows->items[LIMIT_KEYPAIRS];
    mistakes_add(mistakes, (struct position){over->file, over->line, over->column},
                 "%u key pairs in this source, each cloud counted; at most %d are allowed: remove some",
                 rows->count, LIMIT_KEYPAIRS);
}

void keypairs_build(struct instance_reader *reader, struct generation *generation)
{
    struct rows rows = {0};
    for (uint32_t i = 0; i < reader->keypairs.count; i++) {
        const struct document *document = &reader->keypairs.items[i];
        if (document->sound) build(reader, document, &rows);
        arena_release(&reader->turn);
    }
    check_unique(&rows, reader->mistakes);
    check_number(&rows, reader->mistakes);
    if (rows.count) qsort(rows.items, rows.count, sizeof *rows.items, compare);
    generation->keypairs = ARENA_ROW(&generation->arena, struct keypair_spec, rows.count);
    generation->keypair_count = rows.count;
    if (rows.count) memcpy(generation->keypairs, rows.items, rows.count * sizeof *rows.items);
    memory_free(rows.items);
}
