/* Reproducible chance: splitmix64. One stream for each use, so that a new fault does not move the ids. */
#ifndef SETPOINT_TESTS_CLOUD_DICE_H
#define SETPOINT_TESTS_CLOUD_DICE_H

#include "cloud.h"

struct dice {
    uint64_t state;
};

void dice_init(struct dice *dice, uint64_t seed, uint64_t stream);
uint64_t dice_next(struct dice *dice);
/* min ... max, both possible; min when max is not above it. */
int64_t dice_between(struct dice *dice, int64_t min, int64_t max);
int64_t dice_range(struct dice *dice, struct cloud_range range);
bool dice_permille(struct dice *dice, unsigned permille);
/* out has room for digits + 1. */
void dice_hex(struct dice *dice, char *out, size_t digits);
/* A version 4 UUID in text: room for CLOUD_ID_SIZE. */
void dice_uuid(struct dice *dice, char *out);
/* A fixed hash of a text (FNV-1a, mixed), for what is derived and never stored. */
uint64_t dice_hash(const char *text);

#endif
