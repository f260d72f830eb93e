#ifndef SETPOINT_DAEMON_CONTROL_EXCHANGE_H
#define SETPOINT_DAEMON_CONTROL_EXCHANGE_H

#include <microhttpd.h>
#include <stddef.h>

/* One exchange of HTTP as libmicrohttpd sees it: its callbacks, turned into a control_request at the desk and
   its reply or stream turned back. `cls` of both is the struct control_desk. */

/* Called for the head, for each part of the body, at the end of the body, and again after a resume. */
enum MHD_Result control_on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *upload,
                                   size_t *upload_size, void **req_cls);
void control_on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
                          enum MHD_RequestTerminationCode code);

/* The connection's socket; -1 when libmicrohttpd does not say. */
int control_connection_fd(struct MHD_Connection *connection);

#endif
