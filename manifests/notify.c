#include <stdlib.h>
#include <string.h>

#include "manifests/fill.h"
#include "manifests/nearest.h"
#include "manifests/operator.h"
#include "reconcile/base/cleanup.h"

enum { WANTS_MAX = 300 };

#define OF(form) (UINT32_C(1) << (form))
#define POSTED   (OF(NOTIFY_WEBHOOK) | OF(NOTIFY_SLACK))

/* Keys that not every form has. */
static const struct {
    const char *key;
    uint32_t forms;
    bool needed;
} keys[] = {
    {"url", POSTED, true},         {"tls", POSTED, false},           {"allowPlainHttp", POSTED, false},
    {"to", OF(NOTIFY_MAIL), true}, {"from", OF(NOTIFY_MAIL), false}, {"sendmail", OF(NOTIFY_MAIL), false},
};

static void missing_key(const char *key, enum notify_form form, const struct schema_row *list,
                        const struct node *entry, struct mistakes *mistakes)
{
    AUTO_TEXT struct text wants;
    text_init(&wants, WANTS_MAX);
    row_wants(schema_child(KIND_DAEMON, list, key), &wants);
    mistakes_add(mistakes, node_position(entry), "missing key \"%s\"; form %s needs it: it must be %s", key,
                 notify_form_name(form), wants.bytes);
}

static void foreign_key(const struct node *key, uint32_t forms, enum notify_form form,
                        struct mistakes *mistakes)
{
    AUTO_TEXT struct text others;
    text_init(&others, WANTS_MAX);
    for (unsigned i = 0; i < NOTIFY_FORM_COUNT; i++)
        if (forms & OF(i))
            text_addf(&others, "%s%s", others.length ? " or " : "", notify_form_name((enum notify_form)i));
    mistakes_add(mistakes, node_position(key),
                 "\"%s\" does not belong to form %s; remove it, or write form: %s", key->text,
                 notify_form_name(form), others.bytes);
}

static void check_keys(const struct schema_row *list, const struct node *entry, enum notify_form form,
                       struct mistakes *mistakes)
{
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct pair *pair = node_pair(entry, keys[i].key);
        bool own = keys[i].forms & OF(form);
        if (own && !pair && keys[i].needed) missing_key(keys[i].key, form, list, entry, mistakes);
        if (!own && pair) foreign_key(&pair->key, keys[i].forms, form, mistakes);
    }
}

/* Names that no document has would never be told of anything. Other than a Source's Clouds, which may come
   later: nothing of a target waits for them. */
static void check_names(const struct node *names, const struct document_row *documents, enum kind kind,
                        struct mistakes *mistakes)
{
    const char *title = kind_row(kind)->name;
    for (uint32_t i = 0; names && i < names->count; i++) {
        const struct node *name = &names->items[i];
        struct nearest nearest = nearest_to(name->text);
        if (document_row_find(documents, name->text)) continue;
        for (uint32_t j = 0; j < documents->count; j++)
            nearest_offer(&nearest, documents->items[j].name);
        if (nearest.best)
            mistakes_add(mistakes, node_position(name), "no %s has the name \"%s\"; did you mean \"%s\"?",
                         title, name->text, nearest.best);
        else
            mistakes_add(mistakes, node_position(name),
                         "no %s has the name \"%s\"; remove it, or write its document", title, name->text);
    }
}

static void check_url(const struct node *entry, const struct notify_target *target, struct mistakes *mistakes)
{
    const struct node *plain = node_at(entry, "url.plain");
    const char *problem = plain ? hook_problem(plain->text, target->allow_plain_http) : NULL;
    if (problem) mistakes_add(mistakes, node_position(plain), "\"url\" %s", problem);
}

static void target_build(const struct schema_row *list, const struct node *entry, struct arena *arena,
                         struct notify_target *out, struct mistakes *mistakes)
{
    struct position at = node_position(entry);
    const struct node *plain = node_at(entry, "url.plain");
    *out = (struct notify_target){.file = arena_text(arena, at.file), .line = at.line, .column = at.column};
    fill_entry(KIND_DAEMON, list, entry, out, arena);
    out->url = plain ? arena_text(arena, plain->text) : NULL;
    out->to = fill_texts(node_child(entry, "to"), false, arena, &out->to_count);
    out->sources = fill_texts(node_child(entry, "sources"), true, arena, &out->source_count);
    out->clouds = fill_texts(node_child(entry, "clouds"), true, arena, &out->cloud_count);
    if (out->form != NOTIFY_MAIL) out->sendmail = NULL;
    check_keys(list, entry, out->form, mistakes);
    check_url(entry, out, mistakes);
}

static int target_order(const void *a, const void *b)
{
    return strcmp(((const struct notify_target *)a)->name, ((const struct notify_target *)b)->name);
}

static void check_twice(const struct node *targets, uint32_t i, struct mistakes *mistakes)
{
    const struct node *name = node_child(&targets->items[i], "name");
    for (uint32_t j = 0; j < i; j++) {
        const struct node *other = node_child(&targets->items[j], "name");
        struct position at = node_position(other);
        if (strcmp(name->text, other->text) != 0) continue;
        mistakes_add(mistakes, node_position(name),
                     "a second target \"%s\"; the other is at %s:%u:%u: rename one", name->text, at.file,
                     at.line, at.column);
        return;
    }
}

void notify_build(const struct document *daemon, const struct document_row *sources,
                  const struct document_row *clouds, struct config *out, struct mistakes *mistakes)
{
    const struct node *targets = node_at(daemon->root, "spec.notify");
    const struct schema_row *list = schema_find(KIND_DAEMON, "spec.notify");
    if (!targets) return;
    out->targets = ARENA_ROW(&out->arena, struct notify_target, targets->count);
    out->target_count = targets->count;
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct node *entry = &targets->items[i];
        target_build(list, entry, &out->arena, &out->targets[i], mistakes);
        check_twice(targets, i, mistakes);
        if (sources) check_names(node_child(entry, "sources"), sources, KIND_SOURCE, mistakes);
        if (clouds) check_names(node_child(entry, "clouds"), clouds, KIND_CLOUD, mistakes);
    }
    if (out->target_count) qsort(out->targets, out->target_count, sizeof *out->targets, target_order);
}
