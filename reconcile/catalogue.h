#ifndef SETPOINT_CATALOGUE_H
#define SETPOINT_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/cloud.h"
#include "reconcile/state.h"

/* What a cloud offers, by name. Read by look calls when somebody needs it, 10 m fresh, read again at once on
   a miss (at most once a minute). */

enum resolution {
    RESOLUTION_FOUND,
    RESOLUTION_WAIT,     /* a reading is due or under way */
    RESOLUTION_MISSING,  /* the cloud was asked and has no such thing */
    RESOLUTION_AMBIGUOUS /* several of that name */
};

/* Whether the provider can list such things at all. */
bool catalogue_exists(const struct cloud *cloud, enum catalogue_kind kind);
/* A text that is an id of the catalogue, or looks like a UUID, is an id and needs no reading; so is any text
   where there is no such catalogue. */
enum resolution catalogue_resolve(const struct state *state, const struct cloud *cloud,
                                  enum catalogue_kind kind, const char *text, const char **out_id);
/* Whether the catalogue has this id, where its name is needed: a UUID, too, has to be read. */
enum resolution catalogue_know(const struct state *state, const struct cloud *cloud, enum catalogue_kind kind,
                               const char *id);
/* Read longer ago than CATALOGUE_FRESH_MS, or spoiled since: good enough to compare with, not to plan a
   create or resize on. */
bool catalogue_is_stale(const struct state *state, const struct cloud *cloud, enum catalogue_kind kind);
/* The name of an id, or the id itself. */
const char *catalogue_name(const struct cloud *cloud, enum catalogue_kind kind, const char *id);
const struct catalogue_entry *catalogue_entry(const struct cloud *cloud, enum catalogue_kind kind,
                                              const char *id);
/* Notes that somebody needs this catalogue now. */
void catalogue_want(struct state *state, struct cloud *cloud, enum catalogue_kind kind);
/* The same for one begun at or after this time, without the patience of a miss: what we did is to be seen. */
void catalogue_want_since(struct cloud *cloud, enum catalogue_kind kind, int64_t begun_ms);
/* Somebody waits for an entry to become ready: read again after IMAGE_LOOK_MS. */
void catalogue_watch(struct state *state, struct cloud *cloud, enum catalogue_kind kind);
/* The entry of that name, in whatever state; of several the one that is furthest on. NULL: none. */
const struct catalogue_entry *catalogue_named(const struct cloud *cloud, enum catalogue_kind kind,
                                              const char *name);
/* The next catalogue page to ask, if any is due: a first one, or the continuation `page` of a reading under
 * way. */
bool catalogue_due(const struct state *state, const struct cloud *cloud, enum catalogue_kind *out_kind);
void catalogue_begin(struct state *state, struct cloud *cloud, enum catalogue_kind kind);
void catalogue_take(struct state *state, struct cloud *cloud, enum catalogue_kind kind,
                    const struct reply *reply);
/* Somebody waits for a reading that is not in yet; one that failed is not waited for. */
bool catalogue_is_awaited(const struct catalogue *catalogue);
/* Nothing that was read before now is relied on any more: it is read again as soon as somebody wants it. */
void catalogue_spoil(struct state *state, struct cloud *cloud, enum catalogue_kind kind);
/* A call of ours has put the floating IP `id` on this server, or taken it off ("" or NULL): so it stands
   until a reading that was begun after now. */
void catalogue_hold(struct state *state, struct cloud *cloud, const char *id, const char *server_id);
/* When the earliest wish may be served; NEVER_MS. */
int64_t catalogue_wake(const struct cloud *cloud);

#endif
