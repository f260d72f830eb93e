#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/text.h"
#include "systemd/journal.h"

struct level_row {
    const char *name;
    int priority; /* syslog(3) */
};

static const struct level_row levels[] = {
    [LOG_LEVEL_ERROR] = {"error", 3},   [LOG_LEVEL_WARNING] = {"warning", 4},
    [LOG_LEVEL_NOTICE] = {"notice", 5}, [LOG_LEVEL_INFO] = {"info", 6},
    [LOG_LEVEL_DEBUG] = {"debug", 7},
};
_Static_assert(sizeof levels / sizeof *levels == LOG_LEVEL_COUNT, "each level has a row");

enum { FIELD_COUNT = 5, LINE_MAX_BYTES = LOG_MESSAGE_MAX + 1024 };

/* One process, one log. */
static struct {
    bool to_journal;
    enum log_level level;
} sink = {.level = LOG_LEVEL_INFO};

void log_open(void)
{
    struct stat found;
    sink.to_journal = fstat(STDERR_FILENO, &found) == 0 &&
                      journal_is_stream((uint64_t)found.st_dev, (uint64_t)found.st_ino);
}

void log_set_level(enum log_level level)
{
    ASSERT(level < LOG_LEVEL_COUNT);
    sink.level = level;
}

enum log_level log_level_now(void)
{
    return sink.level;
}

bool log_level_parse(const char *word, enum log_level *out)
{
    for (unsigned i = 0; i < LOG_LEVEL_COUNT; i++) {
        if (!text_equal(word, levels[i].name)) continue;
        *out = (enum log_level)i;
        return true;
    }
    return false;
}

const char *log_level_name(enum log_level level)
{
    ASSERT(level < LOG_LEVEL_COUNT);
    return levels[level].name;
}

bool log_is_shown(enum log_level level)
{
    return level <= sink.level;
}

static void write_journal(enum log_level level, const struct log_fields *fields, const char *message)
{
    const struct journal_field rows[FIELD_COUNT] = {
        {"SETPOINT_SOURCE", fields->source},         {"SETPOINT_OBJECT", fields->object},
        {"SETPOINT_CLOUD", fields->cloud},           {"SETPOINT_CALL", fields->call},
        {"SETPOINT_REQUEST_ID", fields->request_id},
    };
    journal_send(levels[level].priority, message, rows, FIELD_COUNT);
}

static void add_field(struct text *line, const char *name, const char *value, bool *first)
{
    if (!value || !value[0]) return;
    text_addf(line, "%s%s=%s", *first ? " (" : " ", name, value);
    *first = false;
}

static bool is_c1_control(const char *at)
{
    return (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] < 0xA0;
}

/* What came from a cloud must not start a line of its own or move the terminal's cursor. */
static void blank_controls(char *line)
{
    for (char *at = line; *at; at++)
        if (is_c1_control(at))
            memset(at, ' ', 2);
        else if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = ' ';
}

static void write_line(enum log_level level, const struct log_fields *fields, const char *message)
{
    char at[32];
    bool first = true;
    struct text line;
    instant_format(clock_now().wall_ms, at, sizeof at);
    text_init(&line, LINE_MAX_BYTES);
    text_addf(&line, "%s %s %s", at, levels[level].name, message);
    add_field(&line, "source", fields->source, &first);
    add_field(&line, "object", fields->object, &first);
    add_field(&line, "cloud", fields->cloud, &first);
    add_field(&line, "call", fields->call, &first);
    add_field(&line, "request", fields->request_id, &first);
    if (!first) text_add(&line, ")");
    blank_controls(line.bytes);
    fprintf(stderr, "%s\n", line.bytes);
    text_release(&line);
}

void log_write(enum log_level level, const struct log_fields *fields, const char *format, ...)
{
    static const struct log_fields none;
    if (!log_is_shown(level)) return;
    char message[LOG_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    message[text_cut(message, strlen(message))] = '\0';
    blank_controls(message);
    if (sink.to_journal)
        write_journal(level, fields ? fields : &none, message);
    else
        write_line(level, fields ? fields : &none, message);
}
