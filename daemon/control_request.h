#ifndef SETPOINT_DAEMON_CONTROL_REQUEST_H
#define SETPOINT_DAEMON_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "daemon/control_access.h"
#include "reconcile/base/arena.h"
#include "reconcile/base/text.h"
#include "reconcile/view.h"

/* One request on the control socket, from its head to its reply. What it asks is a list of arguments, the
   same whether they came as a query (GET) or as a JSON object (POST). Lives as long as libmicrohttpd's
   connection works on it. */

enum control_parameter_kind {
    CONTROL_TEXT,
    CONTROL_NUMBER,   /* 0 … max */
    CONTROL_FLAG,     /* true, 1 or false, 0 */
    CONTROL_DURATION, /* "24h" */
    CONTROL_TEXTS     /* may be repeated; in JSON an array */
};

/* One row per parameter a route knows; anything else is refused by name. */
struct control_parameter {
    const char *name;
    enum control_parameter_kind kind;
    bool required;
    uint64_t max; /* CONTROL_NUMBER */
};

struct control_argument {
    const char *name; /* the row's */
    const char *text; /* never NULL; in the request's arena */
};

struct control_reply {
    bool ready;
    int status;       /* HTTP */
    bool again;       /* nothing was done: the same may be asked of the daemon that follows (Retry-After) */
    struct text json; /* with a newline at the end */
};

struct MHD_Connection;
struct control_desk;
struct control_route;
struct control_stream;

struct control_request {
    LIST_ENTRY(control_request) others;
    struct arena arena;
    struct control_desk *desk;
    struct MHD_Connection *connection;
    const struct control_route *route;
    const char *method, *path;
    struct control_peer peer;
    bool served;       /* went to its route */
    size_t body_bytes; /* that came; `body` keeps the first of them */
    struct text body;  /* POST; `overflow` when it was longer than LIMIT_REQUEST_BYTES */
    struct control_argument *arguments;
    uint32_t argument_count;
    bool suspended; /* libmicrohttpd does not look at the connection */
    bool pending;   /* its steps are under way */
    uint32_t step;  /* next one */
    uint64_t token; /* of the step that waits for the host; 0 = none */
    struct control_reply reply;
    size_t reply_bytes;            /* its part of the desk's */
    struct control_stream *stream; /* the reply is a stream; owned by the row of streams */
};

struct control_request *control_request_new(const char *method, const char *path);
void control_request_free(struct control_request *request);

/* Adds one argument after checking it against its row. false: a 400 reply is set that names the parameter. */
bool control_request_add(struct control_request *request, const struct control_parameter *parameters,
                         const char *name, const char *text);
/* The same for the JSON object in `body`; an empty body is an empty object, null is absent. */
bool control_request_add_body(struct control_request *request, const struct control_parameter *parameters);
/* Every required parameter is there. */
bool control_request_is_whole(struct control_request *request, const struct control_parameter *parameters);

/* NULL, 0, false: not given. */
const char *control_request_text(const struct control_request *request, const char *name);
uint64_t control_request_number(const struct control_request *request, const char *name);
bool control_request_flag(const struct control_request *request, const char *name);
int64_t control_request_duration_ms(const struct control_request *request, const char *name);
/* All of a repeated one; *out_texts is in the arena. */
uint32_t control_request_texts(struct control_request *request, const char *name,
                               const char *const **out_texts);
/* name=, source= and selector= as the views take them; texts in the arena. */
struct view_filter control_request_filter(struct control_request *request);

/* Every status that a reply has, each with the exit code of section 9 that goes with it alone, or -1. */
struct control_status {
    int status, exit;
};
const struct control_status *control_statuses(uint32_t *out_count);

/* The reply {"exit", "message"}; HTTP status by exit code. Only the first reply counts. */
void control_request_finish(struct control_request *request, int exit, const char *message);
/* The same with its own HTTP status. */
void control_request_finish_status(struct control_request *request, int status, int exit,
                                   const char *message);
/* Takes the text over; overflow becomes an error that says what to do. */
void control_request_finish_json(struct control_request *request, struct text *json);

#endif
