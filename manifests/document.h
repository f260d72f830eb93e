#ifndef SETPOINT_MANIFESTS_DOCUMENT_H
#define SETPOINT_MANIFESTS_DOCUMENT_H

#include <stdbool.h>

#include "manifests/check.h"

/* One document of a known kind, in the right place. Everything lives in the arena of the tree. */
struct document {
    enum kind kind;
    const struct node *root;
    const char *name;             /* metadata.name; "" when it is missing or not of the form */
    const struct node *name_node; /* where it stands; the root when it is missing */
    bool sound;                   /* held against the table without a mistake */
};

/* Decides what a document is and checks it. false: not of a kind that is read here (a mistake was added). */
bool document_open(const struct node *root, enum place place, const struct traits *const *traits,
                   struct mistakes *mistakes, struct document *out);

/* A growing row of documents of one kind; `items` is memory.h's. */
struct document_row {
    struct document *items;
    uint32_t count, room;
};
void document_row_add(struct document_row *row, const struct document *document);
void document_row_release(struct document_row *row);
/* Sorts by name (equal names keep their order) and adds a mistake for each name that stands twice. */
void document_row_sort(struct document_row *row, struct mistakes *mistakes);
const struct document *document_row_find(const struct document_row *sorted, const char *name);

#endif
