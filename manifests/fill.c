#include "manifests/fill.h"

#include <stdlib.h>
#include <string.h>

#include "manifests/scalar.h"
#include "reconcile/base/assert.h"

static void put(void *slot, const void *value, size_t size)
{
    memcpy(slot, value, size);
}

static void put_amount(const struct schema_row *row, const struct node *node, void *slot)
{
    int64_t amount = 0;
    bool read = row->type == TYPE_NUMBER     ? scalar_number(node, &amount)
                : row->type == TYPE_DURATION ? scalar_duration(node->text, &amount)
                : row->type == TYPE_INSTANT  ? instant_parse(node->text, &amount)
                                             : scalar_size(node->text, &amount);
    ASSERT(read);
    uint32_t number = (uint32_t)amount;
    if (row->type == TYPE_NUMBER)
        put(slot, &number, sizeof number);
    else
        put(slot, &amount, sizeof amount);
}

struct secret_reference fill_secret(const struct node *map, struct arena *arena)
{
    const struct node *credential = node_child(map, "credential"), *file = node_child(map, "file");
    const struct node *name = credential ? credential : file;
    struct position at = node_position(name);
    return (struct secret_reference){credential ? SECRET_CREDENTIAL : SECRET_FILE,
                                     arena_text(arena, name->text), at.line, at.column};
}

static void put_word(const struct schema_row *row, const struct node *node, void *slot, struct arena *arena)
{
    unsigned index = 0;
    const char *text = arena_text(arena, node->text);
    bool known = words_have(row->words, node->text, &index);
    ASSERT(known);
    _Static_assert(sizeof(enum mode) == sizeof index && sizeof(enum on_error) == sizeof index,
                   "enums are unsigned");
    if (row->flags & ROW_WORD_TEXT)
        put(slot, &text, sizeof text);
    else
        put(slot, &index, sizeof index);
}

static uint32_t bit_of(const struct schema_row *row, const char *word)
{
    unsigned index = 0;
    enum field field;
    if (row->type == TYPE_WORDS) return words_have(row->words, word, &index) ? UINT32_C(1) << index : 0;
    return field_from_name(word, &field) ? FIELD_BIT(field) : 0;
}

static uint32_t bits_of(const struct schema_row *row, const struct node *list)
{
    uint32_t bits = 0;
    char word[SCHEMA_WORD_MAX];
    for (const char *at = row->fallback; !list && words_next(&at, word);)
        bits |= bit_of(row, word);
    for (uint32_t i = 0; list && i < list->count; i++)
        bits |= bit_of(row, list->items[i].text);
    return bits;
}

static int text_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *fill_texts(const struct node *list, bool sorted, struct arena *arena, uint32_t *out_count)
{
    *out_count = list ? list->count : 0;
    if (*out_count == 0) return NULL;
    const char **texts = ARENA_ROW(arena, const char *, list->count);
    for (uint32_t i = 0; i < list->count; i++)
        texts[i] = arena_text(arena, list->items[i].text);
    if (sorted) qsort(texts, list->count, sizeof *texts, text_order);
    return texts;
}

static void fill_slot(const struct schema_row *row, const struct node *node, void *slot, struct arena *arena)
{
    bool flag = false;
    struct share share = {0};
    const char *text;
    struct secret_reference secret;
    uint32_t bits;
    switch (row->type) {
    case TYPE_TEXT:
        text = arena_text(arena, node->text);
        put(slot, &text, sizeof text);
        return;
    case TYPE_WORD: put_word(row, node, slot, arena); return;
    case TYPE_BOOL:
        scalar_bool(node, &flag);
        put(slot, &flag, sizeof flag);
        return;
    case TYPE_NUMBER:
    case TYPE_DURATION:
    case TYPE_INSTANT:
    case TYPE_SIZE: put_amount(row, node, slot); return;
    case TYPE_SHARE:
        scalar_share(node, &share);
        put(slot, &share, sizeof share);
        return;
    case TYPE_WORDS:
    case TYPE_FIELDS:
        bits = bits_of(row, node);
        put(slot, &bits, sizeof bits);
        return;
    case TYPE_SECRET:
        if (node_child(node, "plain")) return;
        secret = fill_secret(node, arena);
        put(slot, &secret, sizeof secret);
        return;
    case TYPE_MAP:
    case TYPE_MAPS:
    case TYPE_TEXTS:
    case TYPE_TEXT_MAP:
    case TYPE_COUNT: break;
    }
    UNREACHABLE();
}

static bool is_below(const struct schema_row *row, const struct schema_row *list)
{
    size_t length = strlen(list->path);
    return strncmp(row->path, list->path, length) == 0 && row->path[length] == '.';
}

static void fill_row(const struct schema_row *row, const struct node *node, void *target, struct arena *arena)
{
    bool bits = row->type == TYPE_FIELDS || row->type == TYPE_WORDS;
    struct node fallback = {.text = row->fallback, .kind = NODE_TEXT};
    if (node && node->kind == NODE_NULL) node = NULL;
    if (row->fallback && row->type != TYPE_WORD && row->type != TYPE_TEXT)
        fallback.kind = scalar_kind(row->fallback);
    if (!node && !bits) node = row->fallback ? &fallback : NULL;
    if (node || bits) fill_slot(row, node, (char *)target + row->slot - 1, arena);
}

void fill_slots(enum kind kind, const struct node *root, void *target, struct arena *arena)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count), *list = NULL;
    for (unsigned i = 0; i < count; i++) {
        const struct schema_row *row = &rows[i];
        if (!(row->kinds & KIND_BIT(kind)) || (list && is_below(row, list))) continue;
        if (row->type == TYPE_MAPS) list = row;
        if (row->slot) fill_row(row, node_at(root, row->path), target, arena);
    }
}

void fill_entry(enum kind kind, const struct schema_row *list, const struct node *map, void *target,
                struct arena *arena)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    for (const struct schema_row *row = list + 1; row < rows + count && is_below(row, list); row++)
        if ((row->kinds & KIND_BIT(kind)) && row->slot)
            fill_row(row, node_at(map, row->path + strlen(list->path) + 1), target, arena);
}
