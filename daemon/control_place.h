#ifndef SETPOINT_DAEMON_CONTROL_PLACE_H
#define SETPOINT_DAEMON_CONTROL_PLACE_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "daemon/control_access.h"

/* The places of the control socket: one per open connection, from libmicrohttpd's first to last word about
   it. The socket is open to every local user, so that a place is bounded in three ways: whoever may less
   finds fewer of them, so that nobody can keep out those who may act (`suspend` is the emergency stop);
   a connection without a whole request is closed after CONTROL_IDLE_S seconds; one beyond the bounds
   is told so, and closed after CONTROL_REFUSED_S seconds. */

enum {
    CONTROL_CONNECTIONS = 64,         /* at the same time; each costs about 32 KiB */
    CONTROL_CONNECTIONS_READ = 56,    /* beyond these only those who may act find a place */
    CONTROL_CONNECTIONS_NOBODY = 32,  /* beyond these, those who are refused whatever they ask, do not */
    CONTROL_CONNECTIONS_REFUSED = 16, /* more, that are only told that there is no place */
    CONTROL_IDLE_S = 10,              /* however slowly bytes trickle in */
    CONTROL_REFUSED_S = 2
};

LIST_HEAD(control_place_list, control_place);

/* Process; zeroed. */
struct control_places {
    const struct control_rules *rules; /* the owner's */
    struct control_place_list list;
    unsigned taken, refused;
    bool refuses_next;
};

struct control_place {
    LIST_ENTRY(control_place) others;
    int fd; /* libmicrohttpd's */
    bool refused;
    bool busy;       /* with a whole request: time is ours, or libmicrohttpd's that waits for the reader */
    unsigned idle_s; /* since the connection was made, or since its last reply */
};

/* To be asked before a connection is handed to libmicrohttpd: false = it is to be closed without a word. */
bool control_places_open(struct control_places *places, int fd);
/* libmicrohttpd's callback of MHD_OPTION_NOTIFY_CONNECTION; `cls` is the struct control_places. */
void control_on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                           enum MHD_ConnectionNotificationCode code);

/* The place of a connection; never NULL between its start and its end. */
struct control_place *control_place_of(struct MHD_Connection *connection);
/* A whole request is here, or its reply is out. */
void control_place_set_busy(struct control_place *place, bool busy);

/* Call once a second: shuts down who has been idle for too long; libmicrohttpd then closes. */
void control_places_tick(struct control_places *places);

#endif
