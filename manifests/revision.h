#ifndef SETPOINT_MANIFESTS_REVISION_H
#define SETPOINT_MANIFESTS_REVISION_H

#include <stddef.h>
#include <stdint.h>

/* What a directory that is no git checkout has for a revision: SHA-256 over names and contents in their
   order, of which 16 hex digits are shown. Starts zeroed. */
struct revision {
    uint8_t state[32];
};

void revision_add(struct revision *revision, const char *name, const uint8_t digest[32]);
void revision_show(const struct revision *revision, char out[17]);

#endif
