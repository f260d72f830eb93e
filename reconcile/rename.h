#ifndef SETPOINT_RENAME_H
#define SETPOINT_RENAME_H

#include "reconcile/state.h"

/* `metadata.was: old` moves the ledger entry of the old object to the new one; the mark follows by repair. A
   rename is never a delete and a create, and two sources are read one after the other: while a call of the
   old object is under way, its source describes it still, or was not read yet in this process, the new one
   waits, and has no server made. It concerns who never had a server. */

enum rename_wait {
    RENAME_NONE,
    RENAME_CALL,      /* a call of the old object is under way */
    RENAME_DESCRIBED, /* the old object is still in the manifests */
    RENAME_UNREAD     /* the old object's source has not been read as valid since the start */
};

/* Moves, or begins to wait: when the object's spec came into force, and before it is decided about. */
void rename_take(struct state *state, struct object *object);
/* What the object waits for. `out_former`: the object that it was, NULL where there is none. */
enum rename_wait rename_waits(const struct state *state, const struct object *object,
                              const struct object **out_former);
/* Who takes this one over, now or when it may; NULL: nobody. */
const struct object *rename_heir(const struct state *state, const struct object *old);
/* A call of `old` may have ended, or its manifest be gone: moves what waits for it. To be asked before it is
   decided about. */
void rename_go_on(struct state *state, struct object *old);

#endif
