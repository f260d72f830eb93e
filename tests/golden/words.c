#include "tests/golden/words.h"

#include <string.h>

#include "reconcile/base/instant.h"
#include "reconcile/base/text.h"

struct words words_of(const char *line, struct arena *arena)
{
    struct words words = {.count = 0};
    while (*line && words.count < WORDS_MAX) {
        line += strspn(line, " ");
        if (!*line) break;
        struct text word;
        bool quoted = false;
        text_init(&word, 4096);
        for (; *line && (quoted || *line != ' '); line++) {
            if (*line == '"')
                quoted = !quoted;
            else
                text_add_char(&word, *line);
        }
        words.items[words.count++] = arena_text(arena, word.bytes ? word.bytes : "");
        text_release(&word);
    }
    return words;
}

const char *words_at(const struct words *words, unsigned place)
{
    return place < words->count ? words->items[place] : "";
}

const char *words_value(const struct words *words, const char *key, const char *otherwise)
{
    size_t size = strlen(key);
    for (unsigned i = 0; i < words->count; i++)
        if (strncmp(words->items[i], key, size) == 0 && words->items[i][size] == '=')
            return words->items[i] + size + 1;
    return otherwise;
}

int64_t words_duration(const struct words *words, const char *key, int64_t otherwise_ms)
{
    int64_t duration;
    const char *text = words_value(words, key, NULL);
    return text && duration_parse(text, NEVER_MS, &duration) ? duration : otherwise_ms;
}

uint32_t words_number(const struct words *words, const char *key, uint32_t otherwise)
{
    uint64_t number;
    const char *text = words_value(words, key, NULL);
    return text && text_to_number(text, UINT32_MAX, &number) ? (uint32_t)number : otherwise;
}

bool words_has(const struct words *words, const char *word)
{
    for (unsigned i = 0; i < words->count; i++)
        if (strcmp(words->items[i], word) == 0) return true;
    return false;
}

bool list_next(const char **at, char by, struct arena *arena, const char **out)
{
    if (!**at) return false;
    const char *end = strchr(*at, by);
    size_t size = end ? (size_t)(end - *at) : strlen(*at);
    *out = arena_bytes(arena, *at, size);
    *at += size + (end != NULL);
    return true;
}
