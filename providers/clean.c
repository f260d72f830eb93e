#include "providers/clean.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char REPLACEMENT[] = "\xEF\xBF\xBD";
enum { REPLACEMENT_SIZE = 3 };

static bool is_plain(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] < 0x20 || (unsigned char)bytes[i] > 0x7E) return false;
    return true;
}

/* Length of the well formed character at `at`, 0 when there is none (RFC 3629, table 3-7 of Unicode). */
static size_t character_size(const unsigned char *at, size_t left)
{
    unsigned char lead = at[0], low = 0x80, high = 0xBF;
    size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (size < 2) return size;
    if (size > left) return 0;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    if (at[1] < low || at[1] > high) return 0;
    for (size_t i = 2; i < size; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    return size;
}

static bool is_c1_control(const unsigned char *at)
{
    return at[0] == 0xC2 && at[1] < 0xA0;
}

static bool is_c0_control(const unsigned char *at)
{
    return at[0] < 0x20 || at[0] == 0x7F;
}

/* Writes the clean form of the character at `at` and returns how many bytes were read. */
static size_t clean_character(const unsigned char *at, size_t left, bool controls, char *out,
                              size_t *out_size)
{
    size_t size = character_size(at, left);
    if (size == 1 && !controls && is_c0_control(at)) {
        out[0] = ' ';
        *out_size = 1;
    } else if (size == 0 || at[0] == '\0' || (!controls && is_c1_control(at))) {
        memcpy(out, REPLACEMENT, REPLACEMENT_SIZE);
        *out_size = REPLACEMENT_SIZE;
    } else {
        memcpy(out, at, size);
        *out_size = size;
    }
    return size ? size : 1;
}

static const char *clean(struct arena *arena, const char *bytes, size_t size, size_t size_max, bool controls)
{
    if (size <= size_max && is_plain(bytes, size)) return arena_bytes(arena, bytes, size);
    size_t room = size < size_max / REPLACEMENT_SIZE ? size * REPLACEMENT_SIZE : size_max;
    char *copy = arena_alloc(arena, room + 1);
    size_t used = 0;
    for (size_t i = 0; i < size;) {
        char character[4];
        size_t character_bytes;
        i += clean_character((const unsigned char *)bytes + i, size - i, controls, character,
                             &character_bytes);
        if (used + character_bytes > room) break;
        memcpy(copy + used, character, character_bytes);
        used += character_bytes;
    }
    return copy;
}

const char *clean_text(struct arena *arena, const char *bytes, size_t size, size_t size_max)
{
    return clean(arena, bytes, size, size_max, false);
}

const char *clean_value(struct arena *arena, const char *bytes, size_t size, size_t size_max)
{
    return clean(arena, bytes, size, size_max, true);
}
