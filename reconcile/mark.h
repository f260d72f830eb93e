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

enum { MARK_ATTEMPT = 8, MARK_WRITER = 4, MARK_TAG = 16, MARK_DIGEST = 8 };

/* How a provider carries it (traits.h). */
enum mark_form {
    MARK_NOWHERE,       /* nothing but the name can be set: the ledger alone binds */
    MARK_AS_METADATA,   /* keys setpoint.* of the server's metadata */
    MARK_IN_DESCRIPTION /* before the user's own text in the server's description */
};

struct mark {
    char owner[LIMIT_OWNER + 1];
    char cloud[LIMIT_DOCUMENT_NAME + 1];
    char source[LIMIT_DOCUMENT_NAME + 1];
    char name[LIMIT_NAME + 1];
    enum mark_role role;
    char attempt[MARK_ATTEMPT + 1]; /* of the create that made the server */
    char writer[MARK_WRITER + 1];   /* random, in the ledger: tells two daemons of one owner apart */
    bool protect;
    int64_t restarted_wall_ms; /* the newest spec.restart.at that was done; 0 = none: the key is not there */
    uint32_t applied_fields;   /* FIELD_BITs of `applied` */
    uint64_t applied[FIELD_COUNT]; /* keyed hash of what was applied, of fields that cannot be seen */
    /* Read from a description, where there is no room for names and single hashes; cloud, source, name and
       applied are then empty. */
    char tag[MARK_TAG + 1];       /* of which object: mark_tag */
    char digest[MARK_DIGEST + 1]; /* of all that `applied` says */
    uint32_t parts;               /* of a mark that was read: bits of the keys that were there and valid */
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
/* As SET_METADATA's argument: several keys of a mark in one call, where the provider has one that leaves the
   others alone (traits.mark_in_one). Its value is mark_keys_to_json. */
#define MARK_SEVERAL_KEYS MARK_PREFIX "*"
/* {"key": "value", …} of rows of (key, value). */
const char *mark_keys_to_json(struct value rows, struct arena *arena);
#define MARK_OWNER_KEY   MARK_PREFIX "owner"
#define MARK_RESTART_KEY MARK_PREFIX "restart"
/* attempt, writer, applied: what was true at the create. A ledger that was lost does not make them wrong. */
bool mark_key_is_history(const char *metadata_key);
bool mark_key_is_ours(const char *metadata_key); /* starts with MARK_PREFIX */

/* "[sp1 OWNER TAG ATTEMPT WRITER F DIGEST]" and, behind a blank, the user's own text. F is one digit: 1 for
   the role next, 2 for protection, added. */
enum { MARK_DESCRIPTION_TEXT = 35 }; /* characters of own text that fit behind every mark (100 in all) */
/* As SET_METADATA's argument: the description as a whole is written anew. */
#define MARK_DESCRIPTION_KEY MARK_PREFIX "description"
const char *mark_to_description(const struct mark *mark, const char *own_text, struct arena *arena);
/* false: no mark of this program; *out_text is then all of it. Both point into `description`. */
bool mark_from_description(const char *description, struct mark *out, bool *out_whole, const char **out_text);
/* 16 characters of base32 (RFC 4648, lower case) of SHA-256("CLOUD/SOURCE/NAME"). */
void mark_tag(const char *cloud, const char *source, const char *name, char out[MARK_TAG + 1]);

#endif
