#include "exchange.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FILE_MAX = 1024 * 1024 };

char *file_text(const char *folder, const char *name)
{
    char path[4096];
    char *text = calloc(FILE_MAX + 1, 1);
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "re");
    if (!file || !text) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        free(text);
        return NULL;
    }
    text[fread(text, 1, FILE_MAX, file)] = '\0';
    fclose(file);
    return text;
}

/* Ends the line at `at` and returns the next one. */
static char *line_end(char *at)
{
    char *end = at + strcspn(at, "\n");
    char *next = *end ? end + 1 : end;

    if (end > at && end[-1] == '\r') end[-1] = '\0';
    *end = '\0';
    return next;
}

static char *headers_parse(struct exchange *exchange, char *at, bool reply)
{
    while (*at && *at != '\n') {
        char *name = at;
        char *value;

        at = line_end(at);
        value = strchr(name, ':');
        if (!value) continue;
        *value++ = '\0';
        while (*value == ' ')
            value++;
        if (!reply && strcasecmp(name, "Host") == 0) exchange->host = value;
        if (reply && exchange->header_count < EXCHANGE_HEADERS_MAX)
            exchange->headers[exchange->header_count++] = (struct exchange_header){name, value};
    }
    return *at == '\n' ? at + 1 : at;
}

static char *trimmed(char *text)
{
    size_t size = strlen(text);

    while (size && isspace((unsigned char)text[size - 1]))
        text[--size] = '\0';
    return text;
}

static bool exchange_parse(struct exchange *exchange)
{
    char *reply = strstr(exchange->text, "\n--- ");
    char *at = exchange->text;

    if (!reply) return false;
    *reply = '\0';
    reply = line_end(reply + 1);
    exchange->method = at;
    at = line_end(at);
    exchange->path = strchr(exchange->method, ' ');
    if (!exchange->path) return false;
    *exchange->path++ = '\0';
    exchange->host = exchange->text + strlen(exchange->text);
    exchange->body = trimmed(headers_parse(exchange, at, false));
    exchange->status = (int)strtol(reply + strcspn(reply, " "), NULL, 10);
    reply = line_end(reply);
    exchange->reply = trimmed(headers_parse(exchange, reply, true));
    exchange->json = cJSON_Parse(exchange->reply);
    return exchange->status > 0;
}

static int exchange_compare(const void *a, const void *b)
{
    const struct exchange *left = a;
    const struct exchange *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

static bool exchange_read(struct exchange *exchange, const char *folder, const char *name)
{
    char *rest;

    exchange->number = (unsigned)strtoul(name, &rest, 10);
    snprintf(exchange->name, sizeof exchange->name, "%.*s", (int)(strlen(rest) - strlen(".http") - 1),
             rest + 1);
    exchange->text = file_text(folder, name);
    if (exchange->text && exchange_parse(exchange)) return true;
    fprintf(stderr, "%s: not a recorded exchange\n", name);
    return false;
}

struct exchange *exchanges_read(const char *folder, size_t *out_count)
{
    struct exchange *exchanges = NULL;
    DIR *directory = opendir(folder);
    struct dirent *entry;
    bool good = directory;

    *out_count = 0;
    if (!directory) fprintf(stderr, "%s: %s\n", folder, strerror(errno));
    while (good && (entry = readdir(directory))) {
        const char *dot = strrchr(entry->d_name, '.');

        if (!dot || strcmp(dot, ".http") != 0) continue;
        exchanges = reallocarray(exchanges, *out_count + 1, sizeof *exchanges);
        if (!exchanges) abort();
        exchanges[*out_count] = (struct exchange){0};
        good = exchange_read(&exchanges[(*out_count)++], folder, entry->d_name);
    }
    if (directory) closedir(directory);
    if (!good) {
        exchanges_free(exchanges, *out_count);
        return NULL;
    }
    qsort(exchanges, *out_count, sizeof *exchanges, exchange_compare);
    return exchanges;
}

void exchanges_free(struct exchange *exchanges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(exchanges[i].text);
        cJSON_Delete(exchanges[i].json);
    }
    free(exchanges);
}

const char *exchange_header(const struct exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->header_count; i++) {
        if (strcasecmp(exchange->headers[i].name, name) == 0) return exchange->headers[i].value;
    }
    return NULL;
}

static const char *member_text(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

    return text ? text : "None";
}

void exchange_state(int status, const cJSON *json, char *out, size_t size)
{
    const cJSON *server = cJSON_GetObjectItemCaseSensitive(json, "server");

    if (status != 200)
        snprintf(out, size, "%d(None,None)", status);
    else
        snprintf(out, size, "%s(%s,%s)", member_text(server, "status"),
                 member_text(server, "OS-EXT-STS:task_state"), member_text(server, "OS-EXT-STS:vm_state"));
}

bool exchange_is_poll(const struct exchange *exchange, char *out_label, size_t size)
{
    char state[128];
    char ending[160];
    char *task;
    size_t length = strlen(exchange->name);

    if (strcmp(exchange->method, "GET") != 0 || !strstr(exchange->path, "/servers/")) return false;
    exchange_state(exchange->status, exchange->json, state, sizeof state);
    task = strchr(state, '(') + 1;
    *strchr(task, ',') = '\0';
    task[-1] = '\0';
    snprintf(ending, sizeof ending, "-%s-%s", state, task);
    if (length < strlen(ending) || strcasecmp(exchange->name + length - strlen(ending), ending) != 0)
        return false;
    snprintf(out_label, size, "%.*s", (int)(length - strlen(ending)), exchange->name);
    return true;
}
