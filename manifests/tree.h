#ifndef SETPOINT_MANIFESTS_TREE_H
#define SETPOINT_MANIFESTS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "manifests/intern.h"
#include "manifests/mistakes.h"
#include "reconcile/base/arena.h"

/* YAML as a tree in which every key and value knows where it stands. Read with libyaml's event interface: its
   document interface needs 9.7 s for 90 KB of `[`. Plain scalars are typed by YAML 1.2's core schema (`yes`
   and `12:30` are text); what is quoted is text. Aliases share their anchor's subtree; what they would expand
   to is counted against LIMIT_YAML_NODES, so that a bomb of aliases costs nothing. */
enum node_kind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_FLOAT, NODE_TEXT, NODE_LIST, NODE_MAP };

/* The file of a node. Lives as long as the tree. */
struct origin {
    const char *shown; /* for positions */
    const void *file;  /* the reader's own; the tree never looks at it */
};

struct node {
    const struct origin *origin;
    union {
        const char *text;         /* scalars, as written without quotes; NUL-terminated, without other NULs */
        const struct node *items; /* lists */
        const struct pair *pairs; /* maps: keys are unique text */
    };
    uint32_t count; /* of items or pairs; 0 for scalars */
    uint32_t line, column;
    uint32_t weight; /* nodes in this subtree with aliases expanded */
    enum node_kind kind;
};

struct pair {
    struct node key, value;
};

enum {
    TREE_ANCHORS_MAX = 1000 /* per file; they are searched one after another */
};

/* Parses one file. Every document that is whole is appended to the row (empty ones are left out), also when a
   later one is broken. false when there was a mistake. The nodes live in the arena of `texts`, which many
   files may share. */
struct documents {
    struct node *items; /* memory.h; free with documents_release */
    uint32_t count, room;
};
bool tree_parse(const char *bytes, size_t size, const struct origin *origin, struct intern *texts,
                struct documents *out, struct mistakes *mistakes);
void documents_release(struct documents *documents);

struct position node_position(const struct node *node);
bool node_is_scalar(const struct node *node);
const char *node_title(const struct node *node); /* "a list", "a number", "empty" */
/* The pair with this key, or NULL; also NULL when the node is no map. */
const struct pair *node_pair(const struct node *map, const char *key);
const struct node *node_child(const struct node *map, const char *key);
/* "spec.rootDisk.size" from the root of a document; NULL when a part is missing. */
const struct node *node_at(const struct node *root, const char *path);

#endif
