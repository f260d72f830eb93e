#ifndef SETPOINT_STORM_H
#define SETPOINT_STORM_H

#include "reconcile/state.h"

/* The storm brake (DESIGN.md section 7): where many servers of a cloud, or of one of its zones, went to ERROR
   within ten minutes, it is not the servers that are at fault. Remedies stop there, creates go on. In memory
   only: a restart begins without a storm, and its first sightings of ERROR are no entries. */

/* Servers count once per object, however often they fail. */
void storm_note(struct state *state, struct cloud *cloud, const struct object *object);
/* A remedy for this object is stopped now; *out_until_ms = until when at least, *out_zone = "" or the zone's
   name. `saved`: its intent was let through already; then only a storm that has begun since stops it. */
bool storm_stops(struct state *state, struct cloud *cloud, const struct object *object, bool saved,
                 int64_t *out_until_ms, const char **out_zone);
bool storm_rages(const struct cloud *cloud);

#endif
