#include "ctl/progress.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/instant.h"

enum { BAR = 20, BAR_LEAST = 4, LINE_MAX_BYTES = 1024, GAP = 3, RIGHT_EDGE = 100 };

enum { ORDER_FOLDS = STANDING_COUNT - 1 };

void progress_init(struct progress *progress)
{
    *progress = (struct progress){0};
}

void progress_begin(struct progress *progress)
{
    progress->others = 0;
    for (unsigned i = 0; i < progress->count; i++) {
        struct progress_source *source = &progress->sources[i];
        source->objects = source->converged = 0;
        memset(source->counts, 0, sizeof source->counts);
    }
}

static struct progress_source *source_of(struct progress *progress, const char *name)
{
    for (unsigned i = 0; i < progress->count; i++)
        if (text_equal(progress->sources[i].name, name)) return &progress->sources[i];
    if (progress->count == PROGRESS_SOURCES) return NULL;
    struct progress_source *source = &progress->sources[progress->count++];
    *source = (struct progress_source){.began_ms = -1, .ended_ms = -1};
    text_copy(source->name, sizeof source->name, name);
    return source;
}

void progress_count(struct progress *progress, const char *name, const char *verdict)
{
    struct progress_source *source = source_of(progress, name);
    unsigned order = verdict_order(verdict);
    if (!source) {
        progress->others++;
        return;
    }
    source->objects++;
    source->counts[order]++;
    if (order == ORDER_FOLDS) source->converged++;
}

void progress_end(struct progress *progress, int64_t now_ms)
{
    for (unsigned i = 0; i < progress->count; i++) {
        struct progress_source *source = &progress->sources[i];
        bool done = source->converged == source->objects;
        bool idle = source->began_ms < 0 || source->ended_ms >= 0;
        if (!done && idle) {
            source->began_ms = now_ms;
            source->began_converged = source->converged;
            source->ended_ms = -1;
        }
        if (source->converged < source->began_converged) source->began_converged = source->converged;
        if (done && !idle) source->ended_ms = now_ms;
    }
}

/* What all lines have in common. */
struct layout {
    unsigned name_width, ratio_width;
    unsigned bar; /* narrower on a narrow screen, or 0: none */
};

static void bar_add(const struct progress_source *source, const struct screen *screen, unsigned width,
                    struct text *out)
{
    unsigned full = source->objects ? (unsigned)((uint64_t)source->converged * width / source->objects) : 0;
    AUTO_TEXT struct text done = {0}, left = {0};
    text_init(&done, LINE_MAX_BYTES);
    text_init(&left, LINE_MAX_BYTES);
    for (unsigned i = 0; i < width; i++)
        text_add(i < full ? &done : &left, i < full ? "█" : "░");
    screen_add(out, screen, INK_GOOD, done.bytes);
    screen_add(out, screen, INK_FAINT, left.bytes);
}

/* Returns the columns used. */
static unsigned counts_add(const struct progress_source *source, const struct screen *screen,
                           struct text *out)
{
    unsigned used = 0;
    for (unsigned order = 0; order < STANDING_COUNT; order++) {
        char count[64];
        if (!standings[order].counted_as || source->counts[order] == 0) continue;
        snprintf(count, sizeof count, "%u %s", source->counts[order], standings[order].counted_as);
        if (used) text_add(out, " · ");
        used += (used ? 3 : 0) + screen_width(count);
        screen_add(out, screen, standings[order].ink, count);
    }
    return used;
}

/* What a person must end does not go at any pace: it is not in the estimate. */
static void time_text(const struct progress_source *source, int64_t now_ms, struct text *out)
{
    char took[SPAN_SIZE], left[SPAN_SIZE];
    if (source->began_ms < 0) return;
    bool done = source->ended_ms >= 0;
    int64_t elapsed_ms = (done ? source->ended_ms : now_ms) - source->began_ms;
    duration_show(elapsed_ms, took, sizeof took);
    text_addf(out, done ? "converged in %s" : "%s", took);
    uint32_t gained = source->converged - source->began_converged;
    if (done || gained == 0) return;
    uint32_t missing = source->objects - source->converged;
    for (unsigned order = 0; order < STANDING_COUNT; order++)
        if (standings[order].ink == INK_BAD) missing -= source->counts[order];
    if (missing == 0) return;
    duration_show(elapsed_ms * missing / gained, left, sizeof left);
    text_addf(out, ", about %s to go", left);
}

/* Of name, bar and ratio. */
static unsigned line_width(const struct layout *layout)
{
    return layout->name_width + 2 + layout->bar + (layout->bar ? 2 : 0) + layout->ratio_width;
}

static void source_add(const struct progress_source *source, const struct screen *screen,
                       const struct layout *layout, bool timed, int64_t now_ms, struct text *out)
{
    char ratio[32];
    AUTO_TEXT struct text time = {0}, counts = {0};
    text_init(&time, LINE_MAX_BYTES);
    text_init(&counts, LINE_MAX_BYTES);
    if (timed) time_text(source, now_ms, &time);
    snprintf(ratio, sizeof ratio, "%u/%u", source->converged, source->objects);
    screen_add_cell(out, screen, INK_STRONG, source->name, layout->name_width, true);
    text_add(out, "  ");
    bar_add(source, screen, layout->bar, out);
    if (layout->bar) text_add(out, "  ");
    unsigned used = line_width(layout) + GAP + counts_add(source, screen, &counts);
    screen_add_cell(out, screen, INK_PLAIN, ratio, layout->ratio_width, counts.length || time.length);
    if (counts.length || time.length) screen_add_pad(out, GAP);
    text_add(out, counts.bytes);
    unsigned edge = screen->columns && screen->columns < RIGHT_EDGE ? screen->columns : RIGHT_EDGE;
    unsigned width = screen_width(time.bytes);
    bool fits = used + GAP + width <= edge;
    if (width && (fits || !screen->columns)) {
        screen_add_pad(out, fits ? edge - used - width : GAP);
        screen_add(out, screen, INK_PLAIN, time.bytes);
    }
    text_add_char(out, '\n');
}

static bool source_is_shown(const struct progress_source *source)
{
    return source->objects > 0;
}

/* What stands behind the ratio. */
static unsigned rest_width(const struct progress_source *source, const struct screen *screen, bool timed,
                           int64_t now_ms)
{
    AUTO_TEXT struct text time = {0}, counts = {0};
    text_init(&time, LINE_MAX_BYTES);
    text_init(&counts, LINE_MAX_BYTES);
    if (timed) time_text(source, now_ms, &time);
    unsigned used = counts_add(source, screen, &counts), width = screen_width(time.bytes);
    return (used || width ? GAP + used : 0) + (width ? GAP + width : 0);
}

static void layout_choose(const struct progress *progress, const struct screen *screen, bool timed,
                          int64_t now_ms, struct layout *out)
{
    unsigned rest_most = 0;
    *out = (struct layout){.bar = BAR};
    for (unsigned i = 0; i < progress->count; i++) {
        const struct progress_source *source = &progress->sources[i];
        char ratio[32];
        if (!source_is_shown(source)) continue;
        unsigned name = screen_width(source->name);
        unsigned rest = rest_width(source, screen, timed, now_ms);
        unsigned digits =
            (unsigned)snprintf(ratio, sizeof ratio, "%u/%u", source->converged, source->objects);
        if (name > out->name_width) out->name_width = name;
        if (digits > out->ratio_width) out->ratio_width = digits;
        if (rest > rest_most) rest_most = rest;
    }
    unsigned wanted = line_width(out) + rest_most;
    if (!screen->columns || wanted <= screen->columns) return;
    unsigned missing = wanted - screen->columns;
    out->bar = missing + BAR_LEAST <= BAR ? BAR - missing : 0;
}

void progress_add(const struct progress *progress, const struct screen *screen, bool timed, int64_t now_ms,
                  struct text *out)
{
    struct layout layout;
    layout_choose(progress, screen, timed, now_ms, &layout);
    for (unsigned i = 0; i < progress->count; i++)
        if (source_is_shown(&progress->sources[i]))
            source_add(&progress->sources[i], screen, &layout, timed, now_ms, out);
    if (progress->others) text_addf(out, "and %u objects of other sources\n", progress->others);
}

unsigned progress_lines(const struct progress *progress)
{
    unsigned lines = progress->others > 0;
    for (unsigned i = 0; i < progress->count; i++)
        lines += source_is_shown(&progress->sources[i]);
    return lines;
}
