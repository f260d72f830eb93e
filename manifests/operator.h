#ifndef SETPOINT_MANIFESTS_OPERATOR_H
#define SETPOINT_MANIFESTS_OPERATOR_H

#include <stdbool.h>

#include "manifests/document.h"
#include "reconcile/event.h"

/* The operator's documents (Daemon, Cloud, Source) to a configuration. `whole`: every file was read, so that
   what is not there is really missing. `out` is complete only if no mistake was added.

   A Source may name a Cloud that has no document: its instances wait, or are released in place, until a
   document of that name is there (DESIGN.md section 4). */
void operator_build(const struct documents *documents, const char *directory,
                    const struct traits *const *traits, bool whole, struct config *out,
                    struct mistakes *mistakes);

/* spec.auth against the forms of the provider (auth.c): fills auth_form, auth, auth_count. */
void auth_build(const struct document *document, const struct traits *traits, struct arena *arena,
                struct cloud_config *out, struct mistakes *mistakes);

/* spec.notify of the Daemon (notify.c): fills targets, target_count. sources, clouds: all documents of the
   kind, sorted, sound or not; NULL when not all files were read, so that none is known to be missing. */
void notify_build(const struct document *daemon, const struct document_row *sources,
                  const struct document_row *clouds, struct config *out, struct mistakes *mistakes);

#endif
