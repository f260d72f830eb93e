#ifndef SETPOINT_MANIFESTS_JSON_SCHEMA_H
#define SETPOINT_MANIFESTS_JSON_SCHEMA_H

#include "reconcile/base/text.h"
#include "reconcile/event.h"

/* The JSON Schema (2020-12) of all kinds, made from the table of schema.h: one document, any of the kinds.
   For editors and CI. What needs more than one document (classes, unique names, limits of a provider) is not
   in it. */
enum { JSON_SCHEMA_MAX = 1 << 20 /* about 50 KB today */ };

/* traits: all providers, NULL-terminated; their names are the values of Cloud spec.provider. `out` is
   text_init'ed by the caller with JSON_SCHEMA_MAX. Ends with a newline. */
void json_schema_write(const struct traits *const *traits, struct text *out);

#endif
