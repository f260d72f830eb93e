#ifndef SETPOINT_TESTS_GOLDEN_WORDS_H
#define SETPOINT_TESTS_GOLDEN_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/arena.h"

/* One line of a case, cut at blanks; "…" keeps blanks. The words live in the arena given. */
enum { WORDS_MAX = 32 };
struct words {
    const char *items[WORDS_MAX];
    unsigned count;
};

struct words words_of(const char *line, struct arena *arena);
const char *words_at(const struct words *words, unsigned place); /* "" past the end */
/* The value of the word KEY=VALUE, or `otherwise`. */
const char *words_value(const struct words *words, const char *key, const char *otherwise);
int64_t words_duration(const struct words *words, const char *key, int64_t otherwise_ms);
uint32_t words_number(const struct words *words, const char *key, uint32_t otherwise);
bool words_has(const struct words *words, const char *word);
/* The next item of a list separated by `by`; false at its end. */
bool list_next(const char **at, char by, struct arena *arena, const char **out);

#endif
