#ifndef SETPOINT_TESTS_FUZZ_EXCHANGE_H
#define SETPOINT_TESTS_FUZZ_EXCHANGE_H

#include "providers/provider.h"

/* One request and what came back, read from text that people can write:

     look:server 200 date retry-after      what is asked, then the status, then words of the table in
     id=5e3c1f0a-…                         exchange.c; then lines NAME=VALUE, an empty line, and the body
     flavor=m2.c1m2

     {"server": …}

   What is asked: a call's name, look:list, look:changes, look:server, look:flavor and the other catalogues,
   log-in, check. A word that is none of these means one of them all the same. NAME is a member of struct call
   (id, argument, value, set, nic, page, variant), a field of a create, credential.X, a member of the cloud,
   endpoint.SERVICE or override.SERVICE. */
enum exchange_kind { EXCHANGE_CALL, EXCHANGE_LOGIN, EXCHANGE_CHECK };

enum { EXCHANGE_HEADERS_MAX = 16, EXCHANGE_CREDENTIALS_MAX = 16 };

/* Lives as long as the arena that it was read into. */
struct exchange {
    enum exchange_kind kind;
    struct cloud_config cloud;
    struct access access;
    struct call call;
    struct create_order order; /* call.create of a create */
    struct credential credentials[EXCHANGE_CREDENTIALS_MAX];
    struct auth_value values[EXCHANGE_CREDENTIALS_MAX]; /* the same, as cloud.auth */
    uint32_t credential_count;
    struct http_header headers[EXCHANGE_HEADERS_MAX];
    struct http_response response;
};

void exchange_read(const struct provider *provider, char *text, size_t size, struct arena *arena,
                   struct exchange *out);

#endif
