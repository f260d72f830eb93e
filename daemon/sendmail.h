#ifndef SETPOINT_DAEMON_SENDMAIL_H
#define SETPOINT_DAEMON_SENDMAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* One run of a program that takes a mail as sendmail does: `PROGRAM -t -i`, the mail on its standard input,
   status 0 when it has taken it. It has a session of its own; what does not end in time is killed with all
   that it started. */
struct sendmail;

enum {
    SENDMAIL_TIMEOUT_MS = 60 * 1000,
    SENDMAIL_PROBLEM_MAX = 400 /* bytes: of what it says on standard error the first line counts */
};

/* problem: NULL = taken; else what went wrong, as the program says it, not clean. refused: it is this mail
   that is not taken (EX_DATAERR of sysexits.h). */
typedef void sendmail_done(void *ctx, const char *problem, bool refused);

/* Copies program and mail. The callback comes once, never from within, and not after sendmail_cancel. Frees
   itself when its handles are closed. */
struct sendmail *sendmail_start(uv_loop_t *loop, const char *program, const char *mail, size_t size,
                                int64_t timeout_ms, sendmail_done *done, void *ctx);
/* Kills it. Not after the callback. */
void sendmail_cancel(struct sendmail *sendmail);

#endif
