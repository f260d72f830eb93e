#include "manifests/operator.h"

#include <string.h>

#include "manifests/fill.h"
#include "reconcile/base/assert.h"

struct operator_rows {
    struct document_row daemons, clouds, sources;
};

static const struct traits *traits_find(const struct traits *const *traits, const char *provider)
{
    while (*traits && strcmp((*traits)->provider, provider) != 0)
        traits++;
    return *traits;
}

/* Passwords and tokens go there. */
static void check_plain(const struct document *document, struct mistakes *mistakes)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    for (unsigned i = 0; i < count; i++) {
        if (!(rows[i].kinds & KIND_BIT(KIND_CLOUD)) || rows[i].form != FORM_URL) continue;
        if (rows[i].flags & ROW_PASSES) continue;
        const struct node *url = node_at(document->root, rows[i].path);
        if (!url || !url_is_plain(url->text) || url_is_loopback(url->text)) continue;
        mistakes_add(mistakes, node_position(url),
                     "\"%s\" is plain http to another machine; use https, or say allowPlainHttp: true",
                     schema_key(&rows[i]));
    }
}

static bool is_cloud_key(const struct traits *traits, const char *key)
{
    for (unsigned i = 0; traits->cloud_keys && traits->cloud_keys[i]; i++)
        if (strcmp(traits->cloud_keys[i], key) == 0) return true;
    return false;
}

/* What a provider needs to be told beside the log-in, and what belongs to others only. */
static void check_keys(const struct document *document, const struct traits *traits,
                       struct mistakes *mistakes)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    const struct pair *spec = node_pair(document->root, "spec");
    for (unsigned i = 0; traits->cloud_keys && traits->cloud_keys[i]; i++)
        if (!node_child(&spec->value, traits->cloud_keys[i]))
            mistakes_add(mistakes, node_position(&spec->key), "missing key \"%s\"; provider %s needs it",
                         traits->cloud_keys[i], traits->provider);
    for (unsigned i = 0; i < count; i++) {
        if (!(rows[i].kinds & KIND_BIT(KIND_CLOUD)) || !(rows[i].flags & ROW_BY_PROVIDER)) continue;
        const struct pair *pair = node_pair(&spec->value, schema_key(&rows[i]));
        if (pair && !is_cloud_key(traits, schema_key(&rows[i])))
            mistakes_add(mistakes, node_position(&pair->key),
                         "\"%s\" does not belong to provider %s; remove it", schema_key(&rows[i]),
                         traits->provider);
    }
}

static void cloud_build(const struct document *document, const struct traits *const *all, struct arena *arena,
                        struct cloud_config *out, struct mistakes *mistakes)
{
    struct position at = node_position(document->root);
    const struct node *provider = node_at(document->root, "spec.provider");
    const struct node *poll = node_at(document->root, "spec.poll");
    *out = (struct cloud_config){.name = arena_text(arena, document->name),
                                 .traits = traits_find(all, provider->text),
                                 .file = arena_text(arena, at.file),
                                 .line = at.line,
                                 .column = at.column};
    ASSERT(out->traits); /* another word is refused before */
    out->settle_ms = out->traits->settle_ms;
    fill_slots(KIND_CLOUD, document->root, out, arena);
    if (!out->allow_plain_http) check_plain(document, mistakes);
    check_keys(document, out->traits, mistakes);
    if (poll && out->poll_full_ms < out->poll_interval_ms)
        mistakes_add(mistakes, node_position(poll),
                     "poll.full is shorter than poll.interval; make it at least as long");
    auth_build(document, out->traits, arena, out, mistakes);
}

static void source_build(const struct document *document, struct arena *arena, struct source_config *out)
{
    struct position at = node_position(document->root);
    *out = (struct source_config){.name = arena_text(arena, document->name),
                                  .file = arena_text(arena, at.file),
                                  .line = at.line,
                                  .column = at.column};
    out->clouds = fill_texts(node_at(document->root, "spec.clouds"), true, arena, &out->cloud_count);
    fill_slots(KIND_SOURCE, document->root, out, arena);
}

static void sort_kinds(const struct documents *documents, const struct traits *const *traits,
                       struct operator_rows *rows, struct mistakes *mistakes)
{
    for (uint32_t i = 0; i < documents->count; i++) {
        struct document document;
        if (!document_open(&documents->items[i], PLACE_OPERATOR, traits, mistakes, &document)) continue;
        struct document_row *row = document.kind == KIND_DAEMON  ? &rows->daemons
                                   : document.kind == KIND_CLOUD ? &rows->clouds
                                                                 : &rows->sources;
        document_row_add(row, &document);
    }
    document_row_sort(&rows->clouds, mistakes);
    document_row_sort(&rows->sources, mistakes);
}

static void check_daemon(const struct operator_rows *rows, const char *directory, bool whole,
                         struct mistakes *mistakes)
{
    if (rows->daemons.count == 0 && whole)
        mistakes_add(mistakes, (struct position){directory, 0, 0},
                     "no document of kind Daemon; write one with spec.owner, the name of this installation");
    for (uint32_t i = 1; i < rows->daemons.count; i++) {
        struct position first = node_position(rows->daemons.items[0].root);
        mistakes_add(mistakes, node_position(rows->daemons.items[i].root),
                     "a second document of kind Daemon; the other is at %s:%u:%u: remove one", first.file,
                     first.line, first.column);
    }
}

void operator_build(const struct documents *documents, const char *directory,
                    const struct traits *const *traits, bool whole, struct config *out,
                    struct mistakes *mistakes)
{
    struct operator_rows rows = {0};
    struct arena *arena = &out->arena;
    sort_kinds(documents, traits, &rows, mistakes);
    check_daemon(&rows, directory, whole, mistakes);
    if (rows.daemons.count && rows.daemons.items[0].sound) {
        fill_slots(KIND_DAEMON, rows.daemons.items[0].root, out, arena);
        notify_build(&rows.daemons.items[0], whole ? &rows.sources : NULL, whole ? &rows.clouds : NULL, out,
                     mistakes);
    }
    out->clouds = ARENA_ROW(arena, struct cloud_config, rows.clouds.count);
    for (uint32_t i = 0; i < rows.clouds.count; i++)
        if (rows.clouds.items[i].sound)
            cloud_build(&rows.clouds.items[i], traits, arena, &out->clouds[out->cloud_count++], mistakes);
    out->sources = ARENA_ROW(arena, struct source_config, rows.sources.count);
    for (uint32_t i = 0; i < rows.sources.count; i++)
        if (rows.sources.items[i].sound)
            source_build(&rows.sources.items[i], arena, &out->sources[out->source_count++]);
    document_row_release(&rows.daemons);
    document_row_release(&rows.clouds);
    document_row_release(&rows.sources);
}
