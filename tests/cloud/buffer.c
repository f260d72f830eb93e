#include "buffer.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRINTED_MOSTLY = 120 /* longer texts are formatted twice */ };

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data) buffer->data[0] = '\0';
}

static void buffer_grow(struct buffer *buffer, size_t needed)
{
    if (needed < 2 * buffer->capacity) needed = 2 * buffer->capacity;
    if (needed < 256) needed = 256;
    buffer->data = memory_resize(buffer->data, needed, 1);
    buffer->capacity = needed;
}

/* Room for `more` bytes and the NUL. */
static inline void buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t needed = buffer->size + more + 1;

    if (needed > buffer->capacity) buffer_grow(buffer, needed);
}

void buffer_add(struct buffer *buffer, const char *data, size_t size)
{
    buffer_reserve(buffer, size);
    if (size) memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

static void buffer_print(struct buffer *buffer, const char *format, va_list arguments)
{
    va_list again;
    int size;

    va_copy(again, arguments);
    buffer_reserve(buffer, PRINTED_MOSTLY);
    size = vsnprintf(buffer->data + buffer->size, PRINTED_MOSTLY + 1, format, arguments);
    if (size < 0) abort();
    if (size > PRINTED_MOSTLY) {
        buffer_reserve(buffer, (size_t)size);
        vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
    }
    va_end(again);
    buffer->size += (size_t)size;
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    buffer_print(buffer, format, arguments);
    va_end(arguments);
}

const char *buffer_string(const struct buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}

static inline void buffer_byte(struct buffer *buffer, char byte)
{
    buffer_reserve(buffer, 1);
    buffer->data[buffer->size++] = byte;
    buffer->data[buffer->size] = '\0';
}

static inline void json_comma(struct buffer *buffer)
{
    char last = buffer->size ? buffer->data[buffer->size - 1] : '{';

    if (last != '{' && last != '[' && last != ':') buffer_byte(buffer, ',');
}

void json_open(struct buffer *buffer, char bracket)
{
    json_comma(buffer);
    buffer_byte(buffer, bracket);
}

void json_close(struct buffer *buffer, char bracket)
{
    buffer_byte(buffer, bracket);
}

static const char *json_escape(unsigned char byte, char *room, size_t size)
{
    switch (byte) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: snprintf(room, size, "\\u%04x", byte); return room;
    }
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f;
}

/* Copied as it is read: nearly every byte of a reply passes here. */
static void json_quoted(struct buffer *buffer, const char *value)
{
    size_t size = strlen(value);
    char room[8], *out;

    buffer_reserve(buffer, size + 2);
    out = buffer->data + buffer->size;
    *out++ = '"';
    for (const char *at = value; *at; at++) {
        if (is_plain((unsigned char)*at)) {
            *out++ = *at;
            continue;
        }
        buffer->size = (size_t)(out - buffer->data);
        buffer_text(buffer, json_escape((unsigned char)*at, room, sizeof room));
        buffer_reserve(buffer, strlen(at) + 1);
        out = buffer->data + buffer->size;
    }
    *out++ = '"';
    *out = '\0';
    buffer->size = (size_t)(out - buffer->data);
}

void json_key(struct buffer *buffer, const char *key)
{
    json_comma(buffer);
    json_quoted(buffer, key);
    buffer_byte(buffer, ':');
}

void json_text(struct buffer *buffer, const char *value)
{
    json_comma(buffer);
    if (value)
        json_quoted(buffer, value);
    else
        buffer_add(buffer, "null", 4);
}

void json_raw(struct buffer *buffer, const char *value)
{
    json_comma(buffer);
    buffer_text(buffer, value);
}

void json_int(struct buffer *buffer, int64_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) *--at = '-';
    json_comma(buffer);
    buffer_add(buffer, at, (size_t)(digits + sizeof digits - at));
}

void json_bool(struct buffer *buffer, bool value)
{
    json_raw(buffer, value ? "true" : "false");
}

void json_null(struct buffer *buffer)
{
    json_raw(buffer, "null");
}

void json_put_text(struct buffer *buffer, const char *key, const char *value)
{
    json_key(buffer, key);
    json_text(buffer, value);
}

void json_put_int(struct buffer *buffer, const char *key, int64_t value)
{
    json_key(buffer, key);
    json_int(buffer, value);
}

void json_put_bool(struct buffer *buffer, const char *key, bool value)
{
    json_key(buffer, key);
    json_bool(buffer, value);
}

void json_put_null(struct buffer *buffer, const char *key)
{
    json_key(buffer, key);
    json_null(buffer);
}

void json_put_raw(struct buffer *buffer, const char *key, const char *value)
{
    json_key(buffer, key);
    json_raw(buffer, value);
}

void json_put_format(struct buffer *buffer, const char *key, const char *format, ...)
{
    struct buffer text = {0};
    va_list arguments;

    va_start(arguments, format);
    buffer_print(&text, format, arguments);
    va_end(arguments);
    json_put_text(buffer, key, buffer_string(&text));
    buffer_release(&text);
}

void json_put_open(struct buffer *buffer, const char *key, char bracket)
{
    json_key(buffer, key);
    json_open(buffer, bracket);
}
