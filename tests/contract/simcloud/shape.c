#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_SIZE = 512 };

static const char *type_name(const cJSON *json)
{
    if (cJSON_IsObject(json)) return "object";
    if (cJSON_IsArray(json)) return "array";
    if (cJSON_IsString(json)) return "string";
    if (cJSON_IsNumber(json)) return "number";
    if (cJSON_IsBool(json)) return "bool";
    return "null";
}

static int row_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void shape_add(struct shape *shape, const char *path, const char *type)
{
    char row[PATH_MAX_SIZE + 16];

    snprintf(row, sizeof row, "%s %s", path, type);
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(shape->rows[i], row) == 0) return;
    }
    shape->rows = reallocarray(shape->rows, shape->count + 1, sizeof *shape->rows);
    if (!shape->rows) abort();
    shape->rows[shape->count++] = strdup(row);
}

static void shape_walk(struct shape *shape, const cJSON *json, const char *path)
{
    const cJSON *child;
    char deeper[PATH_MAX_SIZE];

    shape_add(shape, path, type_name(json));
    cJSON_ArrayForEach(child, json)
    {
        if (cJSON_IsArray(json))
            snprintf(deeper, sizeof deeper, "%s[]", path);
        else
            snprintf(deeper, sizeof deeper, "%s%s%s", path, *path ? "." : "", child->string);
        shape_walk(shape, child, deeper);
    }
}

void shape_of(struct shape *shape, const cJSON *json)
{
    *shape = (struct shape){0};
    if (!json) return;
    shape_walk(shape, json, "");
    qsort(shape->rows, shape->count, sizeof *shape->rows, row_compare);
}

void shape_release(struct shape *shape)
{
    for (size_t i = 0; i < shape->count; i++)
        free(shape->rows[i]);
    free(shape->rows);
    *shape = (struct shape){0};
}

bool shape_has(const struct shape *shape, const char *row)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(shape->rows[i], row) == 0) return true;
    }
    return false;
}

bool shape_equals(const struct shape *a, const struct shape *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->rows[i], b->rows[i]) != 0) return false;
    }
    return true;
}
