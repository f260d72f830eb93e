/* One request on its way through the cloud, and the reply it is given. Lives for one cloud_handle. */
#ifndef SETPOINT_TESTS_CLOUD_CALL_H
#define SETPOINT_TESTS_CLOUD_CALL_H

#include "buffer.h"
#include "faults.h"
#include "state.h"

#include <cjson/cJSON.h>

enum {
    CALL_SEGMENTS_MAX = 12,
    CALL_QUERY_MAX = 24,
    CALL_HEADERS_MAX = 12,
};

struct dialect;
struct route;

struct call_reply_header {
    const char *name; /* static */
    char *value;      /* own */
};

struct call {
    struct cloud *cloud;
    const struct dialect *dialect;
    const struct cloud_request *request;
    int64_t now_ms;
    uint64_t seq;
    char request_id[48];

    enum cloud_service service;
    unsigned region;
    char *path_copy; /* own; the segments point into it */
    char *segments[CALL_SEGMENTS_MAX];
    size_t segment_count;
    const char *version;      /* "v2", "v2.1", ... or "" */
    const char *path_project; /* "" when none */
    char *query_copy;
    struct cloud_pair query[CALL_QUERY_MAX];
    size_t query_count;
    cJSON *body;         /* NULL: none or not JSON */
    const cJSON *action; /* the value of an action's only key */

    const struct route *route; /* NULL: no such path */
    const char *operation;     /* static */
    bool mutating;
    bool login;
    const char *arguments[4]; /* what stood for the route's stars */
    const struct token *token;
    const char *project;
    bool authorized;
    struct server *server; /* named in the path, also if gone or another project's */
    const char *create_name;
    const char *create_object;
    const char *create_attempt;
    char attempt[CLOUD_WORD_SIZE]; /* room for create_attempt where the body does not hold it alone */

    struct fault_entry *faults[FAULTS_PER_CALL_MAX];
    size_t fault_count;
    unsigned fault_id;

    int status;
    int meant; /* the status that a refusal in a reply with status 200 stands for; 0: as status */
    struct buffer body_out;
    struct call_reply_header headers[CALL_HEADERS_MAX];
    size_t header_count;
    const char *content_type;
    bool effect;
    bool illegal;
    char detail[CLOUD_NAME_SIZE];
    char made_id[CLOUD_ID_SIZE];
    struct cloud_reply out; /* delivery instructions only */
};

/* Splits path, query and body; has the dialect find service and route. */
void call_parse(struct call *call);
/* Sets the service, by the request's host or by its prefix (then also the region), and returns how
 * many segments that took; CLOUD_SERVICE_NONE when it is none. */
size_t call_find_service(struct call *call);
/* Sets token, authorized and project by a token's text (NULL: none); false with the reply of the
 * dialect when it is not valid. */
bool call_take_token(struct call *call, const char *text);
void call_release(struct call *call);

/* The position of the dialect's n-th switch. */
unsigned call_switch(const struct call *call, unsigned number);
const char *call_query(const struct call *call, const char *key); /* NULL when absent */
const char *call_header(const struct call *call, const char *name);
__attribute__((format(printf, 3, 4))) void call_header_out(struct call *call, const char *name,
                                                           const char *format, ...);
/* An error in the dialect's shape. */
__attribute__((format(printf, 3, 4))) void call_error(struct call *call, int status, const char *format, ...);
/* The dialect's reply to a request without a valid token. */
void call_unauthorized(struct call *call);
/* Keystone's error body, also what its middleware answers. */
__attribute__((format(printf, 4, 5))) void call_keystone_error(struct call *call, int status,
                                                               const char *title, const char *format, ...);
/* A 409 because of the server's state. */
__attribute__((format(printf, 2, 3))) void call_conflict(struct call *call, const char *format, ...);
/* "http://host:port" + the service's prefix, without a slash at the end. */
void call_base(const struct call *call, enum cloud_service service, struct buffer *out);
/* self and bookmark links of a compute resource ("servers", id) as "links":[...]. */
void call_links(const struct call *call, struct buffer *out, const char *resource, const char *id);
const char *call_wall(const struct call *call, int64_t at_ms, char *out); /* WALL_SECONDS_Z */

#endif
