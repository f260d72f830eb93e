#ifndef SETPOINT_MANIFESTS_ENCODING_H
#define SETPOINT_MANIFESTS_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "manifests/mistakes.h"

/* Looks through a whole file before the parser sees it: it must be UTF-8 (RFC 3629) without characters that
   YAML 1.2 section 5.1 calls not printable. The first wrong byte is the mistake. */
bool encoding_check(const char *bytes, size_t size, const char *shown, struct mistakes *mistakes);

#endif
