#ifndef SETPOINT_DAEMON_DESK_H
#define SETPOINT_DAEMON_DESK_H

#include <stdbool.h>

#include "daemon/control.h"
#include "daemon/ledger.h"
#include "daemon/reload.h"
#include "daemon/sources.h"
#include "daemon/turn.h"

/* What people ask for over the control socket, handed to the part that can answer it (struct control_host).
   Everything is borrowed. */
struct desk {
    struct turn *turn;
    struct ledger *ledger;
    struct sources *sources;
    struct reload *reload;
    struct control *control;
    char owner[LIMIT_OWNER + 1]; /* of the configuration in force */
    bool ledger_corrupt;         /* found so at start, and not rebuilt since */
};

struct control_host desk_host(struct desk *desk);

#endif
