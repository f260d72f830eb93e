#ifndef SETPOINT_MANIFESTS_READING_H
#define SETPOINT_MANIFESTS_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "manifests/mistakes.h"
#include "reconcile/event.h"

/* The readers: from a directory of YAML to a generation, or to every mistake in it. They block on the disk
   and keep no state of their own: call them on a worker thread, several at a time if wanted. Whatever they
   are given must not change meanwhile. */
struct reading {
    struct generation *generation; /* NULL when there is a mistake; the caller takes it over, or frees it */
    struct mistakes mistakes;      /* sorted; reading_release frees them */
    bool missing;                  /* the directory is gone or cannot be opened (one mistake says why) */
    bool empty;                    /* reads well, but holds no Instance: generation has no specs */
};

/* Reads the directory of `source`. `config` is where its clouds are looked up (for the limits of their
   providers) and may be NULL, as in tests; so may source->clouds: then every cloud is allowed.
   `traits`: all providers, NULL-terminated. True when out->generation is set. Release `out` in any case. */
bool source_read(const struct source_config *source, const struct config *config,
                 const struct traits *const *traits, struct reading *out);

/* `setpointctl validate PATH…`: files and directories, together one source. Positions begin with the path as
   it was given. With a config, a file belongs to the Source whose directory is the nearest above it, and
   clouds and their limits are checked; without one they are not. A path that cannot be read is a mistake in
   it. */
bool paths_read(const char *const *paths, uint32_t count, const struct config *config,
                const struct traits *const *traits, struct reading *out);

void reading_release(struct reading *reading); /* frees the generation too, unless it was taken (set NULL) */

/* Reads the operator's configuration: the *.yaml and *.yml right in `directory` (not below: manifests may
   live there). NULL when there is any mistake; the caller frees with config_free. `mistakes` starts zeroed
   and is sorted afterwards. */
struct config *config_read(const char *directory, const struct traits *const *traits,
                           struct mistakes *mistakes);

#endif
