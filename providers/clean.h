#ifndef SETPOINT_CLEAN_H
#define SETPOINT_CLEAN_H

#include <stddef.h>

#include "reconcile/base/arena.h"

/* Text from a reply as the rest of the program may hold and show it: valid UTF-8, no control characters (they
   steer terminals), and of bounded length. Invalid bytes and C1 controls become U+FFFD, C0 controls and DEL a
   blank. Longer text is cut at a character. */

enum {
    CLEAN_WORD_MAX = 128, /* statuses, request ids: the longest known has 40 */
    CLEAN_TEXT_MAX = 1024 /* names, metadata: 255 characters of up to 4 bytes */
};

/* The copy lives in the arena; never NULL. */
const char *clean_text(struct arena *arena, const char *bytes, size_t size, size_t size_max);

#endif
