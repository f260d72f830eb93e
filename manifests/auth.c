#include <string.h>

#include "manifests/fill.h"
#include "manifests/operator.h"
#include "reconcile/base/cleanup.h"

enum { NAMES_SHOWN = 200 };

/* auth.url has a member of its own and is allowed with every form. */
static bool is_url(const char *name)
{
    return strcmp(name, "url") == 0;
}

static const struct auth_field *form_find(const struct auth_form *form, const char *name)
{
    for (unsigned i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, name) == 0) return &form->fields[i];
    return NULL;
}

/* Leaves of spec.auth by dotted name: scalars, and the maps that stand for secrets. */
struct leaf {
    const char *name;
    const struct node *key, *value;
};
enum { LEAVES_MAX = 32 /* more than the rows of the table; the check refused unknown ones */ };
struct leaves {
    struct leaf items[LEAVES_MAX];
    unsigned count;
};

static void leaves_collect(const struct schema_row *parent, const struct node *map, struct leaves *out)
{
    static const char prefix[] = "spec.auth.";
    for (uint32_t i = 0; i < map->count; i++) {
        const struct pair *pair = &map->pairs[i];
        const struct schema_row *row = schema_child(KIND_CLOUD, parent, pair->key.text);
        if (row->type == TYPE_MAP)
            leaves_collect(row, &pair->value, out);
        else if (out->count < LEAVES_MAX)
            out->items[out->count++] = (struct leaf){row->path + sizeof prefix - 1, &pair->key, &pair->value};
    }
}

static const struct leaf *leaf_find(const struct leaves *leaves, const char *name)
{
    for (unsigned i = 0; i < leaves->count; i++)
        if (strcmp(leaves->items[i].name, name) == 0) return &leaves->items[i];
    return NULL;
}

/* How far the keys are from a form: foreign ones count double, because they were written on purpose. */
static unsigned form_distance(const struct auth_form *form, const struct leaves *leaves)
{
    unsigned distance = 0;
    for (unsigned i = 0; i < form->count; i++)
        if (form->fields[i].required && !leaf_find(leaves, form->fields[i].name)) distance++;
    for (unsigned i = 0; i < leaves->count; i++)
        if (!is_url(leaves->items[i].name) && !form_find(form, leaves->items[i].name)) distance += 2;
    return distance;
}

static const struct auth_form *form_nearest(const struct traits *traits, const struct leaves *leaves)
{
    const struct auth_form *nearest = NULL;
    for (unsigned i = 0; i < traits->auth_form_count; i++) {
        const struct auth_form *form = &traits->auth_forms[i];
        if (!nearest || form_distance(form, leaves) < form_distance(nearest, leaves)) nearest = form;
    }
    return nearest;
}

static void form_show(const struct auth_form *form, struct text *out)
{
    for (unsigned i = 0; i < form->count; i++)
        text_addf(out, "%s%s", i ? ", " : "", form->fields[i].name);
}

static void form_check(const struct auth_form *form, const struct traits *traits, const struct leaves *leaves,
                       const struct node *key, struct mistakes *mistakes)
{
    AUTO_TEXT struct text names;
    text_init(&names, NAMES_SHOWN);
    form_show(form, &names);
    for (unsigned i = 0; i < form->count; i++)
        if (form->fields[i].required && !leaf_find(leaves, form->fields[i].name))
            mistakes_add(mistakes, node_position(key), "missing key \"%s\"; provider %s wants %s",
                         form->fields[i].name, traits->provider, names.bytes);
    for (unsigned i = 0; i < leaves->count; i++)
        if (!is_url(leaves->items[i].name) && !form_find(form, leaves->items[i].name))
            mistakes_add(mistakes, node_position(leaves->items[i].key),
                         "\"%s\" does not belong to the auth of provider %s; it wants %s",
                         leaves->items[i].name, traits->provider, names.bytes);
}

static void values_fill(const struct auth_form *form, const struct leaves *leaves, struct arena *arena,
                        struct cloud_config *out)
{
    struct auth_value *values = ARENA_ROW(arena, struct auth_value, form->count);
    for (unsigned i = 0; i < form->count; i++) {
        const struct leaf *leaf = leaf_find(leaves, form->fields[i].name);
        if (!leaf) continue;
        struct auth_value *value = &values[out->auth_count++];
        value->name = form->fields[i].name;
        if (leaf->value->kind == NODE_MAP)
            value->secret = fill_secret(leaf->value, arena);
        else
            value->text = arena_text(arena, leaf->value->text);
    }
    out->auth = values;
    out->auth_form = form;
}

static void check_source_of_auth(const struct document *document, const struct traits *traits,
                                 const struct pair *auth, const struct pair *yaml, struct mistakes *mistakes)
{
    const struct pair *spec = node_pair(document->root, "spec");
    if (auth && yaml)
        mistakes_add(mistakes, node_position(&yaml->key), "\"cloudsYaml\" beside \"auth\"; give one of them");
    else if (yaml && !traits->clouds_yaml)
        mistakes_add(mistakes, node_position(&yaml->key),
                     "provider %s does not log in by a clouds.yaml; give auth", traits->provider);
    else if (!auth && !yaml)
        mistakes_add(mistakes, node_position(&spec->key), "missing key \"auth\"; how to log in%s",
                     traits->clouds_yaml ? ", or cloudsYaml: {file, cloud}" : "");
}

void auth_build(const struct document *document, const struct traits *traits, struct arena *arena,
                struct cloud_config *out, struct mistakes *mistakes)
{
    const struct node *spec = node_child(document->root, "spec");
    const struct pair *auth = node_pair(spec, "auth"), *yaml = node_pair(spec, "cloudsYaml");
    struct leaves leaves = {.count = 0};
    check_source_of_auth(document, traits, auth, yaml, mistakes);
    if (!auth) return;
    leaves_collect(schema_find(KIND_CLOUD, "spec.auth"), &auth->value, &leaves);
    const struct auth_form *form = form_nearest(traits, &leaves);
    if (!form) return;
    form_check(form, traits, &leaves, &auth->key, mistakes);
    values_fill(form, &leaves, arena, out);
}
