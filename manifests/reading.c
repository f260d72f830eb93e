#include "manifests/reading.h"

#include <string.h>

#include "manifests/instance.h"
#include "manifests/operator.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

/* All documents of what was loaded; the trees take the place of the bytes file by file. */
static bool parse_files(struct load *load, struct arena *arena, struct documents *out,
                        struct mistakes *mistakes)
{
    bool whole = true;
    struct intern texts;
    intern_init(&texts, arena);
    for (uint32_t i = 0; i < load->count; i++) {
        struct load_file *file = load->files[i];
        if (!tree_parse(file->bytes, file->size, &file->origin, &texts, out, mistakes)) whole = false;
        memory_free(TAKE(file->bytes));
    }
    intern_release(&texts);
    return whole;
}

static struct document_row *row_of(struct instance_reader *reader, enum kind kind)
{
    if (kind == KIND_CLASS) return &reader->classes;
    return kind == KIND_KEYPAIR ? &reader->keypairs : &reader->instances;
}

static void sort_kinds(struct instance_reader *reader, const struct documents *documents,
                       const struct traits *const *traits)
{
    for (uint32_t i = 0; i < documents->count; i++) {
        struct document document;
        if (!document_open(&documents->items[i], PLACE_SOURCE, traits, reader->mistakes, &document)) continue;
        document_row_add(row_of(reader, document.kind), &document);
    }
    document_row_sort(&reader->classes, reader->mistakes);
    document_row_sort(&reader->instances, reader->mistakes);
    document_row_sort(&reader->keypairs, reader->mistakes);
}

/* Only what is sound can be built; the others have mistakes already. */
static void build_specs(struct instance_reader *reader, struct generation *generation)
{
    uint32_t count = reader->instances.count;
    generation->specs = ARENA_ROW(&generation->arena, struct spec, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct document *document = &reader->instances.items[i];
        if (!document->sound)
            instance_check_references(reader, document);
        else if (instance_build(reader, document, &generation->specs[generation->count]))
            generation->count++;
    }
    instances_check_unique(generation->specs, generation->count, reader->mistakes);
}

/* The instance that is one too many stands for them all. */
static void check_number(struct instance_reader *reader, const struct source_config *source)
{
    uint32_t count = reader->instances.count;
    uint32_t max = source && source->max_instances ? source->max_instances : LIMIT_OBJECTS;
    if (count <= max) return;
    mistakes_add(reader->mistakes, node_position(reader->instances.items[max].root),
                 "%u Instances in this source; at most %u are allowed%s", count, max,
                 max == LIMIT_OBJECTS ? " for one daemon"
                                      : ": raise maxInstances of the Source, or remove some");
}

static void load_revision(const struct load *load, struct revision *revision)
{
    for (uint32_t i = 0; i < load->count; i++)
        revision_add(revision, load->files[i]->relative, load->files[i]->digest);
}

static bool read_loaded(struct load *load, const struct source_config *source, const struct config *config,
                        const struct traits *const *traits, struct reading *out)
{
    AUTO_ARENA struct arena scratch = {0};
    struct documents documents = {0};
    struct generation *generation = generation_new(source && source->name ? source->name : "");
    struct intern texts;
    struct instance_reader reader = {.config = config, .mistakes = &out->mistakes, .texts = &texts};
    char revision[17];
    bool unread = mistakes_any(&out->mistakes);
    intern_init(&texts, &generation->arena);
    load_revision(load, &reader.revision);
    reader.whole = parse_files(load, &scratch, &documents, &out->mistakes) && !unread;
    sort_kinds(&reader, &documents, traits);
    check_number(&reader, source);
    build_specs(&reader, generation);
    keypairs_build(&reader, generation);
    revision_show(&reader.revision, revision);
    generation->revision = arena_text(&generation->arena, revision);
    generation->files = load->count;
    out->missing = load->missing;
    mistakes_sort(&out->mistakes);
    if (mistakes_any(&out->mistakes))
        generation_free(generation);
    else
        out->generation = generation;
    out->empty = out->generation && generation->count == 0;
    intern_release(&texts);
    documents_release(&documents);
    document_row_release(&reader.instances);
    document_row_release(&reader.classes);
    document_row_release(&reader.keypairs);
    return out->generation != NULL;
}

bool source_read(const struct source_config *source, const struct config *config,
                 const struct traits *const *traits, struct reading *out)
{
    struct load load;
    *out = (struct reading){0};
    load_init(&load, &out->mistakes);
    load_directory(&load, source->directory, LOAD_DEEP, source);
    bool sound = read_loaded(&load, source, config, traits, out);
    load_release(&load);
    return sound;
}

/* The Source of the configuration whose directory is the nearest at or above the path; NULL when there is
 * none. */
static const struct source_config *nearest_source(const struct config *config, const char *path)
{
    const struct source_config *nearest = NULL;
    size_t depth, deepest = 0;
    for (uint32_t i = 0; config && i < config->source_count; i++) {
        if (!load_is_below(path, config->sources[i].directory, &depth) || (nearest && depth <= deepest))
            continue;
        nearest = &config->sources[i];
        deepest = depth;
    }
    return nearest;
}

static void load_path(struct load *load, const char *path, const struct config *config)
{
    const struct source_config *source = nearest_source(config, path);
    const char *slash = strrchr(path, '/');
    if (load_is_directory(path))
        load_directory(load, path, LOAD_DEEP, source);
    else if (source)
        load_single(load, path, source->directory, source);
    else if (slash && slash != path)
        load_single(load, path, arena_bytes(&load->arena, path, (size_t)(slash - path)), NULL);
    else
        load_single(load, path, slash ? "/" : ".", NULL);
}

bool paths_read(const char *const *paths, uint32_t count, const struct config *config,
                const struct traits *const *traits, struct reading *out)
{
    struct load load;
    *out = (struct reading){0};
    load_init(&load, &out->mistakes);
    for (uint32_t i = 0; i < count; i++)
        load_path(&load, paths[i], config);
    const struct source_config *source = count == 1 ? nearest_source(config, paths[0]) : NULL;
    bool sound = read_loaded(&load, source, config, traits, out);
    load_release(&load);
    return sound;
}

void reading_release(struct reading *reading)
{
    generation_free(reading->generation);
    mistakes_release(&reading->mistakes);
    *reading = (struct reading){0};
}

struct config *config_read(const char *directory, const struct traits *const *traits,
                           struct mistakes *mistakes)
{
    AUTO_ARENA struct arena scratch = {0};
    struct documents documents = {0};
    struct load load;
    struct config *config = config_new();
    load_init(&load, mistakes);
    load_directory(&load, directory, LOAD_FLAT, NULL);
    bool whole = parse_files(&load, &scratch, &documents, mistakes) && !mistakes_any(mistakes);
    operator_build(&documents, directory, traits, whole, config, mistakes);
    documents_release(&documents);
    load_release(&load);
    mistakes_sort(mistakes);
    if (!mistakes_any(mistakes)) return config;
    config_free(config);
    return NULL;
}
