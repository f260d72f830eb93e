/* Floating IPs of the Nova dialects: items CLOUD_PUBLIC_IP of the catalogue, each on one port at most. */
#ifndef SETPOINT_TESTS_CLOUD_FLOATING_H
#define SETPOINT_TESTS_CLOUD_FLOATING_H

#include "call.h"

/* The one that is on this port; NULL. */
struct item *floating_on(struct catalogue *catalogue, const char *port_id);
/* Whose server a change is about: the record names it. */
void floating_note(struct call *call);

#endif
