#ifndef SETPOINT_TESTS_FAKE_H
#define SETPOINT_TESTS_FAKE_H

#include <stdbool.h>

/* A daemon made of canned replies, for tests of setpointctl: HTTP on a Unix socket, in a process of its own.
   It shares no code with the real one. In a reply {{-12.5}} and {{+30}} become that many seconds before and
   after now, as RFC 3339. */

struct fake_reply {
    const char *request; /* how the request line begins: "GET /v1/status" ; the first row that fits answers */
    int status;
    const char *file; /* below the data directory; NULL: `text` */
    const char *text;
    /* A stream: each line of the reply is one data: line, this long apart; at the end it stays open (or, when
       `ends`, is closed, and the next connection begins anew). */
    int line_ms;
    bool ends;
    /* Nobody is there for this long after this reply: a restart. */
    int away_ms;
};

struct fake {
    char directory[64];
    char socket[96];
    char log[96]; /* request lines and bodies that came, one a line */
    int pid;
};

/* rows: up to the one without a request. data: directory of the files. */
void fake_start(struct fake *fake, const struct fake_reply *rows, const char *data);
void fake_stop(struct fake *fake);
/* All requests so far, "METHOD PATH BODY\n" each; caller frees. */
char *fake_log(const struct fake *fake);

/* Runs setpointctl. env: "NAME=VALUE" up to NULL, nothing else is inherited but PATH. columns 0: stdout is a
 * pipe. */
struct ran {
    int exit; /* 128 + signal */
    char *out, *err;
};
/* until: it gets SIGINT when this was written to stdout; NULL = it ends by itself. */
struct ran fake_run(const struct fake *fake, unsigned columns, unsigned rows, const char *const *env,
                    const char *until, const char *const *arguments);
void ran_release(struct ran *ran);

#endif
