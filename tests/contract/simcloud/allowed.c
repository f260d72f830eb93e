#include "allowed.h"

#include "exchange.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *trim(char *text)
{
    size_t size;

    text += strspn(text, " \t");
    size = strlen(text);
    while (size && strchr(" \t\r", text[size - 1]))
        text[--size] = '\0';
    return text;
}

static bool allowed_line(struct allowed *allowed, char *line, unsigned number)
{
    char *reason = strstr(line, " # ");
    struct allowed_row *row;
    char *what;

    if (!*trim(line) || *trim(line) == '#') return true;
    what = line + strcspn(line, " ");
    if (!reason || !*trim(reason + 3) || !*what) {
        fprintf(stderr, "allowed-differences:%u: not \"NUMBER WHAT # reason\"\n", number);
        return false;
    }
    *reason = '\0';
    *what++ = '\0';
    allowed->rows = reallocarray(allowed->rows, allowed->count + 1, sizeof *allowed->rows);
    if (!allowed->rows) abort();
    row = &allowed->rows[allowed->count++];
    *row = (struct allowed_row){.number = line, .what = trim(what), .line = number};
    return true;
}

bool allowed_read(struct allowed *allowed, const char *folder, const char *name)
{
    unsigned number = 0;
    bool good = true;

    *allowed = (struct allowed){.text = file_text(folder, name)};
    if (!allowed->text) return false;
    for (char *at = allowed->text, *next; *at; at = next) {
        next = at + strcspn(at, "\n");
        if (*next) *next++ = '\0';
        good = allowed_line(allowed, at, ++number) && good;
    }
    return good;
}

void allowed_release(struct allowed *allowed)
{
    free(allowed->rows);
    free(allowed->text);
    *allowed = (struct allowed){0};
}

bool allowed_use(struct allowed *allowed, unsigned number, const char *what)
{
    for (size_t i = 0; i < allowed->count; i++) {
        struct allowed_row *row = &allowed->rows[i];

        if (strcmp(row->number, "*") != 0 && strtoul(row->number, NULL, 10) != number) continue;
        if (strcmp(row->what, what) != 0 && fnmatch(row->what, what, FNM_NOESCAPE) != 0) continue;
        row->used++;
        return true;
    }
    return false;
}
