#include "providers/json.h"

#include <string.h>

#include "providers/clean.h"

cJSON *json_parse(const char *body, size_t size)
{
    const char *end = NULL;
    cJSON *tree = body ? cJSON_ParseWithLengthOpts(body, size, &end, 0) : NULL;
    while (tree && end < body + size && (*end == ' ' || *end == '\n' || *end == '\r' || *end == '\t'))
        end++;
    if (tree && end < body + size) {
        cJSON_Delete(tree);
        return NULL;
    }
    return tree;
}

const cJSON *json_member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

const cJSON *json_first(const cJSON *list)
{
    return list ? list->child : NULL;
}

const char *json_get_text(const cJSON *object, const char *key, struct arena *arena)
{
    const cJSON *item = json_member(object, key);
    if (cJSON_IsString(item))
        return clean_text(arena, item->valuestring, strlen(item->valuestring), CLEAN_TEXT_MAX);
    if (cJSON_IsNumber(item)) return arena_printf(arena, "%.15g", item->valuedouble);
    return NULL;
}

int64_t json_get_number(const cJSON *object, const char *key, int64_t max, int64_t fallback)
{
    const cJSON *item = json_member(object, key);
    uint64_t number;
    if (cJSON_IsString(item))
        return text_to_number(item->valuestring, (uint64_t)max, &number) ? (int64_t)number : fallback;
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= (double)max))
        return fallback;
    return (int64_t)item->valuedouble;
}

bool json_get_truth(const cJSON *object, const char *key)
{
    const cJSON *item = json_member(object, key);
    if (cJSON_IsString(item)) return text_equal_nocase(item->valuestring, "true");
    return cJSON_IsTrue(item) || (cJSON_IsNumber(item) && item->valuedouble != 0);
}

void json_write_key(struct text *out, const char *key)
{
    char last = out->length ? out->bytes[out->length - 1] : '{';
    if (last != '{' && last != '[') text_add_char(out, ',');
    text_add_json(out, key);
    text_add_char(out, ':');
}

void json_write_pair(struct text *out, const char *key, const char *value)
{
    json_write_key(out, key);
    text_add_json(out, value);
}
