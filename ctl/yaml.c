#include "ctl/yaml.h"

#include <string.h>

/* Words that some YAML version takes for a flag or for nothing. */
static bool is_reserved(const char *text)
{
    static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal_nocase(text, words[i])) return true;
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Begins with a letter, or is a UUID with its hyphens: no number or date has that form. */
static bool is_plain(const char *text)
{
    bool uuid = text_is_uuid(text) && strchr(text, '-');
    if (!uuid && !is_letter(text[0])) return false;
    for (const char *at = text; *at; at++)
        if (!is_letter(*at) && (*at < '0' || *at > '9') && !strchr("._/-", *at)) return false;
    return !is_reserved(text);
}

/* YAML takes it for a line's end, or not at all. */
static bool is_control(const char *at)
{
    bool c1 = (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] < 0xA0;
    return (unsigned char)*at < ' ' || *at == 0x7F || c1;
}

/* The same of others outside ASCII. NULL = none of them here. */
static const char *escape_of(const char *at, size_t *out_size)
{
    static const struct {
        const char *bytes, *escape;
    } rows[] = {{"\xE2\x80\xA8", "\\u2028"},
                {"\xE2\x80\xA9", "\\u2029"},
                {"\xEF\xBB\xBF", "\\uFEFF"},
                {"\xEF\xBF\xBE", "\\uFFFE"},
                {"\xEF\xBF\xBF", "\\uFFFF"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!text_starts(at, rows[i].bytes)) continue;
        *out_size = strlen(rows[i].bytes);
        return rows[i].escape;
    }
    return NULL;
}

static size_t control_size(const char *at)
{
    return (unsigned char)*at == 0xC2 ? 2 : 1;
}

void yaml_add_text(struct text *out, const char *text)
{
    if (is_plain(text)) {
        text_add(out, text);
        return;
    }
    text_add_char(out, '"');
    for (const char *at = text; *at;) {
        size_t size = 1;
        const char *escape = escape_of(at, &size);
        if (is_control(at)) size = control_size(at);
        if (escape)
            text_add(out, escape);
        else if (is_control(at))
            text_addf(out, size == 1 ? "\\x%02X" : "\\u%04x", (unsigned char)at[size - 1]);
        else if (*at == '"' || *at == '\\')
            text_addf(out, "\\%c", *at);
        else
            text_add_char(out, *at);
        at += size;
    }
    text_add_char(out, '"');
}

void yaml_add_comment(struct text *out, const char *text)
{
    for (const char *at = text; *at;) {
        size_t size = 1;
        bool odd = escape_of(at, &size) != NULL;
        if (is_control(at)) size = control_size(at);
        text_add_char(out, odd || is_control(at) ? '?' : *at);
        at += size;
    }
}
