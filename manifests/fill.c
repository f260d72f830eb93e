#include "manifests/fill.h"

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

static uint32_t fields_of(const struct schema_row *row, const struct node *list)
{
    uint32_t fields = 0;
    char word[SCHEMA_WORD_MAX];
    enum field field;
    if (!list) {
        for (const char *at = row->fallback; words_next(&at, word);)
            if (field_from_name(word, &field)) fields |= FIELD_BIT(field);
        return fields;
    }
    for (uint32_t i = 0; i < list->count; i++)
        if (field_from_name(list->items[i].text, &field)) fields |= FIELD_BIT(field);
    return fields;
}

static void fill_slot(const struct schema_row *row, const struct node *node, void *slot, struct arena *arena)
{
    bool flag = false;
    struct share share = {0};
    const char *text;
    struct secret_reference secret;
    uint32_t fields;
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
    case TYPE_FIELDS:
        fields = fields_of(row, node);
        put(slot, &fields, sizeof fields);
        return;
    case TYPE_SECRET:
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

void fill_slots(enum kind kind, const struct node *root, void *target, struct arena *arena)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    for (unsigned i = 0; i < count; i++) {
        const struct schema_row *row = &rows[i];
        if (!(row->kinds & KIND_BIT(kind)) || row->slot == 0) continue;
        const struct node *node = node_at(root, row->path);
        struct node fallback = {.text = row->fallback, .kind = NODE_TEXT};
        if (node && node->kind == NODE_NULL) node = NULL;
        if (row->fallback && row->type != TYPE_WORD && row->type != TYPE_TEXT)
            fallback.kind = scalar_kind(row->fallback);
        if (!node && row->type != TYPE_FIELDS) node = row->fallback ? &fallback : NULL;
        if (node || row->type == TYPE_FIELDS) fill_slot(row, node, (char *)target + row->slot - 1, arena);
    }
}
