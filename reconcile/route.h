#ifndef SETPOINT_ROUTE_H
#define SETPOINT_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/gap.h"
#include "reconcile/traits.h"

/* The cheapest path through the provider's transition table from the observed to the desired state: cost
   first, then fewest calls, then table order. Only calls between phases and calls that change a field are
   edges; what only policy starts is not. A route leaves the desired power for a flavor change only; a field
   that cannot be changed on the way waits (gap.pending). */

enum { ROUTE_MAX = 64 };

struct route {
    struct step_call calls[ROUTE_MAX];
    const char *on[ROUTE_MAX]; /* where two servers are at work: id of the call's; "" = one that is not there
                                  yet; NULL = the one that is bound */
    uint32_t count;
    bool reaches; /* the desired power is reached at the end */
};

/* Marks gaps as pending where they cannot be closed. */
void route_find(const struct traits *traits, enum phase from, enum phase rests, enum phase desired,
                struct gaps *gaps, struct route *out);

#endif
