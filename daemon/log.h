#ifndef SETPOINT_DAEMON_LOG_H
#define SETPOINT_DAEMON_LOG_H

#include <stdbool.h>

/* Messages to the operator. Under systemd (stderr is the journal's stream) each is a journal entry with the
   fields SETPOINT_SOURCE=, _OBJECT=, _CLOUD=, _CALL=, _REQUEST_ID=; else a line on stderr:
   "2026-01-31T03:00:00Z warning message (source=prod object=web-1)". One fact is logged once, where it is
   handled. Never give it a secret. */
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
};

enum { LOG_MESSAGE_MAX = 2048 /* longer ones are cut */ };

void log_open(void); /* chooses journal or stderr; level info */
void log_set_level(enum log_level level);
enum log_level log_level_now(void);
bool log_level_parse(const char *word, enum log_level *out); /* "error" … "debug" */
const char *log_level_name(enum log_level level);
bool log_is_shown(enum log_level level);
/* fields may be NULL. Control characters in the message become spaces on stderr. */
void log_write(enum log_level level, const struct log_fields *fields, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(...)   log_write(LOG_LEVEL_ERROR, NULL, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, NULL, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, NULL, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, NULL, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, NULL, __VA_ARGS__)

#endif
