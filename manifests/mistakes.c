#include "manifests/mistakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reconcile/base/limits.h"
#include "reconcile/base/memory.h"

void mistakes_release(struct mistakes *mistakes)
{
    memory_free(mistakes->items);
    *mistakes = (struct mistakes){0};
}

/* Keys and values come from outside: what would move a terminal's cursor, or is half a character because a
   precision cut it, does not reach it. */
static void make_showable(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        unsigned char lead = (unsigned char)*from;
        size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        size_t whole = 1;
        while (whole < size && ((unsigned char)from[whole] & 0xC0) == 0x80)
            whole++;
        bool c1 = lead == 0xC2 && (unsigned char)from[1] < 0xA0;
        bool hidden = lead < 0x20 || lead == 0x7F || (lead >= 0x80 && lead < 0xC2) || whole < size || c1;
        if (hidden)
            *to++ = '?';
        else
            memmove(to, from, whole);
        to += hidden ? 0 : whole;
        from += whole;
    }
    *to = '\0';
}

/* Of a path that does not fit, the end says more than the beginning. */
static void file_copy(struct error *mistake, const char *file)
{
    static const char gap[] = "…";
    size_t length = strlen(file);
    if (length < sizeof mistake->file) {
        memcpy(mistake->file, file, length + 1);
        return;
    }
    const char *tail = file + length - (sizeof mistake->file - sizeof gap);
    while (((unsigned char)*tail & 0xC0) == 0x80)
        tail++;
    snprintf(mistake->file, sizeof mistake->file, "%s%s", gap, tail);
}

static bool is_known(const struct mistakes *mistakes, const struct error *mistake)
{
    for (uint32_t i = 0; i < mistakes->count; i++) {
        const struct error *other = &mistakes->items[i];
        if (other->line == mistake->line && other->column == mistake->column &&
            strcmp(other->file, mistake->file) == 0 && strcmp(other->text, mistake->text) == 0)
            return true;
    }
    return false;
}

void mistakes_add(struct mistakes *mistakes, struct position at, const char *format, ...)
{
    struct error mistake = {.kind = ERROR_INPUT, .line = at.line, .column = at.column};
    char text[ERROR_TEXT_MAX + 1]; /* one longer than what is kept: text_copy cuts between characters */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_copy(mistake.text, sizeof mistake.text, text);
    make_showable(mistake.text);
    file_copy(&mistake, at.file ? at.file : "");
    make_showable(mistake.file);
    if (is_known(mistakes, &mistake)) return;
    if (mistakes->count == LIMIT_MISTAKES) {
        mistakes->dropped++;
        return;
    }
    ROW_RESERVE(mistakes->items, mistakes->count, mistakes->room);
    mistakes->items[mistakes->count++] = mistake;
}

static int mistake_compare(const void *left, const void *right)
{
    const struct error *a = left, *b = right;
    int order = strcmp(a->file, b->file);
    if (order != 0) return order;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    if (a->column != b->column) return a->column < b->column ? -1 : 1;
    return strcmp(a->text, b->text);
}

void mistakes_sort(struct mistakes *mistakes)
{
    if (mistakes->count > 1)
        qsort(mistakes->items, mistakes->count, sizeof *mistakes->items, mistake_compare);
}

bool mistakes_any(const struct mistakes *mistakes)
{
    return mistakes->count > 0;
}

void mistake_show(const struct error *mistake, struct text *out)
{
    if (mistake->file[0]) text_addf(out, "%s:", mistake->file);
    if (mistake->file[0] && mistake->line) text_addf(out, "%u:", mistake->line);
    if (mistake->file[0] && mistake->line && mistake->column) text_addf(out, "%u:", mistake->column);
    text_addf(out, "%s%s", mistake->file[0] ? " " : "", mistake->text);
}
