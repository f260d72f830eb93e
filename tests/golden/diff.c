#include "tests/golden/diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/base/span.h"

enum { CONTEXT = 3 };

struct lines {
    struct span *items;
    unsigned count, room;
};

static struct lines lines_of(const char *text)
{
    struct lines lines = {NULL, 0, 0};
    while (*text) {
        size_t size = strcspn(text, "\n");
        ROW_RESERVE(lines.items, lines.count, lines.room);
        lines.items[lines.count++] = (struct span){text, size};
        text += size + (text[size] == '\n');
    }
    return lines;
}

static bool equal(struct span a, struct span b)
{
    return a.size == b.size && memcmp(a.at, b.at, a.size) == 0;
}

/* common[i][j]: the longest common run of lines from a[i] and b[j] on. */
static uint16_t *common_of(const struct lines *a, const struct lines *b)
{
    unsigned width = b->count + 1;
    uint16_t *common = memory_zero((size_t)(a->count + 1) * width * sizeof *common);
    for (unsigned i = a->count; i-- > 0;)
        for (unsigned j = b->count; j-- > 0;) {
            uint16_t down = common[(i + 1) * width + j], right = common[i * width + j + 1];
            uint16_t longest = down > right ? down : right;
            if (equal(a->items[i], b->items[j])) longest = (uint16_t)(common[(i + 1) * width + j + 1] + 1);
            common[i * width + j] = longest;
        }
    return common;
}

struct edit {
    char sign;
    struct span line;
    unsigned a, b; /* 1-based line numbers here */
};

static unsigned edits_of(const struct lines *a, const struct lines *b, struct edit *out)
{
    uint16_t *common = common_of(a, b);
    unsigned i = 0, j = 0, count = 0, width = b->count + 1;
    while (i < a->count || j < b->count) {
        bool same = i < a->count && j < b->count && equal(a->items[i], b->items[j]);
        bool away = !same && i < a->count &&
                    (j == b->count || common[(i + 1) * width + j] >= common[i * width + j + 1]);
        out[count++] = (struct edit){.sign = same   ? ' '
                                             : away ? '-'
                                                    : '+',
                                     .line = same || away ? a->items[i] : b->items[j],
                                     .a = i + 1,
                                     .b = j + 1};
        i += same || away;
        j += same || !away;
    }
    memory_free(common);
    return count;
}

static void print_hunk(const struct edit *edits, unsigned from, unsigned to, const char *prefix)
{
    unsigned old = 0, new = 0;
    for (unsigned i = from; i < to; i++) {
        old += edits[i].sign != '+';
        new += edits[i].sign != '-';
    }
    printf("%s@@ -%u,%u +%u,%u @@\n", prefix, edits[from].a, old, edits[from].b, new);
    for (unsigned i = from; i < to; i++)
        printf("%s%c%.*s\n", prefix, edits[i].sign, (int)edits[i].line.size, edits[i].line.at);
}

void diff_print(const char *expected, const char *actual, const char *prefix)
{
    struct lines a = lines_of(expected), b = lines_of(actual);
    struct edit *edits = memory_zero((a.count + b.count + 1) * sizeof *edits);
    unsigned count = edits_of(&a, &b, edits);
    printf("%s--- expected\n%s+++ actual\n", prefix, prefix);
    for (unsigned i = 0; i < count;) {
        if (edits[i].sign == ' ') {
            i++;
            continue;
        }
        unsigned from = i > CONTEXT ? i - CONTEXT : 0, last = i;
        for (unsigned k = i; k < count && k <= last + 2 * CONTEXT; k++)
            if (edits[k].sign != ' ') last = k;
        unsigned to = last + 1 + CONTEXT < count ? last + 1 + CONTEXT : count;
        print_hunk(edits, from, to, prefix);
        i = to;
    }
    memory_free(edits);
    memory_free(a.items);
    memory_free(b.items);
}
