#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/notices.h"
#include "ctl/progress.h"
#include "ctl/table.h"
#include "ctl/words.h"
#include "reconcile/base/cleanup.h"

/* setpointctl status [--watch]. */

enum { ORDER_FOLDS = STANDING_COUNT - 1, NAME_MAX_BYTES = 160, ROUTE_MAX_BYTES = 1024, LINES_LEFT_FREE = 1 };

/* A row of the daemon's array and where it goes. */
struct item {
    const cJSON *object;
    unsigned order;
    uint32_t place; /* in the daemon's order: keeps the sort stable */
};

struct picture {
    struct run *run;
    struct progress progress;
    cJSON *objects;
    cJSON *notices; /* not while watching */
    bool watching;
    bool gone; /* the daemon */
    bool drawn;
};

static int item_compare(const void *a, const void *b)
{
    const struct item *left = a, *right = b;
    if (left->order != right->order) return left->order < right->order ? -1 : 1;
    return left->place < right->place ? -1 : 1;
}

/* Sorted: not converged first. Counts into the progress. */
static struct item *items_of(struct picture *picture, uint32_t *out_count)
{
    uint32_t count = (uint32_t)cJSON_GetArraySize(picture->objects), at = 0;
    struct item *items = memory_zero(sizeof *items * (count + 1));
    progress_begin(&picture->progress);
    for (const cJSON *object = answer_items(picture->objects); object; object = object->next) {
        const char *verdict = answer_word(object, "verdict");
        items[at] = (struct item){object, verdict_order(verdict), at};
        at++;
        progress_count(&picture->progress, answer_word(object, "source"), verdict);
    }
    progress_end(&picture->progress, client_clock_ms());
    qsort(items, count, sizeof *items, item_compare);
    *out_count = count;
    return items;
}

static void name_set(struct table *table, struct table_row *row, const cJSON *object, bool many_sources)
{
    char name[NAME_MAX_BYTES];
    if (many_sources)
        snprintf(name, sizeof name, "%s/%s", answer_word(object, "source"), answer_word(object, "name"));
    else
        snprintf(name, sizeof name, "%s", answer_word(object, "name"));
    table_set(table, row, 0, INK_PLAIN, name);
}

static void times_set(struct table *table, struct table_row *row, const cJSON *object)
{
    char since[SPAN_SIZE], next[SPAN_SIZE];
    int64_t now_ms = client_wall_ms();
    words_since(answer_wall_ms(object, "since"), now_ms, since);
    words_until(answer_wall_ms(object, "nextTry"), now_ms, next);
    table_set(table, row, 4, INK_PLAIN, since);
    table_set(table, row, 5, INK_PLAIN, next);
}

static void route_text(const cJSON *object, struct text *out)
{
    for (const cJSON *call = answer_first(object, "route"); call; call = call->next) {
        if (!cJSON_IsString(call)) continue;
        if (out->length) text_add(out, " → ");
        text_add(out, call->valuestring);
    }
}

static void wide_set(struct table *table, struct table_row *row, const cJSON *object)
{
    AUTO_TEXT struct text route = {0};
    text_init(&route, ROUTE_MAX_BYTES);
    route_text(object, &route);
    table_set(table, row, 6, INK_PLAIN, answer_text(object, "reason"));
    table_set(table, row, 7, INK_PLAIN, route.bytes);
    table_set(table, row, 8, INK_PLAIN, answer_text(object, "kind"));
    table_set(table, row, 9, INK_PLAIN, answer_text(object, "providerId"));
}

static void row_add(struct table *table, const cJSON *object, bool many_sources)
{
    struct table_row *row = table_row(table);
    const char *verdict = answer_word(object, "verdict"), *phase = answer_text(object, "phase");
    const char *message = answer_text(object, "message");
    name_set(table, row, object, many_sources);
    table_set(table, row, 1, INK_PLAIN, answer_text(object, "cloud"));
    table_set(table, row, 2, phase_ink(phase), phase);
    table_set(table, row, 3, verdict_ink(verdict), verdict);
    times_set(table, row, object);
    bool wide = table->columns > 7;
    if (wide) wide_set(table, row, object);
    /* Of what is converged only a note is worth reading. */
    if (!message && verdict_order(verdict) != ORDER_FOLDS) message = answer_text(object, "reason");
    table_set(table, row, table->columns - 1, INK_PLAIN, message);
}

static uint32_t urgent_count(const struct item *items, uint32_t count)
{
    uint32_t urgent = 0;
    while (urgent < count && items[urgent].order != ORDER_FOLDS)
        urgent++;
    return urgent;
}

/* How many rows are shown, and what is said of the rest. Those that are not converged are cut only where the
   screen is drawn again and again. */
static uint32_t rows_fold(const struct picture *picture, const struct table *table, uint32_t urgent,
                          uint32_t count, struct text *out_rest)
{
    const struct screen *screen = &picture->run->screen;
    uint32_t taken = progress_lines(&picture->progress) + LINES_LEFT_FREE;
    uint32_t room = screen->rows > taken + 2 ? screen->rows - taken : 2;
    if (screen->rows == 0 || table_fit(table, screen, count, room) == count) return count;
    if (!picture->watching) {
        if (urgent < count) text_addf(out_rest, "and %u Converged", count - urgent);
        return urgent;
    }
    uint32_t fit = table_fit(table, screen, count, room - 1);
    uint32_t shown = fit < urgent ? fit : urgent;
    if (shown < urgent)
        text_addf(out_rest, "and %u more, ", urgent - shown);
    else
        text_add(out_rest, "and ");
    text_addf(out_rest, "%u Converged", count - urgent);
    return shown;
}

static void table_fill(struct table *table, const struct item *items, uint32_t count, bool many_sources)
{
    for (uint32_t i = 0; i < count; i++)
        row_add(table, items[i].object, many_sources);
}

static void rows_add(const struct picture *picture, const struct item *items, uint32_t count,
                     struct text *out)
{
    static const char *const narrow[] = {"NAME", "CLOUD", "PHASE", "VERDICT", "FOR", "NEXT", "WHY", NULL};
    static const char *const wide[] = {"NAME",   "CLOUD", "PHASE", "VERDICT", "FOR", "NEXT",
                                       "REASON", "ROUTE", "KIND",  "ID",      "WHY", NULL};
    struct table table;
    struct screen screen = picture->run->screen;
    AUTO_TEXT struct text rest = {0};
    bool is_wide = run_wants_wide(picture->run);
    text_init(&rest, ROUTE_MAX_BYTES);
    table_init(&table, is_wide ? wide : narrow);
    /* No more rows than could ever be seen are made when it is drawn four times a second. */
    uint32_t made = picture->watching && screen.rows && count > screen.rows ? screen.rows : count;
    table_fill(&table, items, made, progress_lines(&picture->progress) > 1);
    if (is_wide) screen.columns = 0;
    uint32_t shown = rows_fold(picture, &table, urgent_count(items, count), count, &rest);
    if (shown > 0) table_add(&table, &screen, shown, out);
    if (rest.length) {
        screen_add(out, &screen, INK_FAINT, rest.bytes);
        text_add_char(out, '\n');
    }
    table_release(&table);
}

static void picture_draw(struct picture *picture, struct text *out)
{
    uint32_t count;
    AUTO_FREE struct item *items = items_of(picture, &count);
    if (count == 0) {
        const struct run *run = picture->run;
        bool filtered = run->argument_count || run_has(run, OPTION_SOURCE) || run_has(run, OPTION_SELECTOR);
        text_addf(out, "%s (see: setpointctl sources)\n", filtered ? "no object matches" : "no objects");
        notices_add(picture->notices, &run->screen, out);
        return;
    }
    progress_add(&picture->progress, &picture->run->screen, picture->watching, client_clock_ms(), out);
    rows_add(picture, items, count, out);
    notices_add(picture->notices, &picture->run->screen, out);
}

static int picture_print(struct picture *picture)
{
    AUTO_TEXT struct text out = {0};
    text_init(&out, SCREEN_OUT_MAX);
    picture_draw(picture, &out);
    return screen_put(&out) ? CTL_DONE : CTL_FAILED;
}

/* In place: home, each line cleared to its end, then what is below. */
static void redraw_add(struct text *out, const char *lines, bool first)
{
    text_add(out, first ? "\033[2J\033[H" : "\033[H");
    while (*lines) {
        size_t size = strcspn(lines, "\n");
        text_add_bytes(out, lines, size);
        text_add(out, "\033[K");
        if (lines[size]) text_add_char(out, '\n');
        lines += size + (lines[size] != '\0');
    }
    text_add(out, "\033[J");
}

static int picture_redraw(struct picture *picture)
{
    AUTO_TEXT struct text lines = {0}, out = {0};
    screen_measure(&picture->run->screen);
    text_init(&lines, SCREEN_OUT_MAX);
    text_init(&out, SCREEN_OUT_MAX);
    picture_draw(picture, &lines);
    if (picture->gone) text_add(&lines, "the daemon went away; this is what it said last, trying again\n");
    redraw_add(&out, lines.bytes, !picture->drawn);
    picture->drawn = true;
    return screen_put(&out) ? -1 : CTL_FAILED;
}

static int json_print(const char *json)
{
    if (printf("%s\n", json) >= 0 && fflush(stdout) == 0) return -1;
    return CTL_FAILED;
}

static int on_picture(void *ctx, const char *json)
{
    struct picture *picture = ctx;
    bool redraws = picture->run->screen.terminal && !run_wants_json(picture->run);
    if (!json && screen_is_unread()) return CTL_FAILED;
    if (json && run_wants_json(picture->run)) return json_print(json);
    if (json) {
        cJSON_Delete(picture->objects);
        picture->objects = cJSON_Parse(json);
    }
    if (redraws) return picture->objects ? picture_redraw(picture) : -1;
    if (!json || run_wants_json(picture->run)) return -1;
    /* Not a terminal: one picture after the other, an empty line between. */
    if (picture->drawn) putchar('\n');
    picture->drawn = true;
    return picture_print(picture) == CTL_DONE ? -1 : CTL_FAILED;
}

static void on_gap(void *ctx, bool back)
{
    struct picture *picture = ctx;
    picture->gone = !back;
    if (picture->run->screen.terminal && !run_wants_json(picture->run)) return;
    run_fail(0, back ? "the daemon is back" : "the daemon went away; trying again");
}

static void path_fill(const struct run *run, struct text *path)
{
    client_path(path, "/v1/status");
    for (unsigned i = 0; i < run->argument_count; i++)
        client_query(path, "name", run->arguments[i]);
    if (run_has(run, OPTION_SOURCE)) client_query(path, "source", run->values[OPTION_SOURCE]);
    if (run_has(run, OPTION_SELECTOR)) client_query(path, "selector", run->values[OPTION_SELECTOR]);
    if (run_has(run, OPTION_WATCH)) client_query(path, "watch", "1");
}

static int status_watch(struct picture *picture, const struct text *path)
{
    struct client_stream stream = {.ctx = picture, .on_value = on_picture, .on_gap = on_gap};
    picture->watching = true;
    return client_follow(&picture->run->client, path, &stream);
}

static int status_once(struct picture *picture, const struct text *path)
{
    AUTO_TEXT struct text reply = {0};
    int exit = client_ask(&picture->run->client, path, NULL, CLIENT_READ_MS, &reply);
    if (exit) return exit;
    if (run_wants_json(picture->run)) return screen_put(&reply) ? CTL_DONE : CTL_FAILED;
    picture->objects = cJSON_Parse(reply.bytes);
    picture->notices = notices_ask(picture->run);
    return picture_print(picture);
}

int run_status(struct run *run)
{
    AUTO_TEXT struct text path = {0};
    AUTO_FREE struct picture *picture = NEW(struct picture);
    picture->run = run;
    progress_init(&picture->progress);
    path_fill(run, &path);
    int exit = run_has(run, OPTION_WATCH) ? status_watch(picture, &path) : status_once(picture, &path);
    cJSON_Delete(picture->objects);
    cJSON_Delete(picture->notices);
    return exit;
}
