#ifndef SETPOINT_TESTS_SIM_USER_DATA_H
#define SETPOINT_TESTS_SIM_USER_DATA_H

#include "tests/sim/world.h"

/* User data: who wants some, who changes it, and a cloud that repeats it in what it refuses. Drawn from
   streams of their own. Each is full of FLEET_NEEDLE, which stands in nothing else: where that turns up, user
   data does. */

void user_data_draw(struct story *story);
void user_data_begin(struct world *world);
/* Now and then somebody who edits the document changes it, too. */
void user_data_edit(struct world *world, struct wish *wish);
/* The reply to a create, when it is a refusal: perhaps it repeats the request in its message. */
void user_data_echo(struct world *world, struct flight *flight);

#endif
