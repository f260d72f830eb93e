/* MD5 by RFC 1321, so that a log-in can be judged without the product's own. */
#include "tencent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { BLOCK = 64 };

/* floor(|sin(i + 1)| * 2^32), made by a script. */
static const uint32_t table[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const unsigned char turns[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};

static void digest_block(uint32_t sum[4], const unsigned char *block)
{
    uint32_t words[16];
    uint32_t v[4] = {sum[0], sum[1], sum[2], sum[3]};

    for (unsigned i = 0; i < 16; i++)
        words[i] = block[4 * i] | (uint32_t)block[4 * i + 1] << 8 | (uint32_t)block[4 * i + 2] << 16 |
                   (uint32_t)block[4 * i + 3] << 24;
    for (unsigned i = 0; i < 64; i++) {
        unsigned round = i / 16;
        unsigned turn = turns[4 * round + i % 4];
        uint32_t f = round == 0   ? (v[1] & v[2]) | (~v[1] & v[3])
                     : round == 1 ? (v[3] & v[1]) | (~v[3] & v[2])
                     : round == 2 ? v[1] ^ v[2] ^ v[3]
                                  : v[2] ^ (v[1] | ~v[3]);
        unsigned word = round == 0   ? i
                        : round == 1 ? (5 * i + 1) % 16
                        : round == 2 ? (3 * i + 5) % 16
                                     : 7 * i % 16;

        f += v[0] + table[i] + words[word];
        v[0] = v[3];
        v[3] = v[2];
        v[2] = v[1];
        v[1] += f << turn | f >> (32 - turn);
    }
    for (unsigned i = 0; i < 4; i++)
        sum[i] += v[i];
}

void tencent_md5(const char *text, char out[33])
{
    size_t size = strlen(text);
    size_t padded = (size + 8) / BLOCK * BLOCK + BLOCK;
    unsigned char *bytes = memory_new(padded, 1);
    uint32_t sum[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

    memcpy(bytes, text, size);
    bytes[size] = 0x80;
    for (unsigned i = 0; i < 8; i++)
        bytes[padded - 8 + i] = (unsigned char)((uint64_t)size * 8 >> 8 * i);
    for (size_t at = 0; at < padded; at += BLOCK)
        digest_block(sum, bytes + at);
    for (unsigned i = 0; i < 16; i++)
        snprintf(out + 2 * i, 3, "%02x", sum[i / 4] >> 8 * (i % 4) & 255);
    free(bytes);
}
