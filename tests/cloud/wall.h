/* Unix milliseconds as the texts that OpenStack's services write and read. */
#ifndef SETPOINT_TESTS_CLOUD_WALL_H
#define SETPOINT_TESTS_CLOUD_WALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WALL_SIZE = 40 };

enum wall_form {
    WALL_SECONDS_Z, /* 2026-11-20T22:17:10Z */
    WALL_MICROS,    /* 2026-11-20T22:17:10.000000 (Nova stores whole seconds) */
    WALL_MICROS_Z,
    WALL_HTTP, /* Fri, 20 Nov 2026 22:17:10 GMT */
};

/* Returns out, which has room for WALL_SIZE. */
const char *wall_text(int64_t unix_ms, enum wall_form form, char *out);
/* Date and time with or without fraction, Z or an offset; without one it is UTC. */
bool wall_parse(const char *text, int64_t *out_unix_ms);

#endif
