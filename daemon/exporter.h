#ifndef SETPOINT_DAEMON_EXPORTER_H
#define SETPOINT_DAEMON_EXPORTER_H

#include <stdbool.h>
#include <uv.h>

#include "reconcile/base/error.h"
#include "reconcile/base/metric.h"

/* The TCP listener (Daemon.spec.listen.metrics): GET /metrics, /healthz, /readyz, for everybody who reaches
   the address; nothing there is secret, and nothing changes anything. On the daemon's one loop, so that an
   answer of /healthz shows that the loop is alive. */
struct exporter;

struct exporter_host {
    void *ctx;
    void (*metrics)(void *ctx, struct metrics *out);
    /* false: *out_why says in a line what is not ready. */
    bool (*fresh)(void *ctx, struct text *out_why);
};

enum {
    EXPORTER_CONNECTIONS = 16,
    EXPORTER_TIMEOUT_S = 10,          /* of a connection that is silent */
    EXPORTER_REQUEST_BYTES = 8 << 10, /* of a head */
    EXPORTER_BYTES = 8 << 20,         /* of the metrics: 64 clouds in 64 sources need less than 3 MB */
    EXPORTER_FRESH_MS = 1000          /* who asks more often gets the same text again */
};

/* address: "127.0.0.1:9478" or "[::1]:9478". NULL: it cannot be listened on. */
struct exporter *exporter_new(uv_loop_t *loop, const char *address, const struct exporter_host *host,
                              struct error *err);
const char *exporter_address(const struct exporter *exporter);
/* Memory goes when the loop has run the close callbacks. NULL-safe. */
void exporter_close(struct exporter *exporter);

#endif
