#include <stdio.h>
#include <string.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/table.h"
#include "ctl/words.h"
#include "reconcile/base/cleanup.h"

/* setpointctl events [--follow]. */

enum {
    EVENTS_MAX = 10000,
    NAME_MAX_BYTES = 160,
    FOLLOW_NAME = 24,
    FOLLOW_TYPE = 16,
    FOLLOW_COLUMNS = 19,
    BY_SIZE = 48
};

#define FOLLOW_FIRST "10"

struct following {
    struct run *run;
    uint64_t last_seq;
};

static enum ink type_ink(const cJSON *event)
{
    static const struct {
        const char *part;
        enum ink ink;
    } looks[] = {{"Fail", INK_BAD}, {"Block", INK_BAD}, {"Held", INK_BAD}, {"Done", INK_GOOD}};
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (strstr(answer_word(event, "type"), looks[i].part)) return looks[i].ink;
    return INK_PLAIN;
}

/* Whom it concerns: an object, else a source, else a cloud. */
static void event_name(const cJSON *event, char out[NAME_MAX_BYTES])
{
    const char *source = answer_word(event, "source"), *name = answer_word(event, "name");
    if (*source && *name)
        snprintf(out, NAME_MAX_BYTES, "%s/%s", source, name);
    else
        snprintf(out, NAME_MAX_BYTES, "%s", *source ? source : *name ? name : answer_word(event, "cloud"));
}

static void event_what(const cJSON *event, struct text *out)
{
    const char *call = answer_word(event, "call"), *message = answer_word(event, "message");
    if (*call && !strstr(message, call)) text_addf(out, "%s: ", call);
    text_add(out, *message ? message : answer_word(event, "reason"));
}

/* "uid 1000, pid 4711": who asked for it; "" where it was the daemon itself. */
static void event_by(const cJSON *event, char out[BY_SIZE])
{
    const cJSON *uid = answer_member(event, "uid"), *pid = answer_member(event, "pid");
    out[0] = '\0';
    if (!cJSON_IsNumber(uid)) return;
    int size = snprintf(out, BY_SIZE, "uid %.10g", uid->valuedouble);
    if (cJSON_IsNumber(pid)) snprintf(out + size, BY_SIZE - (size_t)size, ", pid %.10g", pid->valuedouble);
}

static void event_row(struct table *table, const cJSON *event)
{
    struct table_row *row = table_row(table);
    char name[NAME_MAX_BYTES], time[SPAN_SIZE], by[BY_SIZE];
    AUTO_TEXT struct text what = {0};
    text_init(&what, CLIENT_PATH_BYTES);
    event_what(event, &what);
    event_name(event, name);
    words_time(answer_wall_ms(event, "time"), time);
    table_set(table, row, 0, INK_FAINT, time);
    table_set(table, row, 1, INK_PLAIN, name);
    table_set(table, row, 2, type_ink(event), answer_text(event, "type"));
    if (table->columns == 4) {
        table_set(table, row, 3, INK_PLAIN, what.bytes);
        return;
    }
    table_set(table, row, 3, INK_PLAIN, answer_text(event, "call"));
    table_set(table, row, 4, INK_PLAIN, answer_text(event, "requestId"));
    table_set(table, row, 5, INK_PLAIN, answer_text(event, "revision"));
    event_by(event, by);
    table_set(table, row, 6, INK_PLAIN, by);
    table_set(table, row, 7, INK_PLAIN, answer_word(event, "message"));
}

static int events_print(const struct run *run, const cJSON *events, bool any_wanted)
{
    static const char *const narrow[] = {"TIME", "NAME", "TYPE", "WHAT", NULL};
    static const char *const wide[] = {"TIME",     "NAME", "TYPE", "CALL", "REQUEST",
                                       "REVISION", "BY",   "WHAT", NULL};
    AUTO_TEXT struct text out = {0};
    struct table table;
    text_init(&out, SCREEN_OUT_MAX);
    table_init(&table, run_wants_wide(run) ? wide : narrow);
    for (const cJSON *event = answer_items(events); event; event = event->next)
        event_row(&table, event);
    if (table.count)
        table_add(&table, &run->screen, table.count, &out);
    else if (any_wanted)
        text_add(&out, "nothing has happened\n");
    table_release(&table);
    return screen_put(&out) ? CTL_DONE : CTL_FAILED;
}

/* One line as it comes: the widths cannot be known. */
static int event_line(const struct run *run, const cJSON *event)
{
    char name[NAME_MAX_BYTES], time[SPAN_SIZE];
    const struct screen *screen = &run->screen;
    AUTO_TEXT struct text out = {0}, what = {0};
    text_init(&out, SCREEN_OUT_MAX);
    text_init(&what, CLIENT_PATH_BYTES);
    event_what(event, &what);
    event_name(event, name);
    words_time(answer_wall_ms(event, "time"), time);
    unsigned name_width = screen_width(name), type_width = screen_width(answer_word(event, "type"));
    if (name_width < FOLLOW_NAME) name_width = FOLLOW_NAME;
    if (type_width < FOLLOW_TYPE) type_width = FOLLOW_TYPE;
    screen_add_cell(&out, screen, INK_FAINT, time, FOLLOW_COLUMNS, true);
    text_add(&out, "  ");
    screen_add_cell(&out, screen, INK_PLAIN, name, name_width, true);
    text_add(&out, "  ");
    screen_add_cell(&out, screen, type_ink(event), answer_word(event, "type"), type_width, true);
    text_add(&out, "  ");
    screen_add(&out, screen, INK_PLAIN, what.bytes);
    text_add_char(&out, '\n');
    return screen_put(&out) ? -1 : CTL_FAILED;
}

static int on_event(void *ctx, const char *json)
{
    struct following *following = ctx;
    if (!json) return screen_is_unread() ? CTL_FAILED : -1;
    AUTO_ANSWER cJSON *event = cJSON_Parse(json);
    double seq = answer_number(event, "seq");
    if (seq > 0) following->last_seq = (uint64_t)seq;
    if (!run_wants_json(following->run)) return event_line(following->run, event);
    return printf("%s\n", json) >= 0 && fflush(stdout) == 0 ? -1 : CTL_FAILED;
}

static void on_gap(void *ctx, bool back)
{
    (void)ctx;
    run_fail(0, back ? "the daemon is back" : "the daemon went away; trying again");
}

static void path_fill(const struct run *run, struct text *path, uint64_t after, const char *limit)
{
    char number[32];
    client_path(path, "/v1/events");
    if (run->argument_count) client_query(path, "name", run->arguments[0]);
    if (limit) client_query(path, "limit", limit);
    snprintf(number, sizeof number, "%llu", (unsigned long long)after);
    if (after) client_query(path, "after", number);
    if (run_has(run, OPTION_FOLLOW)) client_query(path, "follow", "1");
}

/* After a gap nothing is left out that the history still has. */
static void path_again(void *ctx, struct text *path)
{
    struct following *following = ctx;
    char limit[32];
    snprintf(limit, sizeof limit, "%d", EVENTS_MAX);
    text_release(path);
    path_fill(following->run, path, following->last_seq, limit);
}

static int events_once(const struct run *run, const struct text *path, bool any_wanted)
{
    AUTO_TEXT struct text reply = {0};
    int exit = client_ask(&run->client, path, NULL, CLIENT_READ_MS, &reply);
    if (exit) return exit;
    if (run_wants_json(run)) return screen_put(&reply) ? CTL_DONE : CTL_FAILED;
    AUTO_ANSWER cJSON *events = cJSON_Parse(reply.bytes);
    return events_print(run, events, any_wanted);
}

int run_events(struct run *run)
{
    AUTO_TEXT struct text path = {0};
    uint64_t number = 1;
    const char *limit = run->values[OPTION_LIMIT];
    struct following following = {.run = run};
    struct client_stream stream = {
        .ctx = &following, .on_value = on_event, .on_gap = on_gap, .path_again = path_again};
    if (limit && !text_to_number(limit, EVENTS_MAX, &number))
        return run_fail(CTL_USAGE, "--limit \"%s\": not a number from 0 to %d", limit, EVENTS_MAX);
    if (!limit && run_has(run, OPTION_FOLLOW)) limit = FOLLOW_FIRST;
    path_fill(run, &path, 0, limit);
    return run_has(run, OPTION_FOLLOW) ? client_follow(&run->client, &path, &stream)
                                       : events_once(run, &path, number > 0);
}
