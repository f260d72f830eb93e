#include "reconcile/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

enum { ROOM_MIN = 64 };

/* Room for `more` bytes and the NUL; the caller has checked the maximum. */
static void text_reserve(struct text *text, size_t more)
{
    size_t need = text->length + more + 1;
    if (need <= text->room) return;
    size_t room = text->room ? text->room : ROOM_MIN;
    while (room < need)
        room *= 2;
    text->bytes = memory_grow(text->bytes, room);
    text->room = room;
}

static size_t least_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

void text_init(struct text *text, size_t length_max)
{
    ASSERT(length_max < SIZE_MAX / 4);
    *text = (struct text){.length_max = length_max};
    text_reserve(text, 0);
    text->bytes[0] = '\0';
}

void text_release(struct text *text)
{
    memory_free(text->bytes);
    *text = (struct text){.length_max = text->length_max};
}

char *text_take(struct text *text)
{
    char *bytes = text->bytes ? text->bytes : memory_copy_text("");
    text->bytes = NULL;
    text_release(text);
    return bytes;
}

void text_wipe(struct text *text)
{
    if (text->bytes) explicit_bzero(text->bytes, text->length);
    text_clear(text);
}

void text_clear(struct text *text)
{
    text->length = 0;
    text->overflow = false;
    text_reserve(text, 0);
    text->bytes[0] = '\0';
}

size_t text_cut(const char *bytes, size_t size)
{
    size_t at = size;
    while (at > 0 && size - at < 3 && ((unsigned char)bytes[at - 1] & 0xC0) == 0x80)
        at--;
    if (at == 0) return size;
    unsigned char lead = (unsigned char)bytes[at - 1];
    size_t needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return size - (at - 1) < needed ? at - 1 : size;
}

void text_add_bytes(struct text *text, const void *bytes, size_t size)
{
    if (text->overflow || size == 0) return;
    if (size > text->length_max - text->length) {
        text->overflow = true;
        size = text_cut(bytes, text->length_max - text->length);
    }
    text_reserve(text, size);
    memcpy(text->bytes + text->length, bytes, size);
    text->length += size;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *part)
{
    text_add_bytes(text, part, strlen(part));
}

void text_add_char(struct text *text, char c)
{
    text_add_bytes(text, &c, 1);
}

void text_addf(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t left = text->length_max - text->length;
    size_t room = text->overflow ? 0 : least_size(text->room - text->length, left + 1);
    int printed = vsnprintf(room > 0 ? text->bytes + text->length : NULL, room, format, arguments);
    va_end(arguments);
    ASSERT(printed >= 0);
    size_t length = (size_t)printed, size = least_size(length, left);
    if (!text->overflow) {
        text_reserve(text, size);
        char *at = text->bytes + text->length;
        if (length >= room) vsnprintf(at, size + 1, format, again);
        text->overflow = length > left;
        text->length += text->overflow ? text_cut(at, size) : size;
        text->bytes[text->length] = '\0';
    }
    va_end(again);
}

/* Bytes of the well-formed UTF-8 character at `at` (RFC 3629: no overlong form, no surrogate, at most
   U+10FFFF); 0 when there is none. The terminating NUL is no continuation byte, so this never reads past it.
 */
static size_t utf8_size(const unsigned char *at)
{
    static const struct {
        unsigned char lead_min, lead_max, second_min, second_max, size;
    } forms[] = {
        {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (at[0] < forms[i].lead_min || at[0] > forms[i].lead_max) continue;
        if (forms[i].size > 1 && (at[1] < forms[i].second_min || at[1] > forms[i].second_max)) return 0;
        for (size_t next = 2; next < forms[i].size; next++)
            if ((at[next] & 0xC0) != 0x80) return 0;
        return forms[i].size;
    }
    return 0;
}

static void text_add_json_escaped(struct text *text, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *known = strchr(from, c);
    if (known)
        text_addf(text, "\\%c", to[known - from]);
    else
        text_addf(text, "\\u%04x", c);
}

/* How many bytes from `at` on stand for themselves in JSON. */
static size_t plain_size(const unsigned char *at)
{
    const unsigned char *end = at;
    while (*end >= 0x20 && *end < 0x7F && *end != '"' && *end != '\\')
        end++;
    return (size_t)(end - at);
}

/* Nearly every text needs no escape, and fits. */
static bool add_plain(struct text *text, const char *part)
{
    size_t size = plain_size((const unsigned char *)part);
    if (part[size] != '\0' || text->overflow || size + 2 > text->length_max - text->length) return false;
    text_reserve(text, size + 2);
    char *at = text->bytes + text->length;
    *at = '"';
    memcpy(at + 1, part, size);
    memcpy(at + 1 + size, "\"", 2);
    text->length += size + 2;
    return true;
}

void text_add_json(struct text *text, const char *part)
{
    if (!part) {
        text_add(text, "null");
        return;
    }
    if (add_plain(text, part)) return;
    text_add_char(text, '"');
    for (const unsigned char *at = (const unsigned char *)part; *at;) {
        size_t plain = plain_size(at);
        text_add_bytes(text, at, plain);
        at += plain;
        if (*at == '\0') break;
        size_t size = utf8_size(at);
        if (size == 0)
            text_add(text, "\xEF\xBF\xBD");
        else if (*at < 0x20 || *at == 0x7F || *at == '"' || *at == '\\')
            text_add_json_escaped(text, *at);
        else if (*at == 0xC2 && at[1] < 0xA0) /* U+0080 … U+009F: terminals obey these, too */
            text_add_json_escaped(text, at[1]);
        else
            text_add_bytes(text, at, size);
        at += size ? size : 1;
    }
    text_add_char(text, '"');
}

bool text_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
    if (!a || !b) return a == b;
    for (; *a && lower(*a) == lower(*b); a++)
        b++;
    return lower(*a) == lower(*b);
}

bool text_starts(const char *text, const char *prefix)
{
    return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

int text_compare(const char *a, const char *b)
{
    if (!a || !b) return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

bool text_copy(char *out, size_t size, const char *from)
{
    ASSERT(size > 0);
    size_t length = strlen(from);
    bool fits = length < size;
    if (!fits) length = text_cut(from, size - 1);
    memcpy(out, from, length);
    out[length] = '\0';
    return fits;
}

static bool is_hex(char c)
{
    c = lower(c);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool text_is_uuid(const char *text)
{
    static const char dashed[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (!text) return false;
    size_t length = strlen(text);
    if (length != sizeof dashed - 1 && length != 32) return false;
    bool plain = length == 32;
    for (size_t i = 0; i < length; i++)
        if (!plain && dashed[i] == '-' ? text[i] != '-' : !is_hex(text[i])) return false;
    return true;
}

bool text_to_number(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t number = 0;
    if (!text || !*text) return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, digit, &number))
            return false;
    }
    if (number > max) return false;
    *out = number;
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned text_distance(const char *a, const char *b, unsigned limit)
{
    enum { LENGTH_MAX = 127 }; /* source/name is at most 96; what is longer is nobody's typing mistake */
    unsigned rows[3][LENGTH_MAX + 1];
    size_t a_length = strlen(a), b_length = strlen(b);
    size_t difference = a_length > b_length ? a_length - b_length : b_length - a_length;
    if (difference > limit || a_length > LENGTH_MAX || b_length > LENGTH_MAX) return limit + 1;
    for (unsigned j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *twice = rows[(i + 1) % 3];
        unsigned best = row[0] = i;
        for (unsigned j = 1; j <= b_length; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], twice[j - 2] + 1);
            best = least(best, row[j]);
        }
        if (best > limit) return limit + 1;
    }
    return least(rows[a_length % 3][b_length], limit + 1);
}

size_t text_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}
