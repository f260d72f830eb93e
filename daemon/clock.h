#ifndef SETPOINT_DAEMON_CLOCK_H
#define SETPOINT_DAEMON_CLOCK_H

#include <stdint.h>

#include "reconcile/base/instant.h"

/* The one place that reads clocks and asks the kernel for chance. */
struct now clock_now(void); /* CLOCK_BOOTTIME and CLOCK_REALTIME */
/* 32 bytes of getrandom(2), for reconcile_new. Waits for the kernel's pool at early boot; aborts if the
   kernel has no getrandom. */
void clock_entropy(uint8_t out[32]);

#endif
