#include "ctl/answer.h"

#include "reconcile/base/instant.h"

const cJSON *answer_member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *answer_text(const cJSON *object, const char *name)
{
    const cJSON *member = answer_member(object, name);
    return cJSON_IsString(member) ? member->valuestring : NULL;
}

const char *answer_word(const cJSON *object, const char *name)
{
    const char *text = answer_text(object, name);
    return text ? text : "";
}

bool answer_flag(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(answer_member(object, name));
}

double answer_number(const cJSON *object, const char *name)
{
    const cJSON *member = answer_member(object, name);
    return cJSON_IsNumber(member) ? member->valuedouble : 0;
}

int64_t answer_wall_ms(const cJSON *object, const char *name)
{
    const char *text = answer_text(object, name);
    int64_t wall_ms;
    return text && instant_parse(text, &wall_ms) ? wall_ms : -1;
}

const cJSON *answer_items(const cJSON *array)
{
    return array && cJSON_IsArray(array) ? array->child : NULL;
}

const cJSON *answer_first(const cJSON *object, const char *name)
{
    return answer_items(answer_member(object, name));
}
