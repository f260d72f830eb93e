#include "providers/scan.h"

#include <stdlib.h>
#include <string.h>

#include "providers/ascii.h"
#include "providers/clean.h"
#include "reconcile/base/text.h"

void scan_init(struct scan *scan, const char *body, size_t size)
{
    *scan = (struct scan){.at = body, .end = body + size};
}

static void broken(struct scan *scan)
{
    scan->broken = true;
    scan->at = scan->end;
}

static char pass_blanks(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
    return scan->at < scan->end ? *scan->at : '\0';
}

/* The next character that is no blank; NUL at the end. Asked several times per member of each server: the
   loop is kept out of line. */
static inline char peek(struct scan *scan)
{
    return scan->at<scan->end && * scan->at> ' ' ? *scan->at : pass_blanks(scan);
}

bool scan_finish(struct scan *scan)
{
    (void)peek(scan);
    return !scan->broken && scan->at == scan->end;
}

/* At a quote: the bytes between it and its partner, which is passed. */
static struct span quoted(struct scan *scan)
{
    const char *start = scan->at + 1, *from = start;
    for (;;) {
        const char *quote = from < scan->end ? memchr(from, '"', (size_t)(scan->end - from)) : NULL;
        if (!quote) {
            broken(scan);
            return (struct span){.at = scan->end};
        }
        const char *slash = quote;
        while (slash > start && slash[-1] == '\\')
            slash--;
        from = quote + 1;
        if ((quote - slash) % 2 == 0) break;
    }
    scan->at = from;
    return (struct span){.at = start, .size = (size_t)(from - 1 - start)};
}

static bool is_scalar(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '-' || c == '+' || c == '.';
}

/* A number or a literal. */
static struct span bare(struct scan *scan)
{
    struct span word = {.at = scan->at};
    while (scan->at < scan->end && is_scalar(*scan->at))
        scan->at++;
    word.size = (size_t)(scan->at - word.at);
    bool number = word.size && (ascii_is_digit(word.at[0]) || word.at[0] == '-');
    if (!number && !span_equal(word, "true") && !span_equal(word, "false") && !span_equal(word, "null"))
        broken(scan);
    return word;
}

static void skip_nested(struct scan *scan)
{
    uint64_t braces = 0; /* one bit per level: it is an object */
    unsigned depth = 0;
    do {
        char c = *scan->at;
        if (c == '"') {
            (void)quoted(scan);
            continue;
        }
        if (c == '{' || c == '[') {
            if (depth == SCAN_DEPTH_MAX) break;
            braces = braces << 1 | (c == '{');
            depth++;
        } else if (c == '}' || c == ']') {
            if ((braces & 1) != (c == '}')) break;
            braces >>= 1;
            depth--;
        }
        scan->at++;
    } while (depth && scan->at < scan->end);
    if (depth) broken(scan);
}

void scan_skip(struct scan *scan)
{
    char c = peek(scan);
    if (c == '"')
        (void)quoted(scan);
    else if (c == '{' || c == '[')
        skip_nested(scan);
    else
        (void)bare(scan);
}

static bool step_in(struct scan *scan, char bracket)
{
    if (peek(scan) != bracket) {
        scan_skip(scan);
        return false;
    }
    scan->at++;
    scan->fresh = true;
    return true;
}

bool scan_object(struct scan *scan)
{
    return step_in(scan, '{');
}

bool scan_array(struct scan *scan)
{
    return step_in(scan, '[');
}

/* In front of the next element, behind its comma; false when the bracket closes. */
static bool next(struct scan *scan, char bracket)
{
    bool first = scan->fresh;
    scan->fresh = false;
    char c = peek(scan);
    if (c == bracket) {
        scan->at++;
        return false;
    }
    if (first) return c != '\0' || (broken(scan), false);
    if (c != ',') {
        broken(scan);
        return false;
    }
    scan->at++;
    return true;
}

bool scan_item(struct scan *scan)
{
    return next(scan, ']') && !scan->broken;
}

bool scan_member(struct scan *scan, struct span *out_key)
{
    if (!next(scan, '}')) return false;
    if (peek(scan) != '"') {
        broken(scan);
        return false;
    }
    *out_key = quoted(scan);
    if (peek(scan) != ':') {
        broken(scan);
        return false;
    }
    scan->at++;
    return true;
}

static int hex_value(const char *at)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = ascii_hex(at[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static size_t utf8_put(unsigned code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char LEAD[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(LEAD[size] | code);
    return size;
}

/* At "\u": the character that it and a second surrogate stand for. Unpaired surrogates and bad digits give
   U+FFFD. Returns the bytes read. */
static size_t unescape_unicode(const char *at, size_t left, char *out, size_t *out_size)
{
    int code = left >= 6 ? hex_value(at + 2) : -1;
    size_t read = left >= 6 ? 6 : left;
    if (code >= 0xD800 && code < 0xDC00 && left >= 12 && at[6] == '\\' && at[7] == 'u') {
        int low = hex_value(at + 8);
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            read = 12;
        }
    }
    if (code < 0 || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
    *out_size = utf8_put((unsigned)code, out);
    return read;
}

static size_t unescape_one(const char *at, size_t left, char *out, size_t *out_size)
{
    static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
    *out_size = 1;
    if (at[0] != '\\' || left < 2) {
        out[0] = at[0];
        return 1;
    }
    if (at[1] == 'u') return unescape_unicode(at, left, out, out_size);
    const char *known = memchr(FROM, at[1], sizeof FROM - 1);
    out[0] = known ? TO[known - FROM] : at[1];
    return 2;
}

typedef const char *clean_as(struct arena *arena, const char *bytes, size_t size, size_t size_max);

static const char *unescaped(struct span raw, struct arena *arena, size_t size_max, clean_as *clean)
{
    /* an escape is longer than what it stands for: no need to look at more than the longest that fits */
    enum { ESCAPE_MAX = 12 };
    if (raw.size / ESCAPE_MAX > size_max) raw.size = size_max * ESCAPE_MAX;
    char *plain = arena_alloc(arena, raw.size + 4);
    size_t used = 0;
    for (size_t i = 0; i < raw.size;) {
        size_t put;
        i += unescape_one(raw.at + i, raw.size - i, plain + used, &put);
        used += put;
    }
    return clean(arena, plain, used, size_max);
}

static const char *key_as(struct span raw, struct arena *arena, size_t size_max, clean_as *clean)
{
    if (memchr(raw.at, '\\', raw.size)) return unescaped(raw, arena, size_max, clean);
    return clean(arena, raw.at, raw.size, size_max);
}

const char *scan_key_text(struct span raw, struct arena *arena, size_t size_max)
{
    return key_as(raw, arena, size_max, clean_text);
}

const char *scan_key_value(struct span raw, struct arena *arena)
{
    return key_as(raw, arena, CLEAN_TEXT_MAX, clean_value);
}

static const char *scalar_as(struct scan *scan, struct arena *arena, size_t size_max, clean_as *clean)
{
    char c = peek(scan);
    if (c == '{' || c == '[' || c == 'n') {
        scan_skip(scan);
        return NULL;
    }
    struct span raw = c == '"' ? quoted(scan) : bare(scan);
    return scan->broken ? NULL : key_as(raw, arena, size_max, clean);
}

const char *scan_text(struct scan *scan, struct arena *arena, size_t size_max)
{
    return scalar_as(scan, arena, size_max, clean_text);
}

const char *scan_value(struct scan *scan, struct arena *arena)
{
    return scalar_as(scan, arena, CLEAN_TEXT_MAX, clean_value);
}

/* A short scalar without its quotes; empty for anything else. */
static struct span short_word(struct scan *scan)
{
    char c = peek(scan);
    if (c == '"') return quoted(scan);
    if (c != '{' && c != '[') return bare(scan);
    scan_skip(scan);
    return (struct span){.at = scan->at};
}

bool scan_number(struct scan *scan, int64_t *out)
{
    enum { DIGITS_MAX = 20 };
    struct span word = short_word(scan);
    char digits[DIGITS_MAX + 1], *rest;
    if (word.size == 0 || word.size > DIGITS_MAX) return false;
    memcpy(digits, word.at, word.size);
    digits[word.size] = '\0';
    if (!ascii_is_digit(digits[0]) && digits[0] != '-') return false;
    *out = strtoll(digits, &rest, 10);
    return *rest == '\0';
}

bool scan_is_true(struct scan *scan)
{
    struct span word = short_word(scan);
    if (word.size == 0) return false;
    char first = word.at[0];
    if (first == 't' || first == 'T') return word.size == 4;
    return ascii_is_digit(first) && !span_equal(word, "0");
}

bool scan_is_null(struct scan *scan)
{
    return peek(scan) == 'n';
}
