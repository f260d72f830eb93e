#include "ctl/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum {
    COLUMNS_DEFAULT = 80,
    ROWS_DEFAULT = 24,
    SIZE_MAX_SANE = 10000,
    REST_LEAST = 10 /* narrower than that nothing is broken into lines */
};

/* ISO 6429 SGR; only the eight colours that every terminal's owner has chosen for himself. */
static const char *const inks[INK_COUNT] = {
    [INK_PLAIN] = "",       [INK_GOOD] = "\033[32m", [INK_BUSY] = "\033[36m",  [INK_WAIT] = "\033[33m",
    [INK_BAD] = "\033[31m", [INK_ODD] = "\033[35m",  [INK_STRONG] = "\033[1m", [INK_FAINT] = "\033[2m"};

#define INK_END  "\033[0m"
#define ELLIPSIS "…"

static unsigned size_from(const char *variable, unsigned otherwise)
{
    const char *text = getenv(variable);
    uint64_t number;
    return text && text_to_number(text, SIZE_MAX_SANE, &number) && number > 0 ? (unsigned)number : otherwise;
}

void screen_measure(struct screen *screen)
{
    struct winsize size = {0};
    if (!screen->terminal) return;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size = (struct winsize){0};
    screen->columns = size.ws_col ? size.ws_col : size_from("COLUMNS", COLUMNS_DEFAULT);
    screen->rows = size.ws_row ? size.ws_row : size_from("LINES", ROWS_DEFAULT);
}

static bool colour_is_wanted(const char *when, bool terminal)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    if (text_equal(when, "always")) return true;
    if (text_equal(when, "never") || (none && *none)) return false;
    return terminal && !text_equal(term, "dumb");
}

/* Else the next socket would be what is written to. Not for writing, so that writing still fails. */
static void standard_files_hold(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) close(fd);
}

void screen_init(struct screen *screen, const char *when)
{
    standard_files_hold();
    /* Widths need a UTF-8 locale whatever the environment's is: the output is UTF-8 anyway. */
    setlocale(LC_CTYPE, "");
    if (!text_equal(nl_langinfo(CODESET), "UTF-8")) setlocale(LC_CTYPE, "C.UTF-8");
    *screen = (struct screen){.terminal = isatty(STDOUT_FILENO)};
    screen->colour = colour_is_wanted(when, screen->terminal);
    screen_measure(screen);
}

/* One character: its bytes, and its columns; one that must not be shown has `shown` set to what is instead.
 */
struct glyph {
    size_t bytes;
    unsigned columns;
    const char *shown;
};

static struct glyph glyph_at(const char *text)
{
    wchar_t wide;
    mbstate_t state = {0};
    size_t bytes = mbrtowc(&wide, text, strlen(text), &state);
    if (bytes == (size_t)-1 || bytes == (size_t)-2) return (struct glyph){1, 1, "?"};
    int columns = wcwidth(wide);
    if (wide == L'\n' || wide == L'\t') return (struct glyph){bytes, 1, " "};
    /* C0, C1, DEL, and the marks that turn the direction of writing round (CVE-2021-42574). */
    if (columns < 0 || (wide >= 0x202A && wide <= 0x202E) || (wide >= 0x2066 && wide <= 0x2069))
        return (struct glyph){bytes, 1, "?"};
    return (struct glyph){bytes, (unsigned)columns, NULL};
}

unsigned screen_width(const char *text)
{
    unsigned columns = 0;
    while (*text) {
        struct glyph glyph = glyph_at(text);
        columns += glyph.columns;
        text += glyph.bytes;
    }
    return columns;
}

/* As much as fits in `width` columns; returns the columns used. */
static unsigned add_up_to(struct text *out, const char *text, unsigned width)
{
    unsigned columns = 0;
    while (*text) {
        struct glyph glyph = glyph_at(text);
        if (columns + glyph.columns > width) break;
        columns += glyph.columns;
        if (glyph.shown)
            text_add(out, glyph.shown);
        else
            text_add_bytes(out, text, glyph.bytes);
        text += glyph.bytes;
    }
    return columns;
}

void screen_add_pad(struct text *out, unsigned columns)
{
    while (columns-- > 0)
        text_add_char(out, ' ');
}

/* Its end, in at most `width` columns. */
static const char *end_of(const char *text, unsigned width)
{
    unsigned columns = screen_width(text);
    while (columns > width) {
        struct glyph glyph = glyph_at(text);
        columns -= glyph.columns;
        text += glyph.bytes;
    }
    return text;
}

/* `tail`: columns of the text's end that stay. */
static void cell_add(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                     unsigned width, unsigned tail, bool pad)
{
    bool inked = screen->colour && ink != INK_PLAIN && *text;
    unsigned used;
    if (inked) text_add(out, inks[ink]);
    if (width == 0 || screen_width(text) <= width) {
        used = add_up_to(out, text, UINT32_MAX);
    } else {
        used = add_up_to(out, text, width - 1 - tail) + 1;
        text_add(out, ELLIPSIS);
        used += add_up_to(out, end_of(text, tail), tail);
    }
    if (inked) text_add(out, INK_END);
    if (pad && used < width) screen_add_pad(out, width - used);
}

void screen_add_cell(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                     unsigned width, bool pad)
{
    cell_add(out, screen, ink, text, width, 0, pad);
}

void screen_add_name(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                     unsigned width, bool pad)
{
    cell_add(out, screen, ink, text, width, width / 2, pad);
}

void screen_add(struct text *out, const struct screen *screen, enum ink ink, const char *text)
{
    screen_add_cell(out, screen, ink, text, 0, false);
}

/* Bytes of the first line: up to the last blank that fits, else behind the last mark that joins words, else
   to the edge. */
static size_t line_size(const char *text, unsigned width)
{
    unsigned columns = 0;
    size_t size = 0, blank = 0, mark = 0;
    while (text[size]) {
        struct glyph glyph = glyph_at(text + size);
        if (columns + glyph.columns > width && text[size] == ' ') return size;
        if (columns + glyph.columns > width) return blank ? blank : mark ? mark : size ? size : glyph.bytes;
        if (text[size] == ' ') blank = size;
        columns += glyph.columns;
        size += glyph.bytes;
        if (strchr("./:,-", text[size - 1])) mark = size;
    }
    return size;
}

void screen_add_wrapped(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                        unsigned indent, unsigned width, unsigned lines_max)
{
    for (unsigned line = 1; width && line < lines_max && screen_width(text) > width; line++) {
        struct text part;
        size_t size = line_size(text, width);
        text_init(&part, size + 1);
        text_add_bytes(&part, text, size);
        screen_add(out, screen, ink, part.bytes);
        text_release(&part);
        text_add_char(out, '\n');
        screen_add_pad(out, indent);
        text += size;
        text += strspn(text, " ");
    }
    screen_add_cell(out, screen, ink, text, width, false);
}

void screen_add_rest(struct text *out, const struct screen *screen, enum ink ink, const char *text,
                     unsigned column)
{
    unsigned width = screen->columns > column + REST_LEAST ? screen->columns - column : 0;
    screen_add_wrapped(out, screen, ink, text, column, width, UINT32_MAX);
}

/* Where the last column of a line begins: behind its last gap of two blanks that is not far to the right. */
static unsigned column_last(const char *line, size_t size, unsigned columns)
{
    size_t last = strspn(line, " ");
    for (size_t at = 1; at + 1 < size && at + 1 < columns / 2; at++)
        if (line[at] == ' ' && line[at - 1] == ' ' && line[at + 1] != ' ') last = at + 1;
    return last < columns / 2 ? (unsigned)last : 0;
}

static void whole_line_add(struct text *out, const struct screen *screen, const char *line, size_t size)
{
    struct text whole;
    text_init(&whole, size + 1);
    text_add_bytes(&whole, line, size);
    const char *text = size ? whole.bytes : "";
    bool fits = screen->columns == 0 || screen_width(text) <= screen->columns;
    unsigned indent = fits ? 0 : column_last(text, size, screen->columns);
    text_add_bytes(out, text, indent);
    screen_add_wrapped(out, screen, INK_PLAIN, text + indent, indent, fits ? 0 : screen->columns - indent,
                       UINT32_MAX);
    text_add_char(out, '\n');
    text_release(&whole);
}

void screen_add_lines(struct text *out, const struct screen *screen, const char *lines)
{
    while (lines && *lines) {
        size_t size = strcspn(lines, "\n");
        whole_line_add(out, screen, lines, size);
        lines += size + (lines[size] != '\0');
    }
}

unsigned screen_wrapped_lines(const char *text, unsigned width, unsigned lines_max)
{
    unsigned lines = 1;
    for (; width && lines < lines_max && screen_width(text) > width; lines++) {
        text += line_size(text, width);
        text += strspn(text, " ");
    }
    return lines;
}

bool screen_put(const struct text *out)
{
    if (fwrite(out->bytes, 1, out->length, stdout) == out->length && fflush(stdout) == 0) return true;
    if (errno != EPIPE) fprintf(stderr, "setpointctl: cannot write the output: %s\n", strerror(errno));
    return false;
}

bool screen_is_unread(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLNVAL));
}
