#ifndef SETPOINT_SCAN_H
#define SETPOINT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/span.h"

/* A cursor over JSON text, for bodies that are large (server lists: 2 MB a page). No tree and no memory but
   the texts that are asked for; what nobody reads is skipped. Every value is passed exactly once, in the
   order of the text:

     scan_object(&scan);
     while (scan_member(&scan, &key)) { read or skip exactly one value }

   Anything that is not JSON sets `broken`, which stays set and ends all loops; check scan_finish() once at
   the end. Texts between brackets that are skipped are checked for strings and matching brackets only. Of
   repeated keys the reader sees all. The body must outlive the scan. */
struct scan {
    const char *at, *end;
    bool fresh; /* right behind an opening bracket: no comma is expected */
    bool broken;
};

enum { SCAN_DEPTH_MAX = 64 /* the deepest known reply has 6 levels */ };

void scan_init(struct scan *scan, const char *body, size_t size);
/* Nothing broken, and only blanks are left. */
bool scan_finish(struct scan *scan);

/* Steps into an object or array. Any other value is skipped and false returned. */
bool scan_object(struct scan *scan);
bool scan_array(struct scan *scan);
/* The next member or item; false when the bracket closes. `key` is raw (escapes stay), valid with the body.
 */
bool scan_member(struct scan *scan, struct span *out_key);
bool scan_item(struct scan *scan);
const char *scan_key_text(struct span key, struct arena *arena, size_t size_max); /* as scan_text */
const char *scan_key_value(struct span key, struct arena *arena);                 /* as scan_value */
void scan_skip(struct scan *scan);

/* A string, number or boolean as clean text (clean.h) in the arena; null, object or array: NULL. */
const char *scan_text(struct scan *scan, struct arena *arena, size_t size_max);
/* The same as it is (clean_value), of at most CLEAN_TEXT_MAX. */
const char *scan_value(struct scan *scan, struct arena *arena);
/* true, or a number that is not 0, or "true" in any case. */
bool scan_is_true(struct scan *scan);
/* A whole number, also as text; false: it is something else. */
bool scan_number(struct scan *scan, int64_t *out);
bool scan_is_null(struct scan *scan); /* looks only */

#endif
