#ifndef SETPOINT_JSON_H
#define SETPOINT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/text.h"

/* Lenient readers over cJSON's tree, for small bodies: log-ins, errors, catalogues (large ones: scan.h). Any
   node may be NULL: a path that is not there reads as absent. Keys are compared exactly. Texts are clean
   copies (clean.h) in the arena. */

#define AUTO_JSON __attribute__((cleanup(json_release)))
static inline void json_release(cJSON **tree)
{
    cJSON_Delete(*tree);
}

/* NULL: not JSON, or something is behind it. */
cJSON *json_parse(const char *body, size_t size);
const cJSON *json_member(const cJSON *object, const char *key);
/* The first item of an array (or member of an object); the others follow by ->next. NULL: none. */
const cJSON *json_first(const cJSON *list);
/* A string, or a number written out; anything else: NULL. */
const char *json_get_text(const cJSON *object, const char *key, struct arena *arena);
/* A whole number, also as text; `fallback` when there is none or it is outside 0 … max. */
int64_t json_get_number(const cJSON *object, const char *key, int64_t max, int64_t fallback);
/* true, "true", or a number that is not 0. */
bool json_get_truth(const cJSON *object, const char *key);

/* Writers: a body is put together in a text builder. "key": and "key":"value" with a comma in front where one
   is needed. */
void json_write_key(struct text *out, const char *key);
void json_write_pair(struct text *out, const char *key, const char *value);

#endif
