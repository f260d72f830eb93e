#include "tests/sim/dice.h"

struct dice dice_new(uint64_t seed, uint64_t part)
{
    struct dice dice = {seed * UINT64_C(0x9e3779b97f4a7c15) ^ (part + 1) * UINT64_C(0xbf58476d1ce4e5b9)};
    dice_next(&dice);
    return dice;
}

uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t dice_below(struct dice *dice, uint64_t bound)
{
    return dice_next(dice) % bound;
}

int64_t dice_between(struct dice *dice, int64_t least, int64_t most)
{
    return least + (int64_t)dice_below(dice, (uint64_t)(most - least) + 1);
}

bool dice_chance(struct dice *dice, unsigned permille)
{
    return dice_below(dice, 1000) < permille;
}
