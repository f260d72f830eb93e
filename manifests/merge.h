#ifndef SETPOINT_MANIFESTS_MERGE_H
#define SETPOINT_MANIFESTS_MERGE_H

#include "manifests/schema.h"
#include "manifests/tree.h"

/* Lays the map `over` over `under` (NULL: nothing): maps merge key by key, everything else is replaced as a
   whole, null takes the inherited value away (and is itself left out), an empty list is a value. Of keys that
   exclude each other (ROW_ONE_OF) a choice made in `over` replaces the inherited one. Each key and value
   keeps its own position. `row` is the map's row; the kinds of both are Instance and Class, which share their
   rows below spec. */
struct node merge_maps(const struct schema_row *row, const struct node *over, const struct node *under,
                       struct arena *arena);

#endif
