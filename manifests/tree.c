#include "manifests/tree.h"

#include <string.h>
#include <yaml.h>

#include "manifests/encoding.h"
#include "manifests/scalar.h"
#include "manifests/syntax.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/memory.h"

enum { INTERN_MAX = 64 /* longer texts are seldom equal */ };

/* A list or map that is still open. Keys and values of a map alternate in `items`. */
struct frame {
    struct node self;
    struct node *items;
    uint32_t count, room;
    uint32_t anchor; /* 1 + index in the table of anchors; 0 = none */
};

struct anchor {
    const char *name;
    struct node node;
    bool closed;
};

struct builder {
    const struct origin *origin;
    struct intern *texts;
    struct arena *arena; /* of texts */
    struct documents *documents;
    struct mistakes *mistakes;
    struct frame frames[LIMIT_YAML_DEPTH];
    unsigned depth;
    struct anchor *anchors;
    uint32_t anchor_count, anchor_room;
    uint64_t nodes; /* of the file, expanded */
    bool sound;     /* no mistake yet */
};

static bool builder_refuse(struct builder *builder, const struct node *at, const char *text)
{
    mistakes_add(builder->mistakes, node_position(at), "%s", text);
    builder->sound = false;
    return false;
}

static struct node node_begin(const struct builder *builder, const yaml_event_t *event, enum node_kind kind)
{
    return (struct node){.origin = builder->origin,
                         .line = (uint32_t)event->start_mark.line + 1,
                         .column = (uint32_t)event->start_mark.column + 1,
                         .weight = 1,
                         .kind = kind};
}

/* 1 + index, or 0 when there is no name or no room. */
static uint32_t anchor_open(struct builder *builder, const yaml_char_t *name, const struct node *node)
{
    if (!name) return 0;
    if (builder->anchor_count == TREE_ANCHORS_MAX) {
        builder_refuse(builder, node,
                       "more than 1000 anchors in one file; use a Class, or write the value out");
        return 0;
    }
    ROW_RESERVE(builder->anchors, builder->anchor_count, builder->anchor_room);
    builder->anchors[builder->anchor_count++] =
        (struct anchor){arena_text(builder->arena, (const char *)name), *node, false};
    return builder->anchor_count;
}

static void anchor_close(struct builder *builder, uint32_t anchor, const struct node *node)
{
    if (!anchor) return;
    builder->anchors[anchor - 1].node = *node;
    builder->anchors[anchor - 1].closed = true;
}

static const struct anchor *anchor_find(const struct builder *builder, const char *name)
{
    for (uint32_t i = builder->anchor_count; i-- > 0;)
        if (strcmp(builder->anchors[i].name, name) == 0) return &builder->anchors[i];
    return NULL;
}

/* A finished node goes into the open list or map, or is a document. */
static bool builder_put(struct builder *builder, const struct node *node)
{
    struct frame *frame = builder->depth ? &builder->frames[builder->depth - 1] : NULL;
    if (!frame) {
        if (node->kind == NODE_NULL) return true;
        ROW_RESERVE(builder->documents->items, builder->documents->count, builder->documents->room);
        builder->documents->items[builder->documents->count++] = *node;
        return true;
    }
    bool is_key = frame->self.kind == NODE_MAP && frame->count % 2 == 0;
    if (is_key && !node_is_scalar(node))
        return builder_refuse(builder, node, "a key that is a list or a map; a key must be text");
    ROW_RESERVE(frame->items, frame->count, frame->room);
    frame->items[frame->count++] = *node;
    return true;
}

static bool builder_count(struct builder *builder, const struct node *node, uint64_t more)
{
    builder->nodes += more;
    if (builder->nodes <= LIMIT_YAML_NODES) return true;
    return builder_refuse(
        builder, node,
        "more than 4194304 values with aliases expanded; split the file, or write fewer aliases");
}

static bool on_scalar(struct builder *builder, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    const char *tag = (const char *)event->data.scalar.tag;
    struct node node = node_begin(builder, event, NODE_TEXT);
    if (memchr(text, '\0', length)) return builder_refuse(builder, &node, "a NUL character; remove it");
    if (tag && strcmp(tag, YAML_STR_TAG) != 0 && strcmp(tag, "!") != 0)
        return builder_refuse(builder, &node, "a YAML tag; remove it, the type follows from the key");
    if (!tag && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) node.kind = scalar_kind(text);
    node.text = length <= INTERN_MAX ? intern_bytes(builder->texts, text, length)
                                     : arena_bytes(builder->arena, text, length);
    anchor_close(builder, anchor_open(builder, event->data.scalar.anchor, &node), &node);
    return builder_count(builder, &node, 1) && builder_put(builder, &node);
}

static bool on_alias(struct builder *builder, const yaml_event_t *event)
{
    struct node at = node_begin(builder, event, NODE_NULL);
    const struct anchor *anchor = anchor_find(builder, (const char *)event->data.alias.anchor);
    if (!anchor)
        return builder_refuse(builder, &at, "an alias without its anchor; define it before with &NAME");
    if (!anchor->closed)
        return builder_refuse(builder, &at, "an alias inside its own anchor; write the value out");
    return builder_count(builder, &at, anchor->node.weight) && builder_put(builder, &anchor->node);
}

static bool on_open(struct builder *builder, const yaml_event_t *event, enum node_kind kind)
{
    bool map = kind == NODE_MAP;
    const yaml_char_t *anchor = map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    struct node node = node_begin(builder, event, kind);
    if (tag) return builder_refuse(builder, &node, "a YAML tag; remove it, the type follows from the key");
    if (builder->depth == LIMIT_YAML_DEPTH)
        return builder_refuse(builder, &node,
                              "lists and maps nested more than 32 deep; no document needs more than 6");
    if (!builder_count(builder, &node, 1)) return false;
    struct frame *frame = &builder->frames[builder->depth++];
    frame->self = node;
    frame->count = 0;
    frame->anchor = anchor_open(builder, anchor, &node);
    return builder->sound || !anchor;
}

static int key_compare(const void *left, const void *right)
{
    const struct node *a = *(const struct node *const *)left, *b = *(const struct node *const *)right;
    int order = strcmp(a->text, b->text);
    if (order != 0) return order;
    return a < b ? -1 : a > b;
}

/* Sorted, because a hostile map may have a million keys. */
static void check_keys(struct builder *builder, const struct pair *pairs, uint32_t count)
{
    const struct node **keys = memory_alloc(count * sizeof *keys + 1);
    for (uint32_t i = 0; i < count; i++)
        keys[i] = &pairs[i].key;
    qsort(keys, count, sizeof *keys, key_compare);
    for (uint32_t i = 1; i < count; i++) {
        if (strcmp(keys[i]->text, keys[i - 1]->text) != 0) continue;
        mistakes_add(builder->mistakes, node_position(keys[i]),
                     "key \"%.80s\" stands twice; the other is at %u:%u", keys[i]->text, keys[i - 1]->line,
                     keys[i - 1]->column);
        builder->sound = false;
    }
    memory_free(keys);
}

static bool on_close(struct builder *builder)
{
    struct frame *frame = &builder->frames[--builder->depth];
    struct node node = frame->self;
    for (uint32_t i = 0; i < frame->count; i++)
        node.weight += frame->items[i].weight;
    void *items = arena_alloc(builder->arena, frame->count * sizeof *frame->items);
    if (frame->count) memcpy(items, frame->items, frame->count * sizeof *frame->items);
    if (node.kind == NODE_MAP) {
        _Static_assert(sizeof(struct pair) == 2 * sizeof(struct node), "a pair is two nodes");
        node.count = frame->count / 2;
        node.pairs = items;
        check_keys(builder, node.pairs, node.count);
    } else {
        node.count = frame->count;
        node.items = items;
    }
    anchor_close(builder, frame->anchor, &node);
    return builder_put(builder, &node);
}

static bool on_event(struct builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return on_scalar(builder, event);
    case YAML_ALIAS_EVENT: return on_alias(builder, event);
    case YAML_SEQUENCE_START_EVENT: return on_open(builder, event, NODE_LIST);
    case YAML_MAPPING_START_EVENT: return on_open(builder, event, NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return on_close(builder);
    case YAML_DOCUMENT_END_EVENT: builder->anchor_count = 0; return true;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT: return true;
    }
    return true;
}

static void builder_run(struct builder *builder, yaml_parser_t *parser, const char *bytes, size_t size)
{
    for (bool done = false; !done;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            syntax_mistake(parser, bytes, size, builder->origin->shown, builder->mistakes);
            builder->sound = false;
            return;
        }
        done = event.type == YAML_STREAM_END_EVENT;
        if (!on_event(builder, &event)) done = true;
        yaml_event_delete(&event);
    }
}

bool tree_parse(const char *bytes, size_t size, const struct origin *origin, struct intern *texts,
                struct documents *out, struct mistakes *mistakes)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* of byte order: editors on Windows write it */
    if (size >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0) {
        bytes += sizeof mark - 1; /* no column: nobody sees it */
        size -= sizeof mark - 1;
    }
    if (!encoding_check(bytes, size, origin->shown, mistakes)) return false;
    struct builder builder = {.origin = origin,
                              .texts = texts,
                              .arena = texts->arena,
                              .documents = out,
                              .mistakes = mistakes,
                              .sound = true};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        mistakes_add(mistakes, (struct position){origin->shown, 0, 0}, "out of memory; try again");
        return false;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, size);
    builder_run(&builder, &parser, bytes, size);
    yaml_parser_delete(&parser);
    for (unsigned i = 0; i < LIMIT_YAML_DEPTH; i++)
        memory_free(builder.frames[i].items);
    memory_free(builder.anchors);
    return builder.sound;
}
