#ifndef SETPOINT_BASE_TEXT_H
#define SETPOINT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text builder with a maximum. Going over the maximum drops the rest and sets `overflow`, which stays set:
   check it once at the end. A cut never falls inside a UTF-8 character. `bytes` is always NUL-terminated
   (after text_take and text_release it is NULL until the next add or clear). Owns its memory. */
struct text {
    char *bytes;
    size_t length;
    size_t room;
    size_t length_max;
    bool overflow;
};

void text_init(struct text *text, size_t length_max);
void text_release(struct text *text);
char *text_take(struct text *text); /* caller frees with memory_free; the builder is empty again */
void text_clear(struct text *text);
void text_wipe(struct text *text); /* text_clear, and what stood there is overwritten */
void text_add(struct text *text, const char *part);
void text_add_bytes(struct text *text, const void *bytes, size_t size);
void text_add_char(struct text *text, char c);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* JSON string with its quotes; all control characters are escaped, so that it may go to a terminal, and
   invalid UTF-8 becomes U+FFFD. NULL is written as null. */
void text_add_json(struct text *text, const char *part);

bool text_equal(const char *a, const char *b);        /* NULL equals NULL only */
bool text_equal_nocase(const char *a, const char *b); /* ASCII */
bool text_starts(const char *text, const char *prefix);
int text_compare(const char *a, const char *b); /* strcmp with NULL first */
bool text_copy(char *out, size_t size,
               const char *from); /* false: did not fit (out is truncated, terminated) */
/* The largest length up to size at which bytes[0 … size - 1] may be cut without splitting a UTF-8 character.
 */
size_t text_cut(const char *bytes, size_t size);
/* Code points of a text that is UTF-8. */
size_t text_characters(const char *text);
bool text_is_uuid(const char *text); /* 8-4-4-4-12 hex, or 32 hex digits */
/* Decimal number without sign, blanks or leading plus; false when not a number or over max. */
bool text_to_number(const char *text, uint64_t max, uint64_t *out);
/* Edit distance (insert, delete, replace, swap of neighbours: 1 each) with early end; for "did you mean".
   Returns limit + 1 when farther than limit, and for texts of more than 127 bytes. */
unsigned text_distance(const char *a, const char *b, unsigned limit);

#endif
