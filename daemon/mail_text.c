#include "daemon/mail_text.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/base64.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/instant.h"

enum { WORD_FRAME = 12 /* of an encoded word: "=?UTF-8?B?" and "?=" */ };

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7F;
}

static char plain_character(char c)
{
    return is_control(c) ? ' ' : c;
}

static bool must_be_encoded(const char *value)
{
    for (const char *at = value; *at; at++)
        if ((unsigned char)*at >= 0x7F) return true;
    return strstr(value, "=?") != NULL;
}

/* A word that is too long for a line has one of its own. */
static void add_folded(struct text *mail, size_t column, const char *value)
{
    for (const char *at = value; *at;) {
        size_t blanks = strspn(at, " ");
        size_t word = strcspn(at + blanks, " ");
        bool fold = at != value && blanks > 0 && word > 0 && column + blanks + word > MAIL_LINE_MAX;
        if (fold) text_add_char(mail, '\n');
        if (fold) column = 0;
        text_add_bytes(mail, at, blanks + word);
        column += blanks + word;
        at += blanks + word;
    }
    text_add_char(mail, '\n');
}

/* Every word fills its line: 4 characters stand for 3 bytes. */
static void add_encoded(struct text *mail, size_t column, const char *value)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    for (size_t left = strlen(value); left > 0;) {
        size_t size_max = (MAIL_LINE_MAX - WORD_FRAME - column) / 4 * 3;
        size_t size = text_cut(value, left < size_max ? left : size_max);
        text_addf(mail, "=?UTF-8?B?%s?=\n", base64_encode(&arena, value, size));
        value += size;
        left -= size;
        if (left > 0) text_add_char(mail, ' ');
        column = 1;
    }
}

void mail_header(struct text *mail, const char *name, const char *value)
{
    AUTO_FREE char *plain = memory_copy_text(value);
    for (char *at = plain; *at; at++)
        *at = plain_character(*at);
    size_t length = strlen(plain);
    while (length > 0 && plain[length - 1] == ' ')
        plain[--length] = '\0';
    const char *begin = plain + strspn(plain, " "); /* no line may be of blanks alone */
    text_addf(mail, "%s: ", name);
    (must_be_encoded(begin) ? add_encoded : add_folded)(mail, strlen(name) + 2, begin);
}

void mail_addresses(struct text *mail, const char *name, const char *const *addresses, uint32_t count)
{
    text_addf(mail, "%s: ", name);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) text_add(mail, ",\n ");
        for (const char *at = addresses[i]; *at; at++)
            text_add_char(mail, plain_character(*at));
    }
    text_add_char(mail, '\n');
}

void mail_date(struct text *mail, int64_t wall_ms)
{
    static const char *const DAYS[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970 on */
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char stamp[32];
    instant_format(wall_ms, stamp, sizeof stamp);
    if (!*stamp) return;
    int month = (stamp[5] - '0') * 10 + stamp[6] - '0';
    text_addf(mail, "Date: %s, %.2s %.3s %.4s %.8s +0000\n", DAYS[wall_ms / DAY_MS % 7], stamp + 8,
              MONTHS + 3 * (month - 1), stamp, stamp + 11);
}

/* Blanks at the end of a line are lost on the way, and a line of one dot ended a mail once. */
static bool must_be_quoted(const char *at, size_t column)
{
    char c = *at;
    if (c == ' ') return at[1] == '\n' || at[1] == '\0';
    if (c == '.' || c == 'F') return column == 0; /* "From " at its beginning is changed by some */
    return c < '!' || c > '~' || c == '=';
}

void mail_body(struct text *mail, const char *body)
{
    size_t column = 0;
    text_add_char(mail, '\n');
    for (const char *at = body; *at; at++) {
        if (*at == '\n') {
            text_add_char(mail, '\n');
            column = 0;
            continue;
        }
        char form[4] = {*at, '\0'};
        if (must_be_quoted(at, column)) snprintf(form, sizeof form, "=%02X", (unsigned)(unsigned char)*at);
        size_t size = strlen(form);
        if (column + size > MAIL_LINE_MAX - 1) { /* one is for the "=" that says that the line goes on */
            text_add(mail, "=\n");
            column = 0;
        }
        text_add(mail, form);
        column += size;
    }
    if (column > 0) text_add_char(mail, '\n');
}
