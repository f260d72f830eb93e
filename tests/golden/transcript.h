#ifndef SETPOINT_TESTS_GOLDEN_TRANSCRIPT_H
#define SETPOINT_TESTS_GOLDEN_TRANSCRIPT_H

#include <stdbool.h>

#include "reconcile/base/text.h"

/* Plays one case in the working directory. `out`: its own lines, each followed by what comes of it; or, when
   they are not repeated, what comes of it alone. What the case expects is left out of both. */
void transcribe(const char *text, bool repeated, struct text *out);
/* Takes a directory and all below it away. */
void directory_remove(const char *directory);

#endif
