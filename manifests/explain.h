#ifndef SETPOINT_MANIFESTS_EXPLAIN_H
#define SETPOINT_MANIFESTS_EXPLAIN_H

#include <stdbool.h>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/event.h"

/* What `setpointctl explain FIELD` prints, from the table of schema.h and the providers' traits.
   FIELD is a kind ("Instance"), a path ("spec.rootDisk.size", "Cloud.spec.poll.interval", any case of the
   kind), the end of a path ("rootDisk.size"), or "" for the list of kinds. A path that several kinds have in
   a different meaning is told once for each. false: unknown; err names the nearest known. */
bool explain_field(const char *field, const struct traits *const *traits, struct text *out,
                   struct error *err);

#endif
