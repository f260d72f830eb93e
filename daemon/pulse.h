#ifndef SETPOINT_DAEMON_PULSE_H
#define SETPOINT_DAEMON_PULSE_H

#include <stdbool.h>
#include <uv.h>

#include "daemon/turn.h"

/* What the service manager hears: READY once everything is loaded, STATUS when the counts change, and the
   watchdog from the loop itself, so that a loop that hangs is noticed. */
struct pulse {
    uv_timer_t timer;
    struct turn *turn;
    uint64_t serial; /* of the state that STATUS last described */
    int64_t watchdog_ms, fed_boot_ms;
    bool ready;
};

void pulse_start(struct pulse *pulse, uv_loop_t *loop, struct turn *turn);
void pulse_stop(struct pulse *pulse);
/* After a step: READY as soon as it is true. */
void pulse_step(struct pulse *pulse);

#endif
