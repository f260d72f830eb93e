#ifndef SETPOINT_CLEAN_H
#define SETPOINT_CLEAN_H

#include <stddef.h>

#include "reconcile/base/arena.h"

/* Text from a reply as the rest of the program may hold it: valid UTF-8 of bounded length; longer text is cut
   at a character. */

enum {
    CLEAN_WORD_MAX = 128, /* statuses, request ids: the longest known has 40 */
    CLEAN_TEXT_MAX = 1024 /* names, metadata: 255 characters of up to 4 bytes */
};

/* Copies in the arena; never NULL. */
/* Words and messages, for people: no control characters (they steer terminals). Invalid bytes and C1 controls
   become U+FFFD, C0 controls and DEL a blank. */
const char *clean_text(struct arena *arena, const char *bytes, size_t size, size_t size_max);
/* What is compared with a manifest, or sent back: as it is, control characters as well. Whoever shows it
   takes them out. Only invalid bytes and NUL, which no manifest can hold, become U+FFFD. */
const char *clean_value(struct arena *arena, const char *bytes, size_t size, size_t size_max);

#endif
