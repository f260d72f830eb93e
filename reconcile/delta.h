#ifndef SETPOINT_DELTA_H
#define SETPOINT_DELTA_H

#include "reconcile/object.h"
#include "reconcile/route.h"

/* What the calls of a plan add to a cloud and take away from it. How large a flavor is tell the cloud's list,
   and where there is none its servers: a flavor of which neither tells it is named, and in no sum. */
struct delta {
    int64_t instances, vcpus, ram_mib;
    struct text_set unsized; /* names of flavors */
    struct sized *sized;     /* what was looked up already */
    uint32_t sized_count, sized_room;
};

/* `server`: to which the call goes; NULL for a create. Calls that change no size count nothing. */
void delta_count(struct delta *delta, const struct object *object, const struct step_call *call,
                 const struct server *server);
/* {"instances", "vcpus", "ramMiB", "unknownFlavors": [name]} */
void delta_json(const struct delta *delta, struct text *out);
void delta_release(struct delta *delta);

#endif
