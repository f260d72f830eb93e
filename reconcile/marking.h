#ifndef SETPOINT_MARKING_H
#define SETPOINT_MARKING_H

#include "reconcile/state.h"

/* The mark that an object's server bears, and the one that it should bear (mark.h has their form). */

void object_mark(const struct state *state, const struct object *object, enum mark_role role,
                 struct mark *out);
/* Whether that key of the server's mark (of MARK_SEVERAL_KEYS: any) is not as it should be. */
bool object_mark_differs(struct state *state, const struct object *object, const struct server *server,
                         const char *key);
/* The first key to write, with its value, or MARK_SEVERAL_KEYS with all of them; NULL = the mark is right or
 * cannot be written here. */
const char *object_mark_repair(struct state *state, const struct object *object, const struct server *server,
                               struct arena *arena, const char **out_value);
/* A mark of our owner and cloud, whole. */
bool server_is_marked_ours(const struct state *state, const struct cloud *cloud, const struct server *server);
/* Its mark names another owner. */
bool server_is_taken(const struct state *state, const struct server *server);

#endif
