#include <stdio.h>
#include <string.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/table.h"
#include "ctl/words.h"
#include "reconcile/base/cleanup.h"

/* setpointctl describe: the daemon's object in sections. What is in `desired`, `observed` and `ledger` is
   shown as it is: the daemon decides what there is to say. */

enum { KEY_WIDTH = 20, INDENT = 2, DEPTH_MAX = 6, LINE_BYTES = 65536, NAME_MAX_BYTES = 160 };

/* Returns the columns used. */
static unsigned key_add(struct text *out, const struct screen *screen, unsigned depth, const char *key)
{
    screen_add_pad(out, depth * INDENT);
    unsigned width = KEY_WIDTH - depth * INDENT, own = screen_width(key);
    screen_add_cell(out, screen, INK_FAINT, key, own > width ? 0 : width, true);
    text_add_char(out, ' ');
    return depth * INDENT + (own > width ? own : width) + 1;
}

static void scalar_text(const cJSON *value, struct text *out)
{
    if (cJSON_IsString(value))
        text_add(out, value->valuestring);
    else if (cJSON_IsBool(value))
        text_add(out, cJSON_IsTrue(value) ? "true" : "false");
    else if (cJSON_IsNumber(value))
        text_addf(out, "%.15g", value->valuedouble);
    else
        text_add(out, "–");
}

static bool is_scalar(const cJSON *value)
{
    return !cJSON_IsObject(value) && !cJSON_IsArray(value);
}

static bool all_scalars(const cJSON *array)
{
    for (const cJSON *item = array->child; item; item = item->next)
        if (!is_scalar(item)) return false;
    return true;
}

/* "a=1 b=2" */
static void inline_text(const cJSON *object, struct text *out)
{
    for (const cJSON *member = object->child; member; member = member->next) {
        if (member != object->child) text_add(out, cJSON_IsArray(object) ? ", " : " ");
        if (member->string) text_addf(out, "%s=", member->string);
        if (is_scalar(member))
            scalar_text(member, out);
        else
            inline_text(member, out);
    }
}

static void value_add(struct text *out, const struct screen *screen, unsigned depth, const char *key,
                      const cJSON *value);

static void members_add(struct text *out, const struct screen *screen, unsigned depth, const cJSON *object)
{
    for (const cJSON *member = object->child; member; member = member->next)
        value_add(out, screen, depth, member->string ? member->string : "-", member);
}

static void value_add(struct text *out, const struct screen *screen, unsigned depth, const char *key,
                      const cJSON *value)
{
    AUTO_TEXT struct text line = {0};
    text_init(&line, LINE_BYTES);
    if (cJSON_IsObject(value) && value->child && depth < DEPTH_MAX) {
        screen_add_pad(out, depth * INDENT);
        screen_add(out, screen, INK_FAINT, key);
        text_add_char(out, '\n');
        members_add(out, screen, depth + 1, value);
        return;
    }
    unsigned column = key_add(out, screen, depth, key);
    if (cJSON_IsArray(value) && value->child && !all_scalars(value) && depth < DEPTH_MAX) {
        for (const cJSON *item = value->child; item; item = item->next) {
            text_clear(&line);
            if (item != value->child) column = key_add(out, screen, depth, "");
            if (is_scalar(item))
                scalar_text(item, &line);
            else
                inline_text(item, &line);
            screen_add_rest(out, screen, INK_PLAIN, line.bytes, column);
            text_add_char(out, '\n');
        }
        return;
    }
    if (is_scalar(value))
        scalar_text(value, &line);
    else
        inline_text(value, &line);
    screen_add_rest(out, screen, INK_PLAIN, line.length ? line.bytes : "–", column);
    text_add_char(out, '\n');
}

static void section_add(struct text *out, const struct screen *screen, const char *title)
{
    text_add_char(out, '\n');
    screen_add(out, screen, INK_STRONG, title);
    text_add_char(out, '\n');
}

static void line_add(struct text *out, const struct screen *screen, const char *key, enum ink ink,
                     const char *value)
{
    if (!value || !*value) return;
    unsigned column = key_add(out, screen, 0, key);
    screen_add_rest(out, screen, ink, value, column);
    text_add_char(out, '\n');
}

/* "2026-01-31 03:00:00 (0:12 ago)" */
static void time_line_add(struct text *out, const struct screen *screen, const char *key, int64_t wall_ms,
                          bool ahead)
{
    char time[SPAN_SIZE], span[SPAN_SIZE], line[SPAN_SIZE * 3];
    if (wall_ms < 0) return;
    words_time(wall_ms, time);
    if (ahead)
        words_until(wall_ms, client_wall_ms(), span);
    else
        words_since(wall_ms, client_wall_ms(), span);
    bool now = ahead && strcmp(span, "now") == 0;
    snprintf(line, sizeof line, "%s (%s%s%s)", time, ahead && !now ? "in " : "", span, ahead ? "" : " ago");
    line_add(out, screen, key, INK_PLAIN, line);
}

static void verdict_add(struct text *out, const struct screen *screen, const cJSON *object)
{
    char name[NAME_MAX_BYTES];
    const char *verdict = answer_word(object, "verdict");
    AUTO_TEXT struct text route = {0};
    text_init(&route, LINE_BYTES);
    for (const cJSON *call = answer_first(object, "route"); call; call = call->next)
        text_addf(&route, "%s%s", route.length ? " → " : "", cJSON_IsString(call) ? call->valuestring : "?");
    snprintf(name, sizeof name, "%s/%s", answer_word(object, "source"), answer_word(object, "name"));
    line_add(out, screen, "name", INK_STRONG, name);
    line_add(out, screen, "kind", INK_PLAIN, answer_text(object, "kind"));
    line_add(out, screen, "fleet", INK_PLAIN, answer_text(object, "fleet"));
    line_add(out, screen, "cloud", INK_PLAIN, answer_text(object, "cloud"));
    line_add(out, screen, "server", INK_PLAIN, answer_text(object, "providerId"));
    line_add(out, screen, "phase", phase_ink(answer_text(object, "phase")), answer_text(object, "phase"));
    line_add(out, screen, "verdict", verdict_ink(verdict), verdict);
    line_add(out, screen, "reason", INK_PLAIN, answer_text(object, "reason"));
    line_add(out, screen, "why", INK_PLAIN, answer_text(object, "message"));
    line_add(out, screen, "blocked by", INK_PLAIN, answer_text(object, "blockedBy"));
    time_line_add(out, screen, "since", answer_wall_ms(object, "since"), false);
    time_line_add(out, screen, "next try", answer_wall_ms(object, "nextTry"), true);
    line_add(out, screen, "route", INK_BUSY, route.bytes);
}

static void cell_set(struct table *table, struct table_row *row, unsigned column, const cJSON *value)
{
    AUTO_TEXT struct text cell = {0};
    text_init(&cell, LINE_BYTES);
    if (value && is_scalar(value))
        scalar_text(value, &cell);
    else if (value)
        inline_text(value, &cell);
    table_set(table, row, column, INK_PLAIN, cell.bytes);
}

static void gap_add(struct text *out, const struct screen *screen, const cJSON *object)
{
    static const char *const heads[] = {"  FIELD", "DESIRED", "ACTUAL", "", NULL};
    struct table table;
    if (!answer_first(object, "gap")) return;
    section_add(out, screen, "gap");
    table_init(&table, heads);
    for (const cJSON *gap = answer_first(object, "gap"); gap; gap = gap->next) {
        char field[NAME_MAX_BYTES];
        struct table_row *row = table_row(&table);
        snprintf(field, sizeof field, "  %s", answer_word(gap, "field"));
        table_set(&table, row, 0, INK_PLAIN, field);
        cell_set(&table, row, 1, answer_member(gap, "desired"));
        cell_set(&table, row, 2, answer_member(gap, "actual"));
        row->cells[3] = (struct table_cell){answer_flag(gap, "pending") ? "pending" : "", INK_WAIT};
    }
    table_add(&table, screen, table.count, out);
    table_release(&table);
}

static void object_section_add(struct text *out, const struct screen *screen, const cJSON *object,
                               const char *name)
{
    const cJSON *member = answer_member(object, name);
    if (!member || cJSON_IsNull(member)) return;
    section_add(out, screen, name);
    if (is_scalar(member))
        value_add(out, screen, 1, "", member);
    else
        members_add(out, screen, 1, member);
}

static void events_add(struct text *out, const struct screen *screen, const cJSON *object)
{
    if (!answer_first(object, "events")) return;
    section_add(out, screen, "events");
    for (const cJSON *event = answer_first(object, "events"); event; event = event->next) {
        char time[SPAN_SIZE];
        words_time(answer_wall_ms(event, "time"), time);
        text_add(out, "  ");
        screen_add(out, screen, INK_FAINT, time);
        text_add(out, "  ");
        screen_add(out, screen, INK_PLAIN, answer_word(event, "type"));
        text_add(out, "  ");
        screen_add_rest(out, screen, INK_PLAIN, answer_word(event, "message"),
                        screen_width(time) + screen_width(answer_word(event, "type")) + 6);
        text_add_char(out, '\n');
    }
}

static bool describe_print(const struct run *run, const cJSON *object)
{
    AUTO_TEXT struct text out = {0};
    const struct screen *screen = &run->screen;
    text_init(&out, SCREEN_OUT_MAX);
    verdict_add(&out, screen, object);
    gap_add(&out, screen, object);
    object_section_add(&out, screen, object, "desired");
    object_section_add(&out, screen, object, "observed");
    object_section_add(&out, screen, object, "successor");
    object_section_add(&out, screen, object, "ledger");
    events_add(&out, screen, object);
    return screen_put(&out);
}

int run_describe(struct run *run)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    client_path(&path, "/v1/describe");
    client_query(&path, "name", run->arguments[0]);
    int exit = client_ask(&run->client, &path, NULL, CLIENT_READ_MS, &reply);
    if (exit) return exit;
    if (run_wants_json(run)) return screen_put(&reply) ? CTL_DONE : CTL_FAILED;
    AUTO_ANSWER cJSON *object = cJSON_Parse(reply.bytes);
    if (!cJSON_IsObject(object)) return run_fail(CTL_FAILED, "the daemon's description cannot be read");
    return describe_print(run, object) ? CTL_DONE : CTL_FAILED;
}
