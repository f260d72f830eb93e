#ifndef SETPOINT_PAGE_H
#define SETPOINT_PAGE_H

#include "reconcile/base/arena.h"

/* Continuing a list. Only a marker is ever taken from a reply: what a reply names as the next URL could be
   any host, and the token would go there. */

enum {
    PAGE_MARKER_MAX = 255,
    PAGE_LINK_MAX = 2048 /* a link of this length has been cut */
};

/* The decoded value of "marker" in the query of a link; NULL when it is not there, empty or too long: then
   the list cannot be gone on with, and what was read of it is not whole. href may be NULL. */
const char *page_marker(const char *href, struct arena *arena);

#endif
