/* Gives a simulated reply to a real client: late, cut, dripping, endless, or not at all. */
#ifndef SETPOINT_TESTS_SIMCLOUD_DELIVER_H
#define SETPOINT_TESTS_SIMCLOUD_DELIVER_H

#include "place.h"

#include <microhttpd.h>

/* Takes the reply over. What the connection's handler is to return. */
enum MHD_Result deliver(struct place *place, struct MHD_Connection *connection, struct cloud_reply *reply);

#endif
