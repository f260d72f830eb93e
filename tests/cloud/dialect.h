/*
 * A dialect: in which words the one simulated cloud is spoken to. Servers, life
 * cycles, faults, tokens, records and the admin API are the same for all; a
 * dialect has its own paths, errors, rules and replies. One row each in
 * dialect.c, its files begin with its name.
 *
 * Faults and records go by operation names, which are the same in all:
 * "token", "list", "list-detail", "show", "create", "delete"; the others are
 * the dialect's own. An object's name is its metadata `setpoint.object`, else
 * the server's name.
 */
#ifndef SETPOINT_TESTS_CLOUD_DIALECT_H
#define SETPOINT_TESTS_CLOUD_DIALECT_H

#include "routes.h"

/* Something that the facts leave open: a reply may take either of these ways. */
struct dialect_switch {
    const char *name;
    const char *positions[CLOUD_SWITCH_POSITIONS_MAX + 1]; /* the first is the default; NULL-ended */
};

struct dialect {
    const char *name;                          /* for --dialect */
    const char *login;                         /* what auth.url has behind the base URL */
    const char *prefixes[CLOUD_SERVICE_COUNT]; /* each service's first path segment; NULL: none of its own */
    const char *const *zones; /* names of the default zones, NULL-ended; NULL: as in catalogue.c */
    const struct dialect_switch *switches; /* ended by one without name, or NULL; call_switch says where the
                                              n-th stands */
    const struct route *routes;            /* ended by a row without a method */
    /* Sets what differs from the defaults that all have. */
    void (*options)(struct cloud_options *options);
    /* Takes the path apart: sets service, route and arguments (call_find_service and route_find
     * help), or answers with call_error. */
    void (*find)(struct call *call);
    /* What the body says about the request, once there is a route: operation, server, create_name,
     * create_object and create_attempt. Its defaults are set. */
    void (*note)(struct call *call);
    /* Whether the request may go on; sets token, project and authorized (call_take_token helps), or
     * answers. Not asked for routes that are ROUTE_OPEN. */
    bool (*authorize)(struct call *call);
    /* The token that the request carries, "" when none. */
    const char *(*token)(const struct call *call);
    /* Writes an error's body. The status is set and the body empty; both may be changed. */
    void (*error)(struct call *call, int status, const char *message);
    /* The reply to a request without a valid token. */
    void (*unauthorized)(struct call *call);
    /* Adds the headers that every reply has, beside Content-Type and Date. */
    void (*headers)(struct call *call);
    /* Takes our mark off a server (fault mark-stripped). The caller keeps the version. */
    void (*strip)(struct face *face);
    /* Draws a server's id (CLOUD_ID_SIZE); NULL: a UUID. */
    void (*draw_id)(struct dice *dice, char *out);
};

const struct dialect *dialect_of(enum cloud_dialect dialect);

/* Nova's two (nova.c), its routes in nova_routes.c. */
extern const struct dialect dialect_nhn_v2;
extern const struct dialect dialect_openstack;
extern const struct dialect dialect_nhn_v1;
/* kakao*.c */
extern const struct dialect dialect_kakaocloud;
/* tencent*.c */
extern const struct dialect dialect_tencent_gateway;

#endif
