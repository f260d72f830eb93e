#include "tests/sim/call_log.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/grow.h"

void call_log_add(struct call_log *log, const char *object, const char *words)
{
    struct called *called = GROW(log->calls, log->count, log->room);
    *called = (struct called){grow_text(object), grow_text(words), false};
}

void call_log_add_vain(struct call_log *log, const char *object, const char *words)
{
    call_log_add(log, object, words);
    log->calls[log->count - 1].vain = true;
}

void call_log_release(struct call_log *log)
{
    for (unsigned i = 0; i < log->count; i++) {
        free(log->calls[i].object);
        free(log->calls[i].words);
    }
    free(log->calls);
    *log = (struct call_log){0};
}

char *call_log_write(const struct call_log *log, size_t *out_size)
{
    size_t size = 0, used = 0;
    for (unsigned i = 0; i < log->count; i++)
        size += strlen(log->calls[i].object) + strlen(log->calls[i].words) + 3;
    char *text = grow_to(NULL, size + 1);
    text[0] = '\0';
    for (unsigned i = 0; i < log->count; i++)
        used += (size_t)snprintf(text + used, size + 1 - used, "%s\t%s%s\n", log->calls[i].object,
                                 log->calls[i].words, log->calls[i].vain ? "\t" : "");
    *out_size = used;
    return text;
}

void call_log_read(struct call_log *log, const char *text)
{
    for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        char copy[1024];
        size_t length = (size_t)(end - line);
        if (length >= sizeof copy) continue;
        memcpy(copy, line, length);
        copy[length] = '\0';
        char *tab = strchr(copy, '\t');
        if (!tab) continue;
        *tab = '\0';
        char *vain = strchr(tab + 1, '\t');
        if (vain) *vain = '\0';
        (vain ? call_log_add_vain : call_log_add)(log, copy, tab + 1);
    }
}

const char *call_log_last(const struct call_log *log, const char *object)
{
    for (unsigned i = log->count; i-- > 0;)
        if (strcmp(log->calls[i].object, object) == 0) return log->calls[i].words;
    return "";
}

/* Each in its own order: volumes and addresses wait for readings of their own, whatever else is done
 * meanwhile. */
enum part { PART_ALL, PART_ATTACHMENTS, PART_ADDRESSES, PART_REST };

struct choice { /* of the calls of a log */
    const char *object;
    enum part part;
    bool vain; /* those too */
};

static bool is_in(const struct called *called, const struct choice *choice)
{
    enum part its = strncmp(called->words, "AttachVolume ", strlen("AttachVolume ")) == 0 ? PART_ATTACHMENTS
                    : strncmp(called->words, "AssociateFloatingIp ", strlen("AssociateFloatingIp ")) == 0
                        ? PART_ADDRESSES
                        : PART_REST;
    return strcmp(called->object, choice->object) == 0 && (choice->part == PART_ALL || choice->part == its) &&
           (choice->vain || !called->vain);
}

/* The next one at or after `from` that is not `last` once more; NULL = there is none. */
static const char *next_of(const struct call_log *log, const struct choice *choice, const char *last,
                           unsigned *from)
{
    while (*from < log->count) {
        const struct called *called = &log->calls[(*from)++];
        if (is_in(called, choice) && (!last || strcmp(called->words, last) != 0)) return called->words;
    }
    return NULL;
}

void call_log_show(const struct call_log *log, const char *object, char *out, size_t size)
{
    const struct choice all = {object, PART_ALL, true};
    size_t used = 0;
    unsigned at = 0;
    out[0] = '\0';
    for (const char *words = NULL; (words = next_of(log, &all, words, &at)) && used < size;)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", words);
    if (used == 0) snprintf(out, size, "nothing");
}

static bool choice_equal(const struct call_log *a, const struct call_log *b, const struct choice *choice,
                         bool cut)
{
    const char *left = NULL, *right = NULL;
    for (unsigned i = 0, k = 0;;) {
        left = next_of(a, choice, left, &i);
        right = next_of(b, choice, right, &k);
        if (!left || !right) return left == right || cut;
        if (strcmp(left, right) != 0) return false;
    }
}

static bool object_equal(const struct call_log *a, const struct call_log *b, const char *object, bool cut)
{
    static const enum part parts[] = {PART_ATTACHMENTS, PART_ADDRESSES, PART_REST};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct choice all = {object, parts[i], true}, effective = {object, parts[i], false};
        if (!choice_equal(a, b, &all, cut) && !choice_equal(a, b, &effective, cut)) return false;
    }
    return true;
}

bool call_log_equal(const struct call_log *a, const struct call_log *b, bool cut, struct excuse excuse,
                    const char **out_object)
{
    const struct call_log *logs[] = {a, b};
    for (unsigned n = 0; n < 2; n++)
        for (unsigned i = 0; i < logs[n]->count; i++) {
            *out_object = logs[n]->calls[i].object;
            if (!object_equal(a, b, *out_object, cut) && !excuse.is_excused(excuse.ctx, *out_object))
                return false;
        }
    return true;
}
