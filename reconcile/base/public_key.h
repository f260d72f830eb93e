#ifndef SETPOINT_BASE_PUBLIC_KEY_H
#define SETPOINT_BASE_PUBLIC_KEY_H

#include <stdbool.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/error.h"

/* An SSH public key, as in a .pub file: one line of type, base64 of a blob (RFC 4253 section 6.6, RFC 5656
   section 3.1, RFC 8709 section 4) and a comment. Of a text that is no public key nothing is ever repeated:
   it may be a private one. */

enum { FINGERPRINT_MAX = 52 /* "SHA256:" and 43 letters, NUL-terminated */ };

/* Reads it, whatever blanks stand round it. *out_line: "type base64" or "type base64 comment", in the arena.
   err: what is wrong, and what would be right. */
bool public_key_parse(const char *text, struct arena *arena, const char **out_line, struct error *err);

/* Of a line that public_key_parse made: as ssh-keygen shows it. */
void public_key_fingerprint(const char *line, char out[FINGERPRINT_MAX]);

enum key_match {
    KEY_EQUAL,
    KEY_DIFFERENT,
    KEY_UNTOLD /* the cloud shows neither key nor a fingerprint that is understood */
};

/* Whether what a cloud shows of a key pair, `shown` and `fingerprint` (each NULL when it is not shown), is
   this key: by type and blob (comments may differ), else by fingerprint: the MD5 of the blob in hexadecimal,
   as Nova shows it, or its SHA-256. */
enum key_match public_key_compare(const char *line, const char *shown, const char *fingerprint);
/* Two lines: the same but for the comment. */
bool public_keys_equal(const char *line, const char *other);
/* What a person is shown of the cloud's key; "another one" when it shows nothing. */
const char *public_key_shown(const char *shown, const char *fingerprint, struct arena *arena);

#endif
