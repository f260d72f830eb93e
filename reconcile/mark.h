#ifndef SETPOINT_MARK_H
#define SETPOINT_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/limits.h"
#include "reconcile/field.h"
#include "reconcile/value.h"

/* What says on a server that it is ours (DESIGN.md section 5). Providers only carry it: as metadata keys
   (mark_to_metadata), or in a form of their own. A mark is whole when every part is there and well formed. */
enum mark_role { MARK_CURRENT, MARK_NEXT };

enum { MARK_ATTEMPT = 8, MARK_WRITER = 4 };

struct mark {
    char owner[LIMIT_OWNER + 1];
    char cloud[LIMIT_DOCUMENT_NAME + 1];
    char source[LIMIT_DOCUMENT_NAME + 1];
    char name[LIMIT_NAME + 1];
    enum mark_role role;
    char attempt[MARK_ATTEMPT + 1]; /* of the create that made the server */
    char writer[MARK_WRITER + 1];   /* random, in the ledger: tells two daemons of one owner apart */
    bool protect;
    uint32_t applied_fields;       /* FIELD_BITs of `applied` */
    uint64_t applied[FIELD_COUNT]; /* keyed hash of what was applied, of fields that cannot be seen */
    uint32_t parts;                /* of a mark that was read: bits of the keys that were there and valid */
};

#define MARK_PREFIX "setpoint."

/* The mark as rows of a metadata map (keys setpoint.*, values within 255 characters). */
struct value mark_to_metadata(const struct mark *mark, struct arena *arena);
/* One entry of that map, to rewrite what was stripped: key index 0 … mark_key_count() - 1. */
unsigned mark_key_count(void);
/* Reads a metadata map; false when it has no key of ours at all. *out_whole tells whether every part is
   valid: a broken mark is not ours, but is shown. */
bool mark_from_metadata(struct value metadata, struct mark *out, bool *out_whole);
/* Whether that key was there and valid when the mark was read. */
bool mark_has(const struct mark *mark, const char *metadata_key);
/* attempt, writer, applied: what was true at the create. A ledger that was lost does not make them wrong. */
bool mark_key_is_history(const char *metadata_key);
bool mark_key_is_ours(const char *metadata_key); /* starts with MARK_PREFIX */

#endif
