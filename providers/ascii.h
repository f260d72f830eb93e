#ifndef SETPOINT_ASCII_H
#define SETPOINT_ASCII_H

#include <stdbool.h>

/* Characters of protocols: never the locale's. Bytes over 0x7F are none of these. */

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Visible: neither blank nor control. */
static inline bool ascii_is_visible(char c)
{
    return c > ' ' && c < 0x7F;
}

/* Value of a hexadecimal digit, -1 for anything else. */
static inline int ascii_hex(char c)
{
    if (ascii_is_digit(c)) return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Whether `part` is in `text`, in any case. */
bool ascii_contains(const char *text, const char *part);

#endif
