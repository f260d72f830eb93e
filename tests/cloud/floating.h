/* Floating IPs: items CLOUD_PUBLIC_IP of the catalogue, each on one port at most. */
#ifndef SETPOINT_TESTS_CLOUD_FLOATING_H
#define SETPOINT_TESTS_CLOUD_FLOATING_H

#include "call.h"

/* The one that is on this port; NULL. */
struct item *floating_on(struct catalogue *catalogue, const char *port_id);
/* The first one that is on a port of this server; NULL. */
const struct item *server_address(struct cloud *cloud, const struct server *server);
/* Neutron: whose server a change is about: the record names it. */
void floating_note(struct call *call);

#endif
