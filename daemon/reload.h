#ifndef SETPOINT_DAEMON_RELOAD_H
#define SETPOINT_DAEMON_RELOAD_H

#include <stdint.h>
#include <uv.h>

#include "manifests/reading.h"

/* Reads the operator's configuration anew, and the files of its secrets, on a worker thread, one reading at a
   time. */
struct reload;

struct reload_host {
    void *ctx;
    /* Good: the host takes `config` over, and answers `tokens` when it is in force. */
    void (*good)(void *ctx, struct config *config, const uint64_t *tokens, uint32_t count);
    /* Bad: nothing has changed. `mistakes` one per line. */
    void (*bad)(void *ctx, const char *mistakes, const uint64_t *tokens, uint32_t count);
};

struct reload *reload_new(uv_loop_t *loop, const char *directory, const struct reload_host *host);
/* A reading under way is dropped; memory goes with it. NULL-safe. */
void reload_free(struct reload *reload);
/* token 0: nobody waits (SIGHUP). A wish during a reading starts another one afterwards. */
void reload_start(struct reload *reload, uint64_t token);

/* The mistakes, one per line, without a newline at the end. */
void reload_show(const struct mistakes *mistakes, struct text *out);
enum { RELOAD_TEXT_MAX = 64 << 10 /* LIMIT_MISTAKES lines of ordinary length */ };

#endif
