#include "reconcile/base/md5.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 64, LENGTH_PLACE = 56, ROUNDS = 64, DIGEST_WORDS = 4 };

/* RFC 1321, 3.4: floor(2^32 · |sin(i + 1)|). */
static const uint32_t SINES[ROUNDS] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const unsigned SHIFTS[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t rotated(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

static uint32_t word_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* One of the four auxiliary functions, and the word of the block that goes with this step. */
static uint32_t mixed(unsigned step, uint32_t b, uint32_t c, uint32_t d, unsigned *out_word)
{
    switch (step / 16) {
    case 0: *out_word = step; return (b & c) | (~b & d);
    case 1: *out_word = (5 * step + 1) % 16; return (d & b) | (~d & c);
    case 2: *out_word = (3 * step + 5) % 16; return b ^ c ^ d;
    default: *out_word = (7 * step) % 16; return c ^ (b | ~d);
    }
}

static void take_block(uint32_t state[DIGEST_WORDS], const unsigned char *block)
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned step = 0; step < ROUNDS; step++) {
        unsigned word;
        uint32_t sum = a + mixed(step, b, c, d, &word) + SINES[step];
        sum += word_at(block + 4 * word);
        a = d;
        d = c;
        c = b;
        b += rotated(sum, SHIFTS[step / 16][step % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

/* What is left, a one bit, zeros, and the length in bits: one block, or two where it does not fit. */
static void take_end(uint32_t state[DIGEST_WORDS], const unsigned char *rest, size_t left, uint64_t size)
{
    unsigned char tail[2 * BLOCK] = {0};
    size_t end = left < LENGTH_PLACE ? BLOCK : 2 * BLOCK;
    if (left) memcpy(tail, rest, left);
    tail[left] = 0x80;
    for (unsigned i = 0; i < 8; i++)
        tail[end - 8 + i] = (unsigned char)(size * 8 >> 8 * i);
    for (size_t at = 0; at < end; at += BLOCK)
        take_block(state, tail + at);
}

void md5_hex(const void *bytes, size_t size, char out[MD5_HEX + 1])
{
    uint32_t state[DIGEST_WORDS] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    const unsigned char *at = bytes;
    size_t left = size;
    for (; left >= BLOCK; at += BLOCK, left -= BLOCK)
        take_block(state, at);
    take_end(state, at, left, size);
    for (unsigned i = 0; i < 4 * DIGEST_WORDS; i++)
        snprintf(out + 2 * i, 3, "%02x", (unsigned)(state[i / 4] >> 8 * (i % 4) & 0xFF));
}
