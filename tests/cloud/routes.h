/* Which method and path is which operation: one row each, a table for each dialect. */
#ifndef SETPOINT_TESTS_CLOUD_ROUTES_H
#define SETPOINT_TESTS_CLOUD_ROUTES_H

#include "call.h"

enum route_flag {
    ROUTE_MUTATING = 1,
    ROUTE_OPEN = 2, /* no token needed */
    ROUTE_LOGIN = 4,
    ROUTE_SERVER = 8,  /* its first argument is a server: 404 if it is not there */
    ROUTE_BODY = 16,   /* a JSON object is needed: 400 */
    ROUTE_ACTION = 32, /* the operation is the body's only key */
    ROUTE_CREATE = 64, /* makes a server: its record names the one made */
};

struct route {
    enum cloud_service service;
    const char *method;
    const char *path; /* as far as the dialect leaves it to the rows; `*` is an argument */
    const char *operation;
    unsigned flags;
    void (*handle)(struct call *call);
};

/* NULL when there is none; out_method_wrong when the path fits another method. Sets call->arguments. */
const struct route *route_find(struct call *call, char *const *segments, size_t count,
                               bool *out_method_wrong);
/* Whether a route of the call's service begins with this word (so that it is no project id). */
bool route_begins(const struct call *call, const char *word);

#endif
