#ifndef SETPOINT_DAEMON_CONTROL_DESK_H
#define SETPOINT_DAEMON_CONTROL_DESK_H

#include <stdint.h>
#include <sys/queue.h>

#include "daemon/control.h"
#include "daemon/control_access.h"
#include "daemon/control_place.h"
#include "daemon/control_rate.h"
#include "daemon/control_request.h"

/* What the routes work with: the host, the requests under way and the tokens that were given out. Knows
   nothing of sockets and the loop; control.c owns it. */

LIST_HEAD(control_requests, control_request);

struct control_desk {
    struct control_host host;
    struct control_rules rules;
    char *path, *version; /* owned */
    int64_t started_wall_ms;
    struct control_places places;
    struct control_rates rates;
    struct control_requests requests; /* all that libmicrohttpd works on */
    uint64_t last_token;
    uint32_t pending_count;
    uint32_t stream_count;
    size_t reply_bytes;         /* that libmicrohttpd holds and the readers have not taken */
    uint64_t shown_serial;      /* of the picture that the watchers have or are about to get */
    bool closing;               /* no callback to the host any more */
    void (*arrived)(void *ctx); /* a request */
    void (*wake)(void *ctx);    /* libmicrohttpd has something to do */
    void (*pace)(void *ctx);    /* a stream waits for a new picture */
    void *ctx;
};

/* Work that the host does before a request can be answered, one step after the other. */
enum control_step {
    CONTROL_STEP_END,
    CONTROL_REREAD,
    CONTROL_SYNC,
    CONTROL_RETRY,
    CONTROL_RELOAD,
    CONTROL_COMMAND,
    CONTROL_HISTORY
};

enum { CONTROL_STEPS = 4 };

/* One row per method and path. */
struct control_route {
    const char *method, *path;
    enum control_access access;
    const struct control_parameter *parameters;
    /* Checks what goes beyond single parameters and may reply; NULL = nothing to check. */
    void (*begin)(struct control_desk *desk, struct control_request *request);
    enum control_step steps[CONTROL_STEPS];
    const char *steps_only_with; /* a flag; NULL = always */
    enum command_kind command;   /* of CONTROL_COMMAND */
    uint32_t history;            /* of CONTROL_HISTORY: events, when limit= is not given */
    /* After the last step, with its message or, after CONTROL_HISTORY, its JSON. history_optional: with NULL
       when the ledger cannot tell. */
    bool history_optional;
    void (*finish)(struct control_desk *desk, struct control_request *request, const char *message);
};

/* Finds the route, counts the request and judges who asks; false: the reply is set. */
bool control_desk_admit(struct control_desk *desk, struct control_request *request);
/* Takes a whole request to its route. Afterwards it has a reply, a stream or a token. */
void control_desk_serve(struct control_desk *desk, struct control_request *request);
/* Finds the route; NULL: the reply is set. */
const struct control_route *control_route_find(struct control_request *request);
/* All of them. */
const struct control_route *control_route_table(uint32_t *out_count);

/* Runs the first or next step, or finishes. */
void control_desk_step(struct control_desk *desk, struct control_request *request, const char *message);
/* The host answered a step. */
void control_desk_answer(struct control_desk *desk, uint64_t token, int exit, const char *message);
/* The request is over, whatever the host may still say. */
void control_desk_forget(struct control_desk *desk, struct control_request *request);
/* Lets libmicrohttpd go on with a request that has something to say. */
void control_desk_resume(struct control_desk *desk, struct control_request *request);

#endif
