#ifndef SETPOINT_DAEMON_CONTROL_STREAM_H
#define SETPOINT_DAEMON_CONTROL_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/control_desk.h"

/* Server-Sent Events (WHATWG HTML, section 9.2): a reply without an end, one `data:` line per JSON value,
   comment lines in between. A watcher gets whole pictures: one that he has not taken yet is never queued
   behind another. A follower gets every event once, in order, from a bounded buffer; over it he is sent away
   and comes back with after=SEQ. At most LIMIT_WATCHERS streams. */

struct control_early;

struct control_stream {
    struct control_request *request;
    /* A watcher's picture; NULL for a follower. */
    void (*picture)(struct control_desk *desk, struct control_request *request, struct text *out);
    struct text out; /* not yet taken: bytes from `taken` */
    size_t taken;
    bool dirty;   /* a watcher's picture is older than the state */
    bool ended;   /* after what is in `out` */
    bool loading; /* a follower's history is being read */
    uint64_t last_seq;
    struct control_early *early; /* events told while loading */
    uint32_t early_count, early_room;
    size_t early_bytes;
};

/* NULL: the 503 reply is set. The stream belongs to the request. */
struct control_stream *control_stream_open(struct control_desk *desk, struct control_request *request);
void control_stream_free(struct control_desk *desk, struct control_stream *stream);

/* Begins to watch: the first picture goes out at once. */
void control_stream_watch(struct control_desk *desk, struct control_request *request,
                          void (*picture)(struct control_desk *, struct control_request *, struct text *));
/* Begins to follow: a JSON array of events first, then those told since control_stream_open. */
void control_stream_history(struct control_desk *desk, struct control_request *request, const char *json);

/* One event for all followers. */
void control_streams_tell(struct control_desk *desk, uint64_t seq, const char *source, const char *name,
                          const char *json);
void control_streams_mark_dirty(struct control_desk *desk);
/* New pictures for the watchers that can take one. */
void control_streams_refresh(struct control_desk *desk);
void control_streams_comment(struct control_desk *desk);

/* libmicrohttpd's content reader; cls is the stream's request and ctx the desk, see control.c. */
ssize_t control_stream_read(struct control_desk *desk, struct control_stream *stream, char *out, size_t size);

#endif
