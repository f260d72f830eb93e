#ifndef SETPOINT_OBSERVE_H
#define SETPOINT_OBSERVE_H

#include "reconcile/state.h"

/* What observations mean for an object: binding by mark or adoption, unbinding by proven absence, what was
   ever seen of its server. Runs before every decision; decides nothing itself. */

void object_observe(struct state *state, struct object *object);

void object_bind(struct state *state, struct object *object, struct server *server);
/* A time of spec.restart that has passed before we had the server is not meant for it. */
void object_skip_restart(const struct state *state, struct object *object);
/* The server is proven gone, or somebody else's now: takes it off the object, be it current or next. A
   successor then takes the place of current. `why` is for the history. */
void object_unbind(struct state *state, struct object *object, struct server *server, const char *why);
/* Where only the name tells (MARK_NOWHERE): a server of that name, nobody's and never ours, which no list
   begun before the create's send had, is what it made. false: none is seen. */
bool object_bind_by_name(struct state *state, struct object *object, const char *name, int64_t sent_ms);
/* Drops a server that nobody needs to remember: gone, unbound, no mark of ours. */
void observe_forget_server(struct state *state, struct cloud *cloud, struct server *server);
/* It was forgotten as gone, and this was asked no later than that. */
bool observe_is_buried(const struct cloud *cloud, const char *id, int64_t asked_ms);
/* Its mark says that it is the object's successor, and the server beside which it was made may only not have
   been listed yet: nothing is bound before two complete lists, settle apart. NULL: there is none such. */
const struct server *object_early_successor(const struct object *object);
/* Nothing is bound, and a server that carries the object's mark is being deleted: neither a reply nor two
   lists say that it is gone. NULL: there is none such. */
const struct server *object_leaving_server(const struct object *object);
/* Nothing says that it is gone, and it is nobody's. */
bool server_is_free(const struct server *server);
/* The server of that id is the object's: where only the ledger knows it yet, it is expected from now on. */
struct server *object_expect(struct state *state, struct object *object, const char *id);
/* Two complete lists lack it and GET says absent (where there is one). */
bool server_is_absent(const struct cloud *cloud, const struct server *server);

/* The server's name: spec.name, else metadata.name. */
const char *object_server_name(const struct object *object);
/* Keeps object->marked in step with what the server's mark says now. */
void server_remark(struct state *state, struct cloud *cloud, struct server *server);
/* A server marked for the object that is neither current nor next; NULL = none. */
struct server *object_surplus(const struct object *object);
/* What is said of it proves that it has run at some time. */
bool facts_show_a_run(const struct facts *facts);
/* The vanish brake counts it: bound to a managed object, seen or only told of in a create's reply. */
bool server_is_counted(const struct server *server);
/* A delete of ours was sent for it and is not closed yet. */
bool server_is_removed_by_us(const struct server *server);
/* It never ran, and that is certain. The server is current or next. */
bool server_never_ran(const struct object *object, const struct server *server);

#endif
