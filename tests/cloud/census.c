#include "census.h"

#include "dialect.h"
#include "memory.h"
#include "routes.h"

#include <stdlib.h>
#include <string.h>

/* The first word of User-Agent, without its version. */
static void put_sender(struct buffer *out, const struct call *call)
{
    const char *agent = call_header(call, "User-Agent");
    size_t length = agent ? strcspn(agent, "/ ") : 0;

    if (length)
        buffer_add(out, agent, length);
    else
        buffer_text(out, "-");
}

/* A route's "/?" stands for what is a query on the wire, which is among the words. */
static void put_path(struct buffer *out, const struct call *call)
{
    const char *path = call->route->path;
    const char *query = strstr(path, "/?");

    buffer_format(out, "%s ", call->request->method);
    if (call->service != CLOUD_COMPUTE && call->service != CLOUD_SERVICE_NONE)
        buffer_format(out, "/%s", call->dialect->prefixes[call->service]);
    buffer_text(out, "/");
    buffer_add(out, path, query ? (size_t)(query - path) : strlen(path));
    buffer_text(out, " ");
}

static void put_word(struct buffer *out, size_t *words, const char *before, const char *word)
{
    buffer_format(out, "%s%s%s", (*words)++ ? "," : "", before, word);
}

/* Members whose value says which operation is meant. */
static bool is_telling(const char *key)
{
    static const char *const keys[] = {"type", "action", "ForceStop"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i], key) == 0) return true;
    }
    return false;
}

static void put_members(struct buffer *out, size_t *words, const cJSON *object)
{
    const cJSON *each;

    cJSON_ArrayForEach(each, object)
    {
        put_word(out, words, "", each->string);
        if (!is_telling(each->string)) continue;
        if (cJSON_IsString(each)) put_word(out, words, "", each->valuestring);
        if (cJSON_IsBool(each)) put_word(out, words, each->string, cJSON_IsTrue(each) ? "=true" : "=false");
    }
}

static void put_words(struct buffer *out, const struct call *call)
{
    const cJSON *each;
    size_t words = 0;

    for (size_t i = 0; i < call->query_count; i++)
        put_word(out, &words, "?", call->query[i].key);
    if (cJSON_IsObject(call->body)) {
        put_members(out, &words, call->body);
        cJSON_ArrayForEach(each, call->body)
        {
            if (cJSON_IsObject(each)) put_members(out, &words, each);
        }
    }
    buffer_text(out, words ? " " : "- ");
}

void census_take(struct census *census, const struct call *call)
{
    int status = call->meant ? call->meant : call->status;
    struct buffer line = {0};
    size_t position;

    if (!call->route || status < 200 || status >= 400) return;
    put_path(&line, call);
    put_words(&line, call);
    put_sender(&line, call);
    if (index_get(&census->by_line, buffer_string(&line), &position)) {
        census->kinds[position].count++;
    } else if (census->count < CENSUS_KINDS_MAX) {
        MEMORY_GROW(census->kinds, census->count, census->capacity);
        census->kinds[census->count] =
            (struct census_kind){.line = memory_text(buffer_string(&line)), .count = 1};
        index_put(&census->by_line, census->kinds[census->count].line, census->count);
        census->count++;
    }
    buffer_release(&line);
}

void census_release(struct census *census)
{
    for (size_t i = 0; i < census->count; i++)
        free(census->kinds[i].line);
    free(census->kinds);
    index_release(&census->by_line);
    *census = (struct census){0};
}

bool cloud_census_at(const struct cloud *cloud, size_t position, const char **out_line, uint64_t *out_count)
{
    if (position >= cloud->census.count) return false;
    *out_line = cloud->census.kinds[position].line;
    *out_count = cloud->census.kinds[position].count;
    return true;
}
