#ifndef SETPOINT_DAEMON_LOG_H
#define SETPOINT_DAEMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* Messages to the operator. Under systemd (stderr is the journal's stream) each is a journal entry with a
   MESSAGE_ID of systemd/message.h and the fields SETPOINT_TYPE=, _REASON=, _SOURCE=, _OBJECT=, _CLOUD=,
   _CALL=, _REQUEST_ID=, _REVISION=, _EVENT= (its seq in the history), _UID= and _PID= (who asked for it);
   else a line on stderr: "2026-01-31T03:00:00Z warning message (source=prod object=web-1)". One fact is
   logged once, where it is handled. The same words about the same thing are written LOG_SAME_TOLD times
   within LOG_SAME_MS, one type of message LOG_TYPE_TOLD times within LOG_TYPE_MS; what comes beyond is
   counted, and told at the end with SETPOINT_REPEATS=. Never give it a secret. */
enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_NOTICE,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_COUNT
};

/* NULL or "" = not about one. */
struct log_fields {
    const char *source, *object, *cloud, *call, *request_id;
    const char *type;   /* a row of systemd/message.h */
    const char *reason; /* of a verdict; a word of the reason table */
    const char *revision;
    uint64_t event; /* seq; 0 = no event */
    bool by_person;
    uint32_t uid, pid; /* of that person */
};

enum {
    LOG_MESSAGE_MAX = 2048, /* longer ones are cut */
    LOG_SAME_TOLD = 3,
    LOG_SAME_MS = 10 * 60 * 1000,
    LOG_TYPE_TOLD = 1000, /* systemd-journald drops what is more than 10,000 in 30 s, of all types together */
    LOG_TYPE_MS = 30 * 1000
};

void log_open(void); /* chooses journal or stderr; level info */
void log_set_level(enum log_level level);
enum log_level log_level_now(void);
bool log_level_parse(const char *word, enum log_level *out); /* "error" … "debug" */
const char *log_level_name(enum log_level level);
bool log_is_shown(enum log_level level);
/* fields may be NULL. Control characters in the message become spaces on stderr. */
void log_write(enum log_level level, const struct log_fields *fields, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Why the process does not start: an error in the journal; else "setpointd: why" on stderr, as programs say
 * it. */
void log_refusal(const char *why);

/* Tells what was counted and is over; once a second. at_end: all of it. */
void log_tick(bool at_end);

#define log_error(...)   log_write(LOG_LEVEL_ERROR, NULL, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, NULL, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, NULL, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, NULL, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, NULL, __VA_ARGS__)

#endif
