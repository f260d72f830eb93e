#ifndef SETPOINT_DAEMON_PULSE_H
#define SETPOINT_DAEMON_PULSE_H

#include <stdbool.h>
#include <uv.h>

#include "daemon/ledger.h"
#include "daemon/turn.h"

enum { PULSE_REFUSED_SIZE = 256 /* STATUS is one line */ };

/* What the service manager hears: READY once everything is loaded, STATUS when it changes, and the watchdog.
   That is fed from the loop itself, and only while there is progress: the core takes events in (a tick comes
   every second), and the ledger's worker gives back what it was given. */
struct pulse {
    uv_timer_t timer;
    struct turn *turn;
    const struct ledger *ledger;
    uint64_t serial; /* of the state that STATUS last described */
    int64_t watchdog_ms, fed_boot_ms;
    uint64_t fed_absorbed; /* view_absorbed when it was fed last */
    bool ready;
    char refused[PULSE_REFUSED_SIZE];
};

/* turn and ledger are borrowed until pulse_stop. */
void pulse_start(struct pulse *pulse, uv_loop_t *loop, struct turn *turn, const struct ledger *ledger);
void pulse_stop(struct pulse *pulse);
/* After a reload; mistakes "" = it is in force. The first of them stands in STATUS until the next one. */
void pulse_reloaded(struct pulse *pulse, const char *mistakes);
/* After a step: READY as soon as it is true. */
void pulse_step(struct pulse *pulse);

#endif
