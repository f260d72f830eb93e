#include "reconcile/base/base64.h"

#include <stdint.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_size(size_t size)
{
    return (size + 2) / 3 * 4;
}

char *base64_encode(struct arena *arena, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    char *out = arena_alloc(arena, base64_size(size) + 1), *to = out;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t)from[i] << 16;
        if (left > 1) group |= (uint32_t)from[i + 1] << 8;
        if (left > 2) group |= from[i + 2];
        *to++ = letters[group >> 18];
        *to++ = letters[group >> 12 & 63];
        *to++ = left > 1 ? letters[group >> 6 & 63] : '=';
        *to++ = left > 2 ? letters[group & 63] : '=';
    }
    return out;
}

static bool group_decode(const char text[4], unsigned padding, unsigned char out[3])
{
    uint32_t group = 0;
    for (unsigned i = 0; i < 4; i++) {
        const char *place = i < 4 - padding && text[i] ? strchr(letters, text[i]) : NULL;
        if (!place && (i < 4 - padding || text[i] != '=')) return false;
        group = group << 6 | (place ? (uint32_t)(place - letters) : 0);
    }
    if (padding > 0 && (group & ((UINT32_C(1) << 8 * padding) - 1)) != 0) return false;
    out[0] = (unsigned char)(group >> 16);
    out[1] = (unsigned char)(group >> 8);
    out[2] = (unsigned char)group;
    return true;
}

bool base64_decode(struct arena *arena, const char *text, size_t length, unsigned char **out_bytes,
                   size_t *out_size)
{
    unsigned char *to = arena_alloc(arena, length / 4 * 3 + 1);
    unsigned padding = 0;
    if (length == 0 || length % 4 != 0) return false;
    while (padding < 2 && text[length - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < length; i += 4)
        if (!group_decode(text + i, i + 4 == length ? padding : 0, to + i / 4 * 3)) return false;
    *out_bytes = to;
    *out_size = length / 4 * 3 - padding;
    return true;
}
