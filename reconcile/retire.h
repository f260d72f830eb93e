#ifndef SETPOINT_RETIRE_H
#define SETPOINT_RETIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/judge.h"

/* What comes before the delete of a server that ran (lifecycle.retire). Out of the manifests: stopped, left
   so for stopFor, counted from where it is seen at rest; then an image of it, ready in the cloud's list; then
   the Delete. Before a replacement's Delete: the image alone, of the stopped server, so that it holds what
   was written last. Builds that never ran and surplus servers are deleted as ever.

   None of it begins where the Delete would be held: budgets are asked first, and what has begun is counted
   with what is used of them. What a person approves of stands to the end, however long that takes.

   An image is named after source, object and the second in which it was first wanted. That is in the ledger
   before the call is sent, and the name is looked for in the cloud before it is sent again. */

struct retirement;

bool retire_is_asked(const struct retirement *retirement);
/* Prepared, and its delete not charged yet. */
bool retire_has_begun(const struct object *object);
bool retire_is_approved(const struct object *object, const char *provider_id);
/* Takes in what is seen of the bound server, and the manifest's policy. Before every decision. */
void retire_observe(struct state *state, struct object *object, const struct server *server);
/* The server is gone, or wanted otherwise: only the policy stays. */
void retire_end(struct object *object);

/* The two hooks in front of a Delete: true = settled, something comes before it. Out of the manifests … */
bool retire_comes_first(struct judge *j);
/* … and before a replacement's. */
bool retire_saves_first(struct judge *j);
/* A replacement is being prepared: its power is not corrected meanwhile. Asked with the gaps computed. */
bool retire_prepares_change(struct judge *j);
/* The same, of one that was in ERROR and has been stopped for its image. */
bool retire_prepares_remedy(const struct judge *j);

/* The route to the end, for who looks at it; retire_route_after: with that call, under way, in front. false:
   nothing of this is under way. */
void retire_route(struct judge *j);
bool retire_route_after(struct judge *j, const struct intent *intent);

/* What the cloud's list says of the image that a Snapshot makes, asked at *out_asked_ms. Keeps it read. */
enum image_seen { IMAGE_MISSING, IMAGE_SAVING, IMAGE_READY, IMAGE_FAILED };
enum image_seen retire_image_seen(struct state *state, const struct intent *intent, int64_t *out_asked_ms);

#endif
