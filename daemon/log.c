#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/repeats.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/hash.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"
#include "systemd/journal.h"
#include "systemd/message.h"

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

enum { LINE_MAX_BYTES = LOG_MESSAGE_MAX + 1024, NUMBER_SIZE = 24, COUNTED_TEXTS = 6 };

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

static const char *number_text(uint64_t number, char out[NUMBER_SIZE])
{
    snprintf(out, NUMBER_SIZE, "%llu", (unsigned long long)number);
    return out;
}

static void write_journal(enum log_level level, const struct log_fields *fields, const char *message,
                          uint32_t repeats)
{
    char id[MESSAGE_ID_SIZE], event[NUMBER_SIZE], uid[NUMBER_SIZE], pid[NUMBER_SIZE], count[NUMBER_SIZE];
    message_id(fields->type, fields->reason, id);
    const struct journal_field rows[] = {
        {"MESSAGE_ID", id},
        {"SETPOINT_TYPE", fields->type},
        {"SETPOINT_REASON", fields->reason},
        {"SETPOINT_SOURCE", fields->source},
        {"SETPOINT_OBJECT", fields->object},
        {"SETPOINT_CLOUD", fields->cloud},
        {"SETPOINT_CALL", fields->call},
        {"SETPOINT_REQUEST_ID", fields->request_id},
        {"SETPOINT_REVISION", fields->revision},
        {"SETPOINT_EVENT", fields->event ? number_text(fields->event, event) : NULL},
        {"SETPOINT_UID", fields->by_person ? number_text(fields->uid, uid) : NULL},
        {"SETPOINT_PID", fields->by_person && fields->pid ? number_text(fields->pid, pid) : NULL},
        {"SETPOINT_REPEATS", repeats ? number_text(repeats, count) : NULL},
    };
    _Static_assert(sizeof rows / sizeof *rows <= JOURNAL_FIELDS_MAX, "all fields find room");
    journal_send(levels[level].priority, message, rows, sizeof rows / sizeof *rows);
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

static void put(enum log_level level, const struct log_fields *fields, const char *message, uint32_t repeats)
{
    if (sink.to_journal)
        write_journal(level, fields, message, repeats);
    else
        write_line(level, fields, message);
}

/* What is told of a row that was counted: a copy of the first entry that was not written. */
struct counted {
    enum log_level level;
    struct log_fields fields;
    char *texts[COUNTED_TEXTS];
};

static struct {
    struct repeats same, type;
    struct counted same_rows[REPEATS_ROWS], type_rows[REPEATS_ROWS];
} counts;

static uint64_t hash_add(uint64_t hash, const char *text)
{
    return text ? hash_keyed((struct hash_key){hash, 1}, text, strlen(text)) | 1 : hash;
}

static void counted_keep(struct counted *row, enum log_level level, const struct log_fields *fields,
                         const char *message)
{
    const char *const texts[COUNTED_TEXTS] = {fields->source, fields->object, fields->cloud,
                                              fields->call,   fields->reason, message};
    for (unsigned i = 0; i < COUNTED_TEXTS; i++)
        row->texts[i] = texts[i] ? memory_copy_text(texts[i]) : NULL;
    row->level = level;
    row->fields = (struct log_fields){.type = fields->type,
                                      .source = row->texts[0],
                                      .object = row->texts[1],
                                      .cloud = row->texts[2],
                                      .call = row->texts[3],
                                      .reason = row->texts[4]};
}

static void counted_release(struct counted *row)
{
    for (unsigned i = 0; i < COUNTED_TEXTS; i++)
        memory_free(row->texts[i]);
    *row = (struct counted){.level = LOG_LEVEL_COUNT};
}

/* Whether it is to be written. Of one type in masses the type alone is told: its objects are many. */
static bool is_news(enum log_level level, const struct log_fields *fields, const char *message)
{
    unsigned slot = 0;
    int64_t now_ms = clock_now().boot_ms;
    const char *const about[] = {fields->type,  fields->source, fields->object,
                                 fields->cloud, fields->call,   message};
    uint64_t key = hash_add(level + 1, fields->type);
    if (fields->type) {
        enum repeat_verdict verdict = repeats_judge(&counts.type, hash_add(key, fields->reason),
                                                    LOG_TYPE_TOLD, LOG_TYPE_MS, now_ms, &slot);
        struct log_fields alone = {.type = fields->type, .reason = fields->reason};
        if (verdict == REPEAT_FIRST_COUNTED)
            counted_keep(&counts.type_rows[slot], level, &alone, fields->type);
        if (verdict != REPEAT_WRITE) return false;
    }
    for (unsigned i = 0; i < sizeof about / sizeof *about; i++)
        key = hash_add(hash_add(key, about[i] ? about[i] : ""), "/");
    enum repeat_verdict verdict = repeats_judge(&counts.same, key, LOG_SAME_TOLD, LOG_SAME_MS, now_ms, &slot);
    if (verdict == REPEAT_FIRST_COUNTED) counted_keep(&counts.same_rows[slot], level, fields, message);
    return verdict == REPEAT_WRITE;
}

static void counted_tell(struct counted *row, uint32_t count, const char *how)
{
    char message[LOG_MESSAGE_MAX];
    snprintf(message, sizeof message, "%s (%u times more %s)", row->texts[COUNTED_TEXTS - 1], count, how);
    put(row->level, &row->fields, message, count);
    counted_release(row);
}

void log_tick(bool at_end)
{
    unsigned slot;
    uint32_t count;
    int64_t now_ms = at_end ? INT64_MAX : clock_now().boot_ms;
    while ((count = repeats_due(&counts.same, now_ms, &slot)) > 0)
        counted_tell(&counts.same_rows[slot], count, "within ten minutes");
    while ((count = repeats_due(&counts.type, now_ms, &slot)) > 0)
        counted_tell(&counts.type_rows[slot], count, "within half a minute; setpointctl events has each");
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
    if (!fields) fields = &none;
    if (is_news(level, fields, message)) put(level, fields, message, 0);
}

void log_refusal(const char *why)
{
    if (sink.to_journal)
        log_write(LOG_LEVEL_ERROR, &(struct log_fields){.type = "StartFailed"}, "cannot start: %s", why);
    else
        fprintf(stderr, "setpointd: %s\n", why);
}
