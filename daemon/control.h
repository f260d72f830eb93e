#ifndef SETPOINT_DAEMON_CONTROL_H
#define SETPOINT_DAEMON_CONTROL_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "reconcile/base/error.h"
#include "reconcile/base/instant.h"
#include "reconcile/event.h"
#include "reconcile/step.h"

/* The control socket (DESIGN.md section 9): HTTP/JSON on a Unix socket, served by libmicrohttpd on the
   daemon's one loop, no thread of its own. What can be read from the state is answered at once by the view
   functions; everything else is asked of the owner of the state, the host, and answered later by token.

   Every request is judged per connection by SO_PEERCRED and SO_PEERGROUPS: group setpoint reads; root, group
   setpoint-admin and the daemon's own user (who could do it anyway: ExecReload= runs as it) act; everybody
   else gets 403 with the line that lets him in. */
struct control;

/* What the control socket needs of the daemon. No callback may call control_close. Texts and rows handed to a
   callback are valid during the call only: the host copies what it keeps. A token is never 0 and never used
   twice; each is to be answered once, by control_answer or control_finish_json, at any later time or from
   inside the callback. An answer to a token that is not known any more (the asker is gone) is dropped. */
struct control_host {
    void *ctx;
    struct state *(*state)(void *ctx); /* never NULL; view_plan is called between turns only */
    struct now (*now)(void *ctx);
    const char *(*owner)(void *ctx); /* Daemon.spec.owner; NULL while there is no configuration */
    const char *(*log_level)(void *ctx);

    /* Becomes an EVENT_COMMAND as it is: command->id is the token, uid and pid are the asker's. EFFECT_ANSWER
       goes to control_answer. COMMAND_LEDGER_REBUILD and COMMAND_LOG_LEVEL (the level
       is the target) come here too. */
    void (*command)(void *ctx, const struct event_command *command);
    /* Reads sources anew, past the quiet period, and has the outcome in the state before it answers with 0.
       names: sources, "source/name" or names of objects; none = all sources. An invalid source is no failure
       of the reading: its objects say so. */
    void (*reread)(void *ctx, uint64_t token, const char *const *names, uint32_t name_count);
    /* Configuration and sources anew; answered when in force: 0, or 1 with the mistakes, one
       file:line:column per line. */
    void (*reload)(void *ctx, uint64_t token);
    /* History from the ledger, oldest first: the newest `limit` events after `after_seq` (0 = from the start)
       that concern `name` (NULL = all; "source/name", or a source). Answered by control_finish_json with a
       JSON array of section 9's events. */
    void (*events)(void *ctx, uint64_t token, const char *name, uint64_t after_seq, uint32_t limit);
    /* Something for the log at debug level (a client hung up, a limit was met). May be NULL. */
    void (*debug)(void *ctx, const char *message);
};

struct control_options {
    const char *path;        /* of the socket; made here unless listen_fd is given, and shown in messages */
    int listen_fd;           /* a listening socket from systemd, taken over; -1 = none */
    bool development;        /* --runtime DIR: mode 0600; only root and the daemon's own uid read and act */
    const char *version;     /* for /v1/version; static */
    int64_t started_wall_ms; /* for /v1/version */
};

enum {
    CONTROL_PENDING = 32,            /* requests that wait for an answer of the host; more get 503 */
    CONTROL_PARAMETERS = 256,        /* parameters of one request: names of objects on a command line */
    CONTROL_REPLY_BYTES = 256 << 20, /* one status of LIMIT_OBJECTS objects is about 120 MB */
    /* Replies that their readers have not taken: with more, who asks next waits (429). A status of 10,000
       objects is 4 MB, and each has one of its own; the unit has 512 MiB. */
    CONTROL_REPLIES_BYTES = 64 << 20,
    CONTROL_REPLIES_BYTES_ACTS = 96 << 20, /* of those who may act: slow readers keep none of them waiting */
    CONTROL_FOLLOW_BYTES = 256 << 10, /* events that a follower has not read; more ends him (he reconnects) */
    CONTROL_EVENTS_MAX = 10000,       /* limit= of /v1/events */
    CONTROL_EVENTS_DEFAULT = 100,
    CONTROL_EVENTS_DESCRIBED = 10,     /* that /v1/describe ends with */
    CONTROL_COMMENT_MS = 15 * 1000,    /* a comment line to every stream: shows the daemon who hung up */
    CONTROL_WATCH_INTERVAL_MS = 250,   /* at most 4 pictures a second */
    CONTROL_CONNECTION_TIMEOUT_S = 120 /* of a connection that is silent and not waiting for us */
};

/* Takes hold of the socket and serves it as long as the loop runs. `host` is copied; options' texts are too.
   A stale socket file (nobody answers) is replaced; a live one is ERROR_STATE "… is taken …". NULL on
   failure. On failure listen_fd stays the caller's. */
struct control *control_new(uv_loop_t *loop, const struct control_options *options,
                            const struct control_host *host, struct error *err);
/* Ends all streams and requests and removes a socket file that was made here. No callback comes after it.
   Memory goes when the loop has run the close callbacks of the handles. NULL-safe. */
void control_close(struct control *control);

/* The answer to a token. exit: an exit code of section 9; message: one or more lines without a newline at the
   end, NULL = "". */
void control_answer(struct control *control, uint64_t token, int exit, const char *message);
/* The answer to a token of `events`: the JSON text, copied. */
void control_finish_json(struct control *control, uint64_t token, const char *json);

/* Call after a turn: when view_serial grew, everyone who watches gets a new picture (at most 4 a second; a
   slow reader gets the newest one when he is ready for it). Cheap when nobody watches. */
void control_notify(struct control *control);
/* One event (a JSON object of section 9) to everyone who follows. source, name: whom it concerns, for
   followers of one name; NULL or "" = nobody in particular. seq: a follower gets each seq at most once. */
void control_tell(struct control *control, uint64_t seq, const char *source, const char *name,
                  const char *json);

#endif
