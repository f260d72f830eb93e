#ifndef SETPOINT_DAEMON_CONTROL_RATE_H
#define SETPOINT_DAEMON_CONTROL_RATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How much of the daemon's one loop each local user may take, in milliseconds per second: a `status` of ten
   thousand objects is no `version`. What acts has an account of its own, so that nobody who looks too often
   keeps himself from `suspend`. */

enum {
    CONTROL_RATE_MS_PER_S = 500, /* of the loop's time */
    CONTROL_RATE_BURST_MS = 2000,
    CONTROL_RATE_REQUEST_MS = 5, /* what a request counts at least: 100 a second, 400 at once */
    CONTROL_RATE_USERS = 64      /* accounts; the one not used for longest gives way */
};

struct control_rate {
    bool taken; /* else the row is free */
    bool acts;
    uid_t uid;
    int64_t left_ms; /* may be less than 0: a long answer is paid afterwards */
    int64_t at_ms;
};

/* Process; zeroed. */
struct control_rates {
    struct control_rate rows[CONTROL_RATE_USERS];
};

/* Counts one request; false: too many, it is to be refused and costs nothing. now_ms never goes back. */
bool control_rate_take(struct control_rates *rates, uid_t uid, bool acts, int64_t now_ms);
/* What it took of the loop's time beside. */
void control_rate_charge(struct control_rates *rates, uid_t uid, bool acts, int64_t took_ms);

#endif
