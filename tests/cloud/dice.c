#include "dice.h"

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

/* The lowest digits of the number; every reply has an id of its own. */
static void put_hex(char *out, unsigned count, uint64_t number)
{
    for (; count-- > 0; number >>= 4)
        out[count] = "0123456789abcdef"[number & 15];
}

void dice_uuid(struct dice *dice, char *out)
{
    uint64_t a = dice_next(dice);
    uint64_t b = dice_next(dice);

    put_hex(out, 8, a >> 32);
    put_hex(out + 9, 4, a >> 16);
    put_hex(out + 14, 4, 0x4000 | (a & 0xfff));
    put_hex(out + 19, 4, 0x8000 | ((b >> 48) & 0x3fff));
    put_hex(out + 24, 12, b);
    out[8] = out[13] = out[18] = out[23] = '-';
    out[36] = '\0';
}

uint64_t dice_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return dice_mix(hash);
}
