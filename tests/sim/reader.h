#ifndef SETPOINT_TESTS_SIM_READER_H
#define SETPOINT_TESTS_SIM_READER_H

#include "tests/sim/world.h"

/* A person who reads: status at every look, and now and then plan, describe, sources and what selectors pick.
   Reading changes nothing: a seed's second run does without, and must be the same run. But for plan and
   describe, which both runs have: a name that they miss is a wish for a catalogue. */

enum reader_view { READER_STATUS, READER_CLOUDS, READER_HOLDS, READER_PLAN, READER_SOURCES };

/* JSON; to be freed. */
char *reader_read(struct world *world, enum reader_view view);
/* Status alone. */
void reader_status(struct world *world);
/* Of one object, JSON; NULL: there is none of that name. To be freed. */
char *reader_describe(struct world *world, const char *name);
/* Shows all of it to the judge. */
void reader_look(struct world *world);
/* What nobody manages, right after a sync that asked for it. */
void reader_unmanaged(struct world *world);

#endif
