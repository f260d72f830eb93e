#ifndef SETPOINT_TESTS_FUZZ_INPUT_H
#define SETPOINT_TESTS_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The fuzzer's bytes as a row of small decisions. Past the end every byte is 0. */
struct input {
    const uint8_t *at;
    size_t left;
};

static inline uint8_t input_byte(struct input *input)
{
    if (input->left == 0) return 0;
    input->left--;
    return *input->at++;
}

static inline unsigned input_below(struct input *input, unsigned bound)
{
    return input_byte(input) % bound;
}

static inline bool input_bit(struct input *input)
{
    return input_byte(input) & 1;
}

#endif
