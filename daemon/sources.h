#ifndef SETPOINT_DAEMON_SOURCES_H
#define SETPOINT_DAEMON_SOURCES_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/batch.h"

/* The sources of the configuration in force: watched, and read on worker threads. A reading ends as
   EVENT_GENERATION or EVENT_SOURCE_FAULT. A source is never read twice at the same time: a wish that comes
   while it is read starts another reading afterwards, so that the newest content always arrives. */
struct sources;

struct sources_host {
    void *ctx;
    /* Every source that the wish `token` named was read from its start after the wish came, and what was
       found is in `events`. */
    void (*reread)(void *ctx, uint64_t token);
};

/* `events` is where events are appended; borrowed. `host` is copied. */
struct sources *sources_new(uv_loop_t *loop, struct batch *events, const struct sources_host *host);
/* Stops watching. Readings under way end in the loop and are dropped; the memory goes with the last of them.
 */
void sources_free(struct sources *sources);

/* Another configuration; copied. All sources are read anew; each of the tokens wishes that. */
void sources_config(struct sources *sources, const struct config *config, const uint64_t *tokens,
                    uint32_t token_count);
/* Reads now, without the quiet period. names: sources, "source/name" or names of objects (then all sources);
   none = all. sources_host.reread is called from within when there is no source to read. */
void sources_reread(struct sources *sources, uint64_t token, const char *const *names, uint32_t name_count);
/* Some source did not read well the last time (the same mistakes are logged once). */
bool sources_has_fault(const struct sources *sources);
bool sources_has(const struct sources *sources, const char *name);
uint32_t sources_reading(const struct sources *sources); /* readings under way */

#endif
