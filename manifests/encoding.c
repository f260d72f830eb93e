#include "manifests/encoding.h"

#include <stdint.h>

/* The character at `at`: its code and size; size 0 when it is not well-formed UTF-8. */
struct character {
    uint32_t code;
    size_t size;
};

static struct character character_at(const unsigned char *at, size_t left)
{
    static const uint32_t code_min[] = {0, 0, 0x80, 0x800, 0x10000};
    struct character bad = {0}, c = {at[0], 1};
    if (at[0] < 0x80) return c;
    c.size = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : at[0] >= 0xC0 ? 2 : 0;
    if (c.size == 0 || c.size > left || at[0] > 0xF4) return bad;
    c.code = at[0] & (0xFFu >> (c.size + 1));
    for (size_t i = 1; i < c.size; i++) {
        if ((at[i] & 0xC0) != 0x80) return bad;
        c.code = c.code << 6 | (at[i] & 0x3Fu);
    }
    bool surrogate = c.code >= 0xD800 && c.code <= 0xDFFF;
    return c.code < code_min[c.size] || surrogate || c.code > 0x10FFFF ? bad : c;
}

static bool is_printable(uint32_t code)
{
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    if (code < 0x7F) return true;
    if (code < 0xA0) return code == 0x85;
    return code != 0xFFFE && code != 0xFFFF;
}

static void wrong_byte(const char *bytes, size_t size, struct position at, struct mistakes *mistakes)
{
    const unsigned char *start = (const unsigned char *)bytes;
    bool utf16 =
        size >= 2 && ((start[0] == 0xFF && start[1] == 0xFE) || (start[0] == 0xFE && start[1] == 0xFF));
    if (utf16)
        mistakes_add(mistakes, at, "the file is UTF-16; save it as UTF-8");
    else
        mistakes_add(mistakes, at, "not UTF-8; save the file as UTF-8 text");
}

bool encoding_check(const char *bytes, size_t size, const char *shown, struct mistakes *mistakes)
{
    struct position at = {shown, 1, 1};
    for (size_t i = 0; i < size;) {
        struct character c = character_at((const unsigned char *)bytes + i, size - i);
        if (c.size == 0) {
            wrong_byte(bytes, size, at, mistakes);
            return false;
        }
        if (!is_printable(c.code) || c.code == 0xFEFF) {
            mistakes_add(mistakes, at,
                         "control character U+%04X; remove it, or write it as an escape in double quotes",
                         (unsigned)c.code);
            return false;
        }
        i += c.size;
        at.column++;
        if (c.code == '\n') at = (struct position){shown, at.line + 1, 1};
    }
    return true;
}
