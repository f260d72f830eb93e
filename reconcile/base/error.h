#ifndef SETPOINT_BASE_ERROR_H
#define SETPOINT_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* One error value with fixed storage. A function that can fail returns bool, takes `struct error *err` last
   and sets it once, at the origin: `return error_set(err, ERROR_LIMIT, "…")`. Callers may prefix. */
enum error_kind {
    ERROR_NONE,
    ERROR_INPUT,     /* a person wrote something wrong: manifest, option, configuration */
    ERROR_SYSTEM,    /* the operating system refused: file, socket, disk */
    ERROR_LIMIT,     /* a named limit was passed */
    ERROR_TRANSPORT, /* connect, TLS, time-out, reset */
    ERROR_PROTOCOL,  /* a reply that is not what the API promises */
    ERROR_STATE,     /* not possible now: read-only ledger, second daemon */
    ERROR_KIND_COUNT
};

enum { ERROR_TEXT_MAX = 512, ERROR_FILE_MAX = 256 };

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_MAX];
    char file[ERROR_FILE_MAX]; /* "" when the error is not about a file */
    unsigned line, column;     /* 1-based; 0 = unknown */
};

/* Always returns false. Longer texts are cut at a UTF-8 boundary. err may be NULL. */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts "prefix: " in front of the text; always returns false. */
bool error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *error_kind_name(enum error_kind kind);

#endif
