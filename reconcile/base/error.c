#include "reconcile/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/text.h"

static const char *const kind_names[] = {
    [ERROR_NONE] = "none",   [ERROR_INPUT] = "input",         [ERROR_SYSTEM] = "system",
    [ERROR_LIMIT] = "limit", [ERROR_TRANSPORT] = "transport", [ERROR_PROTOCOL] = "protocol",
    [ERROR_STATE] = "state",
};
_Static_assert(sizeof kind_names / sizeof *kind_names == ERROR_KIND_COUNT, "each error kind has a name");

const char *error_kind_name(enum error_kind kind)
{
    ASSERT((unsigned)kind < ERROR_KIND_COUNT);
    return kind_names[kind];
}

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    if (!err) return false;
    /* Formatted aside, because an argument may be the old text. */
    char text[ERROR_TEXT_MAX + 1];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    *err = (struct error){.kind = kind};
    text_copy(err->text, sizeof err->text, text);
    return false;
}

bool error_prefix(struct error *err, const char *format, ...)
{
    if (!err) return false;
    char text[2 * ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, ERROR_TEXT_MAX, format, arguments);
    va_end(arguments);
    ASSERT(length >= 0);
    size_t at = strlen(text);
    snprintf(text + at, sizeof text - at, ": %s", err->text);
    text_copy(err->text, sizeof err->text, text);
    return false;
}
