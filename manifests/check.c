#include "manifests/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "manifests/nearest.h"
#include "manifests/scalar.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

enum { WANTS_MAX = 300 /* a mistake has room for no more */, WHAT_MAX = 100 };

static void check_map(const struct check *check, const struct schema_row *row, const struct node *at,
                      const struct node *map);
static void check_value(const struct check *check, const struct schema_row *row, const struct pair *pair);

/* A Class or an Instance takes an inherited value away by null. */
static bool is_nullable(const struct check *check, const struct schema_row *row)
{
    bool merges = check->kind == KIND_INSTANCE || check->kind == KIND_CLASS;
    return merges && !(row->flags & ROW_REQUIRED);
}

static void refuse(const struct check *check, const struct schema_row *row, const struct node *value)
{
    AUTO_TEXT struct text wants;
    text_init(&wants, WANTS_MAX);
    row_wants(row, &wants);
    mistakes_add(check->mistakes, node_position(value), "\"%s\" is %s; it must be %s", schema_key(row),
                 node_title(value), wants.bytes);
}

static void refuse_value(const struct check *check, const struct schema_row *row, const struct node *value)
{
    AUTO_TEXT struct text wants;
    text_init(&wants, WANTS_MAX);
    row_wants(row, &wants);
    mistakes_add(check->mistakes, node_position(value), "\"%s\" is \"%.80s\"; it must be %s", schema_key(row),
                 value->text, wants.bytes);
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* `key` is what stands before the value. */
static bool check_length(const struct check *check, const char *key, const struct node *value, int64_t min,
                         int64_t max)
{
    int64_t length = (int64_t)characters(value->text);
    if (length < min)
        mistakes_add(check->mistakes, node_position(value),
                     "\"%.80s\" is an empty text; leave the key out, or write a value", key);
    else if (length > max)
        mistakes_add(check->mistakes, node_position(value),
                     "\"%.80s\" has %" PRId64 " characters; at most %" PRId64 " are allowed", key, length,
                     max);
    return length >= min && length <= max;
}

static void check_provider(const struct check *check, const struct schema_row *row, const struct node *value)
{
    AUTO_TEXT struct text known;
    text_init(&known, WANTS_MAX);
    for (const struct traits *const *traits = check->traits; *traits; traits++) {
        if (strcmp((*traits)->provider, value->text) == 0) return;
        text_addf(&known, "%s%s", known.length ? ", " : "", (*traits)->provider);
    }
    mistakes_add(check->mistakes, node_position(value), "unknown %s \"%.80s\"; known here: %s",
                 schema_key(row), value->text, known.bytes);
}

/* Where text belongs and something else stands: what looks like a number is told how to become text. `what`
   names the value. */
static void refuse_as_text(const struct check *check, const char *what, const struct node *value)
{
    if (node_is_scalar(value) && value->kind != NODE_NULL)
        mistakes_add(check->mistakes, node_position(value),
                     "%s is %s; it must be text: write \"%.80s\" in quotes", what, node_title(value),
                     value->text);
    else
        mistakes_add(check->mistakes, node_position(value), "%s is %s; it must be text", what,
                     node_title(value));
}

static void check_text(const struct check *check, const struct schema_row *row, const struct node *value)
{
    if (value->kind != NODE_TEXT) {
        char what[WHAT_MAX];
        snprintf(what, sizeof what, "\"%s\"", schema_key(row));
        refuse_as_text(check, what, value);
        return;
    }
    if (!check_length(check, schema_key(row), value, row->min, row->max)) return;
    if (row->flags & ROW_PROVIDER) {
        check_provider(check, row, value);
    } else if (*value->text && !form_row(row->form)->check(value->text)) {
        const struct form_row *form = form_row(row->form);
        char shown[FORM_SHOWN_MAX];
        form_shown(row->form, value->text, shown, sizeof shown);
        mistakes_add(check->mistakes, node_position(value), "\"%s\" is \"%s\", not %s; it must be %s",
                     schema_key(row), shown, form->title, form->sentence);
    } else if (!*value->text && row->min == 0 && row->form != FORM_TEXT && row->form != FORM_ANY) {
        refuse_value(check, row, value);
    }
}

static void check_word(const struct check *check, const struct schema_row *row, const struct node *value)
{
    char word[SCHEMA_WORD_MAX], best[SCHEMA_WORD_MAX] = "";
    if (!node_is_scalar(value) || value->kind == NODE_NULL) {
        refuse(check, row, value);
        return;
    }
    if (words_have(row->words_unsupported, value->text, NULL)) {
        mistakes_add(check->mistakes, node_position(value), "%s: %s is known, not supported by this version",
                     schema_key(row), value->text);
        return;
    }
    if (words_have(row->words, value->text, NULL)) return;
    struct nearest nearest = nearest_to(value->text);
    for (const char *at = row->words; words_next(&at, word);) {
        unsigned before = nearest.distance;
        nearest_offer(&nearest, word);
        if (nearest.distance < before) memcpy(best, word, sizeof best);
    }
    if (*best)
        mistakes_add(check->mistakes, node_position(value), "\"%s\" is \"%.80s\"; did you mean \"%s\"?",
                     schema_key(row), value->text, best);
    else
        refuse_value(check, row, value);
}

static bool is_quoted_number(const struct node *value)
{
    return value->kind == NODE_TEXT && scalar_kind(value->text) == NODE_INT;
}

static void refuse_quotes(const struct check *check, const struct schema_row *row, const struct node *value)
{
    mistakes_add(check->mistakes, node_position(value), "\"%s\" is text in quotes; write %.80s without them",
                 schema_key(row), value->text);
}

/* Numbers, durations, sizes: read, then the range. */
static void check_amount(const struct check *check, const struct schema_row *row, const struct node *value)
{
    int64_t amount;
    bool read;
    if (!node_is_scalar(value) || value->kind == NODE_NULL) {
        refuse(check, row, value);
        return;
    }
    if (row->type == TYPE_NUMBER)
        read = scalar_number(value, &amount);
    else if (row->type == TYPE_DURATION)
        read = scalar_duration(value->text, &amount);
    else if (row->type == TYPE_INSTANT)
        read = instant_parse(value->text, &amount);
    else
        read = scalar_size(value->text, &amount);
    if (row->type == TYPE_NUMBER && is_quoted_number(value))
        refuse_quotes(check, row, value);
    else if (!read || amount < row->min || amount > row->max)
        refuse_value(check, row, value);
}

static void check_bool(const struct check *check, const struct schema_row *row, const struct node *value)
{
    bool ignored;
    if (scalar_bool(value, &ignored)) return;
    if (value->kind == NODE_TEXT)
        refuse_value(check, row, value);
    else
        refuse(check, row, value);
}

static void check_share(const struct check *check, const struct schema_row *row, const struct node *value)
{
    struct share ignored;
    if (scalar_share(value, &ignored)) return;
    if (is_quoted_number(value))
        refuse_quotes(check, row, value);
    else if (node_is_scalar(value) && value->kind != NODE_NULL)
        refuse_value(check, row, value);
    else
        refuse(check, row, value);
}

static bool check_count(const struct check *check, const struct schema_row *row, const struct node *value)
{
    if (value->count <= row->count_max) return true;
    mistakes_add(check->mistakes, node_position(value), "\"%s\" has %u entries; at most %u are allowed",
                 schema_key(row), value->count, row->count_max);
    return false;
}

static bool check_list(const struct check *check, const struct schema_row *row, const struct node *list)
{
    if (list->kind != NODE_LIST) {
        refuse(check, row, list);
        return false;
    }
    if (list->count == 0 && (row->flags & (ROW_REQUIRED | ROW_SOME)))
        mistakes_add(check->mistakes, node_position(list), "\"%s\" is an empty list; name at least one",
                     schema_key(row));
    return row->count_max == 0 || check_count(check, row, list);
}

static void check_twice(const struct check *check, const struct schema_row *row, const struct node *list,
                        uint32_t i)
{
    const struct node *item = &list->items[i];
    for (uint32_t j = 0; j < i && item->kind == NODE_TEXT; j++)
        if (list->items[j].kind == NODE_TEXT && strcmp(list->items[j].text, item->text) == 0)
            mistakes_add(check->mistakes, node_position(item), "\"%.80s\" stands twice in \"%s\"; remove one",
                         item->text, schema_key(row));
}

static void check_texts(const struct check *check, const struct schema_row *row, const struct node *list)
{
    if (!check_list(check, row, list)) return;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct node *item = &list->items[i];
        char what[WHAT_MAX];
        snprintf(what, sizeof what, "an entry of \"%s\"", schema_key(row));
        if (item->kind != NODE_TEXT)
            refuse_as_text(check, what, item);
        else
            check_text(check, row, item);
        check_twice(check, row, list, i);
    }
}

static void check_words(const struct check *check, const struct schema_row *row, const struct node *list)
{
    if (!check_list(check, row, list)) return;
    for (uint32_t i = 0; i < list->count; i++) {
        check_word(check, row, &list->items[i]);
        check_twice(check, row, list, i);
    }
}

static void check_fields(const struct check *check, const struct schema_row *row, const struct node *list)
{
    if (!check_list(check, row, list)) return;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct node *item = &list->items[i];
        enum field field;
        if (!node_is_scalar(item) || item->kind == NODE_NULL) {
            refuse(check, row, item);
            continue;
        }
        if (field_from_name(item->text, &field)) continue;
        struct nearest nearest = nearest_to(item->text);
        for (unsigned j = 0; j < FIELD_COUNT; j++)
            nearest_offer(&nearest, field_row((enum field)j)->name);
        if (nearest.best)
            mistakes_add(check->mistakes, node_position(item), "\"%.80s\" is no field; did you mean \"%s\"?",
                         item->text, nearest.best);
        else
            refuse_value(check, row, item);
    }
}

static bool is_metadata(const struct schema_row *row)
{
    return row->sets > 0 && (enum field)(row->sets - 1) == FIELD_METADATA;
}

static void check_text_map(const struct check *check, const struct schema_row *row, const struct node *map)
{
    if (map->kind != NODE_MAP) {
        refuse(check, row, map);
        return;
    }
    if (!check_count(check, row, map)) return;
    for (uint32_t i = 0; i < map->count; i++) {
        const struct node *key = &map->pairs[i].key, *value = &map->pairs[i].value;
        if (!*key->text)
            mistakes_add(check->mistakes, node_position(key), "an empty key in \"%s\"; write a name",
                         schema_key(row));
        else if (is_metadata(row) && mark_key_is_ours(key->text))
            mistakes_add(check->mistakes, node_position(key),
                         "metadata key \"%.80s\"; keys that begin with " MARK_PREFIX
                         " are the mark's: choose another",
                         key->text);
        else if (characters(key->text) > (size_t)row->max)
            mistakes_add(check->mistakes, node_position(key),
                         "a key in \"%s\" has %zu characters; at most %" PRId64 " are allowed",
                         schema_key(row), characters(key->text), row->max);
        if (value->kind == NODE_NULL && is_nullable(check, row)) continue;
        if (value->kind == NODE_TEXT) {
            check_length(check, key->text, value, 0, row->max);
            continue;
        }
        char what[WHAT_MAX];
        snprintf(what, sizeof what, "\"%.80s\"", key->text);
        refuse_as_text(check, what, value);
    }
}

/* What stands in a secret's map; NULL when it is not exactly one of what may. */
static const struct node *secret_named(const struct schema_row *row, const struct node *map,
                                       enum form *out_form)
{
    const struct {
        const char *key;
        enum form form;
    } ways[] = {{"credential", FORM_CREDENTIAL}, {"file", FORM_FILE}, {"plain", row->form}};
    unsigned count = row->flags & ROW_PLAIN ? 3 : 2;
    for (unsigned i = 0; map->count == 1 && i < count; i++) {
        const struct node *named = node_child(map, ways[i].key);
        *out_form = ways[i].form;
        if (named) return named;
    }
    return NULL;
}

/* Never prints what stands there: it may be the secret. */
static void check_secret(const struct check *check, const struct schema_row *row, const struct node *value)
{
    const char *key = schema_key(row);
    struct position at = node_position(value);
    enum form form;
    const struct node *named = secret_named(row, value, &form);
    AUTO_TEXT struct text wants;
    text_init(&wants, WANTS_MAX);
    row_wants(row, &wants);
    if (value->kind != NODE_MAP)
        mistakes_add(check->mistakes, at, "\"%s\" stands here itself; %s: %s", key,
                     row->flags & ROW_PLAIN ? "it may be a secret, so write" : "a secret is only named",
                     wants.bytes);
    else if (!named)
        mistakes_add(check->mistakes, at, "\"%s\" must be exactly one thing: %s", key, wants.bytes);
    else if (named->kind != NODE_TEXT || !form_row(form)->check(named->text))
        mistakes_add(check->mistakes, node_position(named), "not %s; it must be %s", form_row(form)->title,
                     form_row(form)->sentence);
}

static void check_choice(const struct check *check, const struct schema_row *row, const struct node *at,
                         const struct node *map)
{
    AUTO_TEXT struct text names;
    const struct node *first = NULL;
    text_init(&names, WANTS_MAX);
    for (const struct schema_row *child = schema_next(check->kind, row, NULL); child;
         child = schema_next(check->kind, row, child)) {
        if (!(child->flags & ROW_CHOICE)) continue;
        const struct pair *pair = node_pair(map, schema_key(child));
        text_addf(&names, "%s%s", names.length ? ", " : "", schema_key(child));
        if (!pair || pair->value.kind == NODE_NULL) continue;
        if (first)
            mistakes_add(check->mistakes, node_position(&pair->key), "\"%s\" beside \"%s\"; give one of them",
                         pair->key.text, first->text);
        else
            first = &pair->key;
    }
    if (!first)
        mistakes_add(check->mistakes, node_position(at), "\"%s\" says nothing; give one of %s",
                     schema_key(row), names.bytes);
}

static void check_maps(const struct check *check, const struct schema_row *row, const struct node *list)
{
    if (!check_list(check, row, list)) return;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct node *item = &list->items[i];
        if (item->kind == NODE_MAP)
            check_map(check, row, item, item);
        else
            mistakes_add(check->mistakes, node_position(item), "an entry of \"%s\" is %s; it must be a map",
                         schema_key(row), node_title(item));
    }
}

static void check_value(const struct check *check, const struct schema_row *row, const struct pair *pair)
{
    const struct node *value = &pair->value;
    if (value->kind == NODE_NULL && is_nullable(check, row)) return;
    switch (row->type) {
    case TYPE_MAP:
        if (value->kind == NODE_MAP)
            check_map(check, row, &pair->key, value);
        else
            refuse(check, row, value);
        break;
    case TYPE_MAPS: check_maps(check, row, value); break;
    case TYPE_TEXT: check_text(check, row, value); break;
    case TYPE_TEXTS: check_texts(check, row, value); break;
    case TYPE_WORD: check_word(check, row, value); break;
    case TYPE_WORDS: check_words(check, row, value); break;
    case TYPE_BOOL: check_bool(check, row, value); break;
    case TYPE_NUMBER:
    case TYPE_DURATION:
    case TYPE_INSTANT:
    case TYPE_SIZE: check_amount(check, row, value); break;
    case TYPE_SHARE: check_share(check, row, value); break;
    case TYPE_FIELDS: check_fields(check, row, value); break;
    case TYPE_TEXT_MAP: check_text_map(check, row, value); break;
    case TYPE_SECRET: check_secret(check, row, value); break;
    case TYPE_COUNT: break;
    }
}

/* A key that exists, but elsewhere in the document: where it belongs. */
static const char *belongs_under(enum kind kind, const char *key)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    for (unsigned i = 0; i < count; i++)
        if ((rows[i].kinds & KIND_BIT(kind)) && strcmp(schema_key(&rows[i]), key) == 0) return rows[i].path;
    return NULL;
}

static void unknown_key(const struct check *check, const struct schema_row *parent, const struct node *key)
{
    AUTO_TEXT struct text known;
    struct nearest nearest = nearest_to(key->text);
    text_init(&known, WANTS_MAX);
    for (const struct schema_row *row = schema_next(check->kind, parent, NULL); row;
         row = schema_next(check->kind, parent, row)) {
        nearest_offer(&nearest, schema_key(row));
        if (!(row->flags & ROW_UNSUPPORTED))
            text_addf(&known, "%s%s", known.length ? ", " : "", schema_key(row));
    }
    const char *elsewhere = belongs_under(check->kind, key->text);
    struct position at = node_position(key);
    if (strcmp(key->text, "<<") == 0)
        mistakes_add(check->mistakes, at,
                     "unknown key \"<<\"; YAML's merge is not supported: use a Class, or write the keys out");
    else if (nearest.best)
        mistakes_add(check->mistakes, at, "unknown key \"%.80s\"; did you mean \"%s\"?", key->text,
                     nearest.best);
    else if (elsewhere)
        mistakes_add(check->mistakes, at, "unknown key \"%.80s\"; did you mean \"%s\"?", key->text,
                     elsewhere);
    else
        mistakes_add(check->mistakes, at, "unknown key \"%.80s\"; known here: %s", key->text, known.bytes);
}

static void check_required(const struct check *check, const struct schema_row *parent, const struct node *at,
                           const struct node *map)
{
    for (const struct schema_row *row = schema_next(check->kind, parent, NULL); row;
         row = schema_next(check->kind, parent, row)) {
        if (!(row->flags & ROW_REQUIRED) || node_pair(map, schema_key(row))) continue;
        AUTO_TEXT struct text wants;
        text_init(&wants, WANTS_MAX);
        row_wants(row, &wants);
        mistakes_add(check->mistakes, node_position(at), "missing key \"%s\"; it must be %s", schema_key(row),
                     wants.bytes);
    }
}

static void check_map(const struct check *check, const struct schema_row *parent, const struct node *at,
                      const struct node *map)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const struct pair *pair = &map->pairs[i];
        const struct schema_row *row = schema_child(check->kind, parent, pair->key.text);
        if (!row)
            unknown_key(check, parent, &pair->key);
        else if (row->flags & ROW_UNSUPPORTED)
            mistakes_add(check->mistakes, node_position(&pair->key),
                         "\"%s\" is known, not supported by this version", pair->key.text);
        else
            check_value(check, row, pair);
    }
    check_required(check, parent, at, map);
    if (parent && (parent->flags & ROW_ONE_OF)) check_choice(check, parent, at, map);
}

void check_document(const struct check *check, const struct node *root)
{
    check_map(check, NULL, root, root);
}
