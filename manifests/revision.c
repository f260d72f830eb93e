#include "manifests/revision.h"

#include <string.h>

#include "reconcile/base/hash.h"

void revision_add(struct revision *revision, const char *name, const uint8_t digest[32])
{
    uint8_t link[96];
    memcpy(link, revision->state, 32);
    hash_sha256(name, strlen(name), link + 32);
    memcpy(link + 64, digest, 32);
    hash_sha256(link, sizeof link, revision->state);
}

void revision_show(const struct revision *revision, char out[17])
{
    hash_hex(revision->state, 8, out);
}
