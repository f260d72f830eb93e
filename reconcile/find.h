#ifndef SETPOINT_FIND_H
#define SETPOINT_FIND_H

#include "reconcile/state.h"

/* NAME on the command line: `source/name`, or the name alone if it is unique. */
enum found { FOUND, FOUND_NOTHING, FOUND_SEVERAL };

/* Otherwise one line for the person goes to `message`, with the nearest known name. */
enum found find_object(const struct state *state, const char *name, struct object **out,
                       struct text *message);

/* What such a NAME may be for this object: its name, with its source where another one has that name too. */
const char *find_name(const struct state *state, const struct object *object, struct arena *arena);
/* It means key pairs of one source (on one cloud or several), and no instance. */
bool find_keypairs(const struct state *state, const char *name);

/* The known name nearest to this one; NULL: none is near. */
const char *find_source_near(const struct state *state, const char *name);
const char *find_cloud_near(const struct state *state, const char *name);

#endif
