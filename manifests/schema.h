#ifndef SETPOINT_MANIFESTS_SCHEMA_H
#define SETPOINT_MANIFESTS_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "manifests/form.h"
#include "reconcile/event.h"

/* The one table of all documents: every key that may be written, in which kinds, what it may hold, what it
   means. The checker, the merging, the JSON Schema and `explain` read it; a new key is one row here (and, for
   a managed field, its id in reconcile/field.h). */

enum kind {
    KIND_INSTANCE,
    KIND_CLASS,
    KIND_FLEET,
    KIND_KEYPAIR,
    KIND_DAEMON,
    KIND_CLOUD,
    KIND_SOURCE,
    KIND_COUNT
};
#define KIND_BIT(kind) (UINT32_C(1) << (kind))

/* Whose documents: manifests of a source, or the operator's configuration. Neither may stand in the other. */
enum place { PLACE_SOURCE, PLACE_OPERATOR };

struct kind_row {
    const char *name;
    enum place place;
    bool unsupported; /* known, refused */
    const char *doc;
};

enum schema_type {
    TYPE_MAP,   /* the keys are the rows whose path continues this one's */
    TYPE_MAPS,  /* a list of such maps; min, max count them */
    TYPE_TEXT,  /* of the row's form; min, max: characters */
    TYPE_TEXTS, /* a list of TYPE_TEXT; count_max counts them; no text twice */
    TYPE_WORD,  /* one of `words`; their order is that of the enum behind the slot */
    TYPE_WORDS, /* a list of some of them; no word twice */
    TYPE_BOOL,
    TYPE_NUMBER,   /* min … max */
    TYPE_DURATION, /* min … max in milliseconds */
    TYPE_SIZE,     /* min … max in bytes */
    TYPE_INSTANT,  /* RFC 3339 */
    TYPE_SHARE,    /* "10%" or a number */
    TYPE_FIELDS,   /* a list of names of managed fields */
    TYPE_TEXT_MAP, /* free keys and text values, both up to max characters; count_max counts them */
    TYPE_SECRET,   /* {credential: NAME} or {file: PATH}; what stands there is never shown */
    TYPE_COUNT
};

enum {
    ROW_REQUIRED = 1 << 0,    /* in the document itself */
    ROW_MERGED = 1 << 1,      /* after merging */
    ROW_BUILD = 1 << 2,       /* after merging, unless the Instance adopts a server: no build without it */
    ROW_ONE_OF = 1 << 3,      /* a map: exactly one of its ROW_CHOICE keys, and merging replaces the choice */
    ROW_CHOICE = 1 << 4,      /* one of the keys that exclude each other */
    ROW_UNSUPPORTED = 1 << 5, /* known, refused */
    ROW_PROVIDER = 1 << 6,    /* TYPE_TEXT: the name of a provider */
    ROW_WORD_TEXT = 1 << 7,   /* TYPE_WORD: the slot holds the text, not an enum */
    ROW_BY_PROVIDER = 1 << 8, /* of a Cloud: only where the provider's cloud_keys name it */
    ROW_PASSES = 1 << 9,      /* FORM_URL of a Cloud: TLS only passes through it, so it may be plain http */
    ROW_SOME = 1 << 10,       /* a list that is not empty */
    ROW_PLAIN = 1 << 11       /* TYPE_SECRET: or {plain: TEXT} of the row's form, of at most max characters */
};

struct schema_row {
    uint32_t kinds; /* KIND_BITs */
    const char *path;
    enum schema_type type;
    enum form form;
    const char *words;             /* "a|b|c" */
    const char *words_unsupported; /* those of them that are known and refused */
    int64_t min, max;
    uint32_t count_max;
    const char *fallback; /* the built-in value, as it would be written; NULL = none (absent = not managed) */
    uint32_t flags;
    unsigned sets; /* 1 + enum field of the managed field that the value becomes; 0 = none */
    size_t slot;   /* 1 + offset of the member of the target struct (fill.h), below TYPE_MAPS of the struct of
                      an   entry; 0 = none */
    const char *doc;
};

const struct kind_row *kind_row(enum kind kind);
bool kind_from_name(const char *name, enum kind *out);

/* All rows, parents before their children, children right behind. */
const struct schema_row *schema_rows(unsigned *out_count);
const struct schema_row *schema_find(enum kind kind, const char *path);
/* Walks the keys of a map: the first with after = NULL. parent NULL: the top of the document. */
const struct schema_row *schema_next(enum kind kind, const struct schema_row *parent,
                                     const struct schema_row *after);
const struct schema_row *schema_child(enum kind kind, const struct schema_row *parent, const char *key);
const char *schema_key(const struct schema_row *row); /* the last part of the path */
const struct schema_row *schema_of_field(enum field field);

/* Walks "a|b|c": copies the next word, false at the end. `at` starts as the list. */
enum { SCHEMA_WORD_MAX = 64 };
bool words_next(const char **at, char word[SCHEMA_WORD_MAX]);
bool words_have(const char *words, const char *word,
                unsigned *out_index); /* words NULL: none; out_index NULL */

#endif
