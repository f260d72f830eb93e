/*
 * A growing byte buffer and a JSON writer on it. The writer puts commas by
 * itself: after '{', '[', ':' or at the beginning there is none. Written by
 * hand because a list of 100,000 servers would be slow through a tree.
 */
#ifndef SETPOINT_TESTS_CLOUD_BUFFER_H
#define SETPOINT_TESTS_CLOUD_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data; /* ended by NUL once something was added */
    size_t size;
    size_t capacity;
};

void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);
void buffer_add(struct buffer *buffer, const char *data, size_t size);
void buffer_text(struct buffer *buffer, const char *text);
__attribute__((format(printf, 2, 3))) void buffer_format(struct buffer *buffer, const char *format, ...);
/* "" when nothing was added. */
const char *buffer_string(const struct buffer *buffer);

void json_open(struct buffer *buffer, char bracket);  /* '{' or '[' */
void json_close(struct buffer *buffer, char bracket); /* '}' or ']' */
void json_key(struct buffer *buffer, const char *key);
void json_text(struct buffer *buffer, const char *value); /* NULL: null */
void json_int(struct buffer *buffer, int64_t value);
void json_bool(struct buffer *buffer, bool value);
void json_null(struct buffer *buffer);
void json_raw(struct buffer *buffer, const char *value); /* JSON as it is */
/* Key and value in one. */
void json_put_text(struct buffer *buffer, const char *key, const char *value);
void json_put_int(struct buffer *buffer, const char *key, int64_t value);
void json_put_bool(struct buffer *buffer, const char *key, bool value);
void json_put_null(struct buffer *buffer, const char *key);
void json_put_raw(struct buffer *buffer, const char *key, const char *value);
__attribute__((format(printf, 3, 4))) void json_put_format(struct buffer *buffer, const char *key,
                                                           const char *format, ...);
void json_put_open(struct buffer *buffer, const char *key, char bracket);

#endif
