#include "call.h"
#include "memory.h"

#include <stdio.h>
#include <string.h>

/* Requests remember positions in the table, so it never moves while one is handled: adding happens between
 * them. */
unsigned cloud_fault_add(struct cloud *cloud, const struct cloud_fault *fault)
{
    struct faults *faults = &cloud->faults;

    if (faults->count == CLOUD_FAULTS_MAX || fault->kind >= CLOUD_FAULT_KIND_COUNT) return 0;
    if (fault->kind == CLOUD_FAULT_LAGGING_LIST || fault->kind == CLOUD_FAULT_LAGGING_SHOW)
        cloud->keep_versions = true;
    MEMORY_GROW(faults->entries, faults->count, faults->capacity);
    faults->entries[faults->count] = (struct fault_entry){.id = ++faults->last_id, .fault = *fault};
    return faults->entries[faults->count++].id;
}

bool cloud_fault_remove(struct cloud *cloud, unsigned id)
{
    struct faults *faults = &cloud->faults;

    for (size_t i = 0; i < faults->count; i++) {
        if (faults->entries[i].id != id) continue;
        faults->count--;
        memmove(&faults->entries[i], &faults->entries[i + 1], (faults->count - i) * sizeof *faults->entries);
        return true;
    }
    return false;
}

void cloud_fault_clear(struct cloud *cloud)
{
    cloud->faults.count = 0;
}

bool cloud_fault_at(const struct cloud *cloud, size_t position, unsigned *out_id,
                    struct cloud_fault *out_fault, struct cloud_fault_count *out_count)
{
    if (position >= cloud->faults.count) return false;
    *out_id = cloud->faults.entries[position].id;
    *out_fault = cloud->faults.entries[position].fault;
    *out_count = cloud->faults.entries[position].count;
    return true;
}

struct cloud_fault_count cloud_fault_total(const struct cloud *cloud, enum cloud_fault_kind kind)
{
    return cloud->faults.totals[kind];
}

static bool parse_why(char *out_why, size_t why_size, const char *what, const char *key)
{
    snprintf(out_why, why_size, "%s: %s", what, key);
    return false;
}

struct text_member {
    const char *key;
    size_t offset;
    size_t size;
};

struct number_member {
    const char *key;
    size_t offset;
    size_t size;
};

#define TEXT_MEMBER(type, member)                                                                            \
    {                                                                                                        \
#member, offsetof(struct type, member), sizeof((struct type *)NULL)->member                          \
    }

static const struct text_member fault_texts[] = {
    TEXT_MEMBER(cloud_fault, operation), TEXT_MEMBER(cloud_fault, method), TEXT_MEMBER(cloud_fault, path),
    TEXT_MEMBER(cloud_fault, server),    TEXT_MEMBER(cloud_fault, text),   {NULL, 0, 0},
};

static const struct number_member fault_numbers[] = {
    TEXT_MEMBER(cloud_fault, nth),
    TEXT_MEMBER(cloud_fault, permille),
    TEXT_MEMBER(cloud_fault, from_ms),
    TEXT_MEMBER(cloud_fault, until_ms),
    TEXT_MEMBER(cloud_fault, count),
    TEXT_MEMBER(cloud_fault, value_ms),
    TEXT_MEMBER(cloud_fault, status),
    TEXT_MEMBER(cloud_fault, number),
    {NULL, 0, 0},
};

static const struct text_member change_texts[] = {
    TEXT_MEMBER(cloud_change, server),
    TEXT_MEMBER(cloud_change, key),
    TEXT_MEMBER(cloud_change, text),
    {NULL, 0, 0},
};

static const struct number_member change_numbers[] = {
    TEXT_MEMBER(cloud_change, number),
    {NULL, 0, 0},
};

static bool member_put(const cJSON *value, void *target, const struct text_member *texts,
                       const struct number_member *numbers)
{
    for (; texts->key; texts++) {
        if (strcmp(texts->key, value->string) == 0 && cJSON_IsString(value) &&
            strlen(value->valuestring) < texts->size) {
            memory_put((char *)target + texts->offset, texts->size, value->valuestring);
            return true;
        }
    }
    for (; numbers->key; numbers++) {
        if (strcmp(numbers->key, value->string) != 0 || !cJSON_IsNumber(value)) continue;
        if (numbers->size == sizeof(int64_t))
            *(int64_t *)(void *)((char *)target + numbers->offset) = (int64_t)value->valuedouble;
        else
            *(int *)(void *)((char *)target + numbers->offset) = value->valueint;
        return true;
    }
    return false;
}

static bool members_parse(const cJSON *root, void *target, const struct text_member *texts,
                          const struct number_member *numbers, char *out_why, size_t why_size)
{
    const cJSON *value;

    cJSON_ArrayForEach(value, root)
    {
        if (strcmp(value->string, "kind") != 0 && !member_put(value, target, texts, numbers))
            return parse_why(out_why, why_size, "unknown key or wrong type", value->string);
    }
    return true;
}

static bool kind_parse(const cJSON *root, const char *(*name)(unsigned kind), unsigned count,
                       unsigned *out_kind, char *out_why, size_t why_size)
{
    const char *wanted = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "kind"));

    if (!wanted) return parse_why(out_why, why_size, "missing or no text", "kind");
    for (unsigned kind = 0; kind < count; kind++) {
        if (strcmp(name(kind), wanted) == 0) {
            *out_kind = kind;
            return true;
        }
    }
    return parse_why(out_why, why_size, "unknown kind", wanted);
}

static const char *fault_kind_name(unsigned kind)
{
    return cloud_fault_name(kind);
}

static const char *change_kind_name(unsigned kind)
{
    return cloud_change_name(kind);
}

bool cloud_fault_parse(const char *json, size_t size, struct cloud_fault *out_fault, char *out_why,
                       size_t why_size)
{
    cJSON *root = cJSON_ParseWithLength(json, size);
    unsigned kind = 0;
    bool good;

    *out_fault = (struct cloud_fault){0};
    good = cJSON_IsObject(root)
               ? kind_parse(root, fault_kind_name, CLOUD_FAULT_KIND_COUNT, &kind, out_why, why_size)
               : parse_why(out_why, why_size, "a fault", "is no JSON object");
    out_fault->kind = kind;
    good = good && members_parse(root, out_fault, fault_texts, fault_numbers, out_why, why_size);
    cJSON_Delete(root);
    return good;
}

bool cloud_change_parse(const char *json, size_t size, struct cloud_change *out_change, char *out_why,
                        size_t why_size)
{
    cJSON *root = cJSON_ParseWithLength(json, size);
    unsigned kind = 0;
    bool good;

    *out_change = (struct cloud_change){0};
    good = cJSON_IsObject(root)
               ? kind_parse(root, change_kind_name, CLOUD_CHANGE_KIND_COUNT, &kind, out_why, why_size)
               : parse_why(out_why, why_size, "a change", "is no JSON object");
    out_change->kind = kind;
    good = good && members_parse(root, out_change, change_texts, change_numbers, out_why, why_size);
    cJSON_Delete(root);
    return good;
}
