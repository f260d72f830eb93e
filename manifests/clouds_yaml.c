#include "manifests/clouds_yaml.h"

#include <string.h>

#include "manifests/form.h"
#include "manifests/load.h"
#include "manifests/nearest.h"
#include "manifests/tree.h"
#include "reconcile/base/cleanup.h"

enum { FILE_BYTES_MAX = 1 << 20 /* thousands of clouds */, NAMES_SHOWN = 200, ALIASES_MAX = 5 };

/* Where a value of ours may stand in the file: the first of these keys. */
struct wanted {
    const char *name;
    const char *keys[ALIASES_MAX];
    bool required, secret;
};

/* By auth_type. A name wins over an id, as in the SDK; the session tells them apart by their form. */
static const struct login_form {
    const char *types; /* "a|b" */
    const char *title;
    struct wanted fields[CLOUDS_YAML_VALUES_MAX];
} login_forms[] = {
    {"password|v3password",
     "password",
     {{"project", {"project_name", "project_id", "tenant_name", "tenant_id"}, true, false},
      {"projectDomain", {"project_domain_name", "project_domain_id", "default_domain"}, false, false},
      {"username", {"username", "user_id"}, true, false},
      {"userDomain", {"user_domain_name", "user_domain_id", "default_domain"}, false, false},
      {"password", {"password"}, true, true}}},
    {"v3applicationcredential",
     "application credential",
     {{"applicationCredential.id", {"application_credential_id"}, true, false},
      {"applicationCredential.secret", {"application_credential_secret"}, true, true}}},
    {"v2password",
     "tenant password",
     {{"tenantId", {"tenant_id", "project_id"}, true, false},
      {"username", {"username"}, true, false},
      {"password", {"password"}, true, true}}},
};

/* The same cloud in the file and in the one beside it; either may be NULL. */
struct layers {
    const struct node *secure, *plain;
    bool secure_exposed, plain_exposed;
};

static bool error_at(struct error *err, const struct node *at)
{
    if (!err) return false;
    struct position position = node_position(at);
    text_copy(err->file, sizeof err->file, position.file);
    err->line = position.line;
    err->column = position.column;
    return false;
}

/* The tree is in the caller's arena, the bytes are wiped. *out is NULL when an optional file is not there. */
static bool file_parse(const char *path, bool optional, struct arena *arena, const struct node **out,
                       bool *out_exposed, struct error *err)
{
    AUTO_FREE char *bytes = NULL;
    size_t size = 0;
    struct documents documents = {0};
    struct mistakes mistakes = {0};
    struct origin *origin = ARENA_NEW(arena, struct origin);
    struct intern texts;
    *out = NULL;
    origin->shown = arena_text(arena, path);
    if (!load_plain(path, FILE_BYTES_MAX, optional, &bytes, &size, out_exposed, err)) {
        text_copy(err->file, sizeof err->file, path);
        return false;
    }
    if (!bytes) return true;
    intern_init(&texts, arena);
    bool parsed = tree_parse(bytes, size, origin, &texts, &documents, &mistakes);
    intern_release(&texts);
    load_wipe(bytes, size);
    if (!parsed) *err = mistakes.items[0];
    if (parsed && documents.count > 0) {
        struct node *root = ARENA_NEW(arena, struct node);
        *root = documents.items[0];
        *out = root;
    }
    documents_release(&documents);
    mistakes_release(&mistakes);
    return parsed;
}

/* secure.yaml in the same folder, with the file's own suffix first. */
static bool secure_parse(const char *path, struct arena *arena, const struct node **out, bool *out_exposed,
                         struct error *err)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    const char *suffixes[] = {dot && dot > slash ? dot : ".yaml", ".yaml", ".yml"};
    *out = NULL;
    for (unsigned i = 0; i < sizeof suffixes / sizeof *suffixes && !*out; i++) {
        const char *beside = arena_printf(arena, "%.*ssecure%s", folder, path, suffixes[i]);
        if (!file_parse(beside, true, arena, out, out_exposed, err)) return false;
    }
    return true;
}

static bool cloud_missing(const struct node *clouds, const char *cloud, struct error *err)
{
    AUTO_TEXT struct text known;
    text_init(&known, NAMES_SHOWN);
    struct nearest nearest = nearest_to(cloud ? cloud : "");
    for (uint32_t i = 0; i < clouds->count; i++) {
        nearest_offer(&nearest, clouds->pairs[i].key.text);
        text_addf(&known, "%s%s", i ? ", " : "", clouds->pairs[i].key.text);
    }
    if (!cloud)
        error_set(err, ERROR_INPUT, "%u clouds; name one of them: %s", clouds->count, known.bytes);
    else if (nearest.best)
        error_set(err, ERROR_INPUT, "no cloud \"%.80s\"; did you mean \"%.80s\"?", cloud, nearest.best);
    else
        error_set(err, ERROR_INPUT, "no cloud \"%.80s\"; known: %s", cloud, known.bytes);
    return error_at(err, clouds);
}

static bool cloud_choose(const struct node *clouds, const char *cloud, const struct pair **out,
                         struct error *err)
{
    *out = cloud ? node_pair(clouds, cloud) : clouds->count == 1 ? &clouds->pairs[0] : NULL;
    if (!*out) return cloud_missing(clouds, cloud, err);
    if ((*out)->value.kind == NODE_MAP) return true;
    error_set(err, ERROR_INPUT, "cloud \"%.80s\" is %s; it must be a map", (*out)->key.text,
              node_title(&(*out)->value));
    return error_at(err, &(*out)->value);
}

static const struct node *scalar_in(const struct node *map, const char *key)
{
    const struct node *node = node_child(map, key);
    return node && node_is_scalar(node) && node->kind != NODE_NULL ? node : NULL;
}

/* Values outside `auth` beat those inside; secure.yaml beats the file. */
static const struct node *find(const struct layers *layers, const char *key, bool *out_exposed)
{
    const struct node *places[] = {layers->secure, layers->plain, node_child(layers->secure, "auth"),
                                   node_child(layers->plain, "auth")};
    for (unsigned i = 0; i < 4; i++) {
        const struct node *node = scalar_in(places[i], key);
        if (!node) continue;
        if (out_exposed && (i % 2 ? layers->plain_exposed : layers->secure_exposed)) *out_exposed = true;
        return node;
    }
    return NULL;
}

static const char *find_text(const struct layers *layers, const char *key)
{
    const struct node *node = find(layers, key, NULL);
    return node ? node->text : NULL;
}

static bool is_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, word, length) == 0 && (at[length] == '|' || !at[length])) return true;
    return false;
}

static const struct login_form *form_choose(const struct layers *layers, struct error *err)
{
    const struct node *type = find(layers, "auth_type", NULL);
    const char *version = find_text(layers, "identity_api_version");
    const char *word = type ? type->text : "password";
    if (!type && find(layers, "application_credential_id", NULL)) word = "v3applicationcredential";
    if (text_equal(word, "password") && version && *version == '2') word = "v2password";
    for (unsigned i = 0; i < sizeof login_forms / sizeof *login_forms; i++)
        if (is_word(login_forms[i].types, word)) return &login_forms[i];
    error_set(
        err, ERROR_INPUT,
        "auth_type is \"%.80s\"; supported are password, v3password, v3applicationcredential and v2password",
        word);
    error_at(err, type);
    return NULL;
}

static bool collect(const struct layers *layers, const struct login_form *form, const struct pair *cloud,
                    struct clouds_yaml *out, struct error *err)
{
    for (unsigned i = 0; i < CLOUDS_YAML_VALUES_MAX && form->fields[i].name; i++) {
        const struct wanted *wanted = &form->fields[i];
        const struct node *node = NULL;
        for (unsigned j = 0; j < ALIASES_MAX && wanted->keys[j] && !node; j++)
            node = find(layers, wanted->keys[j], wanted->secret ? &out->exposed : NULL);
        if (node) {
            out->values[out->value_count++] =
                (struct clouds_yaml_value){wanted->name, node->text, wanted->secret};
        } else if (wanted->required) {
            error_set(err, ERROR_INPUT, "cloud \"%.80s\" has no %s; write it below auth%s", cloud->key.text,
                      wanted->keys[0], wanted->secret ? ", here or in secure.yaml" : "");
            return error_at(err, &cloud->key);
        }
    }
    return true;
}

/* "publicURL" is the old spelling of "public". */
static const char *interface_of(const struct layers *layers, struct arena *arena)
{
    const char *text = find_text(layers, "interface");
    if (!text) text = find_text(layers, "endpoint_type");
    if (!text) return "public";
    size_t length = strlen(text);
    if (length > 3 && strcmp(text + length - 3, "URL") == 0) length -= 3;
    return arena_bytes(arena, text, length);
}

static const char *region_of(const struct layers *layers)
{
    const char *region = find_text(layers, "region_name");
    const struct node *regions = node_child(layers->plain, "regions");
    if (region || !regions || regions->kind != NODE_LIST || regions->count != 1) return region;
    const struct node *only = &regions->items[0];
    if (only->kind == NODE_MAP) only = node_child(only, "name");
    return only && node_is_scalar(only) && only->kind != NODE_NULL ? only->text : NULL;
}

static bool check_tls(const struct layers *layers, struct error *err)
{
    const struct node *verify = find(layers, "verify", NULL), *insecure = find(layers, "insecure", NULL);
    bool unverified = verify && text_equal_nocase(verify->text, "false");
    if (!unverified && !(insecure && text_equal_nocase(insecure->text, "true"))) return true;
    error_set(err, ERROR_INPUT,
              "certificates are always verified; remove this, and name the authority by cacert");
    return error_at(err, unverified ? verify : insecure);
}

static bool check_url(const struct layers *layers, struct error *err)
{
    char shown[FORM_SHOWN_MAX];
    const struct node *url = find(layers, "auth_url", NULL);
    const struct form_row *form = form_row(FORM_URL);
    if (!url || form->check(url->text)) return true;
    form_shown(FORM_URL, url->text, shown, sizeof shown);
    error_set(err, ERROR_INPUT, "auth_url is \"%s\", not %s; it must be %s", shown, form->title,
              form->sentence);
    return error_at(err, url);
}

static bool cloud_read(const struct layers *layers, const struct pair *cloud, struct arena *arena,
                       struct clouds_yaml *out, struct error *err)
{
    const struct login_form *form = form_choose(layers, err);
    if (!form || !check_tls(layers, err) || !check_url(layers, err)) return false;
    *out = (struct clouds_yaml){.auth_url = find_text(layers, "auth_url"),
                                .region = region_of(layers),
                                .interface = interface_of(layers, arena),
                                .cacert = find_text(layers, "cacert"),
                                .form = form->title};
    if (out->auth_url) return collect(layers, form, cloud, out, err);
    error_set(err, ERROR_INPUT,
              "cloud \"%.80s\" has no auth_url; write it below auth (profiles are not read)",
              cloud->key.text);
    return error_at(err, &cloud->key);
}

bool clouds_yaml_read(const char *file, const char *cloud, struct arena *arena, struct clouds_yaml *out,
                      struct error *err)
{
    const struct node *root, *secure;
    const struct pair *chosen;
    struct layers layers = {0};
    struct error unwanted;
    if (!err) err = &unwanted;
    if (!file_parse(file, false, arena, &root, &layers.plain_exposed, err)) return false;
    if (!secure_parse(file, arena, &secure, &layers.secure_exposed, err)) return false;
    const struct node *clouds = root ? node_child(root, "clouds") : NULL;
    if (!clouds || clouds->kind != NODE_MAP || clouds->count == 0) {
        error_set(err, ERROR_INPUT, "no map \"clouds\" with a cloud in it; see that it is a clouds.yaml");
        text_copy(err->file, sizeof err->file, file);
        return false;
    }
    if (!cloud_choose(clouds, cloud, &chosen, err)) return false;
    layers.plain = &chosen->value;
    layers.secure = secure ? node_child(node_child(secure, "clouds"), chosen->key.text) : NULL;
    return cloud_read(&layers, chosen, arena, out, err);
}
