#ifndef SETPOINT_BASE_HASH_H
#define SETPOINT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4: keyed 64-bit hash, used for applied unseen fields (the key is the ledger's, so that a hash in
   a mark tells nothing about user data) and for hash spread. */
struct hash_key {
    uint64_t k0, k1;
};
uint64_t hash_keyed(struct hash_key key, const void *bytes, size_t size);

/* SHA-256 (FIPS 180-4), for hold ids and tags. In the core because the core links libc only. */
void hash_sha256(const void *bytes, size_t size, uint8_t out[32]);
void hash_hex(const uint8_t *bytes, size_t size, char *out); /* out: 2 * size + 1 */

#endif
