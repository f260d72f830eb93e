#ifndef SETPOINT_MANIFESTS_CHECK_H
#define SETPOINT_MANIFESTS_CHECK_H

#include "manifests/mistakes.h"
#include "manifests/schema.h"
#include "manifests/tree.h"

/* Holds one document against the table: unknown and missing keys, types, words, ranges, shapes of text, what
   is known and not supported. Whatever passes can be read by the parsers of scalar.h without another look. */
struct check {
    enum kind kind;
    const struct traits *const *traits; /* all providers, NULL-terminated */
    struct mistakes *mistakes;
};

/* root: a map whose kind has been found to be check->kind. */
void check_document(const struct check *check, const struct node *root);

/* What a row wants, for mistakes, explain and docs: "a whole number from 1 to 256". */
void row_wants(const struct schema_row *row, struct text *out);
/* The built-in value of a row that has one, likewise: "userData, keypair". */
void row_fallback(const struct schema_row *row, struct text *out);

#endif
