#include "checks.h"

#include "memory.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool check_invalid(struct call *call, const char *field, const cJSON *value, const char *format, ...)
{
    char *printed = value && !cJSON_IsString(value) ? cJSON_PrintUnformatted(value) : NULL;
    const char *text = printed ? printed : cJSON_GetStringValue(value);
    char why[900];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    call_error(call, 400, "Invalid input for field/attribute %s. Value: %s. %s", field, text ? text : "None",
               why);
    free(printed);
    return false;
}

bool is_uuid(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i])) return false;
    }
    return !text[36];
}

/* How many characters, not bytes. */
static size_t text_length(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

bool check_name(struct call *call, const cJSON *name, char *out)
{
    const char *text = cJSON_GetStringValue(name);
    size_t size;

    if (!text) return check_invalid(call, "name", name, "value is not of type 'string'");
    while (isspace((unsigned char)*text))
        text++;
    size = strlen(text);
    while (size && isspace((unsigned char)text[size - 1]))
        size--;
    if (!size) return check_invalid(call, "name", name, "'' is too short");
    if (text_length(text) > 255 || size >= CLOUD_NAME_SIZE)
        return check_invalid(call, "name", name, "'%s' is too long", text);
    memory_put(out, size + 1, text);
    return true;
}

static bool metadata_key_good(const char *key)
{
    if (!*key || strlen(key) > 255) return false;
    for (; *key; key++) {
        if (!isalnum((unsigned char)*key) && !strchr("-_:. ", *key)) return false;
    }
    return true;
}

bool check_metadata(struct call *call, const cJSON *metadata, size_t have)
{
    const cJSON *pair;
    size_t count = have;

    if (!cJSON_IsObject(metadata))
        return check_invalid(call, "metadata", metadata, "value is not of type 'object'");
    cJSON_ArrayForEach(pair, metadata)
    {
        if (!metadata_key_good(pair->string))
            return check_invalid(call, "metadata", metadata, "'%s' does not match any of the regexes",
                                 pair->string);
        if (!cJSON_IsString(pair)) {
            char *printed = cJSON_PrintUnformatted(pair);

            check_invalid(call, pair->string, pair, "%s is not of type 'string'", printed ? printed : "");
            free(printed);
            return false;
        }
        if (text_length(pair->valuestring) > 255)
            return check_invalid(call, pair->string, pair, "'%.40s...' is too long", pair->valuestring);
        count++;
    }
    if (count > CLOUD_METADATA_MAX) {
        call_error(call, 403, "Quota exceeded, too many metadata items for this resource: %zu", count);
        return false;
    }
    return true;
}

bool call_is_ignored(struct call *call)
{
    const struct cloud_fault *ignored = call_fault(call, CLOUD_FAULT_IGNORED);

    if (ignored) fault_used(call, ignored);
    return ignored;
}
