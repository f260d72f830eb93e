#ifndef SETPOINT_BASE_PRNG_H
#define SETPOINT_BASE_PRNG_H

#include <stdint.h>

/* xoshiro256**, seeded once with 32 bytes of entropy that the daemon hands in (the simulator: from its seed).
   Ids and jitter derive from it, so a run is repeatable. */
struct prng {
    uint64_t s[4];
};

void prng_init(struct prng *prng, const uint8_t seed[32]);
uint64_t prng_next(struct prng *prng);
uint64_t prng_below(struct prng *prng, uint64_t bound); /* 0 … bound - 1; bound > 0 */
/* count lower-case base32 characters (RFC 4648 alphabet without padding) and a NUL. */
void prng_letters(struct prng *prng, char *out, unsigned count);

#endif
