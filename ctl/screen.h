#ifndef SETPOINT_CTL_SCREEN_H
#define SETPOINT_CTL_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/text.h"

/* Where the output goes: its size, and whether it takes colour. Output is UTF-8. What comes from a cloud may
   hold anything: screen_add and screen_add_cell let no control character through. */

struct screen {
    bool terminal;
    bool colour;
    unsigned columns; /* 0 = not a terminal: nothing is cut */
    unsigned rows;    /* 0 = not a terminal: nothing is folded */
};

enum ink { INK_PLAIN, INK_GOOD, INK_BUSY, INK_WAIT, INK_BAD, INK_ODD, INK_STRONG, INK_FAINT, INK_COUNT };

enum { SCREEN_OUT_MAX = 256 << 20 };

/* when: "auto", "always" or "never". auto: on a terminal that is not dumb, and without NO_COLOR. */
void screen_init(struct screen *screen, const char *when);
/* The size anew; a terminal may have been resized. */
void screen_measure(struct screen *screen);

/* Columns that a text takes, by wcwidth; a control character takes one. */
unsigned screen_width(const char *text);
/* Text in a colour. */
void screen_add(struct text *out, const struct screen *screen, enum ink ink, const char *text);
/* The same in exactly `width` columns: cut with "…", or padded when `pad`. width 0 = as it is. */
void screen_add_cell(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                     unsigned width, bool pad);
/* The same cut in its middle: names of a fleet differ at their ends. */
void screen_add_name(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                     unsigned width, bool pad);
void screen_add_pad(struct text *out, unsigned columns);
/* The same broken at blanks into lines of `width`, at most `lines_max`, the last one cut with "…". Lines
   after the first begin with `indent` blanks. width 0 = one line as it is. No newline at the end. */
void screen_add_wrapped(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                        unsigned indent, unsigned width, unsigned lines_max);
/* The rest of a line of which `column` columns are used: broken into lines that begin there. */
void screen_add_rest(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                     unsigned column);
/* Whole lines, each with its newline; what is wider than the screen goes on below its own last column. */
void screen_add_lines(struct text *out, const struct screen *screen, const char *lines);
/* Lines that it would take. */
unsigned screen_wrapped_lines(const char *text, unsigned width, unsigned lines_max);

/* To stdout, at once. false: it cannot be written, and that has been said (a closed pipe ends the program by
   SIGPIPE, quietly). */
bool screen_put(const struct text *out);
/* stdout is a pipe that nobody reads any more: what goes on for ever has nothing to wait for. */
bool screen_is_unread(void);

#endif
