#ifndef SETPOINT_DAEMON_SECRET_H
#define SETPOINT_DAEMON_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "reconcile/base/error.h"
#include "reconcile/event.h"

/* A secret read from where the configuration refers to. Lives in pages of its own that are not swapped (as
   far as RLIMIT_MEMLOCK allows) and not dumped; keep it as short as possible and wipe it. */
struct secret {
    char *text; /* NUL-terminated; NULL when empty-handed */
    size_t size;
    size_t mapped; /* private */
};

enum { SECRET_BYTES_MAX = 64 << 10 /* a PEM chain is a few KiB */ };

/* {credential: NAME}: the file of that name in $CREDENTIALS_DIRECTORY (systemd). {file: PATH}: a regular file
   that only its owner may read (mode & 077 refused); one trailing newline is dropped in both. An empty
   secret, a NUL byte inside and more than SECRET_BYTES_MAX are refused. Blocks for one small read. */
bool secret_read(const struct secret_reference *reference, struct secret *out, struct error *err)
    __attribute__((warn_unused_result));
void secret_wipe(struct secret *secret); /* may be called twice */

#endif
