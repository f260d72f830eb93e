#ifndef SETPOINT_BASE_BASE64_H
#define SETPOINT_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "reconcile/base/arena.h"

/* RFC 4648 section 4, with padding. */
char *base64_encode(struct arena *arena, const void *bytes, size_t size);
size_t base64_size(size_t size);
/* The bytes that `length` characters stand for, in the arena. false: not base64, or not the one way to write
   these bytes (padding, bits left over). */
bool base64_decode(struct arena *arena, const char *text, size_t length, unsigned char **out_bytes,
                   size_t *out_size);

#endif
