#ifndef SETPOINT_REBUILD_H
#define SETPOINT_REBUILD_H

#include "reconcile/judge.h"

/* lifecycle.onImmutableChange: rebuild. What the provider's rebuild can change (field_trait.rebuilds: the
   image) is put right on the same server, which keeps id, addresses and volumes and loses its root disk. It
   counts as a destruction, and is sent at most once per server and value: what it was sent for is in the
   ledger with the intent, and stays there whatever became of it. Seen in vain, it is Blocked OutcomeUnknown
   until the image is seen after all, the manifest changes, or a person approves of another one. */

/* object->rebuilt of a server that was bound by its mark alone: what was sent for it was in a ledger that is
   lost. Until it is Converged or its manifest changes, a rebuild may be a second one. */
#define REBUILT_UNKNOWN UINT64_MAX

/* Settles it when some difference is mended by a rebuild, or would be. Asked with the gaps computed. */
bool rebuild_mends(struct judge *j);
/* The intent is made: its value counts as used from here. */
void rebuild_begin(struct object *object, struct intent *intent);
bool rebuild_is_seen(const struct intent *intent, const struct facts *facts);
void rebuild_observe(struct object *object);
/* The manifest says something else now: no earlier call was for that. */
void rebuild_forget(struct object *object);

#endif
