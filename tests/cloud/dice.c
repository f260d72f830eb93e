#include "dice.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t dice_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void dice_init(struct dice *dice, uint64_t seed, uint64_t stream)
{
    dice->state = dice_mix(seed + 0x9e3779b97f4a7c15u) ^ dice_mix(stream * 0xd1342543de82ef95u + 1);
}

uint64_t dice_next(struct dice *dice)
{
    dice->state += 0x9e3779b97f4a7c15u;
    return dice_mix(dice->state);
}

int64_t dice_between(struct dice *dice, int64_t min, int64_t max)
{
    if (max <= min) return min;
    return min + (int64_t)(dice_next(dice) % (uint64_t)(max - min + 1));
}

int64_t dice_range(struct dice *dice, struct cloud_range range)
{
    return dice_between(dice, range.min_ms, range.max_ms);
}

bool dice_permille(struct dice *dice, unsigned permille)
{
    return dice_next(dice) % 1000 < permille;
}

void dice_hex(struct dice *dice, char *out, size_t digits)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < digits; i++) {
        if (i % 16 == 0) bits = dice_next(dice);
        out[i] = "0123456789abcdef"[bits & 15];
        bits >>= 4;
    }
    out[digits] = '\0';
}

void dice_uuid(struct dice *dice, char *out)
{
    uint64_t a = dice_next(dice);
    uint64_t b = dice_next(dice);

    snprintf(out, CLOUD_ID_SIZE, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
             a >> 32, (a >> 16) & 0xffff, a & 0xfff, 0x8000 | ((b >> 48) & 0x3fff), b & 0xffffffffffffu);
}

uint64_t dice_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return dice_mix(hash);
}
