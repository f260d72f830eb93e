#ifndef SETPOINT_LEAK_H
#define SETPOINT_LEAK_H

#include <stdbool.h>

#include "reconcile/event.h"

/* A create carries user data, and clouds like to repeat what they refuse. Whether the message has any piece
   of the call's user data in it: then it must not be shown. */
bool leak_in_message(const struct call *call, const char *message);
/* Whether the call carries user data at all. */
bool leak_is_possible(const struct call *call);

#endif
