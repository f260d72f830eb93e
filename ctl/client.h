#ifndef SETPOINT_CTL_CLIENT_H
#define SETPOINT_CTL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/text.h"

/* HTTP/1.1 to the daemon over its Unix socket, by libcurl. Failures are said on stderr here, once, and come
   back as an exit code of section 9. */

#define CLIENT_SOCKET_DEFAULT "/run/setpoint/control.sock"

enum {
    CLIENT_REPLY_BYTES = 260 << 20,  /* a little more than the daemon's largest */
    CLIENT_PATH_BYTES = 48 << 10,    /* of a request with many names; the daemon takes 64 KiB with the rest */
    CLIENT_READ_MS = 60 * 1000,      /* what is answered from the state */
    CLIENT_WORK_MS = 10 * 60 * 1000, /* what waits for clouds */
    CLIENT_QUIET_S = 45,             /* three comment lines of a stream missed: nobody is there */
    CLIENT_BACK_MS = 15 * 1000       /* how long a stream that broke is tried again: a restart takes 5 s */
};

struct client {
    const char *socket;
};

/* A path with a query, percent-encoded: client_path(…, "/v1/status"); client_query(…, "name", "web-1"). */
void client_path(struct text *path, const char *base);
void client_query(struct text *path, const char *name, const char *value);

/* Returns 0 with the reply's JSON, or an exit code. body: JSON, NULL = GET. timeout_ms over: CTL_TIMEOUT. */
int client_ask(const struct client *client, const struct text *path, const char *body, int64_t timeout_ms,
               struct text *out_reply);

/* A stream. */
struct client_stream {
    void *ctx;
    /* One JSON value; about once a second without one, json is NULL. Returns -1 to go on, else the exit code
       with which to stop. */
    int (*on_value)(void *ctx, const char *json);
    /* The daemon went away and is tried again; then: it is back. May be NULL. */
    void (*on_gap)(void *ctx, bool back);
    /* Where to go on: writes the path for the next connection. NULL = the same path again. */
    void (*path_again)(void *ctx, struct text *path);
};

int client_follow(const struct client *client, const struct text *path, const struct client_stream *stream);

int64_t client_clock_ms(void); /* CLOCK_MONOTONIC */
int64_t client_wall_ms(void);

#endif
