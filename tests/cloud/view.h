/* A server as Nova's JSON. */
#ifndef SETPOINT_TESTS_CLOUD_VIEW_H
#define SETPOINT_TESTS_CLOUD_VIEW_H

#include "call.h"

enum view_kind {
    VIEW_BRIEF,  /* id, name, links */
    VIEW_DETAIL, /* an element of servers/detail */
    VIEW_SHOW,
    VIEW_UPDATE, /* PUT's reply: shorter (recorded 070) */
};

/* `face` is the server's own or an older one. */
void view_server(const struct call *call, struct buffer *out, const struct server *server,
                 const struct face *face, enum view_kind kind);
/* The addresses map; `extended` with OS-EXT-IPS. */
void view_addresses(const struct call *call, struct buffer *out, const struct server *server,
                    const struct face *face, bool extended);
/* The metadata map under the key "metadata". */
void view_metadata(struct buffer *out, const struct face *face);
/* The n-th attached volume, the root volume first; NULL past the end. */
const struct item *view_volume(const struct server *server, const struct face *face, size_t position);
/* "/dev/vda"... of that position. */
const char *view_device(const struct call *call, size_t position, char *out, size_t size);

#endif
