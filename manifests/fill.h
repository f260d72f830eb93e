#ifndef SETPOINT_MANIFESTS_FILL_H
#define SETPOINT_MANIFESTS_FILL_H

#include "manifests/schema.h"
#include "manifests/tree.h"

/* Writes every row of `kind` that has a slot into `target`, the struct that the slots of that kind belong to:
   the document's value, else the row's fallback, else nothing. Rows below a list of maps are left to
   fill_entry, which does the same for one map of the list. The document has been checked. Texts are copied
   into `arena`. What a type becomes:

     TYPE_TEXT, TYPE_WORD with ROW_WORD_TEXT   const char *
     TYPE_WORD                                 an enum, by the order of the words
     TYPE_BOOL                                 bool
     TYPE_NUMBER                               uint32_t
     TYPE_DURATION (ms), TYPE_SIZE (bytes)     int64_t
     TYPE_INSTANT (Unix ms)                    int64_t
     TYPE_SHARE                                struct share
     TYPE_SECRET                               struct secret_reference; as it was with {plain: TEXT}
     TYPE_WORDS                                uint32_t of bits by the order of the words
     TYPE_FIELDS                               uint32_t of FIELD_BITs */
void fill_slots(enum kind kind, const struct node *root, void *target, struct arena *arena);
void fill_entry(enum kind kind, const struct schema_row *list, const struct node *map, void *target,
                struct arena *arena);
/* The texts of a TYPE_TEXTS, in their order or sorted. list NULL: none. */
const char *const *fill_texts(const struct node *list, bool sorted, struct arena *arena, uint32_t *out_count);
/* {credential: NAME} or {file: PATH}, checked. */
struct secret_reference fill_secret(const struct node *map, struct arena *arena);

#endif
