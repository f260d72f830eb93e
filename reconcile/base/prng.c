#include "reconcile/base/prng.h"

#include "reconcile/base/assert.h"

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return (value << bits) | (value >> (64 - bits));
}

void prng_init(struct prng *prng, const uint8_t seed[32])
{
    *prng = (struct prng){0};
    for (unsigned i = 0; i < 32; i++)
        prng->s[i / 8] |= (uint64_t)seed[i] << (8 * (i % 8));
    /* The all-zero state is the one from which the generator never moves. */
    if (!(prng->s[0] | prng->s[1] | prng->s[2] | prng->s[3])) prng->s[0] = 1;
}

uint64_t prng_next(struct prng *prng)
{
    uint64_t *s = prng->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t prng_below(struct prng *prng, uint64_t bound)
{
    ASSERT(bound > 0);
    /* 2^64 mod bound: draws below it would favour the small results. */
    uint64_t least = -bound % bound;
    uint64_t draw;
    do
        draw = prng_next(prng);
    while (draw < least);
    return draw % bound;
}

void prng_letters(struct prng *prng, char *out, unsigned count)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    enum { PER_DRAW = 64 / 5 };
    uint64_t draw = 0;
    for (unsigned i = 0; i < count; i++) {
        draw = i % PER_DRAW == 0 ? prng_next(prng) : draw << 5;
        out[i] = alphabet[draw >> 59];
    }
    out[count] = '\0';
}
