#ifndef SETPOINT_TESTS_CONTRACT_EXCHANGE_H
#define SETPOINT_TESTS_CONTRACT_EXCHANGE_H

#include "providers/provider.h"
#include "reconcile/base/arena.h"

/* One recorded exchange: request line, headers, body; a line "--- N ms"; status line, headers, body. */
struct exchange {
    const char *method, *path; /* path with its query */
    const char *request_body;  /* "" = none */
    struct http_header headers[HTTP_HEADERS_MAX];
    struct http_response response; /* headers point into this struct */
};

/* The whole file below tests/contract/nova/, NUL-terminated; fails the test when it cannot be read. */
char *contract_file(struct arena *arena, const char *name, size_t *out_size);
void exchange_read(struct arena *arena, const char *name, struct exchange *out);

/* A cloud of the named provider without region or overrides, and access to its endpoints on a made-up host;
   project: what stands in the recorded paths. */
struct cloud_config contract_cloud(const char *provider);
struct access contract_access(struct arena *arena, const char *compute_url);

#endif
